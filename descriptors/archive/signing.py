# SPDX-License-Identifier: Apache-2.0
"""`sign`: a CSAR signed in its manifest (SOL004 5.1, option 1) or as a whole (option 2), and
artifacts one by one."""

from __future__ import annotations

import fnmatch
import hashlib
import io
import posixpath
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from descriptors.archive import building, cms, csar, meta, verifying
from descriptors.findings import Findings, Stop
from descriptors.package import Package, Trust


class SigningError(Exception):
    """The package cannot be signed; says why."""


@dataclass(frozen=True)
class Identity:
    """Who signs: PEM files. `embed`: the certificate travels in the signature, else in a file
    beside it; `passphrase`: a file with that of the key."""

    key: Path
    certificate: Path
    chain: Path | None = None
    embed: bool = True
    passphrase: Path | None = None

    def sign(self, content: bytes) -> bytes:
        """A detached signature. Raises SigningError."""
        return self.sign_file(io.BytesIO(content))

    def sign_file(self, content: io.BufferedIOBase) -> bytes:
        """The same of a stream."""
        try:
            return cms.sign(
                content,  # type: ignore[arg-type]
                self.key,
                self.certificate,
                self.chain,
                self.embed,
                self.passphrase,
            )
        except cms.Unusable as error:
            raise SigningError(f"{self.key} and {self.certificate} cannot sign: {error}") from error
        except cms.Missing as error:
            raise SigningError(str(error)) from error

    def certificates(self) -> bytes:
        """The certificate, and those between it and its authority."""
        return self.certificate.read_bytes() + (self.chain.read_bytes() if self.chain else b"")


def sign(
    package: Path, identity: Identity, out: Path, option: int = 1, artifacts: Sequence[str] = ()
) -> Path:
    """Signs a CSAR; gives the path written: `out`, or in the directory `out` the CSAR's name
    (option 2: with .zip).

    `artifacts`: patterns of files in the package to sign one by one as well (option 1). Raises
    SigningError."""
    suffix = ".zip" if option == 2 else package.suffix
    out = out / f"{package.stem}{suffix}" if out.is_dir() else out
    partial = out.with_name(out.name + ".part")
    try:
        if option == 2:
            _wrap(package, identity, partial)
        else:
            _rewrite(package, identity, artifacts, partial)
        if wrong := [
            item
            for item in verifying.verify(partial, Trust("require")).findings
            if item.severity == "error"
        ]:
            raise SigningError(
                "what was signed would not be accepted: " + "; ".join(map(str, wrong))
            )
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return out


def _wrap(package: Path, identity: Identity, out: Path) -> None:
    """Option 2: a zip with the CSAR, its signature and, where that does not hold it, the
    certificate."""
    findings = Findings()
    try:
        source = csar.open_source(package, findings=findings)
    except Stop as error:
        raise SigningError("; ".join(map(str, findings))) from error
    source.close()
    if source.single or source.wrapped:
        raise SigningError(f"{package} is no plain CSAR: build it first")
    with package.open("rb") as stream:
        signature = identity.sign_file(stream)
    beside: dict[str, bytes | Path] = {
        f"{package.stem}.csar": package,
        f"{package.stem}.cms": signature,
    }
    if not identity.embed:
        beside[f"{package.stem}.cert"] = identity.certificates()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, item in beside.items():
            building.add(archive, name, item, 0o644)


def _rewrite(package: Path, identity: Identity, artifacts: Sequence[str], out: Path) -> None:
    """Option 1: the same package with a signed manifest."""
    found, findings = Package(), Findings()
    try:
        source = csar.open_source(package, findings=findings)
    except Stop as error:
        raise SigningError("; ".join(map(str, findings))) from error
    try:
        if source.single or source.wrapped or not isinstance(source, csar.Zip):
            raise SigningError(f"{package} is no plain CSAR: build it first")
        meta.locate(source, found, findings)
        if not found.manifest_path or any(item.severity == "error" for item in findings):
            why = "; ".join(str(item) for item in findings) or "it has no manifest"
            raise SigningError(f"{package} cannot be signed: {why}")
        _write(source, _signed(source, found, identity, artifacts), out)
    except Stop as error:
        raise SigningError("; ".join(map(str, findings))) from error
    finally:
        source.close()


