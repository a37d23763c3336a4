# SPDX-License-Identifier: Apache-2.0
"""Without root the agent's host is a user namespace of its own; the rest is the same."""

import os
import shutil
import signal
import subprocess
import sys

import click
import pytest
from vim_side import IDLE, Vim, compute, needs, network, port

from dataplane_agent import state

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@pytest.fixture
def user(vim: Vim) -> Vim:
    """A VIM whose agent runs as an unprivileged user."""
    needs("user_namespaces")
    os.chmod(vim.folder, 0o777)
    vim.environment["PYTHONPATH"] += os.pathsep + os.path.dirname(os.path.dirname(click.__file__))
    if os.geteuid() != 0:
        return vim
    for python in (sys.executable, "/usr/bin/python3"):
        tried = subprocess.run(
            [
                *NOBODY,
                "sh",
                "-c",
                f"exec unshare --user --map-root-user --net {python} -c "
                "'import click, dataplane_agent'",
            ],
            env=vim.environment,
            capture_output=True,
            text=True,
        )
        if tried.returncode == 0:
            vim.program = [*NOBODY, python, "-m", "dataplane_agent"]
            return vim
    pytest.skip(
        f"user_namespaces: no Python that an unprivileged user may run in one: {tried.stderr}"
    )


def test_an_unprivileged_user_has_a_host_of_his_own_that_survives_the_agent(user: Vim) -> None:
    user.start()
    document = {
        "networks": [network("n1")],
        "images": [user.image(IDLE)],
        "ports": [port("sap", "n1", 2)],
        "computes": [compute("c", [port("p", "n1", 3, "eth")])],
        "paths": [{"id": "p1", "match": [], "hops": [{"from": ["id-sap"], "to": ["id-p"]}]}],
    }
    before = user.converged(document)
    assert "eth" in user.command("exec", "id-c", "cat", "/proc/net/dev").stdout
    assert before["facts"]["features"]["cgroup_memory"]["why"]
    user.kill()
    user.received.clear()
    user.start()
    after = user.report(lambda r: not r["plan"])
    assert after["resources"]["id-c"]["pid"] == before["resources"]["id-c"]["pid"]

    holder = state.load(user.state, "holder.json")["pid"]
    user.kill()
    os.kill(holder, signal.SIGKILL)
    user.received.clear()
    user.start()
    rebooted = user.report(lambda r: not r["plan"] and r["resources"]["id-c"]["state"] == "ACTIVE")
    assert rebooted["boot"] != before["boot"] and not os.path.exists(
        f"/proc/{before['resources']['id-c']['pid']}/cwd"
    )

    user.kill()
    assert user.command("sweep", "--delete").returncode == 0
    assert not os.path.exists(f"{user.state}/holder.json")
    shutil.rmtree(user.state)
