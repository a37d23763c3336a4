# SPDX-License-Identifier: Apache-2.0
"""The table of operations: names, handlers that are missing, requests that come over the bus."""

from __future__ import annotations

import pathlib

import pytest
import rest_example

from mano import bus, store
from mano.problems import Problem
from mano.rest import handlers
from mano.rest.dispatch import Table
from mano.rest.documents import Broken, Document


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("get", "/ns_instances", ("ns_instances", "query")),
        ("post", "/ns_instances", ("ns_instances", "create")),
        ("get", "/ns_instances/{id}", ("ns_instances", "read")),
        ("patch", "/ns_instances/{id}", ("ns_instances", "modify")),
        ("put", "/hosts/{id}", ("hosts", "replace")),
        ("delete", "/ns_instances/{id}", ("ns_instances", "delete")),
        ("post", "/ns_instances/{id}/instantiate", ("ns_instances", "instantiate")),
        ("post", "/ns_lcm_op_occs/{id}/continue", ("ns_lcm_op_occs", "continue_")),
        ("get", "/vnf_packages/{id}/package_content", ("vnf_packages", "read_package_content")),
        ("put", "/vnf_packages/{id}/package_content", ("vnf_packages", "replace_package_content")),
        ("get", "/vnf_packages/{id}/artifacts", ("vnf_packages", "read_artifacts")),
        ("get", "/vnf_packages/{id}/artifacts/{path}", ("vnf_packages", "read_artifact")),
    ],
)
def test_a_function_is_found_by_method_and_path(
    method: str, path: str, names: tuple[str, str]
) -> None:
    assert handlers.names(method, path, {}) == names


def _document(folder: pathlib.Path, path: str) -> Document:
    file = folder / "d.yaml"
    file.write_text(
        "openapi: 3.0.3\ninfo: {title: t, version: 1.0.0}\n"
        f"paths:\n  {path}:\n    get: {{responses: {{'200': {{description: x}}}}}}\n"
    )
    return Document(file, "rest_example.api", "/t/v1")


def test_a_missing_handler_is_named_at_the_start(tmp_path: pathlib.Path) -> None:
    with pytest.raises(
        Broken, match=r"write rest_example/api/nothing\.py with `def query\(request"
    ):
        Table([_document(tmp_path, "/nothing")])
    with pytest.raises(
        Broken, match=r"write `def read_nothing\(request.*in rest_example/api/things\.py"
    ):
        Table([_document(tmp_path, "/things/{id}/nothing")])


def test_a_reference_to_nothing_is_named(tmp_path: pathlib.Path) -> None:
    document = _document(tmp_path, "/things")
    pathlib.Path(document.path).write_text(
        pathlib.Path(document.path)
        .read_text()
        .replace("{description: x}", "{$ref: '#/components/responses/None'}")
    )
    with pytest.raises(Broken, match="components/responses/None"):
        Table([document])


def test_the_same_handler_answers_without_http(tx: store.Transaction) -> None:
    table = Table([rest_example.THINGS])
    made = table.handle(tx, "POST /things-api/v2/things", {"name": "by bus"}, base="http://nfvo")
    assert (
        made.status == 201
        and made.headers["Location"] == f"http://nfvo/things-api/v2/things/{made.body['id']}"
    )
    assert (
        table.handle(tx, f"POST /things-api/v2/things/{made.body['id']}/break?times=1").status
        == 202
    )
    assert [
        thing["name"]
        for thing in table.handle(tx, "GET /things-api/v2/things?filter=(eq,state,BROKEN)").body
    ] == ["by bus"]
    assert table.handle(tx, "GET /things-api/v2/things/x/parts/a%20b/c").body == {"path": "a b/c"}


def test_an_answer_over_the_bus_has_the_handlers_headers(tx: store.Transaction) -> None:
    answer = Table([rest_example.THINGS]).route_message("http://nfvo", ("/things-api/",))
    message = bus.request("t", "POST /things-api/v2/things", {"name": "by bus"}, id="1")
    status, body, headers = answer(tx, message)
    assert (status, headers["Location"]) == (201, f"http://nfvo/things-api/v2/things/{body['id']}")


def test_what_is_not_of_peers_is_not_asked_for_over_the_bus(tx: store.Transaction) -> None:
    answer = Table([rest_example.THINGS]).route_message("http://nfvo", ("/another-api/",))
    message = bus.request("t", "POST /things-api/v2/things", {"name": "by bus"}, id="1")
    with pytest.raises(Problem, match="asked for over HTTP, with a token"):
        answer(tx, message)


def test_who_asks_over_the_bus_is_a_peer(tx: store.Transaction) -> None:
    table = Table([rest_example.THINGS])
    thing = table.handle(tx, "POST /things-api/v2/things", {"name": "by bus"})
    assert tx.get("things", thing.body["id"]).body["_peer"]


@pytest.mark.parametrize(
    ("operation", "body", "status"),
    [
        ("POST /things-api/v2/things", {"size": "big"}, 400),
        ("POST /things-api/v2/things", None, 400),
        ("GET /things-api/v2/nothing", None, 404),
        ("PUT /things-api/v2/things", None, 405),
    ],
)
def test_the_same_checks_are_made_without_http(
    tx: store.Transaction, operation: str, body: object, status: int
) -> None:
    with pytest.raises(Problem) as refused:
        Table([rest_example.THINGS]).handle(tx, operation, body)
    assert refused.value.status == status
