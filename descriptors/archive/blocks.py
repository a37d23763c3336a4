# SPDX-License-Identifier: Apache-2.0
"""Blocks of `Name: value` lines, of which TOSCA.meta and manifests consist, and their hashes."""

from __future__ import annotations

import posixpath
import unicodedata
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
    for number, line in enumerate(_decoded(text, path, findings).splitlines(), 1):
        line = line.strip().lstrip("\ufeff")
        if line.startswith("-----BEGIN"):
            break
        _take(blocks, number, line, path, findings)
    return [block for block in blocks if block.values]


def _decoded(text: bytes, path: str, findings: Findings) -> str:
    """The text; what is no UTF-8 is read as far as that can be done."""
    hint = "write it as UTF-8"
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        findings.by_profile("csar-text-encoding", path, "is UTF-16; it is read as that", hint)
        return text.decode("utf-16", "replace")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        at = (text.count(b"\n", 0, error.start) + 1, 1)
        message = "is no UTF-8; what is none is read as \ufffd"
        findings.by_profile("csar-text-encoding", path, message, hint, at)
        return text.decode("utf-8", "replace")


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
    name = name.removeprefix("- ").strip().lower()  # some write the blocks as a YAML list
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
        if blocks[-1].values.get(name, value) != value:
            message = f"{name} is twice in one block, with different values"
            findings.error("csar-manifest-entry", path, message, "remove one", (number, 1))
        blocks[-1].values[name] = value


def _another_form(path: str, source: Source) -> str:
    """Where a file is there whose name looks the same: decomposed letters, as macOS writes them."""
    form = unicodedata.normalize("NFC", path)
    if any(unicodedata.normalize("NFC", name) == form for name in source.sizes):
        return "the package has the name in another Unicode form (NFC or NFD): write both alike"
    return ""


def _check_hash(source: Source, file: str, block: Block, name: str, findings: Findings) -> None:
    path, at = posixpath.normpath(name), (block.line, 1)
    algorithm = block.values.get("algorithm", "").lower()
    expected = block.values.get("hash", "").lower()
    again = "build the package again"
    if any(item.rule == "csar-corrupt" and item.file == path for item in findings):
        return
    if path not in source.sizes:
        message = f"{name} is listed but not in the package"
        again = _another_form(path, source) or again
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
