# SPDX-License-Identifier: Apache-2.0
"""`diff`: what instances meet when they go from one version of a descriptor to another.

Feeds CHANGE_VNFPKG (SOL003 5.4.11a) and ASSOC_NEW_NSD_VERSION (SOL005 6.4.6): what is made, removed, made anew or
changed in place, and what only is written down for later operations.
"""
from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from descriptors import model
from descriptors.package import Package

Document = Mapping[str, Any]

WORDS = {"flavours": "flavour", "files": "file", "vdus": "VDU", "cpds": "CP", "ext_cpds": "external CP",
         "virtual_links": "VL", "storages": "storage",
         "aspects": "scaling aspect", "levels": "level", "initial": "initial number of", "affinity": "affinity rule",
         "operations": "LCM operation", "requirements": "requirement", "parameters": "parameters of",
         "policies": "policy",
         "configuration": "LCM configuration", "placement_groups": "placement group", "indicators": "VNF indicator",
         "security_groups": "security group rule", "monitoring": "monitoring parameter", "containers": "container",
         "coordinations": "LCM coordination", "package_changes": "package change", "mciops": "MCIOP",
         "vnf_profiles": "VNF profile", "pnf_profiles": "PNF profile", "ns_profiles": "NS profile", "sapds": "SAP",
         "vnffgds": "VNFFG", "configurable_properties": "configurable property",
         "modifiable_attributes": "modifiable attribute"}
LIVE = ("vdus", "cpds", "ext_cpds", "virtual_links", "storages", "containers", "mciops", "security_groups",
        "vnf_profiles", "pnf_profiles", "ns_profiles", "sapds", "vnffgds")      # what an instance has resources for
ANEW = {"vdus": ("vcpus", "memory", "local_storage", "image", "storages", "boot_data", "requirements", "containers"),
        "cpds": ("vdu", "virtual_link", "order", "vnic_type", "requirements"),
        "virtual_links": ("cidr", "ip_version", "gateway", "mtu", "layer_protocols", "flow_pattern"),
        "storages": ("type", "size", "properties", "image"), "containers": ("image", "requirements"),
        "vnf_profiles": ("flavour",), "ns_profiles": ("nsd_id", "flavour"), "pnf_profiles": ("pnfd_id",)}
SILENT = {"vdus": ("name", "description", "minimum", "maximum", "cpds"), "virtual_links": ("description", "properties"),
          "vnf_profiles": ("minimum", "maximum"), "ns_profiles": ("minimum", "maximum")}
READ_ELSEWHERE = ("ScalingAspects", "Deltas", "InitialDelta", "InstantiationLevels", "ToLevelMapping", "AffinityRule")


