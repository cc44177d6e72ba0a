"""Signing off: a reviewer signs a manifest with the SSH key that they have, by OpenSSH's own tool.

What is signed is ``manifest.json``, and with it the hash of every file of the run, or of working papers. A signature
lies beside it as ``manifest.json.NAME.sig``; several people can sign. Who may sign stands in an allowed-signers file,
in ssh-keygen's own format: ``reviewer@bureau ssh-ed25519 AAAA…``.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.files import write_atomically
from auditlib.core.guards import content_of
from auditlib.runs.evidence.manifest import MANIFEST, read_manifest

__all__ = ["Signature", "check_signatures", "sign", "sign_file", "signatures_of", "signed_by"]

NAMESPACE = "auditlib-run"
SIGNATURE_BYTES = 2**20


@dataclass(frozen=True)
class Signature:
    """A signature, by whom it claims to be, and whether it holds; ``text`` is ssh-keygen's own answer."""

    signer: str
    valid: bool
    text: str


def sign(folder: Path, key: Path, signer: str) -> Path:
    """Sign the run in ``folder`` with a private key, or a public one whose private half an agent holds.

    Returns the file of the signature. Raises :class:`InputError`.
    """
    signed_by(signer, "--as")
    read_manifest(folder)
    return sign_file(folder / MANIFEST, key, signer, NAMESPACE)


def signed_by(name: str, where: str) -> str:
    """A name as the allowed-signers file may have it. Raises :class:`InputError`."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9@._+-]*", name):
        raise InputError.at(where, "", f"found {name!r}, expected a name as in the allowed-signers file")
    return name


def sign_file(file: Path, key: Path, signer: str, namespace: str) -> Path:
    """Sign a file for a purpose that ``namespace`` names; the signature lies beside it. Raises :class:`InputError`."""
    if not key.is_file():
        raise InputError.at(key, "", "no such key file; make one with ssh-keygen -t ed25519")
    answer = _ssh_keygen(["-Y", "sign", "-f", str(key), "-n", namespace], content_of(file))
    if answer.returncode != 0:
        raise InputError.at(key, "", f"ssh-keygen did not sign: {answer.stderr.decode(errors='replace').strip()}")
    target = file.with_name(f"{file.name}.{signer}.sig")
    write_atomically(target, answer.stdout)
    return target


def check_signatures(folder: Path, allowed: Path) -> list[Signature]:
    """Every signature of the run in ``folder``, checked against a file of allowed signers."""
    return signatures_of(folder / MANIFEST, allowed, NAMESPACE)


def signatures_of(file: Path, allowed: Path, namespace: str) -> list[Signature]:
    """Every signature beside a file, checked against a file of allowed signers."""
    if not allowed.is_file():
        raise InputError.at(allowed, "", "no such file, expected allowed signers as ssh-keygen reads them")
    signed = content_of(file)
    found = []
    for beside in sorted(file.parent.glob(f"{file.name}.*.sig")):
        signer = beside.name.removeprefix(f"{file.name}.").removesuffix(".sig")
        content_of(beside, SIGNATURE_BYTES)  # ssh-keygen would wait for a pipe
        options = ["-Y", "verify", "-f", str(allowed), "-I", signer, "-n", namespace, "-s", str(beside)]
        answer = _ssh_keygen(options, signed)
        text = (answer.stdout + answer.stderr).decode(errors="replace").strip()
        found.append(Signature(signer, answer.returncode == 0, text))
    return found


def _ssh_keygen(arguments: list[str], stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["ssh-keygen", *arguments], input=stdin, capture_output=True, check=False)
    except FileNotFoundError:
        raise InputError.at("ssh-keygen", "", "not found on this machine; it comes with OpenSSH") from None
