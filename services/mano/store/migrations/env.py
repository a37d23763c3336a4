# SPDX-License-Identifier: Apache-2.0
"""Alembic's entry: runs the revisions on the connection and schema that mano.store.schema hands
in."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    version_table_schema=attributes["schema"],
    transactional_ddl=True,
)
with context.begin_transaction():
    context.get_bind().exec_driver_sql(f'SET LOCAL search_path TO "{attributes["schema"]}"')
    context.run_migrations()
