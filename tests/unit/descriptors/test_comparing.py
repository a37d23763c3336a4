# SPDX-License-Identifier: Apache-2.0
"""What is compared, what is told of it and in which words."""

from __future__ import annotations

import dataclasses

import pytest
from differences import (
    ANEW,
    DF,
    FOLDERS,
    LIVE,
    NOTE,
    VNFD,
    changed,
    effects_of,
    one,
    read,
    secure_web,
)

from descriptors import comparing, package
from descriptors.commands import difference_text


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_package_does_not_differ_from_itself(folder: str) -> None:
    assert comparing.packages(read(folder), read(folder)).changes == []


def test_what_the_properties_of_a_link_only_repeat_is_not_told_twice_but_is_in_the_document() -> (
    None
):
    both = (
        dataclasses.replace(
            DF.virtual_links["inner"], description=text, properties={"description": text}
        )
        for text in ("a", "b")
    )
    before, after = (
        dataclasses.replace(
            VNFD, flavours={"default": dataclasses.replace(DF, virtual_links={"inner": link})}
        )
        for link in both
    )
    (change,) = comparing.compare(before, after).changes
    assert (change.effect, set(change.details), set(change.fields)) == (
        NOTE,
        {"description"},
        {"description", "properties.description"},
    )
    assert (
        effects_of(
            changed(
                virtual_links=one(
                    DF.virtual_links, "inner", description="b", properties={"qos": {"latency": 1}}
                )
            )
        )["virtual_links inner"]
        == ANEW
    )
    assert effects_of(
        secure_web(vnf_profiles=lambda items: one(items, "web", maximum=9, properties={"port": 1}))
    ) == {"vnf_profiles web": LIVE}


def test_a_vnfd_and_an_nsd_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        comparing.packages(read("vnf/web"), read("ns/secure-web"))


def test_files_that_come_and_go_are_told() -> None:
    one_file, other = (
        package.Package("vnf", VNFD, files=[package.File(path, 1, "x")]) for path in ("a", "b")
    )
    assert [
        (change.name, change.change) for change in comparing.packages(one_file, other).changes
    ] == [("a", "removed"), ("b", "added")]


def test_what_nobody_runs_touches_nothing_that_runs() -> None:
    assert "nothing that runs is touched" in difference_text.render(
        changed(vdus=one(DF.vdus, "a", maximum=9))
    )


def test_the_text_tells_ways_reasons_and_where_long_texts_part() -> None:
    text = difference_text.render(
        changed(
            storages=one(DF.storages, "disk", size=200),
            vdus=one(DF.vdus, "a", boot_data="x" * 300 + "!"),
        )
    )
    assert "  ~ VDU b: made anew, because of storage disk\n" in text
    assert "flavour default: the VNFCs of a, b are made anew\n" in text
    both = [dataclasses.replace(VNFD, description="x" * 300 + end) for end in ("one", "two")]
    assert f"description: …{'x' * 20}one → …{'x' * 20}two\n" in difference_text.render(
        comparing.compare(*both)
    )
    way = difference_text.render(
        secure_web(
            vnffgds=lambda items: one(
                items,
                "web-traffic",
                nfps=one(
                    items["web-traffic"].nfps,
                    "http",
                    positions=items["web-traffic"].nfps["http"].positions[:2],
                ),
            )
        )
    )
    assert " → client → firewall.outside, firewall.inside\n" in way


def test_equal_packages_are_said_to_be_equal() -> None:
    assert "no difference" in difference_text.render(
        comparing.packages(read("vnf/web"), read("vnf/web"))
    )
