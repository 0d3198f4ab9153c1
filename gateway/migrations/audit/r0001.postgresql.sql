-- Version 0001 of the database `audit`, as it was first released. Never changed.

CREATE TABLE IF NOT EXISTS audit_blob (
	idx BIGINT NOT NULL,
	sealed BYTEA NOT NULL,
	wrapped_key BYTEA NOT NULL,
	PRIMARY KEY (idx)
);

SELECT audit_blob.idx, audit_blob.sealed, audit_blob.wrapped_key FROM audit_blob LIMIT 0;

CREATE TABLE IF NOT EXISTS audit_checkpoint (
	size BIGINT NOT NULL,
	note VARCHAR NOT NULL,
	PRIMARY KEY (size)
);

SELECT audit_checkpoint.size, audit_checkpoint.note FROM audit_checkpoint LIMIT 0;

CREATE TABLE IF NOT EXISTS audit_entry (
	idx BIGINT NOT NULL,
	leaf BYTEA NOT NULL,
	PRIMARY KEY (idx)
);

SELECT audit_entry.idx, audit_entry.leaf FROM audit_entry LIMIT 0;

CREATE TABLE IF NOT EXISTS audit_intent (
	entry_id VARCHAR NOT NULL,
	idx BIGINT NOT NULL,
	kind VARCHAR NOT NULL,
	at VARCHAR NOT NULL,
	PRIMARY KEY (entry_id)
);

SELECT audit_intent.entry_id, audit_intent.idx, audit_intent.kind, audit_intent.at FROM audit_intent LIMIT 0;

CREATE TABLE IF NOT EXISTS audit_lease (
	id INTEGER NOT NULL,
	epoch BIGINT NOT NULL,
	claimed BIGINT NOT NULL,
	beat BIGINT NOT NULL,
	held INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT audit_lease_epoch CHECK (claimed = epoch)
);

SELECT audit_lease.id, audit_lease.epoch, audit_lease.claimed, audit_lease.beat, audit_lease.held FROM audit_lease LIMIT 0;

CREATE TABLE IF NOT EXISTS audit_once (
	key VARCHAR NOT NULL,
	expires BIGINT NOT NULL,
	PRIMARY KEY (key)
);

SELECT audit_once.key, audit_once.expires FROM audit_once LIMIT 0;

CREATE TABLE IF NOT EXISTS audit_tile (
	level INTEGER NOT NULL,
	idx BIGINT NOT NULL,
	hashes BYTEA NOT NULL,
	PRIMARY KEY (level, idx)
);

SELECT audit_tile.level, audit_tile.idx, audit_tile.hashes FROM audit_tile LIMIT 0;

CREATE TABLE IF NOT EXISTS audit_tree_head (
	size BIGINT NOT NULL,
	prev BIGINT NOT NULL,
	root BYTEA NOT NULL,
	PRIMARY KEY (size),
	UNIQUE (prev)
);

SELECT audit_tree_head.size, audit_tree_head.prev, audit_tree_head.root FROM audit_tree_head LIMIT 0;

