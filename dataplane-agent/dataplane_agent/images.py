# SPDX-License-Identifier: Apache-2.0
"""Software images: fetched in chunks from the VIM, checked, unpacked with care to `images/<id>`."""

import base64
import hashlib
import os
import shutil
from typing import Any

from dataplane_agent import names

ENTRIES, BYTES = 20_000, 4 << 30  # what an image may unpack to
AGAIN, LATER = 2.0, 5.0  # seconds until a chunk, or a bad image, is asked for again


class Bad(Exception):
    """An image that cannot be used, and why."""


class Fetcher:
    """Which images are being asked for, and which were bad; one request for each at a time."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.bad: dict[str, tuple[str, float]] = {}  # image -> why, when
        self.asked: dict[str, tuple[int, float]] = {}  # image -> offset, when

    def requests(self, wanted: list[dict[str, Any]], now: float) -> list[tuple[str, int]]:
        """The (image, offset) to ask for now: not what was asked for just now, nor what was bad a
        while ago."""
        for gone in set(self.bad) - {i["id"] for i in wanted}:
            del self.bad[gone]
        due = []
        for image in wanted:
            want = offset(self.state, image["id"])
            asked, when = self.asked.get(image["id"], (-1, 0.0))
            if (asked != want or now - when > AGAIN) and now - self.bad.get(
                image["id"], ("", -1e9)
            )[1] > LATER:
                self.asked[image["id"]] = (want, now)
                due.append((image["id"], want))
        return due

    def take(self, wanted: list[dict[str, Any]], chunk: dict[str, Any], now: float) -> None:
        """Take a chunk of an image that is wanted; a bad image is kept in mind, and asked for again
        later."""
        for image in (i for i in wanted if i["id"] == chunk.get("id")):
            try:
                add(self.state, image, chunk)
                self.bad.pop(image["id"], None)
            except (Bad, OSError, ValueError, KeyError) as e:
                self.bad[image["id"]] = (f"image {image['id']} cannot be used: {e}", now)


def part(state: str, image: str) -> str:
    """The file an image is collected in."""
    return f"{state}/images/{names.folder(image)}.part"


def offset(state: str, image: str) -> int:
    """How many bytes of an image are here."""
    try:
        return os.path.getsize(part(state, image))
    except OSError:
        return 0


def add(state: str, image: dict[str, Any], chunk: dict[str, Any]) -> bool:
    """Take a chunk {"offset", "content": base64, "last"}; True when the image is whole, checked and
    unpacked.

    A chunk for another offset than the one awaited is a repetition and changes nothing. Raises
    Bad."""
    file = part(state, image["id"])
    os.makedirs(f"{state}/images", exist_ok=True)
    if chunk["offset"] != offset(state, image["id"]):
        return False
    with open(file, "ab") as f:
        f.write(base64.b64decode(chunk["content"]))
    if not chunk.get("last"):
        return False
    try:
        _check(file, image)
        _unpack(file, f"{state}/images/{names.folder(image['id'])}")
    finally:
        os.unlink(file)
    return True


def _check(file: str, image: dict[str, Any]) -> None:
    checksum = image.get("checksum") or {}
    algorithm = str(checksum.get("algorithm", "")).lower().replace("-", "")
    if algorithm not in ("sha224", "sha256", "sha384", "sha512"):
        raise Bad(
            f"checksum algorithm {checksum.get('algorithm')!r} is not one of SHA-224, -256, -384, -512"
        )
    with open(file, "rb") as f:
        found = hashlib.file_digest(f, algorithm).hexdigest()
    if found != str(checksum.get("hash", "")).lower():
        raise Bad(f"its {checksum['algorithm']} is {found}, not {checksum.get('hash')}")


def _unpack(file: str, folder: str) -> None:
    """Unpack beside and rename, so that a folder is there as a whole or not at all."""
    import tarfile  # only while an image arrives: an idle agent stays small

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


def _entry(archive: Any, member: Any, folder: str) -> None:
    """Unpack one entry: a file, a directory, or a link that stays inside; owned by us, never
    writable by others."""
    parts = [p for p in member.name.split("/") if p not in ("", ".")]
    if ".." in parts or member.name.startswith("/"):
        raise Bad(f"entry {member.name!r} leads out of the image")
    target = os.path.join(folder, *parts)
    root = os.path.realpath(folder)
    if (
        os.path.commonpath([os.path.realpath(os.path.dirname(target) if parts else target), root])
        != root
    ):
        raise Bad(f"entry {member.name!r} leads out of the image through a link")
    if member.isdir():
        os.makedirs(target, exist_ok=True)
        return
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if member.issym():
        aim = os.path.normpath(os.path.join(os.path.dirname(target), member.linkname))
        if (
            member.linkname.startswith("/")
            or os.path.commonpath([aim, os.path.normpath(folder)]) != folder
        ):
            raise Bad(f"link {member.name!r} leads out of the image")
        os.symlink(member.linkname, target)
    elif member.isreg() or member.islnk():
        source = archive.extractfile(member)
        with open(target, "xb") as f:
            shutil.copyfileobj(source, f)
        os.chmod(target, 0o755 if member.mode & 0o111 else 0o644)
    else:
        raise Bad(f"entry {member.name!r} is neither file, directory nor link")
