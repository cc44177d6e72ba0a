"""The wheel, built from the tree and installed with what the lock names into an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from away_from_clone import Installed
from filelock import FileLock


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all workers of this session: what is made there once is as it was for whoever comes later."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def wheel(root: Path, together: Path) -> Path:
    """The wheel of the tree as it is."""
    folder = together / "wheel"
    with FileLock(together / "wheel.lock"):
        if not folder.exists():
            command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(together / "building")]
            subprocess.run(command, cwd=root, check=True, capture_output=True)
            (together / "building").rename(folder)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="session")
def installed(root: Path, wheel: Path, together: Path) -> Installed:
    """The wheel with the dependencies that requirements.lock names, and nothing that developing needs besides."""
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if uv is None:
        pytest.skip("uv is not there; make test-installed brings it")
    folder, whole = together / "environment", together / "environment.whole"
    python = folder / "bin" / "python"
    with FileLock(together / "environment.lock"):
        if not whole.exists():
            for command in (
                ["venv", "--clear", "--python", sys.executable, str(folder)],
                ["pip", "sync", "--require-hashes", "--python", str(python), str(root / "requirements.lock")],
                ["pip", "install", "--no-deps", "--python", str(python), str(wheel)],
            ):
                done = subprocess.run([uv, "--quiet", *command], capture_output=True, text=True)
                assert done.returncode == 0, done.stderr
            whole.touch()
    return Installed(python.parent)
