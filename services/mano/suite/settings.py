# SPDX-License-Identifier: Apache-2.0
"""What an operator may set: environment variables MANO_*, and MANO_…_FILE for what is secret."""

from __future__ import annotations

import ipaddress
import pathlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from mano import destinations, plugins
from mano.destinations import Destinations
from mano.disks import Disks
from mano.rest import settings as rest

if TYPE_CHECKING:
    from mano import store


class Wrong(Exception):
    """A setting that cannot be used; says which, and what it should look like."""


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


LEAST_KEY = 32  # bytes
NFVO, VNFM = Address("127.0.0.1", 9890), Address("127.0.0.1", 9891)


@dataclass(frozen=True)
class Settings:
    """Settings of every process of the suite.

    Empty URLs stand for what the embedded suite brings itself.
    """

    data: pathlib.Path  # credentials, embedded database, logs, the agent's state
    database_url: str = ""  # postgresql://user:password@host/database
    bus_url: str = ""  # amqp://user:password@host//
    nfvo: Address = NFVO
    vnfm: Address = VNFM
    nfvo_url: str = ""  # as clients see it, where that differs from the address; links begin so
    vnfm_url: str = ""
    # Seconds that the database lets a statement, a lock, an open transaction wait.
    statement_timeout: int = 30
    lock_timeout: int = 10
    transaction_timeout: int = 60
    database_connections: int = 8  # that one process opens at the most
    # Seconds that is kept what people may look at (what a deleted instance went through), and what
    # a late message must still find.
    retention_history: int = 7 * 86400
    retention_messages: int = 86400
    worker_threads: int = 4
    worker_pool: str = "threads"  # of a distributed worker: threads, or prefork
    api_threads: int = 6
    token_attempts: int = 60  # secrets that an address may try in a minute
    connections: int = 400  # to each REST side at once
    upload_limit: int = 2 * 2**30  # bytes of a package
    upload_quota: int = 64 * 2**30  # bytes of all packages together
    disk_reserve: int = 512 * 2**20  # bytes that uploads leave free
    # Callbacks and token endpoints at this machine or its link that are called all the same.
    callback_allow: tuple[destinations.Network | str, ...] = ()
    answer_deadline: int = 900  # seconds within which a VIM or VNFM answers an operation
    page_size: int = 100
    placement: str = "first-fit"  # the algorithm: an entry point of `mano.placements`
    # Of packages that are onboarded: require, verify (if signed), off.
    package_signatures: str = "require"
    package_profile: str = "field"  # by which they are judged: strict, field
    trust_anchors: str = ""  # PEM file: whose signatures are taken; "" takes any, with a warning
    host: str = ""  # this machine's name as a bare-metal NFVI host
    token_key: str = field(default="", repr=False)  # signs access tokens, at least 32 bytes
    clients: Mapping[str, rest.Client] = field(default_factory=dict, repr=False)

    def rest(self, service: str) -> rest.Settings:
        """The same for `mano.rest.app.make_app`, of "nfvo" or "vnfm"."""
        return rest.Settings(
            api_root={"nfvo": self.nfvo_url, "vnfm": self.vnfm_url}[service].rstrip("/"),
            token_attempts=self.token_attempts,
            upload_limit=self.upload_limit,
            upload_quota=self.upload_quota,
            destinations=self.callbacks(),
            disks=self.disks(),
            key=self.token_key,
            clients=dict(self.clients),
            page_size=self.page_size,
            threads=self.api_threads,
        )

    def disks(self) -> Disks:
        """Those that fill up with packages; that of a database elsewhere is not seen from here."""
        return Disks(() if self.database_url else (str(self.data),), self.disk_reserve)

    def callbacks(self) -> Destinations:
        """Whom the suite calls because a client says so.

        A suite that is reached from this machine only may call this machine."""
        listens = [self.nfvo, self.vnfm]
        at_home = not self.bus_url and all(_is_loopback(address.host) for address in listens)
        servers = (urlsplit(url).port for url in (self.database_url, self.bus_url))
        return Destinations(
            self.callback_allow,
            loopback=at_home and not self.callback_allow,
            own_ports=frozenset(filter(None, (*servers, *(address.port for address in listens)))),
        )

    def database(self, url: str) -> store.Database:
        """The database at a URL, within the limits that are set."""
        from mano import store  # loads the database's client, which most commands do without

        limits = store.Limits(self.statement_timeout, self.lock_timeout, self.transaction_timeout)
        ages = store.Ages(self.retention_history, self.retention_messages)
        return store.Database(url, limits, self.database_connections, ages)

    @property
    def addresses(self) -> dict[str, Address]:
        """Where each service that has a REST side listens."""
        return {"nfvo": self.nfvo, "vnfm": self.vnfm}

    def url(self, service: str) -> str:
        """The root under which clients reach the REST side of "nfvo" or "vnfm"."""
        url = {"nfvo": self.nfvo_url, "vnfm": self.vnfm_url}[service]
        return url.rstrip("/") or f"http://{_reachable(self.addresses[service])}"


