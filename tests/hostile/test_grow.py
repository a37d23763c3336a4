# SPDX-License-Identifier: Apache-2.0
"""However often something is made and deleted, what is stored does not grow."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from mano.store import Ages, Database, Store
from tests import running as suites
from tests.api import sample_packages
from tests.hostile import cycles
from tests.running import Api, Running

CYCLES = int(os.environ.get("CYCLES", "15"))  # of a network service of three VNFs, and of a VNF
# Seconds; longer than a message of this test can be late.
AGES = Ages(history=5, messages=15)
FIREWALL = "7a1c0b52-3e0f-4b57-9d0a-6f1d2c9b0001"
PATIENCE = 90.0


@pytest.fixture(scope="module")
def forgetful(
    new_store: Callable[[], Store], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Running, Api]]:
    """A suite that keeps nothing for long, with the sample network service."""

    def make() -> Store:
        store = new_store()
        return Store(Database(store.database.url, ages=AGES), store.name)

    folder = tmp_path_factory.mktemp("grow")
    with suites.started(Running(make, folder)) as suite:
        api = suites.client(suite)
        api.vim()
        sample_packages.onboard(api, sample_packages.build(folder))
        yield suite, api


def test_many_cycles_leave_the_tables_as_they_were(forgetful: tuple[Running, Api]) -> None:
    suite, api = forgetful
    stores = {name: service.store for name, service in suite.parts.items()}
    cycle(api)
    before = settled(stores)
    for _ in range(CYCLES):
        cycle(api)
    grown = cycles.stored(stores)
    assert grown["vnfm.vnf_lcm_op_occs"] and grown["vim-simulated.closed"]  # it was not idle
    assert settled(stores) == before


def test_what_a_deleted_instance_went_through_can_be_looked_at_for_a_while(
    forgetful: tuple[Running, Api],
) -> None:
    _, api = forgetful
    ns = api.ns(sample_packages.NSD_ID)
    occurrence = api.instantiate(ns)
    api.ended(occurrence)
    api.removed(ns)
    assert api.get(occurrence).json()["operationState"] == "COMPLETED"
    deadline = time.monotonic() + PATIENCE
    while api.get(occurrence).status_code != 404:
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_what_an_instance_that_is_still_there_went_through_is_kept(
    forgetful: tuple[Running, Api],
) -> None:
    suite, api = forgetful
    stores = {name: service.store for name, service in suite.parts.items()}
    ns = api.ns(sample_packages.NSD_ID)
    occurrence = api.instantiate(ns)
    api.ended(occurrence)
    cycle(api)
    settled(stores)
    assert api.get(occurrence).json()["operationState"] == "COMPLETED"
    api.removed(ns)


def cycle(api: Api) -> None:
    cycles.of_ns(api, sample_packages.NSD_ID)
    cycles.of_vnf(api, FIREWALL)


def settled(stores: dict[str, Store]) -> Counter[str]:
    """What is stored once all that is old is forgotten."""
    deadline = time.monotonic() + PATIENCE
    while not cycles.is_settled(stores):
        assert time.monotonic() < deadline, cycles.stored(stores)
        time.sleep(0.5)
    return cycles.stored(stores)
