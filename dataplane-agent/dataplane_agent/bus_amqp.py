# SPDX-License-Identifier: Apache-2.0
"""The carrier over RabbitMQ, where the other side is Celery: task `mano.deliver` with the message
as its argument, routed by its address through the topic exchange `mano` to a durable queue. The
broker lets an agent's user write to VIMs and listen at its own address only; the other side
believes what the broker says of who has sent a message (its user id).

A queue is declared by who listens on it. Sent through Celery, so that its protocol holds; a message
for a queue that nobody has declared yet is returned by the broker and sent again, unless a newer
one has taken its place. Received with Kombu, which Celery is made of: a whole worker (pool, events,
remote control) for one handler that only takes mail would be most of the agent. An answer to the
broker follows the handler, one message at a time: a killed agent's message is delivered again."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import celery
import kombu
import kombu.exceptions
import kombu.mixins

from dataplane_agent import bus

amqp: Any = kombu  # its entities are not typed
TASK = "mano.deliver"
EXCHANGE = "mano"
HEARTBEAT = 10  # seconds without a sign of the broker: connect again
STALE = 60  # seconds after which the broker drops a report nobody took


class Amqp:
    """Two threads: one receives, one sends; each connects again for ever."""

    def __init__(self, url: str, address: str) -> None:
        self.app = celery.Celery("dataplane_agent", broker=url, set_as_current=False)
        self.app.conf.update(
            task_serializer="json",
            accept_content=["json"],
            task_ignore_result=True,
            broker_connection_timeout=4,
            task_publish_retry=False,
            broker_transport_options={"confirm_publish": True},
        )
        self.address = address
        self.user = self.app.connection_for_write().userid or "guest"
        # The services make the exchange: an agent may not.
        exchange = amqp.Exchange(EXCHANGE, "topic", no_declare=True)
        self.queue = amqp.Queue(address, exchange, routing_key=address)
        self.waiting: dict[
            Any, bus.Message
        ] = {}  # what is to be sent; a newer report replaces one that waits
        self.changed = threading.Condition()
        self.returned = False  # the broker knows no queue for the message that was sent last

    def start(
        self, on_message: Callable[[bus.Message], None], on_connect: Callable[[], None]
    ) -> None:
        for name, work in (
            ("bus-receive", lambda: self._receive(on_message, on_connect)),
            ("bus-send", self._send),
        ):
            threading.Thread(target=work, name=name, daemon=True).start()

    def send(self, message: bus.Message) -> None:
        with self.changed:
            body = message["body"]
            self.waiting[message["to"], message["operation"], str(body.get("id", ""))] = message
            self.changed.notify()

    def _send(self) -> None:
        while True:
            with self.app.connection_for_write() as connection, _lost(connection):
                producer = self.app.amqp.Producer(connection.channel(), on_return=self._came_back)
                while True:
                    self._send_one(producer)
            time.sleep(bus.RETRY)

    def _came_back(self, *reason: object) -> None:
        self.returned = True

    def _send_one(self, producer: object) -> None:
        """Send what waits longest; it waits on where the broker knows no such queue."""
        with self.changed:
            self.changed.wait_for(lambda: self.waiting)
            key, message = next(iter(self.waiting.items()))
        options = {"expiration": STALE} if message["operation"] == "report" else {}
        self.returned = False
        self.app.send_task(
            TASK,
            args=[message],
            producer=producer,
            exchange=EXCHANGE,
            exchange_type="topic",
            routing_key=message["to"],
            user_id=self.user,
            declare=[],
            mandatory=True,
            confirm_timeout=bus.PATIENCE,
            ignore_result=True,
            **options,
        )
        if self.returned:
            time.sleep(bus.RETRY)
            return
        with self.changed:
            if self.waiting.get(key) is message:
                del self.waiting[key]

    def _receive(
        self, on_message: Callable[[bus.Message], None], on_connect: Callable[[], None]
    ) -> None:
        while True:
            with self.app.connection_for_read(heartbeat=HEARTBEAT) as connection:
                receiver: Any = _Receiver(connection, self.queue, on_message, on_connect)
                with _lost(connection):
                    receiver.run()
            time.sleep(bus.RETRY)


def _lost(connection: Any) -> contextlib.suppress:
    """A broker that went away; Celery gives some of its errors other names."""
    return contextlib.suppress(
        OSError,
        kombu.exceptions.KombuError,
        *connection.connection_errors,
        *connection.channel_errors,
    )


class _Receiver(kombu.mixins.ConsumerMixin):
    """Takes messages from one queue."""

    def __init__(
        self,
        connection: object,
        queue: object,
        on_message: Callable[[bus.Message], None],
        on_connect: Callable[[], None],
    ) -> None:
        self.connection, self.queue, self.on_message, self.on_connect = (
            connection,
            queue,
            on_message,
            on_connect,
        )

    def get_consumers(self, consumer: Any, channel: Any) -> list[Any]:
        return [consumer([self.queue], callbacks=[self._take], accept=["json"], prefetch_count=1)]

    def on_consume_ready(
        self, connection: object, channel: object, consumers: object, **more: object
    ) -> None:
        self.on_connect()

    def _take(self, body: Any, message: Any) -> None:
        if message.headers.get("task") == TASK:
            self.on_message(body[0][0])
        message.ack()
