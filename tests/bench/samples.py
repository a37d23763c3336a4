# SPDX-License-Identifier: Apache-2.0
"""What is measured with: sample packages, VIMs, network services, brought to a suite over its REST
side."""

from __future__ import annotations

import contextlib
import pathlib
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from typing import Any

from descriptors import building
from tests.bench import rest, suite, waiting

FOREIGN = (
    suite.ROOT.parent / "shared" / "packages" / "vnf" / "vnflcm1.zip"
)  # Tacker's; where it is not at hand: our firewall
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OWN = uuid.UUID("6d616e6f-0000-4000-8000-62656e636800")
VNFS = ("firewall", "loadbalancer", "web")
VIM = "bench"


def package(folder: pathlib.Path) -> tuple[str, pathlib.Path]:
    """Name and file of the VNF package that is onboarded and instantiated."""
    if FOREIGN.exists():
        return FOREIGN.stem, FOREIGN
    return "firewall", _own(folder / "measured")


def _own(folder: pathlib.Path) -> pathlib.Path:
    """Our firewall under an id of its own: the sample service brings the firewall that we ship."""
    source = folder / "firewall"
    if not source.exists():
        shutil.copytree(suite.ROOT / "descriptors" / "vnf" / "firewall", source)
        for file in source.rglob("*.yaml"):
            text = file.read_text()
            file.write_text(UUID.sub(lambda id: str(uuid.uuid5(OWN, id[0])), text))
    return building.build(source, folder)


@contextlib.contextmanager
def vnf(nfvo: rest.Client, folder: pathlib.Path) -> Iterator[tuple[str, str]]:
    """The package of the VNF that is measured, onboarded meanwhile: its vnfdId and its flavour."""
    file = package(folder)[1]
    id, descriptor, _ = onboard(nfvo, file)
    try:
        yield descriptor, "simple" if file == FOREIGN else "default"
    finally:
        drop_package(nfvo, id)


def onboard(nfvo: rest.Client, file: pathlib.Path, kind: str = "vnf") -> tuple[str, str, float]:
    """Creates, uploads, waits: (id of the resource, id of the descriptor, seconds from PUT to
    ONBOARDED)."""
    path, content, state, descriptor = {
        "vnf": ("/vnfpkgm/v2/vnf_packages", "package_content", "onboardingState", "vnfdId"),
        "ns": ("/nsd/v2/ns_descriptors", "nsd_content", "nsdOnboardingState", "nsdId"),
    }[kind]
    id = nfvo.call("POST", path, {}).body["id"]
    data = file.read_bytes()
    began = time.perf_counter()
    nfvo.call("PUT", f"{path}/{id}/{content}", data, "application/zip")
    package = waiting.until(
        lambda: nfvo.get(f"{path}/{id}"), lambda info: info[state] in ("ONBOARDED", "ERROR")
    )
    took = time.perf_counter() - began
    if package[state] != "ONBOARDED":
        raise rest.Refused(f"{file.name}: {package['onboardingFailureDetails']['detail']}")
    return id, package[descriptor], took


def drop_package(nfvo: rest.Client, id: str) -> None:
    """Deletes an onboarded VNF package."""
    nfvo.call("PATCH", f"/vnfpkgm/v2/vnf_packages/{id}", {"operationalState": "DISABLED"})
    nfvo.call("DELETE", f"/vnfpkgm/v2/vnf_packages/{id}")


def vim(nfvo: rest.Client, delay: float, kind: str = "simulated") -> None:
    """Registers the VIM of the measurements; one that is there is replaced. `delay`: seconds that
    it takes to make or to remove a compute; networks, ports and paths are as quick in real VIMs
    too."""
    for document in nfvo.get("/admin/v1/hosts"):
        path = f"/admin/v1/hosts/{document['id']}"
        waiting.until(
            lambda path=path: nfvo.get(path), lambda host: not host["resources"]
        )  # its agent reports now and then
        nfvo.call("DELETE", path)
    for document in nfvo.get("/admin/v1/vims"):
        nfvo.call("DELETE", f"/admin/v1/vims/{document['id']}")
    nfvo.call(
        "POST",
        "/admin/v1/vims",
        {"id": VIM, "vimType": kind, "extra": {"delay": {"compute": delay}}},
    )
    waiting.until(
        lambda: nfvo.get(f"/admin/v1/vims/{VIM}"), lambda info: info["state"] == "ENABLED"
    )


def host(nfvo: rest.Client, name: str) -> None:
    """Registers a bare-metal VIM with this machine as its host."""
    vim(nfvo, 0, "baremetal")
    nfvo.call("POST", "/admin/v1/hosts", {"id": name, "vimId": VIM})
    waiting.until(
        lambda: nfvo.get(f"/admin/v1/hosts/{name}"), lambda info: info["state"] == "ENABLED"
    )


def service(nfvo: rest.Client, folder: pathlib.Path) -> str:
    """Onboards the sample service secure-web: its nsdId."""
    nsds: list[dict[str, Any]] = nfvo.get("/nsd/v2/ns_descriptors")
    if nsds:
        return str(nsds[0]["nsdId"])
    for name in VNFS:
        onboard(nfvo, _built(f"vnf/{name}", folder))
    return onboard(nfvo, _built("ns/secure-web", folder), "ns")[1]


def _built(name: str, folder: pathlib.Path) -> pathlib.Path:
    return building.build(suite.ROOT / "descriptors" / name, folder)
