"""What must not change a score, whatever the ledger: the order of rows, the names of units, files and their formats."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import ledgers_s09
import ledgers_s22
import polars as pl
import pytest
import xlsxwriter
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_ledgers import (
    DAY,
    SCHEMES,
    Assessment,
    case_ids,
    loaded,
    many_ledgers,
    plain,
    score_by_auditlib,
    some,
    write_ledger,
)
from with_outcomes import plain_with_outcomes

from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.result import Result
from auditlib.scoring.score import score

S22, S09 = "s22-heating", "s09-chengde-12315"
COLUMNS = {S22: ledgers_s22.COLUMNS, S09: ledgers_s09.COLUMNS}
DRAWN = st.one_of(
    st.tuples(st.just(S22), ledgers_s22.assessments()), st.tuples(st.just(S09), ledgers_s09.assessments(yearly=False))
)
some_ledgers = settings(many_ledgers, max_examples=max(5, many_ledgers.max_examples // 8))
more_ledgers = settings(many_ledgers, max_examples=max(10, many_ledgers.max_examples // 4))
"""Each of these tests scores a ledger twice or more, and takes fewer of them than a twin."""

Drawn = tuple[str, Assessment]


def points(drawn: Drawn, **changed: Any) -> dict[str, Any]:
    scheme, assessment = drawn
    return plain(score_by_auditlib(scheme, replace(assessment, **changed), COLUMNS[scheme]))


def without_places(units: dict[str, Any]) -> dict[str, Any]:
    return {code: unit | dict.fromkeys(("rank", "tie", "rivals", "apart")) for code, unit in units.items()}


def under_other_names(units: dict[str, Any], new: dict[str, str]) -> dict[str, Any]:
    found = {}
    for code, unit in units.items():
        named = {"unit": new[code]} | {key: sorted(new[other] for other in unit[key]) for key in ("tie", "rivals")}
        found[new[code]] = unit | named
    return found


# --- order and names ---


@pytest.mark.long
@some_ledgers
@given(DRAWN, st.randoms(use_true_random=True))
def test_the_order_of_rows_in_every_register_changes_nothing(drawn: Drawn, random: Any) -> None:
    shuffled = {name: random.sample(rows, len(rows)) for name, rows in drawn[1].registers.items()}
    assert points(drawn, registers=shuffled) == points(drawn)


@pytest.mark.long
@some_ledgers
@given(DRAWN, st.permutations(["Z9", "a1", "丙", "甲"]))
def test_other_names_of_units_change_nothing_but_the_names(drawn: Drawn, names: list[str]) -> None:
    new = dict(zip("甲乙丙丁", names, strict=True))
    renamed = {name: [row | {"unit": new[row["unit"]]} for row in rows] for name, rows in drawn[1].registers.items()}
    assert points(drawn, registers=renamed) == under_other_names(points(drawn), new)


# --- files ---


def scored_folder(drawn: Drawn, path: Path) -> dict[str, Any]:
    scheme, assessment = drawn
    period = Period.parse(assessment.period)
    resolved = loaded(scheme).resolve(assessment.readings, assessment.supplied, period.first)
    ledger = read_ledger(path, assessment.as_of)
    return plain(score(resolved, ledger, period, assessment.as_of, calendar=calendar_of(resolved), evidence=False))


def text_tables(folder: Path) -> dict[str, pl.DataFrame]:
    return {file.stem: pl.read_csv(file, infer_schema=False) for file in sorted(folder.glob("*.csv"))}


def as_text_parquet(folder: Path) -> None:
    for name, table in text_tables(folder).items():
        (folder / f"{name}.csv").unlink()
        table.write_parquet(folder / f"{name}.parquet")


def as_typed_parquet(folder: Path) -> None:
    """As a database would write it: times are times, whole numbers numbers. Deadlines may be dates and stay text."""
    for name, table in text_tables(folder).items():
        (folder / f"{name}.csv").unlink()
        times = [name for name in table.columns if (name == "at" or name.endswith("_at")) and name != "due_at"]
        numbers = [column for column in ("count", "chars", "missing_items") if column in table.columns]
        typed = table.with_columns(
            *(pl.col(column).str.to_datetime("%Y-%m-%dT%H:%M:%S") for column in times),
            *(pl.col(column).cast(pl.Int64) for column in numbers),
        )
        typed.write_parquet(folder / f"{name}.parquet")


def as_workbook(folder: Path) -> None:
    tables = text_tables(folder)
    with xlsxwriter.Workbook(folder / "ledger.xlsx") as workbook:
        for name, table in tables.items():
            table.write_excel(workbook, worksheet=name)
            (folder / f"{name}.csv").unlink()


def as_parts(folder: Path) -> None:
    """Every register in two files, the second with its columns the other way round and in GB18030."""
    for name, table in text_tables(folder).items():
        (folder / f"{name}.csv").unlink()
        middle = table.height // 2
        table[:middle].write_csv(folder / f"{name}-1.csv")
        second = table[middle:].select(reversed(table.columns)).write_csv()
        (folder / f"{name}-2.csv").write_bytes(second.encode("gb18030"))


@pytest.mark.long
@pytest.mark.parametrize("rewrite", [as_text_parquet, as_typed_parquet, as_workbook, as_parts])
@some_ledgers
@given(DRAWN)
def test_the_files_that_hold_a_ledger_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, rewrite: Callable[[Path], None], drawn: Drawn
) -> None:
    folder = tmp_path_factory.mktemp("ledger")
    write_ledger(folder, drawn[1].registers, drawn[1].taken, COLUMNS[drawn[0]])
    before = scored_folder(drawn, folder)
    rewrite(folder)
    assert scored_folder(drawn, folder) == before


@pytest.mark.long
@some_ledgers
@given(DRAWN)
def test_units_in_ledgers_of_their_own_get_the_points_they_get_together(drawn: Drawn) -> None:
    """But for places. Persons are one unit's own here: a repeat counts across units. A year asks the whole ledger
    which of its months have data."""
    assume(len(drawn[1].period) > 4)
    registers = dict(drawn[1].registers)
    if drawn[0] == S22 and "cases" in registers:
        registers["cases"] = [
            row | {key: row[key] and row["unit"] + row[key] for key in ("person_key", "problem_key")}
            for row in registers["cases"]
        ]
    apart: dict[str, Any] = {}
    for unit in registers["units"]:
        own = {name: [row for row in rows if row["unit"] == unit["unit"]] for name, rows in registers.items()}
        apart |= points(drawn, registers=own)
    assert without_places(apart) == without_places(points(drawn, registers=registers))


# --- what no rule looks at ---


@pytest.mark.long
@some_ledgers
@given(DRAWN)
def test_registers_and_rows_that_no_rule_counts_have_no_effect(drawn: Drawn) -> None:
    scheme, assessment = drawn
    code = assessment.registers["units"][0]["unit"]
    start = datetime.fromisoformat("2025-10-05")
    more = dict(assessment.registers)
    more["ratings"] = [{"unit": code, "at": start, "method": "即时", "grade": "差"}]
    more["marks"] = [
        *more.get("marks", []),
        {"unit": code, "period": "2025-10", "indicator": "register", "points": "1"},
    ]
    if "events" in more:
        more["events"] = [*more["events"], {"event_id": "other", "unit": code, "at": start, "kind": "停水", "count": 9}]
    columns = COLUMNS[scheme] | {"ratings": ("unit", "at", "method", "grade")}
    added = plain(score_by_auditlib(scheme, replace(assessment, registers=more), columns))
    assert added == points(drawn)


def excluded(row: dict[str, Any]) -> dict[str, Any]:
    return {"case_id": row["case_id"], "reason": "重复登记", "approver": "县局"}


@pytest.mark.long
@some_ledgers
@given(DRAWN, st.integers(0, 5))
def test_excluding_cases_is_as_if_they_were_not_there_and_says_what_the_total_was(drawn: Drawn, count: int) -> None:
    scheme, assessment = drawn
    assume("cases" in assessment.registers and len(assessment.registers["cases"]) >= count)
    cases = assessment.registers["cases"]
    listed = assessment.registers | {"exclusions": [excluded(row) for row in cases[:count]]}
    columns = COLUMNS[scheme] | {"exclusions": ("case_id", "reason", "approver")}
    result = score_by_auditlib(scheme, replace(assessment, registers=listed), columns)
    assert plain(result) == points(drawn, registers=assessment.registers | {"cases": cases[count:]})
    whole = points(drawn)
    assert {unit.unit: unit.before_exclusions for unit in result.units} == {c: u["total"] for c, u in whole.items()}


@pytest.mark.parametrize("scheme", [S22, S09])
def test_a_reading_that_no_rule_uses_has_no_effect(scheme: str, tmp_path: Path) -> None:
    text = (SCHEMES / f"{scheme}.yaml").read_text(encoding="utf-8")
    idle = """readings:
  idle:
    clause: 二
    question: {zh: 无关, en: beside the point}
    use: one
    options:
      one: {value: 1, zh: 一, en: one}
      two: {value: 2, zh: 二, en: two}
