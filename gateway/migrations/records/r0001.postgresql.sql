-- Version 0001 of the database `records`, as it was first released. Never changed.

CREATE TABLE IF NOT EXISTS arrival (
	record_row BIGINT NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (record_row, version)
);

SELECT arrival.record_row, arrival.version FROM arrival LIMIT 0;

CREATE TABLE IF NOT EXISTS country (
	record_row BIGINT NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	property TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (record_row, code, property)
);

SELECT country.record_row, country.code, country.property FROM country LIMIT 0;

CREATE TABLE IF NOT EXISTS identifier (
	normal TEXT COLLATE "C" NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	record_row BIGINT NOT NULL,
	ordinal INTEGER NOT NULL,
	property TEXT COLLATE "C" NOT NULL,
	original TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (normal, kind, record_row, ordinal)
);

CREATE INDEX IF NOT EXISTS ix_identifier_record_row ON identifier (record_row);

SELECT identifier.normal, identifier.kind, identifier.record_row, identifier.ordinal, identifier.property, identifier.original FROM identifier LIMIT 0;

CREATE TABLE IF NOT EXISTS layout (
	layout SERIAL NOT NULL,
	PRIMARY KEY (layout)
);

SELECT layout.layout FROM layout LIMIT 0;

CREATE TABLE IF NOT EXISTS link (
	end_id TEXT COLLATE "C" NOT NULL,
	record_row BIGINT NOT NULL,
	property TEXT COLLATE "C" NOT NULL,
	is_end BOOLEAN NOT NULL,
	PRIMARY KEY (end_id, record_row, property)
);

CREATE INDEX IF NOT EXISTS ix_link_record_row ON link (record_row);

SELECT link.end_id, link.record_row, link.property, link.is_end FROM link LIMIT 0;

CREATE TABLE IF NOT EXISTS name (
	row BIGINT NOT NULL,
	record_row BIGINT NOT NULL,
	property TEXT COLLATE "C" NOT NULL,
	latin TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (row)
);

CREATE INDEX IF NOT EXISTS ix_name_record_row ON name (record_row);

SELECT name.row, name.record_row, name.property, name.latin FROM name LIMIT 0;

CREATE TABLE IF NOT EXISTS name_word (
	word TEXT COLLATE "C" NOT NULL,
	name_row BIGINT NOT NULL,
	PRIMARY KEY (word, name_row)
);

SELECT name_word.word, name_word.name_row FROM name_word LIMIT 0;

CREATE TABLE IF NOT EXISTS profile (
	record_row BIGINT NOT NULL,
	stamp BIGINT NOT NULL,
	series INTEGER NOT NULL,
	amounts BYTEA NOT NULL,
	PRIMARY KEY (record_row),
	UNIQUE (stamp)
);

SELECT profile.record_row, profile.stamp, profile.series, profile.amounts FROM profile LIMIT 0;

CREATE TABLE IF NOT EXISTS profile_calibration (
	method TEXT COLLATE "C" NOT NULL,
	version TEXT COLLATE "C" NOT NULL,
	document TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (method, version)
);

SELECT profile_calibration.method, profile_calibration.version, profile_calibration.document FROM profile_calibration LIMIT 0;

CREATE TABLE IF NOT EXISTS profile_series (
	number SERIAL NOT NULL,
	told TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (number),
	UNIQUE (told)
);

SELECT profile_series.number, profile_series.told FROM profile_series LIMIT 0;

