# SPDX-License-Identifier: Apache-2.0
"""What an NS flavour asks for that is not done yet.

It is refused when it is asked for; nothing of it is left out silently."""

from __future__ import annotations

from collections.abc import Iterator

from descriptors import model, resources
from mano import store
from nfvo import onboarded, vnfcs


def beyond(tx: store.Transaction, df: model.NsDf, level: str | None) -> list[str]:
    """Whatever of a flavour at an NS level is out of reach, in words."""
    try:
        numbers = resources.profiles(df, level)
    except ValueError as error:
        return [str(error)]
    return [*_constituents(df), *_numbers(df, numbers), *_rules(tx, df)]


def _constituents(df: model.NsDf) -> Iterator[str]:
    for name in df.ns_profiles:
        yield f"nested NS {name}: network services in network services are not instantiated yet"
    for name in df.pnf_profiles:
        yield f"PNF {name}: PNFs are not connected yet"


def _numbers(df: model.NsDf, numbers: dict[str, int]) -> Iterator[str]:
    for name, number in numbers.items():
        if number != 1 and name in df.vnf_profiles:
            yield (
                f"VNF profile {name} is to have {number} instances; one of each is what can be "
                "made yet"
            )


def _rules(tx: store.Transaction, df: model.NsDf) -> Iterator[str]:
    """Which affinity rules of NSD and VNFDs no placement keeps, and why."""
    yield from vnfcs.refusals(df)
    for profile in df.vnf_profiles.values():
        package = onboarded.by_vnfd_id(tx, profile.vnfd_id)
        flavours = onboarded.vnfd(tx, package).flavours if package else {}
        if profile.flavour in flavours:
            for reason in vnfcs.refusals(flavours[profile.flavour]):
                yield f"VNF profile {profile.id}, {reason}"
