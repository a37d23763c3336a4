# SPDX-License-Identifier: Apache-2.0
"""`diff`: what instances meet when they go from one version of a descriptor to another.

Feeds CHANGE_VNFPKG (SOL003 5.4.11a) and ASSOC_NEW_NSD_VERSION (SOL005 6.4.6): what is made,
removed, made anew or changed in place, and what only is written down for later operations."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from descriptors import effects, model, spreading, successors
from descriptors.changes import Change, contents, pairs, scalars
from descriptors.package import Package

Descriptor = model.Vnfd | model.Nsd | model.Pnfd
WHOLE = ("id", "version", "flavours")  # told by Difference itself, and flavour by flavour


@dataclass(frozen=True)
class Difference:
    """`before` and `after` are {"id", "version"}; a change of the whole package is of the flavour
    ""."""

    before: dict[str, str]
    after: dict[str, str]
    changes: list[Change] = field(default_factory=list)

    def names(self, flavour: str, section: str, *wanted: str) -> list[str]:
        """What meets one of these effects: ("default", "vdus", "create"), (…, "vnf_profiles",
        "upgrade"), (…, "nfps", "delete")."""
        return [
            change.name
            for change in self.changes
            if (change.flavour, change.section) == (flavour, section) and change.effect in wanted
        ]

    @property
    def recreated(self) -> dict[str, list[str]]:
        """The VDUs per flavour, by their new names, whose VNFCs are made anew."""
        found = {
            flavour: self.names(flavour, "vdus", effects.RECREATE) for flavour in self.flavours
        }
        return {flavour: vdus for flavour, vdus in found.items() if vdus}

    @property
    def blocked(self) -> list[str]:
        """The flavours whose instances cannot go to the new version."""
        return [
            flavour for flavour in self.flavours if self.names(flavour, "flavours", effects.BLOCKED)
        ]

    @property
    def flavours(self) -> list[str]:
        """Those in which something changes, "" for the whole package."""
        return list(dict.fromkeys(change.flavour for change in self.changes))

    def to_dict(self) -> dict[str, Any]:
        """The difference as plain JSON, with `recreated` and `blocked`."""
        return {**dataclasses.asdict(self), "recreated": self.recreated, "blocked": self.blocked}


def compare(before: Descriptor, after: Descriptor) -> Difference:
    """What changes between two descriptors of one kind. ValueError for a VNFD and an NSD."""
    return _compare(before, after, [])


def packages(before: Package, after: Package) -> Difference:
    """The same of packages, with the files: an image or chart may change though its descriptor does
    not."""
    if before.descriptor is None or after.descriptor is None:
        raise ValueError("a package without a descriptor cannot be compared")
    return _compare(before.descriptor, after.descriptor, list(_files(before, after)))


def _compare(before: Any, after: Any, files: list[Change]) -> Difference:
    if type(before) is not type(after):
        raise ValueError(
            f"a {type(before).__name__} and a {type(after).__name__} cannot be compared"
        )
    changes = [*_whole(before, after), *_flavours(before, after, files)]
    standing = {key for change in changes for key in change.because}
    judged = [
        dataclasses.replace(file, effect=effects.RECREATE)
        if ("files", file.name) in standing
        else file
        for file in files
    ]
    return Difference(
        {"id": before.id, "version": before.version},
        {"id": after.id, "version": after.version},
        [*judged, *changes],
    )


def _whole(before: Any, after: Any) -> Iterator[Change]:
    """What is said of the whole: product, provider and the like, and its properties."""
    if found := scalars(before, after, WHOLE):
        yield Change(
            "", "descriptor", type(after).__name__.upper(), "changed", effects.RECORD, found
        )
    yield from (
        dataclasses.replace(effects.judged("", pair), effect=effects.RECORD)
        for pair in pairs(before, after, WHOLE)
    )


def _flavours(before: Any, after: Any, files: list[Change]) -> Iterator[Change]:
    old, new = getattr(before, "flavours", {}), getattr(after, "flavours", {})  # a PNFD has none
    for name in {**old, **new}:
        destination = successors.flavour(before, after, name) if name in old else None
        if name not in old:
            found = {section: [[], names] for section, names in contents(new[name]).items()}
            yield Change(name, "flavours", name, "added", effects.RECORD, found)
        elif destination is None:
            found = {section: [names, []] for section, names in contents(old[name]).items()}
            yield Change(name, "flavours", name, "removed", effects.BLOCKED, found)
        else:
            yield from _flavour(before, after, name, destination, files)


def _flavour(
    before: Any, after: Any, name: str, destination: str, files: list[Change]
) -> Iterator[Change]:
    """Instances of the flavour `name` go on in `destination`."""
    if name != destination:
        yield Change(
            name,
            "flavours",
            name,
            "removed",
            effects.CHANGE_FLAVOUR,
            {"destination": [None, destination]},
        )
    old, new = successors.renamed(before, after, name, destination), after.flavours[destination]
    if found := scalars(old, new):
        yield Change(name, "flavours", destination, "changed", effects.RECORD, found)
    yield from spreading.spread(
        [effects.judged(name, pair) for pair in pairs(old, new)], name, new, files
    )


def _files(before: Package, after: Package) -> Iterator[Change]:
    """Files other than TOSCA.meta and the manifest, which only list the others."""
    old, new = ({file.path: file.checksum for file in package.files} for package in (before, after))
    for path in sorted(
        {*old, *new} - {"", before.manifest_path, after.manifest_path, "TOSCA-Metadata/TOSCA.meta"}
    ):
        if old.get(path) != new.get(path):
            change = "added" if path not in old else "removed" if path not in new else "changed"
            yield Change("", "files", path, change, effects.RECORD)
