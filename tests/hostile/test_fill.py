# SPDX-License-Identifier: Apache-2.0
"""A client who uploads until the disk is full: it is told so before the disk is, everything else
goes on, and what it deletes is room again."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mano import store
from mano.store import Database
from tests import running as suites
from tests import small_disks
from tests.api import sample_packages
from tests.running import Api, Running

PACKAGES = "/vnfpkgm/v2/vnf_packages"
ZIP = {"Content-Type": "application/zip"}
SIZE, RESERVE = 8 * 2**20, 24 * 2**20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    return folder


@pytest.fixture
def small(
    database: Database, new_store: Callable[[], store.Store], folder: Path
) -> Iterator[Running]:
    """A suite whose packages and data lie on a file system of 64 MiB."""
    with small_disks.tablespace(database, folder, "64m") as tablespace:
        running = Running(new_store, folder, disk_reserve=RESERVE)
        small_disks.move_content(running.parts["nfvo"].store, tablespace)
        with suites.started(running):
            yield running


def upload(api: Api, says_its_size: bool) -> tuple[str, int]:
    """The path of a new package whose content is no zip, and the answer to it."""
    path = api.ok("POST", PACKAGES, 201, {}).headers["Location"]
    content = os.urandom(SIZE)
    answer = api.call(
        "PUT",
        f"{path}/package_content",
        content=content if says_its_size else iter([content]),
        headers=ZIP,
    )
    if answer.status_code != 202:
        assert "disk" in answer.json()["detail"], answer.text
    return path, answer.status_code


@pytest.mark.parametrize("says_its_size", [True, False])
def test_who_uploads_until_the_disk_is_full_stops_nobody(
    small: Running, folder: Path, says_its_size: bool
) -> None:
    api = suites.client(small)
    uploads = [upload(api, says_its_size) for _ in range(10)]
    assert {status for _, status in uploads} == {202, 507}
    assert shutil.disk_usage(folder).free >= RESERVE
    for path, status in uploads:
        state = api.checked(path)["onboardingState"] if status == 202 else "CREATED"
        assert api.get(path).json()["onboardingState"] == state
        api.ok("DELETE", path, 204)
    small.parts["nfvo"].store.free_room()  # as autovacuum does within a minute
    path, status = upload(api, says_its_size)
    assert status == 202 and api.checked(path)["onboardingState"] == "ERROR"


def test_images_are_not_brought_to_a_vim_for_which_the_disk_has_no_room(
    new_store: Callable[[], store.Store], tmp_path: Path, samples: dict[str, bytes]
) -> None:
    with suites.started(Running(new_store, tmp_path)) as running:
        api, nfvo = suites.client(running), running.parts["nfvo"]
        api.vim()
        sample_packages.onboard(api, samples)
        ns = api.ns(sample_packages.NSD_ID)
        enough = nfvo.settings
        nfvo.settings = dataclasses.replace(enough, disk_reserve=2**60)
        operation = api.instantiate(ns)
        failed = api.ended(operation)
        assert failed["operationState"] == "FAILED_TEMP" and failed["error"]["status"] == 507
        assert "MANO_DISK_RESERVE" in failed["error"]["detail"]
        nfvo.settings = enough
        api.ok("POST", f"{operation}/retry", 202)
        api.until(operation, lambda occurrence: occurrence["operationState"] == "COMPLETED")
        api.removed(ns)
