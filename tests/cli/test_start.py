"""What a command may import, and that the list of commands says what each says of itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from auditlib.cli import COMMANDS, main
from auditlib.core import kept_verdicts
from auditlib.scheme import load

ROOT = Path(__file__).parents[2]
DEMONSTRATION = ROOT / "params" / "demonstrations" / "s22-heating"
HEAVY = {"polars", "pydantic", "numpy", "pandas", "matplotlib", "babel", "yaml", "rich", "docx", "lxml", "nbformat"}
ONLY_FOR_OTHERS = {
    "numpy", "pandas", "matplotlib", "scipy", "rich", "docx", "lxml", "nbformat", "papermill", "fastexcel", "pyarrow",
    "xlsxwriter", "jinja2", "auditlib.report", "auditlib.runs.plan", "auditlib.scoring.duties.compliance",
}  # fmt: skip


def imported(*arguments: object) -> set[str]:
    """The modules that a command has imported when it ends."""
    program = (
        "import sys\n"
        "from auditlib.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines())


def test_the_list_of_commands_imports_nothing_heavy() -> None:
    found = imported("--help")
    assert "auditlib.cli" in found
    assert found & HEAVY == set()


@pytest.mark.long
def test_scoring_imports_only_what_scoring_needs() -> None:
    found = imported("score", "s22-heating", "--ledger", DEMONSTRATION, "--period", "2025-12")
    assert "auditlib.scoring.score" in found
    assert found & ONLY_FOR_OTHERS == set()


def modules_after(program: str) -> set[str]:
    """The modules that are imported when a program ends."""
    told = f"{program}\nimport sys\nprint('\\n'.join(sys.modules), file=sys.stderr)\n"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines())


@pytest.mark.long
def test_seeing_that_a_run_has_nothing_to_do_imports_neither_frames_nor_patterns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    look = (
        "from pathlib import Path\n"
        "import auditlib.cli.runs\n"
        "from auditlib.runs.runfile import read_run\n"
        "from auditlib.runs.up_to_date import run_key, settled\n"
        "settled(Path('none'), run_key(read_run(Path('params/runs/sample.yaml'))))\n"
    )
    assert "auditlib.ledger.privacy.find" in modules_after(look)  # the first time its texts are searched
    found = modules_after(look)
    assert "auditlib.runs.up_to_date" in found
    assert found & {"polars", "numpy", "babel", "rich", "jinja2", "auditlib.ledger.privacy.find"} == set()


@pytest.mark.long
def test_a_run_begins_without_what_only_some_of_its_reports_need() -> None:
    found = modules_after("import auditlib.runs.plan, auditlib.runs.make_report, auditlib.report.unit")
    assert "auditlib.chance.funnel" in found
    assert found & {"scipy.stats", "scipy.signal", "xlsxwriter", "docx", "weasyprint"} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_it_says_of_itself(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert (command.name, command.get_short_help_str(400)) == (name, COMMANDS[name][1])


@pytest.mark.long
def test_a_scheme_that_was_found_clean_is_not_searched_again_and_another_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    (tmp_path / "s22.yaml").write_bytes((ROOT / "params" / "schemes" / "s22-heating.yaml").read_bytes())
    searched: list[object] = []
    real = load.dangling
    monkeypatch.setattr(load, "dangling", lambda *given: searched.append(1) or real(*given))

    def looked() -> int:
        searched.clear()
        load._checked.cache_clear()
        load.load_scheme(tmp_path / "s22.yaml")
        return len(searched)

    assert looked() > 1
    assert looked() == 0
    text = (tmp_path / "s22.yaml").read_text(encoding="utf-8")
    (tmp_path / "s22.yaml").write_text(f"{text}\n# another text\n", encoding="utf-8")
    assert looked() > 1
    kept_verdicts._searching.cache_clear()
    monkeypatch.setattr(kept_verdicts, "library_version", lambda: "auditlib of another day")
    assert looked() > 1
    kept_verdicts._searching.cache_clear()


def test_a_verdict_that_another_user_could_have_put_there_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    assert not kept_verdicts.is_clean("x", "text")
    kept_verdicts.keep_clean("x", "text")
    assert kept_verdicts.is_clean("x", "text")
    assert not kept_verdicts.is_clean("x", "another text")
    assert not kept_verdicts.is_clean("y", "text")
    (tmp_path / "XDG_CACHE_HOME" / "auditlib" / "clean").chmod(0o777)
    assert not kept_verdicts.is_clean("x", "text")
