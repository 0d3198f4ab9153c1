-- Who is signed in, and the tokens of an identity provider that were used.

CREATE TABLE IF NOT EXISTS sharing_session (
	digest VARCHAR NOT NULL,
	subject VARCHAR NOT NULL,
	session VARCHAR NOT NULL,
	started_at DOUBLE NOT NULL,
	seen_at DOUBLE NOT NULL,
	document VARCHAR NOT NULL,
	PRIMARY KEY (digest)
);

CREATE INDEX IF NOT EXISTS sharing_session_by_session ON sharing_session (session);

CREATE INDEX IF NOT EXISTS sharing_session_by_subject ON sharing_session (subject);

CREATE TABLE IF NOT EXISTS sharing_spent_token (
	token VARCHAR NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (token)
);

CREATE INDEX IF NOT EXISTS ix_sharing_spent_token_until ON sharing_spent_token (until);

