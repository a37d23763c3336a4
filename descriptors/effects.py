# SPDX-License-Identifier: Apache-2.0
"""What a change of a descriptor means for instances: of itself, and for all that stands on what is changed.

A field or section that is not in these tables counts for the most: what it belongs to is made anew.
"""
from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from descriptors.changes import Change, Pair, fields, nested

RECORD = "record"                     # nothing that runs is touched; later operations go by it
IN_PLACE = "in-place"
CHANGE_FLAVOUR = "change-flavour"     # of the VNF or nested NS (SOL003 5.4.7), or of this one where its flavour has gone
UPGRADE = "upgrade"                   # the VNF gets another package (SOL003 5.4.11a), the nested NS another NSD
RECREATE = "recreate"
BLOCKED = "blocked"                   # instances cannot go to this version
CREATE, DELETE = "create", "delete"
ALL = (RECORD, IN_PLACE, CHANGE_FLAVOUR, UPGRADE, RECREATE, BLOCKED, CREATE, DELETE)   # the first five: the stronger wins

# Objects that no instance has a resource for. All others have one.
RECORDED = ("aspects", "levels", "affinity", "monitoring", "indicators", "coordinations", "package_changes")
PROFILES = ("vnf_profiles", "ns_profiles", "pnf_profiles")
# What a changed field means where its own entry in FIELDS, with the longest path, does not say otherwise.
SECTIONS = {**dict.fromkeys(RECORDED, RECORD),
            **dict.fromkeys((*PROFILES, "nfps", "vnffgds", "security_groups", "initial"), IN_PLACE)}
_PORT = {"role": IN_PLACE, "layer_protocols": IN_PLACE}
_PROFILE = {"flavour": CHANGE_FLAVOUR, "level": RECORD}
FIELDS: dict[str, dict[str, str]] = {
    "containers": {"properties.description": RECORD},
    "cpds": _PORT, "ext_cpds": _PORT, "sapds": _PORT,
    "virtual_links": {"management": IN_PLACE, "properties.vl_profile.qos": IN_PLACE, "properties.test_access": RECORD,
                      "properties.monitoring_parameters": RECORD, "properties.nfvi_maintenance_info": RECORD,
                      "properties.vl_profile.service_availability_level": RECORD},
    "vnf_profiles": {"vnfd_id": UPGRADE, **_PROFILE}, "ns_profiles": {"nsd_id": UPGRADE, **_PROFILE},
    "pnf_profiles": {"pnfd_id": RECREATE},
    "aspects": {"deltas": IN_PLACE, "levels": IN_PLACE},        # what a scale level an instance stands at means
}
LABELS = ("id", "name", "description", "image.id")
BOUNDS = {"minimum": -1, "maximum": 1, "max_scale_level": 1}    # in which direction they get wider
RATES = ("bitrate", "bit_rate")


def judged(flavour: str, pair: Pair) -> Change:
    """The change that a pair is, with its effect by itself."""
    typed = dataclasses.is_dataclass(pair.old) or dataclasses.is_dataclass(pair.new)
    live = typed and pair.section not in RECORDED
    if pair.change == "changed":
        found = Change(flavour, pair.section, pair.name, pair.change, SECTIONS.get(pair.section, RECORD), fields(pair.old, pair.new))
        means = [_field(pair.section, path, *values) for path, values in found.told.items()]
        return dataclasses.replace(found, effect=_strongest(means)) if typed else found
    gone = IN_PLACE if pair.section == "aspects" else RECORD    # what the aspect added is too much now
    effect = {"added": CREATE if live else RECORD, "removed": DELETE if live else gone}[pair.change]
    return Change(flavour, pair.section, pair.name, pair.change, effect)


def spread(changes: Iterable[Change], flavour: str, df: Any, files: Iterable[Change]) -> list[Change]:
    """The changes within a flavour, and what follows from them for all that stands on it; `df` is the new flavour."""
    known = {(change.section, change.name): change for change in changes}
    changed = {("files", file.name) for file in files if file.change == "changed"}
    standing = {key: set(_ground(df, key, item)) | _artifacts(item, changed) for key, item in _live(df)}
    while True:
        moved = changed | {key for key, change in known.items() if _moves(change)}
        because = {key: sorted(on & moved) for key, on in standing.items() if on & moved}
        late = {key: why for key, why in because.items()
                if key not in known or known[key].change != "added" and known[key].because != why}
        if not late:
            order = [item.name for item in dataclasses.fields(df)] + ["nfps"]
            return sorted(known.values(), key=lambda change: order.index(change.section) if change.section in order else -1)
        for key, why in late.items():
            own = known.get(key, Change(flavour, *key, "follows", RECORD))
            follows = IN_PLACE if key[0] in (*PROFILES, "nfps") else RECREATE
            known[key] = dataclasses.replace(own, effect=_strongest((own.effect, follows)), because=why)


