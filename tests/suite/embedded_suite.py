# SPDX-License-Identifier: Apache-2.0
"""The whole suite as a user starts it, `mano up`, with the agent on this machine's kernel; and ways
to harm it."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
from typing import Any

from dataplane_agent import identity, state
from mano.suite import agent, paths, postgresql, processes, running
from tests.lab.rabbitmq import free_ports

ROOT = pathlib.Path(__file__).parents[2]
PATHS = [
    str(ROOT / part) for part in ("services", "services/vim-baremetal", "dataplane-agent", ".")
]
NEEDED = ("netns", "veth", "bridge", "nft_bridge")


class Suite:
    """A data directory, ports and host name of its own."""

    def __init__(self, folder: pathlib.Path):
        self.data, self.host = folder / "data", f"suite-{os.getpid()}"
        nfvo, vnfm = free_ports(2)
        self.environment = {
            **os.environ,
            "MANO_DATA": str(self.data),
            "MANO_HOST": self.host,
            "PYTHONPATH": os.pathsep.join(PATHS),
            "MANO_NFVO_ADDRESS": f"127.0.0.1:{nfvo}",
            "MANO_VNFM_ADDRESS": f"127.0.0.1:{vnfm}",
            "COLUMNS": "200",
        }
        self.known_tag = "none-yet"

    @property
    def tag(self) -> str:
        """Of the agent, as it keeps it; the last one where its state is gone."""
        record = state.load(str(paths.agent_state(self.data)), identity.FILE)
        self.known_tag = str(record.get("tag", self.known_tag))
        return self.known_tag

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A `mano` command; whose objects it may remove is noted before."""
        _ = self.tag
        return subprocess.run(
            [sys.executable, "-m", "mano", *words],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def mano(self, *words: str) -> str:
        """What a command, which must succeed, prints."""
        process = self.run(*words)
        assert process.returncode == 0, f"mano {' '.join(words)}: {process.stdout}{process.stderr}"
        return process.stdout

    def json(self, *words: str) -> Any:
        """What a command says as JSON."""
        return json.loads(self.mano(*words, "-o", "json"))

    def sweep(self) -> list[str]:
        """The kernel objects of this suite's agent, VNFCs included."""
        prefix = f"m{self.tag}"
        spaces = [
            line.split()[0]
            for line in _said("ip", "netns", "list").splitlines()
            if line.startswith(prefix)
        ]
        links = [
            line.split(": ")[1].split("@")[0]
            for line in _said("ip", "-o", "link").splitlines()
            if f" {prefix}" in line
        ]
        tables = [
            line
            for line in _said("nft", "list", "tables").splitlines()
            if line.endswith(f" {prefix}")
        ]
        return spaces + links + tables + [f"process {pid}" for pid in self.vnfcs()]

    def vnfcs(self) -> list[int]:
        """The processes that run as VNFCs of this suite."""
        mark = f"MANO_STATE={paths.agent_state(self.data)}".encode()
        vnfcs = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    vnfcs.append(int(entry.name))
            except OSError:
                continue
        return [pid for pid in vnfcs if processes.alive(pid)]

    def kill(self) -> None:
        """kill -9 of the suite, the agent and every PostgreSQL process."""
        pids = [running.read(self.data).get("pid"), agent.find(self.data)]
        if (database := postgresql.Server(self.data)).alive():
            pids += processes.tree(database.pid() or 0)
        for pid in pids:
            if pid and processes.alive(pid):
                os.kill(pid, signal.SIGKILL)

    def lose_power(self) -> None:
        """As a reboot: every process of ours is gone, and with it every kernel object."""
        self.kill()
        for pid in self.vnfcs():
            os.kill(pid, signal.SIGKILL)
        for space in [name for name in self.sweep() if name.startswith(f"m{self.tag}n")]:
            subprocess.run(["ip", "netns", "delete", space], check=False)
        for link in [name for name in self.sweep() if name.startswith(f"m{self.tag}")]:
            subprocess.run(["ip", "link", "delete", link], check=False, capture_output=True)
        subprocess.run(
            ["nft", "delete", "table", "bridge", f"m{self.tag}"], check=False, capture_output=True
        )

    def end(self) -> None:
        self.run("down", "--purge", "--yes")
        self.lose_power()
        shutil.rmtree(self.data, ignore_errors=True)


def lacking() -> str:
    """What of the kernel the bare-metal part needs and this one has not; "" if it has all."""
    process = subprocess.run(
        [sys.executable, "-m", "dataplane_agent", "facts", "--state", tempfile.gettempdir()],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(PATHS)},
        check=False,
    )
    if process.returncode:
        return process.stderr.strip().splitlines()[-1] if process.stderr else "the agent"
    features = json.loads(process.stdout)["features"]
    return ", ".join(
        f"{name} ({features[name].get('why', '')})"
        for name in NEEDED
        if not features.get(name, {}).get("works")
    )


def _said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout
