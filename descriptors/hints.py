# SPDX-License-Identifier: Apache-2.0
"""What to write instead of a name that is not known."""

from __future__ import annotations

import difflib
import heapq
import os
from collections.abc import Iterable

_MANY, _LONG = 8, 200
_SEARCHED = (
    24  # names that are compared letter by letter: those that begin and end most like the word
)


def closest(name: object, known: Iterable[str]) -> str:
    """`did you mean x?` where a known name is like it, whatever the case; else the known names; ""
    where there are none.

    A few names are all told; of many the first, as long as no line gets too long.
    """
    names = sorted({str(item) for item in known})
    word = str(name)[:100]
    near = heapq.nlargest(_SEARCHED, names, lambda item: _ends(word.lower(), item.lower()))
    lower = {item.lower(): item for item in reversed(near)}
    found = difflib.get_close_matches(word, near, 1, 0.6) or [
        lower[item] for item in difflib.get_close_matches(word.lower(), lower, 1, 0.6)
    ]
    if found:
        return f"did you mean {found[0]}?"
    if not names:
        return ""
    whole = ", ".join(names)
    return "known: " + (
        whole
        if len(whole) <= _LONG and len(names) <= 2 * _MANY
        else ", ".join(names[:_MANY]) + ", …"
    )


def _ends(word: str, name: str) -> int:
    """How many letters two names have in common at their beginning and end, less those that one has
    more."""
    begin, end = os.path.commonprefix((word, name)), os.path.commonprefix((word[::-1], name[::-1]))
    return 2 * (len(begin) + len(end)) - abs(len(word) - len(name))
