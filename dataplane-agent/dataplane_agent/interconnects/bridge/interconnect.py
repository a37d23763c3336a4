# SPDX-License-Identifier: Apache-2.0
"""The port of interconnects, as Linux bridges fulfil it."""

from collections.abc import Mapping
from typing import Any

from dataplane_agent.connections import Point
from dataplane_agent.interconnects import Capabilities, Share, Stages
from dataplane_agent.interconnects.bridge import holding, links, networks, paths, tools
from dataplane_agent.interconnects.bridge.holding import Holding
from dataplane_agent.namespaces import Interface, Space
from dataplane_agent.port import HopReport, Network, Path, PortReport


class Bridge:
    """Linux bridges in the host's namespace."""

    capabilities = Capabilities(
        needs={
            "networks": ("bridge",),
            "ports": ("netns", "veth"),
            "paths": ("nft_bridge",),
        }
    )
    probes = tools.PROBES
    tools = tools.TOOLS

    def refuse(self, kind: str, resource: Any) -> str:
        return REFUSALS[kind](resource) if kind in REFUSALS else ""

    def found(self, tag: str) -> Holding:
        return holding.read(tag)

    def plan(self, share: Share, holding: Holding, spaces: Mapping[str, Space]) -> Stages:
        return Stages(
            removals=[
                *paths.removals(share, holding),
                *links.removals(share, holding),
                *networks.removals(share, holding),
            ],
            networks=networks.changes(share, holding),
            ports=links.changes(share, holding, spaces),
            paths=paths.changes(share, holding),
        )

    def interface(
        self, point: Point, tag: str, holding: Holding, spaces: Mapping[str, Space]
    ) -> Interface | None:
        return links.interface(point, tag, holding, spaces)

    def report_network(self, network: Network, tag: str, holding: Holding) -> dict[str, Any]:
        name = networks.bridge(tag, network["id"])
        return {"bridge": name} if name in holding.bridges else {}

    def report_port(
        self, point: Point, tag: str, holding: Holding, spaces: Mapping[str, Space]
    ) -> PortReport | None:
        return links.report(point, tag, spaces)

    def report_path(self, path: Path, holding: Holding) -> list[HopReport]:
        return paths.report(path, holding)


REFUSALS = {"networks": networks.refuse, "paths": paths.refuse}
