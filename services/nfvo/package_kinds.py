# SPDX-License-Identifier: Apache-2.0
"""The kinds of packages that are onboarded, a row each: in which words SOL005 speaks of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from descriptors import Finding, Package
from mano import notifications, store
from mano.sol import states
from mano.sol.documents import Body
from nfvo import onboarded, package_facts


@dataclass(frozen=True)
class PackageKind:
    """One kind: its resource, its attributes' names, its notifications, its checks.

    `facts` are the attributes that come from the package, `misfits` what does not fit to others
    that are onboarded: (tx, descriptor, package)."""

    content: str  # what `Package.kind` says of it
    noun: str
    collection: str
    id: str  # attribute of notifications and path parameter
    descriptor_id: str
    onboarding: str  # names of its states
    operational: str
    usage: str
    apis: tuple[str, ...]  # whose subscribers hear of it
    link: str  # of notifications
    facts: Callable[[store.Transaction, Any, Package], Body]
    misfits: Callable[[store.Transaction, Any, Package], list[Finding]]
    has_checksum: bool  # its resource says that of its content
    known_to_vnfm: bool  # it is ONBOARDED when the VNFM knows its descriptor
    on_onboarded: Body  # what its notifications say besides its ids
    on_change: Body
    on_deletion: Body
    on_refusal: Body = field(default_factory=dict)  # none: nobody is told

    def path(self, id: str) -> str:
        """Of one, below the API."""
        return f"/{self.collection}/{id}"

    def enter(self, document: store.Document, state: str) -> None:
        """It enters an onboarding state, which the caller stores; Problem 409 without arrow."""
        what = f"{document.kind} {document.id}"
        states.enter(states.ONBOARDING, document.body, self.onboarding, state, what)

    def notify(
        self,
        tx: store.Transaction,
        document: store.Document,
        notification: Body,
        **more: object,
    ) -> None:
        """Owes subscribers a notification of it."""
        known = {
            name: document.body[name] for name in (self.descriptor_id,) if name in document.body
        }
        body = {**notification, self.id: document.id, **known, **more}
        subject = {**document.body, self.id: document.id}
        for api in self.apis:
            notifications.owe(tx, api, body, {self.link: self.path(document.id)}, subject)


VNF_PACKAGE = PackageKind(
    content="vnf",
    noun="VNF package",
    collection=onboarded.PACKAGES,
    id="vnfPkgId",
    descriptor_id="vnfdId",
    onboarding="onboardingState",
    operational="operationalState",
    usage="usageState",
    apis=("vnfpkgm", "or-vnfm/vnfpkgm"),
    link="vnfPackage",
    facts=package_facts.of_vnf_package,
    misfits=lambda tx, vnfd, package: [],
    has_checksum=True,
    known_to_vnfm=True,
    on_onboarded={"notificationType": "VnfPackageOnboardingNotification"},
    on_change={
        "notificationType": "VnfPackageChangeNotification",
        "changeType": "OP_STATE_CHANGE",
    },
    on_deletion={"notificationType": "VnfPackageChangeNotification", "changeType": "PKG_DELETE"},
)
NSD = PackageKind(
    content="ns",
    noun="network service descriptor",
    collection=onboarded.NSDS,
    id="nsdInfoId",
    descriptor_id="nsdId",
    onboarding="nsdOnboardingState",
    operational="nsdOperationalState",
    usage="nsdUsageState",
    apis=("nsd",),
    link="nsdInfo",
    facts=package_facts.of_nsd,
    misfits=package_facts.misfits,
    has_checksum=False,
    known_to_vnfm=False,
    on_onboarded={"notificationType": "NsdOnboardingNotification"},
    on_change={"notificationType": "NsdChangeNotification"},
    on_deletion={"notificationType": "NsdDeletionNotification"},
    on_refusal={"notificationType": "NsdOnboardingFailureNotification"},
)
BY_COLLECTION = {kind.collection: kind for kind in (VNF_PACKAGE, NSD)}
