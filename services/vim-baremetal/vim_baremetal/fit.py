# SPDX-License-Identifier: Apache-2.0
"""Whether something fits on a host: facts, what is taken and what is wanted in, what is short out.
Pure.

Amounts are `{"vcpus", "dedicatedCpus", "memoryMiB", "storageMiB"}`. A CPU is either shared by many
vCPUs or dedicated to one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

Amounts = dict[str, int]


@dataclass(frozen=True)
class Policy:
    """How far a host may be filled."""

    vcpus_per_cpu: int = 16  # shared vCPUs per CPU that is not dedicated (Nova's default as well)
    reserved_cpus: int = 1  # the lowest CPUs are never dedicated: the host itself needs some
    reserved_memory: int = 512  # MiB
    assumed_storage: int = 102_400  # MiB, of a host whose facts do not state storageMiB


def need(kind: str, spec: dict[str, Any]) -> Amounts:
    """What a resource takes from its host."""
    if kind == "storage":
        return _positive({"storageMiB": spec.get("storageMiB", 0)})
    if kind != "compute":
        return {}
    cpus = "dedicatedCpus" if spec.get("pinning") == "dedicated" else "vcpus"
    return _positive(
        {
            cpus: spec.get("vcpus", 1),
            "memoryMiB": spec.get("memoryMiB", 0),
            "storageMiB": spec.get("storageMiB", 0),
        }
    )


def totals(facts: dict[str, Any], used: Amounts, policy: Policy) -> dict[str, Any]:
    """What a host offers in all; a dedicated CPU is lost to the shared vCPUs."""
    cpus = len(facts.get("cpus", []))
    pages: Counter[str] = Counter()
    for node in facts.get("nodes", []):
        pages.update({size: count["total"] for size, count in node.get("hugepages", {}).items()})
    return {
        "vcpus": (cpus - used.get("dedicatedCpus", 0)) * policy.vcpus_per_cpu,
        "dedicatedCpus": max(0, cpus - policy.reserved_cpus),
        "memoryMiB": max(0, facts.get("memoryMiB", 0) - policy.reserved_memory),
        "storageMiB": facts.get("storageMiB", policy.assumed_storage),
        "hugepages": dict(pages),
        "vfs": {
            nic["name"]: nic["totalvfs"] for nic in facts.get("nics", []) if nic.get("totalvfs")
        },
    }


def short(facts: dict[str, Any], used: Amounts, amounts: Amounts, policy: Policy) -> list[str]:
    """What is missing, in words; [] if it fits."""
    total = totals(facts, used, policy)
    lacks = [
        f"{what}: {used.get(what, 0)} of {total[what]} taken, {amount} wanted"
        for what, amount in amounts.items()
        if used.get(what, 0) + amount > total[what]
    ]
    dedicated = amounts.get("dedicatedCpus", 0)
    remaining = total["vcpus"] - dedicated * policy.vcpus_per_cpu
    if dedicated and not lacks and remaining < used.get("vcpus", 0):
        lacks.append(
            f"vcpus: {used['vcpus']} are taken, but {dedicated} more dedicated CPUs would leave "
            f"only {remaining}"
        )
    return lacks


def plus(used: Amounts, more: Amounts, sign: int = 1) -> Amounts:
    """The sum, or with sign -1 the difference."""
    return {what: used.get(what, 0) + sign * more.get(what, 0) for what in sorted({*used, *more})}


def choose_cpus(
    cpus: list[dict[str, int]], taken: Collection[int], count: int, policy: Policy
) -> list[int]:
    """`count` CPUs to dedicate, on as few NUMA nodes as possible: the fullest node that has room,
    else the emptiest first. [] if there are not so many."""
    reserved = sorted(cpu["id"] for cpu in cpus)[: policy.reserved_cpus]
    free: dict[int, list[int]] = {}
    for cpu in sorted(cpus, key=lambda cpu: cpu["id"]):
        if cpu["id"] not in taken and cpu["id"] not in reserved:
            free.setdefault(cpu.get("node", 0), []).append(cpu["id"])
    roomy = [ids for ids in free.values() if len(ids) >= count]
    if roomy:
        return min(roomy, key=len)[:count]
    spread = [id for ids in sorted(free.values(), key=len, reverse=True) for id in ids]
    return sorted(spread[:count]) if len(spread) >= count else []


def _positive(amounts: Amounts) -> Amounts:
    return {what: amount for what, amount in amounts.items() if amount}
