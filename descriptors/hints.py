# SPDX-License-Identifier: Apache-2.0
"""What to write instead of a name that is not known."""

from __future__ import annotations

import difflib
import heapq
import itertools
from collections.abc import Iterable

_MANY, _LONG = 8, 200
_COMPARED = 24  # names that are compared letter by letter: those most like the word


def closest(name: object, known: Iterable[str]) -> str:
    """`did you mean x?` where a known name is like it, whatever the case.

    Else the known names; "" where there are none. A few names are all told; of many the first,
    as long as no line gets too long."""
    names = sorted({str(item) for item in known})
    similar = _similar(str(name)[:100], names)
    if similar:
        return f"did you mean {similar}?"
    if not names:
        return ""
    line = ", ".join(names)
    if len(line) > _LONG or len(names) > 2 * _MANY:
        line = ", ".join(names[:_MANY]) + ", …"
    return f"known: {line}"


def _similar(word: str, names: list[str]) -> str:
    """The name most like the word, in its own letters if possible; "" where none is like it."""
    near = heapq.nlargest(_COMPARED, names, lambda name: _likeness(word.lower(), name.lower()))
    matches = difflib.get_close_matches(word, near, 1, 0.6)
    if matches:
        return matches[0]
    by_lower = {name.lower(): name for name in reversed(near)}
    matches = difflib.get_close_matches(word.lower(), by_lower, 1, 0.6)
    return by_lower[matches[0]] if matches else ""


def _likeness(word: str, name: str) -> int:
    """How many letters two names have in common at their beginning and end.

    Less those that one has more."""
    common = _common(word, name) + _common(word[::-1], name[::-1])
    return 2 * common - abs(len(word) - len(name))


def _common(word: str, name: str) -> int:
    """How many letters two words begin with alike."""
    pairs = zip(word, name, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
