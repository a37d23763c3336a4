# SPDX-License-Identifier: Apache-2.0
"""The suite's REST APIs as the CLI uses them: addresses, tokens, pages, errors in words."""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

import httpx

from mano.cli.failures import Failure, NotThere, Unreachable
from mano.cli.tokens import Tokens
from mano.suite import credentials, running, settings

Document = dict[str, Any]  # a body as SOL describes it
APIS = {
    "vnfpkgm": ("nfvo", "/vnfpkgm/v2"),
    "nsd": ("nfvo", "/nsd/v2"),
    "nslcm": ("nfvo", "/nslcm/v2"),
    "admin": ("nfvo", "/admin/v1"),
    "vnflcm": ("vnfm", "/vnflcm/v2"),
}
PIECE = 1 << 18  # bytes of an upload that are sent at once
SHOWN = 300  # characters of an answer that is no problem document


class Client:
    """Speaks to the suite whose data directory, or MANO_URL, is given."""

    def __init__(self, data: pathlib.Path | None = None):
        self.settings = settings.read(os.environ, data)
        self.roots = {
            "nfvo": os.environ.get("MANO_URL") or self._root_of("nfvo"),
            "vnfm": os.environ.get("MANO_VNFM_URL") or self._root_of("vnfm"),
        }
        self.http = httpx.Client(timeout=httpx.Timeout(60, connect=5), trust_env=False)
        self.tokens = Tokens(self.settings.data / "tokens.json")

    def close(self) -> None:
        """Closes its connections."""
        self.http.close()

    def get(self, api: str, path: str) -> Document:
        """The document at a path below an API ("nslcm", "/ns_instances/…")."""
        document: Document = self.call("GET", api, path).json()
        return document

    def list(self, api: str, path: str, **query: str) -> list[Document]:
        """A collection, all its pages."""
        answer = self.call("GET", api, path, query=query)
        documents: list[Document] = answer.json()
        while "next" in answer.links:
            url = httpx.URL(answer.url).join(answer.links["next"]["url"])
            answer = self._send("GET", self._root(api), str(url))
            documents += answer.json()
        return documents

    def post(self, api: str, path: str, body: Document) -> Document:
        """What a request has made."""
        document: Document = self.call("POST", api, path, json=body).json()
        return document

    def upload(self, api: str, path: str, content: BinaryIO, media: str) -> None:
        """PUTs a file without holding it in memory."""

        def pieces() -> Iterator[bytes]:
            content.seek(0)
            while piece := content.read(PIECE):
                yield piece

        self.call("PUT", api, path, content=pieces, headers={"Content-Type": media})

    def call(
        self,
        method: str,
        api: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Document | None = None,
        content: Callable[[], Iterator[bytes]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """A request; Failure with the service's own words if it is refused."""
        root = self._root(api)
        url = root.rstrip("/") + APIS[api][1] + path
        return self._send(
            method, root, url, query=query, json=json, content=content, headers=headers
        )

    def id_in_location(self, answer: httpx.Response) -> str:
        """The id of what an answer's Location names."""
        return answer.headers["Location"].rstrip("/").rpartition("/")[2]

    def _root_of(self, service: str) -> str:
        """Where the suite of the data directory runs, or would run."""
        record = running.read(self.settings.data)
        root = {"nfvo": record.get("nfvo"), "vnfm": record.get("vnfm")}[service]
        return root or self.settings.url(service)

    def _root(self, api: str) -> str:
        return self.roots[APIS[api][0]]

    def _send(
        self,
        method: str,
        root: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Document | None = None,
        content: Callable[[], Iterator[bytes]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        for fresh in (False, True):
            token = self._token(root, fresh)
            with advising(root):
                answer = self.http.request(
                    method,
                    url,
                    params=query or None,
                    json=json,
                    content=content() if content else None,
                    headers={**(headers or {}), "Authorization": f"Bearer {token}"},
                )
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                break
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise NotThere(words_of(answer))
        if answer.is_error:
            raise Failure(words_of(answer))
        return answer

    def _token(self, root: str, fresh: bool) -> str:
        id, secret = self._credentials()
        name = f"{id} {root}"
        token = None if fresh else self.tokens.get(name)
        if token is None:
            token, seconds = self._ask_for_token(root, id, secret)
            self.tokens.put(name, token, seconds)
        return token

    def _ask_for_token(self, root: str, id: str, secret: str) -> tuple[str, float]:
        with advising(root):
            answer = self.http.post(
                f"{root.rstrip('/')}/oauth2/token",
                auth=(id, secret),
                data={"grant_type": "client_credentials"},
            )
        if answer.is_error:
            raise Failure(
                f"{root} gave no token to client {id!r}: {words_of(answer)}. Set MANO_CLIENT_ID "
                "and MANO_CLIENT_SECRET, or use the data directory (--data, MANO_DATA) "
                "of the suite that runs there."
            )
        body = answer.json()
        return body["access_token"], body.get("expires_in", 600)

    def _credentials(self) -> tuple[str, str]:
        id = os.environ.get("MANO_CLIENT_ID", "")
        secret = settings.secret(os.environ, "MANO_CLIENT_SECRET")
        if id and secret:
            return id, secret
        try:
            own = credentials.look(self.settings.data)
        except credentials.Unreadable as error:
            raise Failure(str(error)) from error
        if own is None:
            raise Unreachable(
                f"there are no credentials in {self.settings.data}: "
                "start the suite with `mano up --detach`, or, for one elsewhere, "
                "set MANO_URL, MANO_CLIENT_ID and MANO_CLIENT_SECRET"
            )
        return own["clientId"], own["clientSecret"]


@contextlib.contextmanager
def advising(root: str) -> Iterator[None]:
    """Says what to do when nobody answers at an address."""
    try:
        yield
    except httpx.TransportError as error:
        raise Unreachable(
            f"the suite is not reachable at {root} ({error}): start it with `mano up --detach`, "
            "see `mano status`, or set MANO_URL to where it runs"
        ) from error
    except httpx.InvalidURL as error:
        raise Unreachable(
            f"{root!r} is not an address ({error}): "
            "set MANO_URL to one such as http://127.0.0.1:9890"
        ) from error


def words_of(answer: httpx.Response) -> str:
    """The peer's own words about an error."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    problem = body if isinstance(body, dict) else {}
    words = (
        problem.get("detail")
        or problem.get("error_description")
        or problem.get("title")
        or answer.text[:SHOWN]
        or answer.reason_phrase
    )
    return f"{words} ({answer.status_code})"
