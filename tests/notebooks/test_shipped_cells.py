"""What the shipped notebooks keep to: short, without output, and with room for a reader's own question at the end."""

from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) == 7


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_is_short_keeps_no_output_and_ends_with_a_question_of_ones_own(file: Path) -> None:
    cells = nbformat.read(file, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]

    assert len(cells) <= 25
    assert not any(cell.outputs or cell.execution_count for cell in code)
    assert not any(line.startswith(("def ", "class ")) for cell in code for line in cell.source.splitlines())
    assert code[-1].metadata.tags == ["workbench"] and len(code[-1].source.splitlines()) <= 2
    assert "两行" in cells[-2].source or "接着问" in cells[-2].source
