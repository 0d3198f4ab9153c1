-- Version 0001 of the database `oversight`, as it was first released. Never changed.

CREATE TABLE IF NOT EXISTS oversight_finding (
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

CREATE INDEX IF NOT EXISTS oversight_finding_by_asker ON oversight_finding (asker, number);

CREATE INDEX IF NOT EXISTS oversight_finding_by_rule ON oversight_finding (rule, number);

CREATE INDEX IF NOT EXISTS oversight_finding_by_state ON oversight_finding (state, number);

SELECT oversight_finding.number, oversight_finding.id, oversight_finding.rule, oversight_finding.rank, oversight_finding.at, oversight_finding.indexes, oversight_finding.request, oversight_finding.query_id, oversight_finding.asker, oversight_finding.partner, oversight_finding.text, oversight_finding.state, oversight_finding.reason, oversight_finding.changed_by, oversight_finding.changed_at FROM oversight_finding LIMIT 0;

CREATE TABLE IF NOT EXISTS oversight_grown (
	id INTEGER NOT NULL,
	size INTEGER NOT NULL,
	nodes BLOB NOT NULL,
	PRIMARY KEY (id)
);

SELECT oversight_grown.id, oversight_grown.size, oversight_grown.nodes FROM oversight_grown LIMIT 0;

CREATE TABLE IF NOT EXISTS oversight_leaf (
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

CREATE INDEX IF NOT EXISTS oversight_leaf_by_asker ON oversight_leaf (asker, at_ms);

CREATE INDEX IF NOT EXISTS oversight_leaf_by_case ON oversight_leaf ("case", at_ms);

CREATE INDEX IF NOT EXISTS oversight_leaf_by_entry ON oversight_leaf (entry_id);

CREATE INDEX IF NOT EXISTS oversight_leaf_by_intent ON oversight_leaf (intent);

CREATE INDEX IF NOT EXISTS oversight_leaf_by_kind ON oversight_leaf (kind, at_ms);

CREATE INDEX IF NOT EXISTS oversight_leaf_by_purpose ON oversight_leaf (purpose, at_ms);

CREATE INDEX IF NOT EXISTS oversight_leaf_by_query ON oversight_leaf (query_id);

CREATE INDEX IF NOT EXISTS oversight_leaf_by_request ON oversight_leaf (request);

CREATE INDEX IF NOT EXISTS oversight_leaf_by_retention ON oversight_leaf (sealed, retain_until);

CREATE INDEX IF NOT EXISTS oversight_leaf_by_self_lookup ON oversight_leaf (self_lookup, at_ms);

CREATE INDEX IF NOT EXISTS oversight_leaf_by_time ON oversight_leaf (at_ms);

CREATE INDEX IF NOT EXISTS oversight_leaf_by_unit ON oversight_leaf (unit, at_ms);

SELECT oversight_leaf."index", oversight_leaf.leaf_hash, oversight_leaf.kind, oversight_leaf.operation, oversight_leaf.at, oversight_leaf.at_ms, oversight_leaf.entry_id, oversight_leaf.intent, oversight_leaf.query_id, oversight_leaf.request, oversight_leaf.asker, oversight_leaf.role, oversight_leaf.unit, oversight_leaf.partner, oversight_leaf.nodes, oversight_leaf.purpose, oversight_leaf.legal_basis, oversight_leaf.offence, oversight_leaf."case", oversight_leaf.query_digest, oversight_leaf.replies, oversight_leaf.statuses, oversight_leaf.reasons, oversight_leaf.tier, oversight_leaf.action, oversight_leaf.results, oversight_leaf.retain_until, oversight_leaf.sealed, oversight_leaf.self_lookup FROM oversight_leaf LIMIT 0;

CREATE TABLE IF NOT EXISTS oversight_leaf_word (
	name VARCHAR NOT NULL,
	word VARCHAR NOT NULL,
	"index" INTEGER NOT NULL,
	PRIMARY KEY (name, word, "index")
);

SELECT oversight_leaf_word.name, oversight_leaf_word.word, oversight_leaf_word."index" FROM oversight_leaf_word LIMIT 0;

CREATE TABLE IF NOT EXISTS oversight_erasure (
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

SELECT oversight_erasure.id, oversight_erasure.log, oversight_erasure.ranges, oversight_erasure.reason, oversight_erasure.proposer, oversight_erasure.proposed_at, oversight_erasure.approver, oversight_erasure.approved_at, oversight_erasure.state FROM oversight_erasure LIMIT 0;

CREATE TABLE IF NOT EXISTS oversight_hold (
	case_digest VARCHAR NOT NULL,
	"by" VARCHAR NOT NULL,
	since BIGINT NOT NULL,
	PRIMARY KEY (case_digest)
);

SELECT oversight_hold.case_digest, oversight_hold."by", oversight_hold.since FROM oversight_hold LIMIT 0;

CREATE TABLE IF NOT EXISTS oversight_progress (
	node VARCHAR NOT NULL,
	until BIGINT NOT NULL,
	tried_at BIGINT NOT NULL,
	outcome VARCHAR NOT NULL,
	findings INTEGER NOT NULL,
	PRIMARY KEY (node)
);

SELECT oversight_progress.node, oversight_progress.until, oversight_progress.tried_at, oversight_progress.outcome, oversight_progress.findings FROM oversight_progress LIMIT 0;

