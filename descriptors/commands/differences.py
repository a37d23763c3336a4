# SPDX-License-Identifier: Apache-2.0
"""A difference between descriptors, written for people."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from descriptors.comparing import WORDS, Difference

SIGNS = {"added": "+", "removed": "-", "changed": "~"}
EFFECTS = {"create": "", "delete": "", "recreate": ": made anew", "in-place": ": changes in place", "record": ""}


def render(difference: Difference) -> str:
    """Lines, grouped by deployment flavour."""
    return "".join(f"{line}\n" for line in _lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    old, new = difference.before, difference.after
    yield f"{old['id']} version {old['version']} → {new['id']} version {new['version']}"
    if not difference.changes:
        yield "no difference"
    flavours = list(dict.fromkeys(change.flavour for change in difference.changes))
    for flavour in flavours:
        yield f"flavour {flavour}:" if flavour else "package:"
        for change in difference.changes:
            if change.flavour == flavour:
                word = WORDS.get(change.section, change.section)
                yield f"  {SIGNS[change.change]} {word} {change.name}{EFFECTS[change.effect]}"
                for name, (before, after) in change.fields.items():
                    yield f"      {name}: {_short(before)} → {_short(after)}"
    for flavour, vdus in difference.recreated.items():
        yield f"flavour {flavour}: the VNFCs of {', '.join(vdus)} are made anew"
    if difference.changes and not difference.recreated:
        yield "no VNFC is made anew"


def _short(value: Any) -> str:
    if isinstance(value, dict) and {"name", "version", "checksum"} <= set(value):
        return f"{value['name']} {value['version']} ({value['checksum'].get('hash', '')[:8] or 'no checksum'})"
    text = "none" if value in (None, "", [], {}) else str(value)
    return text if len(text) <= 100 else text[:100] + "…"
