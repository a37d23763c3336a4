# SPDX-License-Identifier: Apache-2.0
"""Alembic's entry: runs the revisions in the schema that mano.store.schema hands in.

One process at a time, by a lock that lasts as long as the transaction; who waited for it finds
nothing left to do."""

import psycopg2.extensions
import sqlalchemy
from alembic import context
from sqlalchemy import pool

connect = context.config.attributes["connect"]
schema = context.config.attributes["schema"]


def connection_in_transactions() -> psycopg2.extensions.connection:
    """A connection as SQLAlchemy expects it, which itself begins and commits."""
    connection = connect()
    connection.autocommit = False
    return connection


engine = sqlalchemy.create_engine(
    "postgresql+psycopg2://", creator=connection_in_transactions, poolclass=pool.NullPool
)
with engine.begin() as connection:
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", (schema,))
    connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    connection.exec_driver_sql(f'SET LOCAL search_path TO "{schema}"')
    context.configure(connection=connection, version_table_schema=schema, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
