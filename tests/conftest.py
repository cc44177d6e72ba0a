"""What the tests share: the clone's own files, and public data that is not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from auditlib.cli import main
from auditlib.runner.imports import skip_unused_imports

skip_unused_imports()

# A busy machine is no fault of the code: examples may take as long as they take.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets; a test that needs one is skipped where the folder is absent."""
    folder = Path(os.environ.get("AUDITLIB_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"public data sets are not at {folder} (set AUDITLIB_SHARED_DATA to their folder)")
    return folder


@pytest.fixture
def run_cli():  # type: ignore[no-untyped-def]
    """Runs a command line in this process; gives exit code, output and messages."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run
