# SPDX-License-Identifier: Apache-2.0
"""The suite's own credentials: the key that signs tokens, and the client that the CLI is."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import secrets
import tempfile
from collections.abc import Mapping
from typing import TypedDict

from mano.rest.settings import Client
from mano.suite.settings import LEAST_KEY, Settings, secret

CLIENT = "mano-cli"
SCOPES = ["read", "write", "admin"]


class Unreadable(RuntimeError):
    """There are credentials, but they cannot be read."""


class Credentials(TypedDict):
    """What `<data>/credentials.json` holds."""

    clientId: str
    clientSecret: str
    hash: str  # of the secret
    key: str  # signs tokens


def complete(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """The settings with a token key and clients.

    Those of the environment (MANO_TOKEN_KEY, MANO_CLIENT_ID, MANO_CLIENT_SECRET, each also as
    …_FILE), else those of `<data>/credentials.json`, which is made if it is missing.
    """
    from mano.rest import auth

    clients: dict[str, Client] = {}
    id = environment.get("MANO_CLIENT_ID", "")
    password = secret(environment, "MANO_CLIENT_SECRET")
    if id and password:
        clients[id] = {"secret": auth.hashed(password), "scopes": SCOPES}
    if settings.token_key and clients:
        return dataclasses.replace(settings, clients=clients)
    own = ensure(settings.data)
    return dataclasses.replace(
        settings,
        token_key=settings.token_key or own["key"],
        clients={own["clientId"]: {"secret": own["hash"], "scopes": SCOPES}, **clients},
    )


def ensure(data: pathlib.Path) -> Credentials:
    """The suite's own credentials; made, readable by its owner only, if there are none."""
    credentials = look(data)
    if credentials is None:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        place_once(data / "credentials.json", json.dumps(_make(), indent=1))
        credentials = look(data)
    assert credentials is not None
    return credentials


def look(data: pathlib.Path) -> Credentials | None:
    """The suite's own credentials, or None. Raises Unreadable."""
    file = data / "credentials.json"
    try:
        credentials: Credentials = json.loads(file.read_text())
        if len(credentials["key"].encode()) < LEAST_KEY:
            raise ValueError(f"its key has less than {LEAST_KEY} bytes")
        return credentials
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unreadable(
            f"{file} cannot be read: {error.strerror}; --data is the directory of the suite, "
            "and only the user who started that may enter it"
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise Unreadable(
            f"{file} is not what was written ({error}): "
            "mend it, or delete it and start again to get new ones"
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


def _make() -> Credentials:
    from mano.rest import auth

    password = secrets.token_urlsafe(24)
    return {
        "clientId": CLIENT,
        "clientSecret": password,
        "hash": auth.hashed(password),
        "key": secrets.token_urlsafe(48),
    }
