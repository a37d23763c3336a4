# SPDX-License-Identifier: Apache-2.0
"""A VNF that is scaled and healed through the VNFM's REST, by what is at the simulated VIM."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mano.vim.simulated import Simulated
from tests import running as suites
from tests.running import Api, Running

WEB = "7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0003"  # two web servers by default, one to four by aspect
ADDRESSES = [f"10.5.0.{number}" for number in (11, 12, 13, 14)]


@dataclass
class Site:
    """A suite whose only VIM has the settings that a test gives, and a VNF on it."""

    running: Running
    api: Api
    vim: str = ""
    vnf: str = ""

    def up(self, addresses: list[str] = ADDRESSES, **extra: Any) -> None:
        """The VNF is INSTANTIATED, its external CP on a link of somebody else's."""
        self.vim = self.api.vim(**extra)
        created = self.api.ok("POST", "/vnflcm/v2/vnf_instances", 201, {"vnfdId": WEB})
        self.vnf = created.headers["Location"]
        configs = {f"http-{number}": _config(addresses[number]) for number in range(len(addresses))}
        ext_cp = {"cpdId": "http", "cpConfig": configs}
        links = [{"id": "lan", "resourceId": "net", "extCps": [ext_cp]}]
        self.completed("instantiate", {"flavourId": "default", "extVirtualLinks": links})

    def begun(self, task: str, body: Any) -> str:
        """The path of an operation on the VNF."""
        return str(self.api.ok("POST", f"{self.vnf}/{task}", 202, body).headers["Location"])

    def completed(self, task: str, body: Any) -> dict[str, Any]:
        """The occurrence of an operation, COMPLETED."""
        occurrence: dict[str, Any] = self.api.ended(self.begun(task, body))
        assert occurrence["operationState"] == "COMPLETED", occurrence.get("error")
        return occurrence

    def scale(self, type: str, steps: int = 1) -> dict[str, Any]:
        body = {"type": type, "aspectId": "servers", "numberOfSteps": steps}
        return self.completed("scale", body)

    def settings(self, **extra: Any) -> None:
        """The VIM behaves otherwise from now on."""
        self.simulated().configure({"extra": extra})

    def simulated(self) -> Simulated:
        return Simulated(self.running.parts["vim-simulated"].store, self.vim)

    def at_vim(self, kind: str) -> dict[str, dict[str, Any]]:
        """What the VIM has, by its name within the VNF."""
        id = self.vnf.rpartition("/")[2]
        resources = self.simulated().query(kind, {"owner": id})
        return {item["name"].removeprefix(f"{id}/"): dict(item) for item in resources}

    def info(self) -> dict[str, Any]:
        info: dict[str, Any] = self.api.get(self.vnf).json()["instantiatedVnfInfo"]
        return info

    def assert_whole(self, *vnfcs: str) -> None:
        """These resources stand for the VNFCs, and nothing else does, whoever is asked."""
        info = self.info()
        assert {vnfc["id"] for vnfc in info["vnfcResourceInfo"]} == set(vnfcs)
        assert set(self.at_vim("compute")) == set(vnfcs)
        ids = {vnfc["computeResource"]["resourceId"] for vnfc in info["vnfcResourceInfo"]}
        assert ids == {compute["id"] for compute in self.at_vim("compute").values()}
        on = {port["spec"]["compute"].rpartition("/")[2] for port in self.at_vim("port").values()}
        assert on == set(vnfcs) and len(self.at_vim("port")) == len(vnfcs)

    def assert_goes(self) -> None:
        """Terminated and deleted, it leaves nothing."""
        self.completed("terminate", {"terminationType": "FORCEFUL"})
        self.api.ok("DELETE", self.vnf, 204)
        assert suites.left(self.running, self.vim) == []
        with self.running.parts["vnfm"].store.begin() as tx:
            for kind in ("ledger", "compositions", "legs"):
                assert tx.find(kind) == []


def _config(address: str) -> dict[str, Any]:
    addresses = [{"type": "IPV4", "fixedAddresses": [address]}]
    ethernet = {"layerProtocol": "IP_OVER_ETHERNET", "ipOverEthernet": {"ipAddresses": addresses}}
    return {"cpProtocolData": [ethernet]}


@pytest.fixture
def site(
    new_store: Callable[[], object], tmp_path: Path, samples: dict[str, bytes]
) -> Iterator[Site]:
    running = Running(new_store, tmp_path)  # type: ignore[arg-type]
    with suites.started(running):
        api = suites.client(running)
        api.onboard("/vnfpkgm/v2/vnf_packages", samples["web"])
        yield Site(running, api)


