# SPDX-License-Identifier: Apache-2.0
"""The sample packages as a suite gets them."""

from __future__ import annotations

from pathlib import Path

import descriptors
from tests.running import Api

FOLDER = Path(__file__).parents[2] / "descriptors"
VNFS = ("firewall", "loadbalancer", "web")
NS = "secure-web"
NSD_ID = "7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0010"


def build(folder: Path) -> dict[str, bytes]:
    """The packages by name."""
    sources = [*(FOLDER / "vnf" / name for name in VNFS), FOLDER / "ns" / NS]
    return {source.name: descriptors.build(source, folder).read_bytes() for source in sources}


def onboard(api: Api, packages: dict[str, bytes]) -> None:
    """Brings the VNFs and then the network service to a suite."""
    for name in VNFS:
        api.onboard("/vnfpkgm/v2/vnf_packages", packages[name])
    api.onboard("/nsd/v2/ns_descriptors", packages[NS])
