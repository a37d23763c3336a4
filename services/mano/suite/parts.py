# SPDX-License-Identifier: Apache-2.0
"""The services of a suite by name: where each is put together, and which has a REST side.

They are loaded when they are needed, by name: the runtime imports no service.
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType
from typing import Any

from mano import bus
from mano.service import Service
from mano.store import Rule, Store
from mano.suite.settings import Settings
from mano.threads import Threads
from mano.vim import types

MODULES = {"nfvo": "nfvo.service", "vnfm": "vnfm.service"}
WITH_REST = tuple(MODULES)


class NotInstalled(RuntimeError):
    """A part of the suite is not installed; says which and what to do."""


def names() -> list[str]:
    """All services: those of MODULES, and one per type of VIM that is installed."""
    return [*MODULES, *types.services()]


def part(name: str) -> ModuleType | types.VimType:
    """What has the `build` of any service."""
    vim_type = types.services().get(name)
    return load(name) if vim_type is None else types.find(vim_type)


def retention(name: str) -> tuple[Rule, ...]:
    """What a service forgets in time, beside what every service does."""
    service = part(name)
    return service.retention if isinstance(service, types.VimType) else tuple(service.RETENTION)


def load(name: str) -> ModuleType:
    """The module with the `build` and `documents` of a service that has a REST side."""
    module = MODULES[name]
    package = module.partition(".")[0]
    if importlib.util.find_spec(package) is None:
        raise NotInstalled(
            f"the service {name} is not installed (there is no Python package {package!r}): "
            "run `make` in the repository"
        )
    return importlib.import_module(module)


def build(
    name: str,
    store: Store,
    carrier: bus.Carrier,
    threads: Threads | None,
    settings: Settings,
) -> Service:
    """A service, put together; it does nothing before its `start`."""
    service: Service = part(name).build(store, carrier, threads, settings)
    return service


def app(name: str, service: Service, settings: Settings) -> Any:
    """The ASGI app of a service that has a REST side."""
    from mano.rest.app import make_app

    return make_app(load(name).documents(), service.store, settings.rest(name))
