# SPDX-License-Identifier: Apache-2.0
"""The socket on which agents attach, over real sockets."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import queue
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from mano import bus
from mano.bus import carrier
from mano.bus.local import Local
from mano.bus.sockets import Sockets
from mano.threads import Threads


class Side:
    """The suite's side, with what came for "vim"."""

    def __init__(self, path: pathlib.Path):
        self.threads = Threads(2)
        self.sockets = Sockets(path, self.threads)
        self.local: Local = self.sockets.carrier()
        self.got: queue.Queue[bus.Message] = queue.Queue()
        self.local.listen("vim-a", self.got.put)
        self.connections: list[socket.socket] = []
        self.threads.start()
        self.sockets.start()

    def stop(self) -> None:
        for connection in self.connections:
            connection.close()
        self.sockets.stop()
        self.threads.stop()


@pytest.fixture
def side(tmp_path: pathlib.Path) -> Iterator[Side]:
    side = Side(tmp_path / "agent.sock")
    yield side
    side.stop()


def test_messages_go_both_ways_once_an_agent_has_attached(side: Side) -> None:
    agent = attach(side, "agent.a")
    say(agent, word("a", 1))
    assert side.got.get(timeout=5) == word("a", 1)
    deliver(side, note("agent.a", 2))
    assert heard(agent) == note("agent.a", 2)


def test_a_message_to_an_agent_that_is_not_attached_is_not_taken(side: Side) -> None:
    confirmed: list[int] = []
    side.local.send(note("agent.away", 1), lambda: confirmed.append(1))
    time.sleep(0.2)
    assert confirmed == []
    with pytest.raises(carrier.Undeliverable, match=r"agent\.away"):
        side.sockets.send(note("agent.away", 1))


def test_of_two_agents_of_one_address_the_newest_wins_and_the_older_is_cut_off(side: Side) -> None:
    older = attach(side, "agent.a")
    deliver(side, note("agent.a", 1))
    assert heard(older) == note("agent.a", 1)
    newer = attach(side, "agent.a")
    assert older.recv(1) == b""
    deliver(side, note("agent.a", 2))
    assert heard(newer) == note("agent.a", 2)


def test_a_line_may_come_in_pieces(side: Side) -> None:
    agent = attach(side, "agent.a")
    line = json.dumps(word("a", 1)).encode() + b"\n"
    for at in range(len(line)):
        agent.sendall(line[at : at + 1])
    assert side.got.get(timeout=5) == word("a", 1)


@pytest.mark.parametrize(
    "line",
    [b"not json\n", b"[1]\n", b'{"operation": "hello"}\n', b'{"operation": "attach"}\n', b'{"oper'],
)
def test_who_does_not_attach_properly_is_cut_off_and_harms_nobody(side: Side, line: bytes) -> None:
    other = attach(side, "agent.b")
    rude = connect(side)
    rude.sendall(line)
    rude.shutdown(socket.SHUT_WR)
    assert rude.recv(1) == b""
    say(other, word("b", 1))
    assert side.got.get(timeout=5) == word("b", 1)


