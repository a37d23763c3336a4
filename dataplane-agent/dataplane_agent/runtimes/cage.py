# SPDX-License-Identifier: Apache-2.0
"""The cage of a VNFC: namespaces of its own that die with their first process, a root of its own,
an uid of its own, and no rights but to its own network.

Its root holds the host's programs and libraries and the image, to be read only, and a private home;
neither the host's files nor its processes are seen in it. Without root the agent's user namespace
is the wall, and the uid stays."""

import ctypes
import os
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from dataplane_agent import names
from dataplane_agent.runtimes import calls

T = TypeVar("T")
CLONE_NEWPID = 0x20000000
SYS_PTRACE = 19  # the capability without which root does not see the marks of another uid's process
FIRST_UID = 0x6D000000
CAPABILITIES = "-all,+net_admin,+net_raw,+net_bind_service"
PROGRAMS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc")
DEVICES = ("null", "zero", "full", "random", "urandom")
FOLDERS = ("proc", "sys", "dev", "run", "tmp", "var/tmp", "var/log", "root")
HIDDEN = (
    "/proc/acpi",
    "/proc/kallsyms",
    "/proc/kcore",
    "/proc/keys",
    "/proc/key-users",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/sys/firmware",
)

# Runs in the new namespaces; what follows it are the words that start the VNFC. Where the agent's
# own container may not pivot_root (Docker's seccomp profile), the root is moved and entered by
# chroot: a VNFC has no right to leave it, and nothing lies above it in its mount namespace.
# Until `env` the programs are the host's: the image's own are looked for in the cage only.
ENTER = f"""
root=$1 folder=$2 main=$3; shift 3
set -e
trap 'echo "the cage of the VNFC cannot be made" >&2; exit 126' EXIT
umask 022
chmod -R go+rX "$MANO_IMAGE" || true
mount -t tmpfs -o mode=755,size=64m cage "$root"
cd "$root"
mkdir -p {" ".join(FOLDERS)} "./$MANO_IMAGE" "./$HOME"
chmod 1777 tmp var/tmp
: > "./$MANO_DAY0"
for d in {" ".join(DEVICES)}; do : > dev/$d; done
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
for p in {" ".join(PROGRAMS)}; do
  if [ -L $p ]; then cp -P $p ./$p; elif [ -d $p ]; then mkdir ./$p; fi
done
mount -a -T "$folder/cage"
umount ./run
if pivot_root . . 2>/dev/null; then umount -l .; else mount --move . /; fi
# MANO_MAIN last, so that nothing bears that mark but the VNFC itself.
exec chroot . "$@" env -C "$MANO_IMAGE" PATH="$MANO_IMAGE/bin:$PATH" MANO_MAIN="$main" ./run
"""


def uid(tag: str, compute: str) -> int:
    """The uid of a compute; 0 where the agent may not have, or could not see, another."""
    return FIRST_UID + int(names.digest(f"{tag} {compute}", 5), 16) if _has_host_rights() else 0


def prepare(folder: str, image: str, owner: int) -> None:
    """Make the compute's folder ready: the table of what is mounted, and a home that is its
    own, also where an agent made it that knew no uids."""
    os.makedirs(f"{folder}/root", exist_ok=True)
    with open(f"{folder}/cage", "w") as f:
        f.writelines(f"{line}\n" for line in _mounts(folder, image))
    home = f"{folder}/home"
    if os.stat(home).st_uid != owner:
        for path, folders, files in os.walk(home):
            for name in folders + files:
                os.lchown(os.path.join(path, name), owner, owner)
        os.chown(home, owner, owner)  # the last one, so that it is done whole or again
    os.chmod(home, 0o700)


def words(owner: int) -> list[str]:
    """The words that take all rights but those to its own network from the program that follows."""
    rights = ["setpriv", "--no-new-privs"]
    if owner:
        rights += [f"--reuid={owner}", f"--regid={owner}", "--clear-groups"]
    rights += [f"--{kind}-caps={CAPABILITIES}" for kind in ("inh", "ambient")]
    return [*rights, f"--bounding-set={CAPABILITIES}"]


def first(start: Callable[[], T]) -> T:
    """Call `start` where the process that it makes is the first of a new pid namespace, and may not
    make the calls that are denied to VNFCs.

    In a thread that ends: there is no way back from either without rights over it."""
    results: list[T] = []
    errors: list[BaseException] = []
    denial = calls.denial()  # here: to find its library it starts programs

    def call() -> None:
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.unshare(CLONE_NEWPID):
                error = ctypes.get_errno()
                raise OSError(error, f"no pid namespace for the VNFC: {os.strerror(error)}")
            if denial:
                denial.load()
            results.append(start())
        except BaseException as e:
            errors.append(e)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _mounts(folder: str, image: str) -> Iterator[str]:
    root = f"{folder}/root"
    yield _line("proc", f"{root}/proc", "proc", "nosuid,nodev,noexec")
    yield _line("sysfs", f"{root}/sys", "sysfs", "ro,nosuid,nodev,noexec")
    for path in PROGRAMS:
        if os.path.isdir(path) and not os.path.islink(path):
            yield _line(path, f"{root}{path}", "none", "rbind,ro,nosuid,nodev")
    for device in DEVICES:
        yield _line(f"/dev/{device}", f"{root}/dev/{device}", "none", "bind")
    yield _line(image, f"{root}{image}", "none", "bind,ro,nosuid,nodev")
    yield _line(f"{folder}/home", f"{root}{folder}/home", "none", "bind,nosuid,nodev")
    day0 = f"{folder}/day0.json"
    yield _line(day0, f"{root}{day0}", "none", "bind,ro,nosuid,nodev")
    # Of the kernel's settings those of its own network may be changed, whatever its uid is.
    yield _line(f"{root}/proc/sys/net", f"{root}/run", "none", "bind")
    yield _line(f"{root}/proc/sys", f"{root}/proc/sys", "none", "bind,ro")
    yield _line(f"{root}/run", f"{root}/proc/sys/net", "none", "bind")
    yield from _masks(root)
    if os.path.exists("/proc/sysrq-trigger"):
        yield _line("/proc/sysrq-trigger", f"{root}/proc/sysrq-trigger", "none", "bind,ro")


def _masks(root: str) -> Iterator[str]:
    """Files and folders of the kernel about the whole host read as empty."""
    for path in HIDDEN:
        if os.path.isdir(path):
            yield _line("hidden", f"{root}{path}", "tmpfs", "ro,nosuid,nodev,noexec,size=4k")
        elif os.path.exists(path):
            yield _line("/dev/null", f"{root}{path}", "none", "bind")


def _line(*fields: str) -> str:
    """A line of a table as mount reads it (fstab(5))."""
    escaped = [
        f.replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011") for f in fields
    ]
    return " ".join([*escaped, "0", "0"])


def _has_host_rights() -> bool:
    with open("/proc/self/status") as f:
        rights = next(int(line.split()[1], 16) for line in f if line.startswith("CapEff:"))
    with open("/proc/self/uid_map") as f:
        whole = f.read().split()[:3] == ["0", "0", "4294967295"]
    return whole and bool(rights >> SYS_PTRACE & 1)
