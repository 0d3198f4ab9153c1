-- Triggers that let the log's tables be added to and nothing else.

CREATE OR REPLACE FUNCTION audit_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ': is only added to', ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER audit_blob_only_added BEFORE UPDATE OF idx, sealed OR TRUNCATE ON audit_blob EXECUTE FUNCTION audit_only_added();

ALTER TABLE audit_blob ENABLE ALWAYS TRIGGER audit_blob_only_added;

CREATE OR REPLACE TRIGGER audit_checkpoint_only_added BEFORE UPDATE OF size OR DELETE OR TRUNCATE ON audit_checkpoint EXECUTE FUNCTION audit_only_added();

ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER audit_checkpoint_only_added;

CREATE OR REPLACE TRIGGER audit_entry_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry EXECUTE FUNCTION audit_only_added();

ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_only_added;

CREATE OR REPLACE TRIGGER audit_tile_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_tile EXECUTE FUNCTION audit_only_added();

ALTER TABLE audit_tile ENABLE ALWAYS TRIGGER audit_tile_only_added;

CREATE OR REPLACE TRIGGER audit_tree_head_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_tree_head EXECUTE FUNCTION audit_only_added();

ALTER TABLE audit_tree_head ENABLE ALWAYS TRIGGER audit_tree_head_only_added;

