# SPDX-License-Identifier: Apache-2.0
"""The suite's own credentials: the key that signs tokens and the client that the CLI is, made at
the first start."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import secrets
import tempfile
from collections.abc import Mapping
from typing import Any

from mano.rest.settings import Client
from mano.suite import settings

CLIENT = "mano-cli"
SCOPES = ["read", "write", "admin"]


def complete(kept: settings.Settings, environment: Mapping[str, str]) -> settings.Settings:
    """The settings with a token key and clients: those of the environment (MANO_TOKEN_KEY,
    MANO_CLIENT_ID, MANO_CLIENT_SECRET, each also as …_FILE), else those of
    `<data>/credentials.json`, which is made if it is missing."""
    from mano.rest import auth

    id, password = (
        environment.get("MANO_CLIENT_ID", ""),
        settings.secret(environment, "MANO_CLIENT_SECRET"),
    )
    if kept.token_key and id and password:
        return dataclasses.replace(
            kept, clients={id: {"secret": auth.hashed(password), "scopes": SCOPES}}
        )
    own = ensure(kept.data)
    clients: dict[str, Client] = {own["clientId"]: {"secret": own["hash"], "scopes": SCOPES}}
    if id and password:
        clients[id] = {"secret": auth.hashed(password), "scopes": SCOPES}
    return dataclasses.replace(kept, token_key=kept.token_key or own["key"], clients=clients)


def ensure(data: pathlib.Path) -> dict[str, Any]:
    """What `<data>/credentials.json` holds; made, readable by its owner only, if it is not
    there."""
    found = look(data)
    if found is None:
        from mano.rest import auth

        password = secrets.token_urlsafe(24)
        made = {
            "clientId": CLIENT,
            "clientSecret": password,
            "hash": auth.hashed(password),
            "key": secrets.token_urlsafe(48),
        }
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        place_once(data / "credentials.json", json.dumps(made, indent=1))
        found = look(data)
    assert found is not None
    return found


def look(data: pathlib.Path) -> dict[str, Any] | None:
    """What `<data>/credentials.json` holds, or None; settings.Wrong if it cannot be read."""
    file = data / "credentials.json"
    try:
        found: dict[str, Any] = json.loads(file.read_text())
        return found
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise settings.Wrong(
            f"{file} cannot be read ({error}): mend it, or delete it and start again to get new ones"
        ) from error


def place_once(file: pathlib.Path, text: str) -> None:
    """Writes a file whole, mode 0600, unless somebody else has placed one there first."""
    handle, new = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(handle, "w") as out:
        out.write(text)
    try:
        os.link(new, file)
    except FileExistsError:
        pass
    finally:
        os.unlink(new)
