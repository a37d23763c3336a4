# SPDX-License-Identifier: Apache-2.0
"""Who may do what: OAuth2 client credentials (SOL013 8.3, RFC 6749 4.4), tokens as signed JWTs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from urllib.parse import unquote_plus

import jwt

from mano.problems import Problem
from mano.rest.settings import Settings

ALGORITHM = "HS256"
REALM = 'Bearer realm="mano"'
REMEMBERED = 1024  # verified tokens


@dataclass(frozen=True)
class Principal:
    """An authenticated client."""

    name: str
    scopes: frozenset[str]
    until: float


ANYBODY = Principal("", frozenset(("read", "write", "admin")), float("inf"))


class NoToken(Exception):
    """A token request that is refused, in the words of RFC 6749 5.2."""

    def __init__(self, status: int, error: str, description: str):
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


class Authority:
    """Gives tokens to the clients of the settings, and recognises them."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self._verified: dict[str, Principal] = {}
        self._mark = secrets.token_bytes(32)
        self._marks: dict[str, bytes] = {}  # of secrets that were found right, by client

    def knows(self, client: str, secret: str) -> bool:
        """Whether this secret was found to be the client's before; it costs nothing to ask."""
        return hmac.compare_digest(self._marks.get(client, b""), self._mark_of(secret))

    def check(self, client: str, secret: str) -> None:
        """NoToken if this is not the client's secret; takes 15 ms of CPU time, for any."""
        known = self.settings.clients.get(client)
        if not matches(secret, known["secret"] if known else _NOBODY) or known is None:
            raise NoToken(
                401, "invalid_client", "this client is not known, or its secret is another one"
            )
        self._marks[client] = self._mark_of(secret)

    def token(self, name: str, form: dict[str, str]) -> dict[str, str | int]:
        """What a client whose secret was checked is answered; NoToken if it asks for too much."""
        granted = self.settings.clients[name]["scopes"]
        asked = form.get("scope", "").split() or granted
        if not set(asked) <= set(granted):
            raise NoToken(400, "invalid_scope", f"this client may ask for {' '.join(granted)}")
        return {
            "access_token": self.issue(name, asked),
            "token_type": "Bearer",
            "scope": " ".join(asked),
            "expires_in": self.settings.token_seconds,
        }

    def issue(self, name: str, scopes: list[str]) -> str:
        """A signed token for a client; also what the embedded suite gives its own CLI."""
        now = int(time.time())
        claims = {
            "sub": name,
            "scope": " ".join(scopes),
            "iat": now,
            "exp": now + self.settings.token_seconds,
        }
        return jwt.encode(claims, self.settings.key, ALGORITHM)

    def principal(self, authorization: str | None) -> Principal:
        """Who sent this Authorization header; Problem 401, or 400 if it is malformed."""
        if not self.settings.authentication:
            return ANYBODY
        if authorization is None:
            raise _unauthorized(
                "This needs an access token: ask for one at /oauth2/token and send it as "
                "'Authorization: Bearer …'."
            )
        token = _bearer(authorization)
        principal = self._verified.get(token) or self._verify(token)
        if principal.until <= time.time():
            self._verified.pop(token, None)
            raise _unauthorized("The access token has expired: ask for a new one.", "invalid_token")
        return principal

    def _mark_of(self, secret: str) -> bytes:
        """By which a secret is known again, so that none is kept in clear."""
        return hmac.digest(self._mark, secret.encode(), "sha256")

    def _verify(self, token: str) -> Principal:
        try:
            claims = jwt.decode(
                token, self.settings.key, [ALGORITHM], options={"require": ["exp", "sub"]}
            )
        except jwt.ExpiredSignatureError:
            raise _unauthorized(
                "The access token has expired: ask for a new one.", "invalid_token"
            ) from None
        except jwt.PyJWTError:
            raise _unauthorized(
                "The access token is not one of this service.", "invalid_token"
            ) from None
        if len(self._verified) >= REMEMBERED:
            self._verified.clear()
        principal = Principal(
            claims["sub"], frozenset(claims.get("scope", "").split()), float(claims["exp"])
        )
        self._verified[token] = principal
        return principal


def authorize(principal: Principal, scopes: tuple[str, ...], what: str) -> None:
    """Problem 403 unless the principal has one of the scopes; no scopes: open to everyone who has a
    token."""
    if scopes and not principal.scopes.intersection(scopes):
        needed = scopes[0]
        raise Problem(
            403,
            f"{what} needs a token with the scope {needed!r}; {principal.name} has "
            f"{' '.join(sorted(principal.scopes)) or 'none'}.",
            headers={"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{needed}"'},
        )


def hashed(secret: str) -> str:
    """A client's secret as it is kept in the settings: `scrypt$<salt>$<hash>`."""
    salt = secrets.token_hex(16)
    return f"scrypt${salt}${_scrypt(secret, salt)}"


def matches(secret: str, hash_: str) -> bool:
    """Whether it is the secret of which `hash_` is the hash; takes the same time for any that is
    not."""
    _, salt, digest = hash_.split("$")
    return hmac.compare_digest(_scrypt(secret, salt), digest)


def _scrypt(secret: str, salt: str) -> str:
    return hashlib.scrypt(secret.encode(), salt=bytes.fromhex(salt), n=2**13, r=8, p=1).hex()


# Compared with for unknown clients, so that they take as long.
_NOBODY = f"scrypt${'00' * 16}${'0' * 128}"


def credentials(authorization: str, form: dict[str, str]) -> tuple[str, str]:
    """Client and secret of a token request: by HTTP Basic, or `client_id` and `client_secret` in
    the form."""
    scheme, _, value = authorization.partition(" ")
    if not authorization:
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        if scheme.lower() != "basic":
            raise ValueError
        name, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
        if not colon:
            raise ValueError
    except ValueError:
        raise NoToken(
            400, "invalid_request", "the Authorization header is not HTTP Basic"
        ) from None
    return unquote_plus(name), unquote_plus(secret)


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or " " in token or not token.isascii():
        raise Problem(
            400,
            "The Authorization header must be 'Bearer <access token>'.",
            headers={"WWW-Authenticate": f'{REALM}, error="invalid_request"'},
        )
    return token


def _unauthorized(detail: str, error: str = "") -> Problem:
    return Problem(
        401, detail, headers={"WWW-Authenticate": f'{REALM}, error="{error}"' if error else REALM}
    )
