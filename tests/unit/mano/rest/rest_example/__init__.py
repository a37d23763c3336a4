# SPDX-License-Identifier: Apache-2.0
"""A service as small as one can be, to prove what mano.rest does for every service."""

from __future__ import annotations

import pathlib

from mano.rest import auth
from mano.rest.documents import Document
from mano.rest.settings import Settings

THINGS = Document(
    pathlib.Path(__file__).parent / "things.yaml", "rest_example.api", "/things-api/v2"
)
SECRET = "correct horse"
SETTINGS = Settings(
    key="k" * 32,
    page_size=3,
    validate_responses=True,
    max_body=2**16,
    clients={
        name: {"secret": auth.hashed(SECRET), "scopes": scopes}
        for name, scopes in {
            "reader": ["read"],
            "writer": ["read", "write"],
            "boss": ["read", "write", "admin"],
        }.items()
    },
)
