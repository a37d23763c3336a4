# SPDX-License-Identifier: Apache-2.0
"""What a store says when it cannot do what it was asked."""

from __future__ import annotations


class NotFound(Exception):
    """No document of that kind has that id."""

    def __init__(self, kind: str, id: str):
        super().__init__(f"no {kind} with id {id!r}")
        self.kind, self.id = kind, id


class Conflict(Exception):
    """The document exists already, or its state does not allow the change."""


class Stale(Exception):
    """The document was changed by somebody else since it was read: read again, decide again."""

    def __init__(self, kind: str, id: str, version: int):
        super().__init__(f"{kind} {id} is no longer at version {version}")


class Unavailable(Exception):
    """The database does not answer; what was under way is not committed."""
