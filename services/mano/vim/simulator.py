# SPDX-License-Identifier: Apache-2.0
"""The service "vim-simulated": any number of simulated VIMs behind one address."""

from __future__ import annotations

import functools
from typing import Any

from mano import bus
from mano.service import Service
from mano.store import Store
from mano.threads import Threads
from mano.vim import closed, service, simulated, types

NAME = "vim-simulated"


def build(store: Store, carrier: bus.Carrier, threads: Threads | None, settings: Any) -> Service:
    """Puts the service together."""
    factory = functools.partial(simulated.Simulated, store)
    return Service(
        NAME,
        store,
        carrier,
        threads,
        runners={"await": service.awaiting(factory)},
        verbs=service.verbs(factory, store, VIM.capabilities),
        retention=VIM.retention,
        settings=settings,
    )


# A zone has no nodes to tell apart.
VIM = types.VimType(
    build=build,
    capabilities={"hosts": False, "zonesAreNodes": True, "overlay": True},
    retention=(closed.RULE,),
)
