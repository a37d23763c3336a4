# SPDX-License-Identifier: Apache-2.0
"""Decisions are pure: what loads them loads nothing that speaks to anybody."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

SERVICES = pathlib.Path(__file__).parents[3] / "services"
HEAVY = ("mano.rest", "mano.store", "mano.bus", "sqlalchemy", "psycopg2", "connexion", "flask")
NO_PARSER = ("descriptors", "yaml", "jsonschema", "tomllib", "importlib.metadata")
LOADED = """
import sys
from nfvo import {module}
print(*sys.modules)
"""


def loaded_by(module: str) -> set[str]:
    """All modules that are there once this one is."""
    process = subprocess.run(
        [sys.executable, "-c", LOADED.format(module=module)],
        cwd=SERVICES,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{SERVICES}:{SERVICES.parent}"},
    )
    return set(process.stdout.split())


@pytest.mark.parametrize("module", ["placement", "rooms", "capacity", "affinity"])
def test_placement_loads_neither_a_service_nor_the_toolchain(module: str) -> None:
    assert not loaded_by(module) & {*HEAVY, *NO_PARSER}


@pytest.mark.parametrize("module", ["addressing", "granting", "vnfcs"])
def test_what_is_decided_of_descriptors_loads_no_service(module: str) -> None:
    assert not loaded_by(module) & set(HEAVY)
