# SPDX-License-Identifier: Apache-2.0
"""Without root: a user namespace of the agent's own is the host.

A holder process keeps the user, network and mount namespaces; agent, `exec` and `sweep` enter them.
Its network is as empty as a fresh machine's, its /run is private, so that `ip netns` works. A
holder that is gone is a reboot."""

import os
import shutil
import subprocess
import sys

from dataplane_agent import kernel, processes, state

# The private /run shows what the real one has (sockets of the user's session), and adds an empty
# netns folder.
HOLD = """
new=$1/run; mkdir -p "$new" && mount -t tmpfs tmpfs "$new" || exit 1
for entry in /run/* ; do
  name=${entry#/run/}; [ "$name" = netns ] && continue
  if [ -L "$entry" ]; then cp -P "$entry" "$new/" 2>/dev/null
  elif [ -d "$entry" ]; then mkdir "$new/$name" && mount --rbind "$entry" "$new/$name" 2>/dev/null
  elif [ -e "$entry" ]; then : > "$new/$name" && mount --bind "$entry" "$new/$name" 2>/dev/null
  fi
done
mkdir "$new/netns" && mount --rbind "$new" /run && umount -l "$new" && rmdir "$new" || exit 1
ip link set lo up || exit 1
echo ready
exec sleep infinity
"""


def enter(folder: str, argv: list[str], how: str = "auto", make: bool = True) -> None:
    """Go on in the holder's namespaces, by starting `argv` anew in there; returns where that is not
    needed, or done.

    `make`: start a holder if there is none (otherwise return: nothing is held). Raises
    kernel.Failed."""
    if os.environ.get("MANO_HOLDER") or how == "no" or (how == "auto" and os.geteuid() == 0):
        return
    holder = holder_of(folder) or (_hold(folder) if make else 0)
    if not holder:
        return
    source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    path = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "MANO_HOLDER": f"{holder} {_started(holder)}", "PYTHONPATH": path}
    command = [sys.executable, "-P", "-m", "dataplane_agent", *argv[1:]]
    os.execvpe(
        "nsenter",
        [
            "nsenter",
            "--target",
            str(holder),
            "--user",
            "--net",
            "--mount",
            "--preserve-credentials",
            f"--wd={os.getcwd()}",
            "--",
            *command,
        ],
        environment,
    )


def holder_of(folder: str) -> int:
    """The holder's pid; 0 if it is gone (a pid that another process got since does not count)."""
    record = state.load(folder, "holder.json") or {}
    pid = int(record.get("pid", 0))
    return pid if pid and record.get("started") == _started(pid) else 0


def release(folder: str) -> None:
    """End the holder, and with it all that was in its namespaces but processes."""
    pid = holder_of(folder)
    if pid:
        os.kill(pid, 9)
    for name in ("holder.json", "holder.log"):
        if os.path.exists(f"{folder}/{name}"):
            os.unlink(f"{folder}/{name}")


def _hold(folder: str) -> int:
    for program in ("unshare", "nsenter", "ip"):
        if not shutil.which(program):
            raise kernel.MissingProgram(program)
    processes.end(
        processes.of_state(folder)
    )  # of a holder that is gone: seen from here, not from in there
    with open(f"{folder}/holder.log", "wb") as log:
        process = subprocess.Popen(
            [
                "unshare",
                "--user",
                "--map-root-user",
                "--net",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                HOLD,
                "hold",
                folder,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            cwd="/",
        )
    assert process.stdout
    if process.stdout.readline() != b"ready\n":
        process.kill()
        reason = kernel.read(f"{folder}/holder.log") or "no reason given"
        raise kernel.Failed(
            f"no user namespace with a network of its own: {reason}. "
            "Without root the agent needs user namespaces "
            "(sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces, "
            "kernel.apparmor_restrict_unprivileged_userns); or run it as root."
        )
    state.save(folder, "holder.json", {"pid": process.pid, "started": _started(process.pid)})
    return process.pid


def _started(pid: int) -> str:
    """When a process started, in clock ticks since boot; "" where there is none."""
    fields = kernel.read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return fields[19] if fields and fields[0] not in "ZX" else ""
