# SPDX-License-Identifier: Apache-2.0
"""CMS signatures (RFC 5652) made and checked by the program `openssl`, on streams of any size.

The libraries at hand sign but do not verify CMS; openssl does both, chains, dates and revocation
included, and is what people have at hand to check our signatures with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHUNK = 1 << 20
CONTENT = "content"  # an argument of openssl: where the content is read
EXPIRED, REVOKED = {9, 10, 11, 12}, {23}  # X509_V_ERR_*: openssl-verification-options(1)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.S)
LISTED = REVOKED | {11, 12}  # what a revocation list says, or its age
_REASON = re.compile(r"^error (\d+) at \d+ depth lookup: ?(.*)$", re.M)


class Missing(Exception):
    """The program openssl is not there."""


class Invalid(Exception):
    """The signature does not belong to the content, or is none."""


class Unusable(Exception):
    """Key or certificate cannot be used to sign."""


@dataclass(frozen=True)
class Signer:
    """Who signed: `subject` as RFC 2253 writes it, `certificate` and those given along with it as
    PEM."""

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
    """A detached signature as PEM. `embed`: the certificate is in it. Without the file `passphrase`
    openssl asks for it itself.

    Raises Unusable with openssl's words.
    """
    command = [
        "cms",
        "-sign",
        "-binary",
        "-md",
        "sha256",
        "-outform",
        "PEM",
        "-signer",
        str(certificate),
        "-inkey",
        str(key),
    ]
    command += ["-certfile", str(chain)] if chain and embed else []
    command += [] if embed else ["-nocerts"]
    command += ["-passin", f"file:{passphrase}"] if passphrase else []
    status, out, said = _openssl([*command, "-in", CONTENT], content)
    if status:
        raise Unusable(
            "the passphrase is wrong or missing" if "bad decrypt" in said else _words(said)
        )
    return out


def check(signature: bytes, content: IO[bytes], certificates: bytes = b"") -> list[Signer]:
    """Whose signature of `content` it is; whether they are to be trusted is another question.
    Raises Invalid.

    `certificates`: PEM of those that are not in the signature.
    """
    form = "PEM" if signature.lstrip().startswith(b"-----BEGIN") else "DER"
    with _files(signature=signature, given=certificates, signers=b"", chain=b"") as files:
        command = [
            "cms",
            "-verify",
            "-binary",
            "-noverify",
            "-inform",
            form,
            "-in",
            files["signature"],
            "-content",
            CONTENT,
            "-out",
            "/dev/null",
            "-signer",
            files["signers"],
            "-certsout",
            files["chain"],
        ]
        command += ["-certfile", files["given"]] if certificates.strip() else []
        status, _, said = _openssl(command, content)
        if status:
            raise Invalid(_words(said))
        chain = Path(files["chain"]).read_text() + certificates.decode("ascii", "replace")
        found = _CERTIFICATE.findall(Path(files["signers"]).read_text())
    if not found:
        raise Invalid("it names no signer")
    return [Signer(_subject(item), item, "".join(_CERTIFICATE.findall(chain))) for item in found]


def _revoked(signer: Signer, verify: list[str]) -> list[tuple[int, str]]:
    """Whether the signer or one between them and the anchor is revoked. Who has no revocation list
    is not asked for one."""
    found: list[tuple[int, str]] = []
    for certificate in dict.fromkeys([signer.certificate, *_CERTIFICATE.findall(signer.chain)]):
        with _files(one=certificate.encode(), chain=signer.chain.encode()) as files:
            _, _, said = _openssl(
                [*verify, "-crl_check", "-untrusted", files["chain"], files["one"]]
            )
        found += [
            (int(number), words.strip())
            for number, words in _REASON.findall(said)
            if int(number) in LISTED
        ]
    return list(dict.fromkeys(found))


def doubts(signer: Signer, anchors: Path) -> list[tuple[int, str]]:
    """Why a signer is not trusted: openssl's error numbers with its words; [] if an anchor vouches
    for them.

    `anchors` is a PEM file of certificates (of an authority or of signers themselves) and, where
    wanted, of CRLs."""
    lists = b"BEGIN X509 CRL" in anchors.read_bytes()
    with _files(signer=signer.certificate.encode(), chain=signer.chain.encode()) as files:
        command = ["verify", "-partial_chain", "-no-CApath", "-no-CAstore", "-CAfile", str(anchors)]
        status, _, said = _openssl([*command, "-untrusted", files["chain"], files["signer"]])
    found = [(int(number), words.strip()) for number, words in _REASON.findall(said)]
    if not status and lists:
        found += _revoked(signer, command)
    return found or ([(0, _words(said))] if status else [])


def is_certificate(text: bytes) -> bool:
    """Whether it is PEM with at least one certificate."""
    return bool(_CERTIFICATE.search(text.decode("ascii", "replace")))


def _subject(certificate: str) -> str:
    with _files(certificate=certificate.encode()) as files:
        _, out, _ = _openssl(
            [
                "x509",
                "-noout",
                "-subject",
                "-nameopt",
                "RFC2253,-esc_msb",
                "-in",
                files["certificate"],
            ]
        )
    return out.decode("utf-8", "replace").strip().removeprefix("subject=").strip()


@contextmanager
def _files(**contents: bytes) -> Iterator[dict[str, str]]:
    """Files for openssl, by name, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="mano-cms-") as folder:
        for name, content in contents.items():
            (Path(folder) / name).write_bytes(content)
        yield {name: str(Path(folder) / name) for name in contents}


def _openssl(arguments: list[str], content: IO[bytes] | None = None) -> tuple[int, bytes, str]:
    """Status, output and words of openssl, which reads `content` at the argument CONTENT: not as
    its standard input, where it would look for passphrases."""
    program = shutil.which("openssl")
    if program is None:
        raise Missing("the program openssl is needed for signatures: apt-get install openssl")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        reads, writes = os.pipe()
        words = [f"/dev/fd/{reads}" if word == CONTENT else word for word in arguments]
        process = subprocess.Popen(
            [program, *words], stdin=subprocess.DEVNULL, stdout=out, stderr=said, pass_fds=[reads]
        )
        os.close(reads)
        try:
            with os.fdopen(writes, "wb") as pipe:
                while content is not None and (chunk := content.read(CHUNK)):
                    pipe.write(chunk)
        except BrokenPipeError:
            pass  # it has seen enough; its status says why
        status = process.wait()
        out.seek(0)
        said.seek(0)
        return status, out.read(), said.read().decode("utf-8", "replace")


def _words(said: str) -> str:
    """openssl's reasons without its numbers and source files: `digest failure`."""
    reasons = [
        parts[5 if len(parts) > 7 else 4]
        for line in said.splitlines()
        if len(parts := line.split(":")) > 5
    ]
    return "; ".join(dict.fromkeys(filter(None, reasons))) or " ".join(said.split())[:300]
