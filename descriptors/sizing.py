# SPDX-License-Identifier: Apache-2.0
"""What a VNF asks of the NFVI at a flavour and level: vCPUs, memory, storage, virtual functions, huge pages."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from descriptors import model, resources
from descriptors.scalars import mapping, mebibytes, sequence

VIRTUAL_FUNCTIONS = ("direct", "macvtap")       # vnic_type of a CP that takes a VF of its own


@dataclass(frozen=True)
class Need:
    """Resources: `memory`, `storage` in MiB; `dedicated` of the vCPUs are pinned; `pages` is {size in MiB: number}."""
    vcpus: int = 0
    dedicated: int = 0
    memory: int = 0
    storage: int = 0
    vfs: int = 0
    pages: dict[int, int] = field(default_factory=dict)

    def __add__(self, other: Need) -> Need:
        pages = dict(Counter(self.pages) + Counter(other.pages))
        return Need(self.vcpus + other.vcpus, self.dedicated + other.dedicated, self.memory + other.memory,
                    self.storage + other.storage, self.vfs + other.vfs, pages)

    def __mul__(self, number: int) -> Need:
        return Need(self.vcpus * number, self.dedicated * number, self.memory * number, self.storage * number,
                    self.vfs * number, {size: pages * number for size, pages in self.pages.items() if number})


def vnfc(df: model.VnfDf, vdu: str) -> Need:
    """One instance of a VDU, with the storages that each instance has for itself."""
    item = df.vdus[vdu]
    pinned = mapping(item.requirements.get("virtual_cpu_pinning")).get("virtual_cpu_pinning_policy") == "static"
    own = [df.storages[name] for name in item.storages if name in df.storages and name not in shared(df)]
    storage = sum(item.local_storage) + sum(storage.size for storage in own)
    cps = [df.cpds[name] for name in item.cpds if name in df.cpds]
    return Need(item.vcpus, item.vcpus if pinned else 0, item.memory, storage, sum(map(_takes_vf, cps)), _pages(item))


def spec(df: model.VnfDf, vdu: str) -> dict[str, Any]:
    """The sizes of one instance of a VDU in the words of the VIM port (docs/ports.md, section 3)."""
    need = vnfc(df, vdu)
    return {"vcpus": need.vcpus, "memoryMiB": need.memory, "storageMiB": need.storage,
            "pinning": "dedicated" if need.dedicated else "none"}


def total(df: model.VnfDf, level: str | None = None, scale: dict[str, int] | None = None) -> Need:
    """The whole VNF. ValueError, as `resources.instances`, where the level or an aspect is not declared."""
    numbers = resources.instances(df, level, scale)
    used = {name for vdu, number in numbers.items() if number and vdu in df.vdus for name in df.vdus[vdu].storages}
    need = Need(storage=sum(size for name, size in shared(df).items() if name in used))
    for vdu, number in numbers.items():
        if vdu in df.vdus:
            need += vnfc(df, vdu) * number
    return need


def shared(df: model.VnfDf) -> dict[str, int]:
    """Storages that a VNF has once, whatever the number of its VNFCs (per_vnfc_instance: false), and their MiB."""
    return {name: item.size for name, item in df.storages.items() if item.properties.get("per_vnfc_instance") is False}


def _takes_vf(cpd: model.Cpd) -> bool:
    wanted = [str(word).lower() for item in cpd.requirements if item.get("support_mandatory")
              for pair in mapping(item.get("network_interface_requirements")).items() for word in pair]
    return cpd.vnic_type in VIRTUAL_FUNCTIONS or any("sriov" in word or "sr-iov" in word for word in wanted)


def _pages(vdu: model.Vdu) -> dict[int, int]:
    found: Counter[int] = Counter()
    for item in sequence(vdu.requirements.get("huge_pages_requirements")):
        size = mebibytes(mapping(item).get("hugepage_size"))
        if size:
            found[size] += -(-mebibytes(mapping(item).get("requested_size")) // size)
    return dict(found)
