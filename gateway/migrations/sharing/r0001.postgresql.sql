-- Version 0001 of the database `sharing`, as it was first released. Never changed.

CREATE TABLE IF NOT EXISTS sharing_proposal (
	id VARCHAR NOT NULL,
	revision INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	lapses_at BIGINT NOT NULL,
	ends_at BIGINT NOT NULL,
	document VARCHAR NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS sharing_proposal_waiting ON sharing_proposal (state, lapses_at);

SELECT sharing_proposal.id, sharing_proposal.revision, sharing_proposal.state, sharing_proposal.lapses_at, sharing_proposal.ends_at, sharing_proposal.document FROM sharing_proposal LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_grant (
	id VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	digest VARCHAR NOT NULL,
	statement VARCHAR NOT NULL,
	PRIMARY KEY (id, version)
);

SELECT sharing_grant.id, sharing_grant.version, sharing_grant.digest, sharing_grant.statement FROM sharing_grant LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_grant_current (
	id VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id)
);

SELECT sharing_grant_current.id, sharing_grant_current.version FROM sharing_grant_current LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_grant_reach (
	id VARCHAR NOT NULL,
	recipient VARCHAR NOT NULL,
	case_ref VARCHAR NOT NULL,
	dataset_ref VARCHAR NOT NULL,
	schema_ref VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	digest VARCHAR NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (id, recipient, case_ref, dataset_ref, schema_ref)
);

CREATE INDEX IF NOT EXISTS sharing_grant_by_touch ON sharing_grant_reach (recipient, case_ref, dataset_ref, schema_ref, until, id);

