# SPDX-License-Identifier: Apache-2.0
"""The contract of the port towards VIMs, on each implementation."""
from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import scripted_agent
from mano import store
from mano.bus import local
from mano.lcm.threads import Threads
from mano.vim import contract, port, simulated
from vim_baremetal import service, settings
from vim_baremetal.vim import BareMetal


class TestSimulated(contract.VimContract):
    """No time passes."""

    @pytest.fixture
    def vim(self, kept: store.Store) -> port.Vim:
        return simulated.Simulated(kept, "vim-1")


class TestSimulatedWithDelay(contract.VimContract):
    """Everything takes a while."""

    @pytest.fixture
    def vim(self, kept: store.Store) -> port.Vim:
        made = simulated.Simulated(kept, "vim-1")
        made.configure({"extra": {"delay": 0.1}})
        return made


class TestBareMetal(contract.VimContract):
    """Bare metal as far as its agent's messages: the agent is scripted."""

    @pytest.fixture
    def vim(self, kept: store.Store) -> Iterator[port.Vim]:
        threads = Threads(3)
        carrier = local.Local(threads, elsewhere=lambda message: None)
        running = service.build(kept, carrier, threads)
        threads.start()
        running.start()
        agent = scripted_agent.ScriptedAgent(carrier, "host-1")
        running.verbs["add_host"]({"id": "1", "operation": "add_host", "body": {"vim": "vim-baremetal", "host": "host-1"},
                                   "reply_to": "", "reply_key": ""})
        agent.hello()
        vim = BareMetal(kept, settings.Settings(), settings.NAME)
        for _ in range(200):
            if vim.capacity()[0]["state"] == "ENABLED":
                break
            time.sleep(0.02)
        yield vim
        running.stop()
        threads.stop()
