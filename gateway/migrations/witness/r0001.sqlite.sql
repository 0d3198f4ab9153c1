-- Version 0001 of the database `witness`, as it was first released. Never changed.

CREATE TABLE IF NOT EXISTS witness_checkpoint (
	origin TEXT NOT NULL,
	size BIGINT NOT NULL,
	root BLOB NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (origin)
);

SELECT witness_checkpoint.origin, witness_checkpoint.size, witness_checkpoint.root, witness_checkpoint.note FROM witness_checkpoint LIMIT 0;

CREATE TABLE IF NOT EXISTS witness_fork (
	origin TEXT NOT NULL,
	size BIGINT NOT NULL,
	first TEXT NOT NULL,
	second TEXT NOT NULL,
	PRIMARY KEY (origin, size)
);

SELECT witness_fork.origin, witness_fork.size, witness_fork.first, witness_fork.second FROM witness_fork LIMIT 0;

