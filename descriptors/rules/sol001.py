# SPDX-License-Identifier: Apache-2.0
"""Rules of VNFDs and NSDs, of both together, and of reading as such."""

from __future__ import annotations

ERRORS = (
    ("sol001-nothing", "The descriptor describes no VNF, NS or PNF.", "SOL001 5.1"),
    ("sol001-flavour-twice", "Two templates describe the same deployment flavour.", "SOL001 6.7"),
    (
        "sol001-unknown-flavour",
        "A deployment flavour that the VNF's or NS's type does not allow, or that nothing "
        "describes.",
        "SOL001 6.7",
    ),
    ("vnfd-required", "A required attribute of the VNF is missing or empty.", "SOL001 6.8.1"),
    (
        "vnfd-unknown-aspect",
        "A policy names a scaling aspect that is not declared.",
        "SOL001 6.10.3",
    ),
    (
        "vnfd-unknown-delta",
        "A scaling aspect names a step delta that no policy has.",
        "SOL001 6.10.5",
    ),
    (
        "vnfd-unknown-level",
        "A policy names an instantiation level that is not declared.",
        "SOL001 6.10.2",
    ),
    ("vnfd-scale-level", "A scale level is over the aspect's max_scale_level.", "SOL001 6.10.2"),
    (
        "vnfd-unknown-coordination",
        "An LCM coordination action of this VNFD is named that is not declared.",
        "SOL001 6.10",
    ),
    (
        "vnfd-unknown-component",
        "A package change maps to a component that this VNFD does not have.",
        "SOL001 6.10",
    ),
    ("nsd-required", "A required attribute of the NS is missing or empty.", "SOL001 7.8.1"),
    (
        "nsd-not-a-link",
        "A constituent is linked to something that is no NsVirtualLink.",
        "SOL001 7.8",
    ),
    (
        "nsd-nfp-cp",
        "An NFP position names a connection point that the constituent does not have.",
        "SOL001 7.8",
    ),
    (
        "nsd-unknown-aspect",
        "A policy names an NS scaling aspect that is not declared.",
        "SOL001 7.10",
    ),
    ("nsd-unknown-level", "A policy names an NS level that is not declared.", "SOL001 7.10"),
    (
        "nsd-unknown-flavour",
        "A VNF profile names a deployment flavour that the VNFD does not have.",
        "IFA014 6.3.3",
    ),
    (
        "nsd-unknown-vnf-level",
        "A VNF profile names an instantiation level that the VNFD's flavour does not have.",
        "IFA014 6.3.3",
    ),
    (
        "nsd-unknown-cp",
        "A VNF profile links an external CP that the VNFD's flavour does not have.",
        "IFA014 6.3.3",
    ),
    (
        "sol001-id",
        "An id of a VNFD, NSD or PNFD that no URL can carry.",
        "RFC 3986 3.3",
    ),
    (
        "sol001-address",
        "A subnet's cidr, gateway or pool is none, does not fit, or is too small for its CPs.",
        "SOL001 6.6",
    ),
    (
        "sol001-size",
        "A size or number beyond reason.",
        "SP 3.3.6",
    ),
    (
        "vnfd-image-remote",
        "A software image is an address: nothing is fetched, the package must carry it.",
        "SOL004 4.1",
    ),
    ("parser-timeout", "Reading took longer than `timeout` or `cpu` allow.", ""),
    ("parser-crash", "The parser ended, or the package needs more than `memory` allows.", ""),
    ("parser-limit", "There are more findings than `findings` allows.", ""),
)
BY_PROFILE = (
    (
        "vnfd-image-named",
        "A VDU or container names an image that the package does not carry; the VIM has it or not.",
        "SOL001 6.3",
    ),
    (
        "sol001-host-bits",
        "A cidr has host bits, as 10.0.0.5/24; the network counts.",
        "SOL001 6.6",
    ),
    (
        "pnfd-open-cp",
        "An external CP of a PNF leads to no virtual link; the NS links it.",
        "SOL001 8",
    ),
)
WARNINGS = (
    (
        "vnfd-image-checksum",
        "The VNFD states another checksum of an image than the file has.",
        "SOL001 6.3",
    ),
    (
        "vnfd-level-twice",
        "Two policies give different numbers for a VDU, VIP or link at a level; the first counts.",
        "SOL001 6.10.4",
    ),
    (
        "vnfd-level-scale",
        "A level states another number or bit rate than its scale levels make.",
        "SOL001 6.10.4",
    ),
    (
        "vnfd-no-step-deltas",
        "An aspect has several deltas and does not say which step takes which; the first counts.",
        "SOL001 6.10",
    ),
    (
        "vnfd-no-initial-delta",
        "A VDU is scaled, and nothing says from which number; its minimum counts.",
        "SOL001 6.10",
    ),
    (
        "vnfd-instances",
        "A level or aspect asks for more VNFCs of a VDU than its vdu_profile allows.",
        "SOL001 6.10.2",
    ),
    (
        "nsd-unknown-vnfd",
        "A VNF profile names a VNFD that is not among those given; onboarding refuses it.",
        "IFA014 6.3.3",
    ),
    ("vnfd-no-compute", "A VDU does not say which CPUs and memory it needs.", "SOL001 6.8.3"),
)
