# SPDX-License-Identifier: Apache-2.0
"""Celery's own commands, as its users know them, against a worker that `mano run` has started."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import kombu
import pytest
from lab import rabbitmq as lab
from lab.distributed import Distributed

from mano import bus
from mano.bus import rabbitmq

PATIENCE = 30
ROLE = "vim-simulated"
ANSWERS = "vnfm"  # the address to which the worker is to answer, of those that it may


@pytest.fixture(scope="module", params=["threads", "prefork"])
def suite(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Distributed]:
    """A broker, a database, and one worker, by each of Celery's pools."""
    if why := lab.missing():
        pytest.skip(why)
    settings = {"MANO_WORKER_POOL": request.param}
    parts = Distributed(tmp_path_factory.mktemp("celery"), settings=settings)
    parts.database.start()
    parts.broker.start()
    parts.start_one(ROLE)
    with kombu.Connection(parts.broker.url) as connection:
        answering()(connection).declare()
    yield parts
    parts.stop()


@pytest.fixture(scope="module")
def worker(suite: Distributed) -> str:
    """The worker's name, once it answers."""
    deadline = time.monotonic() + PATIENCE
    while not (answers := celery(suite, "inspect", "ping", patience=True)):
        assert time.monotonic() < deadline, log(suite)
    assert list(answers.values()) == [{"ok": "pong"}]
    return next(iter(answers))


def test_a_worker_is_named_by_its_role(worker: str) -> None:
    assert worker.startswith(f"{ROLE}-")


def test_inspect_names_our_task(suite: Distributed, worker: str) -> None:
    assert celery(suite, "inspect", "registered") == {worker: ["mano.deliver"]}


def test_inspect_shows_pool_queues_and_what_runs(suite: Distributed, worker: str) -> None:
    pool = celery(suite, "inspect", "stats")[worker]["pool"]
    assert pool["max-concurrency"] == 4
    assert [queue["name"] for queue in celery(suite, "inspect", "active_queues")[worker]] == [ROLE]
    assert celery(suite, "inspect", "active") == {worker: []}


def test_status_counts_the_workers(suite: Distributed, worker: str) -> None:
    assert f"{worker}: OK" in command(suite, "status").stdout


def test_a_message_is_handled_and_one_that_was_revoked_is_not(
    suite: Distributed, worker: str
) -> None:
    sender = rabbitmq.RabbitMQ(suite.broker.url)
    command(suite, "control", "revoke", "revoked")
    assert celery(suite, "inspect", "revoked") == {worker: ["revoked"]}
    sender.send(question("revoked"), lambda: None)
    sender.send(question("welcome"), lambda: None)
    assert answers(suite, 2) == ["welcome/answer"]
    sender.stop()


def test_a_worker_tells_of_what_it_does_to_who_wants_to_know(
    suite: Distributed, worker: str
) -> None:
    """What `celery events` and Flower show."""
    sender = rabbitmq.RabbitMQ(suite.broker.url)
    command(suite, "control", "enable_events")
    events: list[dict[str, Any]] = []
    with sender.app.connection_for_read() as connection:
        receiver = sender.app.events.Receiver(connection, handlers={"*": events.append})
        thread = threading.Thread(target=receiver.capture, kwargs={"wakeup": False})
        thread.start()
        until(lambda: bool(events))  # a heartbeat
        sender.send(question("watched"), lambda: None)
        until(lambda: "task-succeeded" in [event["type"] for event in events])
        receiver.should_stop = True
        thread.join(PATIENCE)
    ours = [event["type"] for event in events if event.get("uuid") == "watched"]
    assert ours == ["task-received", "task-started", "task-succeeded"]
    assert {event["hostname"] for event in events} == {worker}
    assert answers(suite, 1) == ["watched/answer"]
    sender.stop()


def test_a_worker_told_to_end_ends(suite: Distributed, worker: str) -> None:
    process = suite.processes[ROLE]
    process.terminate()
    assert process.wait(PATIENCE) == 0, log(suite)


def question(id: str) -> bus.Message:
    """One that any service answers: by saying that it does not know the operation."""
    return bus.request(ROLE, "greet", {}, id=id, reply_to=ANSWERS, reply_key="test|hello")


def answering() -> Any:
    """The queue of that address."""
    topology: Any = kombu  # is not typed
    return topology.Queue(ANSWERS, topology.Exchange("mano", "topic"), routing_key=ANSWERS)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def answers(suite: Distributed, seconds: float) -> list[str]:
    """The ids of what the worker has answered: all until none has come for so many seconds."""
    ids: list[str] = []
    wait = float(PATIENCE)
    with kombu.Connection(suite.broker.url) as connection:
        queue = connection.SimpleQueue(answering())
        try:
            while True:
                message = queue.get(timeout=wait)
                message.ack()
                ids.append(message.headers["id"])
                wait = seconds
        except queue.Empty:
            return ids
        finally:
            queue.close()


def celery(suite: Distributed, *words: str, patience: bool = False) -> Any:
    """What a command of Celery's answers, by worker; with `patience` nothing where no worker is
    there yet."""
    process = command(suite, *words, "--json", check=not patience)
    if patience and process.returncode:
        return {}
    return json.loads(process.stdout)


def command(
    suite: Distributed, *words: str, check: bool = True
) -> subprocess.CompletedProcess[str]:
    process = subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "celery"), "-A", "mano.bus.app", *words],
        env=suite.environment,
        capture_output=True,
        text=True,
    )
    assert not check or process.returncode == 0, process.stdout + process.stderr + log(suite)
    return process


def log(suite: Distributed) -> str:
    return (suite.folder / f"{ROLE}.log").read_text()[-3000:]
