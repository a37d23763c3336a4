# SPDX-License-Identifier: Apache-2.0
"""The bare-metal VIM, put together."""

from __future__ import annotations

import functools
from typing import Any

from mano import bus, store
from mano.service import Service
from mano.threads import Threads
from mano.vim import service as vim_service
from vim_baremetal import hosts, jobs
from vim_baremetal.settings import NAME, Settings
from vim_baremetal.vim import BareMetal


def build(
    kept: store.Store, carrier: bus.Carrier, threads: Threads | None, settings: Any = None
) -> Service:
    """The service at the address "vim-baremetal"; `start` and `stop` are the caller's.

    `settings` are this VIM's own (`settings.Settings`); those of the suite say nothing of it.
    """
    mine = settings if isinstance(settings, Settings) else Settings()
    factory = functools.partial(BareMetal, kept, mine)
    return Service(
        NAME,
        kept,
        carrier,
        threads,
        settings=settings,
        verbs={**vim_service.verbs(factory, kept), **hosts.verbs(kept, carrier, mine)},
        runners={"await": vim_service.awaiting(factory), **jobs.runners(mine)},
    )
