# SPDX-License-Identifier: Apache-2.0
"""What a handler is given and what it answers, whichever carrier (HTTP or bus) brought the
request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from mano.problems import Problem

if TYPE_CHECKING:
    from mano.destinations import Destinations
    from mano.rest.operations import Operation
    from mano.store import Transaction


class Outside(Exception):
    """Raised by a handler that needs to know what a stranger says, before it has changed anything.

    The gate awaits `ask`, which has a deadline of its own, in the event loop: no thread and no
    transaction waits. Then it calls the handler again, with what came as `Request.outside`.
    `ask` is told where strangers may lie."""

    def __init__(self, ask: Callable[[Destinations], Awaitable[Any]]):
        super().__init__()
        self.ask = ask


@dataclass
class Request:
    """A request that passed the checks of its OpenAPI document.

    `body` is the JSON that came; whether it is what the document wants is told to who looks at it.
    """

    tx: Transaction  # open; the carrier commits it after the handler returned
    params: dict[str, str] = field(default_factory=dict)  # path parameters, ETSI's names
    query: dict[str, str] = field(default_factory=dict)  # query parameters as sent
    headers: dict[str, str] = field(default_factory=dict)  # lower-case names
    stream: BinaryIO | None = None  # an upload that must not be held in memory
    base: str = ""  # apiRoot + apiName + major, for _links: "http://127.0.0.1:9890/nslcm/v2"
    principal: str = ""  # the client that asks; "" for a peer, and where nobody must say who he is
    scopes: frozenset[str] = frozenset()  # what that client may do
    peer: bool = False  # asked over the bus, by another service of this suite
    path: str = ""  # below `base`: "/ns_instances/…"
    operation: Operation | None = None  # what the OpenAPI document says of this request
    page_size: int = 100  # entries of a list that come at once
    outside: Any = None  # what came of the `Outside` that the handler has raised
    _body: Any = field(default=None, init=False, repr=False)
    _refusal: Problem | None = field(default=None, init=False, repr=False)

    @property
    def body(self) -> Any:
        """The JSON, checked; Problem 400 or 415 if it is not what the operation takes.

        So whether the resource is there, and in the right state, comes before its body does."""
        if self._refusal is not None:
            raise self._refusal
        return self._body

    def take_body(self, read: Callable[[], Any]) -> None:
        """`read` gives the body, or raises the Problem with it."""
        try:
            self._body = read()
        except Problem as refusal:
            self._refusal = refusal

    @property
    def administers(self) -> bool:
        """Whether who asks may see what is no reader's business."""
        return self.peer or "admin" in self.scopes

    @property
    def media_type(self) -> str:
        """The media type of the body or upload, without its parameters."""
        return media_type(self.headers)


def media_type(headers: dict[str, str]) -> str:
    """The media type of a body, without its parameters."""
    return headers.get("content-type", "").split(";")[0].strip().lower()


@dataclass
class Reply:
    """An answer. `body` is a JSON document, or bytes or an iterator of bytes together with
    `media`."""

    status: int  # of HTTP
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    media: str = ""  # default application/json
