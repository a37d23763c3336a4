# SPDX-License-Identifier: Apache-2.0
"""Requests to VIMs, as the steps of NFVO and VNFM ask them."""

from __future__ import annotations

from mano import lcm
from mano.vim import port
from mano.vim.documents import Change, Connection, Filter, Spec


def allocate(connection: Connection, kind: str, name: str, spec: Spec) -> lcm.Ask:
    """The request for a resource; `connection` is the VimConnectionInfo."""
    return _about(connection, "allocate", kind, name, spec=spec)


def update(connection: Connection, kind: str, name: str, change: Change) -> lcm.Ask:
    """The request to change what may be changed of a resource."""
    return _about(connection, "update", kind, name, change=change)


def terminate(connection: Connection, kind: str, name: str) -> lcm.Ask:
    """The request to remove a resource."""
    return _about(connection, "terminate", kind, name)


def query(connection: Connection, kind: str, filter: Filter) -> lcm.Ask:
    """The request for the resources of a kind."""
    return lcm.Ask(
        port.address(connection["vimType"]),
        "query",
        {"vim": connection["vimId"], "kind": kind, "filter": filter},
        f"query/{kind}",
        f"{kind}s of VIM {connection['vimId']}",
    )


def _about(connection: Connection, verb: str, kind: str, name: str, **more: object) -> lcm.Ask:
    return lcm.Ask(
        port.address(connection["vimType"]),
        verb,
        {"vim": connection["vimId"], "kind": kind, "name": name, **more},
        f"{kind}/{name}",
        f"{kind} {name}",
    )


def add_image(connection: Connection, name: str, offset: int, content: str, last: bool) -> lcm.Ask:
    """The request to take a piece of an image; `content` is base64."""
    return lcm.Ask(
        port.address(connection["vimType"]),
        "add_image",
        {
            "vim": connection["vimId"],
            "name": name,
            "offset": offset,
            "content": content,
            "last": last,
        },
        f"image/{name}/{offset}",
        f"image {name}",
    )
