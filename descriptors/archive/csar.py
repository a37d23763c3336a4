# SPDX-License-Identifier: Apache-2.0
"""A CSAR opened: a zip, one that wraps a CSAR with its signature, a folder or a single YAML file.

Only entries whose names are safe are handed out; what is not safe is a finding."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import typing
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from descriptors.archive.sources import CHUNK, Folder, Single, Source
from descriptors.archive.zips import DAMAGE, Zip
from descriptors.findings import Findings, Stop, words
from descriptors.package import File, Limits

INSIDE = "!/"  # between an archive and a file in it, where findings name both
SIGNATURES = (".cms", ".sig", ".p7s", ".p7b", ".p7m")
CERTIFICATES = (".cert", ".crt", ".pem", ".cer")
_IN_MEMORY = 32 * CHUNK  # bytes of an inner CSAR


def open_source(
    path: str | Path, limits: Limits | None = None, findings: Findings | None = None
) -> Source:
    """The package's files.

    Raises Stop, with the reason in `findings`, where there is nothing to read."""
    path, limits = Path(path), limits or Limits()
    findings = Findings() if findings is None else findings
    if path.is_dir():
        return Folder(path, limits, findings)
    head = _head(path, findings)
    is_yaml = path.suffix in (".yaml", ".yml") or b"tosca_definitions_version" in head
    if is_yaml and not head.startswith(b"PK"):
        return Single(path)
    return _unwrapped(Zip(path.name, path, limits, findings), limits, findings)


def inside(names: Iterable[str]) -> list[str]:
    """The CSARs in a zip with these files that wraps one; [] where the zip is the package."""
    if any(name.endswith((".yaml", ".yml", ".meta")) for name in names):
        return []
    return [name for name in names if "/" not in name and name.endswith((".csar", ".zip"))]


def digests(source: Source, findings: Findings) -> list[File]:
    """Every file with its sha-256.

    One that cannot be unpacked is a finding and is left out of the source."""
    files = []
    for path, size in sorted(source.sizes.items()):
        try:
            files.append(File(path, size, source.digest(path)))
        except DAMAGE as error:
            _damaged(path, error, findings)
            del source.sizes[path]
    return files


def _head(path: Path, findings: Findings) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise OSError("is neither a file nor a folder")
        with path.open("rb") as stream:
            return stream.read(4096)
    except OSError as error:
        hint = "check the path and its permissions"
        findings.error("csar-unreadable", path.name, words(error), hint)
        raise Stop from error


def _unwrapped(outer: Zip, limits: Limits, findings: Findings) -> Zip:
    """The CSAR inside, where the zip wraps a CSAR with its signature (SOL004 5.1, option 2)."""
    csars = inside(outer.sizes)
    if not csars:
        return outer
    beside = sorted(set(outer.sizes) - {csars[0]})
    _check_wrapping(outer, csars, beside, findings)
    try:
        inner = Zip(csars[0], _copy(outer, csars[0]), limits, findings)
    except DAMAGE as error:
        _damaged(csars[0], error, findings)
        raise Stop from error
    finally:
        outer.close()
    inner.wrapped = beside
    return inner


def _check_wrapping(outer: Zip, csars: list[str], beside: list[str], findings: Findings) -> None:
    if len(csars) > 1 or not any(name.endswith(SIGNATURES) for name in beside):
        findings.error(
            "csar-option2",
            outer.name,
            f"holds {', '.join(sorted(outer.sizes)[:8])}",
            "one CSAR, its signature (.cms) and, if not inside of that, the certificate",
        )
    for name in beside:
        if name not in csars and not name.endswith((*SIGNATURES, *CERTIFICATES)):
            message = f"{name} is no CSAR, signature or certificate"
            findings.error("csar-option2", outer.name, message, "remove it")


def _copy(outer: Zip, name: str) -> IO[bytes]:
    """The file as one that can be read in any order; a large one lies on disk, without a name."""
    with contextlib.ExitStack() as undo:
        copy = undo.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))
        with outer.open(name) as stream:
            shutil.copyfileobj(stream, copy, CHUNK)
        copy.seek(0)
        undo.pop_all()
        return typing.cast(IO[bytes], copy)


def _damaged(path: str, error: Exception, findings: Findings) -> None:
    message = f"cannot be unpacked: {words(error)}"
    findings.error("csar-corrupt", path, message, "build the package again")
