# SPDX-License-Identifier: Apache-2.0
"""The VNFM put together: its plans, its messages, its documents."""

from __future__ import annotations

import pathlib

from mano import bus, notifications
from mano.bus import versions
from mano.rest import dispatch
from mano.rest.documents import Document
from mano.service import Service
from mano.store import Store
from mano.suite.settings import Settings
from mano.threads import Threads
from vnfm.lcm import occurrences, plans
from vnfm.peers import nfvo, vims

NAME = "vnfm"
RETENTION = (occurrences.VNF.retention, versions.RULE)
FOR_PEERS = ("/vnflcm/",)  # served over the bus too


def documents() -> list[Document]:
    """The APIs that the VNFM serves."""
    folder = pathlib.Path(__file__).parent / "openapi"
    return [Document(folder / "vnflcm.yaml", "vnfm.api", "/vnflcm/v2")]


def build(
    store: Store, carrier: bus.Carrier, threads: Threads | None, settings: Settings
) -> Service:
    """The VNFM's service on a store and a carrier."""
    deliveries = notifications.Deliveries(settings.callbacks())
    return Service(
        name=NAME,
        store=store,
        carrier=carrier,
        threads=threads,
        plans=plans.PLANS,
        settings=settings,
        retention=RETENTION,
        runners={"notify": deliveries.deliver},
        verbs=nfvo.verbs(store) | vims.verbs(store, f"{settings.url(NAME)}/vnflcm/v2"),
        sol=dispatch.table(*documents()).route_message(settings.url(NAME), FOR_PEERS),
        at_stop=deliveries.close,
    )
