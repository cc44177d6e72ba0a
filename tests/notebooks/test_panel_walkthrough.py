"""The walk through a panel, run as people run it: the same as a rehearsal of the same panel, step by step."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import papermill
import pytest
import yaml

from auditlib.proofs.check import check_scheme

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def walked(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[nbformat.NotebookNode, Path]:
    """The executed notebook with its parameter file, and the folder that it made."""
    there = tmp_path_factory.mktemp("walk")
    parameters = yaml.safe_load((root / "params" / "notebooks" / "panel_walkthrough.yaml").read_text(encoding="utf-8"))
    papermill.execute_notebook(
        root / "notebooks" / "panel_walkthrough.ipynb", there / "out.ipynb", parameters=parameters, cwd=there,
        kernel_name="python3", progress_bar=False,
    )  # fmt: skip
    return nbformat.read(there / "out.ipynb", as_version=4), there / parameters["folder"]


def test_it_walks_from_blank_forms_to_the_effect(walked) -> None:
    notebook, folder = walked
    assert (folder / "round-2.csv").exists()
    assert len(list((folder / "questionnaires" / "round-2").glob("*.docx"))) == 26
    (scheme,) = folder.glob("s19-handling-posts@*.yaml")
    assert check_scheme(scheme).clean
    assert (folder / "tables" / "tables.docx").exists()
    texts = [output["data"]["text/plain"] for cell in notebook.cells for output in cell.get("outputs", [])
             if "text/plain" in output.get("data", {})]  # fmt: skip
    assert any("第2轮专家咨询报告" in text for text in texts)
    assert any("权重修订的影响" in text for text in texts)


def test_its_answers_are_those_of_the_shipped_rehearsal(walked, root) -> None:
    """The shipped panel was made by the same made-up experts, through the command."""
    shipped = root / "params" / "panels" / "s19-synthetic"
    for name in ("round-1.csv", "round-2.csv", "experts.csv", "remarks-1.csv"):
        assert (walked[1] / name).read_bytes() == (shipped / name).read_bytes(), name


def test_no_path_of_the_machine_is_shown(walked) -> None:
    shown = "".join(str(cell.get("outputs", "")) for cell in walked[0].cells)
    assert str(walked[1].parent) not in shown


def test_it_stores_nothing_and_takes_its_parameter_file(root) -> None:
    notebook = nbformat.read(root / "notebooks" / "panel_walkthrough.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(re.search(r"^\s*(def|class|lambda|for|if) ", cell.source, re.M) for cell in code)
    assert not any(cell.outputs or cell.execution_count for cell in code)
    parameters = yaml.safe_load((root / "params" / "notebooks" / "panel_walkthrough.yaml").read_text(encoding="utf-8"))
    assert list(parameters) == re.findall(r"^(\w+):", code[0].source, re.M)
