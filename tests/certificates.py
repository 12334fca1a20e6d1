"""A certificate authority for tests, and the certificates it signs: good ones, and bad in one way each."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest


if TYPE_CHECKING:
    from pathlib import Path


class Certificate(NamedTuple):
    """The files of a certificate and its key, and both in one as Kafka takes them. All are PEM."""

    certificate: Path
    key: Path
    both: Path


class Authority:
    """Signs certificates; its own is ``certificate``. The files are in ``folder``, which it makes."""

    def __init__(self, folder: Path, name: str) -> None:
        if shutil.which("openssl") is None:
            pytest.skip("certificates for tests are made by openssl (on Debian: apt-get install openssl)")
        folder.mkdir()
        self._folder = folder
        self.certificate = folder / "authority.pem"
        self._key("authority")
        extensions = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")
        added = [part for extension in extensions for part in ("-addext", extension)]
        subject = ["-subj", f"/CN={name}", "-days", "30"]
        _openssl(
            self._folder,
            "req",
            "-x509",
            "-new",
            "-key",
            "authority.key",
            *subject,
            *added,
            "-out",
            "authority.pem",
        )

    def sign(self, file: str, *, subject: str, names: str, days: int = 30) -> Certificate:
        """Return a new certificate for ``names`` (as OpenSSL writes them); one of -1 days has expired."""
        self._key(file)
        request = ["-new", "-key", f"{file}.key", "-subj", f"/CN={subject}"]
        _openssl(self._folder, "req", *request, "-out", f"{file}.csr")
        (self._folder / f"{file}.ext").write_text(f"subjectAltName={names}\n")
        signer = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial"]
        signed = ["-extfile", f"{file}.ext", "-days", str(days), "-out", f"{file}.pem"]
        _openssl(self._folder, "x509", "-req", "-in", f"{file}.csr", *signer, *signed)
        certificate, key = self._folder / f"{file}.pem", self._folder / f"{file}.key"
        both = self._folder / f"{file}.both.pem"
        both.write_text(key.read_text() + certificate.read_text() + self.certificate.read_text())
        return Certificate(certificate, key, both)

    def lock(self, certificate: Certificate, password: str) -> Path:
        """Return a file with the key of a certificate, encrypted."""
        locked = certificate.key.with_suffix(".locked.key")
        _openssl(
            self._folder,
            "pkcs8",
            "-topk8",
            "-in",
            certificate.key,
            "-passout",
            f"pass:{password}",
            "-out",
            locked,
        )
        return locked

    def _key(self, file: str) -> None:
        curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        _openssl(self._folder, "genpkey", *curve, "-out", f"{file}.key")


def _openssl(folder: Path, *arguments: object) -> None:
    done = subprocess.run(
        ["openssl", *map(str, arguments)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
