# SPDX-License-Identifier: Apache-2.0
"""Room for uploads: each has a limit, all together a quota, and the disks keep a reserve."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

from mano.problems import Problem
from mano.rest.settings import Settings
from mano.store import Transaction


class TooLarge(Problem):
    """An upload of more than one may have."""

    def __init__(self, limit: int):
        detail = f"The upload is larger than the {limit} bytes that are taken (MANO_UPLOAD_LIMIT)."
        super().__init__(413, detail)


class Wanted(Exception):
    """A handler has come to the upload, which was not read yet."""


class Unread(io.BytesIO):
    """In the place of an upload: so whether it is taken is known before it is read."""

    def read(self, size: int | None = -1) -> bytes:
        raise Wanted


class Room:
    """What uploads may take of the disks that this process sees; used by one event loop."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self._promised = 0  # bytes, to uploads that are under way

    @contextlib.contextmanager
    def of(self, headers: dict[str, str]) -> Iterator[int]:
        """Promises room to the upload that begins so, and gives how much: 0 where it does not say
        its size. TooLarge, or Problem 507 without room."""
        length = headers.get("content-length", "")
        size = int(length) if length.isdigit() else 0
        if size > self.settings.upload_limit:
            raise TooLarge(self.settings.upload_limit)
        self.check(size)
        self._promised += size
        try:
            yield size
        finally:
            self._promised -= size

    def check(self, size: int) -> None:
        """Problem 507 if so many bytes more would leave less than the reserve."""
        if shortage := self.settings.disks.shortage(self._promised + size):
            raise Problem(507, f"There is no room for the upload: {shortage}.")


def check_quota(tx: Transaction, size: int, quota: int) -> None:
    """Problem 507 if an upload would make all contents together larger than they may be."""
    stored = tx.contents_size()
    if stored + size > quota:
        raise Problem(
            507,
            f"{stored} bytes of packages are stored, and with {size} more they would exceed the "
            f"{quota} that they may take (MANO_UPLOAD_QUOTA); delete packages first.",
        )
