# SPDX-License-Identifier: Apache-2.0
"""The resource `things`."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from mano.problems import Problem
from mano.rest import Reply, Request, etags, listing, modifications, ranges
from mano.sol import documents
from mano.store import Document

KIND = "things"
CONTENT = bytes(range(256)) * 4


def query(request: Request) -> Reply:
    return listing.listing(request, KIND, leave_out=("metadata",), shown=_shown)


def create(request: Request) -> Reply:
    if request.body["name"] == "bug":
        raise ZeroDivisionError("secret stack trace")
    if request.body["name"] == "twice":
        _added(request, "twice")
    thing = _added(request, "twice" if request.body["name"] == "twice" else str(uuid.uuid4()))
    return Reply(
        201, _shown(thing, request), {"Location": f"/things/{thing.id}", **etags.header(thing)}
    )


def read(request: Request) -> Reply:
    thing = request.tx.get(KIND, request.params["thingId"])
    return etags.individual(request, thing, _shown(thing, request))


def modify(request: Request) -> Reply:
    thing = request.tx.get(KIND, request.params["thingId"], lock=True)
    etags.check_if_match(request, thing)
    modifications.check(request.body, ("name", "metadata"), mandatory=("name",))
    thing.body, changes = modifications.apply(thing.body, request.body)
    request.tx.put(thing)
    return Reply(200, changes, etags.header(thing))


def delete(request: Request) -> Reply:
    request.tx.remove(request.tx.get(KIND, request.params["thingId"]))
    return Reply(204)


def break_(request: Request) -> Reply:
    thing = request.tx.get(KIND, request.params["thingId"])
    if thing.body["state"] == "BROKEN":
        raise Problem(409, f"thing {thing.id} is BROKEN already: mend it first")
    thing.body["state"] = "BROKEN"
    request.tx.put(thing)
    return Reply(202, headers={"Location": f"/thing_op_occs/{thing.id}"})


def read_content(request: Request) -> Reply:
    return ranges.answer(
        request, len(CONTENT), lambda offset, length: iter([CONTENT[offset : offset + length]])
    )


def replace_content(request: Request) -> Reply:
    assert request.stream is not None
    digest, size = hashlib.sha256(), 0
    while chunk := request.stream.read(2**16):
        digest.update(chunk)
        size += len(chunk)
    thing = request.tx.get(KIND, request.params["thingId"])
    thing.body["metadata"] = {"sha256": digest.hexdigest(), "size": size}
    request.tx.put(thing)
    return Reply(202)


def read_part(request: Request) -> Reply:
    return Reply(200, {"path": request.params["partPath"]})


def _shown(thing: Document, request: Request) -> dict[str, Any]:
    return documents.shown(thing.body, {"self": f"{request.base}/things/{thing.id}"})


def _added(request: Request, id: str) -> Document:
    body = {"id": id, "state": "WHOLE", **request.body, "_peer": request.peer}
    return request.tx.add(KIND, id, body)
