"""The installed wheel in folders without a clone: the demonstration, and every command that a report prints."""

from __future__ import annotations

import json
import re
import shlex
import zipfile
from pathlib import Path

import pytest
from away_from_clone import Installed, printed_commands

pytestmark = pytest.mark.installed

of_the_demonstration = pytest.mark.xdist_group("demonstration")
"""Tests in the folder of the demonstration's run, which is made once."""

FOUND_SOMETHING = (0, 1)
"""`auditlib diff` and `auditlib check` say with 1 that they found something."""


@pytest.fixture(scope="module")
def demonstration(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An empty folder in which the demonstration was written, and what was printed of it."""
    folder = tmp_path_factory.mktemp("empty")
    return folder, installed.run(["auditlib demo"], folder)


@pytest.fixture(scope="module")
def repeated(installed: Installed, demonstration: tuple[Path, str]) -> tuple[Path, str]:
    """The same after the printed commands, and what they printed."""
    folder, told = demonstration
    return folder / "auditlib-demo", installed.run(indented(told), folder)


def indented(told: str) -> list[str]:
    return [line.strip() for line in told.splitlines() if line.startswith("  ")]


def test_the_wheel_carries_licences_types_and_what_is_shipped(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        assert "\nLicense-Expression: MIT AND OFL-1.1\n" in packed.read(metadata).decode("utf-8")
    about = metadata.removesuffix("METADATA")
    expected = {
        "auditlib/py.typed", f"{about}licenses/LICENSE", f"{about}licenses/auditlib/report/pages/fonts/OFL.txt",
        "auditlib/shipped/notebooks/unit_audit.ipynb", "auditlib/shipped/docs/working-days.md",
        "auditlib/shipped/params/demonstrations/s22-heating/ledger.yaml",
    }  # fmt: skip
    assert sorted(expected - names) == []
    assert not [name for name in names if ".ipynb_checkpoints" in name]


@of_the_demonstration
def test_the_commands_that_the_demonstration_prints_work_where_they_are_printed(demonstration, repeated) -> None:
    folder, told = repeated
    assert [command.split(maxsplit=2)[:2] for command in indented(demonstration[1])] == [
        ["cd", "auditlib-demo"], ["auditlib", "run"], ["auditlib", "explain"], ["auditlib", "verify"],
    ]  # fmt: skip
    assert "13 reports made, 0 were finished, 0 failed" in told
    assert "不满意处理 [dissatisfied_review]  2 / 5" in told  # as README shows
    assert len(list((folder / "reports" / "demo" / "2026-01").glob("*.html"))) == 13
    assert (folder / "reports" / "index.html").is_file()


def test_the_reports_are_those_of_a_clone(root: Path, installed: Installed, tmp_path: Path, run_cli) -> None:
    installed.run(["auditlib run sample"], tmp_path)
    made = tmp_path / "reports" / "sample"
    ours = tmp_path / "ours"
    done = run_cli("run", root / "params" / "runs" / "sample.yaml", "--out", ours)
    assert done.exit_code == 0, done.output
    assert (made / "2025-12" / "scores.json").read_bytes() == (ours / "2025-12" / "scores.json").read_bytes()
    for name in ("B2.html", "period_ranking.html"):
        assert (made / "2025-12" / name).read_bytes() == (ours / "2025-12" / name).read_bytes()


@of_the_demonstration
@pytest.mark.parametrize("page", ["D07", "period_ranking"])
def test_what_a_report_of_the_demonstration_prints_can_be_done_where_it_was_made(
    installed: Installed, repeated: tuple[Path, str], page: str
) -> None:
    folder, _ = repeated
    commands = printed_commands(folder / "reports" / "demo" / "2026-01" / f"{page}.html")
    installed.run(commands, folder)
    assert commands[0].endswith(" --accept-rejects")  # 44 rows of this ledger are rejected
    assert sum(command.startswith("papermill ") for command in commands) == 1


@pytest.mark.parametrize(
    "notebook",
    [
        "unit_audit",
        "period_ranking",
        "duty_audit",
        "ledger_audit",
        "delphi_panel",
        "weight_revision",
    ],
)
def test_a_notebook_as_it_is_makes_a_page_whose_commands_work_in_any_empty_folder(
    installed: Installed, tmp_path: Path, notebook: str
) -> None:
    made, empty = tmp_path / "made", tmp_path / "empty"
    made.mkdir()
    empty.mkdir()
    render = f"jupyter nbconvert --to html --template auditlib {notebook}.ipynb"
    installed.run([f"papermill auditlib://{notebook}.ipynb {notebook}.ipynb --no-progress-bar", render], made)
    commands = printed_commands(made / f"{notebook}.html")
    assert len(commands) >= 2
    installed.run(commands, empty, FOUND_SOMETHING)
    installed.run([render], empty)
    again = printed_commands(empty / f"{notebook}.html")
    assert again == commands
    assert body(made / f"{notebook}.html") == body(empty / f"{notebook}.html")


def body(page: Path) -> str:
    """What a page shows; the parameters in its head name the as-of time once it was given."""
    return re.search(r"<main.*</main>", page.read_text(encoding="utf-8"), re.S)[0]


def test_a_rehearsed_panel_prints_commands_that_work_in_its_folder(installed: Installed, tmp_path: Path) -> None:
    installed.run(["auditlib panel rehearse s22-weights --out rehearsed --language en"], tmp_path)
    folder = tmp_path / "rehearsed"
    for page in ("round-2.html", "weight-revision.html"):
        commands = printed_commands(folder / page)
        assert len(commands) >= 2
        installed.run(commands, folder, FOUND_SOMETHING)


ONE_BY_ONE = "import shlex, sys; from auditlib.cli import main\n" + (
    "for line in sys.argv[1:]: main(shlex.split(line), standalone_mode=False)"
)
"""A program that runs commands in one process: the program that a shell starts is tried by the other tests."""


def test_every_demonstration_is_scored_by_its_name(root: Path, installed: Installed, tmp_path: Path) -> None:
    ledgers = sorted((root / "params" / "demonstrations").iterdir())
    assert len(ledgers) == 34
    commands = [f"score {one.name} --ledger {one.name} --period {period(one)} --format json" for one in ledgers]
    told = installed.run([shlex.join(["python", "-P", "-c", ONE_BY_ONE, *commands])], tmp_path)
    scored, decoder = [], json.JSONDecoder()
    while told.strip():
        result, end = decoder.raw_decode(told.lstrip())
        told = told.lstrip()[end:]
        scored.append(result["scheme"])
    assert scored == [one.name for one in ledgers]


def period(ledger: Path) -> str:
    """The period that a demonstration names."""
    return re.search(r'^period: "?([^"\n]+)"?$', (ledger / "ledger.yaml").read_text(encoding="utf-8"), re.M)[1]


def test_an_old_path_into_the_clone_works_and_an_unknown_ledger_is_refused(
    installed: Installed, tmp_path: Path
) -> None:
    installed.run(["auditlib score s22-heating --ledger params/demonstrations/s22-heating --period 2025-12"], tmp_path)
    installed.run(["auditlib score s22-heating --ledger nowhere --period 2025-12"], tmp_path, (2,))


PLACEHOLDER = re.compile(
    r"(?!OUT\.)[A-Z][A-Z_]*(\.\w+)?…?|…|.*311_service.*|.*ledgers/boston|\[[A-Z]+\]|new\\\|.*|(scheme|run)\.yaml"
    r"|boston|boston311(_2011h2.csv.gz)?|audit-2026-01|our-rules"
)
"""Words of a command that stand for the reader's own, or for the folder of a page that tells of one: `first-hour`,
`boston-walk` and `papers` have tests of their own."""
BEGINNINGS = ("auditlib score --reading all", "auditlib score --format json")


def documented_commands(text: str) -> list[str]:
    """The commands of a document that can be copied: whole lines of its blocks, and what stands in a line as code."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)
    blocks = [block for language, block in fenced if not language]  # what is to be read as a shell's is an example
    lines = [line.removeprefix("$ ") for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))
    commands = [one for one in (*lines, *spans) if re.match(r"(auditlib|papermill) [a-z]", one)]
    whole = [one for one in commands if len(one.split()) > 2 or one in ("auditlib demo", "auditlib site")]
    whole = [one for one in whole if one not in BEGINNINGS]
    return [one for one in dict.fromkeys(whole) if not any(PLACEHOLDER.fullmatch(word) for word in one.split())]


