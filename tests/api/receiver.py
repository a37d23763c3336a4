# SPDX-License-Identifier: Apache-2.0
"""An OSS that takes notifications."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Callable
from typing import Any


class Receiver:
    """An HTTP server of an OSS: keeps what it is sent; `refuse` answers so many notifications with
    503."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.authorizations: list[str] = []
        self.versions: set[str] = set()
        self.token_answer = b'{"access_token": "a-token", "token_type": "Bearer"}'
        self.refuse, self.test_status, self.port = 0, 204, 0
        self.server: http.server.ThreadingHTTPServer | None = None
        self.start()

    def start(self) -> None:
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                receiver.authorizations.append(self.headers.get("Authorization", ""))
                receiver.versions.add(self.headers.get("Version", ""))
                self._answer(receiver.test_status)

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/token":
                    receiver.authorizations.append(self.headers.get("Authorization", ""))
                    self._answer(200, receiver.token_answer)
                    return
                receiver.authorizations.append(self.headers.get("Authorization", ""))
                if receiver.refuse:
                    receiver.refuse -= 1
                    self._answer(503)
                    return
                receiver.versions.add(self.headers.get("Version", ""))
                receiver.got.append(json.loads(raw))
                self._answer(204)

            def _answer(self, status: int, body: bytes = b"") -> None:
                self.send_response(status)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}/here"

    def until(
        self, fits: Callable[[list[dict[str, Any]]], bool], patience: float = 15
    ) -> list[dict[str, Any]]:
        until = time.monotonic() + patience
        while not fits(self.got):
            assert time.monotonic() < until, self.got
            time.sleep(0.02)
        return self.got