def test_a_message_that_is_too_long_ends_the_connection(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mano.bus.sockets.LINE", 1000)
    agent = attach(side, "agent.a")
    agent.sendall(b"x" * 2000)
    with contextlib.suppress(ConnectionResetError):
        assert agent.recv(1) == b""


def test_a_message_that_is_not_handled_is_tried_again(
    side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mano.bus.sockets.PAUSE", 0.05)
    tries: list[int] = []

    def handle(message: bus.Message) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise ValueError("the database is away")
        side.got.put(message)

    side.local.listen("vim-a", handle)
    say(attach(side, "agent.a"), word("a", 1))
    assert side.got.get(timeout=5) == word("a", 1)


@pytest.mark.parametrize(
    "message",
    [
        bus.request("nfvo", "POST /nslcm/v2/ns_instances", {"host": "a"}, id="1"),
        bus.request("nfvo", "host_report", {"host": "a"}, id="2"),
        bus.request("vim-a", "terminate", {"host": "a"}, id="3"),
        bus.request("nfvo", "reply", {"host": "a", "key": "op|step", "status": 200}, id="4"),
        bus.request("vim-a", "report", {"host": "b"}, id="5"),
        bus.request("vim-a", "image", {"host": "a"}, id="6", reply_to="nfvo", reply_key="op|x"),
        bus.request("agent.b", "desired", {"host": "a"}, id="7"),
    ],
    ids=lambda message: f"{message['operation']} to {message['to']}",
)
def test_an_agent_says_only_its_own_words_of_its_own_host_to_vims(
    side: Side, message: dict[str, Any]
) -> None:
    for address in ("nfvo", "agent.b"):
        side.local.listen(address, side.got.put)
    agent = attach(side, "agent.a")
    say(agent, message)
    assert agent.recv(1) == b""
    say(attach(side, "agent.a"), word("a", 2))
    assert side.got.get(timeout=5) == word("a", 2)


@pytest.mark.parametrize("address", ["nfvo", "vim-a", "agent.", ""])
def test_nobody_attaches_as_what_is_no_agent(side: Side, address: str) -> None:
    other = connect(side)
    say(other, {"operation": "attach", "body": {"address": address}})
    assert other.recv(1) == b""


STRANGER = """
import contextlib, json, socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
attach = {"operation": "attach", "body": {"address": "agent.a"}}
connection.settimeout(8)
answer = b""
with contextlib.suppress(BrokenPipeError, ConnectionResetError):
    connection.sendall(json.dumps(attach).encode() + bytes([10]))
    answer = connection.recv(1)
print(len(answer))
"""


def stranger(side: Side, *before: str) -> str:
    """What another process hears that attaches as agent.a: "0" if it is cut off."""
    command = [*before, sys.executable, "-c", STRANGER, str(side.sockets.path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def test_another_process_does_not_take_the_address_of_an_agent_that_runs(side: Side) -> None:
    agent = attach(side, "agent.a")
    assert stranger(side) == "0"
    deliver(side, note("agent.a", 1))
    assert heard(agent) == note("agent.a", 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="pid namespaces are made by root")
def test_what_runs_in_a_vnfc_does_not_attach(side: Side) -> None:
    assert stranger(side, "unshare", "--pid", "--fork") == "0"
    assert "agent.a" not in side.sockets.attached


def test_the_socket_is_for_its_owner_only_and_replaces_one_left_behind(
    tmp_path: pathlib.Path, side: Side
) -> None:
    assert (tmp_path / "agent.sock").stat().st_mode & 0o777 == 0o600
    again = Side(tmp_path / "agent.sock")
    deliver_to = attach(again, "agent.a")
    say(deliver_to, word("a", 1))
    assert again.got.get(timeout=5) == word("a", 1)
    again.stop()


def note(to: str, number: int) -> dict[str, Any]:
    return bus.request(to, "note", {"number": number}, id=str(number))


def word(host: str, number: int) -> dict[str, Any]:
    body = {"host": host, "number": number}
    return bus.request("vim-a", "report", body, id=str(number))


def connect(side: Side) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    side.connections.append(connection)
    connection.settimeout(5)
    connection.connect(str(side.sockets.path))
    return connection


def attach(side: Side, address: str) -> socket.socket:
    """An agent, known to the suite when this returns."""
    former = side.sockets.attached.get(address)
    agent = connect(side)
    say(agent, {"operation": "attach", "body": {"address": address}})
    end = time.monotonic() + 5
    while side.sockets.attached.get(address) is former:
        assert time.monotonic() < end
        time.sleep(0.01)
    return agent


def deliver(side: Side, message: dict[str, Any]) -> None:
    side.local.send(message, lambda: None)


def say(agent: socket.socket, message: dict[str, Any]) -> None:
    agent.sendall(json.dumps(message).encode() + b"\n")


def heard(agent: socket.socket) -> Any:
    line = b""
    while not line.endswith(b"\n"):
        line += agent.recv(1)
    return json.loads(line)
