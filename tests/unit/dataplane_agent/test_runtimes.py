# SPDX-License-Identifier: Apache-2.0
"""The port of runtimes, on each one; and how a process in a namespace tells that it is the main
one."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import time

import pytest
from vim_side import needs

from dataplane_agent import apply, computes, found, names, processes
from dataplane_agent.apply import Toolbox
from dataplane_agent.processes import Process
from dataplane_agent.runtimes import contract


class TestNetns(contract.RuntimeContract):
    """A process in a network namespace."""

    name = "netns"

    @pytest.fixture(autouse=True)
    @staticmethod
    def features() -> None:
        needs("netns")

    @pytest.fixture
    def barrier(self, tmp_path: pathlib.Path) -> str:
        """A file that a process which is started waits at, before it has recorded itself."""
        os.mkfifo(tmp_path / "barrier")
        return str(tmp_path / "barrier")

    def start_at(self, barrier: str, toolbox: Toolbox) -> int:
        """Start, as an agent does that is killed at once; the process waits at the barrier."""
        document = self.document()
        self.prepare(document, toolbox)
        compute = document["computes"][0]
        target = {
            "compute": compute,
            "config": computes.config(compute, document["images"]),
            "space": names.space(toolbox.host.tag, "c"),
            "cpus": (),
        }
        launch = apply.launch(target, toolbox)
        runtime = toolbox.host.runtimes[self.name]
        return runtime.start(dataclasses.replace(launch, joins=(barrier,)))

    def main_now(self, toolbox: Toolbox) -> Process | None:
        return computes.main("c", found.read(toolbox.host, toolbox.state), toolbox.host.tag)

    def test_one_that_nobody_has_recorded_yet_is_ended_and_started_anew(
        self, toolbox: Toolbox, barrier: str
    ) -> None:
        pid = self.start_at(barrier, toolbox)
        assert self.main_now(toolbox) is None
        outcome = self.converge(self.document(), toolbox)
        assert self.main(outcome, toolbox).pid != pid and not os.path.exists(f"/proc/{pid}/exe")

    def test_one_that_records_itself_after_its_agent_is_dead_is_the_main_one(
        self, toolbox: Toolbox, barrier: str
    ) -> None:
        pid = self.start_at(barrier, toolbox)
        with open(barrier) as passed:
            passed.read()
        until = time.monotonic() + contract.PATIENCE
        while not self.main_now(toolbox) and time.monotonic() < until:
            time.sleep(0.01)
        outcome = self.converge(self.document(), toolbox)
        assert outcome.changes == [] and self.main(outcome, toolbox).pid == pid

    def test_a_record_of_a_reused_pid_is_not_believed(self, toolbox: Toolbox) -> None:
        process = self.main(self.converge(self.document(), toolbox), toolbox)
        record = pathlib.Path(processes.record_file(f"{toolbox.state}/computes/c"))
        assert record.read_text() == f"{process.pid} {process.started}\n"
        record.write_text(f"{process.pid} {process.started - 1}\n")
        assert self.main_now(toolbox) is None

    def test_one_without_a_record_is_known_by_its_own_mark(self, toolbox: Toolbox) -> None:
        """Of an agent before there were records, or with the state directory lost."""
        process = self.main(self.converge(self.document(), toolbox), toolbox)
        os.unlink(processes.record_file(f"{toolbox.state}/computes/c"))
        assert self.main_now(toolbox) == process
        assert self.converge(self.document(), toolbox).changes == []
