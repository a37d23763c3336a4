# SPDX-License-Identifier: Apache-2.0
"""What a store says when it cannot do what it was asked: problems, so a client is told of them."""

from __future__ import annotations

from mano.problems import Problem


class NotFound(Problem):
    """No document of that kind has that id."""

    def __init__(self, kind: str, id: str):
        super().__init__(404, f"no {kind} with id {id!r}")
        self.kind, self.id = kind, id


class Conflict(Problem):
    """The document exists already, or its state does not allow the change."""

    def __init__(self, message: str):
        super().__init__(409, message)


class Stale(Problem):
    """The document was changed by somebody else since it was read: read again, decide again."""

    def __init__(self, kind: str, id: str, version: int):
        message = f"{kind} {id} is no longer at version {version}"
        advice = "Read the resource again and repeat the request if it is still wanted."
        super().__init__(409, f"{message} {advice}")
        self.args = (message,)


class Unavailable(Problem):
    """The database does not answer; what was under way is not committed."""

    def __init__(self, message: str):
        advice = "Nothing was changed; repeat the request."
        super().__init__(503, f"{message}. {advice}", headers={"Retry-After": "2"})
        self.args = (message,)
