"""Readings of a scheme whose parts hang on each other: ranges over whole results, each combination scored by itself."""

from __future__ import annotations

from itertools import product

import pytest
import yaml

from auditlib.analysis.readings.ranges import spread
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.score import score

TITLE = {"zh": "甲", "en": "A"}
PERIOD = Period.parse("2025-06")


def reading(options):
    named = {name: {"value": value, "zh": name, "en": name} for name, value in options.items()}
    return {"clause": "一", "question": TITLE, "options": named, "use": next(iter(options))}


@pytest.fixture
def scheme_file(tmp_path):
    """Deductions below a mean of peers, a veto on the whole, ties by a further key: three readings."""
    text = {
        "scheme": "tree", "version": "1", "title": TITLE, "effective": {"from": None}, "periods": ["month"],
        "source": {"document": "none.txt", "title": TITLE, "last_checked": "2026-01-01"},
        "clauses": {"一": {"quote": "一"}}, "measures": {}, "rounding": {"digits": 2, "mode": "half_up"},
        "readings": {
            "who": reading({"group": "group", "all": "all"}),
            "self": reading({"with": "included", "without": "excluded"}),
            "vetoed": reading({"to_59": 59, "to_nothing": 0, "by_quantity": {"divide": ["a", 2], "zero": 0}}),
        },
        "quantities": {
            "a": {"fact": "a"}, "veto": {"fact": "veto"},
            "middle": {"peers": "a", "take": "mean", "among": "$who", "self": "$self"},
        },
        "tree": [{
            "id": "all", "title": TITLE, "clause": "一", "cap": 100, "floor": 0,
            "nodes": [{
                "id": "n", "title": TITLE, "clause": "一", "start": 100,
                "rules": [{"id": "below", "clause": "一", "title": TITLE, "points": -2,
                           "per": {"steps": {"of": "a", "below": "middle", "every": 1, "mode": "ceil"}}}],
            }],
            "rules": [{"id": "veto", "clause": "一", "title": TITLE, "becomes": "$vetoed",
                       "when": {"of": "veto", "at_least": 1}}],
        }],
        "rankings": [{"id": "main", "by": [{"points": "total"}, "a"], "within": "all", "ties": "shared"}],
    }  # fmt: skip
    (tmp_path / "tree.yaml").write_text(yaml.safe_dump(text, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (tmp_path / "units.csv").write_text("unit,group\nu,g\nv,g\nw,h\nx,h\n", encoding="utf-8")
    facts = {"u": (10, 0), "v": (6, 0), "w": (3, 1), "x": (8, 0)}
    rows = "".join(f"{u},2025-06,a,{a}\n{u},2025-06,veto,{v}\n" for u, (a, v) in facts.items())
    (tmp_path / "unit_facts.csv").write_text(f"unit,period,fact,value\n{rows}", encoding="utf-8")
    return tmp_path / "tree.yaml"


def test_ranges_are_those_of_every_combination_scored_by_itself(scheme_file):
    file, ledger = load_scheme(scheme_file), read_ledger(scheme_file.parent)
    fast = spread(file, ledger, PERIOD)
    names = list(file.natural.readings)
    options = [list(one.options) for one in file.natural.readings.values()]
    slow = [score(file.resolve(dict(zip(names, chosen, strict=True))), ledger, PERIOD) for chosen in product(*options)]
    assert len(slow) == 12
    for unit in fast.units:
        own = [result.unit(unit.unit) for result in slow]
        assert unit.lowest.value == min(one.total for one in own)
        assert unit.highest.value == max(one.total for one in own)
        assert (unit.best.value, unit.worst.value) == (min(one.rank for one in own), max(one.rank for one in own))
        for end, value in ((unit.lowest, "total"), (unit.worst, "rank")):
            again = score(file.resolve(end.readings), ledger, PERIOD).unit(unit.unit)
            assert getattr(again, value) == end.value
    assert fast.totals_complete
    assert set(fast.readings) == set(names)


def test_an_option_may_be_a_quantity(scheme_file):
    file, ledger = load_scheme(scheme_file), read_ledger(scheme_file.parent)
    result = score(file.resolve({"vetoed": "by_quantity"}), ledger, PERIOD)
    assert result.unit("w").total == 1.5
