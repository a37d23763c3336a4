# SPDX-License-Identifier: Apache-2.0
"""Networks as bridges: made, mended, removed. Pure."""

from collections.abc import Iterator

from dataplane_agent import connections, names
from dataplane_agent.actions import Action
from dataplane_agent.interconnects import Share
from dataplane_agent.interconnects.bridge.holding import (
    BRIDGE,
    BRIDGE_OPTIONS,
    BridgeDevice,
    Holding,
)
from dataplane_agent.port import Network

OPTIONS = "type bridge stp_state 0 mcast_snooping 0 forward_delay 0"


def bridge(tag: str, network: str) -> str:
    """The bridge that is a network."""
    return names.device(tag, BRIDGE, network)


def refuse(network: Network) -> str:
    """Why a network cannot be."""
    mtu = connections.mtu(network)
    possible = isinstance(mtu, int) and 68 <= mtu <= 65535
    return "" if possible else f"mtu {mtu} is not from 68 to 65535"


def removals(share: Share, holding: Holding) -> list[Action]:
    """Bridges that nothing names any more."""
    bridges = {bridge(share.tag, network["id"]) for network in share.networks}
    actions = [
        Action("unlink", f"remove network {name}", target=name)
        for name in holding.bridges
        if name not in bridges
    ]
    if holding.switches and not share.networks:
        switches = ", ".join(holding.switches)
        sentence = f"give bridged frames to the host's packet filter again ({switches})"
        actions.append(Action("filters", sentence, target="1"))
    return actions


def changes(share: Share, holding: Holding) -> list[Action]:
    """Bridges to be made or mended; then what keeps the host itself out of them."""
    actions: list[Action] = []
    quiet: list[Action] = []
    for network in share.networks:
        name = bridge(share.tag, network["id"])
        device = holding.bridges.get(name)
        actions += _device(network, name, device)
        if device is None or not device.quiet:
            sentence = f"keep the host's own IPv6 off network {_label(network)}"
            switch = f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6"
            quiet.append(Action("file", sentence, network["id"], (switch, "1")))
    if holding.filtered and share.networks:
        sentence = "keep bridged frames out of the host's packet filter (bridge-nf-call)"
        quiet.append(Action("filters", sentence, target="0"))
    return actions + quiet


def _device(network: Network, name: str, device: BridgeDevice | None) -> Iterator[Action]:
    label, mtu = _label(network), connections.mtu(network)
    if device is None:
        lines = (
            f"link add {name} mtu {mtu} {OPTIONS}",
            f"link set {name} addrgenmode none alias {names.alias(label)} up",
        )
        sentence = f"create network {label} as bridge {name}, MTU {mtu}"
        yield Action("ip", sentence, network["id"], lines)
        return
    if not device.up:
        sentence = f"set network {label} ({name}) up"
        yield Action("ip", sentence, network["id"], (f"link set {name} up",))
    yield from _options(network, name, device)
    for stranger in device.strangers:
        sentence = f"take {stranger} off network {label}, of which it is no port"
        yield Action("ip", sentence, network["id"], (f"link set {stranger} nomaster",))
    if device.mtu != mtu:
        sentence = f"set the MTU of network {label} to {mtu}"
        yield Action("ip", sentence, network["id"], (f"link set {name} mtu {mtu}",))


def _options(network: Network, name: str, device: BridgeDevice) -> Iterator[Action]:
    for option, value in device.options.items():
        if value != BRIDGE_OPTIONS[option]:
            right = BRIDGE_OPTIONS[option]
            sentence = f"set {option} of network {_label(network)} from {value} to {right}"
            line = f"link set {name} type bridge {option} {right}"
            yield Action("ip", sentence, network["id"], (line,))


def _label(network: Network) -> str:
    return network.get("name") or network["id"]
