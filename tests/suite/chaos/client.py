# SPDX-License-Identifier: Apache-2.0
"""A client of the REST APIs that survives what it speaks to, as a real one must: what it does not
know it looks up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

AWAY = (502, 503, 504)
PATIENCE = 90.0  # seconds that the suite may be away, or an operation may take
TIMEOUT = 20.0


class Unsure(Exception):
    """There was no answer, or one that says "later": the request may have been accepted, or not."""


class Broken(AssertionError):
    """The suite did what it must not do."""


class Client:
    """Speaks to NFVO and VNFM; `credentials` gives (id, secret), as soon as there are some."""

    def __init__(self, roots: dict[str, str], credentials: Callable[[], tuple[str, str] | None]):
        self.roots, self.credentials = roots, credentials
        self.token = ""
        self.connections: list[httpx.Client] = []  # one per thread
        self.own = threading.local()
        self.answered = 0.0  # when the suite last answered, in monotonic seconds

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """The answer to one request; Unsure if there was none."""
        http = self._http()
        headers = more.pop("headers", {})
        more |= {} if body is None else {"json": body}
        for fresh in (False, True):
            try:
                token = {"Authorization": f"Bearer {self._token(fresh)}"}
                answer = http.request(method, self._url(path), headers={**headers, **token}, **more)
            except httpx.TransportError as error:
                raise Unsure(f"{method} {path}: {error!r}") from error
            if answer.status_code != 401:
                break
        if answer.status_code in AWAY:
            raise Unsure(f"{method} {path}: {answer.status_code}")
        self.answered = time.monotonic()
        return answer

    def get(self, path: str, **query: str) -> Any:
        """The document; asked for again while the suite is away. None for 404."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self.send("GET", path, params=query)
            except Unsure as error:
                if time.monotonic() > until:
                    raise Broken(
                        f"the suite did not answer for {PATIENCE:.0f} s: {error}"
                    ) from error
                time.sleep(0.1)
                continue
            if answer.status_code == 404:
                return None
            if answer.status_code != 200:
                raise Broken(f"GET {path}: {answer.status_code} {answer.text}")
            return answer.json()

    def once(
        self,
        method: str,
        path: str,
        body: Any,
        accepted: tuple[int, ...],
        look: Callable[[], str | None],
        **more: Any,
    ) -> str:
        """Has a request done once: its Location, or what `look` finds where its answer was lost; it
        is repeated only if that finds nothing."""
        unsure = False
        until = time.monotonic() + PATIENCE
        while True:
            if unsure and (location := look()) is not None:
                return location
            try:
                answer = self.send(method, path, body, **more)
                words = f"{answer.status_code} {answer.text}"
                if answer.status_code in accepted:
                    return str(answer.headers.get("Location", ""))
                if not (
                    unsure and answer.status_code in (404, 409)
                ):  # else the request that was lost is being done
                    raise Broken(f"{method} {path}: {words}")
            except Unsure as error:
                unsure, words = True, str(error)
            if time.monotonic() > until:
                raise Broken(
                    f"the suite did not accept {method} {path} for {PATIENCE:.0f} s: {words}"
                )
            time.sleep(0.1)

    def close(self) -> None:
        for connection in self.connections:
            connection.close()

    def _http(self) -> httpx.Client:
        """This thread's HTTP client."""
        http: httpx.Client | None = getattr(self.own, "http", None)
        if http is None:
            timeout = httpx.Timeout(TIMEOUT, connect=3)
            http = self.own.http = httpx.Client(timeout=timeout, trust_env=False)
            self.connections.append(http)
        return http

    def _url(self, path: str) -> str:
        return (
            path
            if path.startswith("http")
            else self.roots["vnfm" if path.startswith("/vnflcm") else "nfvo"] + path
        )

    def _token(self, fresh: bool) -> str:
        if fresh or not self.token:
            pair = self.credentials()
            if pair is None:
                raise httpx.ConnectError("there are no credentials yet")
            answer = self._http().post(
                f"{self.roots['nfvo']}/oauth2/token",
                data={"grant_type": "client_credentials"},
                auth=pair,
            )
            if answer.status_code in AWAY:
                raise httpx.ConnectError(f"no token: {answer.status_code}")
            self.token = answer.json()["access_token"]
        return self.token
