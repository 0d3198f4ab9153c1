-- A mark that every change of records renews.

CREATE TABLE IF NOT EXISTS revision (
	id INTEGER NOT NULL,
	number BIGINT NOT NULL,
	mark TEXT COLLATE "C" NOT NULL,
	xact BIGINT NOT NULL,
	PRIMARY KEY (id)
);

INSERT INTO revision (id, number, mark, xact) SELECT 1, 0, '', 0 WHERE NOT EXISTS (SELECT 1 FROM revision);

CREATE OR REPLACE FUNCTION shelf_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE revision SET number = number + 1, mark = gen_random_uuid()::text,
        xact = pg_current_xact_id()::text::bigint
    WHERE id = 1 AND xact <> pg_current_xact_id()::text::bigint;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER country_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON country EXECUTE FUNCTION shelf_changes();

ALTER TABLE country ENABLE ALWAYS TRIGGER country_changes;

CREATE OR REPLACE TRIGGER identifier_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON identifier EXECUTE FUNCTION shelf_changes();

ALTER TABLE identifier ENABLE ALWAYS TRIGGER identifier_changes;

CREATE OR REPLACE TRIGGER link_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON link EXECUTE FUNCTION shelf_changes();

ALTER TABLE link ENABLE ALWAYS TRIGGER link_changes;

CREATE OR REPLACE TRIGGER name_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON name EXECUTE FUNCTION shelf_changes();

ALTER TABLE name ENABLE ALWAYS TRIGGER name_changes;

CREATE OR REPLACE TRIGGER name_word_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON name_word EXECUTE FUNCTION shelf_changes();

ALTER TABLE name_word ENABLE ALWAYS TRIGGER name_word_changes;

CREATE OR REPLACE TRIGGER profile_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON profile EXECUTE FUNCTION shelf_changes();

ALTER TABLE profile ENABLE ALWAYS TRIGGER profile_changes;

CREATE OR REPLACE TRIGGER profile_calibration_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON profile_calibration EXECUTE FUNCTION shelf_changes();

ALTER TABLE profile_calibration ENABLE ALWAYS TRIGGER profile_calibration_changes;

CREATE OR REPLACE TRIGGER profile_series_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON profile_series EXECUTE FUNCTION shelf_changes();

ALTER TABLE profile_series ENABLE ALWAYS TRIGGER profile_series_changes;

CREATE OR REPLACE TRIGGER record_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON record EXECUTE FUNCTION shelf_changes();

ALTER TABLE record ENABLE ALWAYS TRIGGER record_changes;

CREATE OR REPLACE TRIGGER record_version_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON record_version EXECUTE FUNCTION shelf_changes();

ALTER TABLE record_version ENABLE ALWAYS TRIGGER record_version_changes;

CREATE OR REPLACE TRIGGER word_key_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON word_key EXECUTE FUNCTION shelf_changes();

ALTER TABLE word_key ENABLE ALWAYS TRIGGER word_key_changes;
