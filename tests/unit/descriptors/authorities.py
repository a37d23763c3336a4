# SPDX-License-Identifier: Apache-2.0
"""An authority for tests: keys, certificates and revocation lists made by openssl."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from descriptors.archive import signing

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


@dataclass(frozen=True)
class Authority:
    """A certificate authority in a folder; `anchors` is its certificate."""

    folder: Path
    name: str = "authority"

    def __post_init__(self) -> None:
        files = ["-keyout", f"{self.anchors}.key", "-out", str(self.anchors)]
        openssl("req", "-x509", *NEW_KEY, "-days", "30", *files, "-subj", f"/CN={self.name}")

    @property
    def anchors(self) -> Path:
        return self.folder / f"{self.name}.pem"

    def signer(
        self,
        name: str,
        embed: bool = True,
        days: tuple[str, str] = ("20200101000000Z", "20991231000000Z"),
    ) -> signing.Identity:
        """Somebody with a certificate of this authority, valid between two days."""
        key, request, certificate = (
            self.folder / f"{name}.{suffix}" for suffix in ("key", "csr", "pem")
        )
        subject = ["-subj", f"/CN={name}"]
        openssl("req", "-new", *NEW_KEY, "-keyout", str(key), "-out", str(request), *subject)
        command = ["ca", "-batch", "-notext", "-config", str(self._configuration())]
        files = ["-in", str(request), "-out", str(certificate)]
        openssl(*command, *files, "-startdate", days[0], "-enddate", days[1])
        return signing.Identity(key, certificate, embed=embed)

    def revoke(self, signer: signing.Identity) -> Path:
        """Trust anchors with the list that says so."""
        configuration = str(self._configuration())
        openssl("ca", "-config", configuration, "-revoke", str(signer.certificate))
        openssl("ca", "-config", configuration, "-gencrl", "-out", str(self.folder / "crl.pem"))
        both = self.folder / "anchors-and-crl.pem"
        both.write_text(self.anchors.read_text() + (self.folder / "crl.pem").read_text())
        return both

    def _configuration(self) -> Path:
        file = self.folder / f"{self.name}.cnf"
        if not file.exists():
            (self.folder / f"{self.name}.index").touch()
            (self.folder / f"{self.name}.serial").write_text("01\n")
            file.write_text(
                f"[ca]\ndefault_ca=this\n[this]\ndatabase={self.folder}/{self.name}.index\n"
                f"serial={self.folder}/{self.name}.serial\nnew_certs_dir={self.folder}\n"
                "unique_subject=no\n"
                f"certificate={self.anchors}\nprivate_key={self.anchors}.key\n"
                "default_md=sha256\npolicy=any\n"
                "default_crl_days=30\n[any]\ncommonName=supplied\n"
            )
        return file


def openssl(*arguments: str) -> None:
    process = subprocess.run(["openssl", *arguments], capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
