# SPDX-License-Identifier: Apache-2.0
"""Software images: taken in pieces, checked when whole, given to agents in pieces.

The bytes are the content `image/<id>`; `detail` is {"complete", "size"}.
"""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

from mano import bus, store
from mano.store.content import CHUNK
from mano.vim import port

ALGORITHMS = {"sha224": "sha224", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}


def check(name: str, spec: dict[str, Any]) -> None:
    """Refused 400 for an image that could never be checked."""
    checksum = spec.get("checksum") or {}
    if _algorithm(checksum) not in ALGORITHMS or not checksum.get("hash"):
        raise port.Refused(
            400,
            f"image {name}: checksum {checksum!r} is not of the form"
            ' {"algorithm": "sha-256|sha-384|sha-512", "hash": "<hexadecimal>"}',
        )


def add(
    tx: store.Transaction, document: store.Document, offset: int, data: bytes, last: bool
) -> None:
    """Takes a piece of the locked image; a piece that came before changes nothing. Refused 400 or
    409."""
    body, content = document.body, f"image/{document.id}"
    if body["state"] != "BUILDING":
        return
    if offset % CHUNK or len(data) > CHUNK or (len(data) < CHUNK and not last):
        raise port.Refused(
            400,
            f"image {body['name']}: pieces are {CHUNK} bytes each, but for the last; "
            f"this one has {len(data)} at offset {offset}",
        )
    size = tx.content_size(content)
    if offset > size:
        raise port.Refused(
            409, f"image {body['name']}: a piece at {offset} came, but the next is that at {size}"
        )
    tx.write_chunk(content, offset // CHUNK, data)
    if last:
        _finish(tx, document, content, offset + len(data))


def piece(tx: store.Transaction, host: str, id: str, offset: int) -> bus.Message:
    """The message `image` for an agent; Refused 404 while there is no such image, or not yet the
    whole of it."""
    document = tx.look("image", id)
    if document is None or document.body["state"] != "ACTIVE":
        raise port.Refused(404, f"no image with id {id!r} is ready here")
    data = b"".join(tx.read_content(f"image/{id}", offset, CHUNK))
    body = {
        "id": id,
        "offset": offset,
        "content": base64.b64encode(data).decode(),
        "last": offset + len(data) >= document.body["detail"]["size"],
    }
    return bus.request(
        f"agent.{host}", "image", body, id=f"image/{host}/{id}/{offset}/{time.time_ns()}"
    )


def _finish(tx: store.Transaction, document: store.Document, content: str, size: int) -> None:
    body, checksum = document.body, document.body["spec"]["checksum"]
    digest = hashlib.new(_algorithm(checksum))
    for chunk in tx.read_content(content):
        digest.update(chunk)
    if digest.hexdigest() == checksum["hash"].lower():
        body.update(state="ACTIVE", detail={"complete": True, "size": size})
        return
    body.update(
        state="ERROR",
        error={
            "status": 422,
            "detail": f"image {body['name']}: the {checksum['algorithm']} of its {size} bytes is "
            f"{digest.hexdigest()}, not {checksum['hash']} as stated",
        },
    )
    tx.remove_content(content)


def _algorithm(checksum: dict[str, Any]) -> str:
    return ALGORITHMS.get(str(checksum.get("algorithm", "")).lower().replace("-", ""), "")
