"""This software as a wheel, from the files that run: what verifies a bundle later is what made its run."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import distribution, version
from pathlib import Path

from auditlib.core.home import PACKAGE, shipped

__all__ = ["add", "wheel"]

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive: the first that there can be, so that none tells when it was made."""
TEMPLATES = PACKAGE / "report" / "pages" / "templates" / "auditlib"
JUPYTER = ("conf.json", "index.html.j2")
"""The files of the template that Jupyter itself looks for."""


def add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Put a file into an archive, the same bytes for the same content."""
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
    archive.writestr(entry, content)


def wheel() -> tuple[str, bytes]:
    """The name of the wheel of this software, and its bytes; the same files give the same bytes."""
    number = version("auditlib")
    files = dict(_files(number))
    record = "".join(f"{name},sha256={_coded(content)},{len(content)}\n" for name, content in files.items())
    listed = f"auditlib-{number}.dist-info/RECORD"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in (files | {listed: f"{record}{listed},,\n".encode()}).items():
            add(archive, name, content)
    return f"auditlib-{number}-py3-none-any.whl", packed.getvalue()


def _files(number: str) -> Iterator[tuple[str, bytes]]:
    yield from _below(PACKAGE, "auditlib")
    if not shipped().is_relative_to(PACKAGE):
        for part in ("params", "notebooks", "docs"):
            yield from _below(shipped() / part, f"auditlib/shipped/{part}")
        yield "auditlib/shipped/requirements.lock", (shipped() / "requirements.lock").read_bytes()
    for name in JUPYTER:
        place = f"auditlib-{number}.data/data/share/jupyter/nbconvert/templates/auditlib/{name}"
        yield place, (TEMPLATES / name).read_bytes()
    notes: Mapping[str, str | None] = {
        "METADATA": distribution("auditlib").read_text("METADATA"),
        "WHEEL": "Wheel-Version: 1.0\nGenerator: auditlib\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": distribution("auditlib").read_text("entry_points.txt"),
    }
    for name, text in notes.items():
        yield f"auditlib-{number}.dist-info/{name}", (text or "").encode()


def _below(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        if file.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in parts):
            yield "/".join((name, *parts)), file.read_bytes()


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
