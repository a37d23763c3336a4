# SPDX-License-Identifier: Apache-2.0
"""A connection that prepares each statement at its first use, for PostgreSQL takes two to three
times as long to plan one of ours as to run it. (A pooler in front of PostgreSQL must keep sessions,
not only transactions.)"""

from __future__ import annotations

import re
from typing import Any

import psycopg2.extensions

STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_PARAMETER = re.compile(r"%\((\w+)\)s")


class Connection(psycopg2.extensions.connection):
    """psycopg2's connection, in autocommit: who needs a transaction says BEGIN."""

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self.calls: dict[str, str] = {}  # statement -> how it is called

    def run(self, sql: str, values: dict[str, Any], opening: str = "", prepare: bool = True) -> Any:
        """Runs a statement with `%(name)s` parameters and gives the cursor. `opening` ("BEGIN;")
        goes before it on the same way to the server: the way costs more than the work."""
        cursor = self.cursor()
        call = self.calls.get(sql) or (self._prepared(cursor, sql) if prepare else sql)
        cursor.execute(opening + call, values)
        return cursor

    def _prepared(self, cursor: Any, sql: str) -> str:
        if not sql.startswith(STATEMENTS) or ";" in sql:
            return sql
        names = list(dict.fromkeys(_PARAMETER.findall(sql)))
        name = f"s{len(self.calls)}"
        cursor.execute(
            f"PREPARE {name} AS {_PARAMETER.sub(lambda found: f'${names.index(found[1]) + 1}', sql)}"
        )
        self.calls[sql] = f"EXECUTE {name}" + (
            f" ({', '.join(f'%({each})s' for each in names)})" if names else ""
        )
        return self.calls[sql]
