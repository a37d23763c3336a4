# SPDX-License-Identifier: Apache-2.0
"""A VNFD's flavour made here, and a request for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from descriptors import model
from mano.composition import Composition, Marks, settle
from mano.lcm.leases import Leases
from mano.sol.vnf_parameters import NAMESPACE
from vnfm import head
from vnfm.build import Build

INSTANCE: dict[str, Any] = {
    "id": "i",
    "vnfInstanceName": "n",
    "vnfProductName": "p",
    "vnfConfigurableProperties": {"a": 1},
}
UNCONNECTED: dict[str, Any] = {"flavourId": "default"}


@pytest.fixture
def df() -> model.VnfDf:
    """One to five VNFCs of one VDU, which has a CP outside and one on an internal link."""
    image = model.SwImage("img", "img", "1", virtualisation_environments=["netns"])
    vdu = model.Vdu("v", "v", vcpus=2, memory=64, image=image, cpds=["front", "inner"])
    return model.VnfDf(
        "default",
        vdus={"v": vdu},
        initial={"v": 2},
        levels={"one": model.InstantiationLevel("one", vdus={"v": 1})},
        aspects={"size": model.ScalingAspect("size", max_scale_level=300, deltas=[{"v": 1}])},
        virtual_links={"own": model.Vld("own", cidr="10.9.0.0/24"), "unused": model.Vld("unused")},
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
    neighbour = {"vnf": "sap", "cp": "s", "addresses": ["10.1.0.9/16"]}
    return {
        "flavourId": "default",
        "extVirtualLinks": [{"id": "ext", "resourceId": "net", "extCps": [ext_cp]}],
        "additionalParams": {
            "b": 2,
            NAMESPACE: {
                "links": {"ext": {"name": "dmz", "cidr": "10.1.0.0/16"}},
                "routes": {"outside": [{"to": "0.0.0.0/0", "via": "10.1.0.1"}]},
                "neighbours": {"outside": [neighbour]},
            },
        },
    }


@dataclass
class Vnf:
    """A VNF that is instantiated and changed, as far as its composition goes."""

    df: model.VnfDf
    head: head.Head
    composition: Composition = field(default_factory=Composition)
    marks: Marks = field(default_factory=Marks)
    leases: Leases = field(default_factory=Leases)

    def settle(self) -> Composition:
        """It is as its head says."""
        build = Build(self.df, self.head, self.composition, self.marks, self.leases)
        self.composition = settle(self.composition, build.composition(), self.marks)
        self.leases.keep_only(self.composition.parts.keys())
        return self.composition

    def scale(self, level: int) -> Composition:
        """So many VNFCs more than at first."""
        self.head = head.scaled(self.head, {"size": level})
        return self.settle()


def vnf(df: model.VnfDf, request: dict[str, Any], level: int = 0) -> Vnf:
    """A VNF of two VNFCs, and so many more."""
    instantiated = Vnf(df, head.instantiate("vnfd", request))
    instantiated.scale(level)
    return instantiated
