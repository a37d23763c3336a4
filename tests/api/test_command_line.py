# SPDX-License-Identifier: Apache-2.0
"""Commands against a running suite, where what they leave there counts."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from mano import store
from mano.cli import group, ns_descriptors, onboarding, vnf_packages
from mano.cli.client import Client
from mano.cli.failures import Failure
from tests import running as suites
from tests.running import SECRET, Api, Running

NSDS = "/nsd/v2/ns_descriptors"


@pytest.fixture
def client(running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    with client_of(running, tmp_path, monkeypatch) as client:
        yield client


@contextlib.contextmanager
def client_of(running: Running, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The CLI's, as a user has it who set MANO_URL and his credentials."""
    for name, value in {
        "MANO_URL": running.settings.url("nfvo"),
        "MANO_VNFM_URL": running.settings.url("vnfm"),
        "MANO_CLIENT_ID": "oss",
        "MANO_CLIENT_SECRET": SECRET,
    }.items():
        monkeypatch.setenv(name, value)
    with contextlib.closing(Client(data)) as client:
        yield client


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
def test_a_suite_elsewhere_that_wants_signatures_takes_what_was_signed_here(
    new_store: Callable[[], store.Store],
    another: Callable[..., bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = tmp_path / "unsigned.csar"
    package.write_bytes(another("5201"))
    here, there = tmp_path / "here", tmp_path / "there"
    there.mkdir()
    suite = Running(new_store, there, package_signatures="require")
    with suites.started(suite), client_of(suite, here, monkeypatch) as client:
        with pytest.raises(Failure, match="--sign"):
            onboarding.onboard(client, vnf_packages.KIND, package, sign=False)
        info = onboarding.onboard(client, vnf_packages.KIND, package, sign=True)
    assert info["onboardingState"] == "ONBOARDED"
    assert [finding["rule"] for finding in info["findings"]] == ["signature-unknown"]


def test_terminate_by_force_ends_and_says_what_was_not_confirmed(
    api: Api, nsd: str, client: Client
) -> None:
    jammed = {"kind": "compute", "verb": "terminate", "times": 1}
    vim, ns = api.vim(faults=[jammed]), api.ns(nsd, "jammed")
    assert api.ended(api.instantiate(ns, vim))["operationState"] == "COMPLETED"
    words = ["ns", "terminate", "jammed", "--force", "--patience", "20", "--wait", "-o", "json"]
    result = CliRunner().invoke(group.root, words)
    assert result.exit_code == 0, result.output
    occurrence = json.loads(result.output)
    assert occurrence["operationState"] == "COMPLETED"
    assert "not confirmed: compute" in occurrence["warnings"][0]
    api.ok("DELETE", ns, 204)


@pytest.mark.parametrize("state", ["ENABLED", "DISABLED"])
def test_an_nsd_that_may_not_be_deleted_stays_as_it_was(
    api: Api, nsd: str, client: Client, state: str
) -> None:
    ns = api.ns(nsd)
    [info] = api.get(NSDS, params={"filter": f"(eq,nsdId,{nsd})"}).json()
    path = f"{NSDS}/{info['id']}"
    if state != info["nsdOperationalState"]:
        assert api.patch(path, {"nsdOperationalState": state}).status_code == 200
    with pytest.raises(Failure, match="in use"):
        onboarding.delete(client, ns_descriptors.KIND, info["id"])
    assert api.get(path).json()["nsdOperationalState"] == state
    api.patch(path, {"nsdOperationalState": "ENABLED"})
    api.ok("DELETE", ns, 204)
