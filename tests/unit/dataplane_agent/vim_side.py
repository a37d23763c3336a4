# SPDX-License-Identifier: Apache-2.0
"""A VIM's side of the bus for the agent's tests, on the real kernel: objects bear a tag of the
test's own."""

import base64
import contextlib
import gzip
import hashlib
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

import pytest

from dataplane_agent import convergence, found, interconnects, kernel, probes, runtimes
from dataplane_agent.apply import Toolbox
from dataplane_agent.host import Host
from dataplane_agent.interconnects.bridge.holding import Holding

Document = dict[str, Any]
PATH = os.path.dirname(os.path.dirname(os.path.abspath(probes.__file__)))
AGENT = [sys.executable, "-m", "dataplane_agent"]
IDLE = "#!/bin/sh\nexec sleep 1000\n"


class Vim:
    """Listens where the agent connects, serves images, and keeps the last report."""

    def __init__(self, folder: str, host: str = "host-1") -> None:
        self.program: list[str] = AGENT
        self.environment = {**os.environ, "PYTHONPATH": PATH}
        self.elsewhere = False  # the agent's host is not this network namespace
        self.folder, self.host, self.state = folder, host, f"{folder}/state"
        self.tag = "t" + hashlib.sha256(folder.encode()).hexdigest()[:6]
        self.identity = ["--tag", self.tag]
        self.url = f"unix://{folder}/bus"
        self.images: dict[str, bytes] = {}
        self.received: list[Document] = []
        self.changed = threading.Condition()
        self.connection: socket.socket | None = None
        self.agent: subprocess.Popen[bytes] | None = None
        self.version = 0
        self.sessions: list[threading.Thread] = []
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(f"{folder}/bus")
        os.chmod(f"{folder}/bus", 0o777)
        self.server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def start(self, *options: str) -> None:
        """Start an agent (anew)."""
        identity = ["--host", self.host, "--bus", self.url, "--state", self.state]
        with open(f"{self.folder}/agent.log", "ab") as log:
            self.agent = subprocess.Popen(
                [*self.program, "run", *identity, *self.identity, *options],
                env=self.environment,
                stderr=log,
            )

    def kill(self) -> None:
        """kill -9 the agent."""
        if self.agent:
            self.agent.send_signal(signal.SIGKILL)
            self.agent.wait()
            self.agent = None
            self.connection = None

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the agent's."""
        verb, *rest = words
        return subprocess.run(
            [*self.program, verb, "--state", self.state, *self.identity, *rest],
            text=True,
            capture_output=True,
            env=self.environment,
            check=False,
        )

    def image(
        self, run: str, name: str = "image-1", file: str = "run", more: Mapping[str, str] = {}
    ) -> Document:
        """An image whose `run` (or another file) is this script, and `more` files with scripts, for
        a desired document."""
        raw = io.BytesIO()
        with tarfile.open(fileobj=raw, mode="w") as archive:
            for path, script in {file: run, **more}.items():
                entry = tarfile.TarInfo(path)
                entry.mode, entry.size = 0o755, len(script.encode())
                archive.addfile(entry, io.BytesIO(script.encode()))
        content = self.images[name] = gzip.compress(raw.getvalue(), mtime=0)
        digest = hashlib.sha256(content).hexdigest()
        return {
            "id": name,
            "checksum": {"algorithm": "sha-256", "hash": digest},
            "size": len(content),
        }

    def desire(self, document: Document) -> int:
        """Send a desired document; its version."""
        self.version += 1
        self.wait(lambda: self.connection)
        self.send(
            "desired", {"host": self.host, "version": self.version, "paused": False, **document}
        )
        return self.version

    def converged(self, document: Document, seconds: float = 8) -> Document:
        """Send a desired document and wait for the report that says nothing is left to do."""
        version = self.desire(document)
        return self.report(
            lambda r: (
                r["version"] == version
                and not r["plan"]
                and all(x["state"] == "ACTIVE" for x in r["resources"].values())
            ),
            seconds,
        )

    def report(self, condition: Callable[[Document], Any] = bool, seconds: float = 8) -> Document:
        """Wait for a report, from now on or the last one, for which a condition holds."""

        def last() -> Document | None:
            reports = [m["body"] for m in self.received if m["operation"] == "report"]
            return reports[-1] if reports and condition(reports[-1]) else None

        return self.wait(last, seconds)

    def fresh(self, condition: Callable[[Document], Any] = bool, seconds: float = 8) -> Document:
        """Ask for a report, and wait for one that is new."""
        self.received.clear()
        self.send("ping", {})
        return self.report(condition, seconds)

    def wait(self, condition: Callable[[], Any], seconds: float = 8) -> Any:
        """Wait until something holds; shows the last report if it never does."""
        until = time.monotonic() + seconds
        with self.changed:
            while not (answer := condition()):
                if (
                    not self.changed.wait(min(0.05, max(0.001, until - time.monotonic())))
                    and time.monotonic() > until
                ):
                    log = kernel.read(f"{self.folder}/agent.log")
                    last = [m["body"] for m in self.received if m["operation"] == "report"][-1:]
                    for report in last:
                        report.pop("facts", None)
                    ended = self.agent.poll() if self.agent else "none"
                    raise AssertionError(
                        f"not within {seconds} s; last report {json.dumps(last)}; exit code: "
                        f"{ended}; operations: {[m['operation'] for m in self.received]}\n{log}"
                    )
        return answer

    def send(self, operation: str, body: Document) -> None:
        message = {"id": "m", "to": f"agent.{self.host}", "operation": operation, "body": body}
        assert self.connection
        self.connection.sendall(json.dumps(message).encode() + b"\n")

    def agent_host(self) -> Host:
        """The host as the agent's plans see it, without limits of control groups."""
        return Host(self.tag, (), {}, interconnects.known(), runtimes.known())

    def found(self) -> found.Found:
        return found.read(self.agent_host(), self.state)

    def holding(self) -> Holding:
        """What the kernel holds of bridges, links and paths."""
        holding = self.found().holdings["bridge"]
        assert isinstance(holding, Holding)
        return holding

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            session = threading.Thread(target=self._session, args=(connection,), daemon=True)
            self.sessions.append(session)
            session.start()

    def close(self) -> None:
        """Stop listening; sessions end with their agents."""
        with contextlib.suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self.server.close()
        for session in self.sessions:
            session.join(5)

    def _session(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            self._take(connection, lines)

    def _take(self, connection: socket.socket, lines: BinaryIO) -> None:
        try:
            for line in lines:
                message = json.loads(line)
                if message["operation"] == "attach":
                    self.connection = connection
                if message["operation"] == "image":
                    self._chunk(message["body"])
                with self.changed:
                    self.received.append(message)
                    self.changed.notify_all()
        except (OSError, ValueError):
            return

    def _chunk(self, body: Document, size: int = 100) -> None:
        content = self.images[body["id"]]
        part = content[body["offset"] : body["offset"] + size]
        self.send(
            "image",
            {
                "id": body["id"],
                "offset": body["offset"],
                "content": base64.b64encode(part).decode(),
                "last": body["offset"] + size >= len(content),
            },
        )


@pytest.fixture
def vim() -> Iterator[Vim]:
    """A VIM with a tag of its own and no agent yet; leaves nothing behind, and says so if something
    was."""
    needs("netns", "veth", "bridge")
    folder = tempfile.mkdtemp(prefix="agent-")
    os.chmod(folder, 0o755)
    side = Vim(folder)
    yield side
    side.kill()
    side.close()
    if side.elsewhere or os.path.exists(f"{side.state}/holder.json"):
        swept = side.command("sweep", "--delete")
        remains = swept.stdout + swept.stderr
    else:
        toolbox = Toolbox(side.agent_host(), side.state)
        outcome = convergence.converge({}, toolbox, side.found())
        remains = str(outcome.rest) if outcome.rest else ""
    shutil.rmtree(folder)
    assert not remains, remains


FEATURES: Document = {}


def needs(*features: str) -> None:
    """Skip where the kernel, or the right to use it, is missing; with the feature's name."""
    if not FEATURES:
        try:
            FEATURES.update(probes.probe(interconnects.probes(interconnects.known())))
        except kernel.Failed as e:
            pytest.skip(str(e))
    for name in features:
        if not FEATURES[name]["works"]:
            pytest.skip(f"{name}: {FEATURES[name]['why']}")


def port(
    name: str,
    network: str,
    number: int,
    cp: str | None = None,
    net: int = 1,
    routes: list[Document] | None = None,
) -> Document:
    """A port with address 10.77.<net>.<number>/24."""
    document = {
        "id": f"id-{name}",
        "name": name,
        "network": network,
        "mac": f"02:00:00:00:{net:02x}:{number:02x}",
        "addresses": [f"10.77.{net}.{number}/24"],
        "routes": routes or [],
    }
    return {**document, "cp": cp} if cp else document


def compute(name: str, ports: list[Document], image: str = "image-1", **more: Any) -> Document:
    return {
        "id": f"id-{name}",
        "name": name,
        "vnf": "v",
        "vdu": "d",
        "index": 0,
        "runtime": "netns",
        "image": image,
        "vcpus": 1,
        "cpus": None,
        "memoryMiB": 64,
        "ports": ports,
        "userData": {"name": name},
        **more,
    }


def network(name: str, mtu: int = 1500) -> Document:
    return {"id": name, "name": name, "mtu": mtu}
