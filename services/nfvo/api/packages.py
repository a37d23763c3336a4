# SPDX-License-Identifier: Apache-2.0
"""What VNF packages and NSDs have in common as resources: made, filled, switched, read in parts,
deleted."""

from __future__ import annotations

from typing import Any

from mano import store
from mano.problems import Problem
from mano.rest import Reply, Request, etags, merge_patch
from nfvo import contents, onboarding

SUFFIXES = {
    "application/zip": ".zip",
    "application/octet-stream": ".zip",
    "text/plain": ".yaml",
    "application/x-yaml": ".yaml",
    "application/yaml": ".yaml",
    "text/yaml": ".yaml",
}


def upload(request: Request, document: store.Document, state: str) -> Reply:
    """PUT of the content: 202, the check follows; Problem 409 once ONBOARDED or while another
    upload is checked."""
    if document.body[state] not in ("CREATED", "ERROR", "UPLOADING"):
        raise Problem(
            409,
            f"{document.kind} {document.id} is {document.body[state]}; content is taken while it is CREATED or ERROR.",
        )
    assert request.stream is not None
    size = request.tx.write_content(f"{document.kind}/{document.id}", request.stream)
    if not size:
        raise Problem(400, "The body is empty; send the package.")
    document.body[state] = "PROCESSING"
    for name in ("onboardingFailureDetails", "findings"):
        document.body.pop(name, None)
    request.tx.put(document)
    onboarding.schedule(
        request.tx, document.kind, document.id, SUFFIXES.get(request.media_type, ".zip")
    )
    return Reply(202)


def switch(request: Request, document: store.Document, onboarded: str, operational: str) -> Reply:
    """PATCH of operational state and user data: 200 with what was changed; 409 if it is so already
    or not ONBOARDED."""
    etags.check_if_match(request, document)
    wanted = request.body.get(operational)
    if wanted is not None and document.body[onboarded] != "ONBOARDED":
        raise Problem(
            409,
            f"{document.kind} {document.id} is {document.body[onboarded]}; it can be {wanted} once it is ONBOARDED.",
        )
    if wanted is not None and document.body[operational] == wanted:
        raise Problem(409, f"{document.kind} {document.id} is {wanted} already.")
    if wanted is not None:
        document.body[operational] = wanted
    if "userDefinedData" in request.body:
        document.body = merge_patch.merge(
            document.body, {"userDefinedData": request.body["userDefinedData"]}
        )
    request.tx.put(document)
    return Reply(
        200,
        {
            name: value
            for name, value in request.body.items()
            if name in (operational, "userDefinedData")
        },
        etags.header(document),
    )


def delete(request: Request, document: store.Document, operational: str, usage: str) -> Reply:
    """DELETE: 204; 409 while ENABLED or in use."""
    if document.body[operational] == "ENABLED":
        raise Problem(
            409,
            f"{document.kind} {document.id} is ENABLED; set {operational} to DISABLED first (PATCH).",
        )
    if document.body[usage] == "IN_USE":
        raise Problem(
            409,
            f"{document.kind} {document.id} is in use; delete the instances made from it first.",
        )
    onboarding.remove(request.tx, document.kind, document.id)
    request.tx.drop_job(f"onboard/{document.kind}/{document.id}")
    request.tx.remove(document)
    return Reply(204)


def onboarded(request: Request, document: store.Document, state: str) -> dict[str, Any]:
    """What was read of it; Problem 409 if it is not ONBOARDED."""
    if document.body[state] != "ONBOARDED":
        raise Problem(
            409, f"{document.kind} {document.id} is {document.body[state]}, not ONBOARDED."
        )
    return onboarding.details(request.tx, document.kind, document.id)


def content(request: Request, document: store.Document, state: str) -> Reply:
    """GET of the whole package, or a range of it."""
    onboarded(request, document, state)
    entry_only = _single(request, document)
    accept = request.headers.get("accept", "*/*")
    if (
        not entry_only
        and contents.ZIP not in accept
        and "*/*" not in accept
        and "application/*" not in accept
    ):
        raise Problem(
            406,
            f"{document.kind} {document.id} is a package; it can be had as {contents.ZIP}, not as {accept}.",
        )
    return contents.whole(
        request, f"{document.kind}/{document.id}", contents.TEXT if entry_only else contents.ZIP
    )


def descriptor(request: Request, document: store.Document, state: str) -> Reply:
    """GET of the descriptor: the YAML files of the package, zipped, or its one file as text."""
    read = onboarded(request, document, state)
    if _single(request, document):
        return contents.whole(request, f"{document.kind}/{document.id}", contents.TEXT)
    files = [path for path, _, _ in read["files"] if path.endswith((".yaml", ".yml", ".meta"))]
    return contents.definitions(request, f"{document.kind}/{document.id}", files, read["entry"])


def manifest(request: Request, document: store.Document, state: str) -> Reply:
    """GET of the manifest; Problem 404 if the package has none."""
    read = onboarded(request, document, state)
    if not read["manifest"]:
        raise Problem(404, f"{document.kind} {document.id} has no manifest.")
    return contents.file(request, f"{document.kind}/{document.id}", read["manifest"], contents.TEXT)


def artifact(request: Request, document: store.Document, state: str) -> Reply:
    """GET of one file of the package."""
    onboarded(request, document, state)
    return contents.file(
        request,
        f"{document.kind}/{document.id}",
        request.params["artifactPath"],
        "application/octet-stream",
    )


def _single(request: Request, document: store.Document) -> bool:
    first = request.tx.read_chunk(f"{document.kind}/{document.id}", 0) or b""
    return not first.startswith(b"PK")
