# SPDX-License-Identifier: Apache-2.0
"""`sign`: a CSAR signed in its manifest (SOL004 5.1, option 1) or as a whole (option 2).

Artifacts of it may be signed one by one as well."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from descriptors import outputs
from descriptors.archive import cms, csar, meta, openssl, signed_manifest, verifying, zips
from descriptors.archive.signed_manifest import SigningError
from descriptors.archive.sources import Source
from descriptors.findings import Findings, Stop
from descriptors.package import Package, Trust

__all__ = ["Identity", "SigningError", "sign"]


@dataclass(frozen=True)
class Identity:
    """Who signs: PEM files.

    `embed`: the certificate travels in the signature, else in a file beside it; `passphrase`: a
    file with that of the key."""

    key: Path
    certificate: Path
    chain: Path | None = None
    embed: bool = True
    passphrase: Path | None = None

    def sign(self, content: bytes) -> bytes:
        """A detached signature. Raises SigningError."""
        return self.sign_file(io.BytesIO(content))

    def sign_file(self, content: IO[bytes]) -> bytes:
        """The same of a stream."""
        try:
            return cms.sign(
                content, self.key, self.certificate, self.chain, self.embed, self.passphrase
            )
        except cms.Unusable as error:
            raise SigningError(f"{self.key} and {self.certificate} cannot sign: {error}") from error
        except openssl.NoOpenssl as error:
            raise SigningError(str(error)) from error

    def certificates(self) -> bytes:
        """The certificate, and those between it and its authority."""
        return self.certificate.read_bytes() + (self.chain.read_bytes() if self.chain else b"")


def sign(
    package: Path, identity: Identity, out: Path, option: int = 1, artifacts: Sequence[str] = ()
) -> Path:
    """Signs a CSAR; gives the path written.

    That is `out`, or in the directory `out` the name of the CSAR (option 2: with .zip; beside the
    CSAR itself: with .signed). `artifacts`: patterns of files in the package to sign one by one as
    well (option 1). Raises SigningError, OutputError where `out` must be kept."""
    out = _file_in(out, package, option) if out.is_dir() else out
    inputs = [package, *filter(None, (identity.key, identity.certificate, identity.chain))]
    with outputs.replacing(out, [*inputs, *filter(None, (identity.passphrase,))], True) as partial:
        if option == 2:
            _wrap(package, identity, partial)
        else:
            _rewrite(package, identity, artifacts, partial)
        _check(partial)
    return out


def _file_in(folder: Path, package: Path, option: int) -> Path:
    """The result's file in a folder: not the package itself, which stays unsigned."""
    path = folder / f"{package.stem}{'.zip' if option == 2 else package.suffix}"
    if path.exists() and path.samefile(package):
        return path.with_name(f"{package.stem}.signed{path.suffix}")
    return path


def _check(signed: Path) -> None:
    """What is signed must be accepted."""
    findings = verifying.verify(signed, Trust("require")).findings
    errors = [str(finding) for finding in findings if finding.severity == "error"]
    if errors:
        raise SigningError("what was signed would not be accepted: " + "; ".join(errors))


def _wrap(package: Path, identity: Identity, out: Path) -> None:
    """Option 2: a zip with the CSAR, its signature and, where needed, the certificate."""
    with _opened(package):
        pass
    with package.open("rb") as stream:
        signature = identity.sign_file(stream)
    files: dict[str, bytes | Path] = {
        f"{package.stem}.csar": package,
        f"{package.stem}.cms": signature,
    }
    if not identity.embed:
        files[f"{package.stem}.cert"] = identity.certificates()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, item in files.items():
            zips.add(archive, name, item, 0o644)


def _rewrite(package: Path, identity: Identity, artifacts: Sequence[str], out: Path) -> None:
    """Option 1: the same package with a signed manifest."""
    contents, findings = Package(), Findings()
    with _opened(package) as source:
        if not isinstance(source, zips.Zip):
            raise _no_csar(package)
        try:
            meta.locate(source, contents, findings)
        except Stop as error:
            raise SigningError("; ".join(map(str, findings))) from error
        if not contents.manifest_path or any(item.severity == "error" for item in findings):
            reasons = "; ".join(str(item) for item in findings) or "it has no manifest"
            raise SigningError(f"{package} cannot be signed: {reasons}")
        changes = signed_manifest.changes(source, contents.manifest_path, identity, artifacts)
        _write(source, changes, out)


@contextmanager
def _opened(package: Path) -> Iterator[Source]:
    """The package's files until the end of the block. Raises SigningError where it is no CSAR."""
    findings = Findings()
    try:
        source = csar.open_source(package, findings=findings)
    except Stop as error:
        raise SigningError("; ".join(map(str, findings))) from error
    try:
        if source.single or source.wrapped:
            raise _no_csar(package)
        yield source
    finally:
        source.close()


def _no_csar(package: Path) -> SigningError:
    return SigningError(f"{package} is no plain CSAR: build it first")


def _write(source: zips.Zip, changes: dict[str, bytes], out: Path) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted({*source.sizes, *changes}, key=lambda path: (path != meta.META, path)):
            mode = source.mode(path) if path in source.sizes else 0o644
            if path in changes:
                zips.add(archive, path, changes[path], mode)
            else:
                zips.add(archive, path, source.open(path), mode, source.sizes[path])
