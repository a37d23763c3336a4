# SPDX-License-Identifier: Apache-2.0
"""CMS signatures (RFC 5652) made and checked by the program `openssl`, on streams of any size.

The libraries at hand sign but do not verify CMS; openssl does both, chains, dates and revocation
included, and is what people have at hand to check our signatures with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from descriptors.archive import openssl

EXPIRED, REVOKED = {9, 10, 11, 12}, {23}  # X509_V_ERR_*: openssl-verification-options(1)
LISTED = REVOKED | {11, 12}  # what a revocation list says, or its age
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.S)
_REASON = re.compile(r"^error (\d+) at \d+ depth lookup: ?(.*)$", re.M)
_SIGN = ["cms", "-sign", "-binary", "-md", "sha256", "-outform", "PEM"]
_VERIFY = ["cms", "-verify", "-binary", "-noverify", "-out", "/dev/null"]
_SUBJECT = ["x509", "-noout", "-subject", "-nameopt", "RFC2253,-esc_msb"]
_TRUST = ["verify", "-partial_chain", "-no-CApath", "-no-CAstore"]

Doubt = tuple[int, str]  # openssl's error number, and its words


class Invalid(Exception):
    """The signature does not belong to the content, or is none."""


class Unusable(Exception):
    """Key or certificate cannot be used to sign."""


@dataclass(frozen=True)
class Signer:
    """Who signed.

    `subject` as RFC 2253 writes it; `certificate` and those given along with it as PEM."""

    subject: str
    certificate: str
    chain: str = ""


def sign(
    content: IO[bytes],
    key: Path,
    certificate: Path,
    chain: Path | None = None,
    embed: bool = True,
    passphrase: Path | None = None,
) -> bytes:
    """A detached signature as PEM.

    `embed`: the certificate is in it. Without the file `passphrase` openssl asks for it itself.
    Raises Unusable with openssl's words."""
    command = [*_SIGN, "-signer", str(certificate), "-inkey", str(key)]
    command += ["-certfile", str(chain)] if chain and embed else []
    command += [] if embed else ["-nocerts"]
    command += ["-passin", f"file:{passphrase}"] if passphrase else []
    answer = openssl.run([*command, "-in", openssl.CONTENT], content)
    if answer.status and "bad decrypt" in answer.words:
        raise Unusable("the passphrase is wrong or missing")
    if answer.status:
        raise Unusable(answer.reasons)
    return answer.output


def check(signature: bytes, content: IO[bytes], certificates: bytes = b"") -> list[Signer]:
    """Whose signature of `content` it is; whether they are to be trusted is another question.
    Raises Invalid.

    `certificates`: PEM of those that are not in the signature.
    """
    form = "PEM" if signature.lstrip().startswith(b"-----BEGIN") else "DER"
    with openssl.files(signature=signature, beside=certificates, signers=b"", chain=b"") as files:
        command = [*_VERIFY, "-inform", form, "-in", files["signature"]]
        command += ["-content", openssl.CONTENT]
        command += ["-signer", files["signers"], "-certsout", files["chain"]]
        command += ["-certfile", files["beside"]] if certificates.strip() else []
        answer = openssl.run(command, content)
        if answer.status:
            raise Invalid(answer.reasons)
        signers = _CERTIFICATE.findall(Path(files["signers"]).read_text())
        chain = Path(files["chain"]).read_text() + certificates.decode("ascii", "replace")
    if not signers:
        raise Invalid("it names no signer")
    certificates_along = "".join(_CERTIFICATE.findall(chain))
    return [
        Signer(_subject(certificate), certificate, certificates_along) for certificate in signers
    ]


def doubts(signer: Signer, anchors: Path) -> list[Doubt]:
    """Why a signer is not trusted; [] if an anchor vouches for them.

    `anchors` is a PEM file of certificates (of an authority or of signers themselves) and, where
    wanted, of CRLs."""
    has_lists = b"BEGIN X509 CRL" in anchors.read_bytes()
    command = [*_TRUST, "-CAfile", str(anchors)]
    with openssl.files(signer=signer.certificate.encode(), chain=signer.chain.encode()) as files:
        answer = openssl.run([*command, "-untrusted", files["chain"], files["signer"]])
    reasons = _doubts(answer)
    if not answer.status and has_lists:
        reasons += _revocations(signer, command)
    return reasons or ([(0, answer.reasons)] if answer.status else [])


def _revocations(signer: Signer, command: list[str]) -> list[Doubt]:
    """Whether the signer or one between them and the anchor is revoked.

    Who has no revocation list is not asked for one."""
    reasons: dict[Doubt, None] = {}
    for certificate in dict.fromkeys([signer.certificate, *_CERTIFICATE.findall(signer.chain)]):
        with openssl.files(one=certificate.encode(), chain=signer.chain.encode()) as files:
            chain = ["-untrusted", files["chain"], files["one"]]
            answer = openssl.run([*command, "-crl_check", *chain])
        reasons |= dict.fromkeys(doubt for doubt in _doubts(answer) if doubt[0] in LISTED)
    return list(reasons)


def _doubts(answer: openssl.Answer) -> list[Doubt]:
    return [(int(number), words.strip()) for number, words in _REASON.findall(answer.words)]


def _subject(certificate: str) -> str:
    with openssl.files(certificate=certificate.encode()) as files:
        answer = openssl.run([*_SUBJECT, "-in", files["certificate"]])
    return answer.output.decode("utf-8", "replace").strip().removeprefix("subject=").strip()
