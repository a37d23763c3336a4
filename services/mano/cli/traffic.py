# SPDX-License-Identifier: Apache-2.0
"""Traffic from a network service's SAP, and what it must show: who answers, what is blocked, which
hops were passed."""

from __future__ import annotations

import json
import pathlib
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from mano.cli import tree
from mano.cli.client import Client
from mano.cli.failures import Failure
from mano.suite import agent, paths

OPEN, FORBIDDEN = 80, 8080
REQUESTS = 20
READY = 10.0  # seconds until the VNFs must have configured themselves
COUNTED = 10.0  # seconds until the agent must have reported the counters
AGAIN = 3.0  # seconds after which requests are sent once more


class Source:
    """Sends from the namespace of a SAP: through this machine's agent, or through a command that
    reaches another's."""

    def __init__(self, data: pathlib.Path, through: str, sap: str):
        local = [
            sys.executable,
            "-m",
            "dataplane_agent",
            "exec",
            "--state",
            str(paths.agent_state(data)),
        ]
        self.command = [*(shlex.split(through) if through else local), sap, "--"]
        self.python = "python3" if through else sys.executable

    def ask(self, address: str, port: int, times: int) -> list[Any]:
        """The answers to so many HTTP requests."""
        script = pathlib.Path(__file__).with_name("probe.py").read_text()
        done = subprocess.run(
            [*self.command, self.python, "-IS", "-c", script, address, str(port), str(times)],
            capture_output=True,
            text=True,
            env=agent.environment(),
        )
        if done.returncode:
            raise Failure(
                f"no traffic could be sent from the SAP: {done.stderr.strip() or done.stdout.strip()}"
            )
        answers: list[Any] = json.loads(done.stdout)
        return answers


def answering(source: Source, address: str, expected: set[str]) -> dict[str, int]:
    """VNFC -> number of answers over the open port; Failure unless all that are expected answer."""
    until = time.monotonic() + READY
    while True:
        answers = source.ask(address, OPEN, REQUESTS)
        names = [answer for answer in answers if isinstance(answer, str)]
        if set(names) == expected and len(names) == len(answers):
            return {name: names.count(name) for name in sorted(expected)}
        if time.monotonic() > until:
            errors = sorted({answer["error"] for answer in answers if isinstance(answer, dict)})
            raise Failure(
                f"HTTP to {address}:{OPEN} must be answered by {', '.join(sorted(expected))}; it was by "
                f"{', '.join(sorted(set(names))) or 'nobody'}{f' ({errors[0]})' if errors else ''}. "
                "See the VNFCs' logs in the agent's state directory, and `mano host plan`."
            )
        time.sleep(0.2)


def blocked(source: Source, address: str) -> str:
    """How the forbidden port refuses; Failure if it answers."""
    answer = source.ask(address, FORBIDDEN, 1)[0]
    if isinstance(answer, str):
        raise Failure(
            f"port {FORBIDDEN} is forbidden, yet {answer} answered there: the firewall does not filter"
        )
    return str(answer["error"])


def counted(
    client: Client, ns: str, before: dict[str, Any], send: Callable[[], object]
) -> dict[str, Any]:
    """The tree once every hop of every path has counted the packets of all requests since `before`;
    Failure if one does not.

    `send` sends them again: just after a reboot `before` may be what was counted until then, and as
    much."""
    until, were = time.monotonic() + COUNTED, _packets(before)
    again = time.monotonic() + AGAIN
    passed: dict[str, int] = {}
    while True:
        now = tree.gather(client, ns)
        packets = _packets(now)
        passed = {
            hop: passed.get(hop, 0) + gained(were.get(hop, 0), number)
            for hop, number in packets.items()
        }
        still = [hop for hop, number in passed.items() if number < REQUESTS]
        were = packets
        if passed and not still:
            return now
        if time.monotonic() > until:
            raise Failure(
                f"the traffic did not pass the hops {', '.join(still) or 'of the path, which nobody reports'}: "
                "the forwarding path is not what the NSD says; see `mano host plan`"
            )
        if time.monotonic() > again:
            again += AGAIN
            send()
        time.sleep(0.2)


def gained(before: int, after: int) -> int:
    """What a counter has counted in between; one that went back began anew: the host was started
    again."""
    return after - before if after >= before else after


def _packets(found: dict[str, Any]) -> dict[str, int]:
    """What each hop has counted; a path that was just made may not have been reported yet."""
    return {
        f"{hop['from']} → {hop['to']}": hop["packets"]
        for path in found["paths"]
        for hop in path["hops"]
    }
