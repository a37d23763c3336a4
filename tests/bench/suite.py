# SPDX-License-Identifier: Apache-2.0
"""The suites under measurement: data directories, ports and host names of their own, started and
ended as users would."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time

from lab.distributed import Distributed as Processes
from lab.rabbitmq import free_ports

from mano.suite import agent, credentials, down, postgresql, processes
from tests.bench import rest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIRST = "/nslcm/v2/ns_instances"


class Embedded:
    """`mano up` on a folder."""

    def __init__(self, data: pathlib.Path, more: dict[str, str] | None = None):
        self.data = data
        ports = free_ports(2)
        self.roots = {
            name: f"http://127.0.0.1:{port}"
            for name, port in zip(("nfvo", "vnfm"), ports, strict=True)
        }
        self.host = f"bench-{os.getpid()}"
        self.environment = {
            **os.environ,
            "MANO_DATA": str(data),
            "MANO_PACKAGE_SIGNATURES": "verify",
            "MANO_HOST": self.host,
            **(more or {}),
            **{f"MANO_{name.upper()}_ADDRESS": root[7:] for name, root in self.roots.items()},
        }
        self.log = data.with_name(f"{data.name}.log")
        self.process: subprocess.Popen[bytes] | None = None
        self.token = ""

    def command(self) -> list[str]:
        """What a user types."""
        return [sys.executable, "-m", "mano", "up", "--data", str(self.data)]

    def start(self) -> float:
        """Seconds until the first 200 on an authenticated request."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command(),
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        while not self.answers():
            if self.process.poll() is not None or time.perf_counter() - began > 60:
                raise RuntimeError(f"mano up did not start: {self.log.read_text()[-1000:]}")
            time.sleep(0.005)
        return time.perf_counter() - began

    def stop(self) -> None:
        """Ends everything that `start` has begun; data and network services stay."""
        if self.process is not None:
            processes.end(self.process.pid, 20)
            self.process.wait()
        down.end(self.data)

    def remove(self) -> None:
        """Ends everything and removes it, kernel objects of the agent included."""
        self.stop()
        down.purge(self.data)

    def pids(self) -> list[int]:
        """The roots of the process trees that make the suite up."""
        roots = [
            self.process.pid if self.process else None,
            agent.find(self.data),
            postgresql.Server(self.data).pid(),
        ]
        return [pid for pid in roots if pid is not None]

    def client(self, service: str) -> rest.Client:
        """A client of "nfvo" or "vnfm"."""
        return rest.Client(self.roots[service], self.token)

    def answers(self) -> bool:
        """Whether a request with a token is answered."""
        try:
            client = credentials.look(self.data)
            if client is None:
                return False
            self.token = rest.token(self.roots["nfvo"], client["clientId"], client["clientSecret"])
            return self.client("nfvo").call("GET", FIRST).status == 200
        except (OSError, rest.Refused):
            return False


class Distributed(Embedded):
    """A process per service and role, a RabbitMQ and a PostgreSQL, on this machine."""

    def __init__(self, data: pathlib.Path):
        super().__init__(data)
        self.processes = Processes(data, self.host)
        self.roots = {
            "nfvo": f"http://{self.processes.nfvo}",
            "vnfm": f"http://{self.processes.vnfm}",
        }

    def start(self) -> float:
        began = time.perf_counter()
        self.processes.start()
        while not self.answers():
            time.sleep(0.05)
        return time.perf_counter() - began

    def stop(self) -> None:
        self.processes.stop()

    def pids(self) -> list[int]:
        return [process.pid for process in self.processes.processes.values()] + [
            self.processes.broker.pid,
            *filter(None, [self.processes.database.pid()]),
        ]
