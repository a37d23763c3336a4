# SPDX-License-Identifier: Apache-2.0
"""The port towards a VIM: the operations of IFA005/IFA006 as seven verbs.

What they take and give is in `documents.py`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Protocol

from mano import problems
from mano.vim.documents import (
    Change,
    ConnectionSettings,
    Filter,
    Resource,
    Spec,
    Zone,
)

KINDS = ("network", "port", "compute", "storage", "image", "path")
_OURS = uuid.UUID("6d616e6f-0000-4000-8000-76696d000000")


class Refused(problems.Problem):
    """The VIM does not do it: a 4xx is final, 503 means later."""


class Vim(Protocol):
    """One VIM. No verb waits for the VIM to finish: what takes time is answered in a state on the
    way.

    A resource on the way may carry `poll`: in how many seconds it is worth to ask again.
    """

    def allocate(self, kind: str, name: str, spec: Spec) -> Resource:
        """Finds the resource of that name or begins to make it; one in ERROR is tried anew. Refused
        409 after `terminate` of the same name, 4xx for a spec that can never be met, 507 without
        capacity."""

    def query(self, kind: str, filter: Filter) -> list[Resource]:
        """The resources of a kind, with `{"name": …}` or `{"owner": …}` only those."""

    def update(self, kind: str, name: str, change: Change) -> Resource:
        """Changes what may be changed of a spec; Refused 404 or 409."""

    def terminate(self, kind: str, name: str) -> Resource | None:
        """Begins to remove the resource; None once nothing of it is left. Its name, or one
        never seen, is closed for as long as a message may be late (`closed`)."""

    def capacity(self) -> list[Zone]:
        """The zones with what they have and what is taken."""

    def add_image(self, name: str, offset: int, data: bytes, last: bool) -> Resource:
        """Takes a piece of an image that was allocated; a piece may come twice."""

    def configure(self, settings: ConnectionSettings) -> None:
        """Takes the connection settings of the VIM's registration (interfaceInfo, accessInfo,
        extra)."""


def resource_id(vim: str, kind: str, name: str) -> str:
    """The id of a resource whose VIM lets us choose it: the same name always has the same id."""
    return str(uuid.uuid5(_OURS, f"{vim}/{kind}/{name}"))


def mac(id: str) -> str:
    """A locally administered unicast address for a port, from such an id."""
    return "02:" + ":".join(id[at : at + 2] for at in (0, 2, 4, 6, 9))


def detail(vim: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """The detail of a port whose VIM lets us choose its id; without a MAC it gets one."""
    id = resource_id(vim, "port", name)
    item = {key: spec[key] for key in ("cp", "network", "addresses", "routes") if key in spec}
    return {**item, "id": id, "name": name, "mac": spec.get("mac") or mac(id)}


def address(vim_type: str) -> str:
    """Where on the bus the VIMs of a type are reached."""
    return f"vim-{vim_type}"
