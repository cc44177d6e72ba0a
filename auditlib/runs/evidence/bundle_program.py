"""Verify the bundle that this file lies in: python RUN.bundle.zip [--environment FOLDER] [options of auditlib verify].

It needs Python alone. Where the software that made the run is not installed, it is installed from the bundle into
FOLDER, or into one that is removed afterwards; pip fetches the libraries that the bundle's lock names, from the index,
mirror or folder that PIP_INDEX_URL, or PIP_NO_INDEX with PIP_FIND_LINKS, tell it of.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from typing import Any

__all__ = ["main"]

# Each -P below keeps Python from looking for modules where the user happens to be.

SOURCE = "from auditlib.core.hashes import source_sha256; print(source_sha256())"
VERIFY = "import sys; from auditlib.cli import main; sys.argv[0] = 'auditlib'; main()"


def broken(archive: zipfile.ZipFile, sealed: dict[str, Any]) -> list[str]:
    """The names of the files that are not as they were sealed."""
    names = [name for name in archive.namelist() if name != "bundle.json"]
    found = {name for name in names if names.count(name) > 1} | set(names) ^ set(sealed["files"])
    for name in set(names) & set(sealed["files"]):
        if hashlib.sha256(archive.read(name)).hexdigest() != sealed["files"][name]:
            found.add(name)
    return sorted(found)


def has(python: str, source: str) -> bool:
    """Whether a Python has the software that made the run."""
    told = subprocess.run([python, "-P", "-c", SOURCE], capture_output=True, text=True)
    return told.returncode == 0 and told.stdout.strip() == source


def installed(archive: zipfile.ZipFile, sealed: dict[str, Any], folder: str) -> str:
    """A Python with the software of the bundle, in an environment of its own."""
    python = os.path.join(folder, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
    if os.path.exists(python) and has(python, sealed["source"]):
        return python
    print("installing the software of the bundle; this takes some minutes", file=sys.stderr)
    subprocess.run([sys.executable, "-P", "-m", "venv", folder], check=True)
    software = tempfile.mkdtemp(dir=folder)
    lock, wheel = (archive.extract(sealed[name], software) for name in ("lock", "wheel"))
    pip = [python, "-P", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", lock], check=True)
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    return python


def main(bundle: str, options: list[str]) -> int:
    """Verify the bundle; the exit code of auditlib verify."""
    folder = None
    if options[:1] == ["--environment"]:
        folder, options = os.path.abspath(options[1]), options[2:]
    with zipfile.ZipFile(bundle) as archive, tempfile.TemporaryDirectory() as scratch:
        sealed = json.loads(archive.read("bundle.json").decode("utf-8"))
        if found := broken(archive, sealed):
            print("not as it was sealed: " + ", ".join(found))
            return 1
        python = sys.executable
        if not has(python, sealed["source"]):
            try:
                python = installed(archive, sealed, folder or os.path.join(scratch, "environment"))
            except (OSError, subprocess.CalledProcessError) as failed:
                why = f"found {failed}, expected to install the software of the bundle; what failed stands above"
                print(f"{bundle}: {why} (Python {sys.version.split()[0]})", file=sys.stderr)
                return 2
        return subprocess.run([python, "-P", "-c", VERIFY, "verify", os.path.abspath(bundle), *options]).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[0], sys.argv[1:]))
