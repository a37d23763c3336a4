# SPDX-License-Identifier: Apache-2.0
"""The suite's REST APIs as the CLI uses them: addresses, a token that is fetched when needed and
kept, errors in words."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

import httpx

from mano.cli.failures import Failure, Unreachable
from mano.suite import credentials, running, settings

APIS = {
    "vnfpkgm": ("nfvo", "/vnfpkgm/v2"),
    "nsd": ("nfvo", "/nsd/v2"),
    "nslcm": ("nfvo", "/nslcm/v2"),
    "admin": ("nfvo", "/admin/v1"),
    "vnflcm": ("vnfm", "/vnflcm/v2"),
}
EARLY = 30  # seconds before its end at which a token is replaced


class Client:
    """Speaks to the suite whose data directory, or MANO_URL, is given."""

    def __init__(self, data: pathlib.Path | None = None):
        self.settings = settings.read(os.environ, data)
        record = running.read(self.settings.data)
        self.roots = {
            "nfvo": os.environ.get("MANO_URL") or record.get("nfvo") or self.settings.url("nfvo"),
            "vnfm": os.environ.get("MANO_VNFM_URL")
            or record.get("vnfm")
            or self.settings.url("vnfm"),
        }
        self.http = httpx.Client(timeout=httpx.Timeout(60, connect=5), trust_env=False)
        self.tokens = _Tokens(self.settings.data / "tokens.json")

    def get(self, api: str, path: str, **query: str) -> Any:
        """The document at a path below an API ("nslcm", "/ns_instances")."""
        return self.call("GET", api, path, params=query).json()

    def list(self, api: str, path: str, **query: str) -> list[dict[str, Any]]:
        """A collection, all its pages."""
        reply = self.call("GET", api, path, params=query)
        found: list[dict[str, Any]] = reply.json()
        while "next" in reply.links:
            reply = self._send(
                "GET", self._root(api), str(httpx.URL(reply.url).join(reply.links["next"]["url"]))
            )
            found += reply.json()
        return found

    def call(self, method: str, api: str, path: str, **more: Any) -> httpx.Response:
        """A request; Failure with the service's own words if it is refused."""
        root = self._root(api)
        return self._send(method, root, root.rstrip("/") + APIS[api][1] + path, **more)

    def upload(self, api: str, path: str, content: BinaryIO, media: str) -> None:
        """PUTs a file without holding it in memory."""

        def pieces() -> Iterator[bytes]:
            content.seek(0)
            while piece := content.read(1 << 18):
                yield piece

        self.call("PUT", api, path, content=pieces, headers={"Content-Type": media})

    def follow(self, reply: httpx.Response) -> str:
        """The id of what a reply's Location names."""
        return reply.headers["Location"].rstrip("/").rpartition("/")[2]

    def _root(self, api: str) -> str:
        return self.roots[APIS[api][0]]

    def _send(
        self,
        method: str,
        root: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        content: Any = None,
        **more: Any,
    ) -> httpx.Response:
        for fresh in (False, True):
            token = {"Authorization": f"Bearer {self._token(root, fresh)}"}
            with reached(root):
                reply = self.http.request(
                    method,
                    url,
                    headers={**(headers or {}), **token},
                    content=content() if content else None,
                    **more,
                )
            if reply.status_code != 401:
                break
        if reply.is_error:
            raise Failure(told(reply))
        return reply

    def _token(self, root: str, fresh: bool) -> str:
        id, secret = self._credentials()
        kept = None if fresh else self.tokens.get(f"{id} {root}")
        if kept is None:
            with reached(root):
                reply = self.http.post(
                    f"{root.rstrip('/')}/oauth2/token",
                    auth=(id, secret),
                    data={"grant_type": "client_credentials"},
                )
            if reply.is_error:
                raise Failure(
                    f"{root} gave no token to client {id!r}: {told(reply)}. Set MANO_CLIENT_ID and MANO_CLIENT_SECRET, "
                    "or use the data directory (--data, MANO_DATA) of the suite that runs there."
                )
            answer = reply.json()
            kept = self.tokens.put(
                f"{id} {root}", answer["access_token"], answer.get("expires_in", 600)
            )
        return kept

    def _credentials(self) -> tuple[str, str]:
        id, secret = (
            os.environ.get("MANO_CLIENT_ID", ""),
            settings.secret(os.environ, "MANO_CLIENT_SECRET"),
        )
        if id and secret:
            return id, secret
        own = credentials.look(self.settings.data)
        if own is None:
            raise Unreachable(
                f"there are no credentials in {self.settings.data}: start the suite with `mano up --detach`, "
                "or, for one elsewhere, set MANO_URL, MANO_CLIENT_ID and MANO_CLIENT_SECRET"
            )
        return own["clientId"], own["clientSecret"]


class _Tokens:
    """Access tokens, kept in a file of the data directory, if there is one."""

    def __init__(self, file: pathlib.Path):
        self.file = file
        self.kept: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            self.kept = json.loads(file.read_text())

    def get(self, name: str) -> str | None:
        entry = self.kept.get(name)
        return entry["token"] if entry and entry["until"] > time.time() + EARLY else None

    def put(self, name: str, token: str, seconds: float) -> str:
        self.kept = {key: entry for key, entry in self.kept.items() if entry["until"] > time.time()}
        self.kept[name] = {"token": token, "until": time.time() + seconds}
        new = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                json.dump(self.kept, out)
            new.rename(self.file)
        return token


@contextlib.contextmanager
def reached(root: str) -> Iterator[None]:
    """Says what to do when nobody answers at an address."""
    try:
        yield
    except httpx.TransportError as error:
        raise Unreachable(
            f"the suite is not reachable at {root} ({error}): start it with `mano up --detach`, see `mano status`, "
            "or set MANO_URL to where it runs"
        ) from error
    except httpx.InvalidURL as error:
        raise Unreachable(
            f"{root!r} is not an address ({error}): set MANO_URL to one such as http://127.0.0.1:9890"
        ) from error


def told(reply: httpx.Response) -> str:
    """The peer's own words about an error."""
    try:
        body = reply.json()
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    said = (
        body.get("detail")
        or body.get("error_description")
        or body.get("title")
        or reply.text[:300]
        or reply.reason_phrase
    )
    return f"{said} ({reply.status_code})"
