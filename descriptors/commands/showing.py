# SPDX-License-Identifier: Apache-2.0
"""`show` in words: what tables, trees and pictures say of sizes, wishes, rules and paths in the
same way."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console, RenderableType

from descriptors import model
from descriptors.leaves import mapping
from descriptors.package import Package


def display(shown: RenderableType) -> None:
    """Prints it, wide enough where it goes into a file or another program."""
    Console(
        highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 132
    ).print(shown)


def narrowed(package: Package, flavour: str | None) -> Package:
    """The package with only this deployment flavour. ValueError where there is no such."""
    item = package.descriptor
    if flavour is None:
        return package
    if not isinstance(item, model.Vnfd | model.Nsd):
        raise ValueError("a PNF has no deployment flavours")
    if flavour not in item.flavours:
        raise ValueError(f"no deployment flavour {flavour!r}, only {', '.join(item.flavours)}")
    only: Any = {flavour: item.flavours[flavour]}
    return dataclasses.replace(
        package, descriptor=dataclasses.replace(item, flavours=only, default_flavour=flavour)
    )


def at_level(package: Package, level: str | None) -> Package:
    """The package with only the flavours that have this instantiation level or NS level. ValueError
    where none has."""
    item = package.descriptor
    if level is None:
        return package
    if not isinstance(item, model.Vnfd | model.Nsd):
        raise ValueError("a PNF has no levels")
    only: Any = {name: df for name, df in item.flavours.items() if level in df.levels}
    if not only:
        known = list(dict.fromkeys(name for df in item.flavours.values() for name in df.levels))
        kind = "instantiation level" if isinstance(item, model.Vnfd) else "NS level"
        raise ValueError(
            f"no {kind} {level!r}, "
            + (f"only {', '.join(known)}" if known else "as none is declared")
        )
    default = item.default_flavour if item.default_flavour in only else next(iter(only))
    return dataclasses.replace(
        package, descriptor=dataclasses.replace(item, flavours=only, default_flavour=default)
    )


def size_of(mebibytes: int) -> str:
    """1536 is 1.5 GiB, 0 is -."""
    if not mebibytes:
        return "-"
    return f"{mebibytes / 1024:.4g} GiB" if mebibytes >= 1024 else f"{mebibytes} MiB"


def asked(vdu: model.Vdu) -> list[str]:
    """What a VDU asks of the platform beyond sizes, in words."""
    found, wanted = [], vdu.requirements
    policy = mapping(wanted.get("virtual_cpu_pinning")).get("virtual_cpu_pinning_policy")
    found += [f"{policy} CPU pinning"] if policy else []
    found += ["NUMA"] if wanted.get("numa_enabled") else []
    found += ["huge pages"] if wanted.get("huge_pages_requirements") else []
    found += ["logical node"] if wanted.get("logical_node") else []
    return found + [str(name) for name in mapping(wanted.get("requested_additional_capabilities"))]


def says_compute(vdu: model.Vdu) -> bool:
    """The VDU says which CPUs and memory it needs; without, the model has one vCPU and no
    memory."""
    return vdu.memory > 0 or vdu.vcpus > 1


def numbers(counts: Mapping[str, int], glue: str = ", ") -> str:
    """`1× firewall, 2× web`."""
    return glue.join(f"{number}× {name}" for name, number in counts.items())


def between(low: int, high: int) -> str:
    """`1…3`, or one number where both are the same."""
    return str(low) if low == high else f"{low}…{high}"


def security(rule: model.SecurityGroupRule) -> str:
    """`web: ingress ipv4 tcp 80…443, of cp`."""
    ports = (
        ""
        if (rule.port_min, rule.port_max) == (0, 65535)
        else f" {between(rule.port_min, rule.port_max)}"
    )
    return f"{rule.id}: {rule.direction} {rule.ether_type} {rule.protocol}{ports}, of {', '.join(rule.targets) or 'nothing'}"


def affinity(rule: model.AffinityRule) -> str:
    """`apart: anti-affinity at nfvi_node of a, b`."""
    return f"{rule.id}: {rule.kind} at {rule.scope} of {', '.join(rule.members)}" + (
        " among themselves" if rule.local else ""
    )


def way(nfp: model.Nfpd) -> str:
    """`client → firewall (outside, inside) → …`; the elements of a position one beside the other:
    `a (in) | b (in)`."""
    return " → ".join(
        " | ".join(map(_element, position.elements))
        + (f" [{position.behaviour}]" if position.behaviour else "")
        for position in nfp.positions
    )


def _element(cps: list[model.CpRef]) -> str:
    profile = next((ref.profile for ref in cps if ref.profile), None)
    names = ", ".join(ref.cp for ref in cps)
    return f"{profile} ({names})" if profile else names


def rule(match: dict[str, Any]) -> str:
    """A classifier's rule in short: `tcp, destinationPort 80`."""

    def value(item: Any) -> str:
        if isinstance(item, list):
            return str(item[0]) if len(set(map(str, item))) == 1 else "…".join(map(str, item))
        return str(item)

    return ", ".join(
        value(item) if name in ("protocol", "etherType") else f"{name} {value(item)}"
        for name, item in match.items()
    )
