# SPDX-License-Identifier: Apache-2.0
"""Hosts of bare-metal VIMs: which there are, what they have, what runs on them."""

from __future__ import annotations

from mano import bus, store
from mano.lcm import engine, waiting
from mano.problems import Problem
from mano.rest import Reply, Request, etags, listing, modifications
from mano.sol import documents
from mano.sol.documents import Body
from mano.vim import port
from nfvo.lcm import register_host
from nfvo.peers import vims

KIND = vims.HOSTS


def query(request: Request) -> Reply:
    """GET."""
    return listing.listing(request, KIND, shown=_shown)


def create(request: Request) -> Reply:
    """POST: 201; the host is REGISTERING until its agent has been heard.

    422 for an unknown VIM, 409 if the id is taken."""
    vim = request.tx.look(vims.KIND, request.body["vimId"])
    if vim is None:
        raise Problem(
            422,
            f"There is no VIM {request.body['vimId']!r}; register it first (mano vim add).",
        )
    if not vims.capabilities(vim.body)["hosts"]:
        raise Problem(
            422,
            f"VIM {vim.id} is of type {vim.body['vimType']}; hosts cannot be added to those.",
        )
    document = request.tx.add(
        KIND,
        request.body["id"],
        {**request.body, "state": "REGISTERING", "facts": {}, "resources": {}, "plan": []},
        owner=vim.id,
    )
    vims.raise_version(request.tx, document)
    engine.schedule(request.tx, register_host.PLAN, KIND, document.id)
    return Reply(
        201,
        _shown(document, request),
        {"Location": f"/hosts/{document.id}", **etags.header(document)},
    )


def read(request: Request) -> Reply:
    """GET of one."""
    document = request.tx.get(KIND, request.params["hostId"])
    body = _shown(document, request)
    if body["state"] == "REGISTERING":
        body |= waiting.shown(request.tx, document.id)
    return etags.individual(request, document, body)


def read_events(request: Request) -> Reply:
    """GET of what the host's agent mended, the newest last; [] where nothing was."""
    host = request.tx.get(KIND, request.params["hostId"])
    document = request.tx.look(vims.EVENTS, host.id)
    return Reply(200, document.body["events"] if document else [])


def modify(request: Request) -> Reply:
    """PATCH: with paused the agent says what it would change (plan) and changes nothing."""
    document = request.tx.get(KIND, request.params["hostId"], lock=True)
    etags.check_if_match(request, document)
    modifications.check(request.body, ("paused",), mandatory=("paused",))
    document.body["paused"] = request.body["paused"]
    vims.raise_version(request.tx, document)
    _tell_vim(request.tx, document, "pause_host")
    return Reply(200, _shown(document, request), etags.header(document))


def delete(request: Request) -> Reply:
    """DELETE: 204; 409 while something runs on it."""
    document = request.tx.get(KIND, request.params["hostId"], lock=True)
    if document.body["resources"]:
        raise Problem(
            409,
            f"Host {document.id} still bears {len(document.body['resources'])} resources; "
            "terminate what runs on it first.",
        )
    vims.raise_version(request.tx, document)
    _tell_vim(request.tx, document, "remove_host")
    vims.forget_host(request.tx, document)
    request.tx.drop_job(document.id)
    return Reply(204)


def _tell_vim(tx: store.Transaction, document: store.Document, verb: str) -> None:
    vim = tx.get(vims.KIND, document.body["vimId"]).body
    body = vims.host_state(document.body)
    id = f"{verb}/{document.id}/{documents.new_id()}"
    tx.owe(bus.request(port.address(vim["vimType"]), verb, body, id=id))


def _shown(document: store.Document, request: Request) -> Body:
    return documents.shown(document.body, {"self": f"{request.base}/hosts/{document.id}"})
