# SPDX-License-Identifier: Apache-2.0
"""Onboarding of VNF packages and NSDs: create, upload, wait; the same for both."""

from __future__ import annotations

import contextlib
import pathlib
from dataclasses import dataclass
from typing import Any

import click

from mano.cli import progress
from mano.cli.client import Client
from mano.cli.failures import Failure


@dataclass(frozen=True)
class Kind:
    """A collection of what can be onboarded, with the attributes in which SOL005 spells it
    differently."""

    api: str
    path: str
    content: str
    state: str
    enabled: str
    failure: str
    command: str


VNF_PACKAGE = Kind(
    "vnfpkgm",
    "/vnf_packages",
    "package_content",
    "onboardingState",
    "operationalState",
    "onboardingFailureDetails",
    "vnf-package",
)
NSD = Kind(
    "nsd",
    "/ns_descriptors",
    "nsd_content",
    "nsdOnboardingState",
    "nsdOperationalState",
    "onboardingFailureDetails",
    "nsd",
)
PATIENCE = 300


def onboard(client: Client, kind: Kind, file: pathlib.Path) -> dict[str, Any]:
    """Creates, uploads and waits; what is refused leaves nothing behind."""
    id = client.call("POST", kind.api, kind.path, json={}).json()["id"]
    try:
        return upload(client, kind, id, file, True)
    except Failure:
        with contextlib.suppress(Failure):
            client.call("DELETE", kind.api, f"{kind.path}/{id}")
        raise


def upload(client: Client, kind: Kind, id: str, file: pathlib.Path, wait: bool) -> dict[str, Any]:
    """Uploads the content of what was created; Failure with every finding if it is not accepted."""
    media = "application/zip" if file.suffix in (".zip", ".csar") else "text/plain"
    with file.open("rb") as content:
        client.upload(kind.api, f"{kind.path}/{id}/{kind.content}", content, media)
    path = f"{kind.path}/{id}"
    if not wait:
        found: dict[str, Any] = client.get(kind.api, path)
        return found
    done = progress.until(
        lambda: client.get(kind.api, path),
        lambda info: info[kind.state] in ("ONBOARDED", "ERROR") or _failed(info, kind),
        lambda info: f"{file.name}: {info[kind.state]}",
        PATIENCE,
    )
    if done[kind.state] != "ONBOARDED":
        raise Failure(
            f"{file.name} was not onboarded: {(done.get(kind.failure) or {}).get('detail', done[kind.state])}"
        )
    for finding in done.get("findings", []):
        click.echo(
            "{file}:{line}:{column}: {severity}: {message} [{rule}]".format(**finding), err=True
        )
    return done


def delete(client: Client, kind: Kind, id: str) -> None:
    """Disables what is enabled, and deletes it."""
    info = client.get(kind.api, f"{kind.path}/{id}")
    if info.get(kind.enabled) == "ENABLED":
        client.call(
            "PATCH",
            kind.api,
            f"{kind.path}/{id}",
            json={kind.enabled: "DISABLED"},
            headers={"Content-Type": "application/merge-patch+json"},
        )
    client.call("DELETE", kind.api, f"{kind.path}/{id}")


def _failed(info: dict[str, Any], kind: Kind) -> bool:
    return info[kind.state] == "CREATED" and bool(info.get(kind.failure))
