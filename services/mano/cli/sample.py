# SPDX-License-Identifier: Apache-2.0
"""The sample network service: built, onboarded, given a host, and instantiated."""

from __future__ import annotations

import pathlib
import tempfile
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from mano.cli import ns_descriptors, onboarding, progress, vnf_packages
from mano.cli.failures import Failure
from mano.cli.tree import NetworkService
from mano.suite import paths

if TYPE_CHECKING:
    from mano.cli.client import Client, Document

VIM, NS, NSD = "baremetal", "demo", "secure-web"
VNFS = {"firewall": "Firewall", "loadbalancer": "Loadbalancer", "web": "Web"}  # folder -> product
FEATURES = ("netns", "bridge", "veth", "nft_bridge")  # what its host must be able to do
HEARD = 30  # seconds until the agent of the host must have been heard
INSTANTIATED = 120  # seconds


def onboard(client: Client) -> str:
    """Onboards what is not onboarded yet; what was done."""
    folders = _vnfs_to_onboard(client)
    lacks_nsd = _nsd(client, filter="(eq,nsdOnboardingState,ONBOARDED)") is None
    if not folders and not lacks_nsd:
        return "onboarded already"
    with tempfile.TemporaryDirectory() as scratch:
        for folder in folders:
            package = _build(f"vnf/{folder}", scratch)
            onboarding.onboard(client, vnf_packages.KIND, package, sign=True)
        if lacks_nsd:
            package = _build(f"ns/{NSD}", scratch)
            onboarding.onboard(client, ns_descriptors.KIND, package, sign=True)
    names = [", ".join(folders)] if folders else []
    return (
        f"built and onboarded {' and '.join([*names, *([f'the NSD {NSD}'] if lacks_nsd else [])])}"
    )


def add_host(client: Client, host: str) -> str:
    """Registers the VIM and the host; what the host is, once its agent is heard."""
    if VIM not in _ids(client, "/vims"):
        client.post("admin", "/vims", {"id": VIM, "vimType": "baremetal"})
    if host not in _ids(client, "/hosts"):
        client.post("admin", "/hosts", {"id": host, "vimId": VIM})
    facts = _wait_for_agent(client, host).get("facts", {})
    if defects := _defects(facts):
        raise Failure(
            f"host {host} cannot bear the sample service; its kernel lacks {'; '.join(defects)}"
        )
    return (
        f"{host} is ENABLED: {len(facts.get('cpus', []))} CPUs, {facts.get('memoryMiB', 0)} MiB, "
        f"kernel {facts.get('kernel', '?')}"
    )


def instantiate(client: Client) -> tuple[str, str]:
    """The id of the network service, which is INSTANTIATED, and what was done for it."""
    begin = time.monotonic()
    instances = client.list("nslcm", "/ns_instances", filter=f"(eq,nsInstanceName,{NS})")
    if instances and instances[0]["nsState"] == "INSTANTIATED":
        return instances[0]["id"], "runs already"
    ns = instances[0]["id"] if instances else _create(client)
    occurrence = f"/ns_lcm_op_occs/{_operation(client, ns)}"
    progress.operation(client, "nslcm", occurrence, "instantiate", INSTANTIATED)
    return ns, f"INSTANTIATED in {time.monotonic() - begin:.1f} s"


def front(ns: NetworkService) -> str:
    """The address of the load balancer towards the clients."""
    return next(
        cp["addresses"][0]
        for vnf in ns["vnfs"]
        if vnf["product"] == VNFS["loadbalancer"]
        for vnfc in vnf["vnfcs"]
        for cp in vnfc["cps"]
        if cp["cp"] == "front"
    )


def servers(ns: NetworkService) -> set[str]:
    """The VNFCs that answer."""
    web = [vnf for vnf in ns["vnfs"] if vnf["product"] == VNFS["web"]]
    return {vnfc["name"] for vnf in web for vnfc in vnf["vnfcs"]}


def _vnfs_to_onboard(client: Client) -> list[str]:
    """The folders of the samples that are not onboarded."""
    packages = client.list("vnfpkgm", "/vnf_packages", filter="(eq,onboardingState,ONBOARDED)")
    products = {package.get("vnfProductName") for package in packages}
    return [folder for folder, product in VNFS.items() if product not in products]


def _nsd(client: Client, **query: str) -> Document | None:
    descriptors = client.list("nsd", "/ns_descriptors", **query)
    return next((nsd for nsd in descriptors if nsd.get("nsdName") == NSD), None)


def _build(sample: str, scratch: str) -> pathlib.Path:
    """The CSAR of a sample."""
    try:
        from descriptors import building
    except ImportError as error:
        raise Failure(
            f"the package with the samples is not installed ({error}): "
            "run `make demo` in the repository"
        ) from error
    return building.build(pathlib.Path(building.__file__).parent / sample, scratch)


def _ids(client: Client, collection: str) -> Collection[str]:
    return [document["id"] for document in client.list("admin", collection)]


def _wait_for_agent(client: Client, host: str) -> Document:
    try:
        return progress.until(
            lambda: client.get("admin", f"/hosts/{host}"),
            lambda document: document["state"] == "ENABLED",
            lambda document: f"host {host}: {document['state']}",
            HEARD,
        )
    except Failure as failure:
        log = paths.agent_log(client.settings.data)
        raise Failure(
            f"the agent of host {host} is not heard: see `mano status` and {log}"
        ) from failure


def _defects(facts: Document) -> list[str]:
    """The features of the kernel that are needed and do not work, with what for and why."""
    features = facts.get("features", {})
    return [
        f"{name} ({feature.get('for', '')}: {feature.get('why', '')})"
        for name, feature in features.items()
        if name in FEATURES and not feature.get("works")
    ]


def _create(client: Client) -> str:
    nsd = _nsd(client)
    assert nsd is not None
    body = {"nsdId": nsd["nsdId"], "nsName": NS, "nsDescription": "the sample network service"}
    id: str = client.post("nslcm", "/ns_instances", body)["id"]
    return id


def _operation(client: Client, ns: str) -> str:
    """The id of the operation that instantiates: one that was begun and has not ended, or new."""
    for occurrence in client.list("nslcm", "/ns_lcm_op_occs", filter=f"(eq,nsInstanceId,{ns})"):
        id, state = str(occurrence["id"]), occurrence["operationState"]
        if occurrence["lcmOperationType"] != "INSTANTIATE":
            continue
        if state == "FAILED_TEMP":
            client.call("POST", "nslcm", f"/ns_lcm_op_occs/{id}/retry")
        if state in ("STARTING", "PROCESSING", "FAILED_TEMP"):
            return id
    body = {"nsFlavourId": "default", "additionalParamsForNs": {"vimId": VIM}}
    answer = client.call("POST", "nslcm", f"/ns_instances/{ns}/instantiate", json=body)
    return client.id_in_location(answer)
