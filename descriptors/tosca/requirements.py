# SPDX-License-Identifier: Apache-2.0
"""Requirements of a node template in their two notations (TOSCA Simple Profile 1.3, 3.8.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from descriptors.leaves import mapping, sequence, text


def requirements(value: object) -> Iterator[tuple[str, str, Any]]:
    """(name, target's name, as written), in order."""
    for entry in sequence(value):
        for name, target in mapping(entry).items():
            node = target if isinstance(target, str) else text(mapping(target).get("node"))
            yield str(name), node, target
