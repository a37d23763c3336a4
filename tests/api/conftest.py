# SPDX-License-Identifier: Apache-2.0
"""One running suite with the sample packages for all tests of the APIs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import descriptors
from mano import store
from tests import running as suites
from tests.api import sample_packages
from tests.api.receiver import Receiver
from tests.running import Api, Running


@pytest.fixture(scope="session")
def running(
    new_store: Callable[[], store.Store], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    with suites.started(Running(new_store, tmp_path_factory.mktemp("api"))) as suite:
        yield suite


@pytest.fixture(scope="session")
def api(running: Running) -> Api:
    """An OSS with every right. The first VIM, for what names none, has room and no faults."""
    client = suites.client(running)
    client.vim()
    return client


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The sample packages, by name."""
    return sample_packages.build(tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="session")
def nsd(api: Api, samples: dict[str, bytes]) -> str:
    """The nsdId of the sample network service, onboarded with its VNFs."""
    sample_packages.onboard(api, samples)
    return sample_packages.NSD_ID


@pytest.fixture
def another(tmp_path: Path) -> Callable[..., bytes]:
    """Makes packages as the sample firewall's, each with a vnfdId of its own: `another("0042")`."""

    def make(number: str, change: Callable[[str], str] = lambda text: text) -> bytes:
        folder = tmp_path / f"vnf-{number}"
        shutil.copytree(sample_packages.FOLDER / "vnf" / "firewall", folder)
        for file in (folder / "Definitions").glob("*.yaml"):
            file.write_text(change(file.read_text().replace("6f1d2c9b0001", f"6f1d2c9b{number}")))
        return descriptors.build(folder, tmp_path).read_bytes()

    return make


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An OSS that takes notifications."""
    receiver = Receiver()
    yield receiver
    receiver.stop()