CREATE TABLE IF NOT EXISTS record (
	row BIGINT NOT NULL,
	version INTEGER NOT NULL,
	recorded_at TEXT COLLATE "C" NOT NULL,
	recorded_by TEXT COLLATE "C" NOT NULL,
	source INTEGER NOT NULL,
	source_line BIGINT NOT NULL,
	findings TEXT COLLATE "C",
	id TEXT COLLATE "C" NOT NULL,
	schema TEXT COLLATE "C" NOT NULL,
	is_edge BOOLEAN NOT NULL,
	dataset TEXT COLLATE "C" NOT NULL,
	case_ref TEXT COLLATE "C",
	owner TEXT COLLATE "C" NOT NULL,
	subject_category TEXT COLLATE "C" NOT NULL,
	tlp TEXT COLLATE "C" NOT NULL,
	source_evaluation TEXT COLLATE "C" NOT NULL,
	information_evaluation TEXT COLLATE "C" NOT NULL,
	assessment TEXT COLLATE "C" NOT NULL,
	h0 BOOLEAN NOT NULL,
	h1 BOOLEAN NOT NULL,
	h2 BOOLEAN NOT NULL,
	h3 BOOLEAN NOT NULL,
	ongoing BOOLEAN NOT NULL,
	retain_until BIGINT,
	review_at BIGINT,
	handling TEXT COLLATE "C" NOT NULL,
	handling_text TEXT COLLATE "C",
	instrument TEXT COLLATE "C",
	authority TEXT COLLATE "C",
	method TEXT COLLATE "C",
	provenance_digest TEXT COLLATE "C",
	provenance TEXT COLLATE "C",
	caption_property TEXT COLLATE "C",
	caption TEXT COLLATE "C",
	digest BYTEA NOT NULL,
	properties TEXT COLLATE "C" NOT NULL,
	identifiers TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (row),
	UNIQUE (id)
);

CREATE INDEX IF NOT EXISTS quarantine ON record (id) WHERE subject_category = 'UNCATEGORISED';

SELECT record.row, record.version, record.recorded_at, record.recorded_by, record.source, record.source_line, record.findings, record.id, record.schema, record.is_edge, record.dataset, record.case_ref, record.owner, record.subject_category, record.tlp, record.source_evaluation, record.information_evaluation, record.assessment, record.h0, record.h1, record.h2, record.h3, record.ongoing, record.retain_until, record.review_at, record.handling, record.handling_text, record.instrument, record.authority, record.method, record.provenance_digest, record.provenance, record.caption_property, record.caption, record.digest, record.properties, record.identifiers FROM record LIMIT 0;

CREATE TABLE IF NOT EXISTS record_version (
	id TEXT COLLATE "C" NOT NULL,
	version INTEGER NOT NULL,
	recorded_at TEXT COLLATE "C" NOT NULL,
	superseded_at TEXT COLLATE "C" NOT NULL,
	document TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (id, version)
);

SELECT record_version.id, record_version.version, record_version.recorded_at, record_version.superseded_at, record_version.document FROM record_version LIMIT 0;

CREATE TABLE IF NOT EXISTS reject (
	source INTEGER NOT NULL,
	line BIGINT NOT NULL,
	ordinal INTEGER NOT NULL,
	field TEXT COLLATE "C" NOT NULL,
	code TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	kept BOOLEAN NOT NULL,
	PRIMARY KEY (source, line, ordinal)
);

SELECT reject.source, reject.line, reject.ordinal, reject.field, reject.code, reject.reason, reject.kept FROM reject LIMIT 0;

CREATE TABLE IF NOT EXISTS source (
	number SERIAL NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	settings TEXT COLLATE "C" NOT NULL,
	lines BIGINT NOT NULL,
	position BIGINT NOT NULL,
	loaded INTEGER NOT NULL,
	altered INTEGER NOT NULL,
	unchanged INTEGER NOT NULL,
	rejected INTEGER NOT NULL,
	quarantined INTEGER NOT NULL,
	finished_at TEXT COLLATE "C",
	PRIMARY KEY (number)
);

SELECT source.number, source.digest, source.settings, source.lines, source.position, source.loaded, source.altered, source.unchanged, source.rejected, source.quarantined, source.finished_at FROM source LIMIT 0;

CREATE TABLE IF NOT EXISTS source_file (
	number INTEGER NOT NULL,
	name TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (number)
);

SELECT source_file.number, source_file.name FROM source_file LIMIT 0;

CREATE TABLE IF NOT EXISTS word_key (
	key TEXT COLLATE "C" NOT NULL,
	word TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (key, word)
);

SELECT word_key.key, word_key.word FROM word_key LIMIT 0;

INSERT INTO layout (layout) SELECT 5 WHERE NOT EXISTS (SELECT 1 FROM layout);

