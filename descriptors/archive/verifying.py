# SPDX-License-Identifier: Apache-2.0
"""`verify`: whether signatures hold, and whose they are (SOL004 clause 5, SOL007 clause 5).

Option 1 signs the manifest, and by its hashes every file; option 2 signs the whole CSAR, which lies
in a zip beside its signature. Artifacts may be signed one by one as well. That hashes are right is
what `read` says."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from descriptors.archive import cms, csar, openssl, signatures
from descriptors.archive.signatures import Signed
from descriptors.archive.sources import Source
from descriptors.findings import Findings, Stop, words
from descriptors.package import Finding, Limits, Package, Trust

_RULES = {
    **dict.fromkeys(cms.EXPIRED, "signature-expired"),
    **dict.fromkeys(cms.REVOKED, "signature-revoked"),
}


@dataclass
class Verdict:
    """What the signatures of a package are worth.

    `option` is 0 for one that is not signed as a whole; `signers` are subjects, `certificate` is
    PEM."""

    option: int = 0
    signers: list[str] = field(default_factory=list)
    certificate: str = ""
    findings: list[Finding] = field(default_factory=list)


def verify(path: str | Path, trust: Trust, limits: Limits | None = None) -> Verdict:
    """Checks every signature of a package. What `read` would find as well is not found again."""
    verdict, findings = Verdict(), Findings()
    if trust.policy == "off":
        return verdict
    try:
        source = csar.open_source(path, limits)
    except Stop:
        return verdict
    try:
        _verify(Path(path), source, trust, verdict, findings)
    except Stop:
        pass
    except (openssl.NoOpenssl, OSError, zipfile.BadZipFile) as error:
        message = f"its signature cannot be checked: {words(error)}"
        findings.error("signature-unchecked", source.name, message)
    finally:
        source.close()
    verdict.findings = list(findings)
    return verdict


def apply(package: Package, path: str | Path, trust: Trust, limits: Limits | None = None) -> None:
    """Adds to a package that was read what its signatures are worth."""
    verdict = verify(path, trust, limits)
    package.security_option = verdict.option
    package.signers = verdict.signers
    package.certificate = verdict.certificate
    package.findings = sorted(
        [*package.findings, *verdict.findings],
        key=lambda finding: (finding.severity, finding.file, finding.line, finding.column),
    )


def _verify(path: Path, source: Source, trust: Trust, verdict: Verdict, findings: Findings) -> None:
    if source.wrapped:
        verdict.option = 2
        for signed in signatures.of_the_whole(path, source):
            _judge(signed, trust, verdict, findings)
    if not source.single:
        _verify_manifest(source, trust, verdict, findings)
    if not verdict.option and trust.policy == "require":
        message = "is not signed, and signatures are required"
        hint = (
            "sign it: mano package sign, or mano vnf-package onboard --sign; to take unsigned "
            "ones, start the suite with MANO_PACKAGE_SIGNATURES=verify"
        )
        findings.error("signature-missing", source.name, message, hint)


def _verify_manifest(source: Source, trust: Trust, verdict: Verdict, findings: Findings) -> None:
    """Option 1: the signature of the manifest, what it covers, and single artifacts."""
    manifest = signatures.manifest(source, findings)
    if manifest is None:
        return
    if manifest.signature:
        verdict.option = verdict.option or 1
        _judge(manifest.as_signed(), trust, verdict, findings)
    for artifact in signatures.artifacts(source, manifest, findings):
        _judge(artifact, trust, verdict, findings)
    if manifest.signature:
        signatures.check_covered(source, manifest, findings)


def _judge(signed: Signed, trust: Trust, verdict: Verdict, findings: Findings) -> None:
    """Checks one signature, and whether its signers are trusted."""
    signers = _signers(signed, findings)
    for signer in signers:
        if signer.subject not in verdict.signers:
            verdict.signers.append(signer.subject)
        verdict.certificate = verdict.certificate or signer.certificate
        _check_trust(signed.name, signer, trust, findings)


def _signers(signed: Signed, findings: Findings) -> list[cms.Signer]:
    """Whose signature it is of one of the forms the content may have been signed in."""
    reason = ""
    for open_form in signed.forms:
        try:
            with open_form() as stream:
                return cms.check(signed.signature, stream, signed.certificates)
        except cms.Invalid as error:
            reason = str(error)
    rule, hint = "signature-invalid", "it was changed after it was signed"
    if "certificate not found" in reason:
        rule, hint = "signature-certificate", "add the signer's certificate"
    findings.error(rule, signed.name, f"its signature does not hold: {reason}", hint)
    return []


def _check_trust(name: str, signer: cms.Signer, trust: Trust, findings: Findings) -> None:
    if not trust.anchors:
        message = f"is signed by {signer.subject}, for whom nobody vouches"
        hint = "name trust anchors, so that only their packages are taken"
        findings.warning("signature-unknown", name, message, hint)
        return
    for number, reason in cms.doubts(signer, Path(trust.anchors)):
        hint = "ask the provider for a package signed with a valid certificate"
        if number not in _RULES:
            hint = (
                "put the provider's certificate, or that of its authority, "
                "into a PEM file and name that by MANO_TRUST_ANCHORS"
            )
        rule = _RULES.get(number, "signature-untrusted")
        findings.error(rule, name, f"is signed by {signer.subject}: {reason}", hint)
