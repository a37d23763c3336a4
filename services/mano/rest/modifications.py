# SPDX-License-Identifier: Apache-2.0
"""PATCH of a resource: what a client may change, and what it has changed."""

from __future__ import annotations

from collections.abc import Collection

from mano.problems import Problem
from mano.rest import merge_patch
from mano.sol.documents import Body


def check(patch: Body, modifiable: Collection[str], mandatory: Collection[str] = ()) -> None:
    """Problem 422 unless the patch says something, and only what can be done.

    `mandatory` are those of the `modifiable` that a resource cannot be without."""
    can = f"What can be changed: {', '.join(modifiable)}."
    if not patch:
        raise Problem(422, f"The patch says nothing. {can}")
    if fixed := sorted(set(patch) - set(modifiable)):
        raise Problem(422, f"This cannot be changed by a patch: {', '.join(fixed)}. {can}")
    if removed := sorted(name for name in mandatory if patch.get(name, "") is None):
        raise Problem(422, f"{', '.join(removed)} cannot be removed, so it cannot be null.")


def apply(body: Body, patch: Body) -> tuple[Body, Body]:
    """The body as the patch changes it, and what is another than before.

    What the patch removes as a whole stays, empty: so the changes fit the attributes' types, which
    have no null."""
    empty = {
        name: type(body[name])() for name, value in patch.items() if value is None and name in body
    }
    stated = {name: value for name, value in patch.items() if value is not None}
    modified = merge_patch.merge(body, stated) | empty
    return modified, merge_patch.difference(body, modified)
