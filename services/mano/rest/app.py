# SPDX-License-Identifier: Apache-2.0
"""A service's REST side: an ASGI app on connexion and Flask, before it the gate, behind it the
handlers."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import parse_qsl

import flask

from mano.problems import Problem
from mano.rest import auth, dispatch, errors, gate, wire
from mano.rest.dispatch import Table
from mano.rest.documents import Document
from mano.rest.messages import Reply
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


def _answer(store: Store, settings: Settings) -> flask.Response | None:
    call = flask.request.environ["asgi.scope"]["mano"]
    if call is None:  # /healthz or /oauth2/token: the gate let it pass, and it is no resource
        return None
    return _flask(wire.answer(call, flask.request.environ["wsgi.input"], store, settings))


def _token(authority: auth.Authority) -> flask.Response:
    text = flask.request.environ["wsgi.input"].read(2**16).decode("utf-8", "replace")
    form = dict(parse_qsl(text, keep_blank_values=True))
    try:
        token = authority.token(flask.request.headers.get("Authorization", ""), form)
    except auth.Refused as refusal:
        headers = {"WWW-Authenticate": 'Basic realm="mano"'} if refusal.status == 401 else {}
        body = {"error": refusal.error, "error_description": refusal.description}
        return _flask(wire.render(Reply(refusal.status, body, headers)))
    return _flask(wire.render(Reply(200, token, {"Cache-Control": "no-store"})))


def _health(store: Store) -> flask.Response:
    reply = Reply(200, {"status": "ok"})
    if not store.answers():
        problem = Problem(503, "The database does not answer.", headers={"Retry-After": "2"})
        reply = errors.answer(problem)
    return _flask(wire.render(reply))


def _flask(response: wire.Response) -> flask.Response:
    theirs = flask.Response(response.content, response.status, response.headers)
    if "Content-Type" not in response.headers:
        del theirs.headers["Content-Type"]
    return theirs
