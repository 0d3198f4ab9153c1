BEGIN TRANSACTION;
CREATE TABLE arrival (
	record_row INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (record_row, version)
);
INSERT INTO "arrival" VALUES(1,1);
CREATE TABLE audit_blob (
	idx INTEGER NOT NULL, 
	sealed BLOB NOT NULL, 
	wrapped_key BLOB NOT NULL, 
	PRIMARY KEY (idx)
);
CREATE TABLE audit_checkpoint (
	size INTEGER NOT NULL, 
	note VARCHAR NOT NULL, 
	PRIMARY KEY (size)
);
INSERT INTO "audit_checkpoint" VALUES(0,'fr.made/log
0
47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

— fr.made/log DfLHkZoy+2htRP0mHcI5BeZPppp94YAgJL4X2iD1u/ThfwgV6tnoMEXJAic2owvvZ9JtCwHJqS0J/BUS2Z2GKdEv5QQ=
');
INSERT INTO "audit_checkpoint" VALUES(1,'fr.made/log
1
+cyp6PxIX4YmkTKI5UiySrF3lZdAz/gJLNPfdGdlfqQ=

— fr.made/log DfLHkQzoKft0AFcyxCwhd9YCVVt4ILKzq7ZeNjSvg3BSgL2v/4ZWOUV0EpeE7PjUCam8sPs5qMYvbEas1KErKfpm/AI=
');
INSERT INTO "audit_checkpoint" VALUES(2,'fr.made/log
2
zbo09gxOUa0tv07MhO1WSpJ8jYwr514BB8BgVaxF1w8=

— fr.made/log DfLHkcg+qKfAmhxHWroOI6I4X+45En6Ubbdgpec9Y3V8KRoSgmMWR+BsrcpiOGxmKA9htu060frTI4S12qrUOrpl8gw=
');
CREATE TABLE audit_entry (
	idx INTEGER NOT NULL, 
	leaf BLOB NOT NULL, 
	PRIMARY KEY (idx)
);
INSERT INTO "audit_entry" VALUES(0,X'7B22616374696F6E223A224C4F41445F53544152544544222C226174223A22323032362D31312D32325431333A34323A35342E3037372B30303A3030222C226461746173657473223A5B226361736573225D2C226964223A223431643932383736363333373431366436326361303165363532303465336263222C226B696E64223A2241444D494E495354524154494F4E222C226E6F6465223A2266722E6D616465222C226F7065726174696F6E223A2241444D494E495354524154494F4E222C22736F75726365223A227368613235363A66363033393636326166356466636336643931373730343430383538373265626236666165303663653663646434356164386261396434313539303463656662222C2276223A317D');
INSERT INTO "audit_entry" VALUES(1,X'7B226174223A22323032362D31312D32325431333A34323A35342E3238342B30303A3030222C22636F756E74657270617274223A227368613235363A38356332643139333439626635313733313437366438373638663730376261633837313834666130653361383231383136306136303031653536396261626662222C226461746173657473223A5B226361736573225D2C226964223A223464666137643030363830653661366239383731313066383566396365646362222C226B696E64223A22434F4C4C4543544544222C226E6F6465223A2266722E6D616465222C226F7065726174696F6E223A22434F4C4C454354494F4E222C227265636F726473223A322C2272656A6563746564223A302C22736F75726365223A227368613235363A33326139636534616536616435663234663639343964643666663736313633353536623535616462333165613938303236613631343263353962353131373061222C2276223A317D');
CREATE TABLE audit_intent (
	entry_id VARCHAR NOT NULL, 
	idx INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	PRIMARY KEY (entry_id)
)
 WITHOUT ROWID

;
CREATE TABLE audit_lease (
	id INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	claimed INTEGER NOT NULL, 
	beat INTEGER NOT NULL, 
	held INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT audit_lease_epoch CHECK (claimed = epoch)
);
CREATE TABLE audit_once (
	"key" VARCHAR NOT NULL, 
	expires INTEGER NOT NULL, 
	PRIMARY KEY ("key")
)
 WITHOUT ROWID

;
INSERT INTO "audit_once" VALUES('41d928766337416d62ca01e65204e3bc.COLLECTED',1795441375);
CREATE TABLE audit_tile (
	level INTEGER NOT NULL, 
	idx INTEGER NOT NULL, 
	hashes BLOB NOT NULL, 
	PRIMARY KEY (level, idx)
);
CREATE TABLE audit_tree_head (
	size INTEGER NOT NULL, 
	prev INTEGER NOT NULL, 
	root BLOB NOT NULL, 
	PRIMARY KEY (size), 
	UNIQUE (prev)
);
INSERT INTO "audit_tree_head" VALUES(1,0,X'F9CCA9E8FC485F8626913288E548B24AB177959740CFF8092CD3DF7467657EA4');
INSERT INTO "audit_tree_head" VALUES(2,1,X'CDBA34F60C4E51AD2DBF4ECC84ED564A927C8D8C2BE75E0107C06055AC45D70F');
CREATE TABLE country (
	record_row INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	property TEXT NOT NULL, 
	PRIMARY KEY (record_row, code, property)
)
 WITHOUT ROWID

;
INSERT INTO "country" VALUES(1,'fr','nationality');
INSERT INTO "country" VALUES(2,'fr','nationality');
CREATE TABLE entente_audit (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT entente_audit_pkc PRIMARY KEY (version_num)
);
INSERT INTO "entente_audit" VALUES('0001');
CREATE TABLE entente_oversight (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT entente_oversight_pkc PRIMARY KEY (version_num)
);
INSERT INTO "entente_oversight" VALUES('0001');
CREATE TABLE entente_quota (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT entente_quota_pkc PRIMARY KEY (version_num)
);
INSERT INTO "entente_quota" VALUES('0001');
CREATE TABLE entente_records (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT entente_records_pkc PRIMARY KEY (version_num)
);
INSERT INTO "entente_records" VALUES('0001');
CREATE TABLE entente_sharing (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT entente_sharing_pkc PRIMARY KEY (version_num)
);
INSERT INTO "entente_sharing" VALUES('0001');
CREATE TABLE entente_witness (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT entente_witness_pkc PRIMARY KEY (version_num)
);
INSERT INTO "entente_witness" VALUES('0001');
CREATE TABLE identifier (
	normal TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	record_row INTEGER NOT NULL, 
	ordinal INTEGER NOT NULL, 
	property TEXT NOT NULL, 
	original TEXT NOT NULL, 
	PRIMARY KEY (normal, kind, record_row, ordinal)
)
 WITHOUT ROWID

;
INSERT INTO "identifier" VALUES('made up','made up',1,1,'made up','made up');
CREATE TABLE layout (
	layout INTEGER NOT NULL, 
	PRIMARY KEY (layout)
);
INSERT INTO "layout" VALUES(5);
CREATE TABLE link (
	end_id TEXT NOT NULL, 
	record_row INTEGER NOT NULL, 
	property TEXT NOT NULL, 
	is_end BOOLEAN NOT NULL, 
	PRIMARY KEY (end_id, record_row, property)
)
 WITHOUT ROWID

;
INSERT INTO "link" VALUES('made up',1,'made up',0);
CREATE TABLE name (
	"row" INTEGER NOT NULL, 
	record_row INTEGER NOT NULL, 
	property TEXT NOT NULL, 
	latin TEXT NOT NULL, 
	PRIMARY KEY ("row")
);
INSERT INTO "name" VALUES(48378511622400,1,'name','inventee zoe');
INSERT INTO "name" VALUES(48378511622656,2,'name','ake pahittad');
CREATE TABLE name_word (
	word TEXT NOT NULL, 
	name_row INTEGER NOT NULL, 
	PRIMARY KEY (word, name_row)
)
 WITHOUT ROWID

;
INSERT INTO "name_word" VALUES('ake',48378511622656);
INSERT INTO "name_word" VALUES('ake pahittad',48378511622656);
INSERT INTO "name_word" VALUES('inventee',48378511622400);
INSERT INTO "name_word" VALUES('inventee zoe',48378511622400);
INSERT INTO "name_word" VALUES('pahittad',48378511622656);
INSERT INTO "name_word" VALUES('zoe',48378511622400);
CREATE TABLE oversight_erasure (
	id VARCHAR NOT NULL, 
	log VARCHAR NOT NULL, 
	ranges VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	proposer VARCHAR NOT NULL, 
	proposed_at BIGINT NOT NULL, 
	approver VARCHAR NOT NULL, 
	approved_at BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "oversight_erasure" VALUES('made up','made up','made up','made up','made up',1,'made up',1,'made up');
CREATE TABLE oversight_finding (
	number INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	rank INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	indexes VARCHAR NOT NULL, 
	request VARCHAR NOT NULL, 
	query_id VARCHAR NOT NULL, 
	asker VARCHAR NOT NULL, 
	partner VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	changed_by VARCHAR NOT NULL, 
	changed_at VARCHAR NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (id)
);
INSERT INTO "oversight_finding" VALUES(1,'made up','made up',1,'made up','made up','made up','made up','made up','made up','made up','made up','made up','made up','made up');
CREATE TABLE oversight_grown (
	id INTEGER NOT NULL, 
	size INTEGER NOT NULL, 
	nodes BLOB NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "oversight_grown" VALUES(1,1,X'01');
CREATE TABLE oversight_hold (
	case_digest VARCHAR NOT NULL, 
	"by" VARCHAR NOT NULL, 
	since BIGINT NOT NULL, 
	PRIMARY KEY (case_digest)
);
INSERT INTO "oversight_hold" VALUES('made up','made up',1);
CREATE TABLE oversight_leaf (
	"index" INTEGER NOT NULL, 
	leaf_hash VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	operation VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	at_ms INTEGER NOT NULL, 
	entry_id VARCHAR NOT NULL, 
	intent VARCHAR NOT NULL, 
	query_id VARCHAR NOT NULL, 
	request VARCHAR NOT NULL, 
	asker VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	unit VARCHAR NOT NULL, 
	partner VARCHAR NOT NULL, 
	nodes VARCHAR NOT NULL, 
	purpose VARCHAR NOT NULL, 
	legal_basis VARCHAR NOT NULL, 
	offence VARCHAR NOT NULL, 
	"case" VARCHAR NOT NULL, 
	query_digest VARCHAR NOT NULL, 
	replies VARCHAR NOT NULL, 
	statuses VARCHAR NOT NULL, 
	reasons VARCHAR NOT NULL, 
	tier VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	results INTEGER, 
	retain_until VARCHAR NOT NULL, 
	sealed BOOLEAN NOT NULL, 
	self_lookup BOOLEAN NOT NULL, 
	PRIMARY KEY ("index")
);
INSERT INTO "oversight_leaf" VALUES(1,'made up','made up','made up','made up',1,'made up','made up','made up','made up','made up','made up','made up','made up','made up','made up','made up','made up','made up','made up','made up','made up','made up','made up','made up',1,'made up',0,0);
CREATE TABLE oversight_leaf_word (
	name VARCHAR NOT NULL, 
	word VARCHAR NOT NULL, 
	"index" INTEGER NOT NULL, 
	PRIMARY KEY (name, word, "index")
);
INSERT INTO "oversight_leaf_word" VALUES('made up','made up',1);
CREATE TABLE oversight_progress (
	node VARCHAR NOT NULL, 
	until BIGINT NOT NULL, 
	tried_at BIGINT NOT NULL, 
	outcome VARCHAR NOT NULL, 
	findings INTEGER NOT NULL, 
	PRIMARY KEY (node)
);
INSERT INTO "oversight_progress" VALUES('made up',1,1,'made up',1);
CREATE TABLE profile (
	record_row INTEGER NOT NULL, 
	stamp INTEGER NOT NULL, 
	series INTEGER NOT NULL, 
	amounts BLOB NOT NULL, 
	PRIMARY KEY (record_row), 
	UNIQUE (stamp)
);
INSERT INTO "profile" VALUES(1,1,1,X'01');
CREATE TABLE profile_calibration (
	method TEXT NOT NULL, 
	version TEXT NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (method, version)
);
INSERT INTO "profile_calibration" VALUES('made up','made up','made up');
CREATE TABLE profile_series (
	number INTEGER NOT NULL, 
	told TEXT NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (told)
);
INSERT INTO "profile_series" VALUES(1,'made up');
CREATE TABLE record (
	"row" INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	source INTEGER NOT NULL, 
	source_line BIGINT NOT NULL, 
	findings TEXT, 
	id TEXT NOT NULL, 
	schema TEXT NOT NULL, 
	is_edge BOOLEAN NOT NULL, 
	dataset TEXT NOT NULL, 
	case_ref TEXT, 
	owner TEXT NOT NULL, 
	subject_category TEXT NOT NULL, 
	tlp TEXT NOT NULL, 
	source_evaluation TEXT NOT NULL, 
	information_evaluation TEXT NOT NULL, 
	assessment TEXT NOT NULL, 
	h0 BOOLEAN NOT NULL, 
	h1 BOOLEAN NOT NULL, 
	h2 BOOLEAN NOT NULL, 
	h3 BOOLEAN NOT NULL, 
	ongoing BOOLEAN NOT NULL, 
	retain_until BIGINT, 
	review_at BIGINT, 
	handling TEXT NOT NULL, 
	handling_text TEXT, 
	instrument TEXT, 
	authority TEXT, 
	method TEXT, 
	provenance_digest TEXT, 
	provenance TEXT, 
	caption_property TEXT, 
	caption TEXT, 
	digest BLOB NOT NULL, 
	properties TEXT NOT NULL, 
	identifiers TEXT NOT NULL, 
	PRIMARY KEY ("row"), 
	UNIQUE (id)
);
INSERT INTO "record" VALUES(1,1,'2026-11-22T13:42:54Z','fr.made',1,1,NULL,'p-0','Person',0,'cases',NULL,'fr.made','WITNESS','AMBER','X','4','ASSESSMENT',0,0,0,0,0,1924992000,NULL,'[]',NULL,NULL,NULL,NULL,NULL,NULL,'name','Zoé Inventée',X'62439909FD05CF8CE4C85945FAD60389EEDFEB078449D4AEE92082BD082EED8C','[{"name":"name","values":["Zoé Inventée"]},{"name":"nationality","values":["fr"]}]','[]');
INSERT INTO "record" VALUES(2,1,'2026-11-22T13:42:54Z','fr.made',1,2,NULL,'p-1','Person',0,'cases',NULL,'fr.made','WITNESS','AMBER','X','4','ASSESSMENT',0,0,0,0,0,1924992000,NULL,'[]',NULL,NULL,NULL,NULL,NULL,NULL,'name','Åke Påhittad',X'A3D73DCF7E5EBD84525D54C13A4C851AA976E9D197DEDC3FA6016C92A7D5956F','[{"name":"name","values":["Åke Påhittad"]},{"name":"nationality","values":["fr"]}]','[]');
CREATE TABLE record_version (
	id TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	recorded_at TEXT NOT NULL, 
	superseded_at TEXT NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id, version)
);
INSERT INTO "record_version" VALUES('made up',1,'made up','made up','made up');
CREATE TABLE reject (
	source INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	ordinal INTEGER NOT NULL, 
	field TEXT NOT NULL, 
	code TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	kept BOOLEAN NOT NULL, 
	PRIMARY KEY (source, line, ordinal)
);
INSERT INTO "reject" VALUES(1,1,1,'made up','made up','made up',0);
CREATE TABLE sharing_alert (
	id VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	case_digest VARCHAR NOT NULL, 
	evidence VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	document VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sharing_alert" VALUES('made up','made up','made up','made up',1,'made up','made up');
CREATE TABLE sharing_backoff (
	node VARCHAR NOT NULL, 
	failures INTEGER NOT NULL, 
	until_ms BIGINT NOT NULL, 
	PRIMARY KEY (node)
);
INSERT INTO "sharing_backoff" VALUES('made up',1,1);
CREATE TABLE sharing_change (
	record VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	sort VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	load INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	fate VARCHAR NOT NULL, 
	PRIMARY KEY (record, version)
);
INSERT INTO "sharing_change" VALUES('made up',1,'made up','made up',1,1,'made up');
CREATE TABLE sharing_consent (
	provider VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	recipient VARCHAR NOT NULL, 
	until BIGINT NOT NULL, 
	withdrawn BOOLEAN NOT NULL, 
	digest VARCHAR NOT NULL, 
	statement VARCHAR NOT NULL, 
	PRIMARY KEY (provider, id, version)
);
INSERT INTO "sharing_consent" VALUES('made up','made up',1,'made up',1,0,'made up','made up');
CREATE TABLE sharing_consent_onward (
	provider VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	named VARCHAR NOT NULL, 
	purpose VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	since BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (provider, id, named, purpose)
);
INSERT INTO "sharing_consent_onward" VALUES('made up','made up','made up','made up','made up',1,1,1);
CREATE TABLE sharing_contribution (
	id VARCHAR NOT NULL, 
	picture VARCHAR NOT NULL, 
	act VARCHAR NOT NULL, 
	node VARCHAR NOT NULL, 
	person VARCHAR NOT NULL, 
	received_at BIGINT NOT NULL, 
	statement VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sharing_contribution" VALUES('made up','made up','made up','made up','made up',1,'made up');
CREATE TABLE sharing_contribution_stub (
	picture VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	PRIMARY KEY (picture, id)
);
INSERT INTO "sharing_contribution_stub" VALUES('made up','made up','made up');
CREATE TABLE sharing_directory (
	id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	digest VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sharing_directory" VALUES(1,1,'made up','made up');
CREATE TABLE sharing_given (
	place BIGINT NOT NULL, 
	record VARCHAR NOT NULL, 
	grant_id VARCHAR NOT NULL, 
	grant_version INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	partner VARCHAR NOT NULL, 
	query_id VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (place, record, grant_id, grant_version)
);
INSERT INTO "sharing_given" VALUES(1,'made up','made up',1,1,'made up','made up',1);
CREATE TABLE sharing_given_reached (
	id INTEGER NOT NULL, 
	place BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sharing_given_reached" VALUES(1,1);
CREATE TABLE sharing_grant (
	id VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	digest VARCHAR NOT NULL, 
	statement VARCHAR NOT NULL, 
	PRIMARY KEY (id, version)
);
INSERT INTO "sharing_grant" VALUES('made up',1,'made up','made up');
CREATE TABLE sharing_grant_current (
	id VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sharing_grant_current" VALUES('made up',1);
CREATE TABLE sharing_grant_reach (
	id VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	case_ref VARCHAR NOT NULL, 
	dataset_ref VARCHAR NOT NULL, 
	schema_ref VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	digest VARCHAR NOT NULL, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (id, recipient, case_ref, dataset_ref, schema_ref)
);
INSERT INTO "sharing_grant_reach" VALUES('made up','made up','made up','made up','made up',1,'made up',1);
CREATE TABLE sharing_heard (
	node VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	ended INTEGER NOT NULL, 
	held INTEGER NOT NULL, 
	PRIMARY KEY (node, id)
);
INSERT INTO "sharing_heard" VALUES('made up','made up','made up',1,1);
CREATE TABLE sharing_item (
	box VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	node VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	query_id VARCHAR NOT NULL, 
	due_at BIGINT NOT NULL, 
	state VARCHAR NOT NULL, 
	revision INTEGER NOT NULL, 
	document VARCHAR NOT NULL, 
	PRIMARY KEY (box, id)
);
INSERT INTO "sharing_item" VALUES('made up','made up','made up','made up','made up','made up',1,'made up',1,'made up');
CREATE TABLE sharing_lease (
	id VARCHAR NOT NULL, 
	node VARCHAR NOT NULL, 
	record VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	case_digest VARCHAR NOT NULL, 
	kept_by VARCHAR NOT NULL, 
	query_id VARCHAR NOT NULL, 
	handling VARCHAR NOT NULL, 
	kept_at BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sharing_lease" VALUES('made up','made up','made up',1,'made up','made up','made up','made up',1,1);
CREATE TABLE sharing_lease_grant (
	lease VARCHAR NOT NULL, 
	grant_id VARCHAR NOT NULL, 
	node VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (lease, grant_id)
);
INSERT INTO "sharing_lease_grant" VALUES('made up','made up','made up',1);
CREATE TABLE sharing_mandate (
	id VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	expires_at BIGINT NOT NULL, 
	revoked_at BIGINT, 
	document VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sharing_mandate" VALUES('made up','made up',1,1,'made up');
CREATE TABLE sharing_mark (
	node VARCHAR NOT NULL, 
	sort VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	reason VARCHAR NOT NULL, 
	PRIMARY KEY (node, sort, name)
);
INSERT INTO "sharing_mark" VALUES('made up','made up','made up',1,'made up');
CREATE TABLE sharing_outbox (
	id VARCHAR NOT NULL, 
	partner VARCHAR NOT NULL, 
	type VARCHAR NOT NULL, 
	body VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	due_at BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at BIGINT NOT NULL, 
	acknowledged_at BIGINT, 
	acknowledgement VARCHAR NOT NULL, 
	escalated_at BIGINT, 
	PRIMARY KEY (id)
);
INSERT INTO "sharing_outbox" VALUES('made up','made up','made up','made up',1,1,1,1,1,'made up',1);
CREATE TABLE sharing_proposal (
	id VARCHAR NOT NULL, 
	revision INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	lapses_at BIGINT NOT NULL, 
	ends_at BIGINT NOT NULL, 
	document VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "sharing_proposal" VALUES('made up',1,'made up',1,1,'made up');
CREATE TABLE sharing_quota (
	account VARCHAR NOT NULL, 
	renews_at BIGINT NOT NULL, 
	spent BIGINT NOT NULL, 
	PRIMARY KEY (account)
);
INSERT INTO "sharing_quota" VALUES('made up',1,1);
CREATE TABLE sharing_recall (
	id VARCHAR NOT NULL, 
	document VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	written_at BIGINT, 
	PRIMARY KEY (id)
);
INSERT INTO "sharing_recall" VALUES('made up','made up',1,1);
CREATE TABLE sharing_standing (
	owner VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	target VARCHAR, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	document VARCHAR NOT NULL, 
	PRIMARY KEY (owner, id)
);
INSERT INTO "sharing_standing" VALUES('made up','made up','made up','made up',1,1,1,'made up');
CREATE TABLE sharing_standing_hit (
	owner VARCHAR NOT NULL, 
	question VARCHAR NOT NULL, 
	record VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	normal VARCHAR NOT NULL, 
	at BIGINT NOT NULL, 
	waits BOOLEAN NOT NULL, 
	PRIMARY KEY (owner, question, record, version)
);
INSERT INTO "sharing_standing_hit" VALUES('made up','made up','made up',1,'made up',1,0);
CREATE TABLE source (
	number INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	settings TEXT NOT NULL, 
	lines BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	loaded INTEGER NOT NULL, 
	altered INTEGER NOT NULL, 
	unchanged INTEGER NOT NULL, 
	rejected INTEGER NOT NULL, 
	quarantined INTEGER NOT NULL, 
	finished_at TEXT, 
	PRIMARY KEY (number)
);
INSERT INTO "source" VALUES(1,'sha256:32a9ce4ae6ad5f24f6949dd6ff76163556b55adb31ea98026a6142c59b51170a','sha256:ee644cc348d1c69c94edd350b236a32f9ea82b5e74dafdbc4ec114ac161222e1',2,408,2,0,0,0,0,'2026-11-22T13:42:54Z');
CREATE TABLE source_file (
	number INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "source_file" VALUES(1,'people.jsonl');
CREATE TABLE witness_checkpoint (
	origin TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	root BLOB NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (origin)
);
INSERT INTO "witness_checkpoint" VALUES('made up',1,X'01','made up');
CREATE TABLE witness_fork (
	origin TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	first TEXT NOT NULL, 
	second TEXT NOT NULL, 
	PRIMARY KEY (origin, size)
);
INSERT INTO "witness_fork" VALUES('made up',1,'made up','made up');
CREATE TABLE word_key (
	"key" TEXT NOT NULL, 
	word TEXT NOT NULL, 
	PRIMARY KEY ("key", word)
)
 WITHOUT ROWID

;
INSERT INTO "word_key" VALUES('.ahittad','pahittad');
INSERT INTO "word_key" VALUES('.ake','ake');
INSERT INTO "word_key" VALUES('.entee','inventee');
INSERT INTO "word_key" VALUES('.hittad','pahittad');
INSERT INTO "word_key" VALUES('.inventee','inventee');
INSERT INTO "word_key" VALUES('.ittad','pahittad');
INSERT INTO "word_key" VALUES('.ntee','inventee');
INSERT INTO "word_key" VALUES('.nventee','inventee');
INSERT INTO "word_key" VALUES('.pahittad','pahittad');
INSERT INTO "word_key" VALUES('.tad','pahittad');
INSERT INTO "word_key" VALUES('.tee','inventee');
INSERT INTO "word_key" VALUES('.ttad','pahittad');
INSERT INTO "word_key" VALUES('.ventee','inventee');
INSERT INTO "word_key" VALUES('.zoe','zoe');
INSERT INTO "word_key" VALUES('=ake','ake');
INSERT INTO "word_key" VALUES('=inventee','inventee');
INSERT INTO "word_key" VALUES('=pahittad','pahittad');
INSERT INTO "word_key" VALUES('=zoe','zoe');
INSERT INTO "word_key" VALUES('ahittad','pahittad');
INSERT INTO "word_key" VALUES('inentee','inventee');
INSERT INTO "word_key" VALUES('invenee','inventee');
INSERT INTO "word_key" VALUES('invente','inventee');
INSERT INTO "word_key" VALUES('inventee','inventee');
INSERT INTO "word_key" VALUES('invetee','inventee');
INSERT INTO "word_key" VALUES('invntee','inventee');
INSERT INTO "word_key" VALUES('iventee','inventee');
INSERT INTO "word_key" VALUES('nventee','inventee');
INSERT INTO "word_key" VALUES('pahitad','pahittad');
INSERT INTO "word_key" VALUES('pahitta','pahittad');
INSERT INTO "word_key" VALUES('pahittad','pahittad');
INSERT INTO "word_key" VALUES('pahittd','pahittad');
INSERT INTO "word_key" VALUES('pahttad','pahittad');
INSERT INTO "word_key" VALUES('paittad','pahittad');
INSERT INTO "word_key" VALUES('phittad','pahittad');
INSERT INTO "word_key" VALUES('~NFNT','inventee');
INSERT INTO "word_key" VALUES('~PTT','pahittad');
CREATE INDEX quarantine ON record (id) WHERE subject_category = 'UNCATEGORISED';
CREATE INDEX ix_identifier_record_row ON identifier (record_row);
CREATE INDEX ix_name_record_row ON name (record_row);
CREATE INDEX ix_link_record_row ON link (record_row);
CREATE INDEX sharing_proposal_waiting ON sharing_proposal (state, lapses_at);
CREATE INDEX sharing_grant_by_touch ON sharing_grant_reach (recipient, case_ref, dataset_ref, schema_ref, until, id);
CREATE INDEX sharing_mandate_by_subject ON sharing_mandate (subject, expires_at);
CREATE INDEX sharing_item_by_deadline ON sharing_item (box, state, due_at, id);
CREATE INDEX sharing_consent_until ON sharing_consent (provider, recipient, until);
CREATE INDEX sharing_consent_onward_to ON sharing_consent_onward (recipient, named, purpose, until, provider, id);
CREATE INDEX sharing_contribution_by_picture ON sharing_contribution (picture, received_at, id);
CREATE INDEX sharing_contribution_by_author ON sharing_contribution (picture, node, person);
CREATE INDEX sharing_contribution_by_act ON sharing_contribution (act, picture);
CREATE INDEX sharing_outbox_newest ON sharing_outbox (created_at, id);
CREATE INDEX sharing_outbox_due ON sharing_outbox (acknowledged_at, next_at);
CREATE INDEX sharing_given_by_record ON sharing_given (record, partner, version);
CREATE INDEX sharing_given_by_grant ON sharing_given (grant_id, grant_version, partner);
CREATE INDEX ix_sharing_recall_written_at ON sharing_recall (written_at);
CREATE INDEX sharing_change_by_time ON sharing_change (at);
CREATE INDEX sharing_change_by_fate ON sharing_change (fate, record, version);
CREATE INDEX sharing_change_by_load ON sharing_change (load);
CREATE INDEX sharing_lease_by_case ON sharing_lease (case_digest, kept_at);
CREATE INDEX sharing_lease_by_handle ON sharing_lease (node, record);
CREATE INDEX sharing_lease_by_grant ON sharing_lease_grant (node, grant_id);
CREATE INDEX sharing_standing_by_target ON sharing_standing (target, expires_at);
CREATE INDEX sharing_standing_by_owner ON sharing_standing (owner, created_at);
CREATE INDEX sharing_standing_hit_waiting ON sharing_standing_hit (waits, at);
CREATE INDEX sharing_alert_by_evidence ON sharing_alert (subject, case_digest, evidence);
CREATE INDEX sharing_alert_by_subject ON sharing_alert (subject, at);
CREATE INDEX oversight_finding_by_asker ON oversight_finding (asker, number);
CREATE INDEX oversight_finding_by_rule ON oversight_finding (rule, number);
CREATE INDEX oversight_finding_by_state ON oversight_finding (state, number);
CREATE INDEX oversight_leaf_by_retention ON oversight_leaf (sealed, retain_until);
CREATE INDEX oversight_leaf_by_query ON oversight_leaf (query_id);
CREATE INDEX oversight_leaf_by_case ON oversight_leaf ("case", at_ms);
CREATE INDEX oversight_leaf_by_purpose ON oversight_leaf (purpose, at_ms);
CREATE INDEX oversight_leaf_by_request ON oversight_leaf (request);
CREATE INDEX oversight_leaf_by_entry ON oversight_leaf (entry_id);
CREATE INDEX oversight_leaf_by_intent ON oversight_leaf (intent);
CREATE INDEX oversight_leaf_by_asker ON oversight_leaf (asker, at_ms);
CREATE INDEX oversight_leaf_by_kind ON oversight_leaf (kind, at_ms);
CREATE INDEX oversight_leaf_by_time ON oversight_leaf (at_ms);
CREATE INDEX oversight_leaf_by_self_lookup ON oversight_leaf (self_lookup, at_ms);
CREATE INDEX oversight_leaf_by_unit ON oversight_leaf (unit, at_ms);
CREATE INDEX ix_sharing_quota_renews_at ON sharing_quota (renews_at);
COMMIT;
