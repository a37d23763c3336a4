# SPDX-License-Identifier: Apache-2.0
"""What a finding says besides its rule: the name that is near, the place that differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from broken_packages import TOP
from small_packages import VNFD, Make

import descriptors
from descriptors.hints import closest


def test_an_official_copy_that_was_changed_is_told_where(make: Make) -> None:
    types = (
        Path(descriptors.__file__).parent / "types" / "etsi_nfv_sol001_common_types.yaml"
    ).read_text()
    package = descriptors.read(
        make(
            {
                "Definitions/etsi_nfv_sol001_common_types.yaml": types.replace(
                    "root: { type: integer", "root: { type: float"
                )
            },
            vnfd=VNFD.replace("[ etsi", "[ etsi_nfv_sol001_common_types.yaml, etsi"),
        )
    )
    findings = [finding for finding in package.findings if finding.rule == "types-differ"]
    assert any(
        "LinkBitrateRequirements" in finding.message
        and "properties root differs" in finding.message
        and finding.line
        for finding in findings
    )
    assert package.ok


def test_hints_name_what_is_near_over_files_too(make: Make) -> None:
    text = TOP.replace("types.yaml, small.yaml", "etsi_nfv_sol001_vnf_types.yaml")
    findings = [
        finding
        for finding in descriptors.read(make(vnfd=text)).findings
        if finding.rule == "tosca-import-missing"
    ]
    assert findings[0].hint == "did you mean etsi_nfv_sol001_vnfd_types.yaml?"


@pytest.mark.parametrize(
    ("word", "names", "hint"),
    [
        ("IPv4", ["ipv4", "ipv6"], "did you mean ipv4?"),
        ("helo", ["hello", "x"], "did you mean hello?"),
        ("a", [], ""),
        (
            "sriov",
            [
                "bridge",
                "direct",
                "direct-physical",
                "ipvlan",
                "loopback",
                "macvlan",
                "normal",
                "ptp",
                "virtio-forwarder",
            ],
            "known: bridge, direct, direct-physical, ipvlan, loopback, macvlan, normal, ptp, "
            "virtio-forwarder",
        ),
        (
            "a",
            [f"name-{number}" for number in range(99)],
            "known: name-0, name-1, name-10, name-11, name-12, name-13, name-14, name-15, …",
        ),
    ],
)
def test_a_hint_is_the_name_that_is_like_it_or_what_there_is(
    word: str, names: list[str], hint: str
) -> None:
    assert closest(word, names) == hint
