# SPDX-License-Identifier: Apache-2.0
"""Onboarding of signed packages by policy: require a signature (default), verify those that are
signed, off."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from descriptors.archive import signing
from mano import store
from mano.suite import settings
from tests import running as suites
from tests.running import Api, Running
from tests.unit.descriptors.authorities import Authority

PACKAGES = "/vnfpkgm/v2/vnf_packages"
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
Sign = Callable[..., bytes]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def sign(authority: Authority, another: Callable[..., bytes], tmp_path: Path) -> Sign:
    """`sign("0042", by=authority, option=2)`: a package with that vnfdId, signed."""

    def _sign(number: str, by: Authority = authority, option: int = 1) -> bytes:
        package = tmp_path / f"{number}.csar"
        package.write_bytes(another(number))
        return signing.sign(package, by.signer("vendor"), tmp_path / "signed", option).read_bytes()

    return _sign


def changed(package: bytes, path: str) -> bytes:
    """The same zip with another content of a file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b"\n" if name == path else b""))
    return out.getvalue()


def refused(api: Api, package: bytes) -> Any:
    info = api.checked(api.upload(PACKAGES, package))
    assert info["onboardingState"] == "ERROR"
    return info["onboardingFailureDetails"]["detail"]


@pytest.mark.parametrize("option, number", [(1, "5101"), (2, "5102")])
def test_a_signed_package_is_onboarded_and_its_files_are_there(
    api: Api, sign: Sign, option: int, number: str
) -> None:
    info = api.onboard(PACKAGES, sign(number, option=option))
    assert (
        info["packageSecurityOption"] == f"OPTION_{option}"
        and "BEGIN CERTIFICATE" in info["signingCertificate"]
    )
    [image] = info["softwareImages"]
    answer = api.ok("GET", f"{PACKAGES}/{info['id']}/artifacts/{image['imagePath']}", 200)
    assert answer.content[:2] == b"\x1f\x8b"
    assert "vnfd_id" in api.ok("GET", f"{PACKAGES}/{info['id']}/manifest", 200).text


def test_a_signature_that_does_not_hold_is_refused(api: Api, sign: Sign) -> None:
    assert "signature-invalid" in refused(api, changed(sign("5103", option=2), "5103.csar"))


def test_a_wrong_hash_is_refused_whatever_the_signature(
    api: Api, another: Callable[..., bytes]
) -> None:
    assert "csar-hash" in refused(api, changed(another("5104"), "Files/images/firewall.tar.gz"))


@pytest.fixture(scope="module")
def strict(
    new_store: Callable[[], store.Store],
    authority: Authority,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Api]:
    """An OSS of a suite that requires signatures by the authority."""
    suite = Running(
        new_store,
        tmp_path_factory.mktemp("strict"),
        package_signatures="require",
        trust_anchors=str(authority.anchors),
    )
    with suites.started(suite):
        yield suites.client(suite)


def test_where_signatures_are_required_only_trusted_ones_are_taken(
    strict: Api, sign: Sign, another: Callable[..., bytes], tmp_path: Path
) -> None:
    strict.onboard(PACKAGES, sign("5105"))
    assert "signature-missing" in refused(strict, another("5106"))
    assert "signature-untrusted" in refused(
        strict, sign("5107", by=Authority(tmp_path, "stranger"))
    )


@pytest.mark.parametrize(
    "environment, words",
    [
        ({"MANO_PACKAGE_SIGNATURES": "always"}, "require, verify, off"),
        ({"MANO_TRUST_ANCHORS": "/nowhere.pem"}, "not a file"),
        ({"MANO_PACKAGE_PROFILE": "lax"}, "strict, field"),
    ],
)
def test_a_setting_that_cannot_be_used_is_said(environment: dict[str, str], words: str) -> None:
    with pytest.raises(settings.Wrong, match=words):
        settings.read(environment)


def test_settings_say_how_signatures_are_treated(authority: Authority) -> None:
    plain = settings.read({})
    assert (plain.package_signatures, plain.trust_anchors) == ("require", "")
    options = settings.read(
        {"MANO_PACKAGE_SIGNATURES": "off", "MANO_TRUST_ANCHORS": str(authority.anchors)}
    )
    assert (options.package_signatures, options.trust_anchors) == ("off", str(authority.anchors))
