# SPDX-License-Identifier: Apache-2.0
"""Onboarding of VNF packages and NSDs after the upload.

Checked in a child process, recorded, told to VNFM and OSS.

The job `onboard/<collection>/<id>` belongs to a package whose state is PROCESSING; it ends in
ONBOARDED or ERROR."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
import time
from collections.abc import Callable, Sequence

from descriptors import Finding, Package
from mano import bus, store
from mano.service import Service
from mano.sol import documents
from mano.sol.documents import Body
from nfvo import contents, onboarded, package_kinds
from nfvo.package_kinds import PackageKind
from nfvo.peers import vnfm

WAIT_FOR_VNFM = 5.0  # seconds between two tries to tell the VNFM
WITHIN = 600.0  # seconds in which it has to take a VNFD
SINCE = "since"  # in the job's state: when it was first to be told
# In the job's state once the package was read and only the VNFM is to be told: the number of the
# message in the outbox.
SENT = "told"


def schedule(tx: store.Transaction, kind: PackageKind, id: str, suffix: str) -> None:
    """Makes the check of an uploaded package due."""
    state = {"kind": kind.collection, "id": id, "suffix": suffix}
    tx.schedule(_job_id(kind, id), "onboard", state)


@dataclasses.dataclass(frozen=True)
class Reader:
    """How a package is read, and in which folder it must lie for that."""

    read: Callable[[str], Package]
    folder: str


def run(reader: Reader, service: Service, job: store.Job) -> bool:
    """The runner of the job; True if it is due again at once."""
    kind, id = package_kinds.BY_COLLECTION[job.state["kind"]], job.state["id"]
    try:
        return _run(reader, service, job, kind, id)
    except store.NotFound:
        with service.store.begin() as tx:
            if tx.look(kind.collection, id) is not None:
                raise
            tx.drop_job(job.id)  # it was deleted meanwhile
        return False


def _run(reader: Reader, service: Service, job: store.Job, kind: PackageKind, id: str) -> bool:
    if SENT not in job.state:
        content, suffix = f"{kind.collection}/{id}", job.state["suffix"]
        with contents.as_file(service.store, content, suffix, reader.folder) as path:
            package = _with_file_named(reader.read(path), pathlib.Path(path).name)
            checksum = _checksum(pathlib.Path(path))
        with service.store.begin() as tx:
            document = tx.get(kind.collection, id, lock=True)
            if kind.has_checksum:
                document.body["checksum"] = checksum
            if reason := _take(tx, kind, document, package):
                _enter_error(tx, kind, document, reason)
            elif not kind.known_to_vnfm:
                _enter_onboarded(tx, kind, document)
            if reason or not kind.known_to_vnfm:
                return not tx.finish_unless_signalled(job)
        job.state[SENT] = 0
    if _in_time(job):
        return _make_known(service, job, kind, id)
    return _give_up(service, kind, id)


def waiting(tx: store.Transaction, kind: PackageKind, id: str) -> Body:
    """`waitingFor` of a package that waits for the VNFM longer than usual, nothing of others."""
    since = (tx.job_state(_job_id(kind, id)) or {}).get(SINCE)
    if since is None or time.time() - since < WAIT_FOR_VNFM:
        return {}
    begin = documents.now(since - time.time())
    late = {"what": "the VNFD to be taken", "peer": vnfm.VNFM, "since": begin}
    return {"waitingFor": [late]}


def remove(tx: store.Transaction, kind: PackageKind, id: str) -> None:
    """Forgets what was read and stored of a package that is deleted, and ends its check."""
    descriptor = onboarded.remove(tx, kind.collection, id)
    if descriptor and kind.known_to_vnfm:
        body = {"vnfdId": descriptor, "vnfPkgId": id, "version": tx.next_version()}
        tx.owe(bus.request(vnfm.VNFM, "vnfd_removed", body, id=f"vnfd-removed/{id}"))
    tx.drop_job(_job_id(kind, id))


def _in_time(job: store.Job) -> bool:
    """Whether the VNFM has answered, or is still waited for."""
    since: float = job.state.setdefault(SINCE, time.time())
    return bool(job.signals) or time.time() - since < WITHIN


def _give_up(service: Service, kind: PackageKind, id: str) -> bool:
    """The VNFM cannot be told of the VNFD: the package is as if it had not been uploaded."""
    detail = (
        f"The VNFM has not taken the VNFD within {WITHIN:.0f} s. See that it runs "
        "(mano run vnfm-worker), then upload the package again."
    )
    with service.store.begin() as tx:
        document = tx.get(kind.collection, id, lock=True)
        remove(tx, kind, id)
        _enter_error(tx, kind, document, detail, 504, "The VNFM does not answer")
    return False


def _job_id(kind: PackageKind, id: str) -> str:
    return f"onboard/{kind.collection}/{id}"


def _checksum(path: pathlib.Path) -> Body:
    """Of the package as it was uploaded (SOL005 9.5.2.5)."""
    with path.open("rb") as content:
        return {"algorithm": "SHA-256", "hash": hashlib.file_digest(content, "sha256").hexdigest()}


def _with_file_named(package: Package, file: str) -> Package:
    """With findings whose file name says something to whoever sent the package."""
    findings = [
        dataclasses.replace(finding, file="package") if finding.file == file else finding
        for finding in package.findings
    ]
    return dataclasses.replace(package, findings=findings)


def _take(
    tx: store.Transaction, kind: PackageKind, document: store.Document, package: Package
) -> str:
    """Stores what was read of a package; "" or why it cannot be taken."""
    _set_findings(document, package, package.findings)
    descriptor = package.descriptor
    if descriptor is None or not package.ok or package.kind != kind.content:
        return _why_unusable(kind, package)
    if misfits := kind.misfits(tx, descriptor, package):
        _set_findings(document, package, [*package.findings, *misfits])
        return "\n".join(map(str, misfits))
    if other := onboarded.claim(tx, kind.collection, descriptor.id, document.id):
        return (
            f"package {other} with the same descriptor id {descriptor.id} is onboarded already; "
            "delete it first"
        )
    onboarded.record(tx, kind.collection, document.id, package)
    document.body.update(kind.facts(tx, descriptor, package))
    tx.put(document)
    return ""


def _why_unusable(kind: PackageKind, package: Package) -> str:
    if package.ok and package.kind:
        return f"this is a package of kind {package.kind!r}, not a {kind.noun}"
    errors = [str(finding) for finding in package.errors]
    return "\n".join(errors) or "nothing that describes a VNF or a network service was found"


def _set_findings(document: store.Document, package: Package, findings: Sequence[Finding]) -> None:
    """The attribute `findings`, ours beside SOL005's: what is wrong, place by place.

    Warnings also of what was taken; each says by which profile it was judged."""
    document.body.pop("findings", None)
    if findings:
        document.body["findings"] = [
            {**dataclasses.asdict(finding), "profile": package.profile} for finding in findings
        ]


def _make_known(service: Service, job: store.Job, kind: PackageKind, id: str) -> bool:
    """The package is ONBOARDED once the VNFM knows the VNFD too.

    So nobody meets a VNFM that does not."""
    with service.store.begin() as tx:
        if any(signal.get("status") == 200 for signal in job.signals):  # the VNFM's answer
            _enter_onboarded(tx, kind, tx.get(kind.collection, id, lock=True))
            return not tx.finish_unless_signalled(job)
        if not tx.is_owed(job.state[SENT]):
            job.state[SENT] = tx.owe(_vnfd_message(tx, service, job, id))
        return tx.release(job, WAIT_FOR_VNFM)


def _vnfd_message(tx: store.Transaction, service: Service, job: store.Job, id: str) -> bus.Message:
    details = onboarded.details(tx, onboarded.PACKAGES, id)
    vnfd, version = details["model"], details.get("version", 0)
    return bus.request(
        vnfm.VNFM,
        "vnfd",
        {"vnfdId": vnfd["id"], "vnfPkgId": id, "version": version, "model": vnfd},
        id=f"vnfd/{id}",
        reply_to=service.name,
        reply_key=f"{job.id}|vnfd",
    )


def _enter_onboarded(tx: store.Transaction, kind: PackageKind, document: store.Document) -> None:
    kind.enter(document, "ONBOARDED")
    document.body[kind.operational] = "ENABLED"
    document.body.pop("onboardingFailureDetails", None)
    tx.put(document)
    kind.notify(tx, document, kind.on_onboarded)


def _enter_error(
    tx: store.Transaction,
    kind: PackageKind,
    document: store.Document,
    reason: str,
    status: int = 422,
    title: str = "The package was refused",
) -> None:
    """ERROR, with every finding (SOL005 9.5.2.4 onboardingFailureDetails).

    The content can be uploaded again."""
    problem = {"title": title, "status": status, "detail": reason}
    kind.enter(document, "ERROR")
    document.body["onboardingFailureDetails"] = problem
    tx.put(document)
    if kind.on_refusal:
        kind.notify(tx, document, kind.on_refusal, onboardingFailureDetails=problem)
