# SPDX-License-Identifier: Apache-2.0
"""What of an embedded suite runs, and what is under way in it."""

from __future__ import annotations

import pathlib
from typing import Any, Protocol

from mano.suite import embedded, host, places, processes

UNENDED = "(in,operationState,STARTING,PROCESSING,FAILED_TEMP,ROLLING_BACK)"


class Client(Protocol):
    """What is needed of a REST client."""

    def list(self, api: str, path: str, **query: str) -> list[dict[str, Any]]:
        """A collection."""


def parts(data: pathlib.Path) -> list[dict[str, Any]]:
    """Each process with {"part", "state", "pid", "memory" (bytes of PSS), "where"}."""
    noted = places.remembered(data)
    suite = noted.get("pid") if places.running(data) else None
    database = embedded.Embedded(data)
    addresses = ", ".join(
        f"{name.upper()} {noted[name]}" for name in ("nfvo", "vnfm") if name in noted
    )
    return [
        _part("suite", suite, addresses),
        _part("PostgreSQL", database.pid() if database.alive() else None, str(database.socket)),
        _part("agent", host.find(data), str(places.agent_socket(data)), alone=True),
    ]


def operations(client: Client) -> list[dict[str, Any]]:
    """Operations of network services and VNFs that have not ended."""
    found = []
    for api, path, kind in (
        ("nslcm", "/ns_lcm_op_occs", "ns"),
        ("vnflcm", "/vnf_lcm_op_occs", "vnf"),
    ):
        for occurrence in client.list(api, path, filter=UNENDED):
            found.append(
                {
                    "id": occurrence["id"],
                    "of": f"{kind} {occurrence[f'{kind}InstanceId']}",
                    "operation": occurrence.get("lcmOperationType") or occurrence["operation"],
                    "state": occurrence["operationState"],
                    "since": occurrence["startTime"],
                }
            )
    return found


def _part(name: str, pid: int | None, where: str, alone: bool = False) -> dict[str, Any]:
    """`alone`: its descendants are not its own (VNFCs started by the agent), so their memory is not
    counted."""
    if pid is None or not processes.alive(pid):
        return {"part": name, "state": "not running", "pid": None, "memory": 0, "where": where}
    family = [pid] if alone or name == "suite" else processes.tree(pid)
    return {
        "part": name,
        "state": "running",
        "pid": pid,
        "memory": processes.memory(family),
        "where": where,
    }
