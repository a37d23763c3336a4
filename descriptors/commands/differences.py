# SPDX-License-Identifier: Apache-2.0
"""A difference between descriptors, written for people."""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from typing import Any

from descriptors import effects
from descriptors.changes import Change
from descriptors.comparing import Difference

WORDS = {
    "descriptor": "the",
    "flavours": "flavour",
    "files": "file",
    "vdus": "VDU",
    "cpds": "CP",
    "ext_cpds": "external CP",
    "vip_cpds": "VIP CP",
    "virtual_cpds": "virtual CP",
    "virtual_links": "VL",
    "storages": "storage",
    "aspects": "scaling aspect",
    "levels": "level",
    "initial": "initial number of",
    "initial_vips": "initial number of",
    "initial_bitrates": "initial bit rate of",
    "affinity": "affinity rule",
    "operations": "LCM operation",
    "requirements": "requirement",
    "parameters": "parameters of",
    "policies": "policy",
    "autoscale": "auto-scaling rule",
    "configuration": "LCM configuration",
    "placement_groups": "placement group",
    "placement_descriptions": "description of",
    "interfaces": "VNF interface",
    "mirrored": "data flow",
    "referenced_coordinations": "LCM coordination of",
    "properties": "property",
    "indicators": "VNF indicator",
    "security_groups": "security group rule",
    "monitoring": "monitoring parameter",
    "containers": "container",
    "coordinations": "LCM coordination",
    "package_changes": "package change",
    "mciops": "MCIOP",
    "vnf_profiles": "VNF profile",
    "pnf_profiles": "PNF profile",
    "ns_profiles": "NS profile",
    "sapds": "SAP",
    "vnffgds": "VNFFG",
    "nfps": "NFP",
    "configurable_properties": "configurable property",
    "modifiable_attributes": "modifiable attribute",
}
WIDTH = 100  # of a value
SIGNS = {"added": "+", "removed": "-", "changed": "~", "follows": "~"}
EFFECTS = {
    effects.CREATE: "",
    effects.DELETE: "",
    effects.RECORD: "",
    effects.RECREATE: "made anew",
    effects.IN_PLACE: "changes in place",
    effects.UPGRADE: "its instances change to the other descriptor",
    effects.CHANGE_FLAVOUR: "its instances change the flavour",
    effects.BLOCKED: "its instances cannot go to this version",
}


def render(difference: Difference) -> str:
    """Lines, grouped by deployment flavour."""
    return "".join(f"{line}\n" for line in _lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    old, new = difference.before, difference.after
    yield f"{old['id']} version {old['version']} → {new['id']} version {new['version']}"
    for flavour in difference.flavours:
        yield f"flavour {flavour}:" if flavour else "package:"
        for change in difference.changes:
            if change.flavour == flavour:
                yield from _change(change)
    yield from _sum(difference)


def _change(change: Change) -> Iterator[str]:
    effect = f": {EFFECTS[change.effect]}" if EFFECTS[change.effect] else ""
    why = (
        f", because of {', '.join(_called(*item) for item in change.because)}"
        if change.because
        else ""
    )
    yield f"  {SIGNS[change.change]} {_called(change.section, change.name)}{effect}{why}"
    for name, (before, after) in change.told.items():
        if change.section == "flavours" and change.change in ("added", "removed"):
            yield f"      {WORDS.get(name, name)}: {_written(before or after)}"
        else:
            yield f"      {name}: {' → '.join(_short(_written(before), _written(after)))}"


def _sum(difference: Difference) -> Iterator[str]:
    """What to know before going there."""
    if not difference.changes:
        yield "no difference"
    elif all(change.effect == effects.RECORD for change in difference.changes):
        yield "nothing that runs is touched"
    for flavour in difference.flavours:
        for section, effect, words in (
            ("vdus", effects.RECREATE, "the VNFCs of {} are made anew"),
            ("vnf_profiles", effects.UPGRADE, "the VNFs of {} change their package"),
            ("ns_profiles", effects.UPGRADE, "the nested NSs of {} change their NSD"),
        ):
            if names := difference.names(flavour, section, effect):
                yield f"flavour {flavour}: {words.format(', '.join(names))}"


def _called(section: str, name: str) -> str:
    return f"{WORDS.get(section, section)} {name}"


def _short(before: str, after: str) -> tuple[str, str]:
    """Texts that are too long for a line, from a little before where they part."""
    parting = len(os.path.commonprefix([before, after]))
    start = max(0, parting - 20) if max(len(before), len(after)) > WIDTH else 0
    cut = [
        ("…" if start else "")
        + text[start : start + WIDTH]
        + ("…" if text[start + WIDTH :] else "")
        for text in (before, after)
    ]
    return cut[0], cut[1]


def _written(value: Any) -> str:
    """Lists of names as names, positions of an NFP as its way."""
    keys = set(value) if isinstance(value, dict) else set()
    if value in (None, "", [], {}):
        return "none"
    if {"name", "version", "checksum"} <= keys:
        return f"{value['name']} {value['version']} ({value['checksum'].get('hash', '')[:8] or 'no checksum'})"
    if keys == {"cp", "profile"}:
        return f"{value['profile']}.{value['cp']}" if value["profile"] else str(value["cp"])
    if "elements" in keys:
        return " or ".join(map(_written, value["elements"]))
    way = (
        isinstance(value, list) and value and isinstance(value[0], dict) and "elements" in value[0]
    )
    return (
        (" → " if way else ", ").join(map(_written, value))
        if isinstance(value, list)
        else str(value)
    )
