# SPDX-License-Identifier: Apache-2.0
"""TOSCA.meta and the manifest: which file is the entry, and what every file's hash must be (SOL004
4.1, 4.3)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from descriptors.archive import csar
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
KEYS = (
    "TOSCA-Meta-File-Version",
    "TOSCA-Meta-Version",
    "CSAR-Version",
    "Created-By",
    "Entry-Definitions",
    "Other-Definitions",
    *(
        f"{prefix}Entry-{part}"
        for prefix in ("ETSI-", "")
        for part in ("Manifest", "Change-Log", "Licenses", "Tests", "Certificate")
    ),
)
# What the manifest's metadata must say, by what the package is (SOL004 4.3.2, SOL007 4.3.2).
MANIFESTS = {
    "vnf": ("vnf_product_name", "vnf_provider_id", "vnf_package_version", "vnf_release_date_time"),
    "pnf": ("pnfd_name", "pnfd_provider", "pnfd_archive_version", "pnfd_release_date_time"),
    "ns": (
        "nsd_designer",
        "nsd_name",
        "nsd_invariant_id",
        "nsd_file_structure_version",
        "nsd_release_date_time",
    ),
}


@dataclass
class Block:
    """`Name: value` lines up to an empty line; `line` is where it begins. Keys are kept in lower
    case."""

    line: int
    values: dict[str, str] = field(default_factory=dict)


def locate(source: csar.Source, package: Package, findings: Findings) -> str:
    """The path of the entry definition; fills the package's metadata and manifest. Raises Stop
    where there is none."""
    if source.single:
        return source.name
    meta = blocks(source, META, findings) if META in source.sizes else []
    block = meta[0].values if meta else {}
    if meta:
        package.metadata = {_spelled(name): value for name, value in block.items()}
        _check_keys(source, block, findings)
        _check_hashes(source, META, meta[1:], "name", findings)
    package.parts = {
        part: path
        for part, (name, usual) in PARTS.items()
        if (path := _part(source, block.get(f"etsi-{name}") or block.get(name) or usual))
    }
    entry = _entry(source, meta, findings)
    _read_manifest(source, block, entry, package, findings)
    return entry


def _part(source: csar.Source, name: str) -> str:
    """The path, if it is a file of the package or a folder in it; else ""."""
    path = posixpath.normpath(name) if name else ""
    return (
        path
        if path in source.sizes or any(item.startswith(path + "/") for item in source.sizes)
        else ""
    )


def _check_keys(source: csar.Source, block: dict[str, str], findings: Findings) -> None:
    """Only warnings: anybody may add keys of his own."""
    known = {key.lower(): key for key in KEYS}
    for key in block:
        if key not in known and (near := closest(key, known)).startswith("did"):
            findings.warning(
                "csar-meta-key", META, f"the key {_spelled(key)} is none of SOL004's", near, (1, 1)
            )
    for key in REQUIRED:
        if not any(name.lower() in block for name in key.split("|")):
            findings.warning(
                "csar-meta-key",
                META,
                f"lacks {key.split('|')[0]}",
                "add it to the first block",
                (1, 1),
            )
    for key, value in block.items():
        if key.removeprefix("etsi-") in [name for name, _ in PARTS.values()] and not _part(
            source, value
        ):
            findings.warning(
                "csar-meta-key",
                META,
                f"{_spelled(key)} names {value!r}, which is not in the package",
                "add it or correct the name",
                (1, 1),
            )


def _entry(source: csar.Source, meta: list[Block], findings: Findings) -> str:
    if meta:
        named = meta[0].values.get("entry-definitions", "")
        if named and posixpath.normpath(named) in source.sizes:
            return posixpath.normpath(named)
        findings.error(
            "csar-no-entry",
            META,
            f"Entry-Definitions names {named!r}, which is not in the package"
            if named
            else "has no Entry-Definitions",
            "name the top YAML file there",
            (meta[0].line, 1),
        )
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
            findings.error(
                "csar-no-manifest",
                META,
                f"names the manifest {named!r}, which is not in the package",
                "add it or correct the name",
            )
        return
    package.manifest_path = path
    found = blocks(source, path, findings)
    package.signed |= b"-----BEGIN CMS-----" in source.read(path)
    first = next((block for block in found if "metadata" in block.values), None)
    if first is None:
        findings.error(
            "csar-manifest",
            path,
            "has no `metadata:` block",
            "begin the manifest with it (SOL004 4.3.2)",
        )
    else:
        package.manifest = {
            name: value for name, value in first.values.items() if name != "metadata"
        }
        _check_metadata(path, first, findings)
    package.non_mano_artifacts = _non_mano(source.read(path))
    hashed = [block for block in found if "source" in block.values]
    _check_hashes(source, path, hashed, "source", findings)
    listed = {posixpath.normpath(block.values["source"]) for block in hashed}
    for name in sorted(set(source.sizes) - listed - {path, META}):
        if hashed and not name.startswith("TOSCA-Metadata/"):
            findings.warning(
                "csar-unlisted",
                name,
                "is not listed in the manifest",
                f"add Source and Hash to {path}",
            )


def _check_metadata(path: str, block: Block, findings: Findings) -> None:
    kind = next(
        (kind for kind, names in MANIFESTS.items() if any(name in block.values for name in names)),
        "vnf",
    )
    missing = [name for name in MANIFESTS[kind] if not block.values.get(name)]
    if missing:
        findings.warning(
            "csar-manifest-key",
            path,
            f"the metadata lack {', '.join(missing)}",
            "add them",
            (block.line, 1),
        )


def _non_mano(text: bytes) -> dict[str, list[str]]:
    """The non-MANO artifact sets: files by the set's registered name (SOL004 4.3.7)."""
    found: dict[str, list[str]] = {}
    inside, current = False, ""
    for raw in text.decode("utf-8", "replace").splitlines():
        if raw.strip().startswith("-----BEGIN"):
            break  # nothing counts after a signature
        name, _, value = (part.strip() for part in raw.partition(":"))
        if name.lower() == "non_mano_artifact_sets":
            inside = True
        elif inside and name.lower() == "source" and current:
            found[current].append(posixpath.normpath(value))
        elif inside and name and not value and not name.startswith("-----"):
            current = name
            found.setdefault(current, [])
    return {name: files for name, files in found.items() if files}


