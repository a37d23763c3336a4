# SPDX-License-Identifier: Apache-2.0
"""The attributes of VnfPkgInfo (SOL005 9.5.2.4) and NsdInfo (5.5.2.2) that a package gives.

And what an NSD asks of VNFDs that they have not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from descriptors import File, Finding, Package, constituents, model
from mano import store
from mano.sol import documents
from mano.sol.documents import Body
from nfvo import onboarded

MEBI = 2**20


def of_vnf_package(tx: store.Transaction, vnfd: model.Vnfd, package: Package) -> Body:
    """Of a VnfPkgInfo."""
    now = documents.now()
    return {
        "vnfdId": vnfd.id,
        "vnfProvider": vnfd.provider,
        "vnfProductName": vnfd.product_name,
        "vnfdVersion": vnfd.version,
        "vnfSoftwareVersion": vnfd.software_version,
        "vnfmInfo": vnfd.vnfm_info,
        **_security(package, "package"),
        "softwareImages": [_software_image(image, vnfd, now) for image in package.images],
        "additionalArtifacts": [_artifact(file) for file in _artifacts(package)],
    }


def of_nsd(tx: store.Transaction, nsd: model.Nsd, package: Package) -> Body:
    """Of an NsdInfo."""
    packages = (onboarded.by_vnfd_id(tx, vnfd_id) for vnfd_id in sorted(_vnfd_ids(nsd)))
    return {
        "nsdId": nsd.id,
        "nsdName": nsd.name,
        "nsdVersion": nsd.version,
        "nsdDesigner": nsd.designer,
        "nsdInvariantId": nsd.invariant_id,
        "pnfdInfoIds": [],
        "nestedNsdInfoIds": [],
        **_security(package, "archive"),
        "vnfPkgIds": [id for id in packages if id],
    }


def misfits(tx: store.Transaction, nsd: model.Nsd, package: Package) -> list[Finding]:
    """Where the NSD and the VNFDs that are onboarded do not fit.

    As lint says it of packages, but each an error."""
    file = package.entry if "/" in package.entry else "package"
    vnfds = {}
    for vnfd_id in _vnfd_ids(nsd):
        if id := onboarded.by_vnfd_id(tx, vnfd_id):
            vnfds[vnfd_id] = onboarded.vnfd(tx, id)
    return [
        dataclasses.replace(finding, severity="error")
        for finding in constituents.check(nsd, vnfds, file)
    ]


def _vnfd_ids(nsd: model.Nsd) -> set[str]:
    return {profile.vnfd_id for df in nsd.flavours.values() for profile in df.vnf_profiles.values()}


def _security(package: Package, prefix: str) -> Body:
    """packageSecurityOption (SOL005 9.5.2.4) or archiveSecurityOption (5.5.2.2).

    And who signed, where that was checked."""
    option = {f"{prefix}SecurityOption": "OPTION_2" if package.wrapped else "OPTION_1"}
    return option | ({"signingCertificate": package.certificate} if package.certificate else {})


def _software_image(image: model.SwImage, vnfd: model.Vnfd, now: str) -> Body:
    """VnfPackageSoftwareImageInfo (SOL005 9.5.3.2); here it is made when it is onboarded."""
    return {
        "id": image.id,
        "name": image.name,
        "provider": image.provider or vnfd.provider,
        "version": image.version,
        "checksum": image.checksum,
        "isEncrypted": False,
        "containerFormat": (image.container_format or "bare").upper(),
        "diskFormat": (image.disk_format or "raw").upper(),
        "minDisk": image.min_disk * MEBI,
        "minRam": image.min_ram * MEBI,
        "size": image.size * MEBI,
        "imagePath": image.path or "",
        "createdAt": now,
    }


def _artifacts(package: Package) -> Iterator[File]:
    """The files that are neither descriptor nor image."""
    others = {package.entry, package.manifest_path, "TOSCA-Metadata/TOSCA.meta"}
    others |= {image.path for image in package.images if image.path}
    for file in package.files:
        if file.path not in others and not file.path.startswith("Definitions/"):
            yield file


def _artifact(file: File) -> Body:
    return {
        "artifactPath": file.path,
        "checksum": {"algorithm": "SHA-256", "hash": file.checksum},
        "isEncrypted": False,
    }