"""
    assert text.count("\nreadings:\n") == 1
    (tmp_path / f"{scheme}.yaml").write_text(text.replace("readings:\n", idle, 1), encoding="utf-8")
    copy = load_scheme(tmp_path / f"{scheme}.yaml")
    start = datetime(2025, 12, 1, 8)
    case = {
        "unit": "甲",
        "kind": "举报",
        "received_at": start,
        "closed_at": start + DAY,
        "due_at": start,
        "resolved": True,
    }
    known = COLUMNS[scheme]["cases"]
    registers = {"units": [{"unit": "甲"}], "cases": case_ids([{k: v for k, v in case.items() if k in known}])}
    write_ledger(tmp_path, registers, None, COLUMNS[scheme])
    period, as_of = Period.parse("2025-12"), datetime(2026, 1, 5)
    ledger = read_ledger(tmp_path, as_of)
    given_points = []
    for readings in ({"idle": "one"}, {"idle": "two"}):
        resolved = copy.resolve(readings, {}, period.first)
        given_points.append(plain(score(resolved, ledger, period, as_of, calendar=calendar_of(resolved))))
    natural = loaded(scheme).resolve({}, {}, period.first)
    given_points.append(plain(score(natural, ledger, period, as_of, calendar=calendar_of(natural))))
    assert given_points[0] == given_points[1] == given_points[2]
    assert given_points[0]["甲"]["total"] is not None


Keeps = Callable[[str, dict[str, Any]], bool]
IDLE: dict[tuple[str, str], Keeps] = {
    (S22, "channel_failure_bound"): lambda register, row: row.get("kind") != "渠道故障",
    (S22, "late_days"): lambda register, row: row.get("kind") != "专项任务",
    (S22, "working_day_limit"): lambda register, row: row.get("kind") != "复杂",
    (S22, "overtime_days"): lambda register, row: register != "cases" or row["kind"] in ("建议", None),
    (S22, "overtime_clock"): lambda register, row: register != "cases" or row["kind"] in ("建议", None),
    (S22, "repeat_window"): lambda register, row: row.get("problem_key") is None,
    (S22, "same_problem"): lambda register, row: row.get("problem_key") is None,
    (S22, "started_or_completed"): lambda register, row: register != "cases",
    (S22, "contact_clock"): lambda register, row: register != "cases" or row["accepted_at"] == row["received_at"],
    (S22, "satisfaction_scale"): lambda register, row: row.get("satisfaction") is None,
    (S22, "satisfaction_steps"): lambda register, row: row.get("satisfaction") is None,
    (S22, "resolution_denominator"): lambda register, row: register != "cases" or row["closed_at"] is not None,
    (S22, "repeat_denominator"): lambda register, row: register != "cases" or row["kind"] in ("投诉", "复杂"),
    (S09, "daily_average"): lambda register, row: register != "cases",
    (S09, "close_denominator_reports"): lambda register, row: row.get("kind") != "举报",
    (S09, "close_denominator_appeals"): lambda register, row: row.get("kind") != "申诉",
    (S09, "mediation_denominator"): lambda register, row: row.get("kind") != "申诉" or row["mediated"] is True,
}
"""For each reading, the rows that can stay while there is nothing for it to decide."""


@pytest.mark.long
@more_ledgers
@given(DRAWN, st.data())
def test_a_reading_with_nothing_to_decide_has_no_effect(drawn: Drawn, data: st.DataObject) -> None:
    scheme, assessment = drawn
    reading = data.draw(some(*[name for own, name in IDLE if own == scheme]))
    # As known at once: a closing that is hidden from an earlier look would give the reading something to decide.
    kept = {
        name: [row for row in rows if IDLE[scheme, reading](name, row)] for name, rows in assessment.registers.items()
    }
    late = {"registers": kept, "taken": None, "as_of": datetime(2026, 12, 1)}
    options = loaded(scheme).natural.readings[reading].options
    found = [points(drawn, **late, readings=assessment.readings | {reading: option}) for option in options]
    assert all(one == found[0] for one in found)


MAXIMA = {S22: "different_maxima", S09: "assessed_otherwise"}


@pytest.mark.long
@more_ledgers
@given(DRAWN)
def test_what_is_declared_of_different_maxima_changes_places_alone_and_those_of_units_alike_never(drawn: Drawn) -> None:
    scheme, assessment = drawn
    reading = MAXIMA[scheme]
    options = loaded(scheme).natural.readings[reading].options
    found = {option: points(drawn, readings=assessment.readings | {reading: option}) for option in options}
    assert all(without_places(units) == without_places(found["undecided"]) for units in found.values())
    for code, undecided in found["undecided"].items():
        own = {option: units[code] for option, units in found.items()}
        if undecided["total"] is None:
            assert all(unit["rank"] is None for unit in own.values())
        elif undecided["rank"] is not None:  # nobody was assessed on more or less than it
            assert all(unit == undecided for unit in own.values())
        elif own["unranked"]["rank"] is not None:  # it was assessed on the most
            assert own["apart"] == own["unranked"]
            assert not own["apart"]["apart"]
        else:
            assert own["apart"]["rank"] is not None
            assert own["apart"]["apart"]
        if "by_share" in own and undecided["total"] is not None:
            assert own["by_share"]["rank"] is not None


# --- monotonicity ---


def good_case(scheme: str, code: str, kind: str, at: datetime) -> dict[str, Any]:
    """A case of a new person in which everything happened at once, and well."""
    times = ("received_at", "entered_at", "accepted_at", "contacted_at", "planned_at", "replied_at", "closed_at")
    yes = ("resolved", "filed", "mediated", "mediation_ok")
    case = dict.fromkeys(times, at) | dict.fromkeys(yes, True)
    case |= {
        "case_id": "good",
        "unit": code,
        "kind": kind,
        "due_at": at + DAY,
        "satisfaction": "满意",
        "missing_items": 0,
    }
    case |= {"person_key": "good", "problem_key": "good"}
    return {name: value for name, value in case.items() if name in COLUMNS[scheme]["cases"]}


@pytest.mark.long
@more_ledgers
@given(
    st.one_of(DRAWN, st.tuples(st.just(f"{S09}-annual"), ledgers_s09.assessments(yearly=True))),
    st.integers(0, 27),
    st.data(),
)
def test_one_more_case_handled_well_and_in_time_lowers_no_indicator(
    drawn: Drawn, day: int, data: st.DataObject
) -> None:
    scheme, assessment = drawn
    assume("cases" in assessment.registers)
    columns = COLUMNS[S22 if scheme == S22 else S09]
    code = data.draw(some(*[unit["unit"] for unit in assessment.registers["units"]]))
    kind = data.draw(some(*(("咨询", "投诉", "复杂") if scheme == S22 else ("咨询", "申诉", "举报"))))
    start = datetime.combine(Period.parse(assessment.period).first, datetime.min.time())
    case = good_case(S22 if scheme == S22 else S09, code, kind, start + day * DAY + timedelta(hours=9))
    more = assessment.registers | {"cases": [*assessment.registers["cases"], case]}
    before = plain(score_by_auditlib(scheme, assessment, columns))
    after = plain(score_by_auditlib(scheme, replace(assessment, registers=more), columns))
    for unit, score_before in before.items():
        for name, indicator in score_before["indicators"].items():
            if indicator["points"] is not None:
                assert after[unit]["indicators"][name]["points"] >= indicator["points"], (unit, name)


# --- the other schemes, on their demonstrations ---


DEMONSTRATIONS = sorted(folder for folder in (SCHEMES.parent / "demonstrations").iterdir() if folder.is_dir())
NAMES_UNITS = "s04-hotline"  # its source moves two units, by their names, into another group


def demonstration(
    folder: Path, change: Callable[[str, list[dict[str, str]]], list[dict[str, str]]], out: Path
) -> Result:
    """A demonstration scored after ``change`` to the rows of each register."""
    note = yaml.safe_load((folder / "ledger.yaml").read_text(encoding="utf-8"))
    (out / "ledger.yaml").write_text((folder / "ledger.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        with (out / file.name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(change(file.stem, rows))
    return scored_demonstration(folder.name, out, str(note["period"]))


def scored_demonstration(scheme: str, folder: Path, named: str) -> Result:
    period = Period.parse(named)
    resolved = loaded(scheme).resolve({}, {}, period.first)
    return score(resolved, read_ledger(folder), period, calendar=calendar_of(resolved))


@pytest.mark.long
@pytest.mark.parametrize("folder", DEMONSTRATIONS, ids=lambda folder: folder.name)
def test_a_demonstration_scores_alike_with_its_rows_reversed_or_in_other_files(folder: Path, tmp_path: Path) -> None:
    note = yaml.safe_load((folder / "ledger.yaml").read_text(encoding="utf-8"))
    plainly = scored_demonstration(folder.name, folder, str(note["period"]))
    assert plainly.units
    assert demonstration(folder, lambda _, rows: rows[::-1], tmp_path).to_json() == plainly.to_json()
    for rewrite in (as_parts, as_text_parquet):
        own = tmp_path / rewrite.__name__
        own.mkdir()
        demonstration(folder, lambda _, rows: rows, own)
        rewrite(own)
        assert scored_demonstration(folder.name, own, str(note["period"])).to_json() == plainly.to_json()


@pytest.mark.parametrize("folder", [f for f in DEMONSTRATIONS if f.name != NAMES_UNITS], ids=lambda folder: folder.name)
def test_a_demonstration_scores_alike_under_other_names_of_its_units(folder: Path, tmp_path: Path) -> None:
    with (folder / "units.csv").open(encoding="utf-8", newline="") as stream:
        codes = [row["unit"] for row in csv.DictReader(stream)]
    new = {code: f"U{len(codes) - number:02d}" for number, code in enumerate(codes)}  # the order turned round
    (tmp_path / "plainly").mkdir()
    (tmp_path / "renamed").mkdir()

    def rename(register: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
        naming = {"unit", "to_unit"} & rows[0].keys()  # an act of nobody names none
        return [row | {column: new.get(row[column], row[column]) for column in naming} for row in rows]

    plainly = plain_with_outcomes(demonstration(folder, lambda _, rows: rows, tmp_path / "plainly"))
    renamed = plain_with_outcomes(demonstration(folder, rename, tmp_path / "renamed"))
    assert renamed == under_other_names(plainly, new)
