# SPDX-License-Identifier: Apache-2.0
"""The files of a package, from a zip, a folder or a single YAML file, without ever unpacking to
disk.

A `Source` only hands out entries whose names are safe; what is not safe is a finding. Sizes are
those the zip states: zipfile never delivers more than that of what is stored or deflated, so the
limits hold before a byte is unpacked."""

from __future__ import annotations

import contextlib
import hashlib
import posixpath
import shutil
import stat
import struct
import tempfile
import typing
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from descriptors.findings import Findings, Stop, words
from descriptors.package import File, Limits, raising

CHUNK = 1 << 20
INSIDE = "!/"  # between an archive and a file in it, where findings name both
ALGORITHMS = {
    "sha-256": "sha256",
    "sha-512": "sha512",
    "sha-384": "sha384",
    "sha-224": "sha224",
    "md5": "md5",
}
SIGNATURES = (".cms", ".sig", ".p7s", ".p7b", ".p7m")
CERTIFICATES = (".cert", ".crt", ".pem", ".cer")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class Source:
    """Files by their path inside the package. `name` is what findings say, `single`: it is one YAML
    file."""

    def __init__(self, name: str, sizes: dict[str, int], single: bool = False) -> None:
        self.name, self.sizes, self.single = name, sizes, single
        self.wrapped: list[
            str
        ] = []  # files beside the CSAR in the zip that wraps it (SOL004 option 2)
        self._digests: dict[tuple[str, str], str] = {}

    def open(self, path: str) -> IO[bytes]:
        raise NotImplementedError

    def close(self) -> None:
        """Lets go of the archive."""

    def read(self, path: str) -> bytes:
        """The whole content of a (small) file."""
        with self.open(path) as stream:
            return b"".join(
                iter(lambda: stream.read(CHUNK), b"")
            )  # in pieces: a zip may lie about its sizes

    def digest(self, path: str, algorithm: str = "sha-256") -> str:
        """The hash in hex; `algorithm` is one of ALGORITHMS."""
        key = (path, algorithm)
        if key not in self._digests:
            state = hashlib.new(ALGORITHMS[algorithm])
            with self.open(path) as stream:
                while chunk := stream.read(CHUNK):
                    state.update(chunk)
            self._digests[key] = state.hexdigest()
        return self._digests[key]


class Zip(Source):
    """A zip whose names, links, number and sizes were checked."""

    def __init__(
        self, name: str, file: Path | IO[bytes], limits: Limits, findings: Findings
    ) -> None:
        self._file = file
        self._entries: dict[str, zipfile.ZipInfo] = {}
        with contextlib.ExitStack() as undo:  # what is refused is not left open
            if not isinstance(file, Path):
                undo.callback(file.close)
            self._zip = _open_zip(name, file, findings)
            undo.callback(self._zip.close)
            infos = self._zip.infolist()
            _check_overlap(name, infos, self._zip.start_dir, findings)
            _check_limits(name, infos, limits, findings)
            for info in infos:
                if not info.filename.endswith("/") and _is_safe(info, self._entries, findings):
                    self._entries[posixpath.normpath(info.filename)] = info
            super().__init__(name, {name: info.file_size for name, info in self._entries.items()})
            undo.pop_all()

    def open(self, path: str) -> IO[bytes]:
        return self._zip.open(self._entries[path])

    def mode(self, path: str) -> int:
        """0o755 for what is executable, else 0o644."""
        return 0o755 if self._entries[path].external_attr >> 16 & 0o111 else 0o644

    def close(self) -> None:
        self._zip.close()
        if not isinstance(self._file, Path):
            self._file.close()


class Folder(Source):
    """A directory tree; links are not followed."""

    def __init__(self, path: Path, limits: Limits, findings: Findings) -> None:
        self._root = path
        sizes: dict[str, int] = {}
        total = 0
        for item in sorted(path.rglob("*")):
            name = item.relative_to(path).as_posix()
            if item.is_symlink():
                findings.error(
                    "csar-symlink", name, "a symbolic link", "put the file itself into the package"
                )
            elif not item.is_dir() and not item.is_file():
                findings.error(
                    "csar-unsafe-path",
                    name,
                    "is neither a file nor a folder",
                    "leave it out of the package",
                )
            elif item.is_file():
                sizes[name] = item.stat().st_size
                total += sizes[name]
            if len(sizes) > limits.entries or total > limits.total:
                limit = "entries" if len(sizes) > limits.entries else "total"
                findings.error(
                    "csar-limit",
                    path.name,
                    f"the limit `{limit}` of {getattr(limits, limit)} is exceeded",
                    raising(limit),
                )
                raise Stop
        super().__init__(path.name, sizes)

    def open(self, path: str) -> IO[bytes]:
        return (self._root / path).open("rb")


