# SPDX-License-Identifier: Apache-2.0
"""Affinity and anti-affinity of VNFDs and NSDs over REST (IFA011 7.1.8.11, IFA014 6.3.8).

Where VNFCs really go on a VIM of several zones, or why the rule is refused.

Without its rule each case fails: the first zone takes one VNFC, so what is to be together would be
split, and the second takes all others, so what is to be apart would meet."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mano import store
from mano.vim.simulated import Simulated
from tests import running as suites
from tests.api.two_vdu_packages import INSTANCES, Descriptors, Rule
from tests.running import Api, Running

ROOM_FOR_ONE = {"vcpus": 2, "memoryMiB": 1024, "storageMiB": 0}
ROOM_FOR_ALL = {"vcpus": 100, "memoryMiB": 100_000, "storageMiB": 0}
ZONES = {"z1": ROOM_FOR_ONE, "z2": ROOM_FOR_ALL, "z3": ROOM_FOR_ALL, "z4": ROOM_FOR_ALL}

KEPT = {
    "affinity": ["nfvi_node", "network_link_and_node", "zone", "zone_group", "nfvi_pop"],
    "anti-affinity": ["nfvi_node", "network_link_and_node", "zone"],
}
REFUSED = {
    "affinity": ["container_namespace", "cis_node"],
    "anti-affinity": ["zone_group", "nfvi_pop", "container_namespace", "cis_node"],
}
REFUSED_OF_NSD = {  # its types know no cis_node
    kind: [scope for scope in scopes if scope != "cis_node"] for kind, scopes in REFUSED.items()
}
WHOLE_VIM = ("zone_group", "nfvi_pop")
Zones = dict[str, dict[str, set[str]]]  # by VNF and VDU, where its VNFCs are


def cases(scopes: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(kind, scope) for kind, of_kind in scopes.items() for scope in of_kind]


@pytest.fixture(scope="module")
def running(
    new_store: Callable[[], store.Store], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A suite of this module's own: its packages and services stay."""
    with suites.started(Running(new_store, tmp_path_factory.mktemp("affinity"))) as suite:
        yield suite


@pytest.fixture(scope="module")
def first_vim(running: Running) -> str:
    """Where VNFs of no network service go."""
    return suites.client(running).vim(zones=ZONES)


@pytest.fixture(scope="module")
def api(running: Running, first_vim: str) -> Api:
    return suites.client(running)


def network_service(api: Api, packages: Descriptors) -> str:
    """The path of a new one."""
    api.onboard("/vnfpkgm/v2/vnf_packages", packages.package())
    api.onboard("/nsd/v2/ns_descriptors", packages.nsd(), "text/plain")
    return api.ns(packages.nsd_id)


def zones_of_ns(api: Api, running: Running, packages: Descriptors) -> Zones:
    """Where the VNFCs of a new network service are."""
    ns, vim = network_service(api, packages), api.vim(zones=ZONES)
    operation = api.ended(api.instantiate(ns, vim))
    assert operation["operationState"] == "COMPLETED", operation
    return zones_at(running, vim)


def zones_at(running: Running, vim: str) -> Zones:
    """As the VIM itself says."""
    zones: Zones = defaultdict(lambda: defaultdict(set))
    for compute in Simulated(running.parts["vim-simulated"].store, vim).query("compute", {}):
        zones[compute["spec"]["vnf"]][compute["spec"]["vdu"]].add(compute["zone"])
    return zones


def check_vdu(zones: dict[str, set[str]], rule: Rule) -> None:
    """The VNFCs of one VNF are as a rule of its VNFD says."""
    if rule.scope in WHOLE_VIM:
        return
    if rule.target == "a":
        assert len(zones["a"]) == (1 if rule.kind == "affinity" else INSTANCES), zones
    elif rule.kind == "affinity":
        assert len(zones["a"] | zones["b"]) == 1, zones
    else:
        assert not zones["a"] & zones["b"], zones


@pytest.mark.parametrize(("kind", "scope"), cases(KEPT))
@pytest.mark.parametrize("target", ["a", "both"])
def test_a_network_service_keeps_the_rules_of_its_vnfds(
    api: Api, running: Running, target: str, kind: str, scope: str
) -> None:
    rule = Rule(target, kind, scope)
    zones = zones_of_ns(api, running, Descriptors(in_vnfd=rule))
    assert set(zones) == {"p", "q"}
    for profile in zones:
        check_vdu(zones[profile], rule)


@pytest.mark.parametrize(("kind", "scope"), cases(KEPT))
def test_a_network_service_keeps_the_rules_of_its_nsd_on_a_group_of_profiles(
    api: Api, running: Running, kind: str, scope: str
) -> None:
    zones = zones_of_ns(api, running, Descriptors(in_nsd=Rule("both", kind, scope)))
    of_p, of_q = (set().union(*zones[profile].values()) for profile in ("p", "q"))
    if kind == "anti-affinity":
        assert not of_p & of_q, zones
    elif scope not in WHOLE_VIM:
        assert len(of_p | of_q) == 1, zones


