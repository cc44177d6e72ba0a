"""Worked examples of quantities, conditions, nodes and rankings: a clause, small inputs, and what comes out of them."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from auditlib.core.period import Period
from auditlib.core.values import number
from auditlib.ledger.read import read_ledger
from auditlib.scheme.formers.elsewhere import OverPeriods
from auditlib.scheme.load import load_scheme
from auditlib.scheme.quantities import Column
from auditlib.scoring.columns import derived_column
from auditlib.scoring.quantities.over_periods import taken_over
from auditlib.scoring.result import Result
from auditlib.scoring.score import score

SHARED = Path(__file__).parents[2].parent / "shared" / "vocabulary" / "examples.json"
EXAMPLES = json.loads(SHARED.read_text(encoding="utf-8"))["examples"] if SHARED.exists() else []
BY_HAND = yaml.safe_load(Path(__file__).with_name("vocabulary_by_hand.yaml").read_text(encoding="utf-8"))["examples"]
TITLE = {"zh": "甲", "en": "A"}
PERIODS = {"facts": "2025-06", "earlier": "2025-05", "last_year": "2024-06"}


def variants(examples: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any], dict[str, Any], Any]]:
    """Every example and every alternative of one: a name, what goes in, how it is written, what comes out."""
    found = []
    for example in examples:
        if "engine" in example:
            continue
        for other in ({}, *example.get("alternatives", ())):
            one = {**example, **other}
            name = f"{example['id']}-{other.get('reading', 'as read')}"
            found.append((name, one["inputs"], one["vocabulary"], one["expected"]))
    return found


def named(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nodes with the titles and clauses that a scheme file has, and the examples leave out."""
    for node in nodes:
        for index, rule in enumerate(node.get("rules", ())):
            rule |= {"id": f"r{index}", "clause": "一", "title": TITLE}
        node |= {"title": TITLE, "clause": "一"}
        named(node.get("nodes", []))
    return nodes


def scheme_of(inputs: dict[str, Any], vocabulary: dict[str, Any]) -> dict[str, Any]:
    """A scheme file around a fragment of one."""
    given = [own for key in PERIODS for own in inputs.get(key, {}).values()]
    facts = dict.fromkeys(name for own in given for name in own)
    quantities = {name: {"fact": name, "otherwise": "not_assessable", "low": "-1000000"} for name in facts}
    rankings: list[dict[str, Any]] = [{"id": "main", "by": [{"points": "total"}], "within": "all", "ties": "shared"}]
    if inputs.get("groups"):
        rankings[0]["within"] = "group"
    outcomes = [{"when": vocabulary["outcome"], "id": "it"}] if "outcome" in vocabulary else []
    outcomes += [{"when": when, "id": f"grade{n}"} for n, (when, _) in enumerate(vocabulary.get("grade", ()))]
    for name, placed in vocabulary.get("placed", {}).items():
        rankings.append({"id": name, "ties": "shared", **placed["r"]})
        end = "bottom" if "bottom" in placed else "top"
        share = {"rounded": placed.get("up", "down")} if "share" in placed else {}
        place = {"ranking": name, end: placed.get("share", placed.get(end)), **share}
        outcomes.append({"place": place, "id": name})
    if "ranking" in vocabulary:
        rankings.append({"id": "asked", "ties": "shared", **vocabulary["ranking"]})
    nodes = named(deepcopy(vocabulary.get("nodes") or [{"id": "none", "rules": [{"points": 1, "per": {"add": [1]}}]}]))
    asked = {"asked": vocabulary["quantity"]} if "quantity" in vocabulary else {}
    columns = {name for rows in inputs.get("rows", {}).values() for row in rows for name in row}
    return {
        "scheme": "example", "version": "1", "title": TITLE, "effective": {"from": None}, "periods": ["month"],
        "source": {"document": "none.txt", "title": TITLE, "last_checked": "2026-01-01"},
        "clauses": {"一": {"quote": "一"}}, "measures": {}, "rounding": {"digits": 4, "mode": "half_up"},
        "extra_columns": extra_columns(inputs) if columns else {},
        "quantities": quantities | vocabulary.get("quantities", {}) | asked, "tree": nodes, "rankings": rankings,
        "outcomes": [outcome | {"title": TITLE, "clause": "一"} for outcome in outcomes],
    }  # fmt: skip


REGISTERS = {"cases": ("case_id", "received_at"), "receptions": ("case_id", "received_at")}
KNOWN = ("case_id", "unit", "received_at", "closed_at", "due_at")


