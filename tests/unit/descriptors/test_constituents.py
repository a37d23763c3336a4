# SPDX-License-Identifier: Apache-2.0
"""A service and the VNFs that it names, linted together."""

from __future__ import annotations

from typing import Any

import pytest
from linted import SAMPLES, run

from descriptors import constituents, model, rules


def test_a_service_that_fits_its_vnfs_is_linted_clean_with_them() -> None:
    assert run(SAMPLES / "ns", SAMPLES / "vnf") == (0, "7 packages: 0 errors, 0 warnings\n")
    assert run(SAMPLES) == run(
        SAMPLES / "ns", SAMPLES / "vnf"
    )  # starters and types beside them are no packages


def service(**profile: Any) -> model.Nsd:
    return model.Nsd(
        "ns",
        "me",
        "1",
        "ns",
        flavours={"df": model.NsDf("df", vnf_profiles={"web": model.VnfProfile("web", **profile)})},
    )


@pytest.mark.parametrize(
    ("profile", "rule", "words"),
    [
        ({"vnfd_id": "gone", "flavour": "small"}, "nsd-unknown-vnfd", "onboard it first"),
        ({"vnfd_id": "web", "flavour": "smal"}, "nsd-unknown-flavour", "did you mean small?"),
        (
            {"vnfd_id": "web", "flavour": "small", "level": "to"},
            "nsd-unknown-vnf-level",
            "did you mean two?",
        ),
        (
            {"vnfd_id": "web", "flavour": "small", "links": {"htp": "x", "http": "x", "cp": "x"}},
            "nsd-unknown-cp",
            "did you mean http?",
        ),
        ({"vnfd_id": "web", "flavour": "small", "level": "two", "links": {"http": "x"}}, "", ""),
    ],
)
def test_what_a_service_names_of_its_vnfs_must_be_there(
    profile: dict[str, Any], rule: str, words: str
) -> None:
    df = model.VnfDf(
        "small",
        levels={"two": model.InstantiationLevel("two")},
        requirements={"http": "cp"},
        ext_cpds={"cp": model.ExtCpd("cp")},
    )
    vnfd = model.Vnfd("web", "me", "Web", "1", "1", default_flavour="small", flavours={"small": df})
    findings = constituents.check(service(**profile), {"web": vnfd}, "ns.yaml")
    assert [finding.rule for finding in findings] == [rule] * bool(rule)
    assert all(
        finding.severity == rules.RULES[finding.rule].field
        and words in finding.hint
        and finding.file == "ns.yaml"
        for finding in findings
    )
