# SPDX-License-Identifier: Apache-2.0
"""The same agent over RabbitMQ."""

import base64
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import rabbitmq
from vim_side import IDLE, Document, Vim, compute, network, port


class Broker:
    """The VIM's end: takes from the VIM's queue, sends to the agent's, both as Celery does."""

    def __init__(self, url: str, vim: Vim) -> None:
        import celery
        import kombu

        self.app = celery.Celery("vim", broker=url, set_as_current=False)
        self.vim, self.name, self.ends = vim, f"vim-{vim.tag}", False
        vim.send = self.send  # type: ignore[method-assign]
        exchange = kombu.Exchange("mano", "topic")
        self.queue = kombu.Queue(self.name, exchange, routing_key=self.name)
        self.thread = threading.Thread(target=self.receive)
        self.thread.start()

    def send(self, operation: str, body: Document) -> None:
        message = {"id": "m", "to": f"agent.{self.vim.host}", "operation": operation, "body": body}
        self.app.send_task(
            "mano.deliver",
            args=[message],
            exchange="mano",
            exchange_type="topic",
            routing_key=message["to"],
            declare=[],
        )

    def receive(self) -> None:
        with (
            self.app.connection_for_read() as connection,
            connection.Consumer([self.queue], callbacks=[self.take], accept=["json"]),
        ):
            while not self.ends:
                try:
                    connection.drain_events(timeout=0.2)
                except TimeoutError:
                    continue

    def take(self, body: Any, delivery: Any) -> None:
        delivery.ack()
        message = body[0][0]
        if message["operation"] == "image":
            content = self.vim.images[message["body"]["id"]]
            self.send(
                "image",
                {
                    "id": message["body"]["id"],
                    "offset": 0,
                    "last": True,
                    "content": base64.b64encode(content).decode(),
                },
            )
        with self.vim.changed:
            self.vim.received.append(message)
            self.vim.changed.notify_all()


@pytest.fixture
def broker(vim: Vim) -> Iterator[Broker]:
    if rabbitmq.missing():
        pytest.skip(rabbitmq.missing())
    server = rabbitmq.RabbitMQ(Path(vim.folder) / "rabbitmq")
    server.start()
    vim.url = server.url
    end = Broker(server.url, vim)
    yield end
    end.ends = True
    end.thread.join()
    server.stop()


def test_an_agent_converges_over_rabbitmq(vim: Vim, broker: Broker) -> None:
    vim.start("--vim", broker.name)
    vim.connection = True  # type: ignore[assignment]
    vim.wait(lambda: any(m["operation"] == "hello" for m in vim.received))
    document = {
        "networks": [network("n1")],
        "images": [vim.image(IDLE)],
        "computes": [compute("c", [port("p", "n1", 2, "eth")])],
    }
    pid = vim.converged(document)["resources"]["id-c"]["pid"]
    vim.kill()
    vim.connection = True  # type: ignore[assignment]
    vim.desire(
        {**document, "networks": [network("n1"), network("n2")]}
    )  # waits in the queue for the next agent
    time.sleep(0.1)
    vim.start("--vim", broker.name)
    report = vim.report(lambda r: r["version"] == 2 and not r["plan"])
    assert (
        report["resources"]["id-c"]["pid"] == pid and report["resources"]["n2"]["state"] == "ACTIVE"
    )
