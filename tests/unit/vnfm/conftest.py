# SPDX-License-Identifier: Apache-2.0
"""A VNFD's flavour made here, and a request and a grant for it."""

from __future__ import annotations

from typing import Any

import pytest

from descriptors import model
from mano.sol.vnf_parameters import NAMESPACE
from vnfm.computes import Network, Vnf

INSTANCE: dict[str, Any] = {
    "id": "i",
    "vnfInstanceName": "n",
    "vnfProductName": "p",
    "vnfConfigurableProperties": {"a": 1},
}
SERVICE = {
    "links": {"ext": {"name": "dmz", "cidr": "10.1.0.0/16"}},
    "routes": {"outside": [{"to": "0.0.0.0/0", "via": "10.1.0.1"}]},
    "neighbours": {"outside": [{"vnf": "sap", "cp": "s", "addresses": ["10.1.0.9/16"]}]},
}
UNCONNECTED: dict[str, Any] = {"flavourId": "default"}
IMAGES = [{"vnfdSoftwareImageId": "img", "vimSoftwareImageId": "at-vim"}]


@pytest.fixture
def df() -> model.VnfDf:
    """Two VNFCs of one VDU, which has a CP outside and one on an internal link."""
    image = model.SwImage("img", "img", "1", virtualisation_environments=["netns"])
    vdu = model.Vdu("v", "v", vcpus=2, memory=64, image=image, cpds=["front", "inner"])
    return model.VnfDf(
        "default",
        vdus={"v": vdu},
        initial={"v": 2},
        virtual_links={"own": model.Vld("own"), "unused": model.Vld("unused")},
        cpds={
            "front": model.Cpd("front", "v"),
            "inner": model.Cpd("inner", "v", virtual_link="own"),
        },
        ext_cpds={"outside": model.ExtCpd("outside", cpd="front")},
    )


def cp_config(address: str) -> dict[str, Any]:
    """A VnfExtCpConfig that sets an address."""
    addresses = [{"type": "IPV4", "fixedAddresses": [address]}]
    ethernet = {"layerProtocol": "IP_OVER_ETHERNET", "ipOverEthernet": {"ipAddresses": addresses}}
    return {"cpProtocolData": [ethernet]}


def request(*addresses: str, cpd: str = "outside") -> dict[str, Any]:
    """An InstantiateVnfRequest that connects an external CP, one instance for each address."""
    configs = {f"{cpd}-{index}": cp_config(address) for index, address in enumerate(addresses)}
    ext_cp = {"cpdId": cpd, "cpConfig": configs}
    return {
        "flavourId": "default",
        "extVirtualLinks": [{"id": "ext", "resourceId": "net", "extCps": [ext_cp]}],
        "additionalParams": {"b": 2, NAMESPACE: SERVICE},
    }


def grant(number: int) -> dict[str, Any]:
    """A Grant of so many VNFCs."""
    return {
        "addResources": [
            {"resourceDefinitionId": f"v-{index}", "zoneId": "z"} for index in range(number)
        ],
        "vimAssets": {"softwareImages": IMAGES},
    }


def vnf(
    df: model.VnfDf, request: dict[str, Any], number: int = 2, cidr: str = "10.9.0.0/24"
) -> Vnf:
    """A VNF of so many VNFCs on an internal link of that subnet."""
    networks = {"own": Network(id="own-net", cidr=cidr)}
    return Vnf(df, INSTANCE, request, grant(number), networks, "op")
