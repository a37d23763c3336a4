# SPDX-License-Identifier: Apache-2.0
"""A worker as `mano run` starts it, but around a mailbox.

`python -m lab.receiver URL FOLDER FAIL SECONDS ADDRESS`: each message that it takes is a line in
FOLDER/messages, each that it refuses (the first FAIL) one in FOLDER/refused. FOLDER/begun is there
once a message came; handling one takes SECONDS."""

from __future__ import annotations

import json
import pathlib
import sys
import time

from mano import bus
from mano.bus import rabbitmq, worker


def main(url: str, folder: pathlib.Path, fail: int, seconds: float, address: str) -> None:
    """Receives until SIGTERM."""
    refused = 0

    def handle(message: bus.Message) -> None:
        nonlocal refused
        (folder / "begun").touch()
        time.sleep(seconds)
        if refused < fail:
            refused += 1
            append(folder / "refused", message)
            raise ValueError("not now")
        append(folder / "messages", message)

    carrier = rabbitmq.RabbitMQ(url)
    worker.Worker(
        carrier=carrier,
        name=address,
        address=address,
        count=2,
        start=lambda: carrier.listen(address, handle),
        stop=carrier.stop,
    ).run()


def append(file: pathlib.Path, message: bus.Message) -> None:
    """One line more."""
    with file.open("a") as lines:
        lines.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5])
