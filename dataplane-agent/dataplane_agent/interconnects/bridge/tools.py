# SPDX-License-Identifier: Apache-2.0
"""The kernel tools that only bridges need, and the features to be probed for them."""

from dataplane_agent import kernel, names
from dataplane_agent.actions import Action
from dataplane_agent.interconnects.bridge import filters

PROBES = {
    "bridge": ("networks", "ip link add b0 type bridge stp_state 0 mcast_snooping 0"),
    "nft_bridge": (
        "forwarding paths",
        """nft 'add table bridge t
        add chain bridge t c { type filter hook prerouting priority -300 ; }
        add counter bridge t n
        add rule bridge t c meta l4proto tcp th dport 80 counter name n \
            ether daddr set 02:00:00:00:00:01'""",
    ),
    "nft_bridge_jhash": (
        "paths that choose between several VNFCs",
        """nft 'add table bridge j; add chain bridge j c
        add rule bridge j c ether daddr set jhash ip saddr mod 2 map { 0 : 02:00:00:00:00:01 }'""",
    ),
}


def unlink(actions: list[Action], tag: str) -> dict[int, str]:
    """Delete all links as one group: the kernel then waits once for its readers and not once for
    each link."""
    group = 0x6D000000 + int(names.digest(tag, 6), 16)
    lines = [f"link set {action.target} group {group}" for action in actions]
    errors = kernel.ip([*lines, f"link del group {group}"])
    return {min(number, len(actions) - 1): error for number, error in errors.items()}


def nft(actions: list[Action], tag: str) -> dict[int, str]:
    """All in one transaction; if that is refused one by one, so that a bad path does not hold up
    the others."""
    if not kernel.nft(_script(*actions)):
        return {}
    return {number: kernel.nft(_script(action)) for number, action in enumerate(actions)}


def _script(*actions: Action) -> str:
    return "".join(f"{line}\n" for action in actions for line in action.lines)


TOOLS = {"unlink": unlink, "nft": nft, "filters": filters.tool}
