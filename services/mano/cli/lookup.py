# SPDX-License-Identifier: Apache-2.0
"""Ids that may be given by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mano.cli.client import Client
from mano.cli.failures import Failure

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


def id_of(client: Client, api: str, collection: str, given: str, names: Sequence[str]) -> str:
    """The id of the resource whose id, or one of whose attributes `names`, is `given`; Failure if
    none or several have it."""
    if UUID.match(given):
        return given
    quoted = "'" + given.replace("'", "''") + "'"
    found = {
        document["id"]: document
        for name in names
        for document in client.list(api, f"/{collection}", filter=f"(eq,{name},{quoted})")
    }
    what = collection.replace("_", " ")
    if not found:
        raise Failure(
            f"none of the {what} has the id or name {given!r}: list them with `mano {COMMANDS[collection]} list`"
        )
    if len(found) > 1:
        raise Failure(
            f"{len(found)} of the {what} are called {given!r}: give one of the ids {', '.join(found)}"
        )
    return str(next(iter(found)))


COMMANDS = {
    "vnf_packages": "vnf-package",
    "ns_descriptors": "nsd",
    "ns_instances": "ns",
    "vnf_instances": "vnf",
}
