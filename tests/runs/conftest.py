"""One warm process for the tests of a module, and reports on notebooks of a few cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_runs import World, write_notebook

from auditlib.analysis.request import Asked
from auditlib.runs.engine.session import AVAILABLE
from auditlib.runs.engine.warm_process import WarmProcess
from auditlib.runs.plan import PlannedReport

collect_ignore_glob = [] if AVAILABLE else ["test_*.py"]  # a warm process needs a system that can fork


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmProcess]:
    with WarmProcess() as process:
        yield process


@pytest.fixture
def report(tmp_path: Path) -> Callable[..., PlannedReport]:
    """Gives a report on a notebook of the given cells, to be made in a folder of its own."""

    def make(name: str, *cells: str) -> PlannedReport:
        notebook = write_notebook(tmp_path / "notebooks" / f"{name}.ipynb", list(cells))
        asked = Asked.of("s22-heating", "none", "2025-12")
        return PlannedReport(name, notebook, {"language": "en"}, tmp_path / "out", name, asked, None, {})

    return make


@pytest.fixture
def world(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A run of two units over two months, whose home is the one that auditlib finds."""
    small = World(tmp_path / "world", root, units=2)
    monkeypatch.setenv("AUDITLIB_HOME", str(small.home))
    return small
