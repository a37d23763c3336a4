# SPDX-License-Identifier: Apache-2.0
"""Onboarding of VNF packages and NSDs: create, upload, wait; the same for both."""

from __future__ import annotations

import contextlib
import pathlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from mano.cli import output, progress
from mano.cli.failures import Failure
from mano.cli.resource import Resource, segment

if TYPE_CHECKING:
    from mano.cli.client import Client, Document

FAILURE = "onboardingFailureDetails"
PATIENCE = 300
sign_option = click.option(
    "--sign", is_flag=True, help="Sign it first, by the key of the data directory."
)
file_argument = click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path)
)


@dataclass(frozen=True)
class Kind:
    """What can be onboarded, with the attributes in which SOL005 spells it differently."""

    resource: Resource
    content: str
    state: str
    enabled: str


def onboard(client: Client, kind: Kind, file: pathlib.Path, sign: bool) -> Document:
    """Creates, uploads and waits; what is refused leaves nothing behind."""
    if sign:
        with signed(client, file) as package:
            return onboard(client, kind, package, sign=False)
    api, path = kind.resource.api, kind.resource.path
    id = client.post(api, path, {})["id"]
    try:
        upload(client, kind, id, file)
        return wait(client, kind, id, file.name)
    except Failure:
        with contextlib.suppress(Failure):
            client.call("DELETE", api, f"{path}/{id}")
        raise


@contextlib.contextmanager
def signed(client: Client, file: pathlib.Path) -> Iterator[pathlib.Path]:
    """The package signed by the operator's key, until the end of the block."""
    from descriptors.archive import signing
    from mano.suite import signing_key

    with tempfile.TemporaryDirectory() as scratch:
        try:
            own = signing_key.ensure(client.settings.data)
            identity = signing.Identity(own.key, own.certificate)
            package = signing.sign(file, identity, pathlib.Path(scratch) / file.name)
        except (signing.SigningError, RuntimeError, OSError) as error:
            raise Failure(f"{file} could not be signed: {error}") from error
        yield package


def upload(client: Client, kind: Kind, id: str, file: pathlib.Path) -> None:
    """Uploads the content of what was created."""
    media = "application/zip" if file.suffix in (".zip", ".csar") else "text/plain"
    path = f"{kind.resource.path}/{segment(id)}/{kind.content}"
    with file.open("rb") as content:
        client.upload(kind.resource.api, path, content, media)


def wait(client: Client, kind: Kind, id: str, name: str) -> Document:
    """What was uploaded, once it is onboarded; Failure with every finding if it is not accepted."""
    info = progress.until(
        lambda: client.get(kind.resource.api, f"{kind.resource.path}/{segment(id)}"),
        lambda info: info[kind.state] in ("ONBOARDED", "ERROR") or _was_refused(info, kind),
        lambda info: f"{name}: {info[kind.state]}",
        PATIENCE,
    )
    if info[kind.state] != "ONBOARDED":
        reason = (info.get(FAILURE) or {}).get("detail", info[kind.state])
        raise Failure(f"{name} was not onboarded: {reason}")
    return info


def show(info: Document, form: str) -> None:
    """Prints what was onboarded, and beside it what was found in it."""
    for finding in info.get("findings", []):
        click.echo(line_of(finding), err=True)
    output.one(info, form)


def delete(client: Client, kind: Kind, name: str) -> None:
    """Disables what is enabled, and deletes it; what may not be deleted is enabled again."""
    api, path = kind.resource.api, kind.resource.path_of(client, name)
    enabled = kind.resource.get(client, name).get(kind.enabled) == "ENABLED"
    if enabled:
        _set_enabled(client, kind, path, "DISABLED")
    try:
        client.call("DELETE", api, path)
    except Failure:
        if enabled:
            _set_enabled(client, kind, path, "ENABLED")
        raise


def line_of(finding: Document) -> str:
    """As the toolchain prints it; one about the whole of a file has no line."""
    line, column = finding["line"], finding["column"]
    place = f"{finding['file']}:{line}:{column}" if line else finding["file"]
    return f"{place}: {finding['severity']}: {finding['message']} [{finding['rule']}]"


def _set_enabled(client: Client, kind: Kind, path: str, state: str) -> None:
    client.call(
        "PATCH",
        kind.resource.api,
        path,
        json={kind.enabled: state},
        headers={"Content-Type": "application/merge-patch+json"},
    )


def _was_refused(info: Document, kind: Kind) -> bool:
    return info[kind.state] == "CREATED" and bool(info.get(FAILURE))