def test_scaled_out_and_in_a_vnf_has_so_many_vnfcs_and_the_others_stay_as_they_are(
    site: Site,
) -> None:
    site.up()
    site.assert_whole("web-0.1", "web-1.1")
    first = site.at_vim("compute")["web-0.1"]["id"]
    occurrence = site.scale("SCALE_OUT", 2)
    site.assert_whole("web-0.1", "web-1.1", "web-2.1", "web-3.1")
    assert site.at_vim("compute")["web-0.1"]["id"] == first
    added = [vnfc["id"] for vnfc in occurrence["resourceChanges"]["affectedVnfcs"]]
    assert sorted(added) == ["web-2.1", "web-3.1"]
    assert site.info()["scaleStatus"] == [{"aspectId": "servers", "scaleLevel": 3}]
    occurrence = site.scale("SCALE_IN", 3)
    site.assert_whole("web-0.1")
    changes = occurrence["resourceChanges"]["affectedVnfcs"]
    assert {change["changeType"] for change in changes} == {"REMOVED"} and len(changes) == 3
    site.assert_goes()


def test_each_vnfc_has_an_address_of_those_that_were_given_and_one_that_stays_keeps_its(
    site: Site,
) -> None:
    site.up()
    site.scale("SCALE_OUT")
    addresses = {name: port["spec"]["addresses"] for name, port in site.at_vim("port").items()}
    assert addresses == {
        "web-0/http.1": ["10.5.0.11/24"],
        "web-1/http.1": ["10.5.0.12/24"],
        "web-2/http.1": ["10.5.0.13/24"],
    }


def test_a_vnf_is_scaled_to_a_level_and_to_scale_levels(site: Site) -> None:
    site.up()
    site.completed("scale_to_level", {"instantiationLevelId": "full"})
    assert len(site.at_vim("compute")) == 4
    scale = [{"aspectId": "servers", "scaleLevel": 0}]
    site.completed("scale_to_level", {"scaleInfo": scale})
    site.assert_whole("web-0.1")


@pytest.mark.parametrize(
    ("task", "body", "words"),
    [
        ("scale", {"type": "SCALE_OUT", "aspectId": "doors"}, "no scaling aspect 'doors'"),
        ("scale", {"type": "SCALE_OUT", "aspectId": "servers", "numberOfSteps": 3}, "0 to 3"),
        ("scale", {"type": "SCALE_IN", "aspectId": "servers", "numberOfSteps": 2}, "0 to 3"),
        ("scale_to_level", {"instantiationLevelId": "huge"}, "no instantiation level 'huge'"),
        ("heal", {"vnfcInstanceId": ["web-9"]}, "no VNFC web-9, only web-0, web-1"),
        ("heal", {"healScript": "x"}, "not carried out yet: healScript"),
    ],
)
def test_what_cannot_be_is_422_with_what_can(site: Site, task: str, body: Any, words: str) -> None:
    site.up()
    assert words in site.api.ok("POST", f"{site.vnf}/{task}", 422, body).json()["detail"]


def test_without_an_address_for_one_more_scaling_out_is_refused(site: Site) -> None:
    site.up(ADDRESSES[:2])
    body = {"type": "SCALE_OUT", "aspectId": "servers"}
    problem = site.api.ok("POST", f"{site.vnf}/scale", 422, body).json()
    assert "External CP http is there 3 times" in problem["detail"]


def test_what_is_not_instantiated_is_neither_scaled_nor_healed(site: Site) -> None:
    site.up()
    site.completed("terminate", {"terminationType": "FORCEFUL"})
    for task, body in (("scale", {"type": "SCALE_OUT", "aspectId": "servers"}), ("heal", {})):
        site.api.ok("POST", f"{site.vnf}/{task}", 409, body)


def test_a_vnfc_that_is_gone_is_healed_under_its_id_with_its_port_and_address(site: Site) -> None:
    site.up()
    id = site.vnf.rpartition("/")[2]
    port = site.at_vim("port")["web-1/http.1"]
    site.simulated().terminate("compute", f"{id}/web-1.1")
    occurrence = site.completed("heal", {})
    site.assert_whole("web-0.1", "web-1.2")
    after = site.at_vim("port")["web-1/http.1"]
    assert (after["id"], after["spec"]["addresses"]) == (port["id"], port["spec"]["addresses"])
    changes = occurrence["resourceChanges"]["affectedVnfcs"]
    types = {change["id"]: change["changeType"] for change in changes}
    assert types == {"web-1.1": "REMOVED", "web-1.2": "ADDED"}
    site.assert_goes()


