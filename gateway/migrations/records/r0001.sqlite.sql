-- Version 0001 of the database `records`, as it was first released. Never changed.

CREATE TABLE IF NOT EXISTS arrival (
	record_row INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (record_row, version)
);

SELECT arrival.record_row, arrival.version FROM arrival LIMIT 0;

CREATE TABLE IF NOT EXISTS country (
	record_row INTEGER NOT NULL,
	code TEXT NOT NULL,
	property TEXT NOT NULL,
	PRIMARY KEY (record_row, code, property)
)
 WITHOUT ROWID;

SELECT country.record_row, country.code, country.property FROM country LIMIT 0;

CREATE TABLE IF NOT EXISTS identifier (
	normal TEXT NOT NULL,
	kind TEXT NOT NULL,
	record_row INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,
	property TEXT NOT NULL,
	original TEXT NOT NULL,
	PRIMARY KEY (normal, kind, record_row, ordinal)
)
 WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS ix_identifier_record_row ON identifier (record_row);

SELECT identifier.normal, identifier.kind, identifier.record_row, identifier.ordinal, identifier.property, identifier.original FROM identifier LIMIT 0;

CREATE TABLE IF NOT EXISTS layout (
	layout INTEGER NOT NULL,
	PRIMARY KEY (layout)
);

SELECT layout.layout FROM layout LIMIT 0;

CREATE TABLE IF NOT EXISTS link (
	end_id TEXT NOT NULL,
	record_row INTEGER NOT NULL,
	property TEXT NOT NULL,
	is_end BOOLEAN NOT NULL,
	PRIMARY KEY (end_id, record_row, property)
)
 WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS ix_link_record_row ON link (record_row);

SELECT link.end_id, link.record_row, link.property, link.is_end FROM link LIMIT 0;

CREATE TABLE IF NOT EXISTS name (
	"row" INTEGER NOT NULL,
	record_row INTEGER NOT NULL,
	property TEXT NOT NULL,
	latin TEXT NOT NULL,
	PRIMARY KEY ("row")
);

CREATE INDEX IF NOT EXISTS ix_name_record_row ON name (record_row);

SELECT name."row", name.record_row, name.property, name.latin FROM name LIMIT 0;

CREATE TABLE IF NOT EXISTS name_word (
	word TEXT NOT NULL,
	name_row INTEGER NOT NULL,
	PRIMARY KEY (word, name_row)
)
 WITHOUT ROWID;

SELECT name_word.word, name_word.name_row FROM name_word LIMIT 0;

CREATE TABLE IF NOT EXISTS profile (
	record_row INTEGER NOT NULL,
	stamp INTEGER NOT NULL,
	series INTEGER NOT NULL,
	amounts BLOB NOT NULL,
	PRIMARY KEY (record_row),
	UNIQUE (stamp)
);

SELECT profile.record_row, profile.stamp, profile.series, profile.amounts FROM profile LIMIT 0;

CREATE TABLE IF NOT EXISTS profile_calibration (
	method TEXT NOT NULL,
	version TEXT NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (method, version)
);

SELECT profile_calibration.method, profile_calibration.version, profile_calibration.document FROM profile_calibration LIMIT 0;

CREATE TABLE IF NOT EXISTS profile_series (
	number INTEGER NOT NULL,
	told TEXT NOT NULL,
	PRIMARY KEY (number),
	UNIQUE (told)
);

SELECT profile_series.number, profile_series.told FROM profile_series LIMIT 0;

CREATE TABLE IF NOT EXISTS record (
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

CREATE INDEX IF NOT EXISTS quarantine ON record (id) WHERE subject_category = 'UNCATEGORISED';

SELECT record."row", record.version, record.recorded_at, record.recorded_by, record.source, record.source_line, record.findings, record.id, record.schema, record.is_edge, record.dataset, record.case_ref, record.owner, record.subject_category, record.tlp, record.source_evaluation, record.information_evaluation, record.assessment, record.h0, record.h1, record.h2, record.h3, record.ongoing, record.retain_until, record.review_at, record.handling, record.handling_text, record.instrument, record.authority, record.method, record.provenance_digest, record.provenance, record.caption_property, record.caption, record.digest, record.properties, record.identifiers FROM record LIMIT 0;

CREATE TABLE IF NOT EXISTS record_version (
	id TEXT NOT NULL,
	version INTEGER NOT NULL,
	recorded_at TEXT NOT NULL,
	superseded_at TEXT NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (id, version)
);

SELECT record_version.id, record_version.version, record_version.recorded_at, record_version.superseded_at, record_version.document FROM record_version LIMIT 0;

CREATE TABLE IF NOT EXISTS reject (
	source INTEGER NOT NULL,
	line INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,
	field TEXT NOT NULL,
	code TEXT NOT NULL,
	reason TEXT NOT NULL,
	kept BOOLEAN NOT NULL,
	PRIMARY KEY (source, line, ordinal)
);

SELECT reject.source, reject.line, reject.ordinal, reject.field, reject.code, reject.reason, reject.kept FROM reject LIMIT 0;

CREATE TABLE IF NOT EXISTS source (
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

SELECT source.number, source.digest, source.settings, source.lines, source.position, source.loaded, source.altered, source.unchanged, source.rejected, source.quarantined, source.finished_at FROM source LIMIT 0;

CREATE TABLE IF NOT EXISTS source_file (
	number INTEGER NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (number)
);

SELECT source_file.number, source_file.name FROM source_file LIMIT 0;

CREATE TABLE IF NOT EXISTS word_key (
	"key" TEXT NOT NULL,
	word TEXT NOT NULL,
	PRIMARY KEY ("key", word)
)
 WITHOUT ROWID;

SELECT word_key."key", word_key.word FROM word_key LIMIT 0;

INSERT INTO layout (layout) SELECT 5 WHERE NOT EXISTS (SELECT 1 FROM layout);

