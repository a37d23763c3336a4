# SPDX-License-Identifier: Apache-2.0
"""The system calls that no VNFC may make, by libseccomp.

A deny list: what DPDK and ordinary programs call stays allowed. What the cage's own making calls
(mount, chroot, unshare, setns) is not in it; those take rights that a VNFC has not, and new user
namespaces, which would give them, are refused."""

import errno
import importlib
import threading
from types import ModuleType
from typing import Any

CLONE_NEWUSER = 0x10000000
DENIED = (
    "acct",
    "add_key",
    "bpf",
    "clock_adjtime",
    "clock_settime",
    "delete_module",
    "finit_module",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "name_to_handle_at",
    "nfsservctl",
    "open_by_handle_at",
    "perf_event_open",
    "quotactl",
    "quotactl_fd",
    "reboot",
    "request_key",
    "settimeofday",
    "swapoff",
    "swapon",
    "syslog",
    "sysfs",
    "uselib",
    "userfaultfd",
    "ustat",
    "vhangup",
)
ABSENT = (
    "libseccomp and its Python binding are not both here: apt-get install libseccomp2, "
    "pip install pyseccomp"
)


def denial() -> Any:
    """The filter; its `load` takes these calls from the thread that calls it, and for ever from
    what it starts. None where there is no libseccomp: the feature `seccomp` says so."""
    library = _library()
    if library is None:
        return None
    calls = library.SyscallFilter(defaction=library.ALLOW)
    refused = library.ERRNO(errno.EPERM)
    new_user = library.Arg(0, library.MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER)
    for name in ("unshare", "clone"):
        calls.add_rule(refused, name, new_user)
    # Its flags are in memory, where no filter looks; libraries then take `clone`.
    calls.add_rule(library.ERRNO(errno.ENOSYS), "clone3")
    for name in DENIED:
        if library.resolve_syscall(library.Arch.NATIVE, name) != UNKNOWN:
            calls.add_rule(refused, name)
    return calls


def probe() -> str:
    """Why calls cannot be denied here; "" where they can."""
    calls, errors = denial(), list[str]()
    if calls is None:
        return ABSENT

    def attempt() -> None:
        try:
            calls.load()
        except OSError as e:
            errors.append(f"seccomp: {e.strerror}")

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    return "".join(errors[:1])


UNKNOWN = -1  # a call that this kernel's libseccomp does not know


def _library() -> ModuleType | None:
    try:
        return importlib.import_module("pyseccomp")
    except (ImportError, OSError, RuntimeError):  # of the library that it is a binding of, too
        return None