def _check_hashes(
    source: csar.Source, file: str, blocks: list[Block], key: str, findings: Findings
) -> None:
    for block in blocks:
        name, hint, at = block.values.get(key, ""), "build the package again", (block.line, 1)
        path = posixpath.normpath(name)
        algorithm, stated = (
            block.values.get("algorithm", "").lower(),
            block.values.get("hash", "").lower(),
        )
        if not name or "://" in name:
            continue
        if path not in source.sizes:
            findings.error(
                "csar-missing-file", file, f"{name} is listed but not in the package", hint, at
            )
        elif not algorithm and not stated:
            continue
        elif algorithm not in csar.ALGORITHMS:
            findings.error(
                "csar-algorithm",
                file,
                f"unknown algorithm {algorithm!r} for {name}",
                closest(algorithm, csar.ALGORITHMS),
                at,
            )
        elif source.digest(path, algorithm) != stated:
            findings.error(
                "csar-hash",
                file,
                f"{name} has {algorithm} {source.digest(path, algorithm)}, stated is "
                f"{stated or 'none'}",
                hint,
                at,
            )
        elif algorithm == "md5":
            findings.warning(
                "csar-hash-weak", file, f"{name} is guarded by MD5 only", "use SHA-256", at
            )


def blocks(source: csar.Source, path: str, findings: Findings) -> list[Block]:
    """The blocks of a file of `Name: value` lines; a `block_0:` header of its own line is only a
    heading."""
    blocks: list[Block] = [Block(1)]
    for number, raw in enumerate(source.read(path).decode("utf-8", "replace").splitlines(), 1):
        line = raw.strip().lstrip("\ufeff")
        if line.startswith("-----BEGIN"):
            break
        name, colon, value = (part.strip() for part in line.partition(":"))
        name = name.lower()
        starts_new = (
            not line
            or (name in ("source", "name") and name in blocks[-1].values)
            or name.startswith("block_")
        )
        if starts_new and blocks[-1].values:
            blocks.append(Block(number + (not line)))
        if not line or line.startswith("#") or name.startswith("block_"):
            continue
        if not colon:
            findings.warning(
                "csar-meta-syntax", path, f"is not `Name: value`: {line[:60]!r}", "", (number, 1)
            )
        elif name == "source" and "metadata" in blocks[-1].values:
            blocks.append(Block(number, {name: value}))
        else:
            blocks[-1].values[name] = value
    return [block for block in blocks if block.values]


def _spelled(name: str) -> str:
    """A key as TOSCA spells it: `ETSI-Entry-Manifest`, `CSAR-Version`."""
    return "-".join(
        part.upper() if part in ("etsi", "tosca", "csar") else part.capitalize()
        for part in name.split("-")
    )
