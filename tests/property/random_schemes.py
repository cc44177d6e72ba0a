"""Random small schemes of every kind of rule, with random facts: what prints many different lines of arithmetic."""

from __future__ import annotations

import csv
import json
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import strategies as st

from auditlib.ledger.read import Ledger, read_ledger

__all__ = ["DrawnScheme", "drawn_schemes", "ledger_of", "write_ledger", "write_scheme"]

MEASURES = ("m1", "m2", "m3", "m4")
RATES = ("r1", "r2", "r3")
PERIODS = ("2025-01", "2025-02", "2025-03", "2025Q1")
COLUMNS = {
    "units": ("unit", "name", "group"),
    "unit_facts": ("unit", "period", "fact", "value"),
    "marks": ("unit", "period", "indicator", "points"),
}
UNITS = (("U1", "甲组"), ("U2", "甲组"), ("U3", "甲组"), ("U4", "乙组"))

COUNTS = st.one_of(
    st.integers(0, 12),
    st.integers(0, 2000),
    st.sampled_from(["96", "100", "19999", "20000", "99995", "100000", "0.5", "7.25", "12.125"]),
).map(str)
WEIGHTS = st.sampled_from(["1", "1", "0.25", "0.5", "1/3", "2", "-0.5", "0.125", "1.05"])
POINTS = st.sampled_from(["-1", "-2", "-0.25", "0.25", "1/3", "-1/3", "10", "-0.05", "0.125", "2.5"])
TIMES = st.sampled_from(["1", "1", "100", "1000", "1/3", "0.5"])
SHARES = st.sampled_from(["0.85", "0.99995", "1", "0.9", "1/3", "0.5", "0", "0.6667", "0.666"])
NUMBERS = st.sampled_from(["0", "1", "3", "10", "0.5", "1/3", "66.67", "99.995", "33.3"])


@dataclass(frozen=True)
class DrawnScheme:
    """A scheme as the values of its file, and facts by unit, period and name; None is a fact that is not there."""

    values: dict[str, Any]
    facts: dict[tuple[str, str, str], str]
    marks: dict[tuple[str, str, str], str]
    mode: str
    digits: int


