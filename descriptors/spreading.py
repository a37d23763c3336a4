# SPDX-License-Identifier: Apache-2.0
"""How a change spreads: what is made anew moves all that stands on it, from file and link to CP,
VDU, profile and NFP."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from descriptors.changes import Change, nested
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

Key = tuple[str, str]  # section and name

# Fields that are not called like the section they lead into (cpds, virtual_link).
LEADS = {
    "links": ("virtual_links",),
    "path": ("files",),
    "trunk": ("cpds",),
    "cpd": ("cpds", "vip_cpds", "virtual_cpds"),
    "targets": ("cpds",),
    "vdu": (),
    "vdus": (),
}  # a CP does not stand on its VDU, but the VDU on its CPs
ADAPTS = {
    **{(section, ""): IN_PLACE for section in (*PROFILES, "nfps", "mirrored")},
    ("vip_cpds", "cpds"): IN_PLACE,
}  # what need not be made anew with what it stands on ("": whatever that is)


def spread(
    changes: Iterable[Change], flavour: str, df: Any, files: Iterable[Change]
) -> list[Change]:
    """The changes within a flavour and what follows from them, in the order of the model; `df` is
    the new flavour."""
    known = {(change.section, change.name): change for change in changes}
    changed = {("files", file.name) for file in files if file.change == "changed"}
    ground = {key: {*_ground(df, key, item), *_artifacts(item, changed)} for key, item in _live(df)}
    while True:
        moved = changed | {key for key, change in known.items() if _moves(change)}
        because = {key: sorted(on & moved) for key, on in ground.items() if on & moved}
        late = {
            key: why
            for key, why in because.items()
            if key not in known or (known[key].change != "added" and known[key].because != why)
        }
        if not late:
            order = [item.name for item in dataclasses.fields(df)]
            return sorted(
                known.values(),
                key=lambda change: order.index(change.section) if change.section in order else -1,
            )
        known |= {
            key: _following(known.get(key, Change(flavour, *key, "follows", RECORD)), why)
            for key, why in late.items()
        }


def _following(change: Change, why: list[Key]) -> Change:
    follows = [
        ADAPTS.get((change.section, section), ADAPTS.get((change.section, ""), RECREATE))
        for section, _ in why
    ]
    return dataclasses.replace(change, effect=strongest([change.effect, *follows]), because=why)


def _moves(change: Change) -> bool:
    """Whether what stands on it cannot stay as it is."""
    relinked = change.section in PROFILES and any(
        path.startswith("links") for path in change.fields
    )
    return relinked or change.effect in (RECREATE, UPGRADE, CHANGE_FLAVOUR)


def _live(df: Any) -> Iterator[tuple[Key, Any]]:
    """All that has a resource in an instance."""
    for section in (item.name for item in dataclasses.fields(df) if item.name not in RECORDED):
        items = getattr(df, section)
        for name, item in items.items() if isinstance(items, dict) else ():
            if dataclasses.is_dataclass(item):
                yield (section, name), item
                yield from (
                    ((inner, f"{name}/{key}"), part)
                    for inner, parts in nested(item).items()
                    for key, part in parts.items()
                )


def _ground(df: Any, key: Key, item: Any) -> Iterator[Key]:
    """What an item stands on."""
    own = dict(
        item.__dict__, **dict.fromkeys(nested(item), None)
    )  # its sections stand for themselves
    for part in (item, *_objects(own)):
        for name, value in (own if part is item else vars(part)).items():
            for section in LEADS.get(name, (name, f"{name}s")):
                yield from ((section, other) for other in _names(value))
        if "profile" in vars(part):
            yield from _position(df, part.cp, part.profile)
    if key[0] == "vdus":
        yield from (("mciops", name) for name, mciop in df.mciops.items() if key[1] in mciop.vdus)


def _position(df: Any, cp: str, profile: str | None) -> Iterator[Key]:
    """What an NFP's CP stands on: a SAP, or a profile and the link of its CP, of all its CPs where
    that is not told."""
    if profile is None:
        yield "sapds", cp
        return
    for section in PROFILES:
        if profile in getattr(df, section):
            links = getattr(df, section)[profile].links
            yield section, profile
            yield from (
                ("virtual_links", link) for link in ([links[cp]] if cp in links else links.values())
            )


def _artifacts(item: Any, changed: set[Key]) -> set[Key]:
    """Changed files that the artifacts of an item (an MCIOP) name, relative to their descriptor."""
    written = [
        artifact.get("file")
        for artifact in getattr(item, "artifacts", {}).values()
        if isinstance(artifact, dict)
    ]
    ends = [
        "/" + "/".join(part for part in PurePosixPath(path).parts if part not in (".", ".."))
        for path in written
        if isinstance(path, str)
    ]
    return {
        (section, path)
        for section, path in changed
        if any(f"/{path}".endswith(end) for end in ends)
    }


def _objects(value: Any) -> Iterator[Any]:
    """All objects in a value, whatever it is."""
    if dataclasses.is_dataclass(value):
        yield value
        value = vars(value)
    for part in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _objects(part)


def _names(value: Any) -> list[str]:
    items = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    )
    return [item for item in items if isinstance(item, str)]
