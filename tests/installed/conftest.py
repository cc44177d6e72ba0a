"""The wheel, built from the tree and installed with what the lock names into an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from away_from_clone import Installed


@pytest.fixture(scope="session")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the tree as it is."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="session")
def installed(root: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel with the dependencies that requirements.lock names, and nothing that developing needs besides."""
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if uv is None:
        pytest.skip("uv is not there; make test-installed brings it")
    folder = tmp_path_factory.mktemp("environment") / "venv"
    python = folder / "bin" / "python"
    for command in (
        ["venv", "--python", sys.executable, str(folder)],
        ["pip", "sync", "--require-hashes", "--python", str(python), str(root / "requirements.lock")],
        ["pip", "install", "--no-deps", "--python", str(python), str(wheel)],
    ):
        done = subprocess.run([uv, "--quiet", *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return Installed(python.parent)
