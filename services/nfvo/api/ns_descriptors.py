# SPDX-License-Identifier: Apache-2.0
"""Network service descriptors (SOL005 5.4.2 to 5.4.5)."""

from __future__ import annotations

from nfvo.api.packages import Packages
from nfvo.package_kinds import NSD

_handlers = Packages(
    NSD,
    left_out=("userDefinedData", "onboardingFailureDetails", "findings"),
    links={"nsd_content": "nsd_content"},
    empty={"vnfPkgIds": [], "pnfdInfoIds": [], "nestedNsdInfoIds": []},
)
query, create, read, modify = _handlers.query, _handlers.create, _handlers.read, _handlers.modify
delete = _handlers.delete
replace_nsd_content = _handlers.replace_content
read_nsd_content = _handlers.read_content
read_nsd = _handlers.read_descriptor
read_manifest = _handlers.read_manifest
