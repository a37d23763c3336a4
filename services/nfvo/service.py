# SPDX-License-Identifier: Apache-2.0
"""The NFVO put together: its plans, its jobs, its messages, its documents."""

from __future__ import annotations

import functools
import pathlib

from descriptors import pool
from descriptors.package import Trust
from mano import bus, notifications, scratch
from mano.bus import versions
from mano.rest import dispatch
from mano.rest.documents import Document
from mano.service import Service
from mano.store import Store
from mano.suite.settings import Settings
from mano.threads import Threads
from nfvo import onboarding
from nfvo.lcm import grant, occurrences, plans
from nfvo.peers import vims, vnfm

NAME = "nfvo"
RETENTION = (occurrences.NS.retention, grant.RETENTION, versions.RULE)
READERS = 2  # packages that are checked at once: a slow one holds up no other
# Document, base. SOL005 for the OSS, SOL003's NFVO side for VNFMs, and our own administration.
SERVED = (
    ("nslcm", "/nslcm/v2"),
    ("vnfpkgm", "/vnfpkgm/v2"),
    ("nsd", "/nsd/v2"),
    ("admin", "/admin/v1"),
    ("grant", "/or-vnfm/grant/v1"),
    ("onboarded", "/or-vnfm/vnfpkgm/v2"),
)

FOR_PEERS = ("/or-vnfm/",)  # served over the bus too


def documents() -> list[Document]:
    """The APIs that the NFVO serves."""
    folder = pathlib.Path(__file__).parent / "openapi"
    return [Document(folder / f"{name}.yaml", "nfvo.api", base) for name, base in SERVED]


def build(
    store: Store, carrier: bus.Carrier, threads: Threads | None, settings: Settings
) -> Service:
    """The NFVO's service on a store and a carrier."""
    trust = Trust(settings.package_signatures, settings.trust_anchors)
    folder = scratch.Scratch()
    readers = pool.Pool(READERS, trust=trust, profile=settings.package_profile, folder=folder.path)
    reader = onboarding.Reader(readers.read, folder.path)
    deliveries = notifications.Deliveries(settings.callbacks())

    def close() -> None:
        deliveries.close()
        readers.close()
        folder.close()

    return Service(
        name=NAME,
        store=store,
        carrier=carrier,
        threads=threads,
        plans=plans.PLANS,
        settings=settings,
        retention=RETENTION,
        runners={
            "notify": deliveries.deliver,
            "onboard": functools.partial(onboarding.run, reader),
        },
        verbs=vnfm.verbs(store) | vims.verbs(store),
        sol=dispatch.table(*documents()).route_message(settings.url(NAME), FOR_PEERS),
        at_stop=close,
    )