@of_the_demonstration
def test_the_commands_of_the_documentation_work_in_the_folder_of_the_demonstration(
    root: Path, installed: Installed, repeated: tuple[Path, str]
) -> None:
    chinese = sorted((root / "docs").glob("*.zh.md"))
    english = [page for page in sorted((root / "docs").glob("*.md")) if page not in chinese]
    texts = [
        "\n".join(page.read_text(encoding="utf-8") for page in (root / first, *others))
        for first, others in (("README.md", english), ("README.zh.md", chinese))
    ]
    pages = [documented_commands(text) for text in texts]
    expected = [
        "auditlib run params/runs/demo.yaml",
        "auditlib run sample",
        "auditlib delphi s19-synthetic",
        "papermill auditlib://unit_audit.ipynb OUT.ipynb -f auditlib://unit_audit.yaml",
        "auditlib score s20-office-evaluation --ledger s20-office-evaluation --period 2025",
    ]
    assert [sorted(set(expected) - set(commands)) for commands in pages] == [[], []]
    folder, _ = repeated
    installed.run(list(dict.fromkeys(command for commands in pages for command in commands)), folder, FOUND_SOMETHING)


def test_the_way_from_a_panel_to_a_version_works_in_an_empty_folder(
    root: Path, installed: Installed, tmp_path: Path
) -> None:
    text = (root / "params" / "panels" / "s22-weights" / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```\n(.*?)^```$", text, re.M | re.S)
    commands = block.splitlines()
    assert len(commands) == 5
    installed.run(commands, tmp_path, FOUND_SOMETHING)
