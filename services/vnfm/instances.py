# SPDX-License-Identifier: Apache-2.0
"""VNF instances (SOL003 5.5.2.2) as clients and the NFVO see them."""

from __future__ import annotations

from mano import store
from mano.sol import documents
from mano.sol.documents import Body
from vnfm.peers import nfvo

# The names of the links to what may be done with an instance, and their paths (SOL003 5.5.2.2)
TASKS = {
    "NOT_INSTANTIATED": {"instantiate": "instantiate"},
    "INSTANTIATED": {
        "terminate": "terminate",
        "scale": "scale",
        "scaleToLevel": "scale_to_level",
        "heal": "heal",
    },
}


def shown(instance: store.Document, base: str) -> Body:
    """The VnfInstance; `base` is the root of the API."""
    own = f"{base}/vnf_instances/{instance.id}"
    tasks = TASKS[instance.body["instantiationState"]]
    links = {name: f"{own}/{path}" for name, path in tasks.items()}
    return documents.shown(instance.body, {"self": own, **links})


def tell(tx: store.Transaction, instance: store.Document, base: str, gone: bool = False) -> None:
    """The NFVO hears of a VNF that it does not lead, or of what became of one without it."""
    nfvo.tell_of_vnf(
        tx,
        {
            "vnfInstanceId": instance.id,
            "vnfPkgId": instance.body["vnfPkgId"],
            "isPeers": bool(instance.body.get("_peer")),
            "instance": None if gone else shown(instance, base),
        },
    )
