# SPDX-License-Identifier: Apache-2.0
"""What a child that reads strangers' packages gives up, as far as the kernel can: the network, and
every file but Python's, the system's and those of one folder.

If a package takes over its parser, it finds nothing there, and nobody to talk to. Linux's own means
for processes without rights: Landlock, and a network namespace; where one is missing, the child
goes without, for its limits and its empty environment stay."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

# linux/sched.h, linux/prctl.h, linux/landlock.h; the calls have these numbers on all machines.
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES = 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE
# By version, what can be restricted of files (one bit for each kind of access); of TCP, of signals.
_FILES = {1: 13, 2: 14, 3: 15, 5: 16}
_TCP_SINCE, _SIGNALS_SINCE = 4, 6

SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ssl", "/etc/ld.so.cache", "/dev/urandom")
_libc = ctypes.CDLL(None, use_errno=True)


def confine(folder: str, also: Iterable[str] = ()) -> None:
    """From now on this process reads and writes `folder`, reads Python, the system's programs and
    what is named `also`, and has no network."""
    _leave_network()
    _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if (version := _libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)) > 0:
        _restrict(version, (*SYSTEM, *_python(), *also), folder)


def _python() -> Iterable[str]:
    """Where modules lie; of the folder above this package only the package: ours may be a
    repository, with secrets in it."""
    package = Path(__file__).resolve().parent
    path = [entry for entry in sys.path if entry and Path(entry).resolve() != package.parent]
    return (sys.prefix, sys.base_prefix, str(package), *path)


def _leave_network() -> None:
    """Into a network namespace without links; who has no rights needs a user namespace for it."""
    if _libc.unshare(_NEW_NETWORK) and os.geteuid():
        _libc.unshare(_NEW_USER | _NEW_NETWORK)


def _restrict(version: int, readable: Iterable[str], folder: str) -> None:
    all_access = (1 << _FILES[max(known for known in _FILES if known <= version)]) - 1
    words = [all_access]
    if version >= _TCP_SINCE:
        words.append(0b11)
    if version >= _SIGNALS_SINCE:
        words.append(0b11)
    attributes = struct.pack(f"={len(words)}Q", *words)
    rules = _libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return
    for path in readable:
        _allow(rules, path, (_EXECUTE | _READ | _LIST) & all_access)
    _allow(rules, "/dev/null", (_READ | _WRITE) & all_access)
    _allow(rules, folder, all_access)
    _libc.syscall(_RESTRICT_SELF, rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, access: int) -> None:
    with contextlib.suppress(OSError):  # what is not there needs no leave
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
        access &= _OF_FILES if not Path(path).is_dir() else access
        rule = struct.pack("=Qi", access, beneath)
        _libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0)
        os.close(beneath)
