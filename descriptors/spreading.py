# SPDX-License-Identifier: Apache-2.0
"""How a change spreads: what is made anew moves all that stands on it.

From file and link to CP, VDU, profile and NFP."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from descriptors import model
from descriptors.changes import Change
from descriptors.effects import (
    CHANGE_FLAVOUR,
    IN_PLACE,
    PROFILES,
    RECORD,
    RECORDED,
    RECREATE,
    UPGRADE,
    strongest,
)
from descriptors.fields import attributes, is_object
from descriptors.sections import nested
from descriptors.successors import Flavour

Key = tuple[str, str]  # section and name
Ground = Mapping[Key, set[Key]]  # what an item stands on

# Fields that are not called like the section they lead into (cpds, virtual_link). A CP does not
# stand on its VDU, but the VDU on its CPs.
LEADS: dict[str, tuple[str, ...]] = {
    "links": ("virtual_links",),
    "path": ("files",),
    "trunk": ("cpds",),
    "cpd": ("cpds", "vip_cpds", "virtual_cpds"),
    "targets": ("cpds",),
    "vdu": (),
    "vdus": (),
}
# What need not be made anew with what it stands on ("": whatever that is).
ADAPTS = {
    **{(section, ""): IN_PLACE for section in (*PROFILES, "nfps", "mirrored")},
    ("vip_cpds", "cpds"): IN_PLACE,
}


def spread(
    changes: Iterable[Change], flavour: str, df: Flavour, files: Iterable[Change]
) -> list[Change]:
    """The changes within a flavour and what follows from them, in the order of the model.

    `df` is the new flavour."""
    by_key = {(change.section, change.name): change for change in changes}
    files_changed = {("files", file.name) for file in files if file.change == "changed"}
    ground = {
        key: {*_ground(df, key, item), *_artifacts(item, files_changed)} for key, item in _live(df)
    }
    while reasons := _new_reasons(by_key, ground, files_changed):
        for key, because in reasons.items():
            change = by_key.get(key, Change(flavour, *key, "follows", RECORD))
            by_key[key] = _following(change, because)
    order = list(vars(df))
    return sorted(
        by_key.values(),
        key=lambda change: order.index(change.section) if change.section in order else -1,
    )


def _new_reasons(
    by_key: Mapping[Key, Change], ground: Ground, files: set[Key]
) -> dict[Key, list[Key]]:
    """What moves by something it stands on, and does not say so yet."""
    moving = files | {key for key, change in by_key.items() if _moves(change)}
    reasons = {key: sorted(under & moving) for key, under in ground.items() if under & moving}
    return {key: because for key, because in reasons.items() if _is_new(by_key.get(key), because)}


def _is_new(change: Change | None, because: list[Key]) -> bool:
    return change is None or (change.change != "added" and change.because != because)


def _following(change: Change, because: list[Key]) -> Change:
    whatever = ADAPTS.get((change.section, ""), RECREATE)
    effects = [ADAPTS.get((change.section, section), whatever) for section, _ in because]
    effect = strongest([change.effect, *effects])
    return dataclasses.replace(change, effect=effect, because=because)


def _moves(change: Change) -> bool:
    """Whether what stands on it cannot stay as it is."""
    if change.effect in (RECREATE, UPGRADE, CHANGE_FLAVOUR):
        return True
    return change.section in PROFILES and any(path.startswith("links") for path in change.fields)


def _live(df: Flavour) -> Iterator[tuple[Key, object]]:
    """All that has a resource in an instance."""
    for section, items in vars(df).items():
        if section not in RECORDED and isinstance(items, dict):
            for name, item in items.items():
                if is_object(item):
                    yield (section, name), item
                    yield from _inner(name, item)


def _inner(name: str, item: object) -> Iterator[tuple[Key, object]]:
    """The items of an item (NFPs of a VNFFG)."""
    for section, parts in nested(item).items():
        for key, part in parts.items():
            yield (section, f"{name}/{key}"), part


def _ground(df: Flavour, key: Key, item: object) -> Iterator[Key]:
    """What an item stands on."""
    inner = nested(item)  # these stand for themselves
    fields = {name: value for name, value in attributes(item).items() if name not in inner}
    yield from _references(fields)
    for part in _objects(fields):
        yield from _references(attributes(part))
        if isinstance(part, model.CpRef) and isinstance(df, model.NsDf):
            yield from _position(df, part)
    if key[0] == "vdus" and isinstance(df, model.VnfDf):
        yield from (("mciops", name) for name, mciop in df.mciops.items() if key[1] in mciop.vdus)


def _references(fields: Mapping[str, object]) -> Iterator[Key]:
    """What the names in fields may be names of."""
    for name, value in fields.items():
        for section in LEADS.get(name, (name, f"{name}s")):
            yield from ((section, other) for other in _names(value))


def _position(df: model.NsDf, ref: model.CpRef) -> Iterator[Key]:
    """What the CP of an NFP stands on.

    A SAP, or a profile and the link of its CP, of all its CPs where that is not told."""
    if ref.profile is None:
        yield "sapds", ref.cp
        return
    profiles = {
        "vnf_profiles": df.vnf_profiles.get(ref.profile),
        "ns_profiles": df.ns_profiles.get(ref.profile),
        "pnf_profiles": df.pnf_profiles.get(ref.profile),
    }
    for section, profile in profiles.items():
        if profile is not None:
            links = profile.links
            yield section, ref.profile
            for link in [links[ref.cp]] if ref.cp in links else links.values():
                yield "virtual_links", link


def _artifacts(item: object, files: set[Key]) -> set[Key]:
    """Changed files that the artifacts of an item (an MCIOP) name, relative to their descriptor."""
    artifacts = attributes(item).get("artifacts")
    if not isinstance(artifacts, dict):
        return set()
    paths = [entry.get("file") for entry in artifacts.values() if isinstance(entry, dict)]
    ends = tuple(_end(path) for path in paths if isinstance(path, str))
    return {(section, path) for section, path in files if f"/{path}".endswith(ends)}


def _end(path: str) -> str:
    """What the path of the file in the package ends with."""
    return "/" + "/".join(part for part in PurePosixPath(path).parts if part not in (".", ".."))


def _objects(value: object) -> Iterator[object]:
    """All objects in a value, whatever it is."""
    if is_object(value):
        yield value
    for part in _values(value if not is_object(value) else attributes(value)):
        yield from _objects(part)


def _names(value: object) -> list[str]:
    items = _values(value) if isinstance(value, dict | list) else [value]
    return [item for item in items if isinstance(item, str)]


def _values(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
