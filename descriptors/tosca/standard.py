# SPDX-License-Identifier: Apache-2.0
"""Where a package's own copy of SOL001's type definitions differs from the standard.

`types/standard.json` holds no text of the standard, only a short hash per version, type and entry
(a property, a requirement, …) of what it says, without descriptions and without what goes without
saying. `python -m descriptors.tosca.standard FOLDER > types/standard.json` makes it of a folder
with the standard's files by version."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from descriptors.findings import Findings
from descriptors.leaves import Tree, mapping
from descriptors.tosca.imports import TYPES, Unit
from descriptors.tosca.vocabulary import SECTIONS

_PARTS = (
    "properties",
    "attributes",
    "capabilities",
    "requirements",
    "interfaces",
    "operations",
    "artifacts",
)
_WHOLE = (
    "derived_from",
    "targets",
    "members",
    "valid_target_types",
    "constraints",
    "mime_type",
    "file_ext",
)
_MANY = 12  # more types than this are told in one finding
_VERSION = re.compile(r"\b[0-9]+\.[0-9]+\.[0-9]+\b")
Facts = dict[str, dict[str, dict[str, str]]]  # version: type: entry: hash


def check(units: list[Unit], findings: Findings) -> None:
    """One warning per type that is not what the nearest version of the standard says."""
    for unit in units:
        if not unit.own and (nearest := _nearest(_Text(unit))):
            _report(unit, *nearest, findings)


class _Text:
    """A unit that is equal to another of the same text: what was found out of one holds for the
    other."""

    def __init__(self, unit: Unit) -> None:
        self.document, self._digest = unit.document, hashlib.sha256(unit.text).digest()

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Text) and self._digest == other._digest


@functools.lru_cache(maxsize=32)
def _nearest(text: _Text) -> tuple[str, dict[str, list[str]]] | None:
    """The version the document is nearest to, and what differs; None where it has none of the
    standard's types."""
    candidates = {name for facts in _facts().values() for name in facts}
    copied = {name: entries for name, entries in _of(text.document).items() if name in candidates}
    if not copied or _is_of_another_version(text.document, copied):
        return None
    return min(
        ((version, _different(copied, facts)) for version, facts in _facts().items()),
        key=lambda item: sum(map(len, item[1].values())),
    )


def _is_of_another_version(document: Tree, copied: Tree) -> bool:
    """Whether the file says of which version it is, and that is none we know these types of."""
    metadata = mapping(document.get("metadata"))
    words = f"{document.get('description')} {metadata.get('template_version')}"
    stated = _VERSION.search(words[:1000])
    return stated is not None and copied.keys().isdisjoint(_facts().get(stated[0], {}))


def _report(unit: Unit, version: str, different: dict[str, list[str]], findings: Findings) -> None:
    hint = "what the package carries is what counts"
    if len(different) > _MANY:
        names = ", ".join(name.removeprefix("tosca.") for name in list(different)[:_MANY])
        findings.warning(
            "types-differ",
            unit.path,
            f"{len(different)} types are not those of SOL001 {version} or any other "
            f"version known here: {names}, …",
            hint,
            (1, 1),
        )
        return
    for name, entries in different.items():
        section = next(
            section for section in SECTIONS if name in mapping(unit.document.get(section))
        )
        findings.warning(
            "types-differ",
            unit.path,
            f"{name} is not that of SOL001 {version}: {', '.join(entries[:8])}"
            + (", …" if len(entries) > 8 else ""),
            hint,
            unit.at(section, name),
        )


def _different(
    differences: dict[str, dict[str, str]], facts: dict[str, dict[str, str]]
) -> dict[str, list[str]]:
    """Per type the entries that are missing, added or different."""
    result = {}
    for name, entries in differences.items():
        if name not in facts:
            result[name] = ["not in it"]
            continue
        words = [f"no {entry}" for entry in facts[name] if entry not in entries]
        words += [
            f"{entry} is added" if entry not in facts[name] else f"{entry} differs"
            for entry, value in entries.items()
            if facts[name].get(entry) != value
        ]
        if words:
            result[name] = words
    return result


def _of(document: Tree) -> dict[str, dict[str, str]]:
    """The entries of every type in a document, hashed."""
    return {
        str(name): _entries(definition)
        for section in SECTIONS
        for name, definition in mapping(document.get(section)).items()
        if isinstance(definition, dict)
    }


def _entries(definition: Tree) -> dict[str, str]:
    entries = {key: _hash(definition[key]) for key in _WHOLE if definition.get(key)}
    for part in _PARTS:
        value = definition.get(part)
        items = (
            [item for entry in value for item in mapping(entry).items()]
            if isinstance(value, list)
            else mapping(value).items()
        )
        entries.update({f"{part} {name}": _hash(value) for name, value in items})
    return entries


def _hash(value: object) -> str:
    return hashlib.sha256(
        json.dumps(_plain(value), sort_keys=True, default=str).encode()
    ).hexdigest()[:6]


def _plain(value: object) -> Any:
    """Without descriptions, and without `required: true`, which is so anyway."""
    if isinstance(value, dict):
        return {
            str(key): _plain(item)
            for key, item in value.items()
            if not (
                (key == "description" and isinstance(item, str))
                or (key == "required" and item is True)
            )
        }
    return [_plain(item) for item in value] if isinstance(value, list) else value


@functools.cache
def _facts() -> Facts:
    """The versions share most of their types: each stands once, with the versions it is in."""
    packed = json.loads((TYPES / "standard.json").read_text())
    return {
        version: {
            name: variants[index]
            for name, variants in packed["types"].items()
            if (index := packed["versions"][version].get(name)) is not None
        }
        for version in packed["versions"]
    }


def _pack(folder: Path) -> str:
    """The facts of a folder that has one folder of YAML files per version."""
    import yaml

    types: dict[str, list[dict[str, str]]] = {}
    versions: dict[str, dict[str, int]] = {}
    for directory in sorted(path for path in folder.iterdir() if path.is_dir()):
        for file in sorted(directory.glob("*.yaml")):
            for name, entries in _of(yaml.safe_load(file.read_text())).items():
                variants = types.setdefault(name, [])
                if entries not in variants:
                    variants.append(entries)
                versions.setdefault(directory.name, {})[name] = variants.index(entries)
    lines = [
        f"{json.dumps(name)}: {json.dumps(types[name], sort_keys=True, separators=(',', ':'))}"
        for name in sorted(types)
    ]
    return (
        f'{{"versions": {json.dumps(versions, sort_keys=True)},\n"types": {{\n'
        + ",\n".join(lines)
        + "\n}}"
    )


if __name__ == "__main__":
    print(_pack(Path(sys.argv[1])))