def read(environment: Mapping[str, str], data: pathlib.Path | None = None) -> Settings:
    """The settings of an environment; `data` overrides MANO_DATA. Wrong if one cannot be used."""
    values = {
        "database_url": secret(environment, "MANO_DATABASE_URL"),
        "bus_url": secret(environment, "MANO_BUS_URL"),
        "nfvo": _address(environment, "MANO_NFVO_ADDRESS"),
        "vnfm": _address(environment, "MANO_VNFM_ADDRESS"),
        "nfvo_url": _url(environment, "MANO_NFVO_URL"),
        "vnfm_url": _url(environment, "MANO_VNFM_URL"),
        "statement_timeout": _number(environment, "MANO_STATEMENT_TIMEOUT"),
        "lock_timeout": _number(environment, "MANO_LOCK_TIMEOUT"),
        "transaction_timeout": _number(environment, "MANO_TRANSACTION_TIMEOUT"),
        "database_connections": _number(environment, "MANO_DATABASE_CONNECTIONS"),
        "retention_history": _number(environment, "MANO_RETENTION_HISTORY"),
        "retention_messages": _number(environment, "MANO_RETENTION_MESSAGES", least=120),
        "worker_threads": _number(environment, "MANO_WORKER_THREADS"),
        "worker_pool": _choice(environment, "MANO_WORKER_POOL", ("threads", "prefork")),
        "api_threads": _number(environment, "MANO_API_THREADS"),
        "token_attempts": _number(environment, "MANO_TOKEN_ATTEMPTS"),
        "connections": _number(environment, "MANO_CONNECTIONS"),
        "upload_limit": _size(environment, "MANO_UPLOAD_LIMIT"),
        "upload_quota": _size(environment, "MANO_UPLOAD_QUOTA"),
        "disk_reserve": _size(environment, "MANO_DISK_RESERVE"),
        "callback_allow": _destinations(environment, "MANO_CALLBACK_ALLOW"),
        "answer_deadline": _number(environment, "MANO_ANSWER_DEADLINE"),
        "page_size": _number(environment, "MANO_PAGE_SIZE"),
        "placement": _placement(environment),
        "package_signatures": _choice(
            environment, "MANO_PACKAGE_SIGNATURES", ("require", "verify", "off")
        ),
        "package_profile": _choice(environment, "MANO_PACKAGE_PROFILE", ("strict", "field")),
        "trust_anchors": _file(environment, "MANO_TRUST_ANCHORS"),
        "host": _host(environment),
        "token_key": _key(environment, "MANO_TOKEN_KEY"),
    }
    return Settings(
        data=_data(environment, data),
        **{name: value for name, value in values.items() if value},  # type: ignore[arg-type]
    )


def host_name(name: str) -> str:
    """This machine's name in a form that the API takes."""
    mended = re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip("-.")[:63].strip("-.")
    return mended or "localhost"


