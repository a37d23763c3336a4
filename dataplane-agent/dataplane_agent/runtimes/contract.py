# SPDX-License-Identifier: Apache-2.0
"""What every runtime must do: a test class that each one's test subclasses (needs pytest, root and
the kernel features that the runtime states).

A subclass states `name`, the entry point's, and may give another `software()`: what an image of the
runtime unpacks to. Its computes have no ports."""

import hashlib
import os
import pathlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any, cast

import pytest

from dataplane_agent import apply, computes, convergence, found, names, processes, runtimes
from dataplane_agent.apply import Toolbox
from dataplane_agent.host import Host
from dataplane_agent.port import Compute, Desired
from dataplane_agent.processes import Process
from dataplane_agent.runtimes import Runtime

RUN = "#!/bin/sh\nexec sleep 1000000\n"
PATIENCE = 20.0  # seconds until something that must happen has happened


class RuntimeContract:
    """Each test has a tag and a state directory of its own, and leaves nothing behind."""

    name: str

    @pytest.fixture
    def runtime(self) -> Runtime:
        """The runtime as the agent finds it."""
        return runtimes.known()[self.name]

    @pytest.fixture
    def toolbox(self, runtime: Runtime, tmp_path: pathlib.Path) -> Iterator[Toolbox]:
        state = str(tmp_path / "state")
        tag = hashlib.sha256(state.encode()).hexdigest()[:4]
        cpus = tuple(sorted(os.sched_getaffinity(0)))
        toolbox = Toolbox(Host(tag, cpus, {}, {}, {self.name: runtime}), state)
        self.software(tmp_path / "state" / "images" / "image")
        yield toolbox
        outcome = convergence.converge({}, toolbox, found.read(toolbox.host, state))
        assert not outcome.rest and outcome.found.empty()

    def software(self, folder: pathlib.Path) -> None:
        """Make an image as it is after unpacking: a program that stays."""
        folder.mkdir(parents=True)
        (folder / "run").write_text(RUN)
        (folder / "run").chmod(0o755)

    def document(self, **attributes: object) -> Desired:
        """One compute."""
        compute: dict[str, Any] = {
            "id": "c",
            "name": "c",
            "runtime": self.name,
            "image": "image",
            "ports": [],
            **attributes,
        }
        image: Any = {"id": "image", "checksum": {"algorithm": "sha-256", "hash": "00"}}
        return {"computes": [cast("Compute", compute)], "images": [image]}

    def converge(self, document: Desired, toolbox: Toolbox) -> convergence.Outcome:
        """As an agent does that has only just started: nothing is remembered."""
        agent = Toolbox(toolbox.host, toolbox.state)
        start = found.read(agent.host, agent.state)
        outcome = convergence.converge(document, agent, start)
        assert not outcome.errors, outcome.errors
        return outcome

    def main(self, outcome: convergence.Outcome, toolbox: Toolbox) -> Process:
        process = computes.main("c", outcome.found, toolbox.host.tag)
        assert process, outcome.found.processes
        return process

    def test_a_compute_has_one_main_process_that_is_ready(self, toolbox: Toolbox) -> None:
        outcome = self.converge(self.document(), toolbox)
        process = self.main(outcome, toolbox)
        assert outcome.rest == [] and toolbox.host.runtimes[self.name].ready(process.pid)
        assert [p.pid for p in outcome.found.processes if p.main] == [process.pid]

    def test_the_next_agent_finds_the_same_and_changes_nothing(self, toolbox: Toolbox) -> None:
        before = self.main(self.converge(self.document(), toolbox), toolbox)
        again = self.converge(self.document(), toolbox)
        assert again.changes == [] and self.main(again, toolbox) == before

    def test_a_process_that_ended_is_not_taken_for_alive(self, toolbox: Toolbox) -> None:
        before = self.main(self.converge(self.document(), toolbox), toolbox)
        os.kill(before.pid, signal.SIGKILL)
        processes.wait({before.pid}, PATIENCE)
        assert computes.main("c", found.read(toolbox.host, toolbox.state), toolbox.host.tag) is None
        after = self.converge(self.document(), toolbox)
        assert after.rest == [] and self.main(after, toolbox).pid != before.pid

    def test_another_configuration_is_another_process(self, toolbox: Toolbox) -> None:
        before = self.main(self.converge(self.document(), toolbox), toolbox)
        outcome = self.converge(self.document(userData={"changed": True}), toolbox)
        after = self.main(outcome, toolbox)
        assert after.pid != before.pid and not os.path.exists(f"/proc/{before.pid}/exe")

    def test_dedicated_cpus_are_read_back_where_they_are_honoured(self, toolbox: Toolbox) -> None:
        if "cpus" not in toolbox.host.runtimes[self.name].capabilities.honours:
            pytest.skip(f"{self.name} does not honour cpus")
        cpu = max(toolbox.host.cpus)
        outcome = self.converge(self.document(cpus=[cpu]), toolbox)
        assert self.main(outcome, toolbox).cpus == (cpu,)

    def test_a_compute_that_is_desired_no_more_leaves_no_process(self, toolbox: Toolbox) -> None:
        process = self.main(self.converge(self.document(), toolbox), toolbox)
        outcome = self.converge({}, toolbox)
        assert outcome.found.empty() and not os.path.exists(f"/proc/{process.pid}/exe")

    def test_an_agent_killed_at_any_line_of_a_start_leaves_what_the_next_one_sorts_out(
        self, toolbox: Toolbox
    ) -> None:
        """In each turn one line later, until a start comes through; then what is there must become
        one main process, and nothing beside it but what that has begun."""
        document = self.document()
        for line in range(1, 1000):
            self.converge({"images": document["images"]}, toolbox)
            self.prepare(document, toolbox)
            came_through = self.start_and_die(document["computes"][0], toolbox, line)
            outcome = self.converge(document, toolbox)
            process = self.main(outcome, toolbox)
            assert outcome.rest == []
            assert [p.pid for p in outcome.found.processes if p.main] == [process.pid]
            assert all(p.started >= process.started for p in outcome.found.processes)
            if came_through:
                break
        assert line > 1

    def prepare(self, document: Desired, toolbox: Toolbox) -> None:
        """All that is before a start: the namespace."""
        paused = found.read(toolbox.host, toolbox.state)
        convergence.converge(
            document, Toolbox(toolbox.host, toolbox.state), paused, lambda a: a.tool != "start"
        )

    def start_and_die(self, compute: Compute, toolbox: Toolbox, line: int) -> bool:
        """Start in a process of its own that kills itself before the given line of `start` is run;
        True where `start` has fewer."""
        runtime, host = toolbox.host.runtimes[self.name], toolbox.host
        target = {
            "compute": compute,
            "config": computes.config(compute, self.document()["images"]),
            "space": names.space(host.tag, compute["id"]),
            "cpus": (),
        }
        child = os.fork()
        if not child:
            try:
                launch = apply.launch(target, toolbox)
                sys.settrace(_killer(runtime.start.__code__, line))  # type: ignore[attr-defined]
                runtime.start(launch)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) == 0


def _killer(code: object, line: int) -> Any:
    """Traces one function, and kills the process before its n-th line."""
    lines = iter(range(line - 1, -1, -1))

    def trace_line(frame: FrameType, event: str, argument: object) -> Any:
        if event == "line" and next(lines) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace_line

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        return trace_line if frame.f_code is code else None

    return trace
