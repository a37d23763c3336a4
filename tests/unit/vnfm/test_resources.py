# SPDX-License-Identifier: Apache-2.0
"""What a VNF needs, from a VNFD made here."""

from __future__ import annotations

import pytest

from descriptors import model
from mano.problems import Problem
from vnfm import resources


def test_only_internal_links_that_are_used_are_made(df: model.VnfDf) -> None:
    assert list(resources.internal_links(df)) == ["own"]


def test_an_unknown_flavour_or_level_is_refused_with_those_there_are(df: model.VnfDf) -> None:
    vnfd = model.Vnfd("d", "p", "n", "1", "1", flavours={"default": df})
    with pytest.raises(Problem, match="no flavour 'x'; it has default"):
        resources.flavour(vnfd, "x")
    with pytest.raises(Problem, match="no instantiation level 'big'"):
        resources.instances(df, "big")


def test_a_vdu_that_asks_for_pinning_is_placed_on_dedicated_cpus() -> None:
    vdu = model.Vdu(
        "v",
        "v",
        vcpus=2,
        memory=64,
        requirements={"virtual_cpu_pinning": {"virtual_cpu_pinning_policy": "static"}},
    )
    need = resources.need(model.VnfDf("default", vdus={"v": vdu}), "v")
    assert need["pinning"] == "dedicated" and need["vcpus"] == 2
