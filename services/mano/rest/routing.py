# SPDX-License-Identifier: Apache-2.0
"""From a path to what is served there: literal segments before parameters, the longest way back."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote

from mano.rest.documents import Broken
from mano.rest.operations import Operation


@dataclass
class Node:
    """A path so far: the segments that may follow, and the operations if it ends here."""

    literals: dict[str, Node] = field(default_factory=dict)
    parameter: Node | None = None
    takes_rest: bool = False  # the parameter takes the rest of the path (schema format: path)
    operations: dict[str, Operation] = field(default_factory=dict)

    def insert(self, operation: Operation) -> None:
        """Adds an operation below this node; Broken if there is one of its method and path."""
        node = self
        for segment in (operation.document.base + operation.path).strip("/").split("/"):
            if segment.startswith("{"):
                node.parameter = node.parameter or Node()
                node = node.parameter
                node.takes_rest = node.takes_rest or segment[1:-1] in operation.path_takers
            else:
                node = node.literals.setdefault(segment, Node())
        if operation.method in node.operations:
            raise Broken(f"{operation} is in the documents twice")
        node.operations[operation.method] = operation

    @property
    def allow(self) -> str:
        """The methods that the path has, as `Allow` names them."""
        return allow({*map(str.upper, self.operations), "OPTIONS"})

    def find(self, path: str) -> tuple[Node, list[str]] | None:
        """The node of a path and the values of its parameters."""
        if not path.startswith("/") or path.endswith("/") or "\0" in path:
            return None
        return _descend(self, path[1:].split("/"))


def allow(methods: set[str]) -> str:
    """Methods as `Allow` names them: what can be read has HEAD as well."""
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def _descend(node: Node, segments: list[str]) -> tuple[Node, list[str]] | None:
    if not segments:
        return (node, []) if node.operations else None
    first, *others = segments
    if first in node.literals and (match := _descend(node.literals[first], others)):
        return match
    if node.parameter is None or not first:
        return None
    if node.parameter.takes_rest:
        return node.parameter, [unquote("/".join(segments))]
    if match := _descend(node.parameter, others):
        return match[0], [unquote(first), *match[1]]
    return None
