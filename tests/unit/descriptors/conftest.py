# SPDX-License-Identifier: Apache-2.0
"""Fixtures: packages made by hand, an authority and who signs by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from authorities import Authority
from small_packages import META, VNFD, Make, write_csar

import descriptors
from descriptors import pool
from descriptors.archive import signing


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """`make({path: content}, vnfd=…, meta=…)` writes a CSAR: the good package, with files added or
    (None) left out."""

    def _make(
        more: dict[str, str | bytes | None] | None = None,
        vnfd: str | bytes = VNFD,
        meta: str = META,
    ) -> Path:
        return write_csar(
            tmp_path / "package.csar",
            {"TOSCA-Metadata/TOSCA.meta": meta, "Definitions/vnfd.yaml": vnfd, **(more or {})},
        )

    return _make


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def vendor(authority: Authority) -> signing.Identity:
    return authority.signer("vendor")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return descriptors.build(
        Path(descriptors.__file__).parent / "vnf/web", tmp_path_factory.mktemp("web")
    )


@pytest.fixture(scope="module")
def children() -> Iterator[pool.Pool]:
    """One child for all tests: to start one takes longer than to read."""
    children = pool.Pool()
    yield children
    children.close()
