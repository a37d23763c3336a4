# SPDX-License-Identifier: Apache-2.0
"""`diff`: what instances meet when they go from one version of a descriptor to another.

Feeds CHANGE_VNFPKG (SOL003 5.4.11a) and ASSOC_NEW_NSD_VERSION (SOL005 6.4.6): what is made,
removed, made anew or changed in place, and what only is written down for later operations."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from descriptors import effects, spreading, successors
from descriptors.changes import Change
from descriptors.fields import Pair, Path
from descriptors.package import Package
from descriptors.sections import contents, pairs, scalars
from descriptors.successors import Descriptor

WHOLE = ("id", "version", "flavours")  # said by Difference itself, and flavour by flavour
_LISTS = ("", "TOSCA-Metadata/TOSCA.meta")  # files that only list others, beside the manifest


@dataclass(frozen=True)
class Difference:
    """What changes between two versions.

    `before` and `after` are {"id", "version"}; a change of the whole package is of the flavour
    ""."""

    before: dict[str, str]
    after: dict[str, str]
    changes: list[Change] = field(default_factory=list)

    def names(self, flavour: str, section: str, *chosen: str) -> list[str]:
        """What meets one of these effects.

        ("default", "vdus", "create"), (…, "vnf_profiles", "upgrade"), (…, "nfps", "delete")."""
        return [
            change.name
            for change in self.changes
            if (change.flavour, change.section) == (flavour, section) and change.effect in chosen
        ]

    @property
    def recreated(self) -> dict[str, list[str]]:
        """The VDUs per flavour, by their new names, whose VNFCs are made anew."""
        vdus = {name: self.names(name, "vdus", effects.RECREATE) for name in self.flavours}
        return {flavour: names for flavour, names in vdus.items() if names}

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

    def to_dict(self) -> dict[str, object]:
        """The difference as plain JSON, with `recreated` and `blocked`."""
        return {**dataclasses.asdict(self), "recreated": self.recreated, "blocked": self.blocked}


def compare(before: Descriptor, after: Descriptor) -> Difference:
    """What changes between two descriptors of one kind. ValueError for a VNFD and an NSD."""
    return _compare(before, after, [])


def packages(before: Package, after: Package) -> Difference:
    """The same of packages, with the files.

    An image or chart may change though its descriptor does not."""
    if before.descriptor is None or after.descriptor is None:
        raise ValueError("a package without a descriptor cannot be compared")
    return _compare(before.descriptor, after.descriptor, list(_files(before, after)))


def _compare(before: Descriptor, after: Descriptor, files: Sequence[Change]) -> Difference:
    if type(before) is not type(after):
        kinds = f"a {type(before).__name__} and a {type(after).__name__}"
        raise ValueError(f"{kinds} cannot be compared")
    changes = [*_whole(before, after), *_flavours(before, after, files)]
    reasons = {reason for change in changes for reason in change.because}
    files = [
        dataclasses.replace(file, effect=effects.RECREATE)
        if ("files", file.name) in reasons
        else file
        for file in files
    ]
    return Difference(
        {"id": before.id, "version": before.version},
        {"id": after.id, "version": after.version},
        [*files, *changes],
    )


def _whole(before: Descriptor, after: Descriptor) -> Iterator[Change]:
    """What is said of the whole: product, provider and the like, and its properties."""
    kind = type(after).__name__.upper()
    fields = scalars(before, after, WHOLE)
    if fields:
        yield Change("", "descriptor", kind, "changed", effects.RECORD, fields)
    for pair in pairs(before, after, WHOLE):
        yield dataclasses.replace(effects.judge("", pair), effect=effects.RECORD)


def _flavours(before: Descriptor, after: Descriptor, files: Sequence[Change]) -> Iterator[Change]:
    old, new = successors.flavours(before), successors.flavours(after)
    for name in {**old, **new}:
        destination = successors.flavour(before, after, name) if name in old else None
        if name not in old:
            items: dict[Path, Pair] = {
                section: [[], names] for section, names in contents(new[name]).items()
            }
            yield Change(name, "flavours", name, "added", effects.RECORD, items)
        elif destination is None:
            items = {section: [names, []] for section, names in contents(old[name]).items()}
            yield Change(name, "flavours", name, "removed", effects.BLOCKED, items)
        else:
            yield from _flavour(before, after, name, destination, files)


def _flavour(
    before: Descriptor, after: Descriptor, name: str, destination: str, files: Sequence[Change]
) -> Iterator[Change]:
    """Instances of the flavour `name` go on in `destination`."""
    if name != destination:
        way: dict[Path, Pair] = {"destination": [None, destination]}
        yield Change(name, "flavours", name, "removed", effects.CHANGE_FLAVOUR, way)
    old = successors.renamed(before, after, name, destination)
    new = successors.flavours(after)[destination]
    fields = scalars(old, new)
    if fields:
        yield Change(name, "flavours", destination, "changed", effects.RECORD, fields)
    changes = [effects.judge(name, pair) for pair in pairs(old, new)]
    yield from spreading.spread(changes, name, new, files)


def _files(before: Package, after: Package) -> Iterator[Change]:
    """Files other than TOSCA.meta and the manifest, which only list the others."""
    old, new = ({file.path: file.checksum for file in package.files} for package in (before, after))
    lists = {*_LISTS, before.manifest_path, after.manifest_path}
    for path in sorted({*old, *new} - lists):
        if old.get(path) == new.get(path):
            continue
        change = "changed"
        if path not in old or path not in new:
            change = "added" if path in new else "removed"
        yield Change("", "files", path, change, effects.RECORD)
