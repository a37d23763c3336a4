# SPDX-License-Identifier: Apache-2.0
"""The services a suite consists of, by name: where each is put together, and whether it has a REST
side.

They are loaded when they are needed, by name: the runtime imports no service.
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType
from typing import Any

from mano import bus, store
from mano.service import Service
from mano.suite import settings
from mano.threads import Threads

MODULES = {
    "nfvo": "nfvo.service",
    "vnfm": "vnfm.service",
    "vim-baremetal": "vim_baremetal.service",
    "vim-simulated": "mano.vim.simulator",
}
WITH_REST = ("nfvo", "vnfm")


class Missing(Exception):
    """A part of the suite is not installed; says which and what to do."""


def load(name: str) -> ModuleType:
    """The module with a service's `build` (and `documents`, if it has a REST side)."""
    module = MODULES[name]
    package = module.partition(".")[0]
    if importlib.util.find_spec(package) is None:
        raise Missing(
            f"the service {name} is not installed (there is no Python package {package!r}): run `make` in the repository"
        )
    return importlib.import_module(module)


def build(
    name: str,
    kept: store.Store,
    carrier: bus.Carrier,
    threads: Threads | None,
    given: settings.Settings,
) -> Service:
    """A service, put together; it does nothing before its `start`."""
    service: Service = load(name).build(kept, carrier, threads, given)
    return service


def app(name: str, service: Service, given: settings.Settings) -> Any:
    """The ASGI app of a service that has a REST side."""
    from mano.rest.app import make_app

    return make_app(load(name).documents(), service.store, given.rest())
