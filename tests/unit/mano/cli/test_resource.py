# SPDX-License-Identifier: Apache-2.0
"""`list` and `show` of a resource, and ids given by name, against a server of our own."""

from __future__ import annotations

import http.server
import json
import pathlib
import threading
import urllib.parse
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from mano.cli import group, ns_instances
from mano.cli.client import Client, Document
from mano.cli.failures import Failure

INSTANCES: list[Document] = [
    {"id": "a", "nsInstanceName": "one", "nsState": "INSTANTIATED", "nsdId": "n"},
    {"id": "b", "nsInstanceName": "twice", "nsState": "NOT_INSTANTIATED", "nsdId": "n"},
    {"id": "c", "nsInstanceName": "twice", "nsState": "NOT_INSTANTIATED", "nsdId": "n"},
]
UUID = "00000000-0000-4000-8000-000000000000"


class Nfvo(http.server.BaseHTTPRequestHandler):
    """Gives tokens, and the instances, two a page, that have the name of a filter."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer({"access_token": "t"})

    def do_GET(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        id = url.path.rpartition("/ns_instances")[2].strip("/")
        query = dict(urllib.parse.parse_qsl(url.query))
        if id:
            matches = [instance for instance in INSTANCES if instance["id"] == id]
            self._answer(matches[0] if matches else {"detail": f"no {id}"}, 200 if matches else 404)
        elif "filter" in query:
            name = query["filter"].removeprefix("(eq,nsInstanceName,'").removesuffix("')")
            self._answer([item for item in INSTANCES if item["nsInstanceName"] == name])
        elif "page" in query:
            self._answer(INSTANCES[2:])
        else:
            self._answer(INSTANCES[:2], link="/nslcm/v2/ns_instances?page=2")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def _answer(self, body: object, status: int = 200, link: str = "") -> None:
        self.send_response(status)
        if link:
            self.send_header("Link", f'<{link}>; rel="next"')
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


@pytest.fixture(autouse=True)
def nfvo(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> Iterator[None]:
    """The server, and an environment that leads to it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nfvo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("MANO_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("MANO_DATA", str(tmp_path))
    monkeypatch.setenv("MANO_CLIENT_ID", "oss")
    monkeypatch.setenv("MANO_CLIENT_SECRET", "only for tests")
    yield
    server.shutdown()
    server.server_close()
    thread.join()


def mano(*words: str) -> Result:
    return CliRunner().invoke(group.root, words)


def test_a_list_has_all_pages_as_table_or_for_programs() -> None:
    assert json.loads(mano("ns", "list", "-o", "json").stdout) == INSTANCES
    table = mano("ns", "list").stdout.splitlines()
    assert table[0].split() == ["Id", "Name", "NSD", "State", "VNFs"]
    assert [line.split()[0] for line in table[1:]] == ["a", "b", "c"]


def test_one_is_shown_by_its_name() -> None:
    assert json.loads(mano("ns", "show", "one", "-o", "json").stdout) == INSTANCES[0]


def test_a_name_that_nobody_or_several_have_is_refused_with_what_to_do() -> None:
    nobody, several = mano("ns", "show", "none"), mano("ns", "show", "twice")
    assert (nobody.exit_code, several.exit_code) == (1, 1)
    assert "none of the ns instances" in nobody.stderr and "`mano ns list`" in nobody.stderr
    assert "2 of the ns instances" in several.stderr and "b, c" in several.stderr


def test_what_looks_like_an_id_is_not_looked_up() -> None:
    client = Client()
    assert ns_instances.INSTANCES.id_of(client, UUID) == UUID
    with pytest.raises(Failure, match=f"no {UUID} \\(404\\)"):
        client.get("nslcm", ns_instances.INSTANCES.path_of(client, UUID))
    client.close()