@dataclass(frozen=True)
class Change:
    """`section` is the model's field; `change` is added, removed or changed; `fields` is {name: [before, after]}.

    `effect` on instances: create, delete, recreate (made anew), in-place, or record (nothing that runs is touched).
    """
    flavour: str
    section: str
    name: str
    change: str
    effect: str
    fields: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """`before` and `after` are {"id", "version"}; `recreated` names the VDUs per flavour whose VNFCs are made anew."""
    before: dict[str, str]
    after: dict[str, str]
    changes: list[Change] = field(default_factory=list)
    recreated: dict[str, list[str]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The difference as plain JSON."""
        return dataclasses.asdict(self)


def compare(before: model.Vnfd | model.Nsd, after: model.Vnfd | model.Nsd) -> Difference:
    """What changes between two descriptors of one kind. ValueError for a VNFD and an NSD."""
    if type(before) is not type(after):
        raise ValueError(f"a {type(before).__name__} and a {type(after).__name__} cannot be compared")
    old, new = model.to_dict(before), model.to_dict(after)
    changes = list(_top(old, new))
    for name in {**old["flavours"], **new["flavours"]}:
        if name in old["flavours"] and name in new["flavours"]:
            changes += _flavour(name, old["flavours"][name], new["flavours"][name])
        else:
            changes.append(Change(name, "flavours", name, "added" if name in new["flavours"] else "removed", "record"))
    recreated = {name: found for name, df in new["flavours"].items() if (found := _recreated(name, df, changes))}
    return Difference({"id": before.id, "version": before.version}, {"id": after.id, "version": after.version},
                      changes, recreated)


def packages(before: Package, after: Package) -> Difference:
    """The same of packages, with the files: an image or script may change though its descriptor does not."""
    if not isinstance(before.descriptor, model.Vnfd | model.Nsd) or not isinstance(after.descriptor, model.Vnfd | model.Nsd):
        raise ValueError("a package without a VNFD or NSD cannot be compared")
    found = compare(before.descriptor, after.descriptor)
    old, new = ({file.path: file.checksum for file in package.files} for package in (before, after))
    listed = {"", before.entry, after.entry, before.manifest_path, after.manifest_path, "TOSCA-Metadata/TOSCA.meta"}
    for path in sorted({*old, *new} - listed):
        if old.get(path) != new.get(path):
            change = "added" if path not in old else "removed" if path not in new else "changed"
            found.changes.append(Change("", "files", path, change, "record"))
    return _with_images(found, after.descriptor)


def _with_images(found: Difference, descriptor: model.Vnfd | model.Nsd) -> Difference:
    """VNFCs whose image is another file are made anew, whatever the VNFD says of it."""
    changed = {change.name for change in found.changes if (change.section, change.change) == ("files", "changed")}
    recreated = {name: set(vdus) for name, vdus in found.recreated.items()}
    for name, df in descriptor.flavours.items() if isinstance(descriptor, model.Vnfd) else ():
        for vdu in df.vdus.values():
            storages = [df.storages[item].image for item in vdu.storages if item in df.storages]
            if any(image and image.path in changed for image in (vdu.image, *storages)):
                recreated.setdefault(name, set()).add(vdu.id)
    return dataclasses.replace(found, recreated={name: sorted(vdus) for name, vdus in recreated.items()})


def _top(old: Document, new: Document) -> Iterator[Change]:
    """What is said of the whole: product, provider and the like, and its properties."""
    fields = {name: [old[name], new[name]] for name in old
              if old[name] != new[name] and not isinstance(old[name], dict) and name not in ("id", "version")}
    if fields:
        yield Change("", "descriptor", str(new.get("product_name", new.get("name"))), "changed", "record", fields)
    for section in ("configurable_properties", "modifiable_attributes"):
        yield from _items("", section, old.get(section, {}), new.get(section, {}))


def _flavour(name: str, old: Document, new: Document) -> Iterator[Change]:
    fields = {}
    for section in old:
        if isinstance(old[section], (dict, list)):
            yield from _items(name, section, _named(section, old[section]), _named(section, new[section]))
        elif old[section] != new[section]:
            fields[section] = [old[section], new[section]]
    if fields:
        yield Change(name, "flavours", name, "changed", "record", fields)


def _named(section: str, items: Any) -> dict[str, Any]:
    """Items by their names, also of a list; policies that the model says in other words are left out."""
    if isinstance(items, dict):
        return items
    found: dict[str, Any] = {}
    for number, item in enumerate(items):
        if section != "policies" or not item["type"].endswith(READ_ELSEWHERE):
            name = str(item.get("id") or item.get("name") or number)
            found[name if name not in found else f"{name} {number}"] = item
    return found


def _items(flavour: str, section: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for name in {**old, **new}:
        if name not in new:
            yield Change(flavour, section, name, "removed", "delete" if section in LIVE else "record")
        elif name not in old:
            yield Change(flavour, section, name, "added", "create" if section in LIVE else "record")
        elif old[name] != new[name]:
            fields = _fields(old[name], new[name])
            yield Change(flavour, section, name, "changed", _effect(section, fields), fields)


def _fields(old: Any, new: Any) -> dict[str, list[Any]]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return {"value": [old, new]}
    return {name: [old.get(name), new.get(name)] for name in {**old, **new} if old.get(name) != new.get(name)}


def _effect(section: str, fields: Mapping[str, Any]) -> str:
    if set(fields) & set(ANEW.get(section, ())):
        return "recreate"
    return "in-place" if section in LIVE and set(fields) - set(SILENT.get(section, ())) else "record"


def _recreated(flavour: str, df: Document, changes: list[Change]) -> list[str]:
    """VDUs that both versions have and whose VNFCs cannot stay: for themselves, a CP, its link, or a storage."""
    own = [change for change in changes if change.flavour == flavour]
    new = {change.name for change in own if change.section == "vdus" and change.change == "added"}
    touched = {(change.section, change.name) for change in own if change.effect == "recreate"}
    touched |= {("cpds", change.name) for change in own if change.section == "cpds" and change.change == "added"}
    moved = {change.name for change in own if change.section == "vdus" and "cpds" in change.fields}
    found = []
    for name, vdu in df.get("vdus", {}).items():
        cps = [(cp, df["cpds"][cp]["virtual_link"]) for cp in vdu["cpds"] if cp in df["cpds"]]
        reasons = {("vdus", name), *(("cpds", cp) for cp, _ in cps), *(("virtual_links", link) for _, link in cps)}
        reasons |= {(section, item) for section in ("storages", "containers") for item in vdu[section]}
        if name not in new and (reasons & touched or name in moved):
            found.append(name)
    return found
