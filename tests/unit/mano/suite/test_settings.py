# SPDX-License-Identifier: Apache-2.0
"""The settings of a suite's processes, read from an environment."""

from __future__ import annotations

import pathlib

import pytest

from mano import plugins
from mano.suite import settings


@pytest.mark.parametrize("environment", [{}, {"MANO_PLACEMENT": ""}])
def test_no_plug_in_is_looked_for_where_no_placement_is_named(
    environment: dict[str, str], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(plugins, "names")
    assert settings.read(environment, tmp_path).placement == "first-fit"


def test_a_placement_that_is_not_installed_is_refused_with_those_that_are(
    tmp_path: pathlib.Path,
) -> None:
    with pytest.raises(settings.Wrong, match="'best' is none of first-fit"):
        settings.read({"MANO_PLACEMENT": "best"}, tmp_path)
