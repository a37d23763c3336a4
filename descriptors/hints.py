# SPDX-License-Identifier: Apache-2.0
"""What to write instead of a name that is not known."""
from __future__ import annotations

import difflib
from collections.abc import Iterable

_MANY, _LONG = 8, 200


def closest(name: object, known: Iterable[str]) -> str:
    """`did you mean x?` where a known name is like it, whatever the case; else the known names; "" where there are none.

    A few names are all told; of many the first, as long as no line gets too long.
    """
    names = sorted({str(item) for item in known})
    lower = {item.lower(): item for item in reversed(names[:2000])}
    found = difflib.get_close_matches(str(name)[:100], names[:2000], 1, 0.6)
    found = found or [lower[item] for item in difflib.get_close_matches(str(name)[:100].lower(), lower, 1, 0.6)]
    if found:
        return f"did you mean {found[0]}?"
    if not names:
        return ""
    whole = ", ".join(names)
    return "known: " + (whole if len(whole) <= _LONG and len(names) <= 2 * _MANY else ", ".join(names[:_MANY]) + ", …")
