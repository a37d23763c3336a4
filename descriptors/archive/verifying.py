# SPDX-License-Identifier: Apache-2.0
"""`verify`: whose signatures a package carries, and whether they hold (SOL004 clause 5, SOL007
clause 5).

Option 1 signs the manifest, and by its hashes every file; option 2 signs the whole CSAR, which lies
in a zip beside its signature. Artifacts may be signed one by one as well. That hashes are right is
what `read` says."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from descriptors.archive import building, cms, csar, meta
from descriptors.findings import Findings, Stop, words
from descriptors.package import Finding, Limits, Package, Trust

_CMS = re.compile(rb"^-----BEGIN CMS-----", re.M)
_END = re.compile(rb"-----BEGIN CMS-----[^-]*-----END CMS-----\s*")
_RULES = {
    **dict.fromkeys(cms.EXPIRED, "signature-expired"),
    **dict.fromkeys(cms.REVOKED, "signature-revoked"),
}


@dataclass
class Verdict:
    """`option` is 0 for a package that is not signed as a whole; `signers` are subjects,
    `certificate` is PEM."""

    option: int = 0
    signers: list[str] = field(default_factory=list)
    certificate: str = ""
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class _Signed:
    """Something with a signature: `contents` are the ways its bytes may have been signed."""

    what: str
    signature: bytes
    contents: list[Callable[[], IO[bytes]]]
    certificates: bytes = b""


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
        if source.wrapped:
            verdict.option = 2
            for signed in _whole(Path(path), source):
                _judge(signed, trust, verdict, findings)
        if not source.single:
            _option1(source, trust, verdict, findings)
        if not verdict.option and trust.policy == "require":
            findings.error(
                "signature-missing",
                source.name,
                "is not signed, and signatures are required",
                "sign it: mano package sign",
            )
    except Stop:
        pass
    except (cms.Missing, OSError, zipfile.BadZipFile) as error:
        findings.error(
            "signature-unchecked", source.name, f"its signature cannot be checked: {words(error)}"
        )
    finally:
        source.close()
    verdict.findings = list(findings)
    return verdict


def apply(package: Package, path: str | Path, trust: Trust, limits: Limits | None = None) -> None:
    """Adds to a package that was read what its signatures are worth."""
    verdict = verify(path, trust, limits)
    package.security_option, package.signers, package.certificate = (
        verdict.option,
        verdict.signers,
        verdict.certificate,
    )
    package.findings = sorted(
        [*package.findings, *verdict.findings],
        key=lambda item: (item.severity, item.file, item.line, item.column),
    )


def _judge(signed: _Signed, trust: Trust, verdict: Verdict, findings: Findings) -> None:
    """Checks one signature, and whether its signers are trusted."""
    for number, content in enumerate(signed.contents, 1):
        try:
            with content() as stream:
                signers = cms.check(signed.signature, stream, signed.certificates)
            break
        except cms.Invalid as error:
            if number == len(signed.contents):
                unknown = "certificate not found" in str(error)
                findings.error(
                    "signature-certificate" if unknown else "signature-invalid",
                    signed.what,
                    f"its signature does not hold: {error}",
                    "add the signer's certificate"
                    if unknown
                    else "it was changed after it was signed",
                )
                return
    for signer in signers:
        verdict.signers += [signer.subject] if signer.subject not in verdict.signers else []
        verdict.certificate = verdict.certificate or signer.certificate
        _trust(signed.what, signer, trust, findings)


def _trust(what: str, signer: cms.Signer, trust: Trust, findings: Findings) -> None:
    if not trust.anchors:
        findings.warning(
            "signature-unknown",
            what,
            f"is signed by {signer.subject}, for whom nobody vouches",
            "name trust anchors, so that only their packages are taken",
        )
        return
    for number, reason in cms.doubts(signer, Path(trust.anchors)):
        findings.error(
            _RULES.get(number, "signature-untrusted"),
            what,
            f"is signed by {signer.subject}: {reason}",
            "ask the provider for a package signed with a valid certificate"
            if number in _RULES
            else "add the provider's certificate, or that of its authority, to the trust anchors",
        )


def _whole(path: Path, source: csar.Source) -> list[_Signed]:
    """Option 2: the CSAR in the zip, each of its signatures, the certificate beside it."""
    with zipfile.ZipFile(path) as outer:
        signatures = [outer.read(name) for name in source.wrapped if name.endswith(csar.SIGNATURES)]
        given = b"".join(
            outer.read(name) for name in source.wrapped if name.endswith(csar.CERTIFICATES)
        )

    def content() -> IO[bytes]:
        return zipfile.ZipFile(path).open(source.name)

    return [_Signed(source.name, signature, [content], given) for signature in signatures]


def _option1(source: csar.Source, trust: Trust, verdict: Verdict, findings: Findings) -> None:
    """The manifest's signature, what it covers, and the artifacts that are signed one by one."""
    package = Package()
    entry = meta.locate(source, package, Findings())
    path = package.manifest_path
    if not path:
        return
    text = source.read(path)
    found = _CMS.search(text)
    signed = text[: found.start()] if found else text
    if not found and re.search(rb"^\s*-----BEGIN", text, re.M):
        findings.error(
            "signature-invalid",
            path,
            "has a signature that is no CMS block",
            "write `-----BEGIN CMS-----` (SOL004 4.3.6)",
        )
    if found and not _END.fullmatch(text, found.start()):
        findings.error(
            "signature-invalid",
            path,
            "goes on after its signature",
            "it was changed after it was signed",
        )
    if found:
        verdict.option = verdict.option or 1
        _judge(
            _Signed(
                path,
                text[found.start() :],
                [_bytes(way) for way in _ways(signed)],
                _certificate(source, package),
            ),
            trust,
            verdict,
            findings,
        )
    blocks = [block for block in _blocks(signed, path) if "source" in block.values]
    for block in blocks:
        if "signature" in block.values and (
            item := _artifact(source, block.values, path, findings)
        ):
            _judge(item, trust, verdict, findings)
    if found:
        _covered(source, path, entry, blocks, findings)


