# SPDX-License-Identifier: Apache-2.0
"""Onboarding of VNF packages and NSDs after the upload: checked in a child process, recorded, told
to VNFM and OSS.

The job `onboard/<kind>/<id>` belongs to a package whose state is PROCESSING; it ends in ONBOARDED
or ERROR."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Callable, Iterable
from typing import Any, cast

from descriptors import Finding, Package, constituents, model
from mano import bus, notifications, store
from mano.service import Service
from nfvo import contents
from nfvo.peers import vnfm

PACKAGES, NSDS = "vnf_packages", "ns_descriptors"
DETAILS = "details"  # documents <kind>/<id>: what was read: {"model", "files", "entry", "manifest"}
NAMES = "descriptor_ids"  # documents <kind>/<vnfdId or nsdId>: {"id"} of the package that has it
WAIT_FOR_VNFM = 5.0  # seconds between two tries to tell the VNFM
REMEMBERED = 256
_models: dict[
    str, Any
] = {}  # by package: what is onboarded never changes, so each is parsed once per process


def schedule(tx: store.Transaction, kind: str, id: str, suffix: str) -> None:
    """Makes the check of an uploaded package due."""
    tx.schedule(f"onboard/{kind}/{id}", "onboard", {"kind": kind, "id": id, "suffix": suffix})


def details(tx: store.Transaction, kind: str, id: str) -> dict[str, Any]:
    """What was read of an onboarded package."""
    return tx.get(DETAILS, f"{kind}/{id}").body


def vnfd(tx: store.Transaction, id: str) -> model.Vnfd:
    """The VNFD of an onboarded VNF package."""
    return cast(model.Vnfd, _remembered(tx, PACKAGES, id, model.vnfd))


def nsd(tx: store.Transaction, id: str) -> model.Nsd:
    """An onboarded NSD."""
    return cast(model.Nsd, _remembered(tx, NSDS, id, model.nsd))


def ns_flavour(tx: store.Transaction, id: str, flavour: str) -> model.NsDf:
    """A deployment flavour of an onboarded NSD."""
    return nsd(tx, id).flavours[flavour]


def by_descriptor(tx: store.Transaction, kind: str, descriptor: str) -> str | None:
    """The id of the onboarded package with that vnfdId or nsdId."""
    found = tx.look(NAMES, f"{kind}/{descriptor}")
    return found.body["id"] if found else None


def run(read: Callable[[str], Package], service: Service, job: store.Job) -> bool:
    """The runner of the job."""
    kind, id = job.state["kind"], job.state["id"]
    if "told" not in job.state:
        with contents.as_file(service.store, f"{kind}/{id}", job.state["suffix"]) as path:
            package = read(path)
        findings = [_named(finding, pathlib.Path(path).name) for finding in package.findings]
        if not package.ok or package.kind != {PACKAGES: "vnf", NSDS: "ns"}[kind]:
            return _refuse(service, job, _why(package, kind, findings), findings)
        with service.store.begin() as tx:
            if problem := _record(tx, kind, id, package, findings):
                _fail(tx, kind, id, problem, findings)
                return not tx.finish_unless_signalled(job)
            if kind == NSDS:
                _onboarded(tx, kind, id)
                return not tx.finish_unless_signalled(job)
            job.state["told"] = 0
    return _tell_vnfm(service, job)


def remove(tx: store.Transaction, kind: str, id: str) -> None:
    """Forgets what was read and stored of a package that is deleted."""
    read = tx.look(DETAILS, f"{kind}/{id}")
    if read is not None:
        tx.remove(read)
        name = tx.look(NAMES, f"{kind}/{read.body['model']['id']}")
        if name is not None and name.body["id"] == id:
            tx.remove(name)
            if kind == PACKAGES:
                body = {"vnfdId": read.body["model"]["id"], "vnfPkgId": id}
                tx.owe(bus.request(vnfm.VNFM, "vnfd_removed", body, id=f"vnfd-removed/{id}"))
    tx.remove_content(f"{kind}/{id}")


def _remembered(
    tx: store.Transaction, kind: str, id: str, parse: Callable[[dict[str, Any]], Any]
) -> Any:
    if id not in _models:
        if len(_models) >= REMEMBERED:
            _models.clear()
        _models[id] = parse(details(tx, kind, id)["model"])
    return _models[id]


def _named(finding: Finding, file: str) -> Finding:
    """The finding with a file name that says something to whoever sent the package."""
    return dataclasses.replace(finding, file="package" if finding.file == file else finding.file)


def _why(package: Package, kind: str, findings: list[Finding]) -> str:
    if package.ok and package.kind:
        return f"this is a package of kind {package.kind!r}, not a {'VNF package' if kind == PACKAGES else 'network service descriptor'}"
    errors = [str(finding) for finding in findings if finding.severity == "error"]
    return "\n".join(errors) or "nothing that describes a VNF or a network service was found"


def _record(
    tx: store.Transaction, kind: str, id: str, package: Package, findings: list[Finding]
) -> str:
    """Stores what was read; "" or why the package cannot be taken."""
    descriptor = package.descriptor
    assert descriptor is not None
    if isinstance(descriptor, model.Nsd) and (
        unfit := _unfit(tx, descriptor, package.entry if "/" in package.entry else "package")
    ):
        findings += unfit
        return "\n".join(map(str, unfit))
    document = tx.get(kind, id, lock=True)
    name = tx.look(NAMES, f"{kind}/{descriptor.id}", lock=True)
    if name is None:
        tx.add(NAMES, f"{kind}/{descriptor.id}", {"id": id})
    elif name.body["id"] != id:
        return f"package {name.body['id']} with the same descriptor id {descriptor.id} is onboarded already; delete it first"
    read = {
        "model": model.to_dict(descriptor),
        "files": [[item.path, item.size, item.checksum] for item in package.files],
        "entry": package.entry,
        "manifest": package.manifest_path,
    }
    found = tx.look(DETAILS, f"{kind}/{id}", lock=True)
    if found is None:
        tx.add(DETAILS, f"{kind}/{id}", read)
    else:
        found.body = read
        tx.put(found)
    if isinstance(descriptor, model.Vnfd):
        document.body.update(_vnf_facts(descriptor, package))
    elif isinstance(descriptor, model.Nsd):
        document.body.update(_ns_facts(tx, descriptor, package))
    _tell(document, findings)
    tx.put(document)
    return ""


def _vnf_facts(vnfd: model.Vnfd, package: Package) -> dict[str, Any]:
    """The attributes of VnfPkgInfo (SOL005 9.5.2.4) that come from the package."""
    descriptor_files = {package.entry, package.manifest_path, "TOSCA-Metadata/TOSCA.meta"}
    images = {image.path for image in package.images}
    return {
        "vnfdId": vnfd.id,
        "vnfProvider": vnfd.provider,
        "vnfProductName": vnfd.product_name,
        "vnfdVersion": vnfd.version,
        "vnfSoftwareVersion": vnfd.software_version,
        "vnfmInfo": vnfd.vnfm_info,
        **_security(package, "package"),
        "softwareImages": [
            {
                "id": image.id,
                "name": image.name,
                "provider": image.provider or vnfd.provider,
                "version": image.version,
                "checksum": image.checksum,
                "isEncrypted": False,
                "containerFormat": (image.container_format or "bare").upper(),
                "diskFormat": (image.disk_format or "raw").upper(),
                "minDisk": image.min_disk * 2**20,
                "minRam": image.min_ram * 2**20,
                "size": image.size * 2**20,
                "imagePath": image.path or "",
                "createdAt": "1970-01-01T00:00:00Z",
            }
            for image in package.images
        ],
        "additionalArtifacts": [
            {
                "artifactPath": item.path,
                "checksum": {"algorithm": "SHA-256", "hash": item.checksum},
                "isEncrypted": False,
            }
            for item in package.files
            if item.path not in descriptor_files | images
            and not item.path.startswith("Definitions/")
        ],
    }


def _ns_facts(tx: store.Transaction, nsd: model.Nsd, package: Package) -> dict[str, Any]:
    """The attributes of NsdInfo (SOL005 5.5.2.2) that come from the descriptor."""
    vnfds = {
        profile.vnfd_id for df in nsd.flavours.values() for profile in df.vnf_profiles.values()
    }
    return {
        "nsdId": nsd.id,
        "nsdName": nsd.name,
        "nsdVersion": nsd.version,
        "nsdDesigner": nsd.designer,
        "nsdInvariantId": nsd.invariant_id,
        "pnfdInfoIds": [],
        "nestedNsdInfoIds": [],
        **_security(package, "archive"),
        "vnfPkgIds": [
            found for vnfd in sorted(vnfds) if (found := by_descriptor(tx, PACKAGES, vnfd))
        ],
    }


def _security(package: Package, prefix: str) -> dict[str, Any]:
    """packageSecurityOption (SOL005 9.5.2.4) or archiveSecurityOption (5.5.2.2), and who signed
    where that was checked."""
    option = {f"{prefix}SecurityOption": "OPTION_2" if package.wrapped else "OPTION_1"}
    return {
        **option,
        **({"signingCertificate": package.certificate} if package.certificate else {}),
    }


def _unfit(tx: store.Transaction, nsd: model.Nsd, file: str) -> list[Finding]:
    """Where the NSD and the VNFDs that are onboarded do not fit; as lint says it of packages, but
    each an error."""
    named = {
        profile.vnfd_id for df in nsd.flavours.values() for profile in df.vnf_profiles.values()
    }
    known = {id: vnfd(tx, package) for id in named if (package := by_descriptor(tx, PACKAGES, id))}
    return [
        dataclasses.replace(finding, severity="error")
        for finding in constituents.check(nsd, known, file)
    ]


def _tell_vnfm(service: Service, job: store.Job) -> bool:
    """The package is ONBOARDED once the VNFM knows the VNFD too, so nobody meets a VNFM that does
    not."""
    kind, id = job.state["kind"], job.state["id"]
    taken = any("status" in signal for signal in job.signals)
    with service.store.begin() as tx:
        read = details(tx, kind, id)
        if taken:
            _onboarded(tx, kind, id)
            return not tx.finish_unless_signalled(job)
        body = {"vnfdId": read["model"]["id"], "vnfPkgId": id, "model": read["model"]}
        tx.owe(
            bus.request(
                vnfm.VNFM,
                "vnfd",
                body,
                id=f"vnfd/{id}",
                reply_to=service.name,
                reply_key=f"{job.id}|vnfd",
            )
        )
        return tx.release(job, WAIT_FOR_VNFM)


def _onboarded(tx: store.Transaction, kind: str, id: str) -> None:
    document = tx.get(kind, id, lock=True)
    prefix = "nsd" if kind == NSDS else ""
    names = {
        "onboarding": f"{prefix}OnboardingState" if prefix else "onboardingState",
        "operational": f"{prefix}OperationalState" if prefix else "operationalState",
    }
    document.body.update({names["onboarding"]: "ONBOARDED", names["operational"]: "ENABLED"})
    document.body.pop("onboardingFailureDetails", None)
    tx.put(document)
    if kind == NSDS:
        notifications.owe(
            tx,
            "nsd",
            {
                "notificationType": "NsdOnboardingNotification",
                "nsdInfoId": id,
                "nsdId": document.body["nsdId"],
            },
            {"nsdInfo": f"/ns_descriptors/{id}"},
        )
    else:
        notifications.owe(
            tx,
            "vnfpkgm",
            {
                "notificationType": "VnfPackageOnboardingNotification",
                "vnfPkgId": id,
                "vnfdId": document.body["vnfdId"],
            },
            {"vnfPackage": f"/vnf_packages/{id}"},
        )


def _refuse(service: Service, job: store.Job, why: str, findings: list[Finding]) -> bool:
    with service.store.begin() as tx:
        _fail(tx, job.state["kind"], job.state["id"], why, findings)
        return not tx.finish_unless_signalled(job)


def _tell(document: store.Document, findings: Iterable[Finding]) -> None:
    """The attribute `findings`, ours beside SOL005's: what is wrong, place by place; warnings also
    of what was taken."""
    document.body["findings"] = [dataclasses.asdict(finding) for finding in findings]
    if not document.body["findings"]:
        del document.body["findings"]


def _fail(
    tx: store.Transaction, kind: str, id: str, why: str, findings: Iterable[Finding] = ()
) -> None:
    """ERROR, with every finding (SOL005 9.5.2.4 onboardingFailureDetails); the content can be
    uploaded again."""
    document = tx.get(kind, id, lock=True)
    problem = {"title": "The package was refused", "status": 422, "detail": why}
    document.body.update(
        {
            "nsdOnboardingState" if kind == NSDS else "onboardingState": "ERROR",
            "onboardingFailureDetails": problem,
        }
    )
    _tell(document, findings)
    tx.put(document)
    if kind == NSDS:
        notifications.owe(
            tx,
            "nsd",
            {
                "notificationType": "NsdOnboardingFailureNotification",
                "nsdInfoId": id,
                "onboardingFailureDetails": problem,
            },
            {"nsdInfo": f"/ns_descriptors/{id}"},
        )
