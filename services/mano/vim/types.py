# SPDX-License-Identifier: Apache-2.0
"""The types of VIMs that are installed: packages bring them under the entry points `mano.vims`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from mano import bus, plugins
from mano.service import Service
from mano.store import Rule, Store
from mano.threads import Threads
from mano.vim import port
from mano.vim.documents import Capabilities

GROUP = "mano.vims"


class Build(Protocol):
    """Puts the service of a type together; it does nothing before its `start`."""

    def __call__(
        self, store: Store, carrier: bus.Carrier, threads: Threads | None, settings: Any, /
    ) -> Service: ...


@dataclass(frozen=True)
class VimType:
    """A type of VIM: its service, which is at the address `vim-<type>`, and what it can.

    `connection` are the keys of interfaceInfo, accessInfo and extra that a registration needs, as
    "accessInfo.username". `retention` is what its service forgets in time."""

    build: Build  # (store, carrier, threads, settings) -> Service
    capabilities: Capabilities
    connection: tuple[str, ...] = ()
    retention: tuple[Rule, ...] = ()


def names() -> list[str]:
    """The vimTypes that can be registered."""
    return plugins.names(GROUP)


def find(vim_type: str) -> VimType:
    """The type; plugins.Unknown if it is not installed."""
    found: VimType = plugins.load(GROUP, vim_type)
    return found


def services() -> dict[str, str]:
    """The type of VIM by the name of its service."""
    return {port.address(name): name for name in names()}
