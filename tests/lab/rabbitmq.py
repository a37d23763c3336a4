# SPDX-License-Identifier: Apache-2.0
"""A RabbitMQ server of one's own, in a folder, on a free port, without systemd: started, stopped,
killed, wiped."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

SERVER = pathlib.Path(
    "/usr/lib/rabbitmq/bin/rabbitmq-server"
)  # Debian's; the one in PATH insists on its own user
CONFIG = """\
listeners.tcp.1 = 127.0.0.1:{port}
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.absolute = 512MB
log.file.level = warning
"""


def missing() -> str:
    """Why there can be no server here, "" if there can."""
    return (
        ""
        if SERVER.exists() and shutil.which("epmd")
        else "rabbitmq-server is not installed: apt-get install rabbitmq-server"
    )


class RabbitMQ:
    """A broker whose data lie in `folder`. Nothing of it outlives `stop`.

    Its one user is guest; with `secrets`, made by tools/secrets, those that are defined there."""

    def __init__(self, folder: pathlib.Path, secrets: pathlib.Path | None = None):
        self.folder, self.secrets = folder, secrets
        self.port, self.distribution, self.mapper = free_ports(3)
        self.server: subprocess.Popen[bytes] | None = None
        self.epmd: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For MANO_BUS_URL: of who may do everything."""
        return self.url_of("mano") if self.secrets else self._url("guest", "guest")

    def url_of(self, user: str) -> str:
        """The same for a user that tools/secrets has made."""
        assert self.secrets is not None
        file = "bus_password" if user == "mano" else f"bus_password.{user}"
        return self._url(user, (self.secrets / file).read_text().strip())

    def _url(self, user: str, password: str) -> str:
        return f"amqp://{user}:{password}@127.0.0.1:{self.port}//"

    @property
    def pid(self) -> int:
        """Of the server's process, 0 if it was not started."""
        return self.server.pid if self.server else 0

    def start(self, patience: float = 60) -> None:
        """Starts the server, with the data that are there; returns when it takes connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = CONFIG.format(port=self.port)
        if self.secrets is not None:
            config += f"load_definitions = {self.secrets / 'rabbitmq_definitions.json'}\n"
        (self.folder / "rabbitmq.conf").write_text(config)
        (self.folder / "plugins").write_text("[].\n")
        if self.epmd is None:
            # Erlang would start one that nobody ever ends.
            self.epmd = subprocess.Popen(
                ["epmd", "-port", str(self.mapper), "-address", "127.0.0.1"]
            )
            _await_port(self.mapper)
        with (self.folder / "out").open("ab") as out:
            self.server = subprocess.Popen(
                [str(SERVER), "-noinput"],
                env=self._environment(),
                cwd=self.folder,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        until = time.monotonic() + patience
        while not self._answers():
            if self.server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(
                    f"RabbitMQ did not start: {(self.folder / 'out').read_text()[-1000:]}"
                )
            time.sleep(0.1)

    def stop(self) -> None:
        """Ends the server and what it needed."""
        self._end(signal.SIGTERM)
        if self.epmd is not None:
            self.epmd.kill()
            self.epmd.wait()
            self.epmd = None

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """kill -9, and start again with the data that are left."""
        self.kill()
        self.start()

    def wipe(self) -> None:
        """kill -9, and start again without any data: no queues, no messages."""
        self.kill()
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        self.start()

    def _end(self, number: int) -> None:
        if self.server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.server.pid, number)  # Erlang's helpers are of the same group
            self.server.wait()
            self.server = None

    def _environment(self) -> dict[str, str]:
        settings = {
            "RABBITMQ_NODENAME": f"mano{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "HOME": str(self.folder),
            "RABBITMQ_DIST_PORT": str(self.distribution),
            "ERL_EPMD_PORT": str(self.mapper),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-start_epmd false",
            "RABBITMQ_ALLOW_INPUT": "1",
        }  # makes the script become the server, so that its pid is the server's
        return {**os.environ, **settings}

    def _answers(self) -> bool:
        """Whether it speaks AMQP: the port alone opens before the server is ready."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"
        except OSError:
            return False


def _await_port(port: int) -> None:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"epmd does not listen on port {port}")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nobody uses now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
