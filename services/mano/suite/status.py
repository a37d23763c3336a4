# SPDX-License-Identifier: Apache-2.0
"""What of an embedded suite runs, and what is under way in it."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any, Protocol, TypedDict

from mano.suite import agent, paths, postgresql, processes, running

UNENDED = "(in,operationState,STARTING,PROCESSING,FAILED_TEMP,ROLLING_BACK)"
# API, collection, and what its operations are of.
OCCURRENCES = (("nslcm", "/ns_lcm_op_occs", "ns"), ("vnflcm", "/vnf_lcm_op_occs", "vnf"))


class Client(Protocol):
    """What is needed of a REST client."""

    def list(self, api: str, path: str, **query: str) -> list[dict[str, Any]]:
        """A collection."""


class Part(TypedDict):
    """A process of the suite's."""

    part: str
    state: str  # running, not running
    pid: int | None
    memory: int  # bytes, proportional set size
    where: str


class Operation(TypedDict):
    """A life cycle operation of a network service or a VNF."""

    id: str
    of: str
    operation: str
    state: str
    since: str


def parts(data: pathlib.Path) -> list[Part]:
    """Each process of the suite on this machine."""
    record = running.read(data)
    suite = record.get("pid") if running.is_locked(data) else None
    roots = {"NFVO": record.get("nfvo"), "VNFM": record.get("vnfm")}
    server = postgresql.Server(data)
    postmaster = server.pid() if server.alive() else None
    return [
        _part("suite", suite, ", ".join(f"{name} {root}" for name, root in roots.items() if root)),
        _part("PostgreSQL", postmaster, str(server.socket), with_children=True),
        _part("agent", agent.find(data), str(paths.agent_socket(data))),
    ]


def operations(client: Client) -> Iterator[Operation]:
    """Operations of network services and VNFs that have not ended."""
    for api, path, kind in OCCURRENCES:
        for occurrence in client.list(api, path, filter=UNENDED):
            yield {
                "id": occurrence["id"],
                "of": f"{kind} {occurrence[f'{kind}InstanceId']}",
                "operation": occurrence.get("lcmOperationType") or occurrence["operation"],
                "state": occurrence["operationState"],
                "since": occurrence["startTime"],
            }


def _part(name: str, pid: int | None, where: str, *, with_children: bool = False) -> Part:
    """The children of the suite and of the agent (VNFCs) are not their own memory."""
    if pid is None or not processes.alive(pid):
        return {"part": name, "state": "not running", "pid": None, "memory": 0, "where": where}
    memory = processes.memory(processes.tree(pid) if with_children else [pid])
    return {"part": name, "state": "running", "pid": pid, "memory": memory, "where": where}
