# SPDX-License-Identifier: Apache-2.0
"""The figures by name, in the order of the report: each measures a running suite."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench import distribution, lists, operations, packages, startup
from tests.bench.bench import Bench
from tests.bench.results import Result

FIGURES: dict[str, Callable[[Bench], list[Result]]] = {
    "start": startup.start,
    "idle": startup.idle,
    "read": packages.read,
    "onboard": packages.onboard,
    "vnf": operations.vnf,
    "ns": operations.ns,
    "cycles": operations.cycles,
    "lists": lists.lists,
    "demo": operations.demo,
    "distributed": distribution.distributed,
}