SELECT sharing_grant_reach.id, sharing_grant_reach.recipient, sharing_grant_reach.case_ref, sharing_grant_reach.dataset_ref, sharing_grant_reach.schema_ref, sharing_grant_reach.version, sharing_grant_reach.digest, sharing_grant_reach.until FROM sharing_grant_reach LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_mandate (
	id VARCHAR NOT NULL,
	subject VARCHAR NOT NULL,
	expires_at BIGINT NOT NULL,
	revoked_at BIGINT,
	document VARCHAR NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS sharing_mandate_by_subject ON sharing_mandate (subject, expires_at);

SELECT sharing_mandate.id, sharing_mandate.subject, sharing_mandate.expires_at, sharing_mandate.revoked_at, sharing_mandate.document FROM sharing_mandate LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_directory (
	id SERIAL NOT NULL,
	version INTEGER NOT NULL,
	digest VARCHAR NOT NULL,
	text VARCHAR NOT NULL,
	PRIMARY KEY (id)
);

SELECT sharing_directory.id, sharing_directory.version, sharing_directory.digest, sharing_directory.text FROM sharing_directory LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_backoff (
	node VARCHAR NOT NULL,
	failures INTEGER NOT NULL,
	until_ms BIGINT NOT NULL,
	PRIMARY KEY (node)
);

SELECT sharing_backoff.node, sharing_backoff.failures, sharing_backoff.until_ms FROM sharing_backoff LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_item (
	box VARCHAR NOT NULL,
	id VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	node VARCHAR NOT NULL,
	subject VARCHAR NOT NULL,
	query_id VARCHAR NOT NULL,
	due_at BIGINT NOT NULL,
	state VARCHAR NOT NULL,
	revision INTEGER NOT NULL,
	document VARCHAR NOT NULL,
	PRIMARY KEY (box, id)
);

CREATE INDEX IF NOT EXISTS sharing_item_by_deadline ON sharing_item (box, state, due_at, id);

SELECT sharing_item.box, sharing_item.id, sharing_item.kind, sharing_item.node, sharing_item.subject, sharing_item.query_id, sharing_item.due_at, sharing_item.state, sharing_item.revision, sharing_item.document FROM sharing_item LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_consent (
	provider VARCHAR NOT NULL,
	id VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	recipient VARCHAR NOT NULL,
	until BIGINT NOT NULL,
	withdrawn BOOLEAN NOT NULL,
	digest VARCHAR NOT NULL,
	statement VARCHAR NOT NULL,
	PRIMARY KEY (provider, id, version)
);

CREATE INDEX IF NOT EXISTS sharing_consent_until ON sharing_consent (provider, recipient, until);

SELECT sharing_consent.provider, sharing_consent.id, sharing_consent.version, sharing_consent.recipient, sharing_consent.until, sharing_consent.withdrawn, sharing_consent.digest, sharing_consent.statement FROM sharing_consent LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_consent_onward (
	provider VARCHAR NOT NULL,
	id VARCHAR NOT NULL,
	named VARCHAR NOT NULL,
	purpose VARCHAR NOT NULL,
	recipient VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	since BIGINT NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (provider, id, named, purpose)
);

CREATE INDEX IF NOT EXISTS sharing_consent_onward_to ON sharing_consent_onward (recipient, named, purpose, until, provider, id);

SELECT sharing_consent_onward.provider, sharing_consent_onward.id, sharing_consent_onward.named, sharing_consent_onward.purpose, sharing_consent_onward.recipient, sharing_consent_onward.version, sharing_consent_onward.since, sharing_consent_onward.until FROM sharing_consent_onward LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_contribution (
	id VARCHAR NOT NULL,
	picture VARCHAR NOT NULL,
	act VARCHAR NOT NULL,
	node VARCHAR NOT NULL,
	person VARCHAR NOT NULL,
	received_at BIGINT NOT NULL,
	statement VARCHAR NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS sharing_contribution_by_act ON sharing_contribution (act, picture);

CREATE INDEX IF NOT EXISTS sharing_contribution_by_author ON sharing_contribution (picture, node, person);

CREATE INDEX IF NOT EXISTS sharing_contribution_by_picture ON sharing_contribution (picture, received_at, id);

SELECT sharing_contribution.id, sharing_contribution.picture, sharing_contribution.act, sharing_contribution.node, sharing_contribution.person, sharing_contribution.received_at, sharing_contribution.statement FROM sharing_contribution LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_contribution_stub (
	picture VARCHAR NOT NULL,
	id VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	PRIMARY KEY (picture, id)
);

SELECT sharing_contribution_stub.picture, sharing_contribution_stub.id, sharing_contribution_stub.reason FROM sharing_contribution_stub LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_outbox (
	id VARCHAR NOT NULL,
	partner VARCHAR NOT NULL,
	type VARCHAR NOT NULL,
	body VARCHAR NOT NULL,
	created_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	attempts INTEGER NOT NULL,
	next_at BIGINT NOT NULL,
	acknowledged_at BIGINT,
	acknowledgement VARCHAR NOT NULL,
	escalated_at BIGINT,
	PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS sharing_outbox_due ON sharing_outbox (acknowledged_at, next_at);

CREATE INDEX IF NOT EXISTS sharing_outbox_newest ON sharing_outbox (created_at, id);

SELECT sharing_outbox.id, sharing_outbox.partner, sharing_outbox.type, sharing_outbox.body, sharing_outbox.created_at, sharing_outbox.due_at, sharing_outbox.attempts, sharing_outbox.next_at, sharing_outbox.acknowledged_at, sharing_outbox.acknowledgement, sharing_outbox.escalated_at FROM sharing_outbox LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_given (
	place BIGINT NOT NULL,
	record VARCHAR NOT NULL,
	grant_id VARCHAR NOT NULL,
	grant_version INTEGER NOT NULL,
	version INTEGER NOT NULL,
	partner VARCHAR NOT NULL,
	query_id VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (place, record, grant_id, grant_version)
);

CREATE INDEX IF NOT EXISTS sharing_given_by_grant ON sharing_given (grant_id, grant_version, partner);

CREATE INDEX IF NOT EXISTS sharing_given_by_record ON sharing_given (record, partner, version);

SELECT sharing_given.place, sharing_given.record, sharing_given.grant_id, sharing_given.grant_version, sharing_given.version, sharing_given.partner, sharing_given.query_id, sharing_given.at FROM sharing_given LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_given_reached (
	id SERIAL NOT NULL,
	place BIGINT NOT NULL,
	PRIMARY KEY (id)
);

SELECT sharing_given_reached.id, sharing_given_reached.place FROM sharing_given_reached LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_recall (
	id VARCHAR NOT NULL,
	document VARCHAR NOT NULL,
	created_at BIGINT NOT NULL,
	written_at BIGINT,
	PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS ix_sharing_recall_written_at ON sharing_recall (written_at);

SELECT sharing_recall.id, sharing_recall.document, sharing_recall.created_at, sharing_recall.written_at FROM sharing_recall LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_change (
	record VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	sort VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	load INTEGER NOT NULL,
	at BIGINT NOT NULL,
	fate VARCHAR NOT NULL,
	PRIMARY KEY (record, version)
);

CREATE INDEX IF NOT EXISTS sharing_change_by_fate ON sharing_change (fate, record, version);

CREATE INDEX IF NOT EXISTS sharing_change_by_load ON sharing_change (load);

CREATE INDEX IF NOT EXISTS sharing_change_by_time ON sharing_change (at);

SELECT sharing_change.record, sharing_change.version, sharing_change.sort, sharing_change.reason, sharing_change.load, sharing_change.at, sharing_change.fate FROM sharing_change LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_lease (
	id VARCHAR NOT NULL,
	node VARCHAR NOT NULL,
	record VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	case_digest VARCHAR NOT NULL,
	kept_by VARCHAR NOT NULL,
	query_id VARCHAR NOT NULL,
	handling VARCHAR NOT NULL,
	kept_at BIGINT NOT NULL,
	until BIGINT NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS sharing_lease_by_case ON sharing_lease (case_digest, kept_at);

CREATE INDEX IF NOT EXISTS sharing_lease_by_handle ON sharing_lease (node, record);

SELECT sharing_lease.id, sharing_lease.node, sharing_lease.record, sharing_lease.version, sharing_lease.case_digest, sharing_lease.kept_by, sharing_lease.query_id, sharing_lease.handling, sharing_lease.kept_at, sharing_lease.until FROM sharing_lease LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_lease_grant (
	lease VARCHAR NOT NULL,
	grant_id VARCHAR NOT NULL,
	node VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (lease, grant_id)
);

CREATE INDEX IF NOT EXISTS sharing_lease_by_grant ON sharing_lease_grant (node, grant_id);

SELECT sharing_lease_grant.lease, sharing_lease_grant.grant_id, sharing_lease_grant.node, sharing_lease_grant.version FROM sharing_lease_grant LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_mark (
	node VARCHAR NOT NULL,
	sort VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	reason VARCHAR NOT NULL,
	PRIMARY KEY (node, sort, name)
);

SELECT sharing_mark.node, sharing_mark.sort, sharing_mark.name, sharing_mark.version, sharing_mark.reason FROM sharing_mark LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_heard (
	node VARCHAR NOT NULL,
	id VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	ended INTEGER NOT NULL,
	held INTEGER NOT NULL,
	PRIMARY KEY (node, id)
);

SELECT sharing_heard.node, sharing_heard.id, sharing_heard.digest, sharing_heard.ended, sharing_heard.held FROM sharing_heard LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_standing (
	owner VARCHAR NOT NULL,
	id VARCHAR NOT NULL,
	subject VARCHAR NOT NULL,
	target VARCHAR,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	ended_at BIGINT,
	document VARCHAR NOT NULL,
	PRIMARY KEY (owner, id)
);

CREATE INDEX IF NOT EXISTS sharing_standing_by_owner ON sharing_standing (owner, created_at);

CREATE INDEX IF NOT EXISTS sharing_standing_by_target ON sharing_standing (target, expires_at);

SELECT sharing_standing.owner, sharing_standing.id, sharing_standing.subject, sharing_standing.target, sharing_standing.created_at, sharing_standing.expires_at, sharing_standing.ended_at, sharing_standing.document FROM sharing_standing LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_standing_hit (
	owner VARCHAR NOT NULL,
	question VARCHAR NOT NULL,
	record VARCHAR NOT NULL,
	version INTEGER NOT NULL,
	normal VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	waits BOOLEAN NOT NULL,
	PRIMARY KEY (owner, question, record, version)
);

CREATE INDEX IF NOT EXISTS sharing_standing_hit_waiting ON sharing_standing_hit (waits, at);

SELECT sharing_standing_hit.owner, sharing_standing_hit.question, sharing_standing_hit.record, sharing_standing_hit.version, sharing_standing_hit.normal, sharing_standing_hit.at, sharing_standing_hit.waits FROM sharing_standing_hit LIMIT 0;

CREATE TABLE IF NOT EXISTS sharing_alert (
	id VARCHAR NOT NULL,
	subject VARCHAR NOT NULL,
	case_digest VARCHAR NOT NULL,
	evidence VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	state VARCHAR NOT NULL,
	document VARCHAR NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS sharing_alert_by_evidence ON sharing_alert (subject, case_digest, evidence);

CREATE INDEX IF NOT EXISTS sharing_alert_by_subject ON sharing_alert (subject, at);

SELECT sharing_alert.id, sharing_alert.subject, sharing_alert.case_digest, sharing_alert.evidence, sharing_alert.at, sharing_alert.state, sharing_alert.document FROM sharing_alert LIMIT 0;