@pytest.mark.parametrize(("kind", "scope"), [*cases(KEPT), *cases(REFUSED_OF_NSD)])
def test_a_rule_of_an_nsd_on_the_instances_of_one_profile_is_kept_by_its_one_instance(
    api: Api, running: Running, kind: str, scope: str
) -> None:
    zones = zones_of_ns(api, running, Descriptors(in_nsd=Rule("p", kind, scope)))
    assert zones["p"]["a"] == {"z1", "z2"} and zones["q"]["a"] == {"z2"}  # as without a rule


@pytest.mark.parametrize(("kind", "scope"), cases(REFUSED))
@pytest.mark.parametrize("target", ["a", "both"])
def test_a_rule_of_a_vnfd_that_cannot_be_kept_is_refused_with_the_reason(
    api: Api, target: str, kind: str, scope: str
) -> None:
    packages = Descriptors(in_vnfd=Rule(target, kind, scope))
    ns = network_service(api, packages)
    problem = api.ok("POST", f"{ns}/instantiate", 422, {"nsFlavourId": "default"}).json()
    for profile in ("p", "q"):
        assert f"VNF profile {profile}, rule rule: {kind} with scope {scope}" in problem["detail"]
    operation = instantiated_vnf(api, packages)[1]
    assert operation["operationState"] == "ROLLED_BACK"
    assert f"{kind} with scope {scope} cannot be kept" in operation["error"]["detail"]


@pytest.mark.parametrize(("kind", "scope"), cases(REFUSED_OF_NSD))
def test_a_rule_of_an_nsd_that_cannot_be_kept_is_refused_with_the_reason(
    api: Api, kind: str, scope: str
) -> None:
    ns = network_service(api, Descriptors(in_nsd=Rule("both", kind, scope)))
    problem = api.ok("POST", f"{ns}/instantiate", 422, {"nsFlavourId": "default"}).json()
    assert f"rule rule: {kind} with scope {scope} cannot be kept" in problem["detail"]


def test_what_finds_no_zone_of_its_own_is_told_from_whom_it_is_kept_apart(api: Api) -> None:
    ns = network_service(api, Descriptors(in_nsd=Rule("both", "anti-affinity", "zone")))
    vim = api.vim(zones={"only": ROOM_FOR_ALL})
    operation = api.ended(api.instantiate(ns, vim))
    assert operation["operationState"] == "FAILED_TEMP" and operation["error"]["status"] == 409
    detail = operation["error"]["detail"]
    assert "zone only is not for VNF q, VNFC a-0: anti-affinity (zone) keeps it apart" in detail


def instantiated_vnf(api: Api, packages: Descriptors) -> tuple[str, Any]:
    """The path of a new VNF instance of no network service, and how its instantiation ended."""
    body = {"vnfdId": packages.vnfd_id, "vnfInstanceName": packages.vnfd_id}
    vnf = api.ok("POST", "/vnflcm/v2/vnf_instances", 201, body).headers["Location"]
    answer = api.ok("POST", f"{vnf}/instantiate", 202, {"flavourId": "default"})
    return vnf, api.ended(answer.headers["Location"])


@pytest.mark.parametrize(("kind", "scope"), cases(KEPT))
@pytest.mark.parametrize("target", ["a", "both"])
def test_a_vnf_of_no_network_service_keeps_the_rules_of_its_vnfd(
    api: Api, running: Running, first_vim: str, target: str, kind: str, scope: str
) -> None:
    rule = Rule(target, kind, scope)
    packages = Descriptors(in_vnfd=rule)
    api.onboard("/vnfpkgm/v2/vnf_packages", packages.package())
    vnf, operation = instantiated_vnf(api, packages)
    assert operation["operationState"] == "COMPLETED", operation
    check_vdu(zones_at(running, first_vim)[packages.vnfd_id], rule)
    assert api.ended(api.terminate(vnf))["operationState"] == "COMPLETED"
    api.ok("DELETE", vnf, 204)


def reservations(running: Running) -> list[str]:
    """Those that are left in the end: the news that an operation has ended may be on its way."""
    deadline = time.monotonic() + suites.PATIENCE
    while True:
        with running.parts["nfvo"].store.begin() as tx:
            ids = [reservation.id for reservation in tx.find("reservations")]
        if not ids or time.monotonic() > deadline:
            return ids
        time.sleep(0.05)


def test_vnfs_that_are_granted_at_once_get_no_room_twice_and_leave_no_reservation(
    new_store: Callable[[], store.Store], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with suites.started(Running(new_store, tmp_path_factory.mktemp("grants"))) as running:
        api = suites.client(running)
        rooms = {f"z{number}": {**ROOM_FOR_ALL, "vcpus": 8} for number in range(3)}
        api.vim(zones=rooms, delay=0.2)  # a VNF of four VNFCs needs one of them
        packages = Descriptors(in_vnfd=Rule("both", "affinity", "zone"))
        api.onboard("/vnfpkgm/v2/vnf_packages", packages.package())
        states: list[str] = []

        def instantiate() -> None:
            operation = instantiated_vnf(suites.client(running), packages)[1]
            states.append(operation["operationState"])

        threads = [threading.Thread(target=instantiate) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(states) == ["COMPLETED"] * 3 + ["ROLLED_BACK"] * 3
        assert reservations(running) == []
