# SPDX-License-Identifier: Apache-2.0
"""VIMs: which there are and what they have (administration of ours)."""

from __future__ import annotations

from mano import store
from mano.lcm import engine, waiting
from mano.problems import Problem
from mano.rest import Reply, Request, etags, listing
from mano.sol import documents
from mano.sol.documents import Body
from mano.vim import types
from nfvo import images
from nfvo.lcm import register_vim
from nfvo.peers import vims

KIND = vims.KIND


def query(request: Request) -> Reply:
    """GET; what is not shown cannot be asked for by a filter either."""
    assert request.operation is not None
    schema = request.operation.item_schema
    if not request.administers:
        seen = {name: part for name, part in schema["properties"].items() if name != "extra"}
        schema = {**schema, "properties": seen}
    return listing.listing(request, KIND, shown=_shown, schema=schema)


def create(request: Request) -> Reply:
    """POST: 201; the VIM is REGISTERING until its service has taken it.

    409 if the id is taken, 422 for a type that is not installed or a connection that lacks what
    it needs."""
    body = dict(request.body)
    _check(body)
    access = body.pop("accessInfo", {})
    document = request.tx.add(
        KIND, body["id"], {**body, "_accessInfo": access, "state": "REGISTERING", "zones": []}
    )
    engine.schedule(request.tx, register_vim.PLAN, KIND, document.id)
    return Reply(
        201,
        _shown(document, request),
        {"Location": f"/vims/{document.id}", **etags.header(document)},
    )


def read(request: Request) -> Reply:
    """GET of one."""
    document = request.tx.get(KIND, request.params["vimId"])
    body = _shown(document, request)
    if body["state"] == "REGISTERING":
        body |= waiting.shown(request.tx, document.id)
    return etags.individual(request, document, body)


def delete(request: Request) -> Reply:
    """DELETE: 204; 409 while hosts or network services are on it."""
    document = request.tx.get(KIND, request.params["vimId"], lock=True)
    hosts = [host.id for host in request.tx.find(vims.HOSTS, owner=document.id)]
    if hosts:
        raise Problem(
            409, f"VIM {document.id} has the hosts {', '.join(hosts)}; remove them first."
        )
    on_it = {"_resources": {"vim": document.id}}
    if users := request.tx.containing("ns_instances", on_it, limit=1):
        raise Problem(
            409, f"NS instance {users[0].id} runs on VIM {document.id}; terminate it first."
        )
    request.tx.remove(document)
    request.tx.drop_job(document.id)
    images.leave_at(request.tx, document.id)
    return Reply(204)


def _check(vim: Body) -> None:
    if vim["vimType"] not in types.names():
        raise Problem(
            422,
            f"vimType {vim['vimType']!r} is not installed here; there are: "
            f"{', '.join(types.names())}.",
        )
    needed = types.find(vim["vimType"]).connection
    missing = [key for key in needed if not _has(vim, key)]
    if missing:
        raise Problem(422, f"A VIM of type {vim['vimType']} needs {', '.join(missing)}.")


def _has(vim: Body, key: str) -> bool:
    group, _, name = key.partition(".")
    return name in vim.get(group, {})


def _shown(document: store.Document, request: Request) -> Body:
    """The Vim; its `extra` (accounts, networks, faults of a simulated one) to administrators."""
    body = documents.shown(document.body, {"self": f"{request.base}/vims/{document.id}"})
    if not request.administers:
        body.pop("extra", None)
    return body
