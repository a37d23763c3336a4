# SPDX-License-Identifier: Apache-2.0
"""The embedded suite under chaos: the suite restarts its PostgreSQL and its agent, the agent its
VNFCs, we the suite."""

from __future__ import annotations

import os
import pathlib
import random

from mano.suite import agent, credentials, down, paths, postgresql
from tests.lab.rabbitmq import free_ports
from tests.suite.chaos.killing import DATABASE, Victim
from tests.suite.chaos.processes import Process, kill, vnfcs


class Embedded:
    """`mano up` on a folder."""

    name = "embedded"

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
        self.database = postgresql.Server(self.data)
        self.agent_state = paths.agent_state(self.data)
        self.suite = Process(
            "suite",
            ["mano", "up", "--data", str(self.data)],
            {
                "TMPDIR": str(self.temporary),
                "MANO_DATA": str(self.data),
                "MANO_PACKAGE_SIGNATURES": "verify",
                "MANO_HOST": self.host,
                **{f"MANO_{name.upper()}_ADDRESS": address for name, address in addresses.items()},
            },
            folder,
        )
        self.processes = [self.suite]

    @property
    def database_url(self) -> str:
        return self.database.url

    def start(self) -> None:
        """Begins; what is killed from now on must come up by itself."""
        self.suite.start()

    def credentials(self) -> tuple[str, str] | None:
        """Of a client, once the suite has made them."""
        client = credentials.look(self.data)
        return (client["clientId"], client["clientSecret"]) if client else None

    def victims(self) -> dict[str, Victim]:
        """Everything that can be killed."""
        return {
            "suite": Victim(self.suite.kill, self.suite.start, weight=2),
            "agent": Victim(lambda: kill(agent.find(self.data))),
            "vnfc": Victim(self._kill_vnfc),
            DATABASE: Victim(self._kill_database),
        }

    def beginners(self) -> dict[str, Victim]:
        """What can be killed while it starts for the first time."""
        every = self.victims()
        return {name: every[name] for name in ("suite", DATABASE)}

    def stop(self) -> None:
        """Ends it as a user does; network services, if there are any, go on."""
        self.suite.stop()
        down.end(self.data)

    def _kill_vnfc(self) -> bool:
        pids = sorted(vnfcs(self.agent_state))
        return bool(pids) and kill(self.random.choice(pids))

    def _kill_database(self) -> bool:
        return self.database.alive() and kill(self.database.pid())