def test_a_vnfc_that_is_named_is_replaced_though_it_is_well(site: Site) -> None:
    site.up()
    site.completed("heal", {"vnfcInstanceId": ["web-0"], "cause": "it answers slowly"})
    site.assert_whole("web-0.2", "web-1.1")


def test_a_heal_of_what_is_well_changes_nothing(site: Site) -> None:
    site.up()
    occurrence = site.completed("heal", {})
    site.assert_whole("web-0.1", "web-1.1")
    assert occurrence["resourceChanges"]["affectedVnfcs"] == []


def test_a_scaling_that_fails_is_rolled_back_to_the_very_same_vnf(site: Site) -> None:
    site.up()
    before = site.info()
    site.settings(faults=[{"name": "web-3", "kind": "compute", "error": {"detail": "broken"}}])
    operation = site.begun(
        "scale", {"type": "SCALE_OUT", "aspectId": "servers", "numberOfSteps": 2}
    )
    failed = site.api.ended(operation)
    assert failed["operationState"] == "FAILED_TEMP" and "broken" in failed["error"]["detail"]
    site.api.ok("POST", f"{operation}/rollback", 202)
    ended = site.api.until(operation, lambda body: body["operationState"] == "ROLLED_BACK")
    assert "error" not in ended or ended["error"]
    assert site.info() == before
    site.assert_whole("web-0.1", "web-1.1")
    site.settings()
    site.scale("SCALE_OUT")
    site.assert_whole("web-0.1", "web-1.1", "web-4.1")  # the numbers that were begun are spent
    site.assert_goes()


def test_a_scaling_that_fails_is_retried_with_what_died_meanwhile(site: Site) -> None:
    site.up()
    fault = {"name": "web-3", "kind": "compute", "times": 1}
    site.settings(faults=[fault])
    operation = site.begun(
        "scale", {"type": "SCALE_OUT", "aspectId": "servers", "numberOfSteps": 2}
    )
    assert site.api.ended(operation)["operationState"] == "FAILED_TEMP"
    id = site.vnf.rpartition("/")[2]
    site.simulated().terminate("compute", f"{id}/web-0.1")
    site.api.ok("POST", f"{operation}/retry", 202)
    site.api.until(operation, lambda body: body["operationState"] == "COMPLETED")
    site.assert_whole("web-0.2", "web-1.1", "web-2.1", "web-3.1")


def test_what_a_scaling_that_was_given_up_has_left_goes_with_the_next_operation(site: Site) -> None:
    site.up()
    site.settings(faults=[{"name": "web-3", "kind": "compute"}])
    operation = site.begun(
        "scale", {"type": "SCALE_OUT", "aspectId": "servers", "numberOfSteps": 2}
    )
    assert site.api.ended(operation)["operationState"] == "FAILED_TEMP"
    site.api.ok("POST", f"{operation}/fail", 200)
    shown = {vnfc["id"] for vnfc in site.info()["vnfcResourceInfo"]}
    assert shown == {"web-0.1", "web-1.1"} and "web-2.1" in site.at_vim("compute")
    site.settings()
    site.completed("heal", {})
    site.assert_whole("web-0.1", "web-1.1")
    site.assert_goes()


def test_a_rollback_that_fails_may_be_turned_to_a_retry(site: Site) -> None:
    site.up()
    site.settings(
        faults=[
            {"name": "web-3.1", "kind": "compute", "times": 1},
            {"name": "web-2.1", "kind": "compute", "verb": "terminate", "times": 1},
        ]
    )
    operation = site.begun(
        "scale", {"type": "SCALE_OUT", "aspectId": "servers", "numberOfSteps": 2}
    )
    assert site.api.ended(operation)["operationState"] == "FAILED_TEMP"
    site.api.ok("POST", f"{operation}/rollback", 202)
    site.api.until(operation, lambda body: body["operationState"] == "FAILED_TEMP")
    site.api.ok("POST", f"{operation}/retry", 202)
    site.api.until(operation, lambda body: body["operationState"] == "COMPLETED")
    assert len(site.at_vim("compute")) == 4 and len(site.info()["vnfcResourceInfo"]) == 4
    site.assert_goes()


