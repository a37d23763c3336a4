# SPDX-License-Identifier: Apache-2.0
"""Who may attach as an agent, and what one may say: its own words, of its own host, to VIMs.

What runs in a VNFC may be root on this machine. It is told from an agent by its pid namespace,
which it cannot leave."""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass

import psutil

from mano.bus.message import Message

PREFIX = "agent."  # of an agent's address, before the name of its host
VIMS = "vim-"  # the addresses that it may write to
WORDS = frozenset({"hello", "report", "image"})
_CREDENTIALS = struct.Struct("iII")  # pid, uid, gid


@dataclass(frozen=True)
class Peer:
    """The process at the other end of a connection; a pid alone may be given out again."""

    pid: int
    started: float

    def runs(self) -> bool:
        """Whether it is still there."""
        return _started(self.pid) == self.started


def peer(connection: socket.socket) -> Peer:
    """Who has connected; ValueError for who can be no agent of ours."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, _ = _CREDENTIALS.unpack(credentials)
    if uid not in (os.geteuid(), 0):
        raise ValueError(f"process {pid} is of user {uid}, who may not attach")
    if not _is_beside_us(pid):
        raise ValueError(f"process {pid} is in a pid namespace of its own: it is no agent")
    return Peer(pid, _started(pid))


def address(first: Message | None) -> str:
    """The address as which an agent attaches; ValueError if it is none of an agent."""
    if first is None or first.get("operation") != "attach":
        raise ValueError("the first line must be an attach with the agent's address")
    address = str(first["body"]["address"])
    if not address.startswith(PREFIX) or address == PREFIX:
        raise ValueError(f"{address!r} is not the address of an agent, {PREFIX}<host>")
    return address


def check(address: str, message: Message) -> None:
    """ValueError for what the agent of that address may not send."""
    operation, to, body = message["operation"], message["to"], message["body"]
    if operation not in WORDS or not to.startswith(VIMS) or message.get("reply_to"):
        raise ValueError(f"an agent may not send {operation!r} to {to!r}")
    if not isinstance(body, dict) or body.get("host") != address.removeprefix(PREFIX):
        raise ValueError("an agent speaks of its own host only")


def check_sender(sender: str, message: Message) -> None:
    """The same where a broker says who has sent the message.

    Agents have users of their own, named as their addresses; the users of services, or the one for
    all, are held by the broker to the addresses that they may write to."""
    if not sender:
        raise ValueError("it does not say who has sent it")
    if sender.startswith(PREFIX):
        check(sender, message)


def _is_beside_us(pid: int) -> bool:
    """Whether a process is in our pid namespace."""
    try:
        return os.stat(f"/proc/{pid}/ns/pid").st_ino == os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return False


def _started(pid: int) -> float:
    """When it started; 0.0 where there is no such process."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0.0
