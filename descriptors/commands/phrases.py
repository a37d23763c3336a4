# SPDX-License-Identifier: Apache-2.0
"""What tables, trees and pictures say of sizes, wishes, rules and paths in the same words."""

from __future__ import annotations

from collections.abc import Mapping

from descriptors import model
from descriptors.leaves import mapping

_ANY_PORT = (0, 65535)


def size_of(mebibytes: int) -> str:
    """1536 is 1.5 GiB, 0 is -."""
    if not mebibytes:
        return "-"
    return f"{mebibytes / 1024:.4g} GiB" if mebibytes >= 1024 else f"{mebibytes} MiB"


def wishes(vdu: model.Vdu) -> list[str]:
    """What a VDU asks of the platform beyond sizes, in words."""
    requirements = vdu.requirements
    policy = mapping(requirements.get("virtual_cpu_pinning")).get("virtual_cpu_pinning_policy")
    words = {
        f"{policy} CPU pinning": policy,
        "NUMA": requirements.get("numa_enabled"),
        "huge pages": requirements.get("huge_pages_requirements"),
        "logical node": requirements.get("logical_node"),
    }
    capabilities = mapping(requirements.get("requested_additional_capabilities"))
    return [word for word, value in words.items() if value] + [str(name) for name in capabilities]


def says_compute(vdu: model.Vdu) -> bool:
    """Whether the VDU says which CPUs and memory it needs.

    Without, the model has one vCPU and no memory."""
    return vdu.memory > 0 or vdu.vcpus > 1


def numbers(counts: Mapping[str, int], glue: str = ", ") -> str:
    """`1× firewall, 2× web`."""
    return glue.join(f"{number}× {name}" for name, number in counts.items())


def between(low: int, high: int) -> str:
    """`1…3`, or one number where both are the same."""
    return str(low) if low == high else f"{low}…{high}"


def security(rule: model.SecurityGroupRule) -> str:
    """`web: ingress ipv4 tcp 80…443, of cp`."""
    targets = ", ".join(rule.targets) or "nothing"
    return f"{rule.id}: {traffic(rule)}, of {targets}"


def traffic(rule: model.SecurityGroupRule) -> str:
    """`ingress ipv4 tcp 80…443`."""
    words = f"{rule.direction} {rule.ether_type} {rule.protocol}"
    if (rule.port_min, rule.port_max) == _ANY_PORT:
        return words
    return f"{words} {between(rule.port_min, rule.port_max)}"


def affinity(rule: model.AffinityRule) -> str:
    """`apart: anti-affinity at nfvi_node of a, b`."""
    members = ", ".join(rule.members) + (" among themselves" if rule.local else "")
    return f"{rule.id}: {rule.kind} at {rule.scope} of {members}"


def path(nfp: model.Nfpd) -> str:
    """`client → firewall (outside, inside) → …`; the elements of a position one beside the other:
    `a (in) | b (in)`."""
    return " → ".join(map(_position, nfp.positions))


def rule(match: Mapping[str, object]) -> str:
    """A classifier's rule in short: `tcp, destinationPort 80`."""
    return ", ".join(
        _value(value) if name in ("protocol", "etherType") else f"{name} {_value(value)}"
        for name, value in match.items()
    )


def _position(position: model.NfpPosition) -> str:
    elements = " | ".join(map(_element, position.elements))
    return f"{elements} [{position.behaviour}]" if position.behaviour else elements


def _element(cps: list[model.CpRef]) -> str:
    profile = next((cp.profile for cp in cps if cp.profile), None)
    names = ", ".join(cp.cp for cp in cps)
    return f"{profile} ({names})" if profile else names


def _value(value: object) -> str:
    """`80`, `80…443`."""
    if not isinstance(value, list):
        return str(value)
    words = [str(item) for item in value]
    return words[0] if len(set(words)) == 1 else "…".join(words)
