# SPDX-License-Identifier: Apache-2.0
"""A difference between descriptors, written for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from descriptors import effects
from descriptors.changes import Change
from descriptors.comparing import Difference

NAMES = {  # of sections, in words
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
_SUMS = (
    ("vdus", effects.RECREATE, "the VNFCs of {} are made anew"),
    ("vnf_profiles", effects.UPGRADE, "the VNFs of {} change their package"),
    ("ns_profiles", effects.UPGRADE, "the nested NSs of {} change their NSD"),
)
_CONTEXT = 20  # letters before the place where two long values part


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
    effect = EFFECTS[change.effect]
    reasons = ", ".join(_name(*item) for item in change.because)
    yield "".join(
        (
            f"  {SIGNS[change.change]} {_name(change.section, change.name)}",
            f": {effect}" if effect else "",
            f", because of {reasons}" if reasons else "",
        )
    )
    is_whole = change.section == "flavours" and change.change in ("added", "removed")
    for name, (before, after) in change.details.items():
        if is_whole:
            yield f"      {NAMES.get(name, name)}: {_text(before or after)}"
        else:
            yield f"      {name}: {' → '.join(_shortened(_text(before), _text(after)))}"


def _sum(difference: Difference) -> Iterator[str]:
    """What to know before going there."""
    if not difference.changes:
        yield "no difference"
    elif all(change.effect == effects.RECORD for change in difference.changes):
        yield "nothing that runs is touched"
    for flavour in difference.flavours:
        for section, effect, sentence in _SUMS:
            names = difference.names(flavour, section, effect)
            if names:
                yield f"flavour {flavour}: {sentence.format(', '.join(names))}"


def _name(section: str, name: str) -> str:
    return f"{NAMES.get(section, section)} {name}"


def _shortened(before: str, after: str) -> tuple[str, str]:
    """Texts that are too long for a line, from a little before where they part."""
    pairs = enumerate(zip(before, after, strict=False))
    shorter = min(len(before), len(after))
    parting = next((index for index, (old, new) in pairs if old != new), shorter)
    is_long = max(len(before), len(after)) > WIDTH
    start = max(0, parting - _CONTEXT) if is_long else 0
    return _part(before, start), _part(after, start)


def _part(text: str, start: int) -> str:
    end = start + WIDTH
    return f"{'…' if start else ''}{text[start:end]}{'…' if text[end:] else ''}"


def _text(value: object) -> str:
    """Lists of names as names, positions of an NFP as its path."""
    if value in (None, "", [], {}):
        return "none"
    if isinstance(value, dict):
        return _text_of_map(value)
    if not isinstance(value, list):
        return str(value)
    is_path = isinstance(value[0], dict) and "elements" in value[0]
    return (" → " if is_path else ", ").join(map(_text, value))


def _text_of_map(value: dict[str, Any]) -> str:
    """An image by name and checksum, a CP by its profile, a position by its elements."""
    if {"name", "version", "checksum"} <= value.keys():
        checksum = value["checksum"].get("hash", "")[:8] or "no checksum"
        return f"{value['name']} {value['version']} ({checksum})"
    if value.keys() == {"cp", "profile"}:
        return f"{value['profile']}.{value['cp']}" if value["profile"] else str(value["cp"])
    if "elements" in value:
        return " or ".join(map(_text, value["elements"]))
    return str(value)
