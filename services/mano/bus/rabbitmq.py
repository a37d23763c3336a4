# SPDX-License-Identifier: Apache-2.0
"""The carrier over RabbitMQ, by Celery: each message is the task `mano.deliver` in the queue of its
address.

A queue is durable and declared by who listens on it. A message for an address whose queue does not
exist is returned by the broker and stays in the outbox, so a broker that lost all its data loses
nothing of ours."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import celery
import kombu
import kombu.asynchronous
from amqp.exceptions import AMQPError
from celery import exceptions
from celery.app import trace
from celery.worker import WorkController
from kombu import messaging

from mano.bus import carrier
from mano.bus.message import Message

log = logging.getLogger(__name__)
TASK = "mano.deliver"
PATIENCE = 5.0  # seconds to connect, and for the broker to confirm a message
RETRY = 0.5  # seconds until a broker that was away is tried again
PAUSE = 0.5  # seconds until a message that was not handled comes again
HEARTBEAT = 10.0  # seconds without a sign of the broker: connect again
SETTINGS = {
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,
    "worker_prefetch_multiplier": 1,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_acks_on_failure_or_timeout": False,
    "task_default_delivery_mode": "persistent",
    "broker_connection_timeout": PATIENCE,
    "broker_heartbeat": HEARTBEAT,
    "broker_connection_retry": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": 1,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_enable_remote_control": False,
    "worker_hijack_root_logger": False,
    "task_publish_retry": False,
    "broker_transport_options": {
        "confirm_publish": True,
        "read_timeout": 3 * HEARTBEAT,
        "write_timeout": PATIENCE,
    },
}


class RabbitMQ:
    """Sends at once; receives, in `count` threads, for the addresses that were given to `listen`
    before `start`.

    Celery allows one worker per process (its tasks and its event loop are global), so one carrier
    of each may receive."""

    immediate = False

    def __init__(self, url: str, count: int = 4):
        self.count = count
        self.app = celery.Celery("mano", broker=url, set_as_current=False)
        self.app.conf.update(SETTINGS)
        self.receivers: dict[str, Callable[[Message], None]] = {}
        self.guard = threading.Lock()
        self.sender: _Sender | None = None
        self.away_until = 0.0
        self.stopping = threading.Event()
        self.worker: Any = None
        self.thread: threading.Thread | None = None

    def send(self, message: Message, taken: Callable[[], None]) -> None:
        """Returns when the broker has stored the message; Undeliverable, quickly, if it is away or
        knows no such queue."""
        with self.guard:
            if time.monotonic() < self.away_until:
                raise carrier.Undeliverable("the broker was away a moment ago")
            try:
                self.sender = self.sender or _Sender(self.app)
                known = self.sender.send(message)
            except (OSError, AMQPError, kombu.exceptions.KombuError) as error:
                self._drop()
                self.away_until = time.monotonic() + RETRY
                raise carrier.Undeliverable(
                    f"the broker does not take messages: {error or type(error).__name__}"
                ) from error
        if not known:
            raise carrier.Undeliverable(
                f"there is no queue {message['to']!r}: nobody has listened there yet"
            )
        taken()

    def listen(self, address: str, deliver: Callable[[Message], None]) -> None:
        """What comes to the address goes to `deliver`."""
        self.receivers[address] = deliver

    def start(self) -> None:
        """Begins to receive, if there is an address to receive for."""
        if self.receivers:
            self.app.task(name=TASK, shared=False)(self._deliver)
            trace.setup_worker_optimizations(
                self.app
            )  # else the pool's threads look for the task in another app
            self.thread = threading.Thread(target=self._receive, name="bus", daemon=True)
            self.thread.start()

    def stop(self) -> None:
        """Ends receiving; what is being handled is finished first, what was only fetched goes back
        to the queue."""
        self.stopping.set()
        hub = getattr(self.worker, "hub", None)
        if hub is not None:
            hub.call_soon(
                _shut_down
            )  # in the thread that reads from the broker: two readers would hang
        if self.thread is not None:
            self.thread.join(10)
        with self.guard:
            self._drop()

    def _deliver(self, message: Message) -> None:
        receiver = self.receivers.get(message["to"])
        try:
            if receiver is None:
                raise LookupError("this process does not listen there")
            receiver(message)
        except Exception as error:
            log.warning("message %s to %s was not handled: %s", message["id"], message["to"], error)
            self.stopping.wait(
                PAUSE
            )  # it may come again at once; a handler that always fails is no hot loop
            raise exceptions.Reject(str(error), requeue=True) from error

    def _receive(self) -> None:
        """Celery's own attempts to connect again come ever later: after the first, a new worker
        begins."""
        while not self.stopping.is_set():
            try:
                self.worker = WorkController(
                    app=self.app,
                    queues=list(self.receivers),
                    pool="threads",
                    concurrency=self.count,
                    without_gossip=True,
                    without_mingle=True,
                    without_heartbeat=True,
                    hostname="+".join(self.receivers),
                    loglevel="WARNING",
                )
                self.worker.start()
            except (OSError, kombu.exceptions.OperationalError) as error:
                log.warning("the broker is away (%s); it is tried again for ever", error)
            except Exception:
                log.exception("receiving from the broker ended and is begun again")
            kombu.asynchronous.set_event_loop(
                None
            )  # a worker would take over its predecessor's, which is closed
            self.stopping.wait(1)

    def _drop(self) -> None:
        if self.sender is not None:
            self.sender.close()
            self.sender = None


def _shut_down() -> None:
    raise exceptions.WorkerShutdown(0)


class _Sender:
    """A connection with publisher confirms."""

    def __init__(self, app: celery.Celery):
        self.app, self.returned = app, False
        self.connection = app.connection_for_write(heartbeat=0)
        self.connection.ensure_connection(
            max_retries=1, interval_start=0, interval_max=0, timeout=PATIENCE
        )
        producer: Any = messaging.Producer  # kombu is not typed
        self.producer = producer(self.connection.channel(), on_return=self._on_return)

    def send(self, message: Message) -> bool:
        """Whether there is a queue of that address, which then has the message."""
        self.returned = False
        task = self.app.amqp.create_task_message(
            str(uuid.uuid4()), TASK, [message], {}, ignore_result=True
        )
        # Not by `send_task`, which would declare a queue for whatever it is given.
        self.producer.publish(
            task.body,
            headers=task.headers,
            exchange="",
            routing_key=message["to"],
            mandatory=True,
            serializer="json",
            delivery_mode="persistent",
            confirm_timeout=PATIENCE,
            **task.properties,
        )
        return not self.returned

    def close(self) -> None:
        try:
            self.connection.close()
        except Exception:
            log.debug("closing a broken connection", exc_info=True)

    def _on_return(self, *reason: Any) -> None:
        self.returned = True
