# SPDX-License-Identifier: Apache-2.0
"""A service's tables are made and changed by Alembic; this module runs it, for one schema.

Alembic and SQLAlchemy take 0.4 s and 28 MiB: only a schema that is behind loads them."""

from __future__ import annotations

import pathlib

from mano.store.database import Database

HEAD = "0004"  # the newest revision under migrations/versions; a test holds the two together
MIGRATIONS = pathlib.Path(__file__).parent / "migrations"


def upgrade(database: Database, name: str, revision: str = HEAD) -> None:
    """Brings the schema `name` to a revision. Several processes may do so at once."""
    import sqlalchemy.exc
    from alembic import command, config

    settings = config.Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes.update(connect=database.connect_without_limits, schema=name)
    try:
        command.upgrade(settings, revision)
    except sqlalchemy.exc.DBAPIError as error:
        raise (error.orig or error) from error
