# SPDX-License-Identifier: Apache-2.0
"""Connection points of a desired state: each port with its owner, network and interconnect."""

from collections.abc import Iterator
from dataclasses import dataclass

from dataplane_agent import names
from dataplane_agent.port import Desired, Network, Port

BRIDGE = "bridge"  # the interconnect of a network that names none
MTU = 1500  # bytes, of a network that states none


@dataclass(frozen=True)
class Point:
    """A port that is to be: a SAP's, or one of a compute."""

    port: Port
    resource: str  # id of what it is reported under: the SAP's port itself, or the compute
    owner: str  # its name
    space: str  # the namespace it leads into
    type: str  # of interconnect
    mtu: int  # bytes

    @property
    def interface(self) -> str:
        """The interface's name inside the namespace."""
        return names.interface(self.port)


def owned(desired: Desired) -> Iterator[tuple[str, str, Port]]:
    """(id and name of who owns it, port): a SAP's port owns itself. SAPs' ports come first."""
    for port in desired.get("ports", []):
        yield port["id"], port.get("name") or port["id"], port
    for compute in desired.get("computes", []):
        for port in compute.get("ports", []):
            yield compute["id"], compute.get("name") or compute["id"], port


def points(desired: Desired, tag: str) -> list[Point]:
    """All ports of a document."""
    networks = {network["id"]: network for network in desired.get("networks", [])}
    return [
        Point(
            port=port,
            resource=owner,
            owner=label,
            space=names.space(tag, owner),
            type=port_type(port, networks),
            mtu=mtu(networks[port["network"]]) if port["network"] in networks else MTU,
        )
        for owner, label, port in owned(desired)
    ]


def network_type(network: Network) -> str:
    """The interconnect that carries a network."""
    return str(network.get("type") or BRIDGE)


def port_type(port: Port, networks: dict[str, Network]) -> str:
    """The interconnect that attaches a port: its network's, where it names none."""
    network = networks.get(port["network"])
    return str(port.get("type") or (network_type(network) if network else BRIDGE))


def mtu(network: Network) -> int:
    """The MTU of a network in bytes."""
    return network.get("mtu") or MTU