def secret(environment: Mapping[str, str], name: str) -> str:
    """The variable's value, or what the file named by `<name>_FILE` holds; "" if neither is set."""
    file = environment.get(f"{name}_FILE")
    if not file:
        return environment.get(name, "")
    try:
        return pathlib.Path(file).read_text().strip()
    except OSError as error:
        raise Wrong(f"{name}_FILE={file} cannot be read: {error.strerror}") from error


def _data(environment: Mapping[str, str], data: pathlib.Path | None) -> pathlib.Path:
    """The folder itself, by whatever links it is reached: one folder is one suite."""
    shared = environment.get("XDG_DATA_HOME") or "~/.local/share"
    folder = data or pathlib.Path(environment.get("MANO_DATA") or f"{shared}/mano")
    try:
        return folder.expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise Wrong(f"the data directory {folder} cannot be found: {error}") from error


def _host(environment: Mapping[str, str]) -> str:
    name = environment.get("MANO_HOST") or ""
    if name and name != host_name(name):
        raise Wrong(
            f"MANO_HOST={name!r} cannot be the name of a host, which has small letters, digits, "
            f"'-' and '.': set it to {host_name(name)!r}, for one"
        )
    return name


def _address(environment: Mapping[str, str], name: str) -> Address | None:
    text = environment.get(name, "")
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not port.isdigit() or not host or int(port) > 65535:
        raise Wrong(f"{name}={text!r} is not an address: give host:port, such as 127.0.0.1:9890")
    return Address(host.strip("[]"), int(port))


def _number(environment: Mapping[str, str], name: str, least: int = 1) -> int | None:
    text = environment.get(name, "")
    if text and not (text.isdigit() and int(text) >= least):
        raise Wrong(f"{name}={text!r} is not a number above {least - 1}")
    return int(text) if text else None


def _size(environment: Mapping[str, str], name: str) -> int | None:
    """Bytes, or with a letter KiB, MiB, GiB, TiB."""
    text = environment.get(name, "")
    size = re.fullmatch(r"([1-9][0-9]{0,17})([KMGT]?)", text)
    if text and not size:
        raise Wrong(f"{name}={text!r} is no size: give bytes, or such as 512M, 2G")
    return int(size[1]) * 1024 ** " KMGT".index(size[2] or " ") if size else None


def _destinations(
    environment: Mapping[str, str], name: str
) -> tuple[destinations.Network | str, ...]:
    try:
        return destinations.parse(environment.get(name, ""))
    except ValueError as error:
        raise Wrong(f"{name}: {error}: such as 127.0.0.1,10.1.0.0/16,oss.example.com") from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _url(environment: Mapping[str, str], name: str) -> str:
    text = environment.get(name, "").rstrip("/")
    if text and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", text):
        raise Wrong(f"{name}={text!r} is not a URL such as https://nfvo.example.com")
    return text


def _key(environment: Mapping[str, str], name: str) -> str:
    """What signs tokens; who guesses it makes tokens."""
    key = secret(environment, name)
    if key and len(key.encode()) < LEAST_KEY:
        raise Wrong(
            f"{name} has {len(key.encode())} bytes, and {LEAST_KEY} are the least: make one with"
            " `openssl rand -hex 32`"
        )
    return key


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = environment.get(name, "")
    if text and text not in choices:
        raise Wrong(f"{name}={text!r} is none of {', '.join(choices)}")
    return text


def _file(environment: Mapping[str, str], name: str) -> str:
    text = environment.get(name, "")
    if text and not pathlib.Path(text).is_file():
        raise Wrong(f"{name}={text!r} is not a file")
    return str(pathlib.Path(text).absolute()) if text else ""


def _reachable(address: Address) -> Address:
    """An address that listens everywhere is reached over loopback."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    return Address(everywhere.get(address.host, address.host), address.port)


def _placement(environment: Mapping[str, str]) -> str:
    if not environment.get("MANO_PLACEMENT"):
        return ""
    return _choice(environment, "MANO_PLACEMENT", tuple(plugins.names("mano.placements")))
