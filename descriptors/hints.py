# SPDX-License-Identifier: Apache-2.0
"""What to write instead of a name that is not known."""
from __future__ import annotations

import difflib
from collections.abc import Iterable

_MANY = 8


def closest(name: object, known: Iterable[str]) -> str:
    """`did you mean x?` where a known name is like it, else the known names; "" where there are none."""
    names = sorted({str(item) for item in known})
    found = difflib.get_close_matches(str(name)[:100], names[:2000], 1, 0.6)
    if found:
        return f"did you mean {found[0]}?"
    if not names:
        return ""
    return "known: " + ", ".join(names[:_MANY]) + (", …" if len(names) > _MANY else "")
