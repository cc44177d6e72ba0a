"""Every notebook as a person finds it: run without a parameter, from its own folder or from the clone's root.

From the root those run that read a ledger, read a panel, and make a folder: where the notebook is has no part in it
there, and from an empty folder papermill runs the others in `test_wheel`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.installed

TITLES = {
    "delphi_panel": "投诉处理岗位核心能力评价指标（合成数据）：第2轮专家咨询报告",
    "duty_audit": "2024年度各单位履责情况",
    "ledger_audit": "2025年12月台账可信度审计",
    "panel_walkthrough": "投诉处理岗位核心能力评价指标（合成数据）：第2轮专家咨询报告",
    "period_ranking": "2025年12月考核排名",
    "unit_audit": "2025年12月西区分公司考核报告",
    "weight_revision": "2025年12月按第1版与第2版计分：权重修订的影响",
}


@pytest.fixture(scope="module")
def clone(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a clone has of notebooks and parameters; nothing that was made in it."""
    folder = tmp_path_factory.mktemp("clone")
    for part in ("notebooks", "params"):
        shutil.copytree(root / part, folder / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return folder


@pytest.mark.parametrize(
    ("where", "name"),
    [
        *(pytest.param("notebooks", name, id=f"from its folder-{name}") for name in TITLES),
        *(
            pytest.param(".", name, id=f"from the root-{name}")
            for name in ("unit_audit", "delphi_panel", "panel_walkthrough")
        ),
    ],
)
def test_a_notebook_runs_as_it_is(clone: Path, tmp_path: Path, name: str, where: str) -> None:
    # nbconvert gives the kernel the notebook's folder, as JupyterLab does; papermill gives it the folder of the shell.
    target = tmp_path / f"{name}.ipynb"
    command = (
        ["papermill", f"notebooks/{name}.ipynb", str(target), "--no-progress-bar"]
        if where == "."
        else ["jupyter", "nbconvert", "--to", "notebook", "--execute", f"{name}.ipynb", "--output", str(target)]
    )
    done = subprocess.run([sys.executable, "-m", *command], cwd=clone / where, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    texts = [
        output["data"].get("text/plain", "")
        for cell in nbformat.read(target, as_version=4).cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    assert any(text.startswith(f"{TITLES[name]}\n") for text in texts)
    assert any("papermill auditlib://" in text for text in texts)  # the last section is there, so all before it are
