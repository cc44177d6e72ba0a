"""What the tests share: the clone's own files, and public data that is not part of the repository."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars
import pytest
from click.testing import CliRunner, Result
from hypothesis import settings
from warm_forks import WarmForks

from auditlib.cli import main
from auditlib.runs.engine import warm_process
from auditlib.runs.engine.imports import skip_unused_imports

skip_unused_imports()

# Where the environment forbids bytecode, each of the many processes that the tests start would compile again what it
# imports, which is more than half of what it costs.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What auditlib keeps for a user, from clean schemes to checked ledgers, is that of one session: its workers and what
# they start share it, and nothing of the user's own is read or written. What uv and fonts keep is no part of it.
OWN = "AUDITLIB_TESTS_KEEP"
MADE_HERE = OWN not in os.environ
if MADE_HERE:
    kept = Path.home() / ".cache" if not os.environ.get("XDG_CACHE_HOME") else Path(os.environ["XDG_CACHE_HOME"])
    os.environ.setdefault("UV_CACHE_DIR", str(kept / "uv"))
    os.environ.setdefault("MPLCONFIGDIR", str(kept / "matplotlib"))
    os.environ[OWN] = tempfile.mkdtemp(prefix="auditlib-tests-")
    for name in ("CACHE", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(Path(os.environ[OWN]) / name.lower())

# Workers beside each other share the cores: in each, Polars works on one and hands no small frame from thread to
# thread. What they start has all cores, and so have tests without workers: no result may rest on how many there are.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["POLARS_MAX_THREADS"] = "1"
    polars.thread_pool_size()  # which starts the pool
    del os.environ["POLARS_MAX_THREADS"]

# A busy machine is no fault of the code: examples may take as long as they take.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """Name what is not there: workers would find no test in it, and say nothing else."""
    for argument in () if config.option.pyargs else config.args:
        file = argument.partition("[")[0].partition("::")[0]
        if not (config.invocation_params.dir / file).exists():
            raise pytest.UsageError(f"found no file or folder {file}, expected one with tests")


def pytest_unconfigure() -> None:
    if MADE_HERE:
        shutil.rmtree(os.environ.pop(OWN), ignore_errors=True)


def pytest_collection_finish() -> None:
    """Take what was collected out of every later search for garbage: it stays to the end."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="session", autouse=True)
def warm_forks() -> Iterator[None]:
    """Every warm process that is started in this process is a fork of one that has just started."""
    with pytest.MonkeyPatch.context() as patch:
        forks = WarmForks()
        patch.setattr(warm_process, "subprocess", forks)
        yield
        forks.close()


@pytest.fixture
def started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test that is to start warm processes as users do."""
    monkeypatch.setattr(warm_process, "subprocess", subprocess)