def _field(section: str, path: str, before: Any, after: Any) -> str:
    if path in LABELS:
        return RECORD
    if path in BOUNDS:                  # wider ones hold whoever kept to the narrower ones
        return RECORD if (after - before) * BOUNDS[path] > 0 else IN_PLACE
    if section not in RECORDED and any(rate in path for rate in RATES):
        return IN_PLACE
    parts = path.split(".")
    paths = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    stated = [FIELDS[section][longest] for longest in paths if longest in FIELDS.get(section, {})]
    return stated[0] if stated else SECTIONS.get(section, RECREATE)


def _strongest(effects: Iterable[str]) -> str:
    return max(effects, key=ALL.index, default=RECORD)


def _moves(change: Change) -> bool:
    """Whether what stands on it cannot stay as it is."""
    relinked = change.section in PROFILES and any(path.startswith("links") for path in change.fields)
    return relinked or change.effect in (RECREATE, UPGRADE, CHANGE_FLAVOUR)


def _live(df: Any) -> Iterator[tuple[tuple[str, str], Any]]:
    """((section, name), item) of all that has a resource in an instance."""
    for section in (item.name for item in dataclasses.fields(df) if item.name not in RECORDED):
        items = getattr(df, section)
        for name, item in items.items() if isinstance(items, dict) else ():
            if dataclasses.is_dataclass(item):
                yield (section, name), item
                yield from (((inner, f"{name}/{key}"), part) for inner, parts in nested(item).items() for key, part in parts.items())


def _ground(df: Any, key: tuple[str, str], item: Any) -> Iterator[tuple[str, str]]:
    """(section, name) of all that an item stands on, told by fields that are called like a section: cpds, virtual_link."""
    for part in _objects(item):
        for name, value in vars(part).items():
            targets = {"links": "virtual_links", "path": "files"}.get(name, name if hasattr(df, name) else f"{name}s")
            if targets != "vdus" and (targets == "files" or isinstance(getattr(df, targets, None), dict)):
                yield from ((targets, target) for target in _names(value))
        if "profile" in vars(part):
            yield from _position(df, part.cp, part.profile)
    if key[0] == "vdus":                # they name their VDUs, but the VDUs stand on them
        yield from (("mciops", name) for name, mciop in df.mciops.items() if key[1] in mciop.vdus)


def _position(df: Any, cp: str, profile: str | None) -> Iterator[tuple[str, str]]:
    """What an NFP's element stands on: a SAP, or a profile and the link of its CP, of all its CPs where that is not told."""
    if profile is None:
        yield "sapds", cp
        return
    for section in PROFILES:
        if profile in getattr(df, section):
            links = getattr(df, section)[profile].links
            yield section, profile
            yield from (("virtual_links", link) for link in ([links[cp]] if cp in links else links.values()))


def _artifacts(item: Any, changed: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Changed files that the artifacts of an item (an MCIOP) name, relative to their descriptor."""
    written = [str(artifact["file"]) for artifact in getattr(item, "artifacts", {}).values() if "file" in artifact]
    ends = ["/" + "/".join(part for part in PurePosixPath(path).parts if part not in (".", "..")) for path in written]
    return {(section, path) for section, path in changed if any(f"/{path}".endswith(end) for end in ends)}


def _objects(value: Any) -> Iterator[Any]:
    """An object and all objects in it."""
    if dataclasses.is_dataclass(value):
        yield value
    parts = vars(value) if dataclasses.is_dataclass(value) else value
    for part in parts.values() if isinstance(parts, dict) else parts if isinstance(parts, list) else ():
        yield from _objects(part)


def _names(value: Any) -> list[str]:
    items = list(value.values() if isinstance(value, dict) else value) if isinstance(value, (dict, list)) else [value]
    return [item for item in items if isinstance(item, str)]
