# SPDX-License-Identifier: Apache-2.0
"""What the NFVO's operations remember from step to step, stored with their position."""

from __future__ import annotations

from typing import TypedDict

from mano.sol.documents import Body
from nfvo.network_service import Sources

StoredPlace = list[str]  # VIM, zone
Order = list[str]  # vnfLcmOpOccId; retry or rollback


class VnfsMemo(TypedDict, total=False):
    """Of any operation that leads VNFs through their VNFM."""

    vnfs: dict[str, str]  # by VNF profile
    running: dict[str, str]  # the instantiation of each VNF, from the first answer on
    since: float  # when news of the VNFs was last looked for
    round: int  # how often the VNFM was asked for news
    outdated: dict[str, int]  # by operation, the version up to which news does not count any more
    tries: int  # the retry of this operation that has reached the VNFs
    retried: dict[str, Order]  # by VNF, what is retried
    instantiations: dict[str, int]  # by VNF, how often it was begun anew
    settled: dict[str, dict[str, Order]]  # by step and try, what was done to which VNF


class SapMemo(TypedDict):
    """A service access point that was made."""

    id: str
    addresses: list[str]
    detail: Body


class InstantiateMemo(VnfsMemo, total=False):
    """Of Instantiate NS."""

    sources: Sources
    places: dict[str, StoredPlace]  # by VNFC, "<profile>/<VDU>-<index>"
    vim: str
    images: dict[str, list[dict[str, str]]]  # by VNF profile, VimSoftwareImages
    links: dict[str, str]  # by NS virtual link, the VIM's id of its network
    saps: dict[str, SapMemo]
    vnfInstances: list[Body]
    ports: dict[str, list[str]]  # by "<profile>/<external CP>", the VIM's names
    paths: dict[str, str]  # by "<VNFFG>/<NFP>", the VIM's ids


class GrantMemo(TypedDict, total=False):
    """Of a decision on a grant."""

    places: dict[str, StoredPlace]  # by resource definition
    images: list[dict[str, str]]