def test_a_heal_that_was_given_up_shows_what_stands_and_the_next_one_mends_it(site: Site) -> None:
    site.up()
    site.settings(faults=[{"name": "web-0.2", "kind": "compute"}])
    operation = site.begun("heal", {"vnfcInstanceId": ["web-0"]})
    assert site.api.ended(operation)["operationState"] == "FAILED_TEMP"
    site.api.ok("POST", f"{operation}/fail", 200)
    assert [vnfc["id"] for vnfc in site.info()["vnfcResourceInfo"]] == ["web-1.1"]
    site.settings()
    site.completed("heal", {})
    site.assert_whole("web-0.3", "web-1.1")
    site.assert_goes()


def test_a_vnf_of_a_network_service_is_healed_by_anybody_and_scaled_by_its_nfvo_only(
    api: Api, nsd: str
) -> None:
    vim, ns = api.vim(), api.ns(nsd)
    assert api.ended(api.instantiate(ns, vim))["operationState"] == "COMPLETED"
    [web] = [vnf for vnf in api.get(ns).json()["vnfInstance"] if vnf["vnfdId"] == WEB]
    path = f"/vnflcm/v2/vnf_instances/{web['id']}"
    body = {"type": "SCALE_IN", "aspectId": "servers"}
    problem = api.ok("POST", f"{path}/scale", 409, body).json()
    assert "only its NFVO may scale it" in problem["detail"]
    healed = api.ok("POST", f"{path}/heal", 202, {"vnfcInstanceId": ["web-0"]})
    assert api.ended(healed.headers["Location"])["operationState"] == "COMPLETED"
    names = {vnfc["id"] for vnfc in api.get(path).json()["instantiatedVnfInfo"]["vnfcResourceInfo"]}
    assert names == {"web-0.2", "web-1.1"}

    def shown(body: dict[str, Any]) -> bool:
        [vnf] = [vnf for vnf in body["vnfInstance"] if vnf["id"] == web["id"]]
        vnfcs = vnf["instantiatedVnfInfo"]["vnfcResourceInfo"]
        return {vnfc["id"] for vnfc in vnfcs} == names

    api.until(ns, shown)
    assert api.ended(api.terminate(ns))["operationState"] == "COMPLETED"
    api.ok("DELETE", ns, 204)


@pytest.mark.parametrize("kinds", [("compute",), ("port",), ("compute", "port")])
def test_heal_replaces_what_somebody_else_is_just_removing(
    site: Site, kinds: tuple[str, ...]
) -> None:
    site.up()
    site.settings(delay=1)
    for kind in kinds:
        name = min(item["name"] for item in site.at_vim(kind).values())
        site.simulated().terminate(kind, name)
    site.completed("heal", {})
    shown = {vnfc["computeResource"]["resourceId"] for vnfc in site.info()["vnfcResourceInfo"]}
    assert shown == {item["id"] for item in site.at_vim("compute").values()} and len(shown) == 2
    states = [item["state"] for kind in ("compute", "port") for item in site.at_vim(kind).values()]
    assert states == ["ACTIVE"] * 4
    site.settings()
    site.assert_goes()


def test_retry_replaces_what_somebody_else_is_just_removing(site: Site) -> None:
    site.up()
    broken = {"kind": "compute", "name": "web-2", "times": 1, "error": {"status": 500}}
    site.settings(faults=[broken])
    body = {"type": "SCALE_OUT", "aspectId": "servers", "numberOfSteps": 1}
    operation = site.begun("scale", body)
    assert site.api.ended(operation)["operationState"] == "FAILED_TEMP"
    site.settings(delay={"compute": 1})
    site.simulated().terminate("compute", site.at_vim("compute")["web-0.1"]["name"])
    site.api.ok("POST", f"{operation}/retry", 202)
    assert site.api.ended(operation)["operationState"] == "COMPLETED"
    site.assert_whole("web-0.2", "web-1.1", "web-2.1")
    site.settings()
    site.assert_goes()


def test_retry_replaces_what_has_stood_and_is_in_error(site: Site) -> None:
    site.up()
    broken = {"kind": "compute", "name": "web-2", "times": 1, "error": {"status": 500}}
    site.settings(faults=[broken])
    body = {"type": "SCALE_OUT", "aspectId": "servers", "numberOfSteps": 1}
    operation = site.begun("scale", body)
    assert site.api.ended(operation)["operationState"] == "FAILED_TEMP"
    with site.running.parts["vim-simulated"].store.begin() as tx:
        compute = tx.get("compute", site.at_vim("compute")["web-0.1"]["id"], lock=True)
        compute.body["state"] = "ERROR"
        tx.put(compute)
    site.api.ok("POST", f"{operation}/retry", 202)
    assert site.api.ended(operation)["operationState"] == "COMPLETED"
    site.assert_whole("web-0.2", "web-1.1", "web-2.1")  # what was only begun keeps its name
