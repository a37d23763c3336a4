# SPDX-License-Identifier: Apache-2.0
"""Onboarded VNF packages as VNFMs see them, by vnfdId (SOL003 10.4.2 to 10.4.6)."""

from __future__ import annotations

from mano import store
from mano.rest import Reply, Request
from nfvo import onboarded
from nfvo.api import vnf_packages
from nfvo.api.packages import Packages

ONLY = "(eq,onboardingState,ONBOARDED)"


class ByVnfdId(Packages):
    """VNF packages whose path names their VNFD."""

    def get(self, request: Request, lock: bool = False) -> store.Document:
        """The one that has that VNFD; NotFound if none is ONBOARDED."""
        vnfd_id = request.params["vnfdId"]
        id = onboarded.by_vnfd_id(request.tx, vnfd_id)
        if id is None:
            raise store.NotFound("onboarded VNF package of VNFD", vnfd_id)
        return request.tx.get(self.kind.collection, id, lock=lock)

    def query(self, request: Request) -> Reply:
        """GET: those that are ONBOARDED."""
        filter = request.query.get("filter", "")
        if ONLY not in filter:  # it is in the link to the next page
            request.query["filter"] = f"{filter};{ONLY}".lstrip(";")
        return super().query(request)


_of_oss = vnf_packages.HANDLERS
_handlers = ByVnfdId(_of_oss.kind, _of_oss.left_out, _of_oss.links)
query, read = _handlers.query, _handlers.read
read_vnfd = _handlers.read_descriptor
read_package_content = _handlers.read_content
read_manifest = _handlers.read_manifest
read_artifact = _handlers.read_artifact
