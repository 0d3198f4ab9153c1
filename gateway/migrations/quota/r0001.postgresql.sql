-- Version 0001 of the database `quota`, as it was first released. Never changed.

CREATE TABLE IF NOT EXISTS sharing_quota (
	account VARCHAR NOT NULL,
	renews_at BIGINT NOT NULL,
	spent BIGINT NOT NULL,
	PRIMARY KEY (account)
);

CREATE INDEX IF NOT EXISTS ix_sharing_quota_renews_at ON sharing_quota (renews_at);

SELECT sharing_quota.account, sharing_quota.renews_at, sharing_quota.spent FROM sharing_quota LIMIT 0;

