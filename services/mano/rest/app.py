# SPDX-License-Identifier: Apache-2.0
"""A service's REST side: the gate, which calls the handlers, before an app of connexion, which
loads and checks the documents."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from mano.rest import auth, dispatch, gate, public, wire
from mano.rest.dispatch import Table
from mano.rest.documents import Document
from mano.rest.operations import Operation
from mano.rest.settings import Settings
from mano.store import Store

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette's test client, which nobody asked for
    import connexion  # type: ignore[import-untyped]
    from connexion.resolver import Resolution, Resolver  # type: ignore[import-untyped]
    from connexion.spec import OpenAPISpecification  # type: ignore[import-untyped]


def make_app(documents: list[Document] | Table, store: Store, settings: Settings) -> gate.App:
    """The ASGI app that serves the documents; Broken, naming what to write, if a handler is
    missing.

    A `Table` that the bus uses as well may be given instead of its documents.
    """
    table = documents if isinstance(documents, Table) else dispatch.table(*documents)
    authority = auth.Authority(settings)
    # connexion's middlewares are left out: rights, validation and errors are the same on the bus,
    # so they are ours.
    app = connexion.FlaskApp("mano", middlewares=[])
    for document in table.documents:
        _add(app, table, document)
    return gate.Gate(
        app,
        table=table,
        authority=authority,
        settings=settings,
        threads=ThreadPoolExecutor(settings.threads, thread_name_prefix="rest"),
        public=public.resources(settings, authority, store),
        handle=lambda call, body: wire.answer(call, body, store, settings),
    )


class _Resolver(Resolver):  # type: ignore[misc]
    """Gives connexion the function of an operation that is in the table."""

    def __init__(self, table: Table, document: Document):
        super().__init__()
        self.operations = {
            (operation.method, operation.path): operation
            for operation in table.operations
            if operation.document == document
        }

    def resolve(self, operation: Operation) -> Resolution:
        ours = self.operations[operation.method, operation.path]
        return Resolution(ours.function, str(ours).replace(".", "_"))


def _add(app: connexion.FlaskApp, table: Table, document: Document) -> None:
    """Gives connexion a document; one that was found valid before is not checked again."""
    definition = table.definitions[document]
    with _unchecked() if definition.checked else contextlib.nullcontext():
        app.add_api(
            definition.content, base_path=document.base, resolver=_Resolver(table, document)
        )
    definition.keep()


@contextlib.contextmanager
def _unchecked() -> Iterator[None]:
    """connexion checks every document whenever it is loaded, against this schema: 60 ms each."""
    schema = OpenAPISpecification.openapi_schema
    OpenAPISpecification.openapi_schema = {}
    try:
        yield
    finally:
        OpenAPISpecification.openapi_schema = schema
