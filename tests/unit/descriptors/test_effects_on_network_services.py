# SPDX-License-Identifier: Apache-2.0
"""What a changed NSD means for the instances of a network service."""

from __future__ import annotations

from typing import Any

import pytest
from differences import ANEW, GONE, LIVE, NEW, NOTE, PATH, effects_of, one, secure_web

from descriptors import effects, model
from descriptors.commands import difference_text


@pytest.mark.parametrize(
    ("fields", "effect"),
    [
        (
            {
                "vnf_profiles": lambda items: one(
                    items, "web", links={"http": "dmz", "mgmt": "mgmt"}
                )
            },
            {"vnf_profiles web": LIVE, PATH: LIVE},
        ),
        (
            {"vnf_profiles": lambda items: one(items, "web", vnfd_id="other")},
            {"vnf_profiles web": effects.UPGRADE, PATH: LIVE},
        ),
        (
            {"vnf_profiles": lambda items: one(items, "web", flavour="big")},
            {"vnf_profiles web": effects.CHANGE_FLAVOUR, PATH: LIVE},
        ),
        (
            {"vnf_profiles": lambda items: one(items, "web", vnfd_id="other", flavour="big")},
            {"vnf_profiles web": effects.UPGRADE, PATH: LIVE},
        ),
        (
            {"vnf_profiles": lambda items: one(items, "web", minimum=3, maximum=3)},
            {"vnf_profiles web": LIVE},
        ),
        ({"vnf_profiles": lambda items: one(items, "web", maximum=9)}, {"vnf_profiles web": NOTE}),
        (
            {"vnf_profiles": lambda items: one(items, "web", level="large")},
            {"vnf_profiles web": NOTE},
        ),
        (
            {"vnf_profiles": lambda items: one(items, "web", properties={"port": 81})},
            {"vnf_profiles web": LIVE},
        ),
        (
            {"ns_profiles": lambda _: {"inner": model.NsProfile("inner", "id")}},
            {"ns_profiles inner": NEW},
        ),
        (
            {"pnf_profiles": lambda _: {"box": model.PnfProfile("box", "id")}},
            {"pnf_profiles box": NEW},
        ),
        (
            {"sapds": lambda items: one(items, "client", virtual_link="dmz")},
            {"sapds client": ANEW, PATH: LIVE},
        ),
        (
            {"virtual_links": lambda items: one(items, "clients", cidr="10.99.0.0/24")},
            {
                "vnf_profiles firewall": LIVE,
                "virtual_links clients": ANEW,
                "sapds client": ANEW,
                PATH: LIVE,
            },
        ),
        (
            {"virtual_links": lambda items: one(items, "mgmt", mtu=9000)},
            {
                "vnf_profiles firewall": LIVE,
                "vnf_profiles loadbalancer": LIVE,
                "vnf_profiles web": LIVE,
                "virtual_links mgmt": ANEW,
            },
        ),
        (
            {
                "vnffgds": lambda items: one(
                    items, "web-traffic", nfps=one(items["web-traffic"].nfps, "http", match=[])
                )
            },
            {PATH: LIVE},
        ),
        (
            {
                "vnffgds": lambda items: one(
                    items,
                    "web-traffic",
                    nfps=one(
                        items["web-traffic"].nfps,
                        "http",
                        positions=items["web-traffic"].nfps["http"].positions[::-1],
                    ),
                )
            },
            {PATH: LIVE},
        ),
        (
            {
                "vnffgds": lambda items: one(
                    items,
                    "web-traffic",
                    nfps={**items["web-traffic"].nfps, "dns": model.Nfpd("dns")},
                )
            },
            {"nfps web-traffic/dns": NEW},
        ),
        ({"vnffgds": lambda items: one(items, "web-traffic", nfps={})}, {PATH: GONE}),
        ({"vnffgds": lambda items: {}}, {"vnffgds web-traffic": GONE, PATH: GONE}),
        ({"nfps": lambda items: {"dns": model.Nfpd("dns")}}, {"nfps dns": NEW}),
        (
            {
                "affinity": lambda items: [
                    model.AffinityRule("apart", "anti-affinity", "zone", ["web"])
                ]
            },
            {"affinity apart": NOTE},
        ),
        ({"autoscale": lambda items: [{"name": "auto", "triggers": {}}]}, {"autoscale auto": NOTE}),
    ],
    ids=lambda value: (
        str(value)[:40] if isinstance(value, dict) and "lambda" not in str(value) else None
    ),
)
def test_a_change_says_what_it_means_for_network_services(
    fields: dict[str, Any], effect: dict[str, str]
) -> None:
    difference = secure_web(**fields)
    assert effects_of(difference) == effect
    assert "no VNFC" not in difference_text.render(difference)


def test_operations_ask_a_difference_for_names() -> None:
    difference = secure_web(
        vnf_profiles=lambda profiles: one(profiles, "web", vnfd_id="other"), vnffgds=lambda _: {}
    )
    assert difference.names("default", "vnf_profiles", effects.UPGRADE) == ["web"]
    assert difference.names("default", "nfps", effects.CREATE, effects.DELETE) == [
        "web-traffic/http"
    ]
    assert "flavour default: the VNFs of web change their package\n" in difference_text.render(
        difference
    )
