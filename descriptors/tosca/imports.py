# SPDX-License-Identifier: Apache-2.0
"""Follows `imports`: inside the package first, else among our own type files; never over the
network.

What comes out is every file once, imported files before those that import them.
"""

from __future__ import annotations

import posixpath
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from descriptors.archive.sources import Source
from descriptors.findings import Findings, Stop
from descriptors.hints import closest
from descriptors.leaves import Tree
from descriptors.package import Limits, raising
from descriptors.tosca import documents

TYPES = Path(__file__).parent.parent / "types"
OWN = "descriptors/types/"
NAMES = frozenset(
    f"etsi_nfv_sol001_{part}_types.yaml" for part in ("common", "vnfd", "nsd", "pnfd")
)


@dataclass(frozen=True)
class Unit:
    """A YAML file of the descriptor: `own` are our type files. `document` is read-only."""

    path: str
    document: Tree
    text: bytes
    own: bool = False

    def at(self, *path: object) -> tuple[int, int]:
        """Line and column of a place in it."""
        return documents.position(self.text, list(path))

    def written(self, *path: object) -> str | None:
        """The scalar at a place as it is written there; None where there is none."""
        return documents.written(self.text, list(path))


def resolve(source: Source, entry: str, limits: Limits, findings: Findings) -> list[Unit]:
    """The entry and all it imports, the entry last. Raises Stop where the entry cannot be read."""
    walk = _Walk(source, limits, findings)
    if walk.visit(entry, is_ours=False) is None:
        raise Stop
    return list(walk.units.values())


class _Walk:
    def __init__(self, source: Source, limits: Limits, findings: Findings) -> None:
        self.source, self.limits, self.findings = source, limits, findings
        self.units: dict[str, Unit] = {}
        self._trail: list[str] = []
        self._refused: set[str] = set()

    def visit(self, path: str, is_ours: bool) -> Unit | None:
        """The unit at `path` and, before it, what it imports."""
        if path in self.units or path in self._refused:
            return self.units.get(path)
        unit = self._load(path, is_ours)
        if unit is None:
            self._refused.add(path)
            return None
        self._trail.append(path)
        imports = unit.document.get("imports") or []
        if not isinstance(imports, list):
            self.findings.error(
                "tosca-imports", path, "imports is not a list", "write `- file`", unit.at("imports")
            )
            imports = []
        for index, item in enumerate(imports):
            self._follow(unit, index, item)
        self._trail.pop()
        self.units[path] = unit
        return unit

    def _load(self, path: str, is_ours: bool) -> Unit | None:
        if len(self.units) + len(self._trail) >= self.limits.documents:
            self.findings.error(
                "yaml-limit",
                path,
                f"the limit `documents` of {self.limits.documents} is exceeded",
                raising("documents"),
            )
            return None
        text = (TYPES / path.removeprefix(OWN)).read_bytes() if is_ours else self._read(path)
        try:
            document = documents.load(
                text, path, Limits() if is_ours else self.limits, self.findings
            )
        except Stop:
            return None
        if not isinstance(document, dict):
            self.findings.error(
                "tosca-not-a-template",
                path,
                "is not a TOSCA service template",
                "it must be a map with tosca_definitions_version",
                (1, 1),
            )
            return None
        return Unit(path, document, text, is_ours)

    def _read(self, path: str) -> bytes:
        with self.source.open(path) as stream:
            return stream.read(self.limits.yaml + 1)

    def _follow(self, unit: Unit, index: int, item: object) -> None:
        """One entry of `imports`: a string, {file: …} or {name: …}."""
        name = item
        if isinstance(item, dict):
            name = item.get("file") or next(iter(item.values()), None)
            name = name.get("file") if isinstance(name, dict) else name
        if not isinstance(name, str) or not name:
            self.findings.error(
                "tosca-imports",
                unit.path,
                f"cannot tell the file of the import {item!r}",
                "write `- file`",
                unit.at("imports", index),
            )
            return
        location = self._find(unit, index, name)
        if location is None:
            return
        path, is_ours = location
        if path in self._trail:
            chain = " -> ".join([*self._trail[self._trail.index(path) :], path])
            self.findings.error(
                "tosca-import-cycle",
                unit.path,
                f"imports itself: {chain}",
                "move what both need into a third file",
                unit.at("imports", index),
            )
            return
        self.visit(path, is_ours)

    def _find(self, unit: Unit, index: int, name: str) -> tuple[str, bool] | None:
        if _scheme(name) == "file":
            self.findings.error(
                "tosca-import-file",
                unit.path,
                f"{name} is a file of this machine",
                "put the file into the package",
                unit.at("imports", index),
            )
            return None
        if _scheme(name) in ("http", "https") and _is_standard(name):
            name = posixpath.basename(name)
        if _scheme(name):
            self.findings.error(
                "tosca-import-remote",
                unit.path,
                f"{name} is not fetched",
                "put the file into the package, or import SOL001's files by their plain name",
                unit.at("imports", index),
            )
            return None
        local = posixpath.normpath(posixpath.join(posixpath.dirname(unit.path), name))
        if name.startswith("/") or local.startswith(".."):
            self.findings.error(
                "tosca-import-path",
                unit.path,
                f"{name} leads out of the package",
                "import by a path relative to this file",
                unit.at("imports", index),
            )
            return None
        if not unit.own and self.source.can_import(local):
            return local, False
        if not unit.own and posixpath.normpath(name) in self.source.sizes:
            return posixpath.normpath(name), False
        base = posixpath.basename(name)
        if base in NAMES:
            return OWN + base, True
        names = [*self.source.sizes, *NAMES]
        self.findings.error(
            "tosca-import-missing",
            unit.path,
            f"{name} is not in the package",
            closest(name, names) or "add it, or correct the path",
            unit.at("imports", index),
        )
        return None


def _is_standard(address: str) -> bool:
    """ETSI's own address of one of its type files, as these import each other: taken from the
    package, or ours."""
    host = urllib.parse.urlsplit(address).hostname or ""
    return (
        host in ("etsi.org", "forge.etsi.org", "docbox.etsi.org")
        and posixpath.basename(address) in NAMES
    )


def _scheme(name: str) -> str:
    """The scheme of an address, "" for a path."""
    try:
        return urllib.parse.urlsplit(name).scheme
    except ValueError:
        return "?"
