"""Signing off: a reviewer signs a manifest with the SSH key that they have, by OpenSSH's own tool.

What is signed is ``manifest.json``, and with it the hash of every file of the run. A signature lies beside it
as ``manifest.json.NAME.sig``; several people can sign. Who may sign stands in an allowed-signers file, in
ssh-keygen's own format: ``reviewer@bureau ssh-ed25519 AAAA…``.
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

__all__ = ["Signature", "check_signatures", "sign"]

NAMESPACE = "auditlib-run"
SIGNATURE_BYTES = 2**20


@dataclass(frozen=True)
class Signature:
    """A signature of a run, by whom it claims to be, and whether it holds; ``text`` is ssh-keygen's own answer."""

    signer: str
    valid: bool
    text: str


def sign(folder: Path, key: Path, signer: str) -> Path:
    """Sign the run in ``folder`` with a private key, or a public one whose private half an agent holds.

    Returns the file of the signature. Raises :class:`InputError`.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9@._+-]*", signer):
        raise InputError.at("--as", "", f"found {signer!r}, expected a name as in the allowed-signers file")
    read_manifest(folder)
    if not key.is_file():
        raise InputError.at(key, "", "no such key file; make one with ssh-keygen -t ed25519")
    manifest = content_of(folder / MANIFEST)
    answer = _ssh_keygen(["-Y", "sign", "-f", str(key), "-n", NAMESPACE], manifest)
    if answer.returncode != 0:
        raise InputError.at(key, "", f"ssh-keygen did not sign: {answer.stderr.decode(errors='replace').strip()}")
    target = folder / f"{MANIFEST}.{signer}.sig"
    write_atomically(target, answer.stdout)
    return target


def check_signatures(folder: Path, allowed: Path) -> list[Signature]:
    """Every signature of the run in ``folder``, checked against a file of allowed signers."""
    if not allowed.is_file():
        raise InputError.at(allowed, "", "no such file, expected allowed signers as ssh-keygen reads them")
    manifest = content_of(folder / MANIFEST)
    found = []
    for file in sorted(folder.glob(f"{MANIFEST}.*.sig")):
        signer = file.name.removeprefix(f"{MANIFEST}.").removesuffix(".sig")
        content_of(file, SIGNATURE_BYTES)  # ssh-keygen would wait for a pipe
        options = ["-Y", "verify", "-f", str(allowed), "-I", signer, "-n", NAMESPACE, "-s", str(file)]
        answer = _ssh_keygen(options, manifest)
        text = (answer.stdout + answer.stderr).decode(errors="replace").strip()
        found.append(Signature(signer, answer.returncode == 0, text))
    return found


def _ssh_keygen(arguments: list[str], stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["ssh-keygen", *arguments], input=stdin, capture_output=True, check=False)
    except FileNotFoundError:
        raise InputError.at("ssh-keygen", "", "not found on this machine; it comes with OpenSSH") from None
