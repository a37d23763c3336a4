# SPDX-License-Identifier: Apache-2.0
"""Documents, jobs with signals, outbox, inbox, contents, notices."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE document (
    kind text NOT NULL, id text NOT NULL, version integer NOT NULL DEFAULT 1, owner text,
    seq bigint GENERATED ALWAYS AS IDENTITY, body jsonb NOT NULL, PRIMARY KEY (kind, id));
CREATE INDEX document_seq ON document (kind, seq);
CREATE INDEX document_owner ON document (kind, owner) WHERE owner IS NOT NULL;

CREATE TABLE job (
    id text PRIMARY KEY, kind text NOT NULL, state jsonb NOT NULL,
    attempts integer NOT NULL DEFAULT 0, due_at timestamptz NOT NULL,
    lease_by text, lease_until timestamptz);
CREATE INDEX job_due ON job (due_at);
CREATE TABLE signal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, job text NOT NULL, body jsonb);
CREATE INDEX signal_job ON signal (job);

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message jsonb NOT NULL,
    due_at timestamptz NOT NULL, attempts integer NOT NULL DEFAULT 0);
CREATE INDEX outbox_due ON outbox (due_at);
CREATE TABLE inbox (
    id text PRIMARY KEY, answer jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX inbox_at ON inbox (at);

CREATE TABLE content (
    id text NOT NULL, number integer NOT NULL, data bytea NOT NULL, PRIMARY KEY (id, number));
ALTER TABLE content ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE TABLE notice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, subscription text NOT NULL,
    body jsonb NOT NULL);
CREATE INDEX notice_subscription ON notice (subscription, id);
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    for table in ("notice", "content", "inbox", "outbox", "signal", "job", "document"):
        op.drop_table(table)
