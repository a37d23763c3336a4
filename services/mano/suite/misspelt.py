# SPDX-License-Identifier: Apache-2.0
"""Variables that look like a setting and are none: a slip of the pen would go unseen."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Mapping
from typing import Any

from mano.suite import settings

OF_CLIENTS = ("MANO_URL", "MANO_CLIENT_ID", "MANO_CLIENT_SECRET", "MANO_DEMO_EXEC")
ALIKE = 0.88  # of 1: so alike are names of which one is taken for the other misspelt


def look(environment: Mapping[str, str]) -> dict[str, str]:
    """Names that nothing reads and that resemble one that is read -> that one."""
    known = _Asked(environment)
    with contextlib.suppress(settings.Wrong):
        settings.read(known)
    for name in OF_CLIENTS:
        known.get(name)
    strange = [name for name in environment if name.startswith("MANO_") and name not in known.names]
    nearest = {name: difflib.get_close_matches(name, known.names, 1, ALIKE) for name in strange}
    return {name: names[0] for name, names in nearest.items() if names}


class _Asked(dict[str, str]):
    """An environment that knows which variables it was asked for."""

    def __init__(self, environment: Mapping[str, str]):
        super().__init__(environment)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        """The variable's value; it may also be named as a file."""
        self.names |= {name, f"{name}_FILE"}
        return super().get(name, default)
