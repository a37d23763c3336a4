# SPDX-License-Identifier: Apache-2.0
"""A service's REST side: connexion routes what the OpenAPI documents name to the service's handlers."""
from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import flask

from mano.rest import auth, dispatch, gate, problems, wire
from mano.rest.dispatch import Table
from mano.rest.documents import Document
from mano.rest.messages import Reply
from mano.rest.settings import Settings
from mano.store import Store

with warnings.catch_warnings():
    warnings.simplefilter("ignore")     # starlette's test client, which nobody asked for
    import connexion
    from connexion.middleware import context, lifespan, routing
    from connexion.resolver import Resolution, Resolver


def make_app(documents: list[Document] | Table, store: Store, settings: Settings) -> gate.App:
    """The ASGI app that serves the documents; Broken, naming what to write, if a handler is missing."""
    table = documents if isinstance(documents, Table) else Table(documents)
    authority = auth.Authority(settings)
    # connexion's own checks are left out: validation, rights and errors are the same on the bus, so they are ours.
    app = connexion.FlaskApp("mano", middlewares=[routing.RoutingMiddleware, lifespan.LifespanMiddleware,
                                                  context.ContextMiddleware])
    for document in table.documents:
        app.add_api(table.loaded[document], base_path=document.base, resolver=_Resolver(table, document, store, settings))
    app.add_url_rule("/oauth2/token", "token", partial(_token, authority), methods=["POST"])
    app.add_url_rule("/healthz", "healthz", partial(_health, store), methods=["GET"])
    # connexion gives no way to say how many handlers run at once.
    app._middleware_app.asgi_app.executor = ThreadPoolExecutor(settings.threads, thread_name_prefix="rest")
    return gate.Gate(app, table=table, authority=authority, settings=settings)


class _Resolver(Resolver):  # type: ignore[misc]
    """Gives connexion the function of an operation that is in the table."""

    def __init__(self, table: Table, document: Document, store: Store, settings: Settings):
        super().__init__()
        self.operations = {(operation.method, operation.path): operation for operation in table.operations
                           if operation.document == document}
        self.entry = _entry(store, settings)

    def resolve(self, operation: Any) -> Resolution:
        found = self.operations[operation.method, operation.path]
        return Resolution(self.entry, str(found).replace(".", "_"))


def _entry(store: Store, settings: Settings) -> Callable[..., flask.Response]:
    def entry(**parameters: Any) -> flask.Response:
        return wire.answer(flask.request.environ["asgi.scope"]["mano"], store, settings)

    # connexion passes path parameters whether they are wanted or not; and to fill `body`, or any `**` that it sees,
    # it would read an upload into memory. So it sees a function without arguments.
    entry.__signature__ = inspect.Signature()  # type: ignore[attr-defined]
    return entry


def _token(authority: auth.Authority) -> flask.Response:
    try:
        body: dict[str, Any] = authority.token(flask.request.headers.get("Authorization", ""), flask.request.form.to_dict())
        return wire.response(Reply(200, body, {"Cache-Control": "no-store"}))
    except auth.Refused as refused:
        headers = {"WWW-Authenticate": 'Basic realm="mano"'} if refused.status == 401 else {}
        return wire.response(Reply(refused.status, {"error": refused.error, "error_description": refused.description}, headers))


def _health(store: Store) -> flask.Response:
    if store.answers():
        return wire.response(Reply(200, {"status": "ok"}))
    return wire.response(problems.reply(problems.Problem(503, "The database does not answer.", headers={"Retry-After": "2"})))


__all__ = ["Document", "Settings", "Table", "dispatch", "make_app"]
