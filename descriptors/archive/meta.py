# SPDX-License-Identifier: Apache-2.0
"""TOSCA.meta: which file is the entry, and what else a package holds (SOL004 4.1)."""

from __future__ import annotations

import posixpath

from descriptors.archive import blocks, manifest
from descriptors.archive.blocks import Block
from descriptors.archive.sources import Source
from descriptors.findings import Findings, Stop
from descriptors.hints import closest
from descriptors.package import Package

META = "TOSCA-Metadata/TOSCA.meta"
# What else a package holds: the key that names it, and where it lies without TOSCA.meta (SOL004
# 4.1.2.3, 4.1.3).
PARTS = {
    "changeLog": ("entry-change-log", "ChangeLog.txt"),
    "licenses": ("entry-licenses", "Licenses"),
    "tests": ("entry-tests", "Tests"),
    "certificate": ("entry-certificate", ""),
}
REQUIRED = ("TOSCA-Meta-File-Version|TOSCA-Meta-Version", "CSAR-Version", "Created-By")
_ENTRIES = ("Manifest", "Change-Log", "Licenses", "Tests", "Certificate")
KEYS = (
    "TOSCA-Meta-File-Version",
    "TOSCA-Meta-Version",
    "CSAR-Version",
    "Created-By",
    "Entry-Definitions",
    "Other-Definitions",
    *(f"ETSI-Entry-{part}" for part in _ENTRIES),
    *(f"Entry-{part}" for part in _ENTRIES),
)
_TOP = (1, 1)


def locate(source: Source, package: Package, findings: Findings) -> str:
    """The path of the entry definition; fills the package's metadata, parts and manifest.

    Raises Stop where there is none."""
    if source.single:
        return source.name
    listed = blocks.parse(source.read(META), META, findings) if META in source.sizes else []
    keys = listed[0].values if listed else {}
    if listed:
        package.metadata = {_spelled(name): value for name, value in keys.items()}
        _check_keys(source, keys, findings)
        blocks.check_hashes(source, META, listed[1:], "name", findings)
    package.parts = _parts(source, keys)
    entry = _entry(source, listed, findings)
    stated_path = keys.get("etsi-entry-manifest") or keys.get("entry-manifest")
    if stated_path and posixpath.normpath(stated_path) not in source.sizes:
        message = f"names the manifest {stated_path!r}, which is not in the package"
        findings.error("csar-no-manifest", META, message, "add it or correct the name")
    path = posixpath.normpath(stated_path or posixpath.splitext(entry)[0] + ".mf")
    if path in source.sizes:
        manifest.read(source, path, package, findings)
    elif not stated_path and not source.is_draft:
        hint = f"add {path} with every file and its hash, and name it as ETSI-Entry-Manifest"
        findings.by_profile("csar-unguarded", source.name, "has no manifest", hint)
    return entry


def _parts(source: Source, keys: dict[str, str]) -> dict[str, str]:
    paths = {
        part: _part(source, keys.get(f"etsi-{name}") or keys.get(name) or usual)
        for part, (name, usual) in PARTS.items()
    }
    return {part: path for part, path in paths.items() if path}


def _part(source: Source, name: str) -> str:
    """The path, if it is a file of the package or a folder in it; else ""."""
    if not name:
        return ""
    path = posixpath.normpath(name)
    is_folder = any(file.startswith(path + "/") for file in source.sizes)
    return path if path in source.sizes or is_folder else ""


def _check_keys(source: Source, keys: dict[str, str], findings: Findings) -> None:
    """Only warnings: anybody may add keys of his own."""
    known = {key.lower(): key for key in KEYS}
    for key in keys:
        if key not in known and (near := closest(key, known)).startswith("did"):
            message = f"the key {_spelled(key)} is none of SOL004's"
            findings.warning("csar-meta-key", META, message, near, _TOP)
    for names in (key.split("|") for key in REQUIRED):
        if not any(name.lower() in keys for name in names):
            hint = "add it to the first block"
            findings.warning("csar-meta-key", META, f"lacks {names[0]}", hint, _TOP)
    parts = [name for name, _ in PARTS.values()]
    for key, value in keys.items():
        if key.removeprefix("etsi-") in parts and not _part(source, value):
            message = f"{_spelled(key)} names {value!r}, which is not in the package"
            findings.warning("csar-meta-key", META, message, "add it or correct the name", _TOP)


def _entry(source: Source, listed: list[Block], findings: Findings) -> str:
    if listed:
        return _named_entry(source, listed[0], findings)
    tops = [name for name in source.sizes if "/" not in name and name.endswith((".yaml", ".yml"))]
    if len(tops) == 1:
        return tops[0]
    message = f"has no {META}, and {len(tops)} YAML files at its root instead of one"
    hint = _near_miss(source) or "add TOSCA-Metadata/TOSCA.meta with Entry-Definitions"
    findings.error("csar-no-entry", source.name, message, f"{hint} (SOL004 4.1.2)")
    raise Stop


def _near_miss(source: Source) -> str:
    """What to do where something is there that is almost an entry; "" where nothing is."""
    for name in source.sizes:
        folder, found = name[: -len(META)], name[-len(META) :]
        if found == META and folder.endswith("/"):
            return f"all lies in the folder {folder}: pack what is in it, not the folder"
        if found.lower() == META.lower() and folder in ("", "./"):
            return f"{name} must be spelled {META}"
    for name in source.sizes:
        if "/" not in name and name.lower().endswith((".yaml", ".yml")):
            stem, suffix = posixpath.splitext(name)
            if suffix not in (".yaml", ".yml"):
                return f"call {name} {stem}{suffix.lower()}"
    folders = {name.split("/")[0] for name in source.sizes}
    if len(folders) == 1 and all("/" in name for name in source.sizes):
        return f"all lies in the folder {folders.pop()}/: pack what is in it, not the folder"
    return ""


def _named_entry(source: Source, block: Block, findings: Findings) -> str:
    name = block.values.get("entry-definitions", "")
    path = posixpath.normpath(name)
    if name and path in source.sizes:
        return path
    message = "has no Entry-Definitions"
    if name:
        message = f"Entry-Definitions names {name!r}, which is not in the package"
    hint = "name the top YAML file there"
    bare = posixpath.normpath(name.strip("'\" ").lstrip("/"))
    if name and bare in source.sizes:
        hint = f"write {bare}, without quotes and without `/` before it"
    elif name:
        hint = closest(path, [item for item in source.sizes if item.endswith((".yaml", ".yml"))])
    findings.error("csar-no-entry", META, message, hint, (block.line, 1))
    raise Stop


def _spelled(name: str) -> str:
    """A key as TOSCA spells it: `ETSI-Entry-Manifest`, `CSAR-Version`."""
    return "-".join(
        part.upper() if part in ("etsi", "tosca", "csar") else part.capitalize()
        for part in name.split("-")
    )
