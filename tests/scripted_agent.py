# SPDX-License-Identifier: Apache-2.0
"""An agent that speaks the protocol of docs/ports.md, section 4, and makes nothing: for tests of
who speaks with it."""

from __future__ import annotations

import base64
import datetime
import itertools
import time
from typing import Any

from mano import bus

FACTS = {
    "cpus": [{"id": n, "node": n // 4} for n in range(8)],
    "memoryMiB": 8704,
    "nodes": [
        {
            "id": n,
            "cpus": list(range(4 * n, 4 * n + 4)),
            "memoryMiB": 4352,
            "hugepages": {"2048": {"total": 4, "free": 4}},
        }
        for n in (0, 1)
    ],
    "nics": [
        {"name": "eth0", "driver": "x", "pci": "0000:00:01.0", "node": 0, "speed": 0, "totalvfs": 8}
    ],
    "kernel": "6.1",
    "features": {
        "nft_bridge": {"works": True},
        "cgroup_cpuset": {"works": False, "why": "not mounted", "for": "CPU pinning"},
    },
}
LISTS = {
    "networks": "network",
    "ports": "port",
    "computes": "compute",
    "paths": "path",
    "images": "image",
}


class ScriptedAgent:
    """Reports everything that is desired as ACTIVE; a test changes its attributes to make it say
    something else."""

    def __init__(self, carrier: bus.Carrier, host: str, vim: str = "vim-baremetal"):
        self.carrier, self.host, self.vim = carrier, host, vim
        self.desired: dict[str, Any] = {"version": 0}
        self.boot, self.facts = "boot-1", FACTS
        self.got: list[dict[str, Any]] = []  # the desired documents, as they came
        self.images: dict[str, bytes] = {}
        self.whole: set[str] = set()
        self.says: dict[str, dict[str, Any]] = {}  # resource name -> what is reported instead
        self.silent = False
        self.lingers: dict[
            str, str
        ] = {}  # ids that stay in the kernel though nobody wants them: kind
        self.events: list[dict[str, str]] = []
        self.refusal = "is being removed"
        self.numbers = itertools.count()
        carrier.listen(f"agent.{host}", self.deliver)

    def hello(self) -> None:
        self.send("hello", self.words())

    def report(self) -> None:
        if not self.silent:
            news = {"resources": self.resources(), "plan": [], "events": self.events}
            self.send("report", {**self.words(), **news})

    def words(self) -> dict[str, Any]:
        """What hello and report have in common."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        return {
            "version": self.desired["version"],
            "boot": self.boot,
            "facts": self.facts,
            "at": now.replace("+00:00", "Z"),
            "uptime": time.monotonic_ns(),
        }

    def resources(self) -> dict[str, Any]:
        leaving = {"state": "BUILDING", "why": self.refusal}
        return {id: {"kind": kind, **leaving} for id, kind in self.lingers.items()} | {
            resource["id"]: self.says.get(resource.get("name", ""), self.reading(kind, resource))
            for plural, kind in LISTS.items()
            for resource in self.desired.get(plural, [])
        }

    def reading(self, kind: str, resource: dict[str, Any]) -> dict[str, Any]:
        report: dict[str, Any] = {"kind": kind, "state": "ACTIVE"}
        if kind == "compute":
            report |= {
                "namespace": "m0",
                "pid": 42,
                "restarts": 0,
                "cpus": resource["cpus"] or [0, 1],
                "ports": [
                    {
                        "id": port["id"],
                        "interface": port["cp"],
                        "mac": port["mac"],
                        "tx": 0,
                        "addresses": port["addresses"],
                        "rx": 3,
                    }
                    for port in resource["ports"]
                ],
            }
            if resource["image"] not in self.whole:
                report["state"] = "BUILDING"
        if kind == "path":
            report["hops"] = [{"packets": 7, "bytes": 700} for _ in resource["hops"]]
        return report

    def send(self, operation: str, body: dict[str, Any]) -> None:
        number = f"{self.host}/{id(self)}/{next(self.numbers)}"
        self.carrier.send(
            bus.request(self.vim, operation, {"host": self.host, **body}, id=number), lambda: None
        )

    def deliver(self, message: bus.Message) -> None:
        body = message["body"]
        if message["operation"] == "image":
            self.take(body)
        elif self.silent:
            return
        elif body["version"] >= self.desired["version"]:
            self.got.append(body)
            self.desired = body
            for image in body["images"]:
                if image["id"] not in self.whole:
                    self.send(
                        "image",
                        {"id": image["id"], "offset": len(self.images.get(image["id"], b""))},
                    )
        self.report()

    def take(self, body: dict[str, Any]) -> None:
        have = self.images.get(body["id"], b"")
        if body["offset"] == len(have):
            self.images[body["id"]] = have = have + base64.b64decode(body["content"])
            if body["last"]:
                self.whole.add(body["id"])
            else:
                self.send("image", {"id": body["id"], "offset": len(have)})
