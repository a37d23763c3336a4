# SPDX-License-Identifier: Apache-2.0
"""Onboarded VNF packages as VNFMs see them, by vnfdId (SOL003 10.4.2 to 10.4.6)."""

from __future__ import annotations

from mano import store
from mano.rest import Reply, Request, etags, listing
from nfvo import onboarding
from nfvo.api import packages, vnf_packages

STATE = vnf_packages.ONBOARDING
ONLY = "(eq,onboardingState,ONBOARDED)"


def query(request: Request) -> Reply:
    """GET: those that are ONBOARDED."""
    given = request.query.get("filter", "")
    if ONLY not in given:  # it is in the link to the next page
        request.query["filter"] = f"{given};{ONLY}".lstrip(";")
    return listing.listing(
        request, vnf_packages.KIND, shown=vnf_packages.shown, leave_out=vnf_packages.LEFT_OUT
    )


def read(request: Request) -> Reply:
    """GET of one."""
    document = _get(request)
    return etags.individual(request, document, vnf_packages.shown(document, request))


def read_vnfd(request: Request) -> Reply:
    """GET …/vnfd."""
    return packages.descriptor(request, _get(request), STATE)


def read_package_content(request: Request) -> Reply:
    """GET …/package_content."""
    return packages.content(request, _get(request), STATE)


def read_artifact(request: Request) -> Reply:
    """GET …/artifacts/{artifactPath}."""
    return packages.artifact(request, _get(request), STATE)


def _get(request: Request) -> store.Document:
    vnfd = request.params["vnfdId"]
    found = onboarding.by_descriptor(request.tx, vnf_packages.KIND, vnfd)
    if found is None:
        raise store.NotFound("onboarded VNF package of VNFD", vnfd)
    return request.tx.get(vnf_packages.KIND, found)