def extra_columns(inputs: dict[str, Any]) -> dict[str, dict[str, str]]:
    rows = next(iter(inputs["rows"].values()))
    own = {name: value for row in rows for name, value in row.items() if name not in KNOWN and value is not None}
    kinds = {name: "number" if str(value).isdigit() else "text" for name, value in own.items()}
    return {"cases": kinds | {name: "integer" for name, value in own.items() if isinstance(value, int)}}


def written(folder: Path, inputs: dict[str, Any], vocabulary: dict[str, Any]) -> Result:
    """The example as a scheme file and a ledger in files, scored as anyone would."""
    scheme = scheme_of(inputs, vocabulary)
    text = yaml.safe_dump(scheme, allow_unicode=True, sort_keys=False)
    for register in inputs.get("rows", {}):  # whatever the rows are, here they are cases
        text = text.replace(f"rows: {register}", "rows: cases")
    (folder / "example.yaml").write_text(text, encoding="utf-8")
    groups = inputs.get("groups", {})
    units = "".join(f"{unit},{groups.get(unit, '')}\n" for unit in inputs["units"])
    (folder / "units.csv").write_text(f"unit,group\n{units}", encoding="utf-8")
    facts = [
        f"{unit},{period},{name},{number(value)}\n"
        for key, period in PERIODS.items()
        for unit, own in inputs.get(key, {}).items()
        for name, value in own.items()
    ]
    (folder / "unit_facts.csv").write_text("unit,period,fact,value\n" + "".join(facts), encoding="utf-8")
    for rows in inputs.get("rows", {}).values():
        own = sorted({name for row in rows for name in row} - {"case_id", "unit", "received_at"})
        lines = [
            ",".join(
                [
                    str(row.get("case_id", n)),
                    row["unit"],
                    "2025-06-10 09:00",
                    *("" if row.get(c) is None else str(row[c]) for c in own),
                ]
            )
            for n, row in enumerate(rows)
        ]
        text = "\n".join([",".join(["case_id", "unit", "received_at", *own]), *lines])
        (folder / "cases.csv").write_text(text + "\n", encoding="utf-8")
    ledger = read_ledger(folder, datetime(2025, 7, 1))
    return score(load_scheme(folder / "example.yaml").resolve(), ledger, Period.parse("2025-06"))


def outcome_of(result: Result, inputs: dict[str, Any], vocabulary: dict[str, Any]) -> Any:
    """What an example asks for, in the form in which it says what is right."""
    units = {unit.unit: result.unit(unit.unit) for unit in result.units}
    has = {code: [one.id for one in unit.outcomes if one.decided] for code, unit in units.items()}
    if "placed" in vocabulary:
        return {name: sorted(code for code in units if name in has[code]) for name in vocabulary["placed"]}
    if "ranking" in vocabulary:
        return {code: unit.ranks["asked"].rank for code, unit in units.items() if "asked" in unit.ranks}
    if "grade" in vocabulary:
        names = [name for _, name in vocabulary["grade"]]
        first = {code: min((int(id.removeprefix("grade")) for id in has[code]), default=None) for code in units}
        return {code: None if place is None else names[place] for code, place in first.items()}
    if "outcome" in vocabulary:
        return {code: "it" in has[code] for code in units}
    if "quantity" in vocabulary:
        return {code: unit.rates["asked"] if "asked" in unit.rates else unit.measures.get("asked")
                for code, unit in units.items()}  # fmt: skip
    return {
        code: next(one.points for one in (*unit.indicators, *unit.branches) if one.id == vocabulary["show"])
        for code, unit in units.items()
    }


def exact(value: Any) -> Any:
    return number(value) if isinstance(value, str) and value[0] in "-0123456789" else value


@pytest.mark.skipif(not EXAMPLES, reason="the worked examples of the design are not here")
@pytest.mark.parametrize(
    ("name", "inputs", "vocabulary", "expected"), variants(EXAMPLES), ids=[one[0] for one in variants(EXAMPLES)]
)
def test_a_worked_example_comes_out_as_it_was_worked(name, inputs, vocabulary, expected, tmp_path):
    found = outcome_of(written(tmp_path, inputs, vocabulary), inputs, vocabulary)
    assert found == {key: exact(value) for key, value in expected.items()}


@pytest.mark.parametrize(
    ("inputs", "vocabulary", "expected"), [pytest.param(*one, id=name) for name, *one in variants(BY_HAND)]
)
def test_a_sentence_that_was_worked_by_hand_comes_out_so(inputs, vocabulary, expected, tmp_path):
    found = outcome_of(written(tmp_path, inputs, vocabulary), inputs, vocabulary)
    assert found == {key: exact(value) for key, value in expected.items()}


# --- words of time ---


