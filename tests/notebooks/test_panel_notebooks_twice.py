"""The notebooks of a panel, run twice in environments that differ: the same pages and files, byte by byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import nbformat
import papermill
import pytest
import yaml

from auditlib.report.pages.render import render_html

pytestmark = pytest.mark.long

ENVIRONMENTS = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LANG": "zh_CN.GB18030", "LC_ALL": "POSIX", "OMP_NUM_THREADS": "2"},
)


def run(root: Path, name: str, folder: Path, environment: dict[str, str]) -> nbformat.NotebookNode:
    """The notebook as its parameter file has it, executed by papermill in ``folder``."""
    parameters = yaml.safe_load((root / "params" / "notebooks" / f"{name}.yaml").read_text(encoding="utf-8"))
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for key, value in environment.items():
            patch.setenv(key, value)
        papermill.execute_notebook(
            root / "notebooks" / f"{name}.ipynb", folder / "out.ipynb", parameters=parameters, progress_bar=False,
            kernel_name="python3", cwd=folder,
        )  # fmt: skip
    return nbformat.read(folder / "out.ipynb", as_version=4)


@pytest.mark.parametrize("name", ["delphi_panel", "weight_revision", "panel_walkthrough"])
def test_two_runs_in_other_environments_give_the_same_bytes(root, tmp_path, name) -> None:
    """The executed notebook itself says when its cells ran, and is no output of ours: its cells' outputs are."""
    outputs, pages, files = [], [], []
    for place, environment in enumerate(ENVIRONMENTS):
        folder = tmp_path / f"run-{place}"
        notebook = run(root, name, folder, environment)
        outputs.append([json.dumps(cell.get("outputs", []), sort_keys=True) for cell in notebook.cells])
        pages.append(render_html(notebook).encode())
        (folder / "out.ipynb").unlink()
        made = sorted(file for file in folder.rglob("*") if file.is_file())
        files.append([(str(f.relative_to(folder)), hashlib.sha256(f.read_bytes()).hexdigest()) for f in made])
    assert sum(len(output) for output in outputs[0]) > 50_000
    assert outputs[0] == outputs[1]
    assert pages[0] == pages[1]
    assert files[0] == files[1]
    assert (len(files[0]) > 50) == (name == "panel_walkthrough")
