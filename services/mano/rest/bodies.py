# SPDX-License-Identifier: Apache-2.0
"""The body of a request: read in the event loop, before a thread or a transaction is taken.

So a client that sends half of it, or a byte now and then, holds nothing but its connection, and
that not for long."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import io
import tempfile
from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO, cast

from mano.problems import Problem
from mano.rest.settings import Settings
from mano.rest.uploads import Room, TooLarge

Receive = Callable[[], Awaitable[Any]]
STEP = 2**24  # bytes of an upload after which it is seen whether there is still room
IN_MEMORY = 2**20  # bytes of an upload; what is larger lies in a nameless file


class TooSlow(Problem):
    """The client did not send its body at the rate that it must."""

    def __init__(self, settings: Settings, size: int):
        super().__init__(
            408,
            f"{size} bytes of the body came in time: after {settings.body_seconds:g} s it must come"
            f" at {settings.body_rate} bytes/s or more. Nothing was changed; repeat the request.",
            headers={"Connection": "close"},
        )


async def read(receive: Receive, settings: Settings, limit: int) -> BinaryIO:
    """A body that is small enough to be held; of one that is not, just enough to see that."""
    body = io.BytesIO()
    await _copy(receive, settings, body, limit)
    return body


async def spool(receive: Receive, settings: Settings, room: Room) -> BinaryIO:
    """An upload, within its limit and where there is room for it; the caller closes it."""
    # Nameless where it is on the disk: a process that is killed leaves nothing.
    body = cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115
    try:
        size = await _copy(receive, settings, body, settings.upload_limit, room)
        if size > settings.upload_limit:
            raise TooLarge(settings.upload_limit)
    except OSError as error:
        with contextlib.suppress(OSError):  # what is still in its buffer has no room either
            body.close()
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Problem(
            507,
            f"The upload does not fit on the disk of {tempfile.gettempdir()}; make room there.",
        ) from error
    except BaseException:
        body.close()
        raise
    return body


async def _copy(
    receive: Receive, settings: Settings, body: BinaryIO, limit: int, room: Room | None = None
) -> int:
    """Copies the body, or what is just more than the limit of it; its size.

    TooSlow if that takes too long for its size; Problem 507 where the room has an end."""
    begin, size, checked, more = asyncio.get_running_loop().time(), 0, 0, True
    while more and size <= limit:
        deadline = begin + settings.body_seconds + size / settings.body_rate
        try:
            async with asyncio.timeout_at(deadline):
                event = await receive()
        except TimeoutError:
            raise TooSlow(settings, size) from None
        piece = event.get("body", b"")
        body.write(piece)
        size, more = size + len(piece), event.get("more_body", False)
        if room is not None and size - checked >= STEP:
            room.check(0)
            checked = size
    body.seek(0)
    return size
