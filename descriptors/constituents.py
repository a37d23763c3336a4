# SPDX-License-Identifier: Apache-2.0
"""Whether an NSD fits the VNFs it is made of: VNFDs, flavours, levels and external CPs that its
profiles name (IFA014 6.3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from descriptors import model
from descriptors.hints import closest
from descriptors.package import Finding


def check(nsd: model.Nsd, vnfds: Mapping[str, model.Vnfd], file: str = "") -> list[Finding]:
    """What does not fit, by the VNFDs that are at hand ({id: VNFD}); `file`: where the findings are
    said to be."""
    return [
        Finding(
            rule,
            severity,
            file,
            0,
            0,
            f"flavour {df.id}, VNF profile {profile.id}: {message}",
            hint,
        )
        for df in nsd.flavours.values()
        for profile in df.vnf_profiles.values()
        for rule, severity, message, hint in _check(profile, vnfds)
    ]


def _check(
    profile: model.VnfProfile, vnfds: Mapping[str, model.Vnfd]
) -> Iterator[tuple[str, str, str, str]]:
    """Rule, severity, message and hint."""
    vnfd = vnfds.get(profile.vnfd_id)
    if vnfd is None:
        near = closest(profile.vnfd_id, vnfds)
        yield (
            "nsd-unknown-vnfd",
            "warning",
            f"no VNF package at hand has the VNFD {profile.vnfd_id}",
            f"{near} else onboard it first" if near.startswith("did") else "onboard it first",
        )
        return
    df = vnfd.flavours.get(profile.flavour or vnfd.default_flavour)
    if df is None:
        yield (
            "nsd-unknown-flavour",
            "error",
            f"{vnfd.product_name} has no flavour {profile.flavour!r}",
            closest(profile.flavour, vnfd.flavours),
        )
        return
    if profile.level and profile.level not in df.levels:
        yield (
            "nsd-unknown-vnf-level",
            "error",
            f"flavour {df.id} of {vnfd.product_name} has no level {profile.level!r}",
            closest(profile.level, df.levels) or "leave instantiation_level out",
        )
    known = {*df.requirements, *df.ext_cpds}
    for cp in profile.links:
        if cp not in known:
            yield (
                "nsd-unknown-cp",
                "error",
                f"{vnfd.product_name} has no external CP {cp!r} in flavour {df.id}",
                closest(cp, df.requirements or df.ext_cpds),
            )
