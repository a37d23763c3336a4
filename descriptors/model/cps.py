# SPDX-License-Identifier: Apache-2.0
"""What connection points of VDU, VNF, PNF and SAP say alike."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class AddressData:
    """AddressData (IFA011 7.1.3.3) of one layer protocol of a CP.

    `assigned`: a management entity gives the address, else `subtype` says who does: dynamic,
    vnf_pkg or external."""

    type: str = "ip_address"  # or mac_address
    layer_protocol: str = ""
    assigned: bool | None = None
    subtype: str | None = None
    ip_version: str | None = None
    number: int | None = None  # how many addresses at least
    fixed: list[str] = field(default_factory=list)
    floating: bool = False
