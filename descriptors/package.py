# SPDX-License-Identifier: Apache-2.0
"""What reading a package gives: facts, the descriptor and the findings, on demand as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from descriptors import model


@dataclass(frozen=True)
class Limits:
    """How much a package may ask for; exceeding one is a finding that names it.

    `limits` reads them from an environment: `entries` is MANO_PACKAGE_ENTRIES, and so on.
    """

    entries: int = 10_000  # files in the archive
    total: int = 16 * 2**30  # bytes, unpacked
    ratio: int = 200  # unpacked : packed, of files over 16 MiB and of the whole
    yaml: int = 4 * 2**20  # bytes of one YAML file
    documents: int = 200  # YAML files of one descriptor
    nodes: int = 200_000  # YAML nodes of one file, aliases counted as what they stand for
    aliases: int = 1000  # aliases in one file
    depth: int = 60  # nesting in one file
    findings: int = 1000  # reading ends at so many
    timeout: int = 120  # seconds a read may last (this and the next two: in the pool)
    cpu: int = 60  # seconds of CPU time it may take
    memory: int = 1024  # MiB of address space of a child
    answer: int = 32 * 2**20  # bytes of what a child says: what the service that asked must hold


def limits(environment: Mapping[str, str]) -> Limits:
    """The limits an environment sets. ValueError names a variable that is no positive number."""
    numbers = {}
    for limit in dataclasses.fields(Limits):
        variable = setting(limit.name)
        value = environment.get(variable, "").strip()
        if not value:
            continue
        if not (value.isascii() and value.isdigit() and int(value[:18]) > 0):
            raise ValueError(f"{variable} is {value!r}, not a whole number above 0")
        numbers[limit.name] = int(value[:18])
    return Limits(**numbers)


# How a package is judged: by every letter, or, the default, so that what has one meaning only is
# taken with a warning that says how it was read.
STRICT, FIELD = PROFILES = ("strict", "field")


def profile(environment: Mapping[str, str]) -> str:
    """The profile that an environment sets, MANO_PACKAGE_PROFILE; ValueError if it is none."""
    value = environment.get(setting("profile"), "").strip() or FIELD
    if value not in PROFILES:
        raise ValueError(f"{setting('profile')} is {value!r}, not one of {', '.join(PROFILES)}")
    return value


def setting(limit: str) -> str:
    """The environment variable that sets a limit."""
    return f"MANO_PACKAGE_{limit.upper()}"


def raising(limit: str) -> str:
    """The hint of a finding about a limit."""
    return f"if the package is meant to be so, raise {setting(limit)}"


@dataclass(frozen=True)
class Trust:
    """What is asked of signatures. `policy`: require, verify those there are, off.

    `anchors`: a PEM file or "".
    With anchors, a signer whom none of them vouches for is an error; without, a warning.
    """

    policy: str = "verify"
    anchors: str = ""


@dataclass(frozen=True)
class Finding:
    """Something wrong. `rule` is stable (csar-hash), `severity` error or warning, line 1-based."""

    rule: str
    severity: str
    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {self.severity}: {self.message} [{self.rule}]{hint}"


@dataclass(frozen=True)
class File:
    """One file of the package; `checksum` is the sha-256 in hex, `size` in bytes."""

    path: str
    size: int
    checksum: str


@dataclass
class Package:
    """A package as read.

    `kind` is vnf, ns, pnf or None; `descriptor` is None where it could not be read. `metadata` are
    the keys of TOSCA.meta's block 0, `manifest` those of the manifest's metadata block."""

    kind: str | None = None
    descriptor: model.Vnfd | model.Nsd | model.Pnfd | None = None
    findings: list[Finding] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    entry: str = ""  # path of the entry definition
    metadata: dict[str, str] = field(default_factory=dict)
    manifest_path: str = ""
    manifest: dict[str, str] = field(default_factory=dict)
    released: str = ""  # release_date_time in the entry's metadata
    signed: bool = False  # by the manifest's end or beside the CSAR (not verified)
    # SOL004 option 2: what lies beside the CSAR in the outer zip
    wrapped: list[str] = field(default_factory=list)
    security_option: int = 0  # the kind of signature that was checked: 1, 2, or 0 for none
    # subjects of the certificates of signatures that hold
    signers: list[str] = field(default_factory=list)
    certificate: str = ""  # PEM, of the first signer
    # changeLog, licenses, tests, certificate: paths
    parts: dict[str, str] = field(default_factory=dict)
    # files by the set's name
    non_mano_artifacts: dict[str, list[str]] = field(default_factory=dict)
    images: list[model.SwImage] = field(default_factory=list)
    profile: str = FIELD  # by which it was judged

    @property
    def ok(self) -> bool:
        """No finding is an error."""
        return all(finding.severity != "error" for finding in self.findings)

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]

    def to_dict(self) -> dict[str, Any]:
        """The package as plain JSON; `load` is the way back."""
        return dataclasses.asdict(self)


def failed(path: str | Path, rule: str, message: str, hint: str = "") -> Package:
    """A package of which nothing is known but why it was not read."""
    return Package(findings=[Finding(rule, "error", Path(path).name, 0, 0, message, hint)])


def load(document: dict[str, Any]) -> Package:
    """The Package that `to_dict` made `document` of."""
    loaders: dict[str, Callable[[dict[str, Any]], Any]] = {
        "vnf": model.vnfd,
        "ns": model.nsd,
        "pnf": model.pnfd,
    }
    descriptor = document["descriptor"]
    return Package(
        **{
            **document,
            "descriptor": loaders[document["kind"]](descriptor) if descriptor else None,
            "findings": [Finding(**item) for item in document["findings"]],
            "files": [File(**item) for item in document["files"]],
            "images": [model.sw_image(item) for item in document["images"]],
        }
    )
