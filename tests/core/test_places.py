"""Where inputs are found that are named by a path or by a name, in a clone and away from one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from papermill import inspect_notebook
from papermill.iorw import load_notebook_node, papermill_io, read_yaml_file

from auditlib.core import home
from auditlib.core.errors import InputError
from auditlib.delphi.rounds import find_panel
from auditlib.ledger.find import find_ledger
from auditlib.runs.parameters import check_parameters
from auditlib.scheme.load import find_scheme


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """An empty working folder outside the clone."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_demonstration_is_found_by_its_name_and_by_its_path_from_any_folder(root, elsewhere) -> None:
    expected = root / "params" / "demonstrations" / "s20-office-evaluation"
    assert find_ledger("s20-office-evaluation").samefile(expected)
    assert find_ledger("params/demonstrations/s20-office-evaluation").samefile(expected)


def test_what_lies_in_the_working_folder_wins_over_a_name(elsewhere) -> None:
    (elsewhere / "s20-office-evaluation").mkdir()
    assert find_ledger("s20-office-evaluation").samefile(elsewhere / "s20-office-evaluation")


def test_what_a_notebook_made_is_named_so_that_it_is_found_in_every_folder_of_the_clone(tmp_path, monkeypatch) -> None:
    clone = tmp_path / "clone"
    for folder in ("params/schemes", "notebooks/mine", "notebooks/s19-synthetic", "docs"):
        (clone / folder).mkdir(parents=True)
    monkeypatch.delenv("AUDITLIB_HOME", raising=False)
    monkeypatch.chdir(clone / "notebooks")
    assert home.from_home("mine") == "notebooks/mine"
    monkeypatch.chdir(clone / "docs")
    assert home.find("notebooks/mine").samefile(clone / "notebooks" / "mine")
    for given in ("mine", "s19-synthetic", "", "../../elsewhere", str(clone / "notebooks" / "mine")):
        assert home.from_home(given) == given
    monkeypatch.chdir(clone)
    assert home.from_home("notebooks/mine") == "notebooks/mine"


def test_a_name_is_no_path_and_nothing_is_no_name(root, elsewhere) -> None:
    assert home.find("demo", "runs", ".yaml").samefile(root / "params" / "runs" / "demo.yaml")
    assert home.find("runs/demo", "runs", ".yaml") == Path("runs/demo")
    assert home.find("", "runs") == Path("")
    assert not home.find("nothing", "runs", ".yaml").exists()


def test_what_is_nowhere_is_refused_with_the_names_that_there_are(elsewhere) -> None:
    with pytest.raises(
        InputError, match=r"^nowhere: no such ledger; .* demonstrations: boston311-timeliness, circ-insurers, s01-"
    ):
        find_ledger("nowhere")


def test_a_scheme_file_is_found_from_any_folder_by_the_path_in_the_documents(root, elsewhere) -> None:
    found = find_scheme("params/schemes/s22-heating.yaml", root / "params" / "schemes")
    assert found.samefile(root / "params" / "schemes" / "s22-heating.yaml")
    with pytest.raises(InputError, match="no such scheme file"):
        find_scheme("params/schemes/nothing.yaml", root / "params" / "schemes")


def test_commands_take_names_and_paths_alike_wherever_they_are_given(elsewhere, run_cli) -> None:
    by_name = run_cli("score", "s20-office-evaluation", "--ledger", "s20-office-evaluation", "--period", "2025")
    by_path = run_cli(
        "score", "s20-office-evaluation", "--ledger", "params/demonstrations/s20-office-evaluation", "--period", "2025"
    )
    assert by_name.exit_code == by_path.exit_code == 0, by_name.output
    assert by_name.stdout == by_path.stdout
    checked = run_cli("panel", "check", "params/panels/s19-handling-posts/printed.yaml")
    assert checked.exit_code == 0, checked.output
    assert run_cli("delphi", "s22-weights", "--format", "json").exit_code == 0
    refused = run_cli("intake", ".", "--mapping", "nothing", "--out", "out")
    assert refused.exit_code == 2
    assert "--mapping: found nothing, expected a mapping file, or one of boston311, heating-winter" in refused.stderr


def test_papermill_reads_notebooks_and_their_parameters_by_name(root, elsewhere) -> None:
    notebook = load_notebook_node("auditlib://unit_audit.ipynb")
    written = load_notebook_node(str(root / "notebooks" / "unit_audit.ipynb"))
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in written.cells]
    assert read_yaml_file("auditlib://unit_audit.yaml")["scheme"] == "s22-heating"
    assert "auditlib://period_ranking.ipynb" in papermill_io.listdir("auditlib://")
    with pytest.raises(InputError, match=r"no such file, expected auditlib:// with one of delphi_panel\.ipynb, "):
        load_notebook_node("auditlib://../pyproject.ipynb")
    with pytest.raises(InputError, match="found a shipped file as the output"):
        papermill_io.write("{}", "auditlib://unit_audit.ipynb")


NOTEBOOKS = (
    "delphi_panel",
    "duty_audit",
    "ledger_audit",
    "panel_walkthrough",
    "period_ranking",
    "unit_audit",
    "weight_revision",
)


def defaults(notebook: Path) -> dict[str, object]:
    return {name: ast.literal_eval(entry["default"]) for name, entry in inspect_notebook(str(notebook)).items()}


def test_every_notebook_is_looked_at(root) -> None:
    assert sorted(file.stem for file in (root / "notebooks").glob("*.ipynb")) == list(NOTEBOOKS)
    assert sorted(file.stem for file in (root / "params" / "notebooks").glob("*.yaml")) == list(NOTEBOOKS)


@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.parametrize("told", ["defaults", "parameter file"])
def test_what_a_notebook_is_told_by_itself_is_there_away_from_a_clone(root, elsewhere, name, told) -> None:
    notebook = root / "notebooks" / f"{name}.ipynb"
    given = defaults(notebook)
    if told == "parameter file":
        read = read_yaml_file(f"auditlib://{name}.yaml")
        assert check_parameters(notebook, read) == []
        given |= read
    for parameter in ("scheme", "old"):
        if parameter in given:
            find_scheme(str(given[parameter]), root / "params" / "schemes")
    if "ledger" in given:
        find_ledger(str(given["ledger"]))
    if "panel" in given:
        find_panel(str(given["panel"]))
    assert given.get("new", "") == ""  # what the panel makes of the old version
    assert given.keys() & {"ledger", "panel"}


def test_an_error_shows_in_a_notebook_as_its_message_alone() -> None:
    from IPython.core.interactiveshell import InteractiveShell

    class Shown(InteractiveShell):
        def _showtraceback(self, etype, evalue, stb) -> None:
            told.append(stb)

    told: list[list[str]] = []
    shell = Shown()
    try:
        shell.run_cell("from auditlib.ledger.find import find_ledger\nfind_ledger('no\\x1b[31m')")
        shell.run_cell("1 / 0")
    finally:
        shell.history_manager.end_session()
    assert told[0][0].startswith("auditlib: no�[31m: no such ledger; expected a folder of registers")
    assert len(told[0]) == 1
    assert any("ZeroDivisionError" in line for line in told[1])  # any other keeps its traceback
    assert len("\n".join(told[1]).splitlines()) > 3
