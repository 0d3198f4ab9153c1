-- A mark that every change of records renews.

CREATE TABLE IF NOT EXISTS revision (
	id INTEGER NOT NULL,
	number BIGINT NOT NULL,
	mark TEXT NOT NULL,
	xact BIGINT NOT NULL,
	PRIMARY KEY (id)
);

INSERT INTO revision (id, number, mark, xact) SELECT 1, 0, '', 0 WHERE NOT EXISTS (SELECT 1 FROM revision);
