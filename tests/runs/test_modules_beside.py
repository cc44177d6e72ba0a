"""A shipped notebook runs where the user is, and no module that lies there; one of the user's own finds its modules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditlib.runs.execute import execute
from auditlib.runs.runfile import Limits

PLANTED = "import pathlib\n(pathlib.Path(__file__).parent / 'ran').write_text(__name__)\n"
NAMES = ("random", "numpy", "colorsys", "ipykernel_launcher", "multiprocessing", "papermill", "runpy", "helper")
"""Some are loaded before any notebook runs, some by it, some by the processes that come before it."""
IMPORTS = "import random, numpy, colorsys\nprint(numpy.__version__, colorsys.rgb_to_hsv(1, 1, 1))"


@pytest.mark.parametrize("stock", [False, True])
def test_no_module_of_the_working_folder_runs_with_a_shipped_notebook(report, tmp_path, monkeypatch, stock) -> None:
    here = tmp_path / "downloads"
    here.mkdir()
    for name in NAMES:
        (here / f"{name}.py").write_text(PLANTED)
    monkeypatch.chdir(here)
    shipped = report("shipped", IMPORTS)
    own = replace(report("own", "import helper, os\nassert 'PYTHONSAFEPATH' not in os.environ"), at=tmp_path / "own")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "helper.py").write_text(PLANTED)
    outcomes = {one.report.id: one.error for one in execute([shipped, own], 2, Limits(), tmp_path, stock=stock)}
    assert outcomes == {"shipped": None, "own": None}
    assert not (here / "ran").exists()
    assert (tmp_path / "own" / "ran").read_text() == "helper"  # the control: what is the user's own does run


def test_the_engine_by_itself_finds_modules_as_a_kernel_does(warm) -> None:
    session = warm.session()
    try:
        assert session.run("import sys; assert sys.path[0] == ''", lambda message: None, 60)["status"] == "ok"
    finally:
        session.close()
