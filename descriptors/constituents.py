# SPDX-License-Identifier: Apache-2.0
"""Whether an NSD fits the VNFs it is made of (IFA014 6.3.3).

Its profiles name VNFDs, flavours, levels and external CPs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from descriptors import model
from descriptors.hints import closest
from descriptors.package import Finding

Vnfds = Mapping[str, model.Vnfd]
Misfit = tuple[str, str, str, str]  # rule, severity, message, hint


def check(nsd: model.Nsd, vnfds: Vnfds, file: str = "") -> list[Finding]:
    """What does not fit, by the VNFDs that are at hand ({id: VNFD}).

    `file`: where the findings are said to be."""
    findings = []
    for df in nsd.flavours.values():
        for profile in df.vnf_profiles.values():
            place = f"flavour {df.id}, VNF profile {profile.id}"
            for rule, severity, message, hint in _misfits(profile, vnfds):
                findings.append(Finding(rule, severity, file, 0, 0, f"{place}: {message}", hint))
    return findings


def _misfits(profile: model.VnfProfile, vnfds: Vnfds) -> Iterator[Misfit]:
    vnfd = vnfds.get(profile.vnfd_id)
    if vnfd is None:
        message = f"no VNF package at hand has the VNFD {profile.vnfd_id}"
        near = closest(profile.vnfd_id, vnfds)
        hint = f"{near} else onboard it first" if near.startswith("did") else "onboard it first"
        yield "nsd-unknown-vnfd", "warning", message, hint
        return
    df = vnfd.flavours.get(profile.flavour or vnfd.default_flavour)
    if df is None:
        message = f"{vnfd.product_name} has no flavour {profile.flavour!r}"
        yield "nsd-unknown-flavour", "error", message, closest(profile.flavour, vnfd.flavours)
        return
    if profile.level and profile.level not in df.levels:
        message = f"flavour {df.id} of {vnfd.product_name} has no level {profile.level!r}"
        hint = closest(profile.level, df.levels) or "leave instantiation_level out"
        yield "nsd-unknown-vnf-level", "error", message, hint
    cps = {*df.requirements, *df.ext_cpds}
    for cp in profile.links:
        if cp not in cps:
            message = f"{vnfd.product_name} has no external CP {cp!r} in flavour {df.id}"
            hint = closest(cp, df.requirements or df.ext_cpds)
            yield "nsd-unknown-cp", "error", message, hint