def title(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


@st.composite
def rates(draw: st.DrawFn, name: str) -> dict[str, Any]:
    sides = st.dictionaries(st.sampled_from(MEASURES), WEIGHTS, min_size=1, max_size=2)
    over = st.dictionaries(st.sampled_from(MEASURES), st.sampled_from(["1", "2", "0.5", "1/3"]), min_size=1, max_size=2)
    plain = draw(st.booleans())
    return {
        "title": title(f"比率{name}", f"rate {name}"),
        "numerator": {draw(st.sampled_from(MEASURES)): "1"} if plain else draw(sides),
        "denominator": {draw(st.sampled_from(MEASURES)): "1"} if plain else draw(over),
        "times": "1" if plain else draw(TIMES),
        "zero": draw(st.sampled_from(["not_assessable", "1", "0", "1/3"])),
        "show": draw(st.sampled_from(["percent", "number"])),
    }


@st.composite
def bounds(draw: st.DrawFn, of: str, shares: bool) -> dict[str, str]:
    key = draw(st.sampled_from(["at_least", "above", "at_most", "below"]))
    return {"of": of, key: draw(SHARES if shares else NUMBERS)}


@st.composite
def rules(draw: st.DrawFn, id: str, shapes: tuple[str, ...]) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": id, "clause": "一", "title": title(f"规则{id}", f"rule {id}")}
    shape = draw(st.sampled_from(shapes))
    of = draw(st.sampled_from([*MEASURES, *RATES, "c1", "s1"]))
    shares = of not in (*MEASURES, "s1")
    if shape == "per":
        rule |= {"points": draw(POINTS), "per": of}
        if of in MEASURES and draw(st.booleans()):
            again = draw(st.sampled_from(MEASURES))
            rule |= {
                "multiplier": {"by": draw(st.sampled_from(["2", "1.5", "4/3", "0.5"])), "of": again, "clause": "一"}
            }
    elif shape == "step":
        side = draw(st.sampled_from(["below", "above"]))
        every = draw(st.sampled_from(["0.01", "0.005", "1/3"] if shares else ["1", "0.5", "1/3"]))
        step = {"of": of, side: draw(SHARES if shares else NUMBERS), "every": every}
        rule |= {"points": draw(POINTS), "step": step | {"mode": draw(st.sampled_from(["floor", "ceil", "exact"]))}}
    elif shape == "when":
        rule |= {"points": draw(POINTS), "when": draw(bounds(of, shares))}
    elif shape == "becomes":
        rule |= {"becomes": draw(st.sampled_from(["0", "5", "1/3", "2.25"])), "when": draw(bounds(of, shares))}
    elif shape == "mark":
        rule |= {"mark": draw(st.sampled_from([True, "2.25", "1/3"]))}
    else:
        rule |= {"target": draw(bounds(of, shares))}
    return rule


@st.composite
def indicators(draw: st.DrawFn, number: int) -> dict[str, Any]:
    targets = draw(st.integers(0, 4)) == 0
    shapes = ("target",) if targets else ("per", "per", "step", "step", "when", "becomes", "mark")
    count = draw(st.integers(1, 3))
    drawn = [draw(rules(f"i{number}r{k}", shapes)) for k in range(count)]
    floor = None if targets else draw(st.sampled_from([None, "0", "1/3", "2.5"]))
    return {
        "id": f"i{number}", "title": title(f"指标{number}", f"indicator {number}"), "clause": "一",
        "max": None if targets else "10",
        "start": "0" if targets else draw(st.sampled_from(["0", "10", "7.75"])),
        "floor": floor, "cap": None if targets else draw(st.sampled_from([None, "10", "12.5"])),
        "rules": drawn,
    }  # fmt: skip


@st.composite
def drawn_schemes(draw: st.DrawFn) -> DrawnScheme:
    """A scheme of two or three indicators for a month and its quarter, and the facts of four units."""
    digits, mode = draw(st.integers(0, 4)), draw(st.sampled_from(["half_up", "half_even", "down", "up"]))
    measures = {name: {"title": title(f"件数{name}", f"count {name}"), "fact": name} for name in MEASURES}
    composite = {
        "title": title("综合指数", "index"),
        "parts": draw(st.dictionaries(st.sampled_from(RATES), st.sampled_from(["0.4", "0.6", "1/3", "1"]), min_size=1)),
        "times": draw(TIMES),
        "missing": draw(st.sampled_from(["renormalise", "zero", "full", "not_assessable"])),
        "show": draw(st.sampled_from(["percent", "number"])),
    }
    standing = {
        "title": title("位次扣分", "points by place"),
        "index": draw(st.sampled_from(["c1", *RATES])),
        "average": draw(st.sampled_from(["mean", "pooled"])),
        "tables": {"甲组": ["3", "2.25"]},
        "then": "1/3",
        "ties": "m1",
        "still_equal": draw(st.sampled_from(["undecided", "first", "mean"])),
    }
    quantity = draw(st.sampled_from([*RATES, "m1"]))
    outcomes = [
        {
            "id": "praised", "title": title("表扬", "praise"), "clause": "一",
            "total": {draw(st.sampled_from(["at_least", "above"])): draw(st.sampled_from(["10", "20/3", "18.3333"]))},
            "consequences": [
                {"id": "award", "who": title("单位", "unit"), "what": title("奖金", "award"),
                 "amount": draw(st.sampled_from(["0.05", "1/3", "200"])), "of": "m2"},
            ],
        },
        {
            "id": "noted", "title": title("通报", "notice"), "clause": "一",
            "quantity": draw(bounds(quantity, quantity in RATES)),
        },
    ]  # fmt: skip
    values = {
        "scheme": "random", "version": "1", "title": title("随机办法", "random scheme"),
        "source": {"document": "none.txt", "title": title("无", "none"), "last_checked": "2026-01-01"},
        "effective": {"from": "2020-01-01"}, "calendar": None, "periods": ["month", "quarter"],
        "clauses": {"一": {"quote": "一"}},
        "measures": measures,
        "rates": {name: draw(rates(name)) for name in RATES},
        "composites": {"c1": composite},
        "standings": {"s1": standing},
        "indicators": [draw(indicators(number)) for number in range(draw(st.integers(2, 3)))],
        "roll_up": {"quarter": {"clause": "一", "parts": [
            {"of": "month", "weight": draw(st.sampled_from(["0.7", "1/3", "1"])), "missing": "exclude"},
            {"of": "quarter", "weight": draw(st.sampled_from(["0.3", "2/3"])), "missing": "exclude"},
        ]}},
        "ranking": {"clause": None, "by": "total", "order": "descending", "within": "all", "ties": "undecided",
                    "different_maxima": draw(st.sampled_from(["unranked", "by_share", "apart"]))},
        "outcomes": outcomes,
        "rounding": {"digits": digits, "mode": mode},
    }  # fmt: skip
    facts = {
        (unit, period, name): draw(COUNTS)
        for unit, _ in UNITS
        for period in PERIODS
        for name in MEASURES
        if draw(st.integers(0, 15)) or unit == "U1"
    }
    waiting = [
        indicator["id"]
        for indicator in values["indicators"]
        if any(rule.get("mark") is True for rule in indicator["rules"])
    ]
    given = st.sampled_from(["2.5", "3.335", "10", "7.25"])
    marks = {(unit, period, id): draw(given) for unit, _ in UNITS for period in PERIODS for id in waiting}
    return DrawnScheme(values, facts, marks, mode, digits)


def write_scheme(drawn: DrawnScheme, folder: Path) -> Path:
    """The file of the scheme, as a user would write it."""
    file = folder / "random.yaml"
    file.write_text(json.dumps(drawn.values, ensure_ascii=False), encoding="utf-8")
    return file


def write_ledger(drawn: DrawnScheme, folder: Path) -> Path:
    """The folder of the ledger, as a user would hand it over."""
    ledger = folder / "ledger"
    ledger.mkdir()
    for register, rows in _rows(drawn).items():
        with (ledger / f"{register}.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([COLUMNS[register], *rows])
    return ledger


@cache
def _empty() -> Ledger:
    """A ledger of one row a register, read from files: its columns have the types that reading gives them."""
    first = {("U1", "2025-01", "m1"): "1"}
    drawn = DrawnScheme({}, first, {("U1", "2025-01", "i0"): "1"}, "half_up", 0)
    with tempfile.TemporaryDirectory() as folder:
        ledger = read_ledger(write_ledger(drawn, Path(folder)))
        return replace(ledger, registers={name: frame.collect().lazy() for name, frame in ledger.registers.items()})


def ledger_of(drawn: DrawnScheme) -> Ledger:
    """The same ledger without files: hundreds of them are read in no time."""
    like = _empty()
    schemas = {name: frame.collect_schema() for name, frame in like.registers.items()}
    registers = {
        name: pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS[name], pl.String), orient="row")
        .cast(dict(schemas[name]))
        .lazy()
        for name, rows in _rows(drawn).items()
    }
    return replace(like, registers=registers)


def _rows(drawn: DrawnScheme) -> dict[str, list[tuple[str, ...]]]:
    return {
        "units": [(unit, f"{unit}单位", group) for unit, group in UNITS],
        "unit_facts": [(*key, value) for key, value in drawn.facts.items()],
        "marks": [(*key, value) for key, value in drawn.marks.items()],
    }