@pytest.mark.parametrize(
    ("done", "mode", "months"),
    [
        ("2014-05-31", "ceil", 0), ("2014-06-01", "ceil", 1), ("2014-06-30", "ceil", 1), ("2014-07-15", "ceil", 2),
        ("2014-06-01", "floor", 0), ("2014-06-30", "floor", 1), ("2014-07-15", "floor", 1), ("2014-07-30", "floor", 1),
        ("2014-07-31", "floor", 2),
    ],
)  # fmt: skip
def test_months_of_delay_end_with_the_day_or_with_the_last_of_a_shorter_month(done, mode, months):
    steps = {
        "from": "due", "to": "done", "open": "ignore", "clock": "continuous", "over": {"days": 0},
        "every": {"months": 1}, "mode": mode,
    }  # fmt: skip
    column = Column.model_validate({"steps": steps})
    times = pl.DataFrame({"due": [datetime(2014, 5, 31)], "done": [datetime.fromisoformat(done)]})
    assert times.select(derived_column(column, lambda: None)).item() == months  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    ("months", "last", "take", "expected"),
    [
        ((0, 1, 1), 2, "run", 2), ((1, 0, 1), 2, "run", 1), ((1, 1, 0), 2, "run", 0), ((1, None, 1), 2, "run", 1),
        ((0, 1, 1), 3, "count", 2), ((1, 0, 1), 3, "count", 2), ((1, None, 1), 3, "count", 2),
    ],
)  # fmt: skip
def test_what_happened_is_counted_in_a_row_or_at_all(months, last, take, expected):
    missing = "breaks" if take == "run" else "left_out"
    over = OverPeriods.model_validate(
        {"over": {"outcome": "x"}, "each": "month", "last": last, "take": take, "missing": missing}
    )
    values = [None if value is None else Fraction(value) for value in months[-last:]]
    assert taken_over(over, values) == expected


@pytest.mark.parametrize(
    ("day", "year"), [("2021-03", "FY2020-04"), ("2021-04", "FY2021-04"), ("2022-03", "FY2021-04")]
)
def test_a_fiscal_year_runs_from_april_to_march(day, year):
    assert str(Period.parse(day).year_of(4)) == year
    assert Period.parse(year).split("month")[0] == Period.parse(year.removeprefix("FY"))


@pytest.mark.parametrize(
    ("text", "first", "before"),
    [
        ("2025-W01", "2024-12-30", "2024-W52"),
        ("2020-W53", "2020-12-28", "2020-W52"),
        ("2021-W01", "2021-01-04", "2020-W53"),
    ],
)
def test_weeks_are_those_of_iso_8601(text, first, before):
    week = Period.parse(text)
    assert (str(week), week.first.isoformat(), str(week.previous())) == (text, first, before)
    assert (week.after - week.first).days == 7


@pytest.mark.parametrize("text", ["2021-W53", "2025-W54", "2025-W00", "FY2025-13"])
def test_a_week_or_a_year_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"week|period"):
        Period.parse(text)


def test_equal_problems_are_numbered_in_time(tmp_path):
    """Source: 同一投诉问题累计三次以上."""
    rows = [("1", "x", 1), ("2", "y", 2), ("3", "x", 3), ("4", "x", 4), ("5", "", 5), ("6", "x", 6)]
    text = "".join(f"{key},A,2025-06-{day:02d} 09:00,{problem}\n" for key, problem, day in rows)
    (tmp_path / "cases.csv").write_text(f"case_id,unit,received_at,issue\n{text}", encoding="utf-8")
    (tmp_path / "units.csv").write_text("unit\nA\n", encoding="utf-8")
    scheme = scheme_of({"units": ["A"]}, {})
    nth = {"same": ["issue"], "order": "received_at", "within": None, "where": None, "count": True}
    near = nth | {"within": {"days": 2, "ends": "day"}}
    scheme["extra_columns"] = {"cases": {"issue": "text"}}
    scheme["columns"] = {"cases": {"nth": {"earlier": nth}, "soon": {"earlier": near}}}
    scheme["quantities"] = {
        f"n{k}": {"rows": "cases", "where": f"nth = {k}"} for k in range(5)
    } | {f"soon{k}": {"rows": "cases", "where": f"soon = {k}"} for k in range(4)}  # fmt: skip
    (tmp_path / "s.yaml").write_text(yaml.safe_dump(scheme, allow_unicode=True), encoding="utf-8")
    result = score(load_scheme(tmp_path / "s.yaml").resolve(), read_ledger(tmp_path), Period.parse("2025-06"))
    counts = result.units[0].measures
    assert [counts[f"n{k}"] for k in range(5)] == [1, 2, 1, 1, 1]  # the row without an issue is compared with none
    assert [counts[f"soon{k}"] for k in range(4)] == [1, 2, 3, 0]  # of 1, 3, 4 and 6 June each sees at most one before
