# SPDX-License-Identifier: Apache-2.0
"""The broker's users, as tools/secrets makes them: each is held to what is its own to say and to
hear, by a real broker and by who receives."""

from __future__ import annotations

import pathlib
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import kombu
import pytest
from amqp.exceptions import AMQPError
from lab import rabbitmq as lab

from mano import bus
from mano.bus import carrier, rabbitmq
from tests.contract.test_bus import Worker, until

SECRETS = pathlib.Path(__file__).parents[2] / "tools" / "secrets"
VIM, HOST, OTHER = "vim-baremetal", "rack1-7", "rack1-8"
AGENT = f"agent.{HOST}"
topology: Any = kombu  # is not typed
EXCHANGE = topology.Exchange("mano", "topic", no_declare=True)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab.RabbitMQ]:
    if reason := lab.missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("users")
    subprocess.run([SECRETS, folder / "secrets", HOST, OTHER], check=True)
    broker = lab.RabbitMQ(folder / "broker", folder / "secrets")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def listen(
    broker: lab.RabbitMQ, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Worker]]:
    """The worker of a service, as its own user."""
    workers: dict[str, Worker] = {}

    def start(address: str) -> Worker:
        if address not in workers:
            folder = tmp_path_factory.mktemp("worker") / address
            workers[address] = Worker(broker.url_of(address), folder, address)
        return workers[address]

    yield start
    for worker in workers.values():
        worker.end()


def attempt(broker: lab.RabbitMQ, user: str, message: bus.Message) -> None:
    """Sends it as a user, as the outbox does while nobody listens yet."""
    sender = rabbitmq.RabbitMQ(broker.url_of(user))
    end = time.monotonic() + 20
    try:
        while True:
            try:
                sender.send(message, lambda: None)
                return
            except carrier.Undeliverable as error:
                if "ACCESS_REFUSED" in str(error) or time.monotonic() > end:
                    raise
                time.sleep(0.1)
    finally:
        sender.stop()


def word(operation: str, host: str, number: int, **more: str) -> bus.Message:
    return bus.request(VIM, operation, {"host": host}, id=f"{operation}/{number}", **more)


def test_an_agent_is_heard_by_its_vim_and_no_other_hears_what_it_is_told(
    broker: lab.RabbitMQ, listen: Callable[[str], Worker]
) -> None:
    vim = listen(VIM)
    attempt(broker, AGENT, word("hello", HOST, 1))
    until(lambda: "hello/1" in vim.ids)
    with kombu.Connection(broker.url_of(AGENT)) as connection:
        queue = topology.Queue(AGENT, EXCHANGE, routing_key=AGENT)(connection.default_channel)
        queue.declare()
        attempt(broker, VIM, bus.request(AGENT, "desired", {"host": HOST}, id="desired/1"))
        until(lambda: queue.get(no_ack=True) is not None)


@pytest.mark.parametrize("to", ["nfvo", "vnfm", f"agent.{OTHER}", AGENT])
def test_an_agent_writes_to_vims_only(
    broker: lab.RabbitMQ, listen: Callable[[str], Worker], to: str
) -> None:
    listen(VIM)
    with pytest.raises(carrier.Undeliverable, match="ACCESS_REFUSED"):
        attempt(broker, AGENT, bus.request(to, "hello", {"host": HOST}, id="1"))


@pytest.mark.parametrize("user", ["nfvo", "vnfm", "vim-simulated"])
def test_only_its_vim_tells_an_agent_what_is_to_be(
    broker: lab.RabbitMQ, listen: Callable[[str], Worker], user: str
) -> None:
    listen(VIM)
    with pytest.raises(carrier.Undeliverable, match="ACCESS_REFUSED"):
        attempt(broker, user, bus.request(AGENT, "desired", {"host": HOST}, id="1"))


def test_one_message_that_may_not_be_sent_holds_up_no_other(
    broker: lab.RabbitMQ, listen: Callable[[str], Worker]
) -> None:
    vim = listen(VIM)
    attempt(broker, "nfvo", word("note", HOST, 1))
    sender = rabbitmq.RabbitMQ(broker.url_of("nfvo"))
    forbidden = bus.request(AGENT, "desired", {}, id="forbidden")
    messages = [word("note", HOST, 2), forbidden, word("note", HOST, 3)]
    taken: list[int] = []
    entries = [(each, lambda n=n: taken.append(n)) for n, each in enumerate(messages)]
    assert sender.send_all(entries) == [forbidden]
    assert taken == [0, 2]
    until(lambda: {"note/2", "note/3"} <= set(vim.ids))
    sender.stop()


@pytest.mark.parametrize("queue", ["nfvo", VIM, f"agent.{OTHER}"])
def test_an_agent_reads_its_own_queue_only(
    broker: lab.RabbitMQ, listen: Callable[[str], Worker], queue: str
) -> None:
    listen(VIM)
    with (
        kombu.Connection(broker.url_of(AGENT)) as connection,
        pytest.raises(AMQPError, match="ACCESS_REFUSED"),
    ):
        topology.Queue(queue, EXCHANGE, routing_key=queue)(connection.default_channel).declare()
    with (
        kombu.Connection(broker.url_of(AGENT)) as connection,
        pytest.raises(AMQPError, match="ACCESS_REFUSED"),
    ):
        own = topology.Queue(AGENT, EXCHANGE, routing_key=queue)(connection.default_channel)
        own.declare()  # to be told what another is told


def test_nobody_sends_in_anothers_name(
    broker: lab.RabbitMQ, listen: Callable[[str], Worker]
) -> None:
    vim = listen(VIM)
    with kombu.Connection(broker.url_of(AGENT)) as connection:
        publish(connection, word("report", HOST, 20), AGENT)
    until(lambda: "report/20" in vim.ids)
    for number, sender in enumerate((None, "nfvo", f"agent.{OTHER}")):
        with kombu.Connection(broker.url_of(AGENT)) as connection:
            message = word("report", OTHER, number)
            publish(connection, message, sender)
    for message in (
        word("report", OTHER, 11),
        word("terminate", HOST, 12),
        word("image", HOST, 13, reply_to="nfvo", reply_key="operation|step/key"),
        word("report", HOST, 14),
    ):
        attempt(broker, AGENT, message)
    until(lambda: "report/14" in vim.ids)
    assert not {"report/0", "report/1", "report/2", "report/11", "terminate/12", "image/13"} & set(
        vim.ids
    )


def publish(connection: Any, message: bus.Message, sender: str | None) -> None:
    """As Celery does, under a name that may not be ours."""
    producer = kombu.Producer(connection)
    more = {"user_id": sender} if sender else {}
    producer.publish(
        [[message], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}],
        exchange="mano",
        routing_key=message["to"],
        headers={"task": "mano.deliver", "id": message["id"], "lang": "py", "root_id": "1"},
        serializer="json",
        **more,
    )
