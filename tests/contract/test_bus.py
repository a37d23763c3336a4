# SPDX-License-Identifier: Apache-2.0
"""What every carrier promises (mano.bus.carrier), and what the one over RabbitMQ promises beyond
that."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import kombu
import pytest
from lab import rabbitmq as lab

from mano import bus
from mano.bus import carrier, rabbitmq
from mano.bus.local import Local
from mano.bus.post import Post
from mano.store import Store
from mano.threads import Threads

PATIENCE = 8


class Mailbox:
    """What came to an address; it refuses the first `fail` messages."""

    def __init__(self, fail: int = 0):
        self.fail, self.refused = fail, 0
        self.messages: list[bus.Message] = []

    @property
    def ids(self) -> list[str]:
        return [message["id"] for message in self.messages]

    def take(self, message: bus.Message) -> None:
        if self.refused < self.fail:
            self.refused += 1
            raise ValueError("not now")
        assert json.loads(json.dumps(message)) == message
        self.messages.append(message)


class Worker:
    """A mailbox in a Celery worker, a process of its own."""

    def __init__(
        self, url: str, folder: pathlib.Path, address: str, fail: int = 0, seconds: float = 0
    ):
        folder.mkdir()
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lab.receiver", url, folder, str(fail), str(seconds), address],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.DEVNULL,
        )

    @property
    def messages(self) -> list[bus.Message]:
        return [json.loads(line) for line in self._lines("messages")]

    @property
    def ids(self) -> list[str]:
        return [message["id"] for message in self.messages]

    @property
    def refused(self) -> int:
        return len(self._lines("refused"))

    @property
    def begun(self) -> bool:
        return (self.folder / "begun").exists()

    def end(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.wait(PATIENCE)

    def _lines(self, name: str) -> list[str]:
        file = self.folder / name
        return file.read_text().splitlines() if file.exists() else []


class Inside:
    """A bus within this process."""

    def __init__(self) -> None:
        self.threads = Threads(2)
        self.threads.start()
        self.local = Local(self.threads)

    def sender(self) -> bus.Carrier:
        return self.local

    def listen(self, address: str, fail: int = 0) -> Mailbox:
        mailbox = Mailbox(fail)
        self.local.listen(address, mailbox.take)
        return mailbox

    def end(self) -> None:
        self.threads.stop()


class Brokered:
    """A bus over RabbitMQ: who receives is a process."""

    def __init__(self, url: str, folder: pathlib.Path):
        self.url, self.folder = url, folder
        self.senders: list[rabbitmq.RabbitMQ] = []
        self.workers: list[Worker] = []

    def sender(self) -> rabbitmq.RabbitMQ:
        self.senders.append(rabbitmq.RabbitMQ(self.url))
        return self.senders[-1]

    def listen(self, address: str, fail: int = 0, seconds: float = 0) -> Worker:
        folder = self.folder / f"worker-{len(self.workers)}"
        self.workers.append(Worker(self.url, folder, address, fail, seconds))
        return self.workers[-1]

    def end(self) -> None:
        for sender in self.senders:
            sender.stop()
        for worker in self.workers:
            worker.end(signal.SIGKILL)


Bus = Inside | Brokered


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab.RabbitMQ]:
    """A RabbitMQ of this session's own."""
    if why := lab.missing():
        pytest.skip(why)
    server = lab.RabbitMQ(tmp_path_factory.mktemp("broker"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def brokered(broker: lab.RabbitMQ, tmp_path: pathlib.Path) -> Iterator[Brokered]:
    wires = Brokered(broker.url, tmp_path)
    yield wires
    wires.end()


@pytest.fixture(params=["local", "rabbitmq"])
def wires(request: pytest.FixtureRequest) -> Iterator[Bus]:
    """A bus, by each carrier."""
    if request.param == "rabbitmq":
        yield request.getfixturevalue("brokered")
        return
    inside = Inside()
    yield inside
    inside.end()


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """An address of this test's own."""
    return f"{abs(hash(request.node.nodeid))}"


class TestEveryCarrier:
    def test_what_is_sent_is_delivered_to_the_one_that_listens_there(
        self, wires: Bus, address: str
    ) -> None:
        mailbox, other = wires.listen(address), wires.listen(address + "-other")
        sender = wires.sender()
        for number in range(50):
            send(sender, message(address, number))
        until(lambda: len(mailbox.ids) >= 50)
        assert sorted(mailbox.messages, key=number_of) == [
            message(address, number) for number in range(50)
        ]
        assert other.ids == []

    def test_a_message_is_taken_only_once_it_is_safe(self, wires: Bus, address: str) -> None:
        wires.listen(address)
        confirmed = threading.Event()
        send(wires.sender(), message(address), confirmed.set)
        assert confirmed.wait(PATIENCE)

    def test_nobody_takes_a_message_to_an_address_where_nobody_ever_listened(
        self, wires: Bus, address: str
    ) -> None:
        confirmed = threading.Event()
        with pytest.raises(carrier.Undeliverable):
            wires.sender().send(message(address), confirmed.set)
        assert not confirmed.is_set()

    def test_a_message_stays_in_the_outbox_until_its_receiver_appears(
        self, wires: Bus, address: str, store: Store
    ) -> None:
        post = Post(store, wires.sender())
        post.start()
        with store.begin() as tx:
            tx.owe(message(address))
        post.put(tx.effects.messages)
        time.sleep(0.3)
        assert waiting(store) == 1
        mailbox = wires.listen(address)

        def sweep() -> bool:
            post.sweep()
            return bool(mailbox.ids) and waiting(store) == 0

        until(sweep)
        post.stop()

    def test_a_message_whose_handler_fails_comes_again_until_it_is_handled(
        self, wires: Bus, address: str, store: Store
    ) -> None:
        mailbox = wires.listen(address, fail=2)
        post = Post(store, wires.sender())
        post.start()
        with store.begin() as tx:
            tx.owe(message(address))
        post.put(tx.effects.messages)

        def sweep() -> bool:
            post.sweep()
            return bool(mailbox.ids)

        until(sweep)
        assert mailbox.refused == 2
        post.stop()


class TestLocal:
    def test_a_copy_of_what_still_waits_is_not_delivered_but_taken(self, address: str) -> None:
        threads = Threads(1)
        local, mailbox = Local(threads), Mailbox()
        local.listen(address, mailbox.take)
        confirmed: list[int] = []
        local.send(message(address, 1), lambda: confirmed.append(1))
        local.send(message(address, 1), lambda: confirmed.append(2))
        local.send({**message(address, 1), "body": "another"}, lambda: confirmed.append(3))
        threads.start()
        until(lambda: sorted(confirmed) == [1, 2, 3])
        assert mailbox.messages == [message(address, 1), {**message(address, 1), "body": "another"}]
        threads.stop()


class TestRabbitMQ:
    def test_a_handler_that_always_fails_is_no_hot_loop(
        self, brokered: Brokered, address: str
    ) -> None:
        worker = brokered.listen(address, fail=10**6)
        send(brokered.sender(), message(address))
        until(lambda: worker.refused > 0)
        time.sleep(2)
        assert 1 <= worker.refused <= 8

    def test_a_receiver_killed_while_it_handles_a_message_does_not_lose_it(
        self, brokered: Brokered, address: str
    ) -> None:
        worker = brokered.listen(address, seconds=60)
        send(brokered.sender(), message(address))
        until(lambda: worker.begun)
        worker.end(signal.SIGKILL)
        other = brokered.listen(address)
        until(lambda: bool(other.ids))

    def test_a_receiver_told_to_end_finishes_what_it_handles_and_leaves_the_rest(
        self, brokered: Brokered, address: str
    ) -> None:
        worker = brokered.listen(address, seconds=1)
        sender = brokered.sender()
        for number in range(5):
            send(sender, message(address, number))
        until(lambda: worker.begun)
        worker.end(signal.SIGTERM)
        assert worker.process.returncode == 0
        assert 1 <= len(worker.ids) <= 2
        other = brokered.listen(address)
        until(lambda: len(worker.ids) + len(other.ids) >= 5)
        assert sorted(worker.ids + other.ids) == [f"{address}/{number}" for number in range(5)]

    def test_messages_outlive_the_broker(
        self, brokered: Brokered, broker: lab.RabbitMQ, address: str
    ) -> None:
        worker = brokered.listen(address)
        sender = brokered.sender()
        send(sender, message(address, -1))  # there is a queue
        until(lambda: bool(worker.ids))
        worker.end()  # the queue stays, nobody reads it
        for number in range(20):
            send(sender, message(address, number))
        broker.restart()
        other = brokered.listen(address)
        until(lambda: len(set(other.ids)) == 20)

    def test_listeners_and_senders_find_a_broker_that_came_back_with_nothing(
        self, brokered: Brokered, broker: lab.RabbitMQ, address: str
    ) -> None:
        worker, sender = brokered.listen(address), brokered.sender()
        send(sender, message(address, 1))
        until(lambda: len(worker.ids) == 1)
        broker.wipe()
        send(sender, message(address, 2))
        until(lambda: f"{address}/2" in worker.ids)

    def test_sending_fails_quickly_while_the_broker_is_away(
        self, brokered: Brokered, broker: lab.RabbitMQ, address: str
    ) -> None:
        sender = brokered.sender()
        broker.kill()
        try:
            start = time.monotonic()
            for number in range(20):
                with pytest.raises(carrier.Undeliverable):
                    sender.send(message(address, number), lambda: None)
            assert time.monotonic() - start < 5
        finally:
            broker.start()

    def test_of_many_sent_at_once_those_without_a_queue_come_back(
        self, brokered: Brokered, address: str
    ) -> None:
        worker, sender = brokered.listen(address), brokered.sender()
        send(sender, message(address, 0))
        homeless = message(f"{address}-nowhere", 1)
        confirmed: list[str] = []
        entries = [(message(address, number), confirmed.append) for number in range(1, 30)]
        entries.insert(7, (homeless, confirmed.append))
        returned = sender.send_all(
            [(each, lambda each=each, note=note: note(each["id"])) for each, note in entries]
        )
        assert returned == [homeless]
        assert confirmed == [f"{address}/{number}" for number in range(1, 30)]
        until(lambda: len(worker.ids) == 30)

    def test_a_queue_holds_what_is_no_message_of_ours_without_harm(
        self, brokered: Brokered, broker: lab.RabbitMQ, address: str
    ) -> None:
        worker, sender = brokered.listen(address), brokered.sender()
        send(sender, message(address, 1))
        with kombu.Connection(broker.url) as connection:
            for body, kind in (
                (b"\x80junk", "application/x-python-serialize"),
                (b"not json", "application/json"),
                (b"{}", "application/json"),
            ):
                kombu.Producer(connection).publish(
                    body,
                    exchange="",
                    routing_key=address,
                    content_type=kind,
                    content_encoding="binary",
                )
        send(sender, message(address, 2))
        until(lambda: {f"{address}/1", f"{address}/2"} <= set(worker.ids))


def message(to: str, number: int = 0) -> bus.Message:
    return bus.request(to, "note", {"number": number, "text": "ä\u2028 €"}, id=f"{to}/{number}")


def number_of(message: bus.Message) -> int:
    return int(message["body"]["number"])


def send(sender: bus.Carrier, message: bus.Message, confirmed: Callable[[], None] = int) -> None:
    """Sends as the outbox does: again while it cannot be delivered."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            sender.send(message, confirmed)
            return
        except carrier.Undeliverable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def waiting(store: Store) -> int:
    with store.begin() as tx:
        return int(tx.execute("SELECT count(*) FROM {s}.outbox").scalar())
