# SPDX-License-Identifier: Apache-2.0
"""The service "vim-simulated": any number of simulated VIMs behind one address."""

from __future__ import annotations

import functools
from typing import Any

from mano import bus, store
from mano.service import Service
from mano.threads import Threads
from mano.vim import service, simulated

NAME = "vim-simulated"


def build(
    kept: store.Store, carrier: bus.Carrier, threads: Threads | None, settings: Any
) -> Service:
    """Puts the service together."""
    factory = functools.partial(simulated.Simulated, kept)
    return Service(
        NAME,
        kept,
        carrier,
        threads,
        runners={"await": service.awaiting(factory)},
        verbs=service.verbs(factory, kept),
        settings=settings,
    )
