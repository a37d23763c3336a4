# SPDX-License-Identifier: Apache-2.0
"""What a path on the command line stands for, and reading it as onboarding does: in a child process
with limits."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from descriptors.archive import meta
from descriptors.package import Finding, Package
from descriptors.pool import Pool

existing = click.Path(exists=True, path_type=Path)
KINDS = {"vnf": "VNF package", "ns": "network service", "pnf": "PNF package"}
NO_PACKAGE = "no package here: no Definitions/*.yaml (begin one with `mano-package init`)"
_ARCHIVES, _YAML = (".csar", ".zip"), (".yaml", ".yml")
_HEAD = 1 << 18  # of a YAML file, to see whether it describes something


def understood(*paths: Path) -> list[Package]:
    """The packages; a failure that tells the errors of one of which no descriptor could be read at
    all."""
    reader = Pool()
    try:
        return [_understood(path, read(reader, path)) for path in paths]
    finally:
        reader.close()


def read(reader: Pool, path: Path) -> Package:
    """The package, also of a folder that is yet to be built."""
    found = barred(path)
    return Package(findings=found) if found else reader.read(path, draft=True)


def barred(path: Path) -> list[Finding]:
    """A finding for all that a package holds and the user may not read; what begins with a dot is
    in no package."""
    inside = sorted(path.rglob("*")) if path.is_dir() else [path]
    names = {
        item: item.relative_to(path).as_posix() if item != path else path.name
        for item in inside
        if not item.is_symlink() and item.exists() and not os.access(item, os.R_OK)
    }
    return [
        Finding("csar-unreadable", "error", name, 0, 0, "may not be read", "check its permissions")
        for item, name in names.items()
        if not any(part.startswith(".") for part in item.relative_to(path).parts)
    ]


@dataclass(frozen=True)
class Target:
    """A package, and the file in it that is meant ("" where all of it is) by its path as given."""

    package: Path
    file: str = ""
    alone: Path = Path()


def targets(path: Path) -> list[Target]:
    """What a path stands for: packages, or one YAML file of a package. ValueError as `packages`."""
    whole = path.absolute()
    if path.is_dir():
        inside = whole.name == "Definitions" and any(item.suffix in _YAML for item in _listed(path))
        return (
            [Target(_near(path, whole.parent))]
            if inside
            else [Target(item) for item in packages(path)]
        )
    folder = whole.parent.parent if whole.parent.name == "Definitions" else whole.parent
    file = whole.relative_to(folder).as_posix()
    holds = whole.parent != folder or (folder / meta.META).is_file()
    return [
        Target(_near(path, folder), file, path) if whole.suffix in _YAML and holds else Target(path)
    ]


def unread(folder: Path, entry: str) -> list[str]:
    """Descriptors of a folder that are neither its entry nor named in another one."""
    texts = {
        item.relative_to(folder).as_posix(): item.read_text(errors="replace")
        for item in descriptors(folder)
        if os.access(item, os.R_OK)
    }
    return [
        path
        for path in texts
        if path != entry
        and not any(
            re.search(rf"(?<![\w.-]){re.escape(Path(path).name)}", text)
            for other, text in texts.items()
            if other != path
        )
    ]


def packages(path: Path) -> list[Path]:
    """The path itself, or the packages in a folder that is none, however deep. ValueError where
    there are none."""
    found = [path] if not path.is_dir() else list(_of_folder(path))
    if not found:
        raise ValueError(f"{path}: {NO_PACKAGE}")
    return found


def is_package(folder: Path) -> bool:
    """The folder holds TOSCA.meta or a descriptor."""
    return (folder / meta.META).is_file() or bool(descriptors(folder))


def descriptors(folder: Path) -> list[Path]:
    """What may be the entry of a folder: the YAML files in Definitions, and those beside it that
    are TOSCA."""
    inside = [item for item in _listed(folder / "Definitions") if item.suffix in _YAML]
    return inside + [
        item
        for item in _listed(folder)
        if item.suffix in _YAML and item.is_file() and _is_tosca(item)
    ]


def samples() -> list[Path]:
    """The folders of the sample packages, VNFs first."""
    root = Path(__file__).parent.parent
    return [
        *sorted(path.parent for path in root.glob("vnf/*/Definitions")),
        *sorted(path.parent for path in root.glob("ns/*/Definitions")),
    ]


def _near(path: Path, folder: Path) -> Path:
    """The folder as one would write it: as `path` was, absolute or not."""
    return folder if path.is_absolute() else Path(os.path.relpath(folder))


def _understood(path: Path, package: Package) -> Package:
    if path.is_dir() and not is_package(path):
        raise click.UsageError(f"{path}: {NO_PACKAGE}")
    if package.kind is None or package.descriptor is None:
        why = "\n".join(f"  {finding}" for finding in package.errors)
        raise click.ClickException(f"{path} cannot be read:\n{why}")
    return package


def _of_folder(folder: Path) -> Iterator[Path]:
    """The folder, if it is a package; its descriptors, if it holds several that have nothing to do
    with each other; or what is below."""
    loose = (
        []
        if (folder / meta.META).is_file() or (folder / "Definitions").is_dir()
        else unread(folder, "")
    )
    if len(loose) > 1:
        yield from (folder / name for name in loose)
    elif is_package(folder):
        yield folder
        return
    for item in _listed(folder):
        if item.is_file() and item.suffix in _ARCHIVES:
            yield item
        elif item.is_dir() and not item.is_symlink() and not item.name.startswith((".", "__")):
            yield from _of_folder(item)


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() and os.access(folder, os.R_OK) else []


def _is_tosca(file: Path) -> bool:
    if not os.access(file, os.R_OK):
        return True  # nobody can say; that it is barred will be
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
    return b"tosca_definitions_version" in head and b"topology_template" in head
