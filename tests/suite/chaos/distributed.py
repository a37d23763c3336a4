# SPDX-License-Identifier: Apache-2.0
"""The distributed suite under chaos: a process per role, the agent, RabbitMQ and PostgreSQL; we
restart them all."""

from __future__ import annotations

import os
import pathlib
import random
import threading
from collections.abc import Callable

from mano.suite import credentials, distributed, paths, postgresql
from tests.lab.rabbitmq import RabbitMQ, free_ports
from tests.suite.chaos.killing import DATABASE, Victim
from tests.suite.chaos.processes import Process, kill, vnfcs

WORKERS = (
    "nfvo-worker",
    "vnfm-worker",
)  # killed twice as often as the others: most of what can be lost is there


class Server:
    """A server that is started by a call that takes a while; it is not killed while that runs."""

    def __init__(self, start: Callable[[], None], kill: Callable[[], None]):
        self._start, self._kill = start, kill
        self.guard = threading.Lock()
        self.runs = False

    def start(self) -> None:
        with self.guard:
            self._start()
            self.runs = True

    def kill(self) -> bool:
        """kill -9; whether it ran."""
        if not self.guard.acquire(blocking=False):
            return False
        try:
            ran, self.runs = self.runs, False
            if ran:
                self._kill()
            return ran
        finally:
            self.guard.release()


class Distributed:
    """Everything on one machine, each process on its own."""

    name = "distributed"

    def __init__(self, folder: pathlib.Path, rng: random.Random):
        self.data, self.random = folder / "data", rng
        self.data.mkdir(parents=True)
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.host = f"chaos-{os.getpid()}"
        addresses = {
            name: f"127.0.0.1:{port}"
            for name, port in zip(("nfvo", "vnfm"), free_ports(2), strict=True)
        }
        self.roots = {name: f"http://{address}" for name, address in addresses.items()}
        self.agent_state = paths.agent_state(self.data)
        self.broker, self.database = (
            RabbitMQ(folder / "broker"),
            postgresql.Server(folder / "database"),
        )
        self.servers = {
            "rabbitmq": Server(self.broker.start, self.broker.kill),
            DATABASE: Server(self.database.start, self._kill_database),
        }
        environment = {
            "TMPDIR": str(self.temporary),
            "MANO_DATA": str(self.data),
            "MANO_PACKAGE_SIGNATURES": "verify",
            "MANO_DATABASE_URL": self.database.url,
            "MANO_BUS_URL": self.broker.url,
            "MANO_CALLBACK_ALLOW": "127.0.0.1",
            **{f"MANO_{name.upper()}_ADDRESS": address for name, address in addresses.items()},
        }
        self.processes = [
            Process(name, ["mano", "run", name], environment, folder)
            for name in distributed.roles()
        ]
        self.processes.append(
            Process(
                "agent",
                [
                    "dataplane_agent",
                    "run",
                    "--host",
                    self.host,
                    "--bus",
                    self.broker.url,
                    "--state",
                    str(self.agent_state),
                ],
                environment,
                folder,
            )
        )

    @property
    def database_url(self) -> str:
        return self.database.url

    def start(self) -> None:
        """Begins; the servers answer, the rest comes up."""
        for server in self.servers.values():
            server.start()
        for process in self.processes:
            process.start()

    def credentials(self) -> tuple[str, str] | None:
        """Of a client, once the suite has made them."""
        client = credentials.look(self.data)
        return (client["clientId"], client["clientSecret"]) if client else None

    def victims(self) -> dict[str, Victim]:
        """Everything that can be killed."""
        return {
            **self.beginners(),
            "vnfc": Victim(self._kill_vnfc),
            **{name: Victim(server.kill, server.start) for name, server in self.servers.items()},
        }

    def beginners(self) -> dict[str, Victim]:
        """What can be killed while it starts for the first time."""
        return {
            process.name: Victim(process.kill, process.start, weight=1 + (process.name in WORKERS))
            for process in self.processes
        }

    def stop(self) -> None:
        """Ends everything; network services, if there are any, go on."""
        for process in reversed(self.processes):
            process.stop()
        self.broker.stop()
        self.database.stop()

    def _kill_vnfc(self) -> bool:
        pids = sorted(vnfcs(self.agent_state))
        return bool(pids) and kill(self.random.choice(pids))

    def _kill_database(self) -> None:
        kill(self.database.pid())
        if self.database.process is not None:
            self.database.process.wait()
