# SPDX-License-Identifier: Apache-2.0
"""What changes in a package whose manifest is signed (SOL004 4.3.6, 5.1).

The manifest, TOSCA.meta, signatures and certificates."""

from __future__ import annotations

import fnmatch
import hashlib
import posixpath
import re
from collections.abc import Sequence
from typing import IO, Protocol

from descriptors.archive import csar, meta
from descriptors.archive.sources import Source


class SigningError(Exception):
    """The package cannot be signed; says why."""


class Signatory(Protocol):
    """Who signs; `embed`: its certificate travels in the signature."""

    @property
    def embed(self) -> bool: ...

    def sign(self, content: bytes) -> bytes: ...

    def sign_file(self, content: IO[bytes]) -> bytes: ...

    def certificates(self) -> bytes: ...


def changes(
    source: Source, path: str, signatory: Signatory, patterns: Sequence[str]
) -> dict[str, bytes]:
    """The files that change or are new, the manifest at `path` signed among them.

    `patterns`: of files to sign one by one. Raises SigningError."""
    text = re.split(r"^-----BEGIN", _text(source, path), maxsplit=1, flags=re.M)[0]
    artifacts = _artifacts(source, path, patterns)
    files = _signatures(source, artifacts, signatory)
    certificate = posixpath.splitext(path)[0] + ".cert"
    if not signatory.embed:
        files[certificate] = signatory.certificates()
    if meta.META in source.sizes:  # hashed as well: it says which descriptor counts
        files[meta.META] = source.read(meta.META)
        if not signatory.embed:
            files[meta.META] = _with_certificate(_text(source, meta.META), certificate)
    for artifact in artifacts:
        text = _with_signature(text, artifact, signatory.embed)
    for name, content in files.items():
        text = _with_hash(text, name, content)
    for name in sorted(source.sizes):
        if name != path and not _lines_about(name).search(text):
            text = _with_hash(text, name, source.read(name))
    manifest = (text.rstrip("\n") + "\n").encode()
    return {**files, path: manifest + signatory.sign(manifest)}


def _artifacts(source: Source, manifest: str, patterns: Sequence[str]) -> list[str]:
    """The files that the patterns name; each must name some."""
    signable = [
        path
        for path in sorted(source.sizes)
        if path not in (manifest, meta.META)
        and not path.endswith((*csar.SIGNATURES, *csar.CERTIFICATES))
    ]
    for pattern in patterns:
        if not fnmatch.filter(signable, pattern):
            raise SigningError(f"no file of the package is called {pattern}")
    return [
        path for path in signable if any(fnmatch.fnmatch(path, pattern) for pattern in patterns)
    ]


def _signatures(source: Source, artifacts: Sequence[str], signatory: Signatory) -> dict[str, bytes]:
    files = {}
    for path in artifacts:
        with source.open(path) as stream:
            files[f"{path}.sig.cms"] = signatory.sign_file(stream)
        if not signatory.embed:
            files[f"{path}.cert"] = signatory.certificates()
    return files


def _text(source: Source, path: str) -> str:
    """A file of lines, with LF. Raises SigningError where it is no UTF-8."""
    try:
        return source.read(path).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SigningError(f"{path} is not UTF-8: write it anew") from error


def _with_certificate(text: str, certificate: str) -> bytes:
    """TOSCA.meta with ETSI-Entry-Certificate in its first block."""
    without = re.sub(r"^(ETSI-)?Entry-Certificate:.*\n?", "", text, flags=re.M | re.I)
    block, *others = re.split(r"\n\s*\n", without.rstrip("\n"), maxsplit=1)
    lines = [block, f"ETSI-Entry-Certificate: {certificate}", *(f"\n{other}" for other in others)]
    return ("\n".join(lines) + "\n").encode()


def _lines_about(path: str) -> re.Pattern[str]:
    """The lines of the manifest about a file."""
    source = rf"^[ \t]*Source[ \t]*:[ \t]*(?:\./)?{re.escape(path)}[ \t]*\n"
    others = r"(?:(?![ \t]*Source[ \t]*:)[ \t]*\S.*\n?)*"
    return re.compile(source + others, re.M | re.I)


def _with_signature(manifest: str, path: str, embedded: bool) -> str:
    lines = f"Signature: {path}.sig.cms\n" + ("" if embedded else f"Certificate: {path}.cert\n")

    def extended(match: re.Match[str]) -> str:
        earlier = r"^[ \t]*(Signature|Certificate):.*\n?"
        without = re.sub(earlier, "", match[0], flags=re.M | re.I)
        return f"{without.rstrip()}\n{lines}"

    text, times = _lines_about(path).subn(extended, manifest, count=1)
    if not times:
        raise SigningError(f"{path} is not listed in the manifest: build the package again")
    return text


def _with_hash(manifest: str, path: str, content: bytes) -> str:
    """The manifest with the file's hash, in the place of an earlier one."""
    block = f"Source: {path}\nAlgorithm: SHA-256\nHash: {hashlib.sha256(content).hexdigest()}\n"
    text, times = _lines_about(path).subn(lambda match: block, manifest)
    if times:
        return text
    # what follows the sets would be of the last one
    before, sets, after = manifest.partition("non_mano_artifact_sets:")
    return f"{before.rstrip()}\n\n{block}\n{sets}{after}"
