# SPDX-License-Identifier: Apache-2.0
"""When a document was done with, a message was owed, a notification was: what is kept for a while
has the time from which that counts.

What was done with before this column was there counts from now."""

from alembic import op

revision = "0003"
down_revision = "0002"

RETIRED = """
ALTER TABLE document ADD COLUMN retired_at timestamptz;
ALTER TABLE outbox ADD COLUMN at timestamptz NOT NULL DEFAULT now();
ALTER TABLE notice ADD COLUMN at timestamptz NOT NULL DEFAULT now();
UPDATE document d SET retired_at = now() WHERE
    d.kind = 'closed'
    OR d.kind = 'grants' AND d.body->>'_status' <> '202'
    OR d.kind IN ('ns_lcm_op_occs', 'vnf_lcm_op_occs') AND NOT EXISTS (
        SELECT FROM document i
        WHERE i.kind IN ('ns_instances', 'vnf_instances') AND i.id = d.owner);
CREATE INDEX document_retired ON document (kind, retired_at) WHERE retired_at IS NOT NULL;
CREATE INDEX outbox_at ON outbox (at);
CREATE INDEX notice_at ON notice (at);
"""


def upgrade() -> None:
    op.execute(RETIRED)


def downgrade() -> None:
    op.drop_index("document_retired")
    op.drop_column("document", "retired_at")
    op.drop_column("outbox", "at")
    op.drop_column("notice", "at")
