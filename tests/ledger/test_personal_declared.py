"""What people write beside a ledger is searched too: titles, items, names of files. The refusal repeats none of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import xlsxwriter

from auditlib.core.errors import InputError
from auditlib.ledger.demonstration.export import write_heating_winter
from auditlib.ledger.privacy.find import NO_PERSONAL_DATA
from auditlib.ledger.read import read_ledger

SECRET = "13912345678"
HEATING = Path("params/demonstrations/s22-heating")


def planted(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up export of a winter of heating, as the demonstration takes it in."""
    folder = tmp_path_factory.mktemp("winter") / "export"
    write_heating_winter(folder)
    return folder


@pytest.fixture
def place(root, export, tmp_path) -> Path:
    for name in ("runs/sample.yaml", "mappings/heating-winter.yaml", "panels/s19-synthetic/panel.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / "params" / name, tmp_path / name)
    shutil.copytree(root / HEATING, tmp_path / "ledger")
    shutil.copytree(export, tmp_path / "export")
    return tmp_path


COMMANDS = {
    "runs/sample.yaml": ("run", "{}/runs/sample.yaml", "--out", "{}/out"),
    "mappings/heating-winter.yaml": (
        "intake", "{}/export", "--mapping", "{}/mappings/heating-winter.yaml", "--out", "{}/out"),
    "panels/s19-synthetic/panel.yaml": ("delphi", "{}/panels/s19-synthetic"),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_title_with_personal_data_is_refused_by_kind_and_line(run_cli, place, name) -> None:
    planted(place / name, "zh: ", f"zh: 投诉电话{SECRET} ")
    said = run_cli(*(word.replace("{}", str(place)) for word in COMMANDS[name]))
    assert said.exit_code == 2
    assert f"found 〔手机号，已隐去〕, expected {NO_PERSONAL_DATA}" in said.stderr
    assert SECRET not in said.output
    assert not (place / "out").exists()


def test_what_is_shipped_is_not_refused(run_cli, place) -> None:
    assert run_cli("delphi", "params/panels/s19-synthetic").exit_code == 0
    export, out = place / "export", place / "out"
    mapping = place / "mappings" / "heating-winter.yaml"
    assert run_cli("intake", export, "--mapping", mapping, "--out", out).exit_code in (0, 1)
    assert (out / "ledger.yaml").is_file()


def test_a_register_whose_file_is_named_after_a_person_is_refused_and_the_name_not_repeated(place) -> None:
    (place / "ledger" / "cases.csv").rename(place / "ledger" / f"cases-{SECRET}.csv")
    with pytest.raises(InputError, match="found a file with 〔手机号，已隐去〕 in its name") as caught:
        read_ledger(place / "ledger")
    assert SECRET not in str(caught.value)
    (place / "ledger" / f"cases-{SECRET}.csv").rename(place / "ledger" / "cases-2025.csv")
    assert "cases" in read_ledger(place / "ledger").registers


def test_an_export_whose_file_is_named_after_a_person_is_refused(run_cli, place) -> None:
    file = next((place / "export").glob("*.csv"))
    file.rename(file.with_name(f"{file.stem}-{SECRET}.csv"))
    mapping = place / "mappings" / "heating-winter.yaml"
    planted(mapping, file.name, f"{file.stem}*.csv") if file.name in mapping.read_text() else None
    said = run_cli("intake", place / "export", "--mapping", mapping, "--out", place / "out")
    assert said.exit_code == 2
    assert SECRET not in said.output


@pytest.mark.parametrize("name", ["张伟", SECRET, "zhang.san@example.com"])
def test_an_expert_who_is_named_is_refused_and_the_name_not_repeated(run_cli, root, tmp_path, name) -> None:
    panel = shutil.copytree(root / "params" / "panels" / "s19-synthetic", tmp_path / "panel")
    for file in sorted(panel.glob("*.csv")):
        lines = file.read_text(encoding="utf-8").splitlines()
        _, _, rest = lines[1].partition(",")
        file.write_text("\n".join([lines[0], f"{name},{rest}", *lines[2:]]) + "\n", encoding="utf-8")
    said = run_cli("delphi", panel)
    assert said.exit_code == 2
    assert "expected a pseudonym" in said.stderr
    assert name not in said.output


@pytest.mark.parametrize(
    ("name", "old", "new", "at"),
    [
        ("runs/sample.yaml", "notebooks:", f"set: {{gap: '联系人刘强，{SECRET}'}}\nnotebooks:", "set.gap"),
        ("panels/s19-synthetic/panel.yaml", "panel: ", f"panel: tel{SECRET}", "panel"),
        ("ledger/ledger.yaml", "synthetic: true", f"synthetic: true\nsource: 投诉电话{SECRET}", "source"),
    ],
)
def test_every_text_of_a_file_that_is_shown_is_searched(run_cli, place, name, old, new, at) -> None:
    planted(place / name, old, new)
    commands = COMMANDS | {
        "ledger/ledger.yaml": ("score", "s22-heating", "--ledger", "{}/ledger", "--period", "2025-12")
    }
    said = run_cli(*(word.replace("{}", str(place)) for word in commands[name]))
    assert said.exit_code == 2
    assert f"{at}: found 〔" in said.stderr, said.stderr
    assert SECRET not in said.output


def test_the_reason_of_an_adjustment_and_who_decided_it_are_searched(run_cli, place, root, monkeypatch) -> None:
    adjusting = place / "home" / "params" / "adjustments" / "s22-heating"
    adjusting.mkdir(parents=True)
    (place / "home" / "params" / "schemes").symlink_to(root / "params" / "schemes")
    (place / "home" / "params" / "calendars").symlink_to(root / "params" / "calendars")
    monkeypatch.setenv("AUDITLIB_HOME", str(place / "home"))
    text = (
        "adjustment: first\nscheme: s22-heating\nperiod: 2025-12\ndecided_at: 2026-01-10T09:00:00\n"
        "decided_by: {by}\nclause: null\nreason: {{zh: {reason}, en: heard}}\nprevious: null\n"
        "changes: [{{register: cases, key: C1, column: resolved, was: true, becomes: false}}]\n"
    )
    file = adjusting / "first.yaml"
    file.write_text(text.format(by="考评组", reason="复核属实"), encoding="utf-8")
    assert run_cli("adjustments", "s22-heating").exit_code == 0
    for by, reason, at in (("张伟", "复核属实", "decided_by"), ("考评组", f"回访{SECRET}属实", "reason.zh")):
        file.write_text(text.format(by=by, reason=reason), encoding="utf-8")
        said = run_cli("adjustments", "s22-heating")
        assert said.exit_code == 2
        assert f"{at}: found 〔" in said.stderr
        assert SECRET not in said.output
        assert "张伟" not in said.output


def test_columns_sheets_and_folders_that_are_named_after_a_person_are_refused(place, run_cli) -> None:
    cases = place / "ledger" / "cases.csv"
    planted(cases, "\n", f",电话{SECRET}\n")
    with pytest.raises(InputError, match="found 〔手机号，已隐去〕 in the name of a column") as caught:
        read_ledger(place / "ledger")
    assert SECRET not in str(caught.value)
    book = place / "book" / "b.xlsx"
    book.parent.mkdir()
    with xlsxwriter.Workbook(book) as workbook:
        workbook.add_worksheet(f"张三{SECRET}").write_row(0, 0, ["工单号", "单位"])
    mapping = place / "m.yaml"
    mapping.write_text(
        "mapping: m\ntitle: {zh: 试, en: t}\nregisters:\n  units: {from: b.xlsx, columns: {unit: {column: 单位}}}\n",
        encoding="utf-8",
    )
    said = run_cli("intake", place / "book", "--mapping", mapping, "--out", place / "out")
    assert said.exit_code == 2
    assert "in the name of a sheet or column" in said.stderr
    assert SECRET not in said.output


def test_a_message_repeats_no_value_with_personal_data(run_cli, place) -> None:
    """A wrong cell of a panel is told as it stands: here it is a telephone."""
    panel = place / "panels" / "s19-synthetic"
    shutil.copytree("params/panels/s19-synthetic", panel, dirs_exist_ok=True)
    lines = (panel / "round-1.csv").read_text(encoding="utf-8").splitlines()
    cells = lines[1].split(",")
    lines[1] = ",".join([cells[0], SECRET, *cells[2:]])
    (panel / "round-1.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = run_cli("delphi", panel)
    assert said.exit_code == 2
    assert "〔手机号已隐去〕" in said.stderr
    assert SECRET not in said.output
    lines[1] = ",".join([cells[0], "77", *cells[2:]])
    (panel / "round-1.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "77" in run_cli("delphi", panel).stderr
