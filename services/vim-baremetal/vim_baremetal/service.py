# SPDX-License-Identifier: Apache-2.0
"""The bare-metal VIM, put together."""

from __future__ import annotations

import functools
from typing import Any

from mano import bus
from mano.bus import versions
from mano.service import Service
from mano.store import Store
from mano.threads import Threads
from mano.vim import closed, types
from mano.vim import service as vim_service
from vim_baremetal import hosts, jobs
from vim_baremetal.settings import NAME, Settings
from vim_baremetal.vim import BareMetal


def build(
    store: Store, carrier: bus.Carrier, threads: Threads | None, settings: Any = None
) -> Service:
    """The service at the address "vim-baremetal"; `start` and `stop` are the caller's.

    `settings` are this VIM's own (`settings.Settings`); those of the suite say nothing of it.
    """
    own = settings if isinstance(settings, Settings) else Settings()
    factory = functools.partial(BareMetal, store, own)
    return Service(
        NAME,
        store,
        carrier,
        threads,
        settings=settings,
        retention=VIM.retention,
        verbs={
            **vim_service.verbs(factory, store, VIM.capabilities),
            **hosts.verbs(store, carrier, own),
        },
        runners={"await": vim_service.awaiting(factory), **jobs.runners(own)},
    )


VIM = types.VimType(
    build=build,
    capabilities={"hosts": True, "zonesAreNodes": True, "overlay": False},
    retention=(closed.RULE, versions.RULE),
)
