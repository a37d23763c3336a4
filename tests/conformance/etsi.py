# SPDX-License-Identifier: Apache-2.0
"""ETSI's OpenAPI documents, whose references lead across files, and what a schema of ours differs
from one in."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml


@dataclass(frozen=True)
class Node:
    """A part of a document; relative references are followed from its file. Looks like the mapping
    it stands for."""

    value: Any
    file: pathlib.Path

    def get(self, key: str) -> Node:
        """What is below, references followed; an empty node where there is nothing."""
        return follow(self.value.get(key) if isinstance(self.value, dict) else None, self.file)

    def items(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping, references followed."""
        for key, value in (self.value or {}).items():
            yield str(key), follow(value, self.file)

    def names(self, key: str) -> list[str]:
        """The strings of a list such as `required` or `enum`."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def document(file: pathlib.Path) -> Node:
    """The document of a file."""
    return Node(_load(file), file)


def follow(value: Any, file: pathlib.Path) -> Node:
    """The node a value stands for, through any chain of `$ref`; KeyError or OSError if one names
    nothing."""
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        path, _, fragment = value["$ref"].partition("#")
        file = (file.parent / path).resolve() if path else file
        value = _load(file)
        for part in fragment.strip("/").split("/"):
            value = value[part.replace("~1", "/").replace("~0", "~")]
    return Node(value, file)


def differences(
    ours: dict[str, Any], theirs: Node, request: bool, path: str = "", depth: int = 12
) -> Iterator[str]:
    """Every point, as "place: what", where our schema lacks or contradicts what ETSI's says.

    An object that names no attributes in ours is passed through as it is, and not looked into.
    """
    if depth == 0 or not isinstance(theirs.value, dict):
        return
    kinds = ours.get("type"), theirs.value.get("type")
    if None not in kinds and kinds[0] != kinds[1]:
        yield f"{path}: {kinds[0]} instead of {kinds[1]}"
        return
    if theirs.names("enum") and set(ours.get("enum", ())) != set(theirs.names("enum")):
        yield f"{path}: enum {sorted(set(ours.get('enum', ())) ^ set(theirs.names('enum')))}"
    if "items" in theirs.value:
        yield from differences(ours.get("items", {}), theirs.get("items"), request, path, depth - 1)
    if not ours.get("properties"):
        return
    required = set(theirs.names("required"))
    for name in sorted(required - set(ours.get("required", ()))):
        yield f"{path}/{name}: not required"
    for name in sorted(set(ours.get("required", ())) - required if request else ()):
        yield f"{path}/{name}: required"
    for name, below in theirs.get("properties").items():
        if name in ours["properties"]:
            yield from differences(
                ours["properties"][name], below, request, f"{path}/{name}", depth - 1
            )
        else:
            yield f"{path}/{name}: missing"


@functools.cache
def _load(file: pathlib.Path) -> Any:
    # The base loader leaves every scalar text: a status is "200" however it is quoted.
    return yaml.load(
        file.read_text(encoding="utf-8"), getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    )
