# SPDX-License-Identifier: Apache-2.0
"""The key by which the operator of a suite signs packages, made once; the suite trusts it."""

from __future__ import annotations

import pathlib
import shutil
import socket
import subprocess
import tempfile
from typing import NamedTuple

FOLDER = "signing"
OPENSSL = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    *("-nodes", "-days", "7300"),
)


class Pair(NamedTuple):
    """Files, PEM."""

    key: pathlib.Path
    certificate: pathlib.Path


def ensure(data: pathlib.Path) -> Pair:
    """The key and its certificate; made, readable by their owner only, if there are none.

    RuntimeError with what openssl says."""
    own = data / FOLDER
    pair = Pair(own / "key.pem", own / "cert.pem")
    if not pair.certificate.exists():
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = pathlib.Path(tempfile.mkdtemp(prefix=f".{FOLDER}.", dir=data))
        try:
            _make(Pair(new / "key.pem", new / "cert.pem"))
            new.rename(own)
        except OSError:
            if not pair.certificate.exists():  # nobody else made one meanwhile
                raise
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return pair


def anchors(data: pathlib.Path, others: str) -> str:
    """A file of trust anchors: this key's certificate, and those in the file `others` ("": none).

    `others` alone where there is no openssl, without which no key can be made."""
    if shutil.which("openssl") is None:
        return others
    own = ensure(data).certificate
    text = own.read_text() + (pathlib.Path(others).read_text() if others else "")
    file = data / FOLDER / "anchors.pem"
    if not file.exists() or file.read_text() != text:
        new = file.with_suffix(".new")
        new.write_text(text)
        new.rename(file)
    return str(file)


def _make(pair: Pair) -> None:
    subject = f"/CN=mano on {socket.gethostname()[:40]}"
    files = ["-keyout", str(pair.key), "-out", str(pair.certificate)]
    answer = subprocess.run(
        [*OPENSSL, "-subj", subject, *files], capture_output=True, text=True, cwd="/"
    )
    if answer.returncode:
        raise RuntimeError(f"openssl made no key to sign with: {answer.stderr.strip()}")
