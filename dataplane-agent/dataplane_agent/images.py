# SPDX-License-Identifier: Apache-2.0
"""Software images: fetched in chunks from the VIM, checked, unpacked with care to `images/<id>`."""

import base64
import hashlib
import os
import shutil
from typing import TYPE_CHECKING, Any, cast

from dataplane_agent import names
from dataplane_agent.port import Checksum, Image, ImagePiece

if TYPE_CHECKING:
    import tarfile  # at run time only while an image arrives: an idle agent stays small

ENTRIES, BYTES = 20_000, 4 << 30  # what an image may unpack to
AGAIN, LATER = 2.0, 5.0  # seconds until a chunk, or a bad image, is asked for again


class Bad(Exception):
    """An image that cannot be used, and why."""


class Fetcher:
    """Which images are being asked for, and which were bad; one request for each at a time."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.bad: dict[str, tuple[str, float]] = {}  # image -> why, when
        self.requested: dict[str, tuple[int, float]] = {}  # image -> offset, when

    def requests(self, missing: list[Image], now: float) -> list[tuple[str, int]]:
        """The (image, offset) to ask for now: not what was asked for just now, nor what was bad a
        while ago."""
        identities = [image["id"] for image in missing]
        for obsolete in set(self.bad) - set(identities):
            del self.bad[obsolete]
        due = []
        for identity in identities:
            start = offset(self.state, identity)
            if self._may_request(identity, start, now):
                self.requested[identity] = (start, now)
                due.append((identity, start))
        return due

    def take(self, missing: list[Image], piece: dict[str, Any], now: float) -> None:
        """Take a piece of an image that is missing; a bad image is kept in mind, and asked for
        again later."""
        for image in (image for image in missing if image["id"] == piece.get("id")):
            try:
                add(self.state, image, cast("ImagePiece", piece))
                self.bad.pop(image["id"], None)
            except (Bad, OSError, ValueError, KeyError) as e:
                self.bad[image["id"]] = (f"image {image['id']} cannot be used: {e}", now)

    def _may_request(self, image: str, start: int, now: float) -> bool:
        former, requested = self.requested.get(image, (-1, 0.0))
        _, failed = self.bad.get(image, ("", -1e9))
        return (former != start or now - requested > AGAIN) and now - failed > LATER


def part(state: str, image: str) -> str:
    """The file an image is collected in."""
    return f"{state}/images/{names.folder(image)}.part"


def offset(state: str, image: str) -> int:
    """How many bytes of an image are here."""
    try:
        return os.path.getsize(part(state, image))
    except OSError:
        return 0


def add(state: str, image: Image, piece: ImagePiece) -> bool:
    """Take a piece; True when the image is whole, checked and unpacked.

    A piece for another offset than the one awaited is a repetition and changes nothing. Raises
    Bad."""
    file = part(state, image["id"])
    os.makedirs(f"{state}/images", exist_ok=True)
    if piece["offset"] != offset(state, image["id"]):
        return False
    with open(file, "ab") as f:
        f.write(base64.b64decode(piece["content"]))
    if not piece.get("last"):
        return False
    try:
        _check(file, image.get("checksum") or {"algorithm": "", "hash": ""})
        _unpack(file, f"{state}/images/{names.folder(image['id'])}")
    finally:
        os.unlink(file)
    return True


def _check(file: str, checksum: Checksum) -> None:
    name, expected = checksum.get("algorithm", ""), str(checksum.get("hash", ""))
    algorithm = str(name).lower().replace("-", "")
    if algorithm not in ("sha224", "sha256", "sha384", "sha512"):
        known = "SHA-224, -256, -384, -512"
        raise Bad(f"checksum algorithm {name!r} is not one of {known}")
    with open(file, "rb") as f:
        actual = hashlib.file_digest(f, algorithm).hexdigest()
    if actual != expected.lower():
        raise Bad(f"its {name} is {actual}, not {expected}")


def _unpack(file: str, folder: str) -> None:
    """Unpack beside and rename, so that a folder is there as a whole or not at all."""
    import tarfile

    fresh = f"{folder}.new.part"
    shutil.rmtree(fresh, ignore_errors=True)
    os.makedirs(fresh)
    try:
        with tarfile.open(file, "r:*") as archive:
            size = 0
            for number, member in enumerate(archive):
                size += member.size
                if number >= ENTRIES or size > BYTES:
                    raise Bad(f"it unpacks to more than {ENTRIES} entries or {BYTES >> 30} GiB")
                _entry(archive, member, fresh)
    except (tarfile.TarError, EOFError, OSError) as e:
        shutil.rmtree(fresh, ignore_errors=True)
        raise Bad(f"it does not unpack as a tar archive: {e}") from None
    except Bad:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(fresh, folder)


def _entry(archive: "tarfile.TarFile", member: "tarfile.TarInfo", folder: str) -> None:
    """Unpack one entry: a file, a directory, or a link that stays inside; owned by us, never
    writable by others."""
    parts = [part for part in member.name.split("/") if part not in ("", ".")]
    if ".." in parts or member.name.startswith("/"):
        raise Bad(f"entry {member.name!r} leads out of the image")
    target = os.path.join(folder, *parts)
    parent = os.path.dirname(target) if parts else target
    if not _is_inside(os.path.realpath(parent), os.path.realpath(folder)):
        raise Bad(f"entry {member.name!r} leads out of the image through a link")
    if member.isdir():
        os.makedirs(target, exist_ok=True)
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if member.issym():
        _symlink(member, target, folder)
    elif member.isreg() or member.islnk():
        source = archive.extractfile(member)
        if source is None:
            raise Bad(f"link {member.name!r} leads to no file")
        with open(target, "xb") as f:
            shutil.copyfileobj(source, f)
        os.chmod(target, 0o755 if member.mode & 0o111 else 0o644)
    else:
        raise Bad(f"entry {member.name!r} is neither file, directory nor link")


def _symlink(member: "tarfile.TarInfo", target: str, folder: str) -> None:
    aim = os.path.normpath(os.path.join(os.path.dirname(target), member.linkname))
    if member.linkname.startswith("/") or not _is_inside(aim, os.path.normpath(folder)):
        raise Bad(f"link {member.name!r} leads out of the image")
    os.symlink(member.linkname, target)


def _is_inside(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder
