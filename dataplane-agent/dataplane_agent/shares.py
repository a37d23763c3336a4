# SPDX-License-Identifier: Apache-2.0
"""A desired state shared out among the interconnects that carry it."""

from dataplane_agent import connections
from dataplane_agent.interconnects import Share
from dataplane_agent.port import Desired, Path


def share(desired: Desired, type: str, tag: str) -> Share:
    """What of a desired state an interconnect carries."""
    points = connections.points(desired, tag)
    types = {point.port["id"]: point.type for point in points}
    networks = desired.get("networks", [])
    return Share(
        tag,
        networks=tuple(n for n in networks if connections.network_type(n) == type),
        points=tuple(point for point in points if point.type == type),
        paths=tuple(p for p in desired.get("paths", []) if path_type(p, types) == type),
    )


def path_type(path: Path, types: dict[str, str]) -> str:
    """The interconnect of a path: that of its ports (`types` by id), which are of one."""
    ports = [port for hop in path["hops"] for port in (*hop["from"], *hop["to"])]
    return next((types[port] for port in ports if port in types), connections.BRIDGE)
