# SPDX-License-Identifier: Apache-2.0
"""What every VIM behind the port must do: a test class that each implementation's test subclasses
(needs pytest).

A subclass gives the fixture `vim`, an implementation that is connected and has room for a few small
computes, and `software()`, an image that its computes can run."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from mano import problems
from mano.store.content import CHUNK
from mano.vim import port
from mano.vim.documents import ComputeSpec, ImageSpec, PortSpec, Resource, Spec

Names = Callable[[str], str]
RUN = b"#!/bin/sh\nexec sleep 1000000\n"


class VimContract:
    """Names are new in each test, so tests may share a VIM."""

    patience = 20.0  # seconds until a resource must have arrived

    @pytest.fixture
    def names(self, vim: port.Vim) -> Iterator[Callable[[str], str]]:
        """Makes names, and takes away at the end what is left under them."""
        prefix, given = str(uuid.uuid4()), list[str]()

        def name(word: str) -> str:
            given.append(f"{prefix}/{word}")
            return given[-1]

        yield name
        for kind in ("path", "compute", "storage", "port", "network", "image"):
            left = [
                found
                for found in vim.query(kind, {"owner": prefix})
                if found["name"].startswith(prefix)
            ]
            for found in left:
                self.ended(vim, kind, found["name"])

    def software(self) -> bytes:
        """The bytes of an image: a tar of one program that stays."""
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as archive:
            entry = tarfile.TarInfo("run")
            entry.size, entry.mode = len(RUN), 0o755
            archive.addfile(entry, io.BytesIO(RUN))
        return stream.getvalue()

    # What the tests do over and over.
    def arrived(self, vim: port.Vim, kind: str, name: str, spec: dict[str, Any]) -> Resource:
        """Allocates and waits until the resource is ACTIVE."""
        owned = cast(Spec, {"owner": name.partition("/")[0], **spec})
        until = time.monotonic() + self.patience
        found = vim.allocate(kind, name, owned)
        while found["state"] == "BUILDING" and time.monotonic() < until:
            time.sleep(min(0.05, found.get("poll", 0.05)))
            found = vim.query(kind, {"name": name})[0]
        assert found["state"] == "ACTIVE", json.dumps(found, indent=1)
        return found

    def settled(self, vim: port.Vim, kind: str, name: str) -> Resource:
        """Waits until a resource is ACTIVE again."""
        until = time.monotonic() + self.patience
        while (found := vim.query(kind, {"name": name})[0])["state"] != "ACTIVE":
            assert found["state"] == "BUILDING" and time.monotonic() < until, found
            time.sleep(0.05)
        return found

    def ended(self, vim: port.Vim, kind: str, name: str) -> None:
        """Terminates and waits until nothing is left."""
        until = time.monotonic() + self.patience
        while (found := vim.terminate(kind, name)) is not None:
            assert found["state"] == "TERMINATING" and time.monotonic() < until, found
            time.sleep(0.05)
        assert vim.query(kind, {"name": name}) == []

    def image(self, vim: port.Vim, name: str, content: bytes | None = None) -> Resource:
        """Adds an image."""
        content = self.software() if content is None else content
        spec: ImageSpec = {
            "owner": name.partition("/")[0],
            "size": len(content),
            "diskFormat": "raw",
            "containerFormat": "bare",
            "checksum": {"algorithm": "sha-256", "hash": hashlib.sha256(content).hexdigest()},
        }
        vim.allocate("image", name, spec)
        for offset in range(0, max(len(content), 1), CHUNK):
            vim.add_image(
                name, offset, content[offset : offset + CHUNK], offset + CHUNK >= len(content)
            )
        return self.arrived(vim, "image", name, {**spec})

    def compute(
        self, names: Names, image: Resource, word: str, **more: Any
    ) -> tuple[str, dict[str, Any]]:
        """Name and spec of a small compute."""
        return names(word), {
            "vnf": "sample",
            "vdu": word,
            "index": 0,
            "vcpus": 1,
            "memoryMiB": 32,
            "pinning": "none",
            "image": image["id"],
            "runtime": "netns",
            "ports": [],
            "userData": {},
            **more,
        }

    def end(
        self, vim: port.Vim, name: str, net: Resource, compute: str, address: str = "10.9.1.3/24"
    ) -> Resource:
        """Allocates the port "http" of a compute that may come later."""
        spec = {"cp": "http", "network": net["id"], "addresses": [address], "routes": []}
        zone = vim.capacity()[0]["id"]
        return self.arrived(vim, "port", name, {**spec, "zone": zone, "compute": compute})

    def refused(self, status: int, call: Callable[..., object], *values: object) -> str:
        """Why the VIM refuses the call, with this status."""
        with pytest.raises(Exception) as caught:
            call(*values)
        problem = problems.of(caught.value)
        assert problem.status == status, problem.detail
        return problem.detail

    # The contract.
    def test_a_name_is_allocated_once(self, vim: port.Vim, names: Names) -> None:
        name = names("net")
        first = self.arrived(vim, "network", name, {"mtu": 1400})
        again = vim.allocate("network", name, {"owner": name.partition("/")[0], "mtu": 1400})
        assert (
            again["id"] == first["id"]
            and len(vim.query("network", {"owner": name.partition("/")[0]})) == 1
        )

    def test_a_chain_of_all_kinds_comes_up_and_goes_away(self, vim: port.Vim, names: Names) -> None:
        net = self.arrived(vim, "network", names("net"), {"cidr": "10.9.1.0/24"})
        image = self.image(vim, names("image"))
        sap = self.arrived(
            vim,
            "port",
            names("sap"),
            {"network": net["id"], "addresses": ["10.9.1.2/24"], "routes": []},
        )
        name, spec = self.compute(names, image, "web")
        end = self.end(vim, names("web/http"), net, name)
        web = self.arrived(vim, "compute", name, {**spec, "ports": [end["name"]]})
        path = self.arrived(
            vim,
            "path",
            names("path"),
            {
                "match": [{"protocol": "tcp", "destinationPort": [80, 80]}],
                "hops": [{"from": [sap["name"]], "to": [end["name"]]}],
            },
        )
        item = end["detail"]
        assert (item["name"], item["cp"], item["network"]) == (end["name"], "http", net["id"])
        assert item["id"] == end["id"] and len(item["mac"].split(":")) == 6
        assert web["detail"]["host"]
        assert (
            cast(ComputeSpec, web["spec"])["vcpus"] == 1
            and web["name"] == name
            and web["kind"] == "compute"
        )
        for resource in (path, web, end, sap, net, image):
            self.ended(vim, resource["kind"], resource["name"])

    def test_a_port_outlives_its_compute_and_goes_to_the_one_that_takes_its_place(
        self, vim: port.Vim, names: Names
    ) -> None:
        net = self.arrived(vim, "network", names("net"), {"cidr": "10.9.1.0/24"})
        image = self.image(vim, names("image"))
        old, spec = self.compute(names, image, "web.1")
        new, _ = self.compute(names, image, "web.2")
        end = self.end(vim, names("web/http"), net, old)
        spec = {**spec, "ports": [end["name"]]}
        self.arrived(vim, "compute", old, spec)
        self.arrived(vim, "compute", new, spec)
        vim.update("port", end["name"], {"compute": new})
        self.settled(vim, "port", end["name"])
        self.ended(vim, "compute", old)
        moved = self.settled(vim, "port", end["name"])
        assert cast(PortSpec, moved["spec"])["compute"] == new
        assert (moved["detail"]["id"], moved["detail"]["mac"]) == (
            end["detail"]["id"],
            end["detail"]["mac"],
        )
        self.ended(vim, "compute", new)
        assert self.settled(vim, "port", end["name"])["detail"]["mac"] == end["detail"]["mac"]
        for resource in (end, net):
            self.ended(vim, resource["kind"], resource["name"])

    def test_a_compute_whose_port_was_not_allocated_is_refused(
        self, vim: port.Vim, names: Names
    ) -> None:
        name, spec = self.compute(names, self.image(vim, names("image")), "web")
        spec = {**spec, "owner": "x", "ports": [names("nowhere")]}
        assert "nowhere" in self.refused(404, vim.allocate, "compute", name, spec)

    def test_resources_are_found_by_name_and_by_owner(self, vim: port.Vim, names: Names) -> None:
        one, two = names("one"), names("two")
        owner = one.partition("/")[0]
        for name in (one, two):
            self.arrived(vim, "network", name, {})
        assert [found["name"] for found in vim.query("network", {"name": one})] == [one]
        assert {found["name"] for found in vim.query("network", {"owner": owner})} == {one, two}
        assert {one, two} <= {found["name"] for found in vim.query("network", {})}
        assert (
            vim.query("network", {"name": owner}) == []
            and vim.query("network", {"owner": one}) == []
        )

    def test_a_terminated_name_is_never_made_again(self, vim: port.Vim, names: Names) -> None:
        name = names("net")
        self.arrived(vim, "network", name, {})
        self.ended(vim, "network", name)
        assert vim.terminate("network", name) is None
        assert name in self.refused(409, vim.allocate, "network", name, {"owner": "x"})

    def test_a_name_terminated_before_it_was_allocated_stays_closed(
        self, vim: port.Vim, names: Names
    ) -> None:
        name = names("late")
        assert vim.terminate("network", name) is None
        self.refused(409, vim.allocate, "network", name, {"owner": "x"})

    def test_a_compute_takes_from_its_zone_and_gives_back(
        self, vim: port.Vim, names: Names
    ) -> None:
        def used() -> dict[str, dict[str, Any]]:
            return {
                zone["id"]: {"memoryMiB": 0, "vcpus": 0, **zone["used"]} for zone in vim.capacity()
            }

        image, before = self.image(vim, names("image")), used()
        name, spec = self.compute(names, image, "fw")
        zone = self.arrived(vim, "compute", name, spec)["zone"]
        assert used()[zone]["memoryMiB"] == before[zone]["memoryMiB"] + 32
        assert used()[zone]["vcpus"] == before[zone]["vcpus"] + 1
        self.ended(vim, "compute", name)
        assert (
            used()[zone]["memoryMiB"] == before[zone]["memoryMiB"]
            and used()[zone]["vcpus"] == before[zone]["vcpus"]
        )

    def test_capacity_lists_zones_with_totals(self, vim: port.Vim) -> None:
        zones = vim.capacity()
        assert zones and all(
            zone["state"] in ("ENABLED", "DISABLED", "UNREACHABLE") for zone in zones
        )
        assert all(zone["total"]["vcpus"] > 0 and zone["total"]["memoryMiB"] > 0 for zone in zones)

    def test_without_room_the_refusal_says_what_is_short_where(
        self, vim: port.Vim, names: Names
    ) -> None:
        name, spec = self.compute(names, self.image(vim, names("image")), "huge", memoryMiB=10**12)
        why = self.refused(507, vim.allocate, "compute", name, {"owner": "x", **spec})
        assert vim.capacity()[0]["id"] in why and "memoryMiB" in why and str(10**12) in why
        assert vim.query("compute", {"name": name}) == []

    def test_an_unknown_zone_is_refused(self, vim: port.Vim, names: Names) -> None:
        name, spec = self.compute(names, self.image(vim, names("image")), "lost", zone="nowhere")
        assert "nowhere" in self.refused(404, vim.allocate, "compute", name, {"owner": "x", **spec})
        spec = {"owner": "x", "zone": "nowhere"}
        assert "nowhere" in self.refused(404, vim.allocate, "network", names("net"), spec)

    def test_an_unknown_kind_is_refused(self, vim: port.Vim, names: Names) -> None:
        self.refused(400, vim.allocate, "teapot", names("pot"), {"owner": "x"})

    def test_only_what_exists_is_updated(self, vim: port.Vim, names: Names) -> None:
        name, spec = self.compute(names, self.image(vim, names("image")), "web")
        self.refused(404, vim.update, "compute", name, {"userData": {"a": 1}})
        self.arrived(vim, "compute", name, spec)
        changed = vim.update("compute", name, {"userData": {"a": 1}})
        for resource in (changed, self.arrived(vim, "compute", name, spec)):
            assert cast(ComputeSpec, resource["spec"])["userData"] == {"a": 1}

    def test_pieces_of_an_image_may_come_twice(self, vim: port.Vim, names: Names) -> None:
        name, content = names("image"), b"x" * (CHUNK + 10)
        vim.allocate(
            "image",
            name,
            {
                "owner": name.partition("/")[0],
                "size": len(content),
                "checksum": {"algorithm": "sha-256", "hash": hashlib.sha256(content).hexdigest()},
            },
        )
        for _ in range(2):
            vim.add_image(name, 0, content[:CHUNK], False)
        for _ in range(2):
            assert vim.add_image(name, CHUNK, content[CHUNK:], True)["state"] == "ACTIVE"
