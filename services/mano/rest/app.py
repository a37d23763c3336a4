# SPDX-License-Identifier: Apache-2.0
"""A service's REST side: an ASGI app on connexion and Flask, in front of it the gate, behind it the
handlers."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import flask

from mano.problems import Problem
from mano.rest import auth, errors, gate, wire
from mano.rest.dispatch import Table
from mano.rest.documents import Document
from mano.rest.messages import Reply
from mano.rest.settings import Settings
from mano.store import Store

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette's test client, which nobody asked for
    import connexion  # type: ignore[import-untyped]
    from connexion.resolver import Resolution, Resolver  # type: ignore[import-untyped]


def make_app(documents: list[Document] | Table, store: Store, settings: Settings) -> gate.App:
    """The ASGI app that serves the documents; Broken, naming what to write, if a handler is
    missing.

    A `Table` that the bus uses as well may be given instead of its documents.
    """
    table = documents if isinstance(documents, Table) else Table(documents)
    authority = auth.Authority(settings)
    # connexion's middlewares are left out: rights, validation and errors are the same on the bus,
    # so they are ours.
    app = connexion.FlaskApp("mano", middlewares=[])
    for document in table.documents:
        app.add_api(
            table.loaded[document], base_path=document.base, resolver=_Resolver(table, document)
        )
    # Answered before the view: connexion would find out anew, at each request, how to call it (0.3
    # ms), and would read an upload into memory on the way.
    app.app.before_request(partial(_answer, store, settings))
    app.add_url_rule("/oauth2/token", "token", partial(_token, authority), methods=["POST"])
    app.add_url_rule("/healthz", "healthz", partial(_health, store), methods=["GET"])
    # connexion gives no way to say how many handlers run at once.
    threads = app._middleware_app.asgi_app.executor = ThreadPoolExecutor(
        settings.threads, thread_name_prefix="rest"
    )
    return gate.Gate(
        app,
        table=table,
        authority=authority,
        settings=settings,
        threads=threads,
        handle=lambda asked, body: wire.answer(asked, body, store, settings),
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

    def resolve(self, operation: Any) -> Resolution:
        found = self.operations[operation.method, operation.path]
        return Resolution(found.function, str(found).replace(".", "_"))


def _answer(store: Store, settings: Settings) -> flask.Response | None:
    asked = flask.request.environ["asgi.scope"].get("mano")
    if (
        asked is None
    ):  # neither a resource of the documents nor refused by the gate: /healthz, /oauth2/token
        return None
    return _response(wire.answer(asked, flask.request.environ["wsgi.input"], store, settings))


def _token(authority: auth.Authority) -> flask.Response:
    raw = flask.request.environ["wsgi.input"].read(2**16)
    form = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        body: dict[str, Any] = authority.token(flask.request.headers.get("Authorization", ""), form)
        return _response(Reply(200, body, {"Cache-Control": "no-store"}))
    except auth.Refused as refused:
        headers = {"WWW-Authenticate": 'Basic realm="mano"'} if refused.status == 401 else {}
        body = {"error": refused.error, "error_description": refused.description}
        return _response(Reply(refused.status, body, headers))


def _health(store: Store) -> flask.Response:
    if store.answers():
        return _response(Reply(200, {"status": "ok"}))
    return _response(
        errors.answer(Problem(503, "The database does not answer.", headers={"Retry-After": "2"}))
    )


def _response(reply: Reply) -> flask.Response:
    made = flask.Response(wire.content(reply), reply.status, wire.fields(reply))
    if reply.body is None:
        del made.headers["Content-Type"]
    return made
