# SPDX-License-Identifier: Apache-2.0
"""The fixture that makes packages."""
from __future__ import annotations

from pathlib import Path

import pytest
from made_packages import META, VNFD, Make, write_csar


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """`make({path: content}, vnfd=…, meta=…)` writes a CSAR: the good package, with files added or (None) left out."""
    def _make(more: dict[str, str | bytes | None] | None = None, vnfd: str | bytes = VNFD, meta: str = META) -> Path:
        return write_csar(tmp_path / "package.csar",
                          {"TOSCA-Metadata/TOSCA.meta": meta, "Definitions/vnfd.yaml": vnfd, **(more or {})})
    return _make
