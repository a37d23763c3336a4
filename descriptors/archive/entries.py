# SPDX-License-Identifier: Apache-2.0
"""What entries of a zip may not be: bombs, names that lead out, links, odd compressions.

Sizes are those the zip states: zipfile never delivers more than that of what is stored or deflated,
so the limits hold before a byte is unpacked."""

from __future__ import annotations

import posixpath
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from descriptors.findings import Findings, Stop
from descriptors.package import Limits, raising

Entries = Sequence[zipfile.ZipInfo]

_SMALL = 16 * 2**20  # bytes: up to here any ratio is harmless
_HEADER = 30  # bytes of an entry before its name
_UTF8 = 0x800
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Objection:
    """Why an entry is not taken; `{method}` in the message is its compression."""

    rule: str
    message: str
    hint: str


def objection(entry: zipfile.ZipInfo) -> Objection | None:
    """What is to be said against an entry by itself, None where nothing is."""
    return next((answer for applies, answer in _OBJECTIONS if applies(entry)), None)


def path(entry: zipfile.ZipInfo) -> str:
    """The path of a file in the package: the name normalised, as UTF-8 where its bytes are."""
    return posixpath.normpath(_utf8(entry) or entry.filename)


def has_stated_encoding(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.isascii() or bool(entry.flag_bits & _UTF8)


def _utf8(entry: zipfile.ZipInfo) -> str:
    """The name, where it is UTF-8 and the zip does not say so (Info-ZIP, macOS); else ""."""
    if has_stated_encoding(entry):
        return ""
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return ""


def check_encoding(entry: zipfile.ZipInfo, findings: Findings) -> None:
    """A name whose encoding the zip does not state."""
    if has_stated_encoding(entry):
        return
    read = "UTF-8, which the zip does not say" if _utf8(entry) else "code page 437, as zips have it"
    message = f"the encoding of its name is not stated; it is read as {read}"
    hint = "make the zip with names that are marked as UTF-8"
    findings.by_profile("csar-name-encoding", path(entry), message, hint)


def printable(name: str) -> str:
    """A name without what a terminal would obey."""
    return "".join(
        letter if letter.isprintable() and letter.isascii() else ascii(letter)[1:-1]
        for letter in name[:200]
    )


def check_limits(name: str, entries: Entries, limits: Limits, findings: Findings) -> None:
    """The three limits of a zip bomb. Raises Stop where one is exceeded."""
    count = len(findings)
    for path, limit, message in _exceeded(name, entries, limits):
        findings.error("csar-limit", path, message, raising(limit))
    if len(findings) > count:
        raise Stop


def check_overlap(name: str, entries: Entries, directory: int, findings: Findings) -> None:
    """Entries that share bytes of the archive unpack to more than any ratio tells.

    `directory` is where the entries of the archive end."""
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    ends = [*(entry.header_offset for entry in ordered[1:]), directory]
    for entry, end in zip(ordered, ends, strict=False):  # an empty zip has one end and no entry
        if _end(entry) > end:
            message = f"{printable(entry.filename)} goes on where another file begins"
            findings.error("csar-overlap", name, message, "build the package again")
            raise Stop


def _exceeded(name: str, entries: Entries, limits: Limits) -> Iterator[tuple[str, str, str]]:
    """Path, limit and message of each limit that is."""
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > limits.entries:
        yield name, "entries", f"{len(entries)} entries, the limit `entries` is {limits.entries}"
    if total > limits.total:
        yield name, "total", f"{total} bytes unpacked, the limit `total` is {limits.total}"
    sizes = [(entry.filename, entry.file_size, entry.compress_size) for entry in entries]
    for path, size, small in [*sizes, (name, total, packed)]:
        times = size // max(small, 1)
        if size > _SMALL and size > limits.ratio * max(small, 1):
            message = f"unpacks to {times} times its size, the limit `ratio` is {limits.ratio}"
            yield path, "ratio", message


def _end(entry: zipfile.ZipInfo) -> int:
    """Where an entry ends in the archive, at the earliest."""
    encoding = "utf-8" if entry.flag_bits & _UTF8 else "cp437"
    name = entry.orig_filename.encode(encoding, "replace")
    return entry.header_offset + _HEADER + len(name) + entry.compress_size


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    name = entry.orig_filename
    if not name or name.startswith("/") or name[1:2] == ":":
        return True
    return "\0" in name or ".." in name.split("/") or _is_dot(name)


def _is_dot(name: str) -> bool:
    return posixpath.normpath(name) == "."


def _cannot_be_a_name(entry: zipfile.ZipInfo) -> bool:
    name = entry.orig_filename
    longest = max(len(part.encode("utf-8", "surrogatepass")) for part in name.split("/"))
    return not name.isprintable() or longest > 255


def _kind(entry: zipfile.ZipInfo) -> int:
    return stat.S_IFMT(entry.external_attr >> 16)


_OBJECTIONS: tuple[tuple[Callable[[zipfile.ZipInfo], bool], Objection], ...] = (
    (
        lambda entry: "\\" in entry.orig_filename,
        Objection(
            "csar-unsafe-path",
            "has a backslash in its name, as zips made on Windows have",
            "make the zip anew with `/` between folders",
        ),
    ),
    (
        _leads_out,
        Objection(
            "csar-unsafe-path",
            "leads out of the package",
            "paths in a CSAR are relative and have no `..`",
        ),
    ),
    (
        _cannot_be_a_name,
        Objection(
            "csar-unsafe-path",
            "no file can be called so",
            "use printable characters, at most 255 bytes each",
        ),
    ),
    (
        lambda entry: _kind(entry) == stat.S_IFLNK,
        Objection("csar-symlink", "a symbolic link", "put the file itself into the package"),
    ),
    (
        lambda entry: _kind(entry) not in (0, stat.S_IFREG),
        Objection(
            "csar-unsafe-path", "is neither a file nor a folder", "leave it out of the package"
        ),
    ),
    (
        lambda entry: entry.compress_type not in _METHODS,
        Objection(
            "csar-method",
            "is compressed by method {method}",
            "store or deflate it (SOL004 4.1)",
        ),
    ),
    (
        lambda entry: bool(entry.flag_bits & _ENCRYPTED),
        Objection(
            "csar-encrypted",
            "is encrypted in the zip",
            "SOL004 encrypts files by CMS, not by zip",
        ),
    ),
)
