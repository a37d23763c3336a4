# SPDX-License-Identifier: Apache-2.0
"""What docker-compose.yml gives to whom."""

from __future__ import annotations

import pathlib
from typing import Any

import yaml

from mano.suite import distributed

FILE = pathlib.Path(__file__).parents[2] / "docker-compose.yml"


def services() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text())["services"])


def secrets(service: dict[str, Any]) -> set[str]:
    return {item if isinstance(item, str) else item["source"] for item in service["secrets"]}


def test_each_process_has_the_secrets_that_it_needs_and_no_others() -> None:
    own = {"database_url"}
    for name, role in distributed.roles().items():
        needed = own | {f"bus_url_{role.service}"}
        if role.rest:
            needed |= {"token_key", "client_secret"}
        assert secrets(services()[name]) == needed, name
    assert secrets(services()["agent"]) == {"bus_url_agent"}


def test_no_process_is_told_of_a_secret_that_it_does_not_have() -> None:
    for name, service in services().items():
        named = {
            pathlib.PurePath(value).name
            for value in service.get("environment", {}).values()
            if str(value).startswith("/run/secrets/")
        }
        mounted = {item if isinstance(item, str) else item["target"] for item in service["secrets"]}
        assert named <= mounted, name
