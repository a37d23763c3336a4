# SPDX-License-Identifier: Apache-2.0
"""A whole distributed suite on one machine: a broker, a database, an API and a worker per service,
an agent."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import time

import httpx
from lab import rabbitmq

from mano.suite import distributed, postgresql

ROOT = pathlib.Path(__file__).parents[2]


class Distributed:
    """Its processes by name in `processes`; each is killed with `kill` and started again with
    `start_one`."""

    def __init__(
        self, folder: pathlib.Path, host: str = "lab", settings: dict[str, str] | None = None
    ):
        self.folder, self.host, self.settings = folder, host, settings or {}
        self.secrets = folder / "secrets"
        subprocess.run([ROOT / "tools" / "secrets", self.secrets, self.host], check=True)
        self.broker = rabbitmq.RabbitMQ(folder / "broker", self.secrets)
        self.database = postgresql.Server(folder)
        self.nfvo, self.vnfm = (f"127.0.0.1:{port}" for port in rabbitmq.free_ports(2))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """For `mano` and the suite's processes."""
        return {
            **os.environ,
            "MANO_DATA": str(self.folder),
            "MANO_DATABASE_URL": self.database.url,
            "MANO_BUS_URL": self.broker.url,
            "MANO_CALLBACK_ALLOW": "127.0.0.1",
            "MANO_NFVO_ADDRESS": self.nfvo,
            "MANO_VNFM_ADDRESS": self.vnfm,
            "MANO_URL": f"http://{self.nfvo}",
            "MANO_VNFM_URL": f"http://{self.vnfm}",
            "MANO_HOST": self.host,
            **self.settings,
        }

    @property
    def state(self) -> pathlib.Path:
        """The agent's state directory."""
        return self.folder / "agent"

    def start(self) -> None:
        """Starts everything; returns when both APIs answer."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database.start()
        self.broker.start()
        for name in (*distributed.roles(), "agent"):
            self.start_one(name)
        self.await_apis()

    def start_one(self, name: str) -> None:
        """Starts one process (a name of `mano run`, or "agent")."""
        command, environment = [sys.executable, "-m", "mano", "run", name], self.environment
        if name != "agent":
            service = distributed.roles()[name].service
            environment["MANO_BUS_URL"] = self.broker.url_of(service)
        if name == "agent":
            command = [
                sys.executable,
                "-m",
                "dataplane_agent",
                "run",
                "--host",
                self.host,
                "--bus",
                self.broker.url_of(f"agent.{self.host}"),
                "--state",
                str(self.state),
            ]
        with (self.folder / f"{name}.log").open("ab") as out:
            self.processes[name] = subprocess.Popen(
                command,
                env=environment,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """kill -9 of one process."""
        self.processes[name].kill()
        self.processes[name].wait()

    def await_apis(self, patience: float = 60) -> None:
        """Returns when both APIs say that they are well."""
        until = time.monotonic() + patience
        for address in (self.nfvo, self.vnfm):
            while not _well(address):
                if time.monotonic() > until:
                    raise RuntimeError(f"{address} does not answer; the logs are in {self.folder}")
                time.sleep(0.1)

    def stop(self) -> None:
        """Ends everything but what the agent has set up."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.broker.stop()
        self.database.stop()


def _well(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/healthz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False
