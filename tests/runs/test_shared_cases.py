"""The inputs that a user's own notebook and run file bring, as they are given, through the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from small_runs import World

FINE = {
    "date-parameter": "'2026-01-31'", "optional-parameter": "None", "no-kernelspec": "old format",
    "one-long-line": "characters left out here",
}  # fmt: skip
REFUSED = {
    "second-use-unchecked": ["run.yaml:10", "notebooks[1].parameters.nott", "unknown parameter"],
    "integer-keys": ["run.yaml:9", "notebooks[0].parameters.v.1", "expected it in quotes"],
    "notebook-outside": ["run.yaml:9", "notebooks[0].notebook", "without a folder"],
    "kernel-r": ["kern-r.ipynb", "found a notebook in R, expected one in Python"],
}


@pytest.fixture
def cases(shared_data: Path) -> Path:
    folder = shared_data.parent / "cases" / "runs"
    if not folder.is_dir():
        pytest.skip(f"the inputs are not at {folder}")
    return folder


@pytest.fixture
def run_case(world: World, cases: Path, run_cli: Callable[..., Result], monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Runs an input on the small ledger of the world, with its notebook among those that are shipped."""

    def run(name: str) -> Result:
        (notebook,) = (cases / name).glob("*.ipynb")
        shutil.copy(notebook, world.home / "notebooks")
        given = cases / name / "run.yaml"
        if given.exists():
            text = given.read_text(encoding="utf-8")
            declared = yaml.safe_load(text)
            for key, value in (("ledger", "ledger"), ("periods", "[2026-01]"), ("units", "[U01]")):
                (line,) = [line for line in text.splitlines() if line.startswith(f"{key}:")]
                text = text.replace(line, f"{key}: {value}")
            assert yaml.safe_load(text).keys() == declared.keys()
        else:
            text = (
                "run: case\ntitle: {zh: 试, en: try}\nscheme: s22-heating\nledger: ledger\nperiods: [2026-01]\n"
                f"language: en\nlimits: {{seconds: 300}}\nnotebooks:\n  - {{notebook: {notebook.stem}, per: period}}\n"
            )
        (world.folder / "run.yaml").write_text(text, encoding="utf-8")
        monkeypatch.chdir(world.folder)
        return run_cli("run", "run.yaml", "--out", world.out, "--jobs", 1)

    return run


@pytest.mark.long
@pytest.mark.parametrize("name", FINE)
def test_what_can_be_made_is_made(run_case, world, name) -> None:
    done = run_case(name)
    assert done.exit_code == 0, done.output
    (page,) = (world.out / "2026-01").glob("*.ipynb")
    outputs = json.loads(page.read_text(encoding="utf-8"))["cells"][-1]["outputs"]
    text = "".join("".join(one["text"]) for one in outputs)
    assert FINE[name] in text
    assert len(text) < 300_000


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_is_refused_before_anything_is_written(run_case, world, name) -> None:
    done = run_case(name)
    assert done.exit_code == 2, done.output
    told = done.stderr.strip().splitlines()
    assert len(told) == (2 if name == "integer-keys" else 1)  # a line a fault
    for said in REFUSED[name]:
        assert said in told[0]
    assert not world.out.exists()
    assert not (world.folder.parent / "esc").exists()
