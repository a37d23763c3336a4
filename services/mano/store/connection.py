# SPDX-License-Identifier: Apache-2.0
"""A connection that prepares each statement at its first use.

PostgreSQL takes two to three times as long to plan one of ours as to run it. (A pooler in front of
PostgreSQL must keep sessions, not only transactions.)"""

from __future__ import annotations

import itertools
import re
from typing import Any

import psycopg2.extensions

STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_PARAMETER = re.compile(r"%\((\w+)\)s")


class Connection(psycopg2.extensions.connection):
    """psycopg2's connection, in autocommit: who needs a transaction says BEGIN."""

    def __init__(self, *arguments: object, **options: object):
        super().__init__(*arguments, **options)
        self.numbers = itertools.count(1)
        self.calls: dict[str, str] = {}  # statements -> how they are called

    def run(self, sql: str, values: dict[str, Any], opening: str = "", prepare: bool = True) -> Any:
        """Runs a statement with `%(name)s` parameters, or several with `;` between them, and gives
        the cursor with the last one's rows.

        `opening` ("BEGIN;") goes before it on the same way to the server: the way costs more than
        the work."""
        cursor = self.cursor()
        call = self._call(cursor, sql) if prepare else sql
        cursor.execute(opening + call, values)
        return cursor

    def _call(self, cursor: object, sql: str) -> str:
        """How the statements are called; at their first use they are prepared."""
        if sql not in self.calls:
            parts = [self._prepared(cursor, statement) for statement in sql.split(";")]
            self.calls[sql] = ";".join(parts)
        return self.calls[sql]

    def _prepared(self, cursor: Any, sql: str) -> str:
        if not sql.startswith(STATEMENTS):
            return sql
        names = list(dict.fromkeys(_PARAMETER.findall(sql)))
        numbered = _PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", sql)
        statement = f"s{next(self.numbers)}"
        cursor.execute(f"PREPARE {statement} AS {numbered}")
        values = ", ".join(f"%({name})s" for name in names)
        return f"EXECUTE {statement}" + (f" ({values})" if values else "")
