# SPDX-License-Identifier: Apache-2.0
"""A message: plain JSON, so that any carrier and any language can bear it (docs/ports.md)."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class Message(TypedDict):
    """A request, or with the operation "reply" the answer to one, whose body is a Reply."""

    id: str  # the same each time a request is repeated
    to: str  # an address: a service ("nfvo", "vim-baremetal"), "agent.<host>"
    operation: str  # of SOL ("POST /vnflcm/v2/vnf_instances"), or a verb of a port ("allocate")
    body: Any  # JSON
    reply_to: str  # an address, "" if nobody waits for an answer
    reply_key: str  # comes back in the answer


class Reply(TypedDict):
    """An answer in the words of HTTP."""

    key: str  # the request's reply_key
    status: int  # of HTTP
    body: Any
    headers: NotRequired[dict[str, str]]  # of a SOL operation: "Location"


def request(
    to: str, operation: str, body: object, *, id: str, reply_to: str = "", reply_key: str = ""
) -> Message:
    """A request; without `reply_to` nobody waits for an answer."""
    return {
        "id": id,
        "to": to,
        "operation": operation,
        "body": body,
        "reply_to": reply_to,
        "reply_key": reply_key,
    }


def answer(
    to: Message, status: int, body: object, headers: dict[str, str] | None = None
) -> Message:
    """The answer to a request."""
    reply: Reply = {"key": to["reply_key"], "status": status, "body": body}
    if headers:
        reply["headers"] = headers
    return request(to["reply_to"], "reply", reply, id=f"{to['id']}/answer")
