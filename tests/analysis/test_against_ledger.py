"""A scheme held against the rows of a ledger by `auditlib check --ledger`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditlib.runs.beginning.folder import write_beginning

LATE = "due_at is not null and coalesce(closed_at, as_of) > due_at"
RATED = "satisfaction is not null and satisfaction = '不满意'"


@pytest.fixture
def checked(tmp_path: Path, run_cli):  # type: ignore[no-untyped-def]
    folder = tmp_path / "begun"
    write_beginning(folder)

    def check(*changes: tuple[str, str], of: str = "scheme.yaml", exit_code: int = 1) -> list[str]:
        file = folder / of
        text = file.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
        done = run_cli("check", folder / "scheme.yaml", "--ledger", folder / "ledger", "--format", "json")
        assert done.exit_code == exit_code, done.output
        return [f"{one['line']} {one['kind']}: {one['message']}" for one in json.loads(done.stdout)["problems"]]

    return check


@pytest.mark.long
def test_rows_that_a_condition_loses_are_named(checked) -> None:
    found = checked((LATE, "due_at is not null and closed_at > due_at"))
    assert [one for one in found if "unseen" not in one] == [
        "15 open-rows-drop-out: 1 row of cases drops out of late, as closed_at is empty: C3"
    ]


def test_a_note_on_the_ledger_is_no_fault(checked) -> None:
    words = ("[满意, 基本满意, 不满意]", "[满意, 基本满意, 不满意, 很不满意]")
    found = checked(words, (RATED, RATED.replace("'不满意'", "'很不满意'")), exit_code=0)
    rows = "满意 (2), 不满意 (1), 基本满意 (1)"
    assert found == [f"17 word-in-no-row: '很不满意' occurs in no row of cases.satisfaction; in the rows: {rows}"]


def test_a_word_of_the_rows_that_is_not_declared_is_a_fault(checked) -> None:
    row = "2025-06-10,2025-06-09T11:00:00,满意"
    found = checked((row, f"{row}。"), of="ledger/cases.csv")
    assert found == ["12 word-undeclared: cases.satisfaction of the ledger holds what is not declared: 满意。 (1)"]


def test_words_that_nobody_declared_are_told_with_those_of_the_ledger(checked) -> None:
    (found,) = checked(("words: {cases: {satisfaction: [满意, 基本满意, 不满意]}}", "note: 无"))
    assert found.endswith("with every word that the column may hold; in the ledger: 满意 (2), 不满意 (1), 基本满意 (1)")


def test_a_column_that_the_ledger_lacks_is_found_before_anything_is_scored(checked) -> None:
    found = checked((RATED, f"{RATED} and excused is not true"))
    assert found == ["16 column-missing: found no column excused in cases of the ledger, expected one (empty: unknown)"]


def test_the_same_fault_is_said_once_with_its_places(tmp_path, run_cli) -> None:
    write_beginning(tmp_path / "begun")
    file = tmp_path / "begun" / "scheme.yaml"
    text = file.read_text(encoding="utf-8").replace(LATE, "closd_at > due_at").replace(RATED, "closd_at is null")
    file.write_text(text, encoding="utf-8")
    done = run_cli("check", file)
    (line,) = done.stdout.splitlines()
    assert ":15:35: measures.late.where: found closd_at, which is no column of cases; did you mean closed_at?" in line
    assert line.endswith("(also at 17:36)")


@pytest.mark.parametrize(("due", "lost"), [("visited_at", ["1", "C2"]), ("coalesce(visited_at, closed_at)", [])])
def test_a_time_of_the_ledgers_own_is_compared_as_a_time(due, lost, tmp_path, run_cli) -> None:
    """A declared column is text in the ledger: a time in it is read before a condition compares it."""
    write_beginning(tmp_path / "begun")
    scheme = tmp_path / "begun" / "scheme.yaml"
    text = scheme.read_text(encoding="utf-8").replace(LATE, f"{due} > received_at")
    scheme.write_text(
        f"{text}\nextra_columns: {{cases: {{visited_at: {{type: time, title: 走访}}}}}}\n", encoding="utf-8"
    )
    cases = tmp_path / "begun" / "ledger" / "cases.csv"
    head, *rows = cases.read_text(encoding="utf-8").splitlines()
    visits = {"C2": "", "C3": "2025-06-21T09:00:00"}
    rows = [f"{row},{visits.get(row.split(',')[0], '2025-06-20T09:00:00')}" for row in rows]
    cases.write_text("\n".join([f"{head},visited_at", *rows]) + "\n", encoding="utf-8")
    done = run_cli("check", scheme, "--ledger", tmp_path / "begun" / "ledger", "--format", "json")
    found = [one["message"] for one in json.loads(done.stdout)["problems"] if one["kind"] == "open-rows-drop-out"]
    told = [f"{lost[0]} row of cases drops out of late, as visited_at is empty: {lost[1]}"] if lost else []
    assert found == told, done.output
