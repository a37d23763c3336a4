# SPDX-License-Identifier: Apache-2.0
"""What a VNF asks of the NFVI at a flavour and level: vCPUs, memory, storage, virtual functions,
huge pages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from descriptors import model, resources
from descriptors.leaves import mapping, sequence
from descriptors.units import mebibytes

VIRTUAL_FUNCTIONS = ("direct", "macvtap")  # vnic_type of a CP that takes a VF of its own


@dataclass(frozen=True)
class Need:
    """Resources: `memory`, `storage` in MiB; `dedicated` of the vCPUs are pinned; `pages` is {size
    in MiB: number}."""

    vcpus: int = 0
    dedicated: int = 0
    memory: int = 0
    storage: int = 0
    vfs: int = 0
    pages: dict[int, int] = field(default_factory=dict)

    def __add__(self, other: Need) -> Need:
        pages = dict(Counter(self.pages) + Counter(other.pages))
        return Need(
            self.vcpus + other.vcpus,
            self.dedicated + other.dedicated,
            self.memory + other.memory,
            self.storage + other.storage,
            self.vfs + other.vfs,
            pages,
        )

    def __mul__(self, number: int) -> Need:
        return Need(
            self.vcpus * number,
            self.dedicated * number,
            self.memory * number,
            self.storage * number,
            self.vfs * number,
            {size: pages * number for size, pages in self.pages.items() if number},
        )


def vnfc(df: model.VnfDf, vdu: str) -> Need:
    """One instance of a VDU with the storages of its own; those that all VNFCs share are in `total`
    only."""
    item = df.vdus[vdu]
    containers = [df.containers[name] for name in item.containers if name in df.containers]
    pinning = [
        item.requirements.get("virtual_cpu_pinning"),
        *(one.requirements.get("cpu_pinning_requirements") for one in containers),
    ]
    pinned = any(mapping(asked).get("virtual_cpu_pinning_policy") == "static" for asked in pinning)
    storages = [df.storages[name] for name in item.storages if name in df.storages]
    storage = (
        sum(item.local_storage)
        + sum(found.size for found in storages if found.per_vnfc)
        + sum(container.storage for container in containers)
    )
    cps = [df.cpds[name] for name in item.cpds if name in df.cpds]
    pages = _pages(
        item.requirements.get("huge_pages_requirements"),
        *(one.requirements.get("huge_pages_resources") for one in containers),
    )
    return Need(
        item.vcpus,
        item.vcpus if pinned else 0,
        item.memory,
        storage,
        sum(map(_takes_vf, cps)),
        pages,
    )


def spec(df: model.VnfDf, vdu: str) -> dict[str, Any]:
    """The sizes of one instance of a VDU in the words of the VIM port (docs/ports.md, section
    3)."""
    need = vnfc(df, vdu)
    return {
        "vcpus": need.vcpus,
        "memoryMiB": need.memory,
        "storageMiB": need.storage,
        "pinning": "dedicated" if need.dedicated else "none",
    }


def total(df: model.VnfDf, level: str | None = None, scale: dict[str, int] | None = None) -> Need:
    """The whole VNF, with each shared storage once that a VNFC has.

    ValueError, as `resources.instances`, where the level or an aspect is not declared.
    """
    counts = {
        vdu: count
        for vdu, count in resources.instances(df, level, scale).items()
        if vdu in df.vdus and count
    }
    attached = {name for vdu in counts for name in df.vdus[vdu].storages}
    shared = [item for item in df.storages.values() if not item.per_vnfc and item.id in attached]
    need = Need(storage=sum(item.size for item in shared))
    for vdu, count in counts.items():
        need += vnfc(df, vdu) * count
    return need


def _takes_vf(cpd: model.Cpd) -> bool:
    wanted = [
        str(word).lower()
        for item in cpd.requirements
        if item.get("support_mandatory")
        for pair in mapping(item.get("network_interface_requirements")).items()
        for word in pair
    ]
    return cpd.trunk is None and (
        cpd.vnic_type in VIRTUAL_FUNCTIONS
        or any("sriov" in word or "sr-iov" in word for word in wanted)
    )


def _pages(*asked: Any) -> dict[int, int]:
    found: Counter[int] = Counter()
    for item in (item for written in asked for item in sequence(written)):
        size = mebibytes(mapping(item).get("hugepage_size"))
        if size:
            found[size] += -(-mebibytes(mapping(item).get("requested_size")) // size)
    return dict(found)
