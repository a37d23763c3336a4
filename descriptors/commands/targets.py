# SPDX-License-Identifier: Apache-2.0
"""What a path on the command line stands for: a package, the packages below it, or one file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from descriptors.archive import meta

existing = click.Path(exists=True, path_type=Path)
file = click.Path(exists=True, dir_okay=False, path_type=Path)
KINDS = {"vnf": "VNF package", "ns": "network service", "pnf": "PNF package"}
NO_PACKAGE = "no package here: no Definitions/*.yaml (begin one with `mano-package init`)"
_ARCHIVES, _YAML = (".csar", ".zip"), (".yaml", ".yml")
_HEAD = 1 << 18  # of a YAML file, to see whether it describes something


@dataclass(frozen=True)
class Target:
    """A package, and the file in it that is meant ("" where all of it is).

    `alone` is its path as written."""

    package: Path
    file: str = ""
    alone: Path = Path()


def targets(path: Path) -> list[Target]:
    """What a path stands for: packages, or one YAML file of a package. ValueError as `packages`."""
    if not path.is_dir():
        return [_of_file(path)]
    if (package := whole(path)) != path:
        return [Target(package)]
    return [Target(package) for package in packages(path)]


def whole(path: Path) -> Path:
    """The package that a folder of definitions is of; any other path as it is."""
    absolute = path.absolute()
    is_inside = absolute.name == "Definitions" and any(
        item.suffix in _YAML for item in _items(path)
    )
    return _as_written(path, absolute.parent) if is_inside else path


def packages(path: Path) -> list[Path]:
    """The path itself, or the packages in a folder that is none, however deep.

    ValueError where there are none."""
    paths = list(_of_folder(path)) if path.is_dir() else [path]
    if not paths:
        raise ValueError(f"{path}: {NO_PACKAGE}")
    return paths


def is_package(folder: Path) -> bool:
    """The folder holds TOSCA.meta or a descriptor."""
    return (folder / meta.META).is_file() or bool(descriptors(folder))


def descriptors(folder: Path) -> list[Path]:
    """What may be the entry of a folder.

    The YAML files in Definitions, and those beside it that are TOSCA."""
    in_definitions = [item for item in _items(folder / "Definitions") if item.suffix in _YAML]
    beside = [item for item in _items(folder) if item.suffix in _YAML and item.is_file()]
    return in_definitions + [item for item in beside if _is_tosca(item)]


def unread(folder: Path, entry: str) -> list[str]:
    """Descriptors of a folder that are neither its entry nor named in another one."""
    texts = {
        item.relative_to(folder).as_posix(): item.read_text(errors="replace")
        for item in descriptors(folder)
        if os.access(item, os.R_OK)
    }
    return [path for path in texts if path != entry and not _is_named(path, texts)]


def samples() -> list[Path]:
    """The folders of the sample packages, VNFs first."""
    root = Path(__file__).parent.parent
    return [
        *sorted(path.parent for path in root.glob("vnf/*/Definitions")),
        *sorted(path.parent for path in root.glob("ns/*/Definitions")),
    ]


def _of_file(path: Path) -> Target:
    absolute = path.absolute()
    in_definitions = absolute.parent.name == "Definitions"
    folder = absolute.parent.parent if in_definitions else absolute.parent
    has_package = in_definitions or (folder / meta.META).is_file()
    if absolute.suffix not in _YAML or not has_package:
        return Target(path)
    return Target(_as_written(path, folder), absolute.relative_to(folder).as_posix(), path)


def _as_written(path: Path, folder: Path) -> Path:
    """The folder as one would write it: as `path` was, absolute or not."""
    return folder if path.is_absolute() else Path(os.path.relpath(folder))


def _of_folder(folder: Path) -> Iterator[Path]:
    """The packages in a folder.

    The folder, if it is one; its descriptors, if it holds several that have nothing to do with
    each other; or what is below."""
    is_whole = (folder / meta.META).is_file() or (folder / "Definitions").is_dir()
    loose = [] if is_whole else unread(folder, "")
    if len(loose) > 1:
        yield from (folder / name for name in loose)
    elif is_package(folder):
        yield folder
        return
    for item in _items(folder):
        if item.is_file() and item.suffix in _ARCHIVES:
            yield item
        elif item.is_dir() and not item.is_symlink() and not item.name.startswith((".", "__")):
            yield from _of_folder(item)


def _is_named(path: str, texts: dict[str, str]) -> bool:
    """Whether another of the files names this one."""
    name = re.compile(rf"(?<![\w.-]){re.escape(Path(path).name)}")
    return any(name.search(text) for other, text in texts.items() if other != path)


def _items(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() and os.access(folder, os.R_OK) else []


def _is_tosca(path: Path) -> bool:
    if not os.access(path, os.R_OK):
        return True  # nobody can say; that it is barred will be
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    return b"tosca_definitions_version" in head and b"topology_template" in head
