-- The keys with which persons approve, and how each ended.

CREATE TABLE IF NOT EXISTS sharing_approval_key (
	id VARCHAR NOT NULL,
	issuer VARCHAR NOT NULL,
	subject VARCHAR NOT NULL,
	label VARCHAR NOT NULL,
	cose VARCHAR NOT NULL,
	spki VARCHAR NOT NULL,
	aaguid VARCHAR NOT NULL,
	transports VARCHAR NOT NULL,
	synced BIGINT NOT NULL,
	uses BIGINT NOT NULL,
	added_at BIGINT NOT NULL,
	used_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	ended VARCHAR NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS sharing_approval_key_by_person ON sharing_approval_key (issuer, subject);

