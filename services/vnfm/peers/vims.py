# SPDX-License-Identifier: Apache-2.0
"""The VIMs as the VNFM's peers: what they tell of computes taken."""

from __future__ import annotations

from mano import bus
from mano.bus.receiver import Response, Verb
from mano.store import Store
from mano.vim import news
from vnfm import vnfc_states


def verbs(store: Store, base: str) -> dict[str, Verb]:
    """What VIMs tell the VNFM unasked; `base` is the root of its API."""

    def take(message: bus.Message) -> Response:
        store.run(lambda tx: vnfc_states.take(tx, base, message["body"]))
        return 200, {}

    return {news.VERB: take}
