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

import pytest
from lab import rabbitmq as lab

from mano import bus, store
from mano.bus import carrier
from mano.bus.local import Local
from mano.bus.post import Post
from mano.threads import Threads

PATIENCE = 20
Make = Callable[[], bus.Carrier]  # another end of the same bus


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab.RabbitMQ]:
    """A RabbitMQ of this session's own."""
    if why := lab.missing():
        pytest.skip(why)
    server = lab.RabbitMQ(tmp_path_factory.mktemp("broker"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["local", "rabbitmq"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes ends of one bus; all are stopped after the test."""
    made: list[bus.Carrier] = []
    if request.param == "local":
        threads = Threads(2)
        threads.start()
        made.append(Local(threads))
        yield lambda: made[0]
        threads.stop()
        return
    from mano.bus import rabbitmq

    server: lab.RabbitMQ = request.getfixturevalue("broker")

    def another() -> bus.Carrier:
        made.append(rabbitmq.RabbitMQ(server.url, 2))
        return made[-1]

    yield another
    for each in made:
        each.stop()


class TestEveryCarrier:
    def test_what_is_sent_is_delivered_to_the_one_that_listens_there(
        self, make: Make, address: str
    ) -> None:
        got, other = Mailbox(), Mailbox()
        listening = make()
        listening.listen(address + "-other", other)
        listen(listening, address, got)
        sender = make()
        for number in range(50):
            send(sender, message(address, number))
        until(lambda: len(got.ids) >= 50)
        assert set(got.ids) == {f"{address}/{number}" for number in range(50)}
        assert other.ids == []

    def test_a_message_is_taken_only_once_it_is_safe(self, make: Make, address: str) -> None:
        got, taken = Mailbox(), threading.Event()
        listen(make(), address, got)
        send(make(), message(address), taken.set)
        assert taken.wait(PATIENCE)

    def test_nobody_takes_a_message_to_an_address_where_nobody_ever_listened(
        self, make: Make, address: str
    ) -> None:
        taken = threading.Event()
        with pytest.raises(carrier.Undeliverable):
            make().send(message(address), taken.set)
        assert not taken.is_set()

    def test_a_message_stays_in_the_outbox_until_its_receiver_appears(
        self, make: Make, address: str, kept: store.Store
    ) -> None:
        sender = Post(kept, make())
        sender.start()
        with kept.begin() as tx:
            tx.owe(message(address))
        sender.put(tx.effects.messages)
        time.sleep(0.3)
        assert waiting(kept) == 1
        got = Mailbox()
        listen(make(), address, got)

        def sweep() -> bool:
            sender.sweep()
            return bool(got.ids) and waiting(kept) == 0

        until(sweep)
        sender.stop()

    def test_a_message_whose_handler_fails_comes_again_until_it_is_handled(
        self, make: Make, address: str, kept: store.Store
    ) -> None:
        got = Mailbox(fail=2)
        listen(make(), address, got)
        sender = Post(kept, make())
        sender.start()
        with kept.begin() as tx:
            tx.owe(message(address))
        sender.put(tx.effects.messages)

        def sweep() -> bool:
            sender.sweep()
            return bool(got.ids)

        until(sweep)
        assert got.failed == 2
        sender.stop()


class TestRabbitMQ:
    @pytest.fixture
    def make(self, broker: lab.RabbitMQ) -> Iterator[Make]:
        from mano.bus import rabbitmq

        made: list[bus.Carrier] = []

        def another() -> bus.Carrier:
            made.append(rabbitmq.RabbitMQ(broker.url, 2))
            return made[-1]

        yield another
        for each in made:
            each.stop()

    def test_a_handler_that_always_fails_is_no_hot_loop(self, make: Make, address: str) -> None:
        got = Mailbox(fail=10**6)
        listen(make(), address, got)
        send(make(), message(address))
        time.sleep(2)
        assert 1 <= got.failed <= 8

    def test_a_receiver_killed_while_it_handles_a_message_does_not_lose_it(
        self, make: Make, broker: lab.RabbitMQ, address: str, tmp_path: pathlib.Path
    ) -> None:
        begun = tmp_path / "begun"
        receiver = subprocess.Popen(
            [sys.executable, "-c", RECEIVER, broker.url, address, str(begun)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        send(make(), message(address))
        until(begun.exists)
        receiver.send_signal(signal.SIGKILL)
        receiver.wait()
        got = Mailbox()
        listen(make(), address, got)
        until(lambda: bool(got.ids))

    def test_messages_outlive_the_broker(
        self, make: Make, broker: lab.RabbitMQ, address: str
    ) -> None:
        queue = make()
        listen(queue, address, Mailbox())
        time.sleep(0.5)
        queue.stop()  # the queue stays, nobody reads it
        sender = make()
        for number in range(20):
            send(sender, message(address, number))
        broker.restart()
        got = Mailbox()
        listen(make(), address, got)
        until(lambda: len(set(got.ids)) == 20)

    def test_listeners_and_senders_find_a_broker_that_came_back_with_nothing(
        self, make: Make, broker: lab.RabbitMQ, address: str
    ) -> None:
        got, sender = Mailbox(), make()
        listen(make(), address, got)
        send(sender, message(address, 1))
        until(lambda: len(got.ids) == 1)
        broker.wipe()
        send(sender, message(address, 2))
        until(lambda: f"{address}/2" in got.ids)

    def test_sending_fails_quickly_while_the_broker_is_away(
        self, make: Make, broker: lab.RabbitMQ, address: str
    ) -> None:
        sender = make()
        broker.kill()
        try:
            begun = time.monotonic()
            for number in range(20):
                with pytest.raises(carrier.Undeliverable):
                    sender.send(message(address, number), lambda: None)
            assert time.monotonic() - begun < 5
        finally:
            broker.start()

    def test_a_queue_holds_what_is_no_message_of_ours_without_harm(
        self, make: Make, broker: lab.RabbitMQ, address: str
    ) -> None:
        import kombu

        got = Mailbox()
        listen(make(), address, got)
        send(make(), message(address, 1))
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
        send(make(), message(address, 2))
        until(lambda: {f"{address}/1", f"{address}/2"} <= set(got.ids))


RECEIVER = """
import pathlib, sys, time
from mano.bus import rabbitmq
url, address, begun = sys.argv[1:]
def handle(message):
    pathlib.Path(begun).touch()
    time.sleep(60)
carrier = rabbitmq.RabbitMQ(url, 2)
carrier.listen(address, handle)
carrier.start()
time.sleep(60)
"""


class Mailbox:
    """A receiver that fails so many times before it begins to take messages."""

    def __init__(self, fail: int = 0):
        self.left, self.failed = fail, 0
        self.ids: list[str] = []

    def __call__(self, received: bus.Message) -> None:
        if self.left:
            self.left, self.failed = self.left - 1, self.failed + 1
            raise ValueError("not now")
        assert json.loads(json.dumps(received)) == received
        self.ids.append(received["id"])


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """An address of this test's own."""
    return f"{abs(hash(request.node.nodeid))}"


def message(to: str, number: int = 0) -> bus.Message:
    return bus.request(to, "note", {"number": number, "text": "ä\u2028 €"}, id=f"{to}/{number}")


def listen(at: bus.Carrier, address: str, receiver: Callable[[bus.Message], None]) -> None:
    at.listen(address, receiver)
    at.start()


def send(by: bus.Carrier, what: bus.Message, taken: Callable[[], None] = lambda: None) -> None:
    """Sends as the outbox does: again while it cannot be delivered."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            by.send(what, taken)
            return
        except carrier.Undeliverable:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def waiting(kept: store.Store) -> int:
    with kept.begin() as tx:
        return int(tx.execute("SELECT count(*) FROM {s}.outbox").scalar())
