# SPDX-License-Identifier: Apache-2.0
"""The cage of a VNFC: what it sees of the host, what it may, and that nothing of it is left."""

import json
import os
import pathlib

import pytest
from vim_side import Document, Vim, compute, needs, network, port

from dataplane_agent.runtimes import cage

# Tells what it is like inside, and stays.
LOOK = """#!/bin/sh
{
  id -u; echo /proc/[0-9]*
  for f in /proc/self/ns/pid /proc/self/ns/mnt /proc/self/ns/ipc /proc/self/ns/uts; do
    readlink $f
  done
  grep -E 'NoNewPrivs|CapBnd|CapEff' /proc/self/status
  cat %s /root/* /etc/shadow 2>/dev/null
  touch $MANO_IMAGE/x /usr/x /etc/x 2>/dev/null && echo written
  echo 1 > /proc/sys/net/ipv4/ip_forward && cat /proc/sys/net/ipv4/ip_forward
} > $HOME/look 2>&1
touch $HOME/whole
exec sleep 1000
"""
# Leaves its session, its parents and its marks behind.
ESCAPE = """#!/bin/sh
(setsid env -i /bin/sh -c 'setsid sleep 98765 & setsid sleep 98765 &' &)
exec sleep 1000
"""


def one(vim: Vim, run: str) -> Document:
    return {
        "networks": [network("n1")],
        "images": [vim.image(run)],
        "computes": [compute("c", [port("p", "n1", 2, "eth")])],
    }


def running(word: str, space: str) -> set[str]:
    """The processes in a network namespace that have this word in their command."""
    pids = set()
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = pathlib.Path("/proc", entry, "cmdline").read_bytes().decode().split("\0")
            if word in command and os.readlink(f"/proc/{entry}/ns/net") == space:
                pids.add(entry)
        except OSError:
            continue
    return pids


def test_a_vnfc_sees_and_may_change_nothing_of_the_host(vim: Vim) -> None:
    needs("netns")
    if not cage.uid("", ""):
        pytest.skip("the agent has no rights to another uid")
    vim.start()
    vim.converged(one(vim, LOOK % f"{vim.state}/desired.json"))
    home = pathlib.Path(vim.state, "computes", "id-c", "home")
    vim.wait((home / "whole").exists)
    uid, seen, pid, mnt, ipc, uts, *status, forwards = (home / "look").read_text().splitlines()
    assert int(uid) == cage.uid(vim.tag, "id-c") and uid != "0"
    assert "/proc/1" in seen.split() and len(seen.split()) <= 3
    for name, space in {"pid": pid, "mnt": mnt, "ipc": ipc, "uts": uts}.items():
        assert space.startswith(name) and space != os.readlink(f"/proc/self/ns/{name}")
    rights = dict(line.split(":\t") for line in status)
    assert rights == {
        "CapEff": "0000000000003400",
        "CapBnd": "0000000000003400",
        "NoNewPrivs": "1",
    }
    assert forwards == "1"


def test_what_left_its_session_and_its_marks_ends_with_the_cage(vim: Vim) -> None:
    needs("netns")
    vim.start()
    pid = vim.converged(one(vim, ESCAPE))["resources"]["id-c"]["pid"]
    space = os.readlink(f"/proc/{pid}/ns/net")
    vim.wait(lambda: len(running("98765", space)) == 2)
    vim.converged({})
    assert not running("98765", space)


def test_a_home_made_before_there_were_cages_becomes_the_vnfcs_own(vim: Vim) -> None:
    needs("netns")
    home = pathlib.Path(vim.state, "computes", "id-c", "home")
    home.mkdir(parents=True)
    (home / "state").write_text(json.dumps({}))
    (home / "state").chmod(0o600)
    vim.start()
    vim.converged(one(vim, "#!/bin/sh\necho >> $HOME/state || exit 3\nexec sleep 1000\n"))
    assert (home / "state").stat().st_uid == home.stat().st_uid == cage.uid(vim.tag, "id-c")
