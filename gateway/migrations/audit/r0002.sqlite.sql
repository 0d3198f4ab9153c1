-- Triggers that let the log's tables be added to and nothing else.

CREATE TRIGGER IF NOT EXISTS audit_blob_no_update BEFORE UPDATE OF idx, sealed ON audit_blob BEGIN SELECT RAISE(ABORT, 'audit_blob: is only added to'); END;

CREATE TRIGGER IF NOT EXISTS audit_checkpoint_no_update BEFORE UPDATE OF size ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint: is only added to'); END;

CREATE TRIGGER IF NOT EXISTS audit_checkpoint_no_delete BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint: is only added to'); END;

CREATE TRIGGER IF NOT EXISTS audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry: is only added to'); END;

CREATE TRIGGER IF NOT EXISTS audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry: is only added to'); END;

CREATE TRIGGER IF NOT EXISTS audit_entry_no_replace BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE idx = NEW.idx) BEGIN SELECT RAISE(ABORT, 'audit_entry: is only added to'); END;

CREATE TRIGGER IF NOT EXISTS audit_tile_no_update BEFORE UPDATE ON audit_tile BEGIN SELECT RAISE(ABORT, 'audit_tile: is only added to'); END;

CREATE TRIGGER IF NOT EXISTS audit_tile_no_delete BEFORE DELETE ON audit_tile BEGIN SELECT RAISE(ABORT, 'audit_tile: is only added to'); END;

CREATE TRIGGER IF NOT EXISTS audit_tile_no_replace BEFORE INSERT ON audit_tile WHEN EXISTS (SELECT 1 FROM audit_tile WHERE level = NEW.level AND idx = NEW.idx) BEGIN SELECT RAISE(ABORT, 'audit_tile: is only added to'); END;

CREATE TRIGGER IF NOT EXISTS audit_tree_head_no_update BEFORE UPDATE ON audit_tree_head BEGIN SELECT RAISE(ABORT, 'audit_tree_head: is only added to'); END;

CREATE TRIGGER IF NOT EXISTS audit_tree_head_no_delete BEFORE DELETE ON audit_tree_head BEGIN SELECT RAISE(ABORT, 'audit_tree_head: is only added to'); END;

CREATE TRIGGER IF NOT EXISTS audit_tree_head_no_replace BEFORE INSERT ON audit_tree_head WHEN EXISTS (SELECT 1 FROM audit_tree_head WHERE size = NEW.size) BEGIN SELECT RAISE(ABORT, 'audit_tree_head: is only added to'); END;

