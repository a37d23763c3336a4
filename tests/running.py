# SPDX-License-Identifier: Apache-2.0
"""NFVO, VNFM and simulated VIM in this process, and a client that speaks to them as an OSS would.

They run on real ports and a real PostgreSQL; every answer is checked against its OpenAPI document.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import pathlib
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from mano import bus, store
from mano.bus.local import Local
from mano.rest import auth, server
from mano.rest.app import make_app
from mano.suite import parts
from mano.suite.settings import Address, Settings
from mano.threads import Threads
from mano.vim.simulated import Simulated

SECRET = "only for tests"
CLIENT = {"secret": auth.hashed(SECRET), "scopes": ["read", "write", "admin"]}
READER = {"secret": auth.hashed(SECRET), "scopes": ["read"]}
ENDED = ("COMPLETED", "FAILED", "ROLLED_BACK", "FAILED_TEMP")
KINDS = ("network", "port", "compute", "storage", "path")  # an image stays as long as its package
PATIENCE = 20.0
_numbers = itertools.count(1)


class Running:
    """A suite without host: `make_store` gives each service its schema, `wrap` may come between
    service and carrier."""

    services = ("nfvo", "vnfm", "vim-simulated")

    def __init__(
        self,
        make_store: Callable[[], store.Store],
        data: pathlib.Path,
        wrap: Callable[[bus.Carrier], bus.Carrier] = lambda carrier: carrier,
        page_size: int = 100,
        **options: Any,
    ):
        self.settings = Settings(
            data=data,
            package_signatures=options.pop("package_signatures", "verify"),
            nfvo=_free(),
            vnfm=_free(),
            token_key="k" * 40,
            page_size=page_size,
            clients={"oss": CLIENT, "reader": READER},
            **options,
        )
        self.clients: list[Api] = []
        self.threads = Threads(6)
        carrier = wrap(Local(self.threads))
        self.parts = {
            name: parts.build(name, make_store(), carrier, self.threads, self.settings)
            for name in self.services
        }
        self.rest = dataclasses.replace(
            self.settings.rest("nfvo"), validate_responses=True, threads=8
        )

    def start(self) -> None:
        apps = [
            (
                make_app(parts.load(name).documents(), self.parts[name].store, self.rest),
                *getattr(self.settings, name),
            )
            for name in parts.WITH_REST
        ]
        self.servers = server.serve(apps, self.settings.connections)
        self.threads.start()
        for service in self.parts.values():
            service.start()

    def stop(self) -> None:
        for client in self.clients:
            client.http.close()
        self.servers.stop()
        for service in self.parts.values():
            service.stop()
        self.threads.stop()


class Api:
    """A client with a token: paths begin with the API's name, "/nslcm/v2/…", and lead to the
    service that has it."""

    def __init__(self, nfvo: str, vnfm: str, client: str = "oss", secret: str = SECRET):
        self.roots = {"nfvo": nfvo, "vnfm": vnfm}
        self.http = httpx.Client(timeout=20, trust_env=False)
        answer = self.http.post(
            f"{nfvo}/oauth2/token", data={"grant_type": "client_credentials"}, auth=(client, secret)
        )
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def url(self, path: str) -> str:
        if path.startswith("http"):
            return path
        return self.roots["vnfm" if path.startswith("/vnflcm") else "nfvo"] + path

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.http.request(method, self.url(path), **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return self.call("POST", path, **more, **({} if body is None else {"json": body}))

    def patch(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.call(
            "PATCH",
            path,
            json=body,
            headers={"Content-Type": "application/merge-patch+json", **headers},
        )

    def delete(self, path: str) -> httpx.Response:
        return self.call("DELETE", path)

    # -- what is done over and over --
    def ok(
        self, method: str, path: str, status: int, body: Any = None, **more: Any
    ) -> httpx.Response:
        """The answer, which must have this status."""
        answer = self.call(method, path, **more, **({} if body is None else {"json": body}))
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def until(self, path: str, fits: Callable[[Any], bool], patience: float = PATIENCE) -> Any:
        """The document as soon as it fits."""
        deadline, pause = time.monotonic() + patience, 0.005
        while True:
            document = self.ok("GET", path, 200).json()
            if fits(document):
                return document
            assert time.monotonic() < deadline, f"{path} after {patience:.0f} s: {document}"
            time.sleep(pause)
            pause = min(pause * 1.5, 0.1)

    def ended(self, location: str, patience: float = PATIENCE) -> Any:
        """The operation occurrence at a Location, once it has ended or stopped."""
        return self.until(
            location, lambda occurrence: occurrence["operationState"] in ENDED, patience
        )

    def vim(self, **extra: Any) -> str:
        """The id of a new simulated VIM."""
        id = f"sim-{next(_numbers)}"
        self.ok("POST", "/admin/v1/vims", 201, {"id": id, "vimType": "simulated", "extra": extra})
        self.until(f"/admin/v1/vims/{id}", lambda vim: vim["state"] == "ENABLED")
        return id

    def upload(self, collection: str, content: bytes, media: str = "application/zip") -> str:
        """The path of a new package or NSD with this content, checked or not."""
        path = self.ok("POST", collection, 201, {}).headers["Location"]
        part = "nsd_content" if "ns_descriptors" in collection else "package_content"
        self.ok("PUT", f"{path}/{part}", 202, content=content, headers={"Content-Type": media})
        return path

    def checked(self, path: str) -> Any:
        """The package or NSD when its check has ended."""

        def ended(package: dict[str, Any]) -> bool:
            state = package.get("onboardingState") or package["nsdOnboardingState"]
            return state in ("ONBOARDED", "ERROR")

        return self.until(path, ended)

    def onboard(self, collection: str, content: bytes, media: str = "application/zip") -> Any:
        """A new package or NSD, ONBOARDED."""
        package = self.checked(self.upload(collection, content, media))
        assert "onboardingFailureDetails" not in package, package
        return package

    def ns(self, nsd: str, name: str = "sample") -> str:
        """The path of a new NS instance."""
        body = {"nsdId": nsd, "nsName": name, "nsDescription": ""}
        return str(self.ok("POST", "/nslcm/v2/ns_instances", 201, body).headers["Location"])

    def instantiate(self, ns: str, vim: str = "") -> str:
        """Asks for it; the Location of the operation."""
        body: dict[str, Any] = {"nsFlavourId": "default"}
        if vim:
            body["additionalParamsForNs"] = {"vimId": vim}
        return str(self.ok("POST", f"{ns}/instantiate", 202, body).headers["Location"])

    def terminate(self, instance: str) -> str:
        """Asks for it; the Location of the operation."""
        body = {"terminationType": "FORCEFUL"} if "vnf_instances" in instance else {}
        return str(self.ok("POST", f"{instance}/terminate", 202, body).headers["Location"])

    def removed_half(self, ns: str) -> None:
        """Gives up the operation in FAILED_TEMP of an NS, and removes what there is of it."""
        filter = f"(eq,nsInstanceId,{ns.rpartition('/')[2]});(eq,operationState,FAILED_TEMP)"
        answer = self.get("/nslcm/v2/ns_lcm_op_occs", params={"filter": filter})
        [occurrence] = answer.json()
        self.ok("POST", f"{occurrence['_links']['self']['href']}/fail", 200)
        self.removed(ns)

    def deleted(self, package: str, patience: float = PATIENCE) -> None:
        """Deletes a package as soon as the NFVO has heard that no VNF is made of it any more."""
        deadline = time.monotonic() + patience
        while (answer := self.delete(package)).status_code == 409:
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.02)
        assert answer.status_code == 204, answer.text

    def removed(self, ns: str) -> None:
        """Terminates an NS and deletes it."""
        assert self.ended(self.terminate(ns))["operationState"] == "COMPLETED"
        self.ok("DELETE", ns, 204)


def left(running: Running, vim: str) -> list[str]:
    """What there is at a simulated VIM beside images."""
    simulated = Simulated(running.parts["vim-simulated"].store, vim)
    amounts = [zone["used"] for zone in simulated.capacity() if any(zone["used"].values())]
    resources = itertools.chain.from_iterable(simulated.query(kind, {}) for kind in KINDS)
    return [
        *(f"{resource['kind']} {resource['name']} {resource['state']}" for resource in resources),
        *map(str, amounts),
    ]


def gone(running: Running, vim: str, patience: float = PATIENCE) -> bool:
    """Whether nothing is left at a VIM, in the end."""
    deadline = time.monotonic() + patience
    while left(running, vim) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left(running, vim) == []


@contextlib.contextmanager
def started(running: Running) -> Iterator[Running]:
    running.start()
    try:
        yield running
    finally:
        running.stop()


def client(running: Running, name: str = "oss") -> Api:
    api = Api(running.settings.url("nfvo"), running.settings.url("vnfm"), name)
    running.clients.append(api)
    return api


def _free() -> Address:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", probe.getsockname()[1])