class Single(Source):
    """One YAML file, seen as a package of that file alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(path.name, {path.name: path.stat().st_size}, single=True)

    def open(self, path: str) -> IO[bytes]:
        return self._path.open("rb")


def open_source(
    path: str | Path, limits: Limits | None = None, findings: Findings | None = None
) -> Source:
    """The package's files. Raises Stop, with the reason in `findings`, where there is nothing to
    read."""
    path, limits = Path(path), limits or Limits()
    findings = Findings() if findings is None else findings
    if path.is_dir():
        return Folder(path, limits, findings)
    try:
        if path.exists() and not path.is_file():
            raise OSError("is neither a file nor a folder")
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        findings.error(
            "csar-unreadable", path.name, words(error), "check the path and its permissions"
        )
        raise Stop from error
    if not head.startswith(b"PK") and (
        path.suffix in (".yaml", ".yml") or b"tosca_definitions_version" in head
    ):
        return Single(path)
    return _unwrapped(Zip(path.name, path, limits, findings), limits, findings)


def inside(names: Iterable[str]) -> list[str]:
    """The CSARs in a zip with these files that wraps one; [] where the zip is the package
    itself."""
    if any(name.endswith((".yaml", ".yml", ".meta")) for name in names):
        return []
    return [name for name in names if "/" not in name and name.endswith((".csar", ".zip"))]


def _unwrapped(outer: Zip, limits: Limits, findings: Findings) -> Zip:
    """The CSAR inside, where the zip is one that wraps a CSAR with its signature (SOL004 5.1,
    option 2)."""
    inner = inside(outer.sizes)
    if not inner:
        return outer
    beside = sorted(set(outer.sizes) - {inner[0]})
    if len(inner) > 1 or not any(name.endswith(SIGNATURES) for name in beside):
        findings.error(
            "csar-option2",
            outer.name,
            f"holds {', '.join(sorted(outer.sizes)[:8])}",
            "one CSAR, its signature (.cms) and, if not inside of that, the certificate",
        )
    for name in beside:
        if name not in inner and not name.endswith((*SIGNATURES, *CERTIFICATES)):
            findings.error(
                "csar-option2",
                outer.name,
                f"{name} is no CSAR, signature or certificate",
                "remove it",
            )
    try:
        found = Zip(inner[0], _copied(outer, inner[0]), limits, findings)
    except _BROKEN as error:
        findings.error(
            "csar-corrupt",
            inner[0],
            f"cannot be unpacked: {words(error)}",
            "build the package again",
        )
        raise Stop from error
    finally:
        outer.close()
    found.wrapped = beside
    return found


def _copied(outer: Zip, name: str) -> IO[bytes]:
    """The file as one that can be read in any order: in memory, from 32 MiB on in a file without a
    name."""
    copy = tempfile.SpooledTemporaryFile(32 * CHUNK)
    with outer.open(name) as stream:
        shutil.copyfileobj(stream, copy, CHUNK)
    copy.seek(0)
    return typing.cast(IO[bytes], copy)


def digests(source: Source, findings: Findings) -> list[File]:
    """Every file with its sha-256; one that cannot be unpacked is a finding and is left out of the
    source."""
    files = []
    for path, size in sorted(source.sizes.items()):
        try:
            files.append(File(path, size, source.digest(path)))
        except _BROKEN as error:
            findings.error(
                "csar-corrupt",
                path,
                f"cannot be unpacked: {words(error)}",
                "build the package again",
            )
            del source.sizes[path]
    return files


def _open_zip(name: str, file: Path | IO[bytes], findings: Findings) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (*_BROKEN, struct.error) as error:
        if _head(file) == b"PK\x03\x04":
            findings.error(
                "csar-truncated",
                name,
                f"begins as a zip but has no readable directory: {words(error)}",
                "upload the whole file again",
            )
        else:
            findings.error(
                "csar-not-a-zip",
                name,
                "is neither a zip nor a TOSCA YAML file",
                "a CSAR is a zip archive (SOL004 4.1)",
            )
        raise Stop from error


def _head(file: Path | IO[bytes]) -> bytes:
    if isinstance(file, Path):
        with file.open("rb") as stream:
            return stream.read(4)
    file.seek(0)
    return file.read(4)


def _check_limits(
    name: str, infos: list[zipfile.ZipInfo], limits: Limits, findings: Findings
) -> None:
    """The three limits of a zip bomb."""
    total, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    before = len(findings)
    if len(infos) > limits.entries:
        findings.error(
            "csar-limit",
            name,
            f"{len(infos)} entries, the limit `entries` is {limits.entries}",
            raising("entries"),
        )
    if total > limits.total:
        findings.error(
            "csar-limit",
            name,
            f"{total} bytes unpacked, the limit `total` is {limits.total}",
            raising("total"),
        )
    for path, size, small in [
        (info.filename, info.file_size, info.compress_size) for info in infos
    ] + [(name, total, packed)]:
        if size > 16 * 2**20 and size > limits.ratio * max(small, 1):
            findings.error(
                "csar-limit",
                path,
                f"unpacks to {size // max(small, 1)} times its size, the limit `ratio` is {limits.ratio}",
                raising("ratio"),
            )
    if len(findings) > before:
        raise Stop


def _check_overlap(
    name: str, infos: list[zipfile.ZipInfo], directory: int, findings: Findings
) -> None:
    """Entries that share bytes of the archive unpack to more than any ratio tells. `directory` is
    where its entries end."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    for info, after in zip(
        ordered, [*(info.header_offset for info in ordered[1:]), directory], strict=False
    ):
        encoded = info.orig_filename.encode(
            "utf-8" if info.flag_bits & 0x800 else "cp437", "replace"
        )
        if info.header_offset + 30 + len(encoded) + info.compress_size > after:
            findings.error(
                "csar-overlap",
                name,
                f"{_shown(info.filename)} goes on where another file begins",
                "build the package again",
            )
            raise Stop


