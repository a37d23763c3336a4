# SPDX-License-Identifier: Apache-2.0
"""A subscriber: takes notifications over HTTP, now and then refuses one, and says what is missing
or out of order."""

from __future__ import annotations

import http.server
import json
import random
import threading
from typing import Any

REFUSED = 0.01  # of the notifications, with 503: they must come again


class Receiver:
    """Listens on a free port of the loopback interface; `taken` are the notifications in the order
    of their arrival."""

    def __init__(self, random: random.Random):
        self.taken: list[dict[str, Any]] = []
        self.random = random
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.uri = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, name="receiver", daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def history(self, key: str) -> dict[str, list[str]]:
        """What was told of each operation, say (`nsLcmOpOccId`): its states in the order of their
        first arrival."""
        history: dict[str, list[str]] = {}
        for notification in list(self.taken):
            if key in notification:
                states = history.setdefault(notification[key], [])
                word = f"{notification['notificationStatus']} {notification['operationState']}"
                if word not in states:
                    states.append(word)
        return history

    def lacks(self, expected: dict[str, list[str]], key: str) -> list[str]:
        """What is missing or out of order: `ended` has the states that must have been told of each
        operation, in order."""
        history = self.history(key)
        return [
            f"{key} {id}: told {history.get(id, [])}, must be {states}"
            for id, states in expected.items()
            if history.get(id, []) != states
        ]

    def out_of_order(self, key: str) -> list[str]:
        """Notifications that came back after a later one of the same resource; one that comes twice
        in a row does not."""
        last: dict[str, str] = {}
        ids: set[str] = set()
        late = []
        for notification in list(self.taken):
            resource, id = notification.get(key), notification["id"]
            if resource is None or last.get(resource) == id:
                continue
            if id in ids:
                state = notification.get("operationState", "")
                late.append(
                    f"{key} {resource}: {notification['notificationType']} {state} ({id}) "
                    "came again after a later one"
                )
            ids.add(id)
            last[resource] = id
        return late


def _handler(receiver: Receiver) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(204)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if receiver.random.random() < REFUSED:
                self._answer(503)
                return
            receiver.taken.append(body)
            self._answer(204)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *values: Any) -> None:
            """Says nothing."""

    return Handler
