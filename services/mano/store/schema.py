# SPDX-License-Identifier: Apache-2.0
"""A service's tables are made and changed by Alembic; this module runs it, for one schema."""

from __future__ import annotations

import pathlib

import sqlalchemy

HEAD = "0001"  # the newest revision under migrations/versions; a test holds the two together


def migrate(engine: sqlalchemy.Engine, name: str) -> None:
    """Brings the schema `name` to HEAD. Several processes may do so at once."""
    with engine.connect() as connection:
        if _revision(connection, name) == HEAD:
            return
        connection.rollback()
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", (name,))
        connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{name}"')
        _upgrade(connection, name)
        connection.commit()


def _revision(connection: sqlalchemy.Connection, name: str) -> str | None:
    if (
        connection.exec_driver_sql(
            "SELECT to_regclass(%s)", (f'"{name}".alembic_version',)
        ).scalar()
        is None
    ):
        return None
    revision = connection.exec_driver_sql(
        f'SELECT version_num FROM "{name}".alembic_version'
    ).scalar()
    return None if revision is None else str(revision)


def _upgrade(connection: sqlalchemy.Connection, name: str) -> None:
    from alembic import (
        command,
        config,
    )  # 0.2 s to import, needed only when there is something to do

    settings = config.Config()
    settings.set_main_option("script_location", str(pathlib.Path(__file__).parent / "migrations"))
    settings.attributes.update(connection=connection, schema=name)
    command.upgrade(settings, "head")
