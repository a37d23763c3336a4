# SPDX-License-Identifier: Apache-2.0
"""Who a descriptor says it is: an id that every URL can carry, and what the manifest says too."""

from __future__ import annotations

from typing import Any

from descriptors.findings import Findings
from descriptors.leaves import text
from descriptors.package import Package
from descriptors.tosca.topology import Node

_LONGEST = 200  # characters of an id
_RESERVED = set("/\\?#%")
# By what a manifest calls it: the attribute of the model.
_STATED = {
    "vnf": {
        "vnfd_id": "id",
        "vnf_provider_id": "provider",
        "vnf_product_name": "product_name",
        "vnf_software_version": "software_version",
        "vnf_package_version": "version",
    },
    "ns": {
        "nsd_designer": "designer",
        "nsd_name": "name",
        "nsd_invariant_id": "invariant_id",
        "nsd_file_structure_version": "version",
    },
    "pnf": {"pnfd_provider": "provider", "pnfd_name": "name"},
}


def check_id(top: Node, findings: Findings) -> None:
    """The id of the whole is a segment of URLs."""
    id = text(top.properties.get("descriptor_id"))
    if not id or not (reason := _why_no_segment(id)):
        return
    message = f"the id {id[:60]!r} {reason}: no URL can carry it"
    hint = "use letters, digits, and . - _ ~ : (a UUID at best)"
    findings.error("sol001-id", top.unit.path, message, hint, top.at())


def check_manifest(package: Package, findings: Findings) -> None:
    """What manifest and descriptor both say; the descriptor counts."""
    descriptor: Any = package.descriptor
    for key, attribute in _STATED.get(package.kind or "", {}).items():
        stated, actual = package.manifest.get(key, ""), getattr(descriptor, attribute)
        if stated and actual and stated.strip("'\"") != actual:
            message = f"says {key} is {stated[:60]!r}, the descriptor says {actual[:60]!r}"
            hint = "correct one of them; the descriptor counts"
            findings.by_profile("csar-manifest-differs", package.manifest_path, message, hint)


def _why_no_segment(id: str) -> str:
    if id in (".", ".."):
        return "is a step in a path"
    if len(id) > _LONGEST:
        return f"has {len(id)} characters"
    if wrong := [letter for letter in id if letter in _RESERVED or not "!" <= letter <= "~"]:
        return f"has {wrong[0]!r} in it"
    return ""
