# SPDX-License-Identifier: Apache-2.0
"""The cage of a VNFC: what it sees of the host, and what it may; how it is closed."""

import json
import os
import pathlib
import subprocess

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
# What the way into a cage is made of.
WAY = [
    "nsenter",
    "taskset",
    "sh",
    "unshare",
    "chmod",
    "mount",
    "mkdir",
    "ln",
    "cp",
    "umount",
    "pivot_root",
    "chroot",
    "setpriv",
    "env",
]


def one(vim: Vim, run: str, **more: str) -> Document:
    return {
        "networks": [network("n1")],
        "images": [vim.image(run, more={f"bin/{name}": script for name, script in more.items()})],
        "computes": [compute("c", [port("p", "n1", 2, "eth")])],
    }


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


def test_a_home_made_before_there_were_cages_becomes_the_vnfcs_own(vim: Vim) -> None:
    needs("netns")
    home = pathlib.Path(vim.state, "computes", "id-c", "home")
    home.mkdir(parents=True)
    (home / "state").write_text(json.dumps({}))
    (home / "state").chmod(0o600)
    vim.start()
    vim.converged(one(vim, "#!/bin/sh\necho >> $HOME/state || exit 3\nexec sleep 1000\n"))
    assert (home / "state").stat().st_uid == home.stat().st_uid == cage.uid(vim.tag, "id-c")


def test_no_program_of_an_image_runs_before_the_cage_is_closed(vim: Vim) -> None:
    needs("netns")
    evil = f"#!/bin/sh\necho $0 >> {vim.folder}/escaped\nexit 9\n"
    tool = "#!/bin/sh\necho tool > $HOME/tool\n"
    document = one(
        vim, "#!/bin/sh\ntool\nexec /bin/sleep 1000\n", tool=tool, **dict.fromkeys(WAY, evil)
    )
    document["computes"][0]["cpus"] = [max(os.sched_getaffinity(0))]
    vim.start()
    vim.converged(document)
    vim.wait(pathlib.Path(vim.state, "computes", "id-c", "home", "tool").exists)
    assert not os.path.exists(f"{vim.folder}/escaped")


@pytest.mark.parametrize("program", [*["mount", "mkdir", "chmod", "ln", "cp", "umount"], ""])
def test_whatever_of_a_cage_fails_is_told_in_words(tmp_path: pathlib.Path, program: str) -> None:
    """By a program that refuses, or ("") by a file that cannot be made."""
    needs("netns")
    for folder in ("root", "image", "home", "bin"):
        (tmp_path / folder).mkdir()
    refusal = tmp_path / "bin" / (program or "none")
    refusal.write_text('#!/bin/sh\n[ "$1" = -R ] && exit 0\necho refused by $0 >&2\nexit 3\n')
    refusal.chmod(0o755)
    cage.prepare(str(tmp_path), str(tmp_path / "image"), 0)
    (tmp_path / "day0.json").touch()
    inside = [cage.ENTER, "cage", str(tmp_path / "root"), str(tmp_path), "1", "true"]
    answer = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "--propagation", "private", "sh", "-c", *inside],
        env={
            "PATH": f"{tmp_path}/bin:{os.environ['PATH']}",
            "HOME": str(tmp_path / "home"),
            "MANO_IMAGE": str(tmp_path / "image"),
            "MANO_DAY0": str(tmp_path / ("day0.json" if program else "home")),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    *reasons, last = answer.stderr.splitlines()
    assert (answer.returncode, last) == (126, "the cage of the VNFC cannot be made"), answer
    assert reasons and (not program or f"refused by {refusal}" in reasons)
