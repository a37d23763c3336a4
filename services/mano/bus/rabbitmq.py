# SPDX-License-Identifier: Apache-2.0
"""The carrier over RabbitMQ, by Celery: each message is the task `mano.deliver` in the queue of its
address.

A queue is durable and declared by who listens on it, and bound to the topic exchange EXCHANGE by
its address: there the broker can hold each user to the addresses that are his to write to and to
hear (docs/distributed.md). A message for an address whose queue does not exist is returned by the
broker and stays in the outbox, so a broker that lost all its data loses nothing of ours. Receiving
is a Celery worker's: `worker.py`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import celery
import kombu
from amqp.exceptions import AccessRefused, AMQPError
from celery import exceptions

from mano.bus import agents, carrier, celery_app
from mano.bus.message import Message

log = logging.getLogger(__name__)
amqp: Any = kombu  # its entities are not typed
RETRY = 0.5  # seconds until a broker that was away is tried again
PAUSE = 0.5  # seconds until a message that was not handled comes again


class _Refused(carrier.Undeliverable):
    """The broker's user may not write to that address."""


class RabbitMQ:
    """Sends at once; what comes is delivered to whom `listen` has named for its address."""

    def __init__(self, url: str):
        self.app = celery_app.make(url)
        self.task = self.app.task(name=celery_app.TASK, shared=False)(self._deliver_as_task)
        self.receivers: dict[str, Callable[[Message], None]] = {}
        self.guard = threading.Lock()
        self.sender: _Sender | None = None
        self.away_until = 0.0
        self.stopping = threading.Event()

    def send(self, message: Message, confirm: Callable[[], None]) -> None:
        """Returns when the broker has stored the message; Undeliverable, quickly, if it is away or
        knows no such queue."""
        if self.send_all([(message, confirm)]):
            raise carrier.Undeliverable(
                f"there is no queue {message['to']!r}: nobody has listened there yet"
            )

    def send_all(self, entries: Sequence[carrier.Entry]) -> list[Message]:
        """As `send`, for many with one wait; gives those back that have no queue.

        Where one may not be sent, the broker takes none of them: then each is sent alone."""
        try:
            return self._send_together(entries)
        except _Refused:
            if len(entries) == 1:
                raise
        return [message for entry in entries for message in self._send_alone(entry)]

    def _send_alone(self, entry: carrier.Entry) -> list[Message]:
        try:
            return self._send_together([entry])
        except _Refused as error:
            log.error("message %s to %s: %s", entry[0]["id"], entry[0]["to"], error)
            return [entry[0]]

    def _send_together(self, entries: Sequence[carrier.Entry]) -> list[Message]:
        messages = [message for message, _ in entries]
        with self.guard:
            if time.monotonic() < self.away_until:
                raise carrier.Undeliverable("the broker was away a moment ago")
            try:
                self.sender = self.sender or _Sender(self.app)
                returned = self.sender.send(messages)
            except AccessRefused as error:
                self._drop()
                raise _Refused(f"the broker does not let us send this: {error}") from error
            except (OSError, AMQPError, kombu.exceptions.KombuError) as error:
                self._drop()
                self.away_until = time.monotonic() + RETRY
                raise carrier.Undeliverable(
                    f"the broker does not take messages: {error or type(error).__name__}"
                ) from error
        for message, confirm in entries:
            if message["id"] not in returned:
                confirm()
        return [message for message in messages if message["id"] in returned]

    def listen(self, address: str, deliver: Callable[[Message], None]) -> None:
        """What comes to the address goes to `deliver`."""
        self.receivers[address] = deliver

    def queue(self, address: str) -> Any:
        """Where messages to the address lie; known to the app from now on."""
        exchange = amqp.Exchange(celery_app.EXCHANGE, "topic")
        queue = amqp.Queue(address, exchange, routing_key=address)
        self.app.amqp.queues.add(queue)
        return queue

    def start(self) -> None:
        """Nothing to do: the worker begins to receive."""

    def stop(self) -> None:
        """Ends sending, and keeps nobody waiting who is to hand a message back."""
        self.stopping.set()
        with self.guard:
            self._drop()

    def _deliver_as_task(self, message: Message) -> None:
        """The task; what its sender may not send is dropped."""
        sender = str((self.task.request.properties or {}).get("user_id", ""))
        try:
            agents.check_sender(sender, message)
        except (ValueError, KeyError, TypeError) as error:
            log.error("a message of %r is dropped: %s", sender or "nobody", error)
            return
        self.deliver(message)

    def deliver(self, message: Message) -> None:
        """Handles a message; one whose handling ends in an error goes back into its queue."""
        receiver = self.receivers.get(message["to"])
        try:
            if receiver is None:
                raise LookupError("this process does not listen there")
            receiver(message)
        except Exception as error:
            log.warning("message %s to %s was not handled: %s", message["id"], message["to"], error)
            # It may come again at once; a handler that always fails is no hot loop.
            self.stopping.wait(PAUSE)
            raise exceptions.Reject(str(error), requeue=True) from error

    def _drop(self) -> None:
        if self.sender is not None:
            self.sender.close()
            self.sender = None


class _Sender:
    """A connection on which the broker confirms what it has stored."""

    def __init__(self, app: celery.Celery):
        self.app = app
        self.connection = app.connection_for_write(heartbeat=0)
        self.connection.ensure_connection(
            max_retries=1, interval_start=0, interval_max=0, timeout=celery_app.PATIENCE
        )
        self.user = self.connection.userid or "guest"
        channel: Any = self.connection.channel()  # amqp is not typed
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        self.producer: Any = app.amqp.Producer(channel, on_return=self._on_return)
        self.count = 0  # so many so far: the broker numbers them
        self.unconfirmed: set[int] = set()
        self.returned: set[str] = set()

    def send(self, messages: Sequence[Message]) -> set[str]:
        """Returns when the broker has stored them all; the ids of those that have no queue."""
        self.returned.clear()
        for message in messages:
            self.count += 1
            self.unconfirmed.add(self.count)
            self._publish(message)
        while self.unconfirmed:
            self.connection.drain_events(timeout=celery_app.PATIENCE)
        return set(self.returned)

    def _publish(self, message: Message) -> None:
        self.app.send_task(
            celery_app.TASK,
            args=[message],
            task_id=message["id"],
            producer=self.producer,
            exchange=celery_app.EXCHANGE,
            exchange_type="topic",
            routing_key=message["to"],
            user_id=self.user,  # the broker takes no other than ours
            declare=[],  # by who listens
            mandatory=True,
            ignore_result=True,
        )

    def close(self) -> None:
        try:
            self.connection.close()
        except Exception:
            log.debug("closing a broken connection", exc_info=True)

    def _on_ack(self, number: int, multiple: bool) -> None:
        # A message without a queue is returned first and then confirmed.
        if multiple:
            self.unconfirmed -= {each for each in self.unconfirmed if each <= number}
        else:
            self.unconfirmed.discard(number)

    def _on_nack(self, number: int, multiple: bool) -> None:
        raise kombu.exceptions.OperationalError("the broker could not store a message")

    def _on_return(self, error: Any, exchange: str, key: str, message: Any) -> None:
        self.returned.add(str(message.headers["id"]))
