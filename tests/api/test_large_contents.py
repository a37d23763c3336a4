# SPDX-License-Identifier: Apache-2.0
"""A package, or a file of it, of any size is sent in pieces: it is never whole in our memory."""

from __future__ import annotations

import hashlib
import os
import shutil
import tracemalloc
from collections.abc import Iterator

import pytest

import descriptors
from tests.api import sample_packages
from tests.running import Api

PACKAGES = "/vnfpkgm/v2/vnf_packages"
SIZE, MUCH = 24 * 2**20, 12 * 2**20


@pytest.fixture(scope="module")
def large(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The path of a package with a large image, and the image's digest."""
    folder = tmp_path_factory.mktemp("large") / "vnf"
    shutil.copytree(sample_packages.FOLDER / "vnf" / "firewall", folder)
    for file in (folder / "Definitions").glob("*.yaml"):
        file.write_text(file.read_text().replace("6f1d2c9b0001", "6f1d2c9b0777"))
    image = os.urandom(SIZE)
    (folder / "software" / "firewall" / "large.bin").write_bytes(image)
    package = api.onboard(PACKAGES, descriptors.build(folder, folder.parent).read_bytes())
    path = f"{PACKAGES}/{package['id']}"
    yield path, hashlib.sha256(image).hexdigest()
    api.ok("PATCH", path, 200, {"operationalState": "DISABLED"})
    api.ok("DELETE", path, 204)


def artifact(api: Api, package: str) -> str:
    artifacts = api.get(package).json()["additionalArtifacts"]
    images = api.get(package).json()["softwareImages"]
    paths = [one.get("artifactPath") or one["imagePath"] for one in (*artifacts, *images)]
    return next(path for path in paths if "firewall" in path)


@pytest.mark.parametrize("part", ["package_content", "artifacts"])
def test_what_is_large_is_sent_in_pieces(api: Api, large: tuple[str, str], part: str) -> None:
    package, _ = large
    path = f"{package}/{part}"
    if part == "artifacts":
        path += f"/{artifact(api, package)}"
    tracemalloc.start()
    try:
        with api.http.stream("GET", api.url(path)) as answer:
            assert answer.status_code == 200
            size = sum(len(piece) for piece in answer.iter_raw())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == int(answer.headers["Content-Length"]) >= SIZE
    assert most < MUCH


def test_a_range_of_a_large_file_is_what_it_is_of_the_whole(
    api: Api, large: tuple[str, str]
) -> None:
    path = f"{large[0]}/artifacts/{artifact(api, large[0])}"
    whole = api.get(path).content
    for first, last in ((0, 9), (2**20 - 5, 2**20 + 5), (len(whole) - 3, len(whole) - 1)):
        part = api.get(path, headers={"Range": f"bytes={first}-{last}"})
        assert part.status_code == 206 and part.content == whole[first : last + 1]
