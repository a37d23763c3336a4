# SPDX-License-Identifier: Apache-2.0
"""What to do so that the found state becomes the desired one: the order of it. Pure.

Each kind of resource plans its own part; no action: converged."""

import itertools
from collections.abc import Iterable

from dataplane_agent import computes, connections, files, insides, namespaces, shares
from dataplane_agent.actions import Action
from dataplane_agent.found import Found
from dataplane_agent.host import Host
from dataplane_agent.interconnects import Stages
from dataplane_agent.namespaces import Interface
from dataplane_agent.port import Desired


def plan(desired: Desired, found: Found, host: Host) -> list[Action]:
    """The actions that lead from `found` to `desired`, a document that `desired.sift` let pass.

    The order is the order of doing: end processes, remove what nothing names any more, make
    networks, namespaces and ports, set up what lies inside, paths, limits, and last start
    processes."""
    points = connections.points(desired, host.tag)
    stages = [_stages(name, desired, found, host) for name in host.interconnects]

    def inside(point: connections.Point) -> Interface | None:
        interconnect, holding = host.interconnects[point.type], found.holdings[point.type]
        return interconnect.interface(point, host.tag, holding, found.spaces)

    orphans = [
        *_joined(stage.removals for stage in stages),
        *namespaces.removals(desired, found.spaces, host.tag),
        *computes.group_removals(desired, found.groups),
        *files.removals(desired, found),
    ]
    networks = [
        *_joined(stage.networks for stage in stages),
        *namespaces.creations(desired, found.spaces, host.tag),
        *_joined(stage.ports for stage in stages),
        *insides.changes(points, found.spaces, inside),
        *_joined(stage.paths for stage in stages),
    ]
    return [
        *computes.stops(desired, found, host),
        *orphans,
        *networks,
        *files.fetches(desired, found),
        *computes.limitations(desired, found, host),
        *computes.starts(desired, found, host),
    ]


def _joined(parts: Iterable[list[Action]]) -> list[Action]:
    return list(itertools.chain.from_iterable(parts))


def _stages(name: str, desired: Desired, found: Found, host: Host) -> Stages:
    share = shares.share(desired, name, host.tag)
    return host.interconnects[name].plan(share, found.holdings[name], found.spaces)