def _signed(
    source: csar.Zip, found: Package, identity: Identity, artifacts: Sequence[str]
) -> dict[str, bytes]:
    """The files that change or are new: manifest, TOSCA.meta, signatures and certificates."""
    manifest = re.split(r"^-----BEGIN", _text(source, found.manifest_path), maxsplit=1, flags=re.M)[
        0
    ]
    changed: dict[str, bytes] = {}
    chosen = [
        path
        for path in sorted(source.sizes)
        if any(fnmatch.fnmatch(path, pattern) for pattern in artifacts)
        and path not in (found.manifest_path, meta.META)
        and not path.endswith((*csar.SIGNATURES, *csar.CERTIFICATES))
    ]
    for path in chosen:
        changed[f"{path}.sig.cms"] = identity.sign_file(source.open(path))  # type: ignore[arg-type]
        if not identity.embed:
            changed[f"{path}.cert"] = identity.certificates()
    for pattern in artifacts:
        if not any(fnmatch.fnmatch(path, pattern) for path in chosen):
            raise SigningError(f"no file of the package is called {pattern}")
    if not identity.embed:
        certificate = posixpath.splitext(found.manifest_path)[0] + ".cert"
        changed[certificate] = identity.certificates()
    if meta.META in source.sizes:  # hashed as well: it says which descriptor counts
        changed[meta.META] = (
            source.read(meta.META)
            if identity.embed
            else _named(_text(source, meta.META), certificate)
        )
    for path in chosen:
        manifest = _with_signature(manifest, path, identity.embed)
    for path, content in changed.items():
        manifest = _with_hash(manifest, path, content)
    for path in sorted(source.sizes):
        if path != found.manifest_path and not _block(path).search(manifest):
            manifest = _with_hash(manifest, path, source.read(path))
    text = (manifest.rstrip("\n") + "\n").encode()
    return {**changed, found.manifest_path: text + identity.sign(text)}


def _text(source: csar.Source, path: str) -> str:
    """A file of lines, with LF. Raises SigningError where it is no UTF-8."""
    try:
        return source.read(path).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SigningError(f"{path} is not UTF-8: write it anew") from error


def _named(text: str, certificate: str) -> bytes:
    """TOSCA.meta with ETSI-Entry-Certificate in its first block."""
    kept = re.sub(r"^(ETSI-)?Entry-Certificate:.*\n?", "", text, flags=re.M | re.I)
    block, rest = (re.split(r"\n\s*\n", kept.rstrip("\n"), maxsplit=1) + [""])[:2]
    return (
        f"{block}\nETSI-Entry-Certificate: {certificate}\n" + (f"\n{rest}\n" if rest else "")
    ).encode()


def _block(path: str) -> re.Pattern[str]:
    """The lines of the manifest about a file."""
    return re.compile(
        rf"^[ \t]*Source[ \t]*:[ \t]*(?:\./)?{re.escape(path)}[ \t]*\n(?:(?![ \t]*Source[ \t]*:)[ \t]*\S.*\n?)*",
        re.M | re.I,
    )


def _with_signature(manifest: str, path: str, embedded: bool) -> str:
    lines = f"Signature: {path}.sig.cms\n" + ("" if embedded else f"Certificate: {path}.cert\n")

    def extended(match: re.Match[str]) -> str:
        kept = re.sub(r"^[ \t]*(Signature|Certificate):.*\n?", "", match[0], flags=re.M | re.I)
        return f"{kept.rstrip()}\n{lines}"

    text, times = _block(path).subn(extended, manifest, count=1)
    if not times:
        raise SigningError(f"{path} is not listed in the manifest: build the package again")
    return text


def _with_hash(manifest: str, path: str, content: bytes) -> str:
    """The manifest with the file's hash, in the place of an earlier one."""
    block = f"Source: {path}\nAlgorithm: SHA-256\nHash: {hashlib.sha256(content).hexdigest()}\n"
    text, times = _block(path).subn(lambda match: block, manifest)
    if times:
        return text
    before, sets, after = manifest.partition(
        "non_mano_artifact_sets:"
    )  # what follows these would be of the last set
    return f"{before.rstrip()}\n\n{block}\n{sets}{after}"


def _write(source: csar.Zip, changed: dict[str, bytes], out: Path) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted({*source.sizes, *changed}, key=lambda path: (path != meta.META, path)):
            building.add(
                archive,
                path,
                changed[path] if path in changed else source.open(path),
                source.mode(path) if path in source.sizes else 0o644,
                len(changed.get(path, b"")) or source.sizes[path],
            )
