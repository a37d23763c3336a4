# SPDX-License-Identifier: Apache-2.0
"""The manifest: what it says of the package, and of every file (SOL004 4.3, SOL007 4.3)."""

from __future__ import annotations

import difflib
import posixpath

from descriptors.archive import blocks
from descriptors.archive.blocks import Block
from descriptors.archive.sources import Source
from descriptors.findings import Findings
from descriptors.package import Package

# What the metadata must say, by what the package is (SOL004 4.3.2, SOL007 4.3.2).
METADATA = {
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

# Of the blocks of files (SOL004 4.3.2).
KEYS = ("source", "algorithm", "hash", "signature", "certificate")


def read(source: Source, path: str, package: Package, findings: Findings) -> None:
    """Fills what the manifest says into the package, and checks its metadata and hashes."""
    text = source.read(path)
    listed = blocks.parse(text, path, findings)
    package.manifest_path = path
    package.signed |= b"-----BEGIN CMS-----" in text
    package.non_mano_artifacts = _non_mano(text)
    metadata = next((block for block in listed if "metadata" in block.values), None)
    if metadata is None:
        hint = "begin the manifest with it (SOL004 4.3.2)"
        findings.error("csar-manifest", path, "has no `metadata:` block", hint)
    else:
        package.manifest = {
            name: value for name, value in metadata.values.items() if name != "metadata"
        }
        _check_metadata(path, metadata, findings)
    _check_entries(path, listed, findings)
    hashed = [block for block in listed if "source" in block.values]
    blocks.check_hashes(source, path, hashed, "source", findings)
    _check_listed(source, path, hashed, findings)


def _check_entries(path: str, listed: list[Block], findings: Findings) -> None:
    """A hash must be that of a file, by whatever name the keys go: else it would guard nothing."""
    for block in listed:
        keys, at = block.values, (block.line, 1)
        if "source" not in keys and ("hash" in keys or "algorithm" in keys):
            near = [key for key in keys if key == "name" or _is_meant(key, "source")]
            message = f"a hash without Source: {', '.join(near) or 'of which file'}?"
            findings.error("csar-manifest-entry", path, message, "write `Source: <file>`", at)
        if "metadata" in keys:
            continue
        for key in keys.keys() - set(KEYS):
            meant = next((name for name in KEYS if _is_meant(key, name)), "")
            if meant and keys[key]:
                message = f"the key {key!r} is none of SOL004's"
                hint = f"did you mean {meant.capitalize()}?"
                findings.error("csar-manifest-entry", path, message, hint, at)
            elif "source" in keys and keys[key]:
                message = f"the key {key!r} is none of SOL004's; nothing reads it"
                findings.warning("csar-manifest-key", path, message, "", at)


def _is_meant(key: str, name: str) -> bool:
    return key != name and bool(difflib.get_close_matches(key, [name], 1, 0.7))


def _check_listed(source: Source, path: str, hashed: list[Block], findings: Findings) -> None:
    """A file that the manifest does not list is guarded by nothing."""
    if not any(block.values.get("hash") for block in hashed):
        message = "lists no file: no hash guards the package"
        findings.by_profile("csar-unguarded", path, message, "list every file with its hash")
        return
    listed = {
        posixpath.normpath(block.values["source"])
        for block in hashed
        if block.values.get("hash") or block.values.get("algorithm")
    }
    for name in sorted(set(source.sizes) - listed - {path}):
        if not name.startswith("TOSCA-Metadata/"):
            hint = f"add Source and Hash to {path}"
            findings.warning("csar-unlisted", name, "has no hash in the manifest", hint)


def _check_metadata(path: str, block: Block, findings: Findings) -> None:
    kinds = [
        kind for kind, names in METADATA.items() if any(name in block.values for name in names)
    ]
    kind = kinds[0] if kinds else "vnf"
    absent = [name for name in METADATA[kind] if not block.values.get(name)]
    if absent:
        message = f"the metadata lack {', '.join(absent)}"
        findings.warning("csar-manifest-key", path, message, "add them", (block.line, 1))


def _non_mano(text: bytes) -> dict[str, list[str]]:
    """The non-MANO artifact sets: files by the set's registered name (SOL004 4.3.7)."""
    sets: dict[str, list[str]] = {}
    in_sets, current = False, ""
    for line in text.decode("utf-8", "replace").splitlines():
        if line.strip().startswith("-----BEGIN"):
            break  # nothing counts after a signature
        name, _, value = (part.strip() for part in line.partition(":"))
        if name.lower() == "non_mano_artifact_sets":
            in_sets = True
        elif in_sets and name.lower() == "source" and current:
            sets[current].append(posixpath.normpath(value))
        elif in_sets and name and not value and not name.startswith("-----"):
            current = name
            sets.setdefault(current, [])
    return {name: files for name, files in sets.items() if files}
