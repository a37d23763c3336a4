# SPDX-License-Identifier: Apache-2.0
"""Rules of other people's that drop frames of our bridges: they are named, and left alone. Pure."""

from collections.abc import Collection, Iterator
from typing import Any

HOOKS = {"bridge": ("prerouting", "forward"), "netdev": ("ingress", "egress")}
NAMES = ("iifname", "oifname", "ibrname", "obrname")  # keys of what a frame came from or goes to
Objects = list[dict[str, Any]]  # as nft lists them


def sentences(objects: Objects, own: str, devices: Collection[str]) -> Iterator[str]:
    """What is to be mended, and not by us: `own` is our table, `devices` our bridges and links."""
    for item in objects:
        chain = item.get("chain", {})
        if chain.get("table") != own and _is_passed(chain, devices):
            reason = _reason(chain, objects, devices)
            if reason:
                place = f"chain {chain['name']} of table {chain['family']} {chain['table']}"
                yield f"let frames pass {place}, which is not ours to change: {reason}"


def _is_passed(chain: dict[str, Any], devices: Collection[str]) -> bool:
    """Whether frames of ours come to a chain at all."""
    family = chain.get("family", "")
    if chain.get("hook") not in HOOKS.get(family, ()):
        return False
    return family == "bridge" or bool(set(_several(chain.get("dev", []))) & set(devices))


def _reason(chain: dict[str, Any], objects: Objects, devices: Collection[str]) -> str:
    if chain.get("policy") == "drop":
        return "its policy is drop"
    for item in objects:
        rule = item.get("rule", {})
        place = (rule.get("family"), rule.get("table"), rule.get("chain"))
        if place == (chain["family"], chain["table"], chain["name"]) and _drops(rule, devices):
            return f"its rule with handle {rule['handle']} drops some"
    return ""


def _drops(rule: dict[str, Any], devices: Collection[str]) -> bool:
    """Whether a rule drops, and not only what concerns other devices."""
    parts = [part for part in rule["expr"] if isinstance(part, dict)]
    matches = [part["match"] for part in parts if "match" in part]
    elsewhere = any(_is_elsewhere(match, devices) for match in matches)
    return any("drop" in part for part in parts) and not elsewhere


def _is_elsewhere(match: dict[str, Any], devices: Collection[str]) -> bool:
    left, right = match.get("left"), match.get("right")
    key = left.get("meta", {}).get("key") if isinstance(left, dict) else ""
    if key not in NAMES or match.get("op") != "==":
        return False
    members = right.get("set", []) if isinstance(right, dict) else right
    return not set(map(str, _several(members))) & set(devices)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
