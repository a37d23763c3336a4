# SPDX-License-Identifier: Apache-2.0
"""What is signed in a package (SOL004 4.3.6, 5.1).

The whole, the manifest, single artifacts; and which files the signature of the manifest guards."""

from __future__ import annotations

import functools
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from descriptors.archive import blocks, csar, meta, zips
from descriptors.archive.blocks import Block
from descriptors.archive.sources import Source
from descriptors.findings import Findings
from descriptors.package import Package

_CMS = re.compile(rb"^-----BEGIN CMS-----", re.M)
_END = re.compile(rb"-----BEGIN CMS-----[^-]*-----END CMS-----\s*")


@dataclass(frozen=True)
class Signed:
    """Something with a signature. `forms` open its content, each as it may have been signed."""

    name: str
    signature: bytes
    forms: list[Callable[[], IO[bytes]]]
    certificates: bytes = b""


@dataclass(frozen=True)
class Manifest:
    """A manifest, split where its signature begins.

    `signature` is b"" where there is none; `entry` is the entry definition."""

    path: str
    entry: str
    text: bytes
    signature: bytes
    certificates: bytes
    blocks: list[Block]

    def as_signed(self) -> Signed:
        """The manifest as tools sign it."""
        forms: list[Callable[[], IO[bytes]]] = [
            functools.partial(io.BytesIO, form) for form in _forms(self.text)
        ]
        return Signed(self.path, self.signature, forms, self.certificates)


def of_the_whole(path: Path, source: Source) -> list[Signed]:
    """Option 2: the CSAR in the zip, each of its signatures, the certificate beside it."""
    with zipfile.ZipFile(path) as outer:
        files = zips.by_path(outer)
        beside = {name: outer.read(files[name]) for name in source.wrapped}
    signatures = [item for name, item in beside.items() if name.endswith(csar.SIGNATURES)]
    certificates = b"".join(
        item for name, item in beside.items() if name.endswith(csar.CERTIFICATES)
    )

    def content() -> IO[bytes]:
        archive = zipfile.ZipFile(path)
        return archive.open(zips.by_path(archive)[source.name])

    return [Signed(source.name, signature, [content], certificates) for signature in signatures]


def manifest(source: Source, findings: Findings) -> Manifest | None:
    """The package's manifest, None where it has none. Nothing may follow its signature."""
    package = Package()
    entry = meta.locate(source, package, Findings())
    path = package.manifest_path
    if not path:
        return None
    content = source.read(path)
    begin = _CMS.search(content)
    if begin is None and re.search(rb"^\s*-----BEGIN", content, re.M):
        message, hint = (
            "has a signature that is no CMS block",
            "write `-----BEGIN CMS-----` (SOL004 4.3.6)",
        )
        findings.error("signature-invalid", path, message, hint)
    if begin and not _END.fullmatch(content, begin.start()):
        hint = "it was changed after it was signed"
        findings.error("signature-invalid", path, "goes on after its signature", hint)
    end = begin.start() if begin else len(content)
    listed = blocks.parse(content[:end], path, Findings())
    return Manifest(
        path,
        entry,
        content[:end],
        content[end:],
        _certificates(source, package),
        [block for block in listed if block.values.get("source")],
    )


def artifacts(source: Source, manifest: Manifest, findings: Findings) -> Iterator[Signed]:
    """The files of the package that are signed one by one."""
    for block in manifest.blocks:
        if block.values.get("signature") and _is_whole(source, block, manifest, findings):
            paths = _paths(block)
            certificate = paths.get("certificate")
            yield Signed(
                paths["source"],
                source.read(paths["signature"]),
                [functools.partial(source.open, paths["source"])],
                source.read(certificate) if certificate else b"",
            )


def check_covered(source: Source, manifest: Manifest, findings: Findings) -> None:
    """A file without a hash in the signed manifest is guarded by nothing."""
    guarded = {manifest.path, posixpath.splitext(manifest.path)[0] + ".cert"}
    for block in manifest.blocks:
        paths = _paths(block)
        guarded |= {paths[key] for key in ("signature", "certificate") if key in paths}
        if block.values.get("hash") and "://" not in block.values["source"]:
            guarded.add(paths["source"])
    hint = f"add Source, Algorithm and Hash to {manifest.path} and sign again"
    for name in sorted(set(source.sizes) - guarded):
        # TOSCA.meta is often left out; then the manifest's name says which descriptor counts, too
        if name == meta.META and _stem(manifest.entry) == _stem(manifest.path):
            findings.warning("csar-unlisted", name, "has no hash in the signed manifest", hint)
        else:
            message = "has no hash in the signed manifest: anybody may change it"
            findings.error("signature-uncovered", name, message, hint)


def _forms(text: bytes) -> Iterator[bytes]:
    """The manifest as tools sign it.

    With or without the end of the last line, with LF or (S/MIME) CRLF."""
    lines = text.replace(b"\r\n", b"\n")
    bare = lines.rstrip(b"\n")
    crlf = [form.replace(b"\n", b"\r\n") for form in (lines, bare, bare + b"\n")]
    yield from dict.fromkeys([text, bare, bare + b"\n", *crlf])


def _certificates(source: Source, package: Package) -> bytes:
    """The file that TOSCA.meta names, else the one called as the manifest; b"" without."""
    keys = package.metadata
    name = keys.get("ETSI-Entry-Certificate") or keys.get("Entry-Certificate", "")
    paths = [posixpath.normpath(name), posixpath.splitext(package.manifest_path)[0] + ".cert"]
    return next((source.read(path) for path in paths if path in source.sizes), b"")


def _paths(block: Block) -> dict[str, str]:
    """The files that a block names, by what they are to it."""
    return {
        key: posixpath.normpath(block.values[key])
        for key in ("source", "signature", "certificate")
        if block.values.get(key)
    }


def _is_whole(source: Source, block: Block, manifest: Manifest, findings: Findings) -> bool:
    """Whether the artifact, its signature and certificate are there."""
    paths = _paths(block)
    for key, path in paths.items():
        if path not in source.sizes:
            message = f"names {path} as the {key} of {paths['source']}; it is not there"
            findings.error("signature-missing", manifest.path, message, "sign the package again")
            return False
    return True


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]
