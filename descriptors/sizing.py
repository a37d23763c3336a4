# SPDX-License-Identifier: Apache-2.0
"""What a VNF asks of the NFVI at a flavour and level.

vCPUs, memory, storage, virtual functions, huge pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from descriptors import model, resources
from descriptors.leaves import mapping, sequence
from descriptors.units import mebibytes

VIRTUAL_FUNCTIONS = ("direct", "macvtap")  # vnic_type of a CP that takes a VF of its own


class Spec(TypedDict):
    """The sizes of a compute resource in the words of the VIM port (docs/ports.md, section 3)."""

    vcpus: int
    memoryMiB: int
    storageMiB: int
    pinning: str


@dataclass(frozen=True)
class Need:
    """Resources.

    `memory`, `storage` in MiB; `dedicated` of the vCPUs are pinned; `pages` is {size in MiB:
    number}."""

    vcpus: int = 0
    dedicated: int = 0
    memory: int = 0
    storage: int = 0
    vfs: int = 0
    pages: dict[int, int] = field(default_factory=dict)

    def __add__(self, other: Need) -> Need:
        return Need(
            self.vcpus + other.vcpus,
            self.dedicated + other.dedicated,
            self.memory + other.memory,
            self.storage + other.storage,
            self.vfs + other.vfs,
            dict(Counter(self.pages) + Counter(other.pages)),
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


def vnfc(df: model.VnfDf, name: str) -> Need:
    """One instance of a VDU with the storages of its own.

    Those that all VNFCs share are in `total` only."""
    vdu = df.vdus[name]
    containers = [df.containers[item] for item in vdu.containers if item in df.containers]
    cpds = [df.cpds[item] for item in vdu.cpds if item in df.cpds]
    return Need(
        vcpus=vdu.vcpus,
        dedicated=vdu.vcpus if _is_pinned(vdu, containers) else 0,
        memory=vdu.memory,
        storage=_storage(df, vdu, containers),
        vfs=sum(map(_takes_vf, cpds)),
        pages=_pages(vdu, containers),
    )


def spec(df: model.VnfDf, vdu: str) -> Spec:
    """The sizes of one instance of a VDU."""
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


def _is_pinned(vdu: model.Vdu, containers: list[model.OsContainer]) -> bool:
    policies = [vdu.requirements.get("virtual_cpu_pinning")]
    policies += [item.requirements.get("cpu_pinning_requirements") for item in containers]
    return any(mapping(policy).get("virtual_cpu_pinning_policy") == "static" for policy in policies)


def _storage(df: model.VnfDf, vdu: model.Vdu, containers: list[model.OsContainer]) -> int:
    storages = [df.storages[name] for name in vdu.storages if name in df.storages]
    volumes = sum(storage.size for storage in storages if storage.per_vnfc)
    return sum(vdu.local_storage) + volumes + sum(item.storage for item in containers)


def _takes_vf(cpd: model.Cpd) -> bool:
    if cpd.trunk is not None:
        return False
    return cpd.vnic_type in VIRTUAL_FUNCTIONS or any(
        "sriov" in word or "sr-iov" in word for word in _interface_words(cpd)
    )


def _interface_words(cpd: model.Cpd) -> Iterator[str]:
    """What the interface must have, in words of whoever wrote it."""
    for requirement in cpd.requirements:
        if requirement.get("support_mandatory"):
            for pair in mapping(requirement.get("network_interface_requirements")).items():
                yield from (str(word).lower() for word in pair)


def _pages(vdu: model.Vdu, containers: list[model.OsContainer]) -> dict[int, int]:
    """{size in MiB: number} of huge pages."""
    pages: Counter[int] = Counter()
    for request in _page_requests(vdu, containers):
        size = mebibytes(request.get("hugepage_size"))
        if size:
            pages[size] += -(-mebibytes(request.get("requested_size")) // size)
    return dict(pages)


def _page_requests(
    vdu: model.Vdu, containers: list[model.OsContainer]
) -> Iterator[Mapping[str, object]]:
    yield from map(mapping, sequence(vdu.requirements.get("huge_pages_requirements")))
    for container in containers:
        yield from map(mapping, sequence(container.requirements.get("huge_pages_resources")))
