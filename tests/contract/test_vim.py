# SPDX-License-Identifier: Apache-2.0
"""The contract of the port towards VIMs, on each implementation."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import scripted_agent

from mano import bus
from mano.bus import local, sockets
from mano.service import Service
from mano.store import Store
from mano.threads import Threads
from mano.vim import contract, port, simulated
from vim_baremetal import service, settings
from vim_baremetal.vim import BareMetal

HOST = "host-1"
NEEDED = ("netns", "veth", "bridge", "nft_bridge")
PATHS = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


class TestSimulated(contract.VimContract):
    """No time passes."""

    @pytest.fixture
    def vim(self, store: Store) -> port.Vim:
        return simulated.Simulated(store, "vim-1")


class TestSimulatedWithDelay(contract.VimContract):
    """Everything takes a while."""

    @pytest.fixture
    def vim(self, store: Store) -> port.Vim:
        made = simulated.Simulated(store, "vim-1")
        made.configure({"extra": {"delay": 0.1}})
        return made


class TestBareMetal(contract.VimContract):
    """Bare metal as far as its agent's messages: the agent is scripted."""

    @pytest.fixture(scope="class")
    @classmethod
    def vim(cls, new_store: Callable[[], Store]) -> Iterator[port.Vim]:
        threads = Threads(3)
        carrier = local.Local(threads, elsewhere=lambda message: None)
        store = new_store()
        running = started(service.build(store, carrier, threads), threads)
        scripted_agent.ScriptedAgent(carrier, HOST).hello()
        yield enabled(BareMetal(store, settings.Settings(), settings.NAME))
        running.stop()
        threads.stop()


class TestBareMetalWithAgent(contract.VimContract):
    """Bare metal down to this machine's kernel."""

    @pytest.fixture(scope="class")
    @classmethod
    def vim(
        cls, new_store: Callable[[], Store], tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[port.Vim]:
        if os.geteuid():
            pytest.skip("root: namespaces and bridges of this machine")
        folder = tmp_path_factory.mktemp("agent")
        threads = Threads(3)
        ears = sockets.Sockets(folder / "bus", threads)
        store = new_store()
        running = started(service.build(store, ears.carrier(), threads), threads)
        ears.start()
        process = subprocess.Popen(
            [*agent("run", folder), "--host", HOST, "--bus", f"unix://{folder}/bus"], env=PATHS
        )
        try:
            vim = enabled(BareMetal(store, settings.Settings(), settings.NAME))
            missing = [name for name in NEEDED if not vim.capacity()[0]["features"].get(name, True)]
            if missing:
                pytest.skip(f"this kernel lacks {', '.join(missing)}")
            yield vim
            process.kill()
            left = subprocess.run(agent("sweep", folder), capture_output=True, text=True, env=PATHS)
            assert left.returncode == 0, f"left in the kernel: {left.stdout}{left.stderr}"
        finally:
            process.kill()
            process.wait()
            subprocess.run([*agent("sweep", folder), "--delete"], capture_output=True, env=PATHS)
            running.stop()
            ears.stop()
            threads.stop()


def started(made: Service, threads: Threads) -> Service:
    """The service at work, with a host that is expected."""
    threads.start()
    made.start()
    made.carrier.listen("nfvo", lambda message: None)
    body = {"vim": settings.NAME, "host": HOST}
    made.receiver.deliver(bus.request(settings.NAME, "add_host", body, id="1"))
    return made


def enabled(vim: Any) -> Any:
    """The VIM as soon as its host can be used."""
    until = time.monotonic() + 20
    while vim.capacity()[0]["state"] != "ENABLED":
        assert time.monotonic() < until, vim.capacity()
        time.sleep(0.02)
    return vim


def agent(command: str, folder: pathlib.Path) -> list[str]:
    """The agent's command line; its kernel objects bear a tag that follows from the folder."""
    return [
        sys.executable,
        "-m",
        "dataplane_agent",
        command,
        "--state",
        str(folder / "state"),
        "--rootless",
        "no",
    ]
