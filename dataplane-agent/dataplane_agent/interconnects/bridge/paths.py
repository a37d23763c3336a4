# SPDX-License-Identifier: Apache-2.0
"""Forwarding paths over bridges: a chain of nft rules each. Pure."""

from dataplane_agent.actions import Action
from dataplane_agent.interconnects import Share
from dataplane_agent.interconnects.bridge import rules
from dataplane_agent.interconnects.bridge.holding import Chain, Holding
from dataplane_agent.interconnects.bridge.links import link_name
from dataplane_agent.port import HopReport, Path


def refuse(path: Path) -> str:
    """Why a path cannot be: what it matches by."""
    try:
        for fields in path.get("match") or []:
            rules.match(fields)
    except ValueError as e:
        return str(e)
    return ""


def removals(share: Share, holding: Holding) -> list[Action]:
    """Chains that nothing names any more; with the last one the whole table."""
    table = rules.table(share.tag)
    chains = {rules.chain_name(path["id"]) for path in share.paths}
    if holding.table and not chains:
        sentence = f"remove the forwarding paths' table {table}"
        return [Action("nft", sentence, lines=(f"delete table bridge {table}",))]
    actions = []
    for name, chain in holding.paths.items():
        if name not in chains:
            lines = rules.removal(table, name, chain.jumps, len(chain.hops))
            actions.append(Action("nft", f"remove path {name}", lines=tuple(lines)))
    return actions


def changes(share: Share, holding: Holding) -> list[Action]:
    """Paths whose rules are not there, or not as desired."""
    ends = {
        point.port["id"]: rules.End(link_name(share.tag, point.port["id"]), point.port["mac"])
        for point in share.points
    }
    actions = []
    for path in share.paths:
        chain = holding.paths.get(rules.chain_name(path["id"]), Chain())
        if _as_desired(chain, path, ends):
            continue
        verb = "change" if chain.comments else "create"
        sentence = f"{verb} path {path.get('name') or path['id']} of {len(path['hops'])} hops"
        lines = rules.script(
            rules.table(share.tag), path, ends, jump=not chain.jumps, counters=len(chain.hops)
        )
        actions.append(Action("nft", sentence, path["id"], tuple(lines)))
    return actions


def report(path: Path, holding: Holding) -> list[HopReport]:
    """What has passed each hop."""
    chain = holding.paths.get(rules.chain_name(path["id"]), Chain())
    return [{"packets": packets, "bytes": octets} for packets, octets in chain.hops]


def _as_desired(chain: Chain, path: Path, ends: dict[str, rules.End]) -> bool:
    return (
        chain.comments == rules.comments(path, ends)
        and len(chain.jumps) == 1
        and len(chain.hops) == len(path["hops"])
    )
