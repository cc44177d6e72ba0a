"""What a run gives a notebook is checked by type, in every use, before anything is read or started."""

from __future__ import annotations

import json

import pytest
from small_runs import PARAMETERS, write_notebook

from auditlib.core.errors import InputError
from auditlib.runs.make import make_run
from auditlib.runs.parameters import check_parameters
from auditlib.runs.plan import plan_run
from auditlib.runs.runfile import RunFile, read_run


def problems(tmp_path, declared: str, **given: object) -> list[str]:
    notebook = write_notebook(tmp_path / "one.ipynb", ["1"], parameters=declared)
    return [f"{one.path}: {one.message}" for one in check_parameters(notebook, given)]


FITS = [
    ("x: int", 3), ("x: float", 3), ("x: str", ""), ("x: bool", True), ("x: dict", {"a": 1}), ("x: list", [1]),
    ("x: int | None = None", None), ("x: int | None = None", 4), ("x: 'int | None' = None", 4),
    ("from typing import Optional\nx: Optional[int] = None", 2), ("import typing\nx: typing.Optional[str] = None", "a"),
    ("from typing import Union\nx: Union[int, str] = 1", "a"), ("x: list[int] = []", [1, 2]),
    ("x: dict[str, list[int]] = {}", {"a": [1]}), ("x: tuple[int, ...] = ()", [1, 2, 3]),
    ("x: tuple[int, str] = (1, '')", [1, "a"]), ("from typing import Literal\nx: Literal['a', 1] = 'a'", 1),
    ("from typing import Any\nx: Any = None", [None]), ("x = None", "a"), ("x = ''", "2026-01-31"), ("x = 1", 2),
    ("x = {}", {}), ("x = max(1, 2)", "anything"), ("x = None  # type: int", 3), ("x = None  # type: of what?", 3),
    ("%load_ext autoreload\nx: int = 1", 2), ("from datetime import date\nx: date | str = ''", "2026-01-31"),
]  # fmt: skip
MISFITS = [
    ("x: int", True, "found True (bool), expected int"), ("x: int", "3", "found '3' (str), expected int"),
    ("x: str", 3, "found 3 (int), expected str"), ("x: bool", 1, "found 1 (int), expected bool"),
    ("x: int | None = None", "a", "found 'a' (str), expected int | None"),
    ("x: list[int]", [1, "a"], "expected list[int]"), ("x: dict[int, str]", {"1": "a"}, "expected dict[int, str]"),
    ("x: tuple[int, str]", [1], "expected tuple[int, str]"), ("x: float", "0.5", "no binary floats"),
    ("from typing import Literal\nx: Literal['a', 1] = 'a'", True, "expected Literal['a', 1]"),
    ("from datetime import date\nx: date = date(2026, 1, 1)", "2026-01-31", "a run cannot give date"),
    ("x: set[int]", [1], "a run cannot give set"), ("x = 1", "2", "expected a value like its default 1"),
    ("x = ''", 2, "expected a value like its default ''"), ("x = True", 1, "expected a value like its default True"),
    ("y = 1\n\nx: int = 2", None, "line 3 of the cell of parameters"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "value"), FITS)
def test_a_value_of_the_declared_type_is_taken(tmp_path, declared, value) -> None:
    assert problems(tmp_path, declared, x=value) == []


@pytest.mark.parametrize(("declared", "value", "message"), MISFITS)
def test_a_value_of_another_type_is_named_with_both(tmp_path, declared, value, message) -> None:
    (found,) = problems(tmp_path, declared, x=value)
    assert found.startswith("x: found ")
    assert message in found


@pytest.mark.parametrize(
    ("declared", "missing"),
    [("x: str = None", True), ("x = None", True), ("x: str | None = None", False), ("x: int = 3", False)],
)
def test_what_must_be_given_is_missed_and_nothing_else(tmp_path, declared, missing) -> None:
    words = "str" if ":" in declared else "any value"
    told = f"x: missing parameter, expected {words} (line 1 of the cell of parameters)"
    assert problems(tmp_path, declared) == ([told] if missing else [])