def _shown(name: str) -> str:
    """A name without what a terminal would obey."""
    return "".join(
        letter if letter.isprintable() and letter.isascii() else ascii(letter)[1:-1]
        for letter in name[:200]
    )


def _is_safe(info: zipfile.ZipInfo, seen: dict[str, zipfile.ZipInfo], findings: Findings) -> bool:
    raw = getattr(info, "orig_filename", info.filename)
    parts = raw.replace("\\", "/").split("/")
    shown, kind = _shown(raw), stat.S_IFMT(info.external_attr >> 16)
    leads_out = (
        raw.startswith(("/", "\\"))
        or ".." in parts
        or "\\" in raw
        or "\0" in raw
        or raw[1:2] == ":"
    )
    if leads_out or not raw or posixpath.normpath(raw) == ".":
        findings.error(
            "csar-unsafe-path",
            shown,
            "leads out of the package",
            "paths in a CSAR are relative and have no `..`",
        )
    elif not raw.isprintable() or any(
        len(part.encode("utf-8", "surrogatepass")) > 255 for part in parts
    ):
        findings.error(
            "csar-unsafe-path",
            shown,
            "no file can be called so",
            "use printable characters, at most 255 bytes each",
        )
    elif kind == stat.S_IFLNK:
        findings.error(
            "csar-symlink", shown, "a symbolic link", "put the file itself into the package"
        )
    elif kind not in (0, stat.S_IFREG):
        findings.error(
            "csar-unsafe-path",
            shown,
            "is neither a file nor a folder",
            "leave it out of the package",
        )
    elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        findings.error(
            "csar-method",
            shown,
            f"is compressed by method {info.compress_type}",
            "store or deflate it (SOL004 4.1)",
        )
    elif info.flag_bits & 1:
        findings.error(
            "csar-encrypted",
            shown,
            "is encrypted in the zip",
            "SOL004 encrypts files by CMS, not by zip",
        )
    elif posixpath.normpath(raw) in seen:
        findings.error(
            "csar-duplicate",
            shown,
            "is twice in the archive",
            "which of the two counts cannot be told",
        )
    else:
        return True
    return False
