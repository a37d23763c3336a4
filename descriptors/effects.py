# SPDX-License-Identifier: Apache-2.0
"""What a change of one thing in a descriptor means for instances.

What follows for others is for `spreading` to say. A field that is not in these tables counts for
the most: what it belongs to is made anew. So a new one errs to the safe side. Sizes that the
scale status of an instance stands for (initial numbers, deltas, narrower bounds) change in
place, levels to ask for later are only recorded."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from descriptors.changes import Change
from descriptors.fields import Path, differences, is_object
from descriptors.sections import Pair

RECORD = "record"  # nothing that runs is touched; later operations go by it
IN_PLACE = "in-place"
# of the VNF or nested NS (SOL003 5.4.7), or of this one where its flavour has gone
CHANGE_FLAVOUR = "change-flavour"
# the VNF gets another package (SOL003 5.4.11a), the nested NS another NSD
UPGRADE = "upgrade"
RECREATE = "recreate"
BLOCKED = "blocked"  # instances cannot go to this version
CREATE, DELETE = "create", "delete"
# Of the first five the stronger wins.
ALL = (RECORD, IN_PLACE, CHANGE_FLAVOUR, UPGRADE, RECREATE, BLOCKED, CREATE, DELETE)

# Objects that no instance has a resource for. All others have one.
RECORDED = (
    "aspects",
    "levels",
    "affinity",
    "monitoring",
    "indicators",
    "interfaces",
    "coordinations",
    "package_changes",
)
PROFILES = ("vnf_profiles", "ns_profiles", "pnf_profiles")
# What a changed field means where its own entry in FIELDS, with the longest path, does not say
# otherwise.
SECTIONS = {
    **dict.fromkeys(RECORDED, RECORD),
    **dict.fromkeys((*PROFILES, "nfps", "vnffgds", "mirrored", "security_groups"), IN_PLACE),
    **dict.fromkeys(("initial", "initial_vips", "initial_bitrates"), IN_PLACE),
}
_PORT = {"role": IN_PLACE, "layer_protocols": IN_PLACE}
_PROFILE = {
    "flavour": CHANGE_FLAVOUR,
    "ext_invariant_id": RECORD,
    "version_dependencies": RECORD,
    "level": RECORD,  # this and the next: how to instantiate more
    "target_scale_levels": RECORD,
}
FIELDS: dict[str, dict[str, str]] = {
    "containers": {"properties.description": RECORD},
    "vdus": {"maintenance": RECORD},
    "storages": {"properties.nfvi_maintenance_info": RECORD},
    "cpds": _PORT,
    "ext_cpds": _PORT,
    "sapds": _PORT,
    "vip_cpds": {"targets": IN_PLACE, **_PORT},
    "virtual_cpds": _PORT,
    "virtual_links": {
        "management": IN_PLACE,
        "properties.vl_profile.qos": IN_PLACE,
        "properties.test_access": RECORD,
        "properties.monitoring_parameters": RECORD,
        "properties.nfvi_maintenance_info": RECORD,
        "properties.vl_profile.service_availability_level": RECORD,
    },
    "vnf_profiles": {"vnfd_id": UPGRADE, "service_availability_level": RECORD, **_PROFILE},
    "ns_profiles": {"nsd_id": UPGRADE, **_PROFILE},
    "pnf_profiles": {
        "pnfd_id": RECREATE,
        "ext_invariant_id": RECORD,
        "version_dependencies": RECORD,
    },
    # what the level that an instance is at means
    "aspects": dict.fromkeys(("deltas", "vips", "bitrates", "levels"), IN_PLACE),
    "vnffgds": {"members": RECORD},
}
LABELS = ("id", "name", "description", "image.id")
BOUNDS = {"minimum": -1, "maximum": 1, "max_scale_level": 1}  # in which direction they get wider
RATES = ("bitrate", "bit_rate")


def judge(flavour: str, pair: Pair) -> Change:
    """The change that a pair is, with its effect by itself."""
    if pair.change == "changed":
        return _judge_fields(flavour, pair)
    has_resource = (is_object(pair.old) or is_object(pair.new)) and pair.section not in RECORDED
    if has_resource:
        effect = CREATE if pair.change == "added" else DELETE
    elif pair.section == "aspects" and pair.change == "removed":
        effect = IN_PLACE  # what the aspect added is too much now
    else:
        effect = RECORD
    return Change(flavour, pair.section, pair.name, pair.change, effect)


def strongest(effects: Iterable[str]) -> str:
    """The one that says what the others say, too."""
    return max(effects, key=ALL.index, default=RECORD)


def _judge_fields(flavour: str, pair: Pair) -> Change:
    effect = SECTIONS.get(pair.section, RECORD)
    fields = differences(pair.old, pair.new)
    change = Change(flavour, pair.section, pair.name, pair.change, effect, fields)
    if not (is_object(pair.old) or is_object(pair.new)):
        return change
    meanings = [_field(pair.section, path, *values) for path, values in change.details.items()]
    return dataclasses.replace(change, effect=strongest(meanings))


def _field(section: str, path: Path, before: object, after: object) -> str:
    if path in LABELS:
        return RECORD
    if path in BOUNDS:  # wider ones hold whoever kept to the narrower ones
        return RECORD if _widens(path, before, after) else IN_PLACE
    if section not in RECORDED and any(rate in path for rate in RATES):
        return IN_PLACE
    meanings = FIELDS.get(section, {})
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        if (prefix := ".".join(parts[:length])) in meanings:
            return meanings[prefix]
    return SECTIONS.get(section, RECREATE)


def _widens(path: Path, before: object, after: object) -> bool:
    assert isinstance(before, int) and isinstance(after, int)
    return (after - before) * BOUNDS[path] > 0
