# SPDX-License-Identifier: Apache-2.0
"""A message: plain JSON, so that any carrier and any language can bear it."""

from __future__ import annotations

from typing import Any

Message = dict[
    str, Any
]  # {"id", "to", "operation", "body", "reply_to", "reply_key"}, see docs/ports.md


def request(
    to: str, operation: str, body: Any, *, id: str, reply_to: str = "", reply_key: str = ""
) -> Message:
    """A request; `reply_key` comes back in the answer. Without `reply_to` nobody waits for one."""
    return {
        "id": id,
        "to": to,
        "operation": operation,
        "body": body,
        "reply_to": reply_to,
        "reply_key": reply_key,
    }


def answer(to: Message, status: int, body: Any, headers: dict[str, str] | None = None) -> Message:
    """The answer to a request, in the words of HTTP: status, document and headers."""
    content = {"key": to["reply_key"], "status": status, "body": body}
    return {
        "id": f"{to['id']}/answer",
        "to": to["reply_to"],
        "operation": "reply",
        "reply_to": "",
        "reply_key": "",
        "body": {**content, "headers": headers} if headers else content,
    }