def altered(file, **changes: object):
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(content | changes), encoding="utf-8")
    return file


R = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
NO_NOTEBOOKS = {
    "in R": ({"metadata": R}, "found a notebook in R, expected one in Python"),
    "of a kernel of R": ({"metadata": {"kernelspec": {"name": "ir"}}}, "found a notebook in ir"),
    "of Julia by its language": ({"metadata": {"language_info": {"name": "julia"}}}, "found a notebook in julia"),
    "without a tag": ({"cells": []}, "no code cell with the tag parameters"),
    "of an old format": ({"cells": None, "worksheets": []}, "found no notebook of format 4"),
}


@pytest.mark.parametrize("which", NO_NOTEBOOKS)
def test_a_notebook_that_cannot_be_told_anything_is_one_problem_alone(tmp_path, which) -> None:
    changes, message = NO_NOTEBOOKS[which]
    file = altered(write_notebook(tmp_path / "one.ipynb", ["1"], parameters=PARAMETERS), **changes)
    (found,) = check_parameters(file, {"scheme": "", "ledger": "", "period": ""})
    assert message in found.message


@pytest.mark.parametrize("notes", [{}, {"kernelspec": {"name": "conda-env", "language": "python"}}])
def test_a_notebook_that_does_not_say_its_kernel_is_one_in_python(tmp_path, notes) -> None:
    file = altered(write_notebook(tmp_path / "one.ipynb", ["1"], parameters=PARAMETERS), metadata=notes)
    assert check_parameters(file, {"scheme": "", "unit": "A"}) == []


def test_the_second_use_of_a_notebook_is_checked_and_nothing_was_begun(world) -> None:
    tell = {"notebook": "tell", "per": "unit"}
    file = world.write_run(notebooks=[tell, tell | {"parameters": {"nott": "typo"}}], ledger="nowhere")
    with pytest.raises(InputError) as refused:
        plan_run(read_run(file), world.out)
    (problem,) = refused.value.problems
    assert problem.path == "notebooks[1].parameters.nott"
    assert "nott: typo" in file.read_text(encoding="utf-8").splitlines()[problem.line - 1]


def test_a_day_reaches_a_notebook_as_the_text_that_was_written(world) -> None:
    text = world.file.read_text(encoding="utf-8")
    days = "{since: 2026-01-31, of: {first: [2026-02-01, 2026-02-01T08:30:00]}}"
    world.file.write_text(text.replace("per: period", f"per: period\n  parameters: {days}"), encoding="utf-8")
    told = read_run(world.file).notebooks[0].parameters
    assert told == {"since": "2026-01-31", "of": {"first": ["2026-02-01", "2026-02-01T08:30:00"]}}


@pytest.mark.parametrize(("key", "good"), [("1", False), ('"1"', True), ("2026-01-31", False), ("true", False)])
def test_a_key_that_is_no_text_is_named_with_its_line(world, key, good) -> None:
    text = world.file.read_text(encoding="utf-8").replace(
        "per: period", f"per: period\n  parameters: {{v: {{{key}: a}}}}"
    )
    world.file.write_text(text, encoding="utf-8")
    if good:
        assert read_run(world.file).notebooks[0].parameters == {"v": {"1": "a"}}
        return
    with pytest.raises(InputError) as refused:
        read_run(world.file)
    (problem,) = refused.value.problems
    assert problem.path == f"notebooks[0].parameters.v.{key}"
    assert key in text.splitlines()[problem.line - 1]


# --- paths ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../x", "..", "a/b", "/tmp/x", "a\\b", "C:x", "..\\x", ".hidden", "", "CON"])
def test_a_notebook_has_a_name_and_no_path(world, name) -> None:
    with pytest.raises(InputError, match="notebooks"):
        read_run(world.write_run(notebooks=[{"notebook": name, "per": "period"}]))


