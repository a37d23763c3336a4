# SPDX-License-Identifier: Apache-2.0
"""The table of a service's operations: method and path to function, for HTTP and bus alike."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mano import bus, store
from mano.problems import Problem
from mano.rest import documents, handlers, queries
from mano.rest.documents import METHODS, Content, Document
from mano.rest.messages import Outside, Reply, Request
from mano.rest.operations import Operation
from mano.rest.routing import Node

BusAnswer = tuple[int, Any, dict[str, str]]  # status, body, headers


class Table:
    """Every operation of some OpenAPI documents."""

    def __init__(self, served: Iterable[Document]):
        self.documents = list(served)
        self.definitions = {document: documents.load(document.path) for document in self.documents}
        self.operations = [
            operation
            for document in self.documents
            for operation in _operations(document, self.definitions[document].content)
        ]
        self._root = Node()
        for operation in self.operations:
            self._root.insert(operation)

    def route(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and its path parameters; Problem 404, or 405 with Allow."""
        node, values = self._find(path)
        operation = node.operations.get(method.lower())
        if operation is None:
            allow = node.allow
            raise Problem(
                405, f"{path} has no {method.upper()}, only {allow}.", headers={"Allow": allow}
            )
        return operation, dict(zip(operation.path_parameters, values, strict=True))

    def allow(self, path: str) -> str:
        """The methods of a path, as `Allow` names them; Problem 404 if there is none."""
        return self._find(path)[0].allow

    def handle(
        self, tx: store.Transaction, target: str, body: object = None, base: str = ""
    ) -> Reply:
        """A peer's request, that is one that came over the bus: `target` is "POST
        /vnflcm/v2/vnf_instances/123/instantiate".

        `base` is the apiRoot for links. Raises what the handler raises; `problems.of` makes a
        ProblemDetails of it."""
        method, _, uri = target.partition(" ")
        path, _, query_string = uri.partition("?")
        operation, params = self.route(method, path)
        query = queries.read(query_string)
        operation.check_query(query)
        request = Request(
            tx=tx,
            params=params,
            query=query,
            operation=operation,
            peer=True,
            base=base + operation.document.base,
            path=path[len(operation.document.base) :],
        )
        request.take_body(lambda: operation.checked_body(body))
        try:
            return operation.call(request)
        except Outside:
            raise Problem(501, f"{operation} can be asked for over HTTP only.") from None

    def route_message(
        self, base: str, served: tuple[str, ...]
    ) -> Callable[[store.Transaction, bus.Message], BusAnswer]:
        """`handle` for the bus's receiver: (transaction, message) to (status, body, headers).

        Messages bear no token: over the bus peers are served, by the APIs that begin with one of
        `served`, and no clients."""

        def answer(tx: store.Transaction, message: bus.Message) -> BusAnswer:
            if not message["operation"].partition(" ")[2].startswith(served):
                raise Problem(403, f"{message['operation']} is asked for over HTTP, with a token.")
            reply = self.handle(tx, message["operation"], message["body"], base)
            return reply.status, reply.body, reply.headers

        return answer

    def _find(self, path: str) -> tuple[Node, list[str]]:
        match = self._root.find(path)
        if match is not None:
            return match
        hint = ""
        shorter = path.rstrip("/")
        if shorter != path and self._root.find(shorter):
            hint = f" There is {shorter}: without a slash at its end."
        raise Problem(404, f"There is no resource {path}.{hint}")


@functools.cache
def table(*served: Document) -> Table:
    """The table of these documents, made once in a process: HTTP and the bus have the same."""
    return Table(served)


def _operations(document: Document, content: Content) -> Iterator[Operation]:
    resolved = documents.resolve(content)
    version = document.version or str(resolved.get("info", {}).get("version", "")).split("-")[0]
    for path, item in resolved.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                spec = _spec(resolved, item, method)
                function = handlers.find(document, method, path, spec)
                yield Operation(document, version, method, path, spec, function)


def _spec(document: Content, item: Content, method: str) -> Content:
    """The OpenAPI operation with what its path and its document say of all operations."""
    spec = dict(item[method])
    spec["parameters"] = [*item.get("parameters", []), *spec.get("parameters", [])]
    if "security" not in spec and document.get("security") is not None:
        spec["security"] = document["security"]
    return spec