def _blocks(text: bytes, path: str) -> list[meta.Block]:
    return meta.blocks(building.Staged(path, {path: text}), path, Findings())


def _ways(signed: bytes) -> Iterator[bytes]:
    """The manifest as tools sign it: with or without the last line's end, with LF or (S/MIME's text
    form) CRLF."""
    lines = signed.replace(b"\r\n", b"\n")
    bare = lines.rstrip(b"\n")
    crlf = [way.replace(b"\n", b"\r\n") for way in (lines, bare, bare + b"\n")]
    yield from dict.fromkeys([signed, bare, bare + b"\n", *crlf])


def _bytes(content: bytes) -> Callable[[], IO[bytes]]:
    return lambda: io.BytesIO(content)


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _certificate(source: csar.Source, package: Package) -> bytes:
    """The file that TOSCA.meta names, else the one called as the manifest; b"" where there is
    none."""
    named = package.metadata.get("ETSI-Entry-Certificate") or package.metadata.get(
        "Entry-Certificate", ""
    )
    names = [posixpath.normpath(named), posixpath.splitext(package.manifest_path)[0] + ".cert"]
    return next((source.read(name) for name in names if name in source.sizes), b"")


def _artifact(
    source: csar.Source, stated: dict[str, str], manifest: str, findings: Findings
) -> _Signed | None:
    paths = {
        key: posixpath.normpath(stated[key])
        for key in ("source", "signature", "certificate")
        if stated.get(key)
    }
    for key, path in paths.items():
        if path not in source.sizes:
            findings.error(
                "signature-missing",
                manifest,
                f"names {path} as the {key} of {paths['source']}; it is not there",
                "sign the package again",
            )
            return None
    certificate = source.read(paths["certificate"]) if "certificate" in paths else b""
    return _Signed(
        paths["source"],
        source.read(paths["signature"]),
        [lambda: source.open(paths["source"])],
        certificate,
    )


def _covered(
    source: csar.Source, manifest: str, entry: str, blocks: list[meta.Block], findings: Findings
) -> None:
    """A file without a hash in the signed manifest is guarded by nothing."""
    guarded = {
        posixpath.normpath(block.values["source"])
        for block in blocks
        if block.values.get("hash") and "://" not in block.values["source"]
    }
    guarded |= {
        posixpath.normpath(block.values[key])
        for block in blocks
        for key in ("signature", "certificate")
        if key in block.values
    } | {manifest, posixpath.splitext(manifest)[0] + ".cert"}
    hint = f"add Source, Algorithm and Hash to {manifest} and sign again"
    for name in sorted(set(source.sizes) - guarded):
        if name == meta.META and _stem(entry) == _stem(
            manifest
        ):  # often left out; then the manifest's name says it too
            findings.warning("csar-unlisted", name, "has no hash in the signed manifest", hint)
        else:
            findings.error(
                "signature-uncovered",
                name,
                "has no hash in the signed manifest: anybody may change it",
                hint,
            )
