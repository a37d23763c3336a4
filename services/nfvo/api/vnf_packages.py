# SPDX-License-Identifier: Apache-2.0
"""VNF packages (SOL005 9.4.2 to 9.4.8)."""

from __future__ import annotations

from mano.rest import Reply, Request
from nfvo import images
from nfvo.api.packages import Packages
from nfvo.package_kinds import VNF_PACKAGE

HANDLERS = Packages(
    VNF_PACKAGE,
    left_out=(
        "softwareImages",
        "additionalArtifacts",
        "userDefinedData",
        "checksum",
        "onboardingFailureDetails",
        "findings",
    ),
    links={"vnfd": "vnfd", "packageContent": "package_content"},
)
query, create, read, modify = HANDLERS.query, HANDLERS.create, HANDLERS.read, HANDLERS.modify
replace_package_content = HANDLERS.replace_content
read_package_content = HANDLERS.read_content
read_vnfd = HANDLERS.read_descriptor
read_manifest = HANDLERS.read_manifest
read_artifact = HANDLERS.read_artifact


def delete(request: Request) -> Reply:
    """DELETE: 204; its images go from the VIMs too. 409 while ENABLED or in use."""
    reply = HANDLERS.delete(request)
    images.forget(request.tx, request.params[VNF_PACKAGE.id])
    return reply
