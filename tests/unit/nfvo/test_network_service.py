# SPDX-License-Identifier: Apache-2.0
"""A network service as one value, and what the VNFM is asked for its VNFs: of the sample."""

from __future__ import annotations

import pathlib
from collections.abc import Callable

import pytest

import descriptors
from descriptors import model
from mano.sol.vnf_parameters import NAMESPACE
from nfvo import network_service, vnf_requests
from nfvo.network_service import Constituent, NetworkService

SAMPLES = pathlib.Path(__file__).parents[3] / "descriptors"
VNFS = ("firewall", "loadbalancer", "web")
NETWORKS = {link: f"id-of-{link}" for link in ("clients", "dmz", "servers", "mgmt")}


@pytest.fixture(scope="module")
def ns(tmp_path_factory: pytest.TempPathFactory) -> NetworkService:
    folder = tmp_path_factory.mktemp("csar")

    def descriptor(sample: str) -> model.Vnfd | model.Nsd | model.Pnfd | None:
        return descriptors.read(descriptors.build(SAMPLES / sample, folder)).descriptor

    return resolved(descriptor)


def resolved(
    descriptor: Callable[[str], model.Vnfd | model.Nsd | model.Pnfd | None],
) -> NetworkService:
    """The sample service, as it comes to be of its packages."""
    nsd = descriptor("ns/secure-web")
    assert isinstance(nsd, model.Nsd)
    flavours = {}
    for name in VNFS:
        vnfd = descriptor(f"vnf/{name}")
        assert isinstance(vnfd, model.Vnfd)
        flavours[name] = vnfd.flavours["default"]
    df = network_service.by_ext_cp(nsd.flavours["default"], flavours)
    return NetworkService(
        df,
        {
            name: Constituent(profile, flavours[name], profile.level, f"package of {name}")
            for name, profile in df.vnf_profiles.items()
        },
    )


def test_there_is_a_demand_for_each_vnfc_of_each_vnf_at_its_level(ns: NetworkService) -> None:
    demands = [demand.id for demand in ns.demands]
    assert len(demands) == len(set(demands)) == 4
    assert [demand for demand in demands if demand.startswith("web/")] == [
        "web/web-0",
        "web/web-1",
    ]


def test_there_are_as_many_addresses_of_an_external_cp_as_of_its_vdu(ns: NetworkService) -> None:
    assert [cp.index for cp in ns.addresses.of("web", "http")] == [0, 1]
    assert len(ns.addresses.of("firewall", "inside")) == 1


def test_paths_and_saps_go_by_their_names(ns: NetworkService) -> None:
    assert list(ns.paths) == ["web-traffic/http"]
    assert [(sap.id, sap.virtual_link) for sap in ns.saps] == [("client", "clients")]


def test_a_vnf_is_asked_for_with_its_level_links_and_all_that_its_day_0_data_names(
    ns: NetworkService,
) -> None:
    request = vnf_requests.instantiate(ns, "web", "vim-1", NETWORKS, {"colour": "red"})
    assert (request["flavourId"], request["instantiationLevelId"]) == ("default", "pair")
    links = {link["id"]: link for link in request["extVirtualLinks"]}
    assert {(link["vimConnectionId"], link["resourceId"]) for link in links.values()} == {
        ("vim-1", "id-of-servers"),
        ("vim-1", "id-of-mgmt"),
    }
    [cp] = links["servers"]["extCps"]
    assert cp["cpdId"] == "http" and list(cp["cpConfig"]) == ["http-0", "http-1"]
    assert request["additionalParams"]["colour"] == "red"
    parameters = request["additionalParams"][NAMESPACE]
    assert parameters["name"] == "web"
    assert parameters["chain"]["previous"][0]["vnf"] == "loadbalancer"
    assert parameters["sap"] == [{"sap": "client", "addresses": ["10.20.1.2/24"]}]
    near = {neighbour["vnf"] for neighbour in parameters["neighbours"]["http"]}
    assert near == {"loadbalancer"}


def test_what_an_instance_is_told_does_not_change_the_next(ns: NetworkService) -> None:
    def request() -> object:
        return vnf_requests.instantiate(ns, "firewall", "vim-1", NETWORKS, {})

    assert request() == request()
