# SPDX-License-Identifier: Apache-2.0
"""Messages bear no token, so over the bus nobody does what a client needs one for."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mano import bus, store
from mano.bus.local import Local
from mano.suite import parts
from mano.suite.settings import Settings
from mano.threads import Threads

VIM = {"id": "mine", "vimType": "simulated"}


@pytest.mark.parametrize(
    "operation, body",
    [
        ("POST /admin/v1/vims", VIM),
        ("GET /admin/v1/vims", None),
        ("POST /nslcm/v2/ns_instances", {"nsdId": "n", "nsName": "n", "nsDescription": ""}),
        ("POST /vnfpkgm/v2/vnf_packages", {}),
        ("DELETE /nsd/v2/ns_descriptors/1", None),
    ],
)
def test_what_clients_ask_for_is_not_done_by_message(
    new_store: Callable[[], store.Store], tmp_path: Path, operation: str, body: Any
) -> None:
    replies: list[bus.Message] = []
    threads = Threads(1)
    threads.start()
    carrier = Local(threads, elsewhere=replies.append)
    settings = Settings(data=tmp_path, token_key="k" * 40)
    nfvo = parts.build("nfvo", new_store(), carrier, None, settings)
    message = bus.request("nfvo", operation, body, id="1", reply_to="evil", reply_key="k")
    nfvo.receiver.deliver(message)
    end = time.monotonic() + 8
    while not replies and time.monotonic() < end:
        time.sleep(0.01)
    with nfvo.store.begin() as tx:
        documents = tx.execute("SELECT count(*) FROM {s}.document").scalar()
    nfvo.at_stop()
    threads.stop()
    assert [reply["body"]["status"] for reply in replies] == [403] and documents == 0
