# SPDX-License-Identifier: Apache-2.0
"""TOSCA.meta and the manifest: which file is the entry, and what every file's hash must be (SOL004 4.1, 4.3)."""
from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from descriptors import csar
from descriptors.findings import Findings, Stop
from descriptors.package import Package

META = "TOSCA-Metadata/TOSCA.meta"


@dataclass
class Block:
    """`Name: value` lines up to an empty line; `line` is where it begins. Keys are kept in lower case."""
    line: int
    values: dict[str, str] = field(default_factory=dict)


def locate(source: csar.Source, package: Package, findings: Findings) -> str:
    """The path of the entry definition; fills the package's metadata and manifest. Raises Stop where there is none."""
    if source.single:
        return source.name
    meta = _blocks(source, META, findings) if META in source.sizes else []
    if meta:
        package.metadata = {_spelled(name): value for name, value in meta[0].values.items()}
        _check_hashes(source, META, meta[1:], "name", findings)
    entry = _entry(source, meta, findings)
    _read_manifest(source, meta[0].values if meta else {}, entry, package, findings)
    return entry


def _entry(source: csar.Source, meta: list[Block], findings: Findings) -> str:
    if meta:
        named = meta[0].values.get("entry-definitions", "")
        if named and posixpath.normpath(named) in source.sizes:
            return posixpath.normpath(named)
        findings.error("csar-no-entry", META, f"Entry-Definitions names {named!r}, which is not in the package" if named
                       else "has no Entry-Definitions", "name the top YAML file there", (meta[0].line, 1))
        raise Stop
    tops = [name for name in source.sizes if "/" not in name and name.endswith((".yaml", ".yml"))]
    if len(tops) == 1:
        return tops[0]
    findings.error(
        "csar-no-entry",
        source.name,
        f"has no {META}, and {len(tops)} YAML files at its root instead of one",
        "add TOSCA-Metadata/TOSCA.meta with Entry-Definitions (SOL004 4.1.2)",
    )
    raise Stop


def _read_manifest(
    source: csar.Source, block: dict[str, str], entry: str, package: Package, findings: Findings
) -> None:
    named = block.get("etsi-entry-manifest") or block.get("entry-manifest")
    path = posixpath.normpath(named) if named else posixpath.splitext(entry)[0] + ".mf"
    if path not in source.sizes:
        if named:
            findings.error("csar-no-manifest", META, f"names the manifest {named!r}, which is not in the package",
                           "add it or correct the name")
        return
    package.manifest_path = path
    blocks = _blocks(source, path, findings)
    package.signed = b"-----BEGIN CMS-----" in source.read(path)
    first = next((block for block in blocks if "metadata" in block.values), None)
    if first is None:
        findings.error("csar-manifest", path, "has no `metadata:` block", "begin the manifest with it (SOL004 4.3.2)")
    else:
        package.manifest = {name: value for name, value in first.values.items() if name != "metadata"}
    hashed = [block for block in blocks if "source" in block.values]
    _check_hashes(source, path, hashed, "source", findings)
    listed = {posixpath.normpath(block.values["source"]) for block in hashed}
    for name in sorted(set(source.sizes) - listed - {path, META}):
        if hashed and not name.startswith("TOSCA-Metadata/"):
            findings.warning("csar-unlisted", name, "is not listed in the manifest", f"add Source and Hash to {path}")


def _check_hashes(source: csar.Source, file: str, blocks: list[Block], key: str, findings: Findings) -> None:
    for block in blocks:
        name, hint, at = block.values.get(key, ""), "build the package again", (block.line, 1)
        path = posixpath.normpath(name)
        algorithm, stated = block.values.get("algorithm", "").lower(), block.values.get("hash", "").lower()
        if not name or "://" in name:
            continue
        if path not in source.sizes:
            findings.error("csar-missing-file", file, f"{name} is listed but not in the package", hint, at)
        elif not algorithm and not stated:
            continue
        elif algorithm not in csar.ALGORITHMS:
            findings.error(
                "csar-algorithm", file, f"unknown algorithm {algorithm!r} for {name}", "use SHA-256 or SHA-512", at
            )
        elif source.digest(path, algorithm) != stated:
            findings.error("csar-hash", file, f"{name} has {algorithm} {source.digest(path, algorithm)}, stated is "
                           f"{stated or 'none'}", hint, at)


def _blocks(source: csar.Source, path: str, findings: Findings) -> list[Block]:
    """The blocks of a file of `Name: value` lines; a `block_0:` header of its own line is only a heading."""
    blocks: list[Block] = [Block(1)]
    for number, raw in enumerate(source.read(path).decode("utf-8", "replace").splitlines(), 1):
        line = raw.strip().lstrip("\ufeff")
        if line.startswith("-----BEGIN"):
            break
        name, colon, value = (part.strip() for part in line.partition(":"))
        name = name.lower()
        starts_new = not line or name in ("source", "name") and name in blocks[-1].values or name.startswith("block_")
        if starts_new and blocks[-1].values:
            blocks.append(Block(number + (not line)))
        if not line or line.startswith("#") or name.startswith("block_"):
            continue
        if not colon:
            findings.warning("csar-meta-syntax", path, f"is not `Name: value`: {line[:60]!r}", "", (number, 1))
        elif name == "source" and "metadata" in blocks[-1].values:
            blocks.append(Block(number, {name: value}))
        else:
            blocks[-1].values[name] = value
    return [block for block in blocks if block.values]


def _spelled(name: str) -> str:
    """A key as TOSCA spells it: `ETSI-Entry-Manifest`, `CSAR-Version`."""
    return "-".join(
        part.upper() if part in ("etsi", "tosca", "csar") else part.capitalize() for part in name.split("-")
    )
