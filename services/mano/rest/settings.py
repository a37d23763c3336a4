# SPDX-License-Identifier: Apache-2.0
"""What an operator may set about the REST side of a service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

from mano.destinations import Destinations
from mano.disks import Disks


class Client(TypedDict):
    """An OAuth2 client: `secret` as `auth.hashed` made it, and its scopes (read, write, admin)."""

    secret: str
    scopes: list[str]


@dataclass(frozen=True)
class Settings:
    """Settings of `app.make_app`. `key` signs tokens (at least 32 bytes); without it every token is
    refused."""

    key: str = ""
    clients: dict[str, Client] = field(default_factory=dict)
    authentication: bool = True
    token_seconds: int = 3600
    token_attempts: int = 60  # secrets that an address may try in a minute
    page_size: int = 100
    threads: int = 8  # handlers that run at once
    # A body that takes longer than `body_seconds` must come at `body_rate` bytes per second.
    body_seconds: float = 10.0
    body_rate: int = 4096
    max_body: int = 4 * 2**20  # bytes of a JSON body
    upload_limit: int = 2 * 2**30  # bytes of an upload
    upload_quota: int = 64 * 2**30  # bytes of all that were uploaded together
    disks: Disks = field(default_factory=Disks)  # where uploads pass, and what they leave free
    destinations: Destinations = field(default_factory=Destinations)  # which strangers are called
    validate_responses: bool = (
        False  # in tests: an answer that breaks its own OpenAPI document is a 500
    )
    require_version: bool = False  # whether a request without a Version header is refused
    api_root: str = (
        ""  # "https://nfvo.example.com" behind a proxy; default: the address that was connected to
    )
