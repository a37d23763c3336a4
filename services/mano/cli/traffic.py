# SPDX-License-Identifier: Apache-2.0
"""Traffic from a network service's SAP, and what it must show.

Who answers, what is blocked, which hops were passed.
"""

from __future__ import annotations

import collections
import json
import pathlib
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

from mano.cli import tree
from mano.cli.failures import Failure
from mano.suite import agent, paths

if TYPE_CHECKING:
    from mano.cli.client import Client

OPEN, FORBIDDEN = 80, 8080
REQUESTS = 20
READY = 10.0  # seconds until the VNFs must have configured themselves
COUNTED = 10.0  # seconds until the agent must have reported the counters
AGAIN = 3.0  # seconds after which requests are sent once more
PAUSE = 0.2  # seconds between looks
SCRIPT = pathlib.Path(__file__).with_name("probe.py")


class NoAnswer(TypedDict):
    """What became of a request that no VNFC has answered."""

    error: str


Answer = str | NoAnswer  # the name of the VNFC, or why there is none


class Source:
    """Sends from a SAP's namespace, by this machine's agent or a command that reaches another's."""

    def __init__(self, data: pathlib.Path, through: str, sap: str):
        local = [*agent.program("exec"), "--state", str(paths.agent_state(data))]
        self.command = [*(shlex.split(through) if through else local), sap, "--"]
        self.python = "python3" if through else sys.executable

    def ask(self, address: str, port: int, times: int) -> list[Answer]:
        """The answers to so many HTTP requests."""
        script = [self.python, "-IS", "-c", SCRIPT.read_text("ascii")]
        probe = subprocess.run(
            [*self.command, *script, address, str(port), str(times)],
            capture_output=True,
            text=True,
            env=agent.environment(),
        )
        if probe.returncode:
            reason = probe.stderr.strip() or probe.stdout.strip()
            raise Failure(f"no traffic could be sent from the SAP: {reason}")
        answers: list[Answer] = json.loads(probe.stdout)
        return answers


def answering(source: Source, address: str, expected: set[str]) -> dict[str, int]:
    """VNFC -> number of answers over the open port; Failure unless all that are expected answer."""
    deadline = time.monotonic() + READY
    while True:
        answers = source.ask(address, OPEN, REQUESTS)
        counts = collections.Counter(answer for answer in answers if isinstance(answer, str))
        errors = sorted({answer["error"] for answer in answers if not isinstance(answer, str)})
        if set(counts) == expected and not errors:
            return dict(sorted(counts.items()))
        if time.monotonic() > deadline:
            names = ", ".join(sorted(counts)) or "nobody"
            raise Failure(
                f"HTTP to {address}:{OPEN} must be answered by {', '.join(sorted(expected))}; "
                f"it was by {names}{f' ({errors[0]})' if errors else ''}. "
                "See the VNFCs' logs in the agent's state directory, and `mano host plan`."
            )
        time.sleep(PAUSE)


def blocked(source: Source, address: str) -> str:
    """How the forbidden port refuses; Failure if it answers."""
    [answer] = source.ask(address, FORBIDDEN, 1)
    if isinstance(answer, str):
        raise Failure(
            f"port {FORBIDDEN} is forbidden, yet {answer} answered there: "
            "the firewall does not filter"
        )
    return answer["error"]


def counted(
    client: Client, ns: str, before: tree.NetworkService, send: Callable[[], object]
) -> tree.NetworkService:
    """The network service once each hop of each path has counted all requests since `before`.

    Failure if one does not. `send` sends them again: just after a reboot `before` may be what was
    counted until then, and as much.
    """
    now = time.monotonic()
    deadline, again = now + COUNTED, now + AGAIN
    last = _packets(before)
    gains: collections.Counter[str] = collections.Counter()
    while True:
        after = tree.gather(client, ns)
        packets = _packets(after)
        gains.update({hop: gained(last.get(hop, 0), count) for hop, count in packets.items()})
        last = packets
        lacking = [hop for hop in packets if gains[hop] < REQUESTS]
        if packets and not lacking:
            return after
        if time.monotonic() > deadline:
            hops = ", ".join(lacking) or "of the path, which nobody reports"
            raise Failure(
                f"the traffic did not pass the hops {hops}: "
                "the forwarding path is not what the NSD says; see `mano host plan`"
            )
        if time.monotonic() > again:
            again += AGAIN
            send()
        time.sleep(PAUSE)


def gained(before: int, after: int) -> int:
    """What a counter has counted in between.

    One that went back began anew: the host was started again.
    """
    return after - before if after >= before else after


def _packets(ns: tree.NetworkService) -> dict[str, int]:
    """What each hop has counted; a path that was just made may not have been reported yet."""
    return {
        f"{hop['from']} → {hop['to']}": hop["packets"]
        for path in ns["paths"]
        for hop in path["hops"]
    }
