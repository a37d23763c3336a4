# SPDX-License-Identifier: Apache-2.0
"""A VNFC whose image tries to get out of its cage, by all that a shell can do, gets nothing."""

import os
import pathlib
import sys

import pytest

from dataplane_agent.runtimes import cage, calls
from tests.unit.dataplane_agent.vim_side import Vim, compute, needs, network, port, vim

__all__ = ["vim"]

# Each attempt that succeeds leaves a line; what follows `try` is done in a shell of its own.
ATTEMPTS = """#!/bin/sh
exec 2>/dev/null
try() { if sh -c "$2"; then echo "$1"; fi; }
{
  try "the agent's files are read" 'cat %(state)s/desired.json %(state)s/identity.json'
  try "the agent's socket is there" 'test -e %(bus)s'
  try "files of the host's root are read" 'cat /root/.bashrc /root/.profile /etc/shadow'
  try "another process is seen" 'test -d /proc/%(agent)s'
  try "the agent is signalled" 'kill -0 %(agent)s'
  try "the host's namespaces are entered" 'nsenter -t 1 -n -m true && nsenter -t %(agent)s -m true'
  try "another network namespace is entered" 'nsenter --net=/run/netns/%(other)s true'
  try "something is mounted" 'mount -t tmpfs x /tmp || mount --bind /tmp /usr'
  try "the image is written after a remount" 'mount -o remount,rw / || touch $MANO_IMAGE/x'
  try "the root is left" 'chroot /proc/1/root true || pivot_root /tmp /tmp'
  try "a user namespace gives rights" 'unshare --user --map-root-user true'
  try "a namespace is made" 'unshare --mount true'
  try "the kernel is set" 'echo 1 > /proc/sys/kernel/panic'
  try "the kernel is asked to do something" 'echo h > /proc/sysrq-trigger'
  try "the kernel's memory is read" 'head -c 1 /proc/kcore | grep -q .'
  try "the kernel's addresses are read" 'grep -q . /proc/kallsyms'
  try "the kernel's log is read" 'dmesg'
  try "a module is loaded" 'insmod /usr/lib/x.ko || modprobe dummy'
  try "a device is made" 'mknod /tmp/m c 1 1'
  try "another uid is taken" 'setpriv --reuid=0 true && test "$(id -u)" != %(uid)s'
  try "the host's name is set" 'hostname x'
  try "a group is left" 'echo $$ > /sys/fs/cgroup/cgroup.procs'
} > $HOME/escaped
touch $HOME/whole
exec sleep 1000
"""
# What only a program can ask of the kernel: the number of the call, and what refuses it.
CALLS = """import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def says(name, number, *words):
    print(name, "-" if libc.syscall(number, *words) < 0 else "escaped", ctypes.get_errno())
says("bpf", 321, 0, 0, 0)
says("keyctl", 250, 0, 0, 0)
says("perf_event_open", 298, 0, 0, -1, -1, 0)
says("userfaultfd", 323, 1)
says("unshare", 272, 0x10000000)
says("clone3", 435, 0, 0)
"""
# Leaves its session, its parents and its marks behind.
DAEMONS = """#!/bin/sh
(setsid env -i /bin/sh -c 'setsid sleep 98765 & setsid sleep 98765 &' &)
exec sleep 1000
"""


def test_an_image_that_tries_to_escape_gets_nothing(vim: Vim) -> None:
    needs("netns")
    if not cage.uid("", ""):
        pytest.skip("the agent has no rights to another uid")
    if calls.probe():
        pytest.skip(f"seccomp: {calls.probe()}")
    vim.start()
    other = vim.converged({"networks": [network("n1")], "ports": [port("sap", "n1", 9)]})
    assert vim.agent
    words = {
        "state": vim.state,
        "bus": f"{vim.folder}/bus",
        "agent": vim.agent.pid,
        "other": other["resources"]["id-sap"]["namespace"],
        "uid": cage.uid(vim.tag, "id-c"),
    }
    vim.converged(
        {
            "networks": [network("n1")],
            "ports": [port("sap", "n1", 9)],
            "images": [vim.image(ATTEMPTS % words)],
            "computes": [compute("c", [port("p", "n1", 3, "eth")])],
        }
    )
    home = pathlib.Path(vim.state, "computes", "id-c", "home")
    vim.wait((home / "whole").exists)
    assert (home / "escaped").read_text() == ""


def test_calls_that_no_vnfc_needs_are_refused(vim: Vim) -> None:
    needs("netns")
    if calls.probe():
        pytest.skip(f"seccomp: {calls.probe()}")
    if os.uname().machine != "x86_64" or not os.path.exists("/usr/bin/python3"):
        pytest.skip(f"/usr/bin/python3 on x86_64, here {sys.executable} on {os.uname().machine}")
    vim.start()
    run = "#!/bin/sh\n/usr/bin/python3 calls.py > $HOME/said\ntouch $HOME/whole\nexec sleep 1000\n"
    vim.converged(
        {
            "networks": [network("n1")],
            "images": [vim.image(run, more={"calls.py": CALLS})],
            "computes": [compute("c", [port("p", "n1", 3, "eth")])],
        }
    )
    home = pathlib.Path(vim.state, "computes", "id-c", "home")
    vim.wait((home / "whole").exists)
    said = [line.split() for line in (home / "said").read_text().splitlines()]
    assert [word for _, word, _ in said] == ["-"] * 6
    assert [number for *_, number in said] == ["1", "1", "1", "1", "1", "38"]  # EPERM, ENOSYS


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


def test_daemons_that_left_their_session_and_their_marks_end_with_the_cage(vim: Vim) -> None:
    needs("netns")
    document = {
        "networks": [network("n1")],
        "images": [vim.image(DAEMONS)],
        "computes": [compute("c", [port("p", "n1", 2, "eth")])],
    }
    vim.start()
    pid = vim.converged(document)["resources"]["id-c"]["pid"]
    space = os.readlink(f"/proc/{pid}/ns/net")
    vim.wait(lambda: len(running("98765", space)) == 2)
    vim.converged({})
    assert not running("98765", space)
