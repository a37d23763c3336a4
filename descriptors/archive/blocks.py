# SPDX-License-Identifier: Apache-2.0
"""Blocks of `Name: value` lines, of which TOSCA.meta and manifests consist, and their hashes."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from descriptors.archive.sources import ALGORITHMS, Source
from descriptors.findings import Findings
from descriptors.hints import closest


@dataclass
class Block:
    """The lines up to an empty one, which begin at `line`. Keys are in lower case."""

    line: int
    values: dict[str, str] = field(default_factory=dict)


def parse(text: bytes, path: str, findings: Findings) -> list[Block]:
    """The blocks of a file, up to its signature.

    A `block_0:` header on a line of its own is only a heading."""
    blocks = [Block(1)]
    for number, line in enumerate(text.decode("utf-8", "replace").splitlines(), 1):
        line = line.strip().lstrip("\ufeff")
        if line.startswith("-----BEGIN"):
            break
        _take(blocks, number, line, path, findings)
    return [block for block in blocks if block.values]


def check_hashes(
    source: Source, file: str, blocks: list[Block], key: str, findings: Findings
) -> None:
    """Each file that a block names, at `key`, is there and has the hash that the block states."""
    for block in blocks:
        name = block.values.get(key, "")
        if name and "://" not in name:
            _check_hash(source, file, block, name, findings)


def _take(blocks: list[Block], number: int, line: str, path: str, findings: Findings) -> None:
    """Adds a line to the last block, or begins another with it."""
    name, colon, value = (part.strip() for part in line.partition(":"))
    name = name.lower()
    heading = name.startswith("block_")
    again = name in ("source", "name") and name in blocks[-1].values
    if blocks[-1].values and (not line or again or heading):
        blocks.append(Block(number + (not line)))
    if not line or line.startswith("#") or heading:
        return
    if not colon:
        message = f"is not `Name: value`: {line[:60]!r}"
        findings.warning("csar-meta-syntax", path, message, "", (number, 1))
    elif name == "source" and "metadata" in blocks[-1].values:
        blocks.append(Block(number, {name: value}))
    else:
        blocks[-1].values[name] = value


def _check_hash(source: Source, file: str, block: Block, name: str, findings: Findings) -> None:
    path, at = posixpath.normpath(name), (block.line, 1)
    algorithm = block.values.get("algorithm", "").lower()
    expected = block.values.get("hash", "").lower()
    again = "build the package again"
    if path not in source.sizes:
        message = f"{name} is listed but not in the package"
        findings.error("csar-missing-file", file, message, again, at)
    elif not algorithm and not expected:
        return
    elif algorithm not in ALGORITHMS:
        message = f"unknown algorithm {algorithm!r} for {name}"
        findings.error("csar-algorithm", file, message, closest(algorithm, ALGORITHMS), at)
    elif (actual := source.digest(path, algorithm)) != expected:
        message = f"{name} has {algorithm} {actual}, stated is {expected or 'none'}"
        findings.error("csar-hash", file, message, again, at)
    elif algorithm == "md5":
        message = f"{name} is guarded by MD5 only"
        findings.warning("csar-hash-weak", file, message, "use SHA-256", at)