@pytest.mark.parametrize("name", ["rank", "我的分析", "second try", "v1.2"])
def test_any_name_of_a_file_will_do(world, name) -> None:
    assert read_run(world.write_run(notebooks=[{"notebook": name, "per": "period"}])).notebooks[0].notebook == name


@pytest.mark.parametrize("ledger", ["../made", "/tmp/made", "a/../../made", "C:\\made", "\\made", "."])
def test_a_demonstration_is_written_below_the_working_folder_alone(world, ledger) -> None:
    with pytest.raises(InputError, match="expected a path below the working folder"):
        read_run(world.write_run(demonstration="heating-winter", ledger=ledger))
    assert read_run(world.write_run(demonstration="heating-winter", ledger="reports/made")).ledger == "reports/made"
    assert read_run(world.write_run(ledger=ledger)).ledger == ledger  # read, not written


@pytest.mark.long
def test_own_notebooks_read_modules_and_data_of_their_folder_which_are_inputs(world, monkeypatch) -> None:
    own = world.folder / "mine"
    source = PARAMETERS.replace("unit: str = None\n", "") + "words: list[str] = []\n"
    cells = ["import helper, pathlib\nprint(helper.twice(3), pathlib.Path('data/limit.txt').read_text(), words)",
             "from auditlib.ledger.find import find_ledger\nfind_ledger(ledger).name"]  # fmt: skip
    write_notebook(own / "mine.ipynb", cells, parameters=source, reads="period")
    (own / "helper.py").write_text("def twice(n):\n    return 2 * n\n")
    (own / "data").mkdir()
    (own / "data" / "limit.txt").write_text("seven")
    monkeypatch.chdir(world.folder)
    uses = [
        {"notebook": "mine", "per": "period", "parameters": {"words": ["a"]}},
        {"notebook": "rank", "per": "period"},
    ]
    file = world.write_run(own_notebooks="mine", notebooks=uses, periods=["2026-01"], ledger="ledger")
    first = make_run(read_run(file), world.out, 1, lambda line: None)
    assert not first.failed
    page = (world.out / "2026-01" / "mine.html").read_text(encoding="utf-8")
    assert "6 seven [&#39;a&#39;]" in page
    assert "&#39;ledger&#39;" in page
    manifest = json.loads((world.out / "manifest.json").read_text(encoding="utf-8"))
    assert {"own helper.py", "own data/limit.txt", "notebook mine"} <= manifest["materials"].keys()
    assert not any("pycache" in name for name in manifest["materials"])

    def why() -> list[object]:
        before = {one["id"]: one["inputs"] for one in manifest["reports"]}
        plan = plan_run(read_run(file), world.out)
        return [(one.id, sorted(k for k, v in one.inputs.items() if before[one.id][k] != v)) for one in plan.reports]

    assert why() == [("2026-01/mine", []), ("2026-01/rank", [])]
    (own / "helper.py").write_text("def twice(n):\n    return n + n\n")
    assert why() == [("2026-01/mine", ["own files"]), ("2026-01/rank", [])]


def test_a_folder_of_own_notebooks_has_to_be_there(world) -> None:
    with pytest.raises(InputError, match="found nowhere, expected a folder of notebooks"):
        plan_run(read_run(world.write_run(own_notebooks="nowhere")), world.out)


def test_a_run_that_was_not_read_from_a_file_names_the_run(world) -> None:
    use = {"notebook": "tell", "per": "unit", "parameters": {"nott": 1}}
    run = RunFile.model_validate(read_run(world.file).model_dump(by_alias=True) | {"notebooks": [use]})
    with pytest.raises(InputError, match=r"small: notebooks\[0\].parameters.nott: unknown parameter"):
        plan_run(run, world.out)
