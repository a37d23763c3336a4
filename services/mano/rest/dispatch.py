# SPDX-License-Identifier: Apache-2.0
"""The table of a service's operations: method and path to function, for HTTP and bus alike."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from mano import store
from mano.problems import Problem
from mano.rest import documents, operations
from mano.rest.documents import METHODS, Broken, Document
from mano.rest.messages import Reply, Request
from mano.rest.operations import Operation


@dataclass
class _Node:
    """A path so far: the segments that may follow, and the operations if it ends here."""

    literal: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    rest: bool = False  # the parameter takes the rest of the path (schema format: path)
    operations: dict[str, Operation] = field(default_factory=dict)


class Table:
    """Every operation of some OpenAPI documents."""

    def __init__(self, served: Iterable[Document]):
        self.documents = list(served)
        self.loaded = {document: documents.load(document.path) for document in self.documents}
        self.operations = [
            operation
            for document in self.documents
            for operation in _operations(document, self.loaded[document])
        ]
        self._root = _Node()
        for operation in self.operations:
            self._insert(operation)

    def route(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and its path parameters; Problem 404, or 405 with Allow."""
        found = self._find(path)
        if found is None:
            raise Problem(404, f"There is no resource {path}.")
        node, values = found
        operation = node.operations.get(method.lower())
        if operation is None:
            allow = ", ".join(sorted(name.upper() for name in node.operations))
            raise Problem(
                405, f"{path} has no {method.upper()}, only {allow}.", headers={"Allow": allow}
            )
        return operation, dict(zip(parameters(operation), values, strict=True))

    def handle(
        self,
        tx: store.Transaction,
        operation: str,
        body: Any = None,
        base: str = "",
    ) -> Reply:
        """A peer's request, that is one that came over the bus: `operation` is "POST
        /vnflcm/v2/vnf_instances/123/instantiate".

        `base` is the apiRoot for links. Raises what the handler raises; `problems.of` makes a
        ProblemDetails of it."""
        method, _, target = operation.partition(" ")
        path, _, query = target.partition("?")
        found, params = self.route(method, path)
        asked = dict(parse_qsl(query, keep_blank_values=True))
        found.check_query(asked)
        found.check_body(body)
        return found.call(
            Request(
                tx=tx,
                params=params,
                query=asked,
                body=body,
                operation=found,
                peer=True,
                base=base + found.document.base,
                path=path[len(found.document.base) :],
            )
        )

    def route_message(
        self, base: str
    ) -> Callable[[store.Transaction, dict[str, Any]], tuple[int, Any, dict[str, str]]]:
        """`handle` for the bus's receiver: (transaction, message) to (status, body, headers)."""

        def answer(
            tx: store.Transaction, message: dict[str, Any]
        ) -> tuple[int, Any, dict[str, str]]:
            reply = self.handle(tx, message["operation"], message["body"], base)
            return reply.status, reply.body, reply.headers

        return answer

    def _insert(self, operation: Operation) -> None:
        node = self._root
        wide = {
            item["name"]
            for item in operation.spec.get("parameters", [])
            if item["in"] == "path" and item.get("schema", {}).get("format") == "path"
        }
        for part in (operation.document.base + operation.path).strip("/").split("/"):
            if part.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
                node.rest = node.rest or part[1:-1] in wide
            else:
                node = node.literal.setdefault(part, _Node())
        if operation.method in node.operations:
            raise Broken(f"{operation} is in the documents twice")
        node.operations[operation.method] = operation

    def _find(self, path: str) -> tuple[_Node, list[str]] | None:
        if not path.startswith("/") or path.endswith("/") or "\0" in path:
            return None
        return _descend(self._root, path[1:].split("/"))


def parameters(operation: Operation) -> list[str]:
    """The names of the path parameters, in order."""
    return [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]


def _descend(node: _Node, parts: list[str]) -> tuple[_Node, list[str]] | None:
    if not parts:
        return (node, []) if node.operations else None
    literal = node.literal.get(parts[0])
    if literal is not None:
        found = _descend(literal, parts[1:])
        if found is not None:
            return found
    if node.parameter is None or not parts[0]:
        return None
    if node.parameter.rest:
        return node.parameter, [unquote("/".join(parts))]
    found = _descend(node.parameter, parts[1:])
    return None if found is None else (found[0], [unquote(parts[0]), *found[1]])


def _operations(document: Document, loaded: dict[str, Any]) -> Iterator[Operation]:
    resolved = documents.resolve(loaded)
    version = document.version or str(resolved.get("info", {}).get("version", "")).split("-")[0]
    for path, item in resolved.get("paths", {}).items():
        for method in METHODS:
            if method not in item:
                continue
            spec = dict(item[method])
            spec["parameters"] = [*item.get("parameters", []), *spec.get("parameters", [])]
            spec.setdefault("security", resolved.get("security"))
            if spec["security"] is None:
                del spec["security"]
            yield Operation(
                document, version, method, path, spec, _function(document, method, path, spec)
            )


def _function(document: Document, method: str, path: str, spec: dict[str, Any]) -> Any:
    module, name = operations.names(method, path, spec)
    needed = f"`def {name}(request: Request) -> Reply`"
    wanted = f"{method.upper()} {document.base}{path} of {document.path}"
    where = f"{document.api}.{module}"
    if importlib.util.find_spec(where) is None:
        raise Broken(f"{wanted} has no handler: write {where.replace('.', '/')}.py with {needed}")
    function = getattr(importlib.import_module(where), name, None)
    if not callable(function):
        raise Broken(f"{wanted} has no handler: write {needed} in {where.replace('.', '/')}.py")
    return function
