# SPDX-License-Identifier: Apache-2.0
"""What a document points at (zone, VIM, networks, image, packages) is a column with an index.

The column is generated, for an index on an expression over `body` would make each change of a
document a change of all its indexes: today six of seven touch none (heap-only updates)."""

from alembic import op

revision = "0002"
down_revision = "0001"

LINKS = """
CREATE FUNCTION links(body jsonb) RETURNS jsonb IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'zone', body->'zone', 'vim', body->'vim', 'on', body->'_resources'->'vim',
        'packages', body->'vnfPkgIds', 'image', body->'spec'->'image',
        'network', body->'spec'->'network'))
    || CASE WHEN body->'spec' ? 'ports' THEN jsonb_build_object(
        'networks', jsonb_path_query_array(body, '$.spec.ports[*].network'),
        'ports', jsonb_path_query_array(body, '$.spec.ports[*].name')) ELSE '{}' END
$$;
ALTER TABLE document ADD COLUMN links jsonb GENERATED ALWAYS AS (links(body)) STORED;
CREATE INDEX document_links ON document USING gin (links jsonb_path_ops);
"""


def upgrade() -> None:
    op.execute(LINKS)


def downgrade() -> None:
    op.drop_column("document", "links")
    op.execute("DROP FUNCTION links(jsonb)")
