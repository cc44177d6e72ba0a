"""Random quantities over random units: each as the slow twin reckons it, and where the proof says that it lies."""

from __future__ import annotations

import os
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.proofs.ranges import Ranges
from auditlib.scheme.load import load_scheme
from auditlib.scoring.score import score
from tests.property.slow_vocabulary import World

TITLE = {"zh": "甲", "en": "A"}
FACTS = ("a", "b", "c")
WORLDS = int(os.environ.get("AUDITLIB_TWIN_LEDGERS", "60"))

small = st.integers(-4, 6)
numbers = st.one_of(small, st.sampled_from(["1/3", "0.5", "95%", "2pp", "-2.5"]))
positive = st.sampled_from([1, 2, "0.5", "1/3"])


def _taking(take: str) -> dict[str, Any]:
    return {"take": take}


def _is_value(outside: Any) -> bool:
    return bool(outside != "hold")


def _case(when: Any, value: Any) -> dict[str, Any]:
    return {"when": when, "is": value}


def quantities(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Every word that is made of parts, with its policies at random."""
    several = st.lists(parts, min_size=1, max_size=3)
    bounds = st.dictionaries(st.sampled_from(["at_least", "above"]), numbers, max_size=1)
    uppers = st.dictionaries(st.sampled_from(["at_most", "below"]), parts, max_size=1)
    compared = st.builds(lambda of, low, high: {"of": of, **low, **high}, parts, bounds, uppers).filter(
        lambda one: len(one) > 1
    )
    leaf = st.one_of(
        compared, st.builds(lambda of: {"known": of}, parts), st.sampled_from([{"group": "g"}, {"group": "h"}])
    )
    conditions = st.one_of(
        leaf,
        st.builds(
            lambda key, some: {key: some}, st.sampled_from(["all", "any"]), st.lists(leaf, min_size=1, max_size=3)
        ),
        st.builds(lambda one: {"not": one}, leaf),
    )
    knots = st.lists(small, min_size=2, max_size=4, unique=True).flatmap(
        lambda at: st.lists(numbers, min_size=len(at), max_size=len(at)).map(
            lambda gives: [list(pair) for pair in zip(at, gives, strict=True)]
        )
    )
    outside = st.one_of(st.sampled_from(["hold", "not_assessable"]), numbers)
    taken = st.one_of(
        st.sampled_from(["mean", "median", "sum", "least", "greatest", "count", "share_below"]).map(_taking),
        st.builds(lambda o, t: {"take": "place", "order": o, "ties": t, "self": "included"},
                  st.sampled_from(["ascending", "descending"]), st.sampled_from(["better", "worse", "mean"])),
        st.builds(lambda n: {"take": "sd", "of_n": n, "digits": 3}, st.sampled_from(["population", "sample"])),
        st.builds(lambda p, m: {"take": {"percentile": p, "method": m}}, st.sampled_from([10, 25, 50, 75, 100]),
                  st.sampled_from(["nearest_rank", "linear", "exclusive"])),
    )  # fmt: skip
    steps = st.builds(
        lambda of, side, limit, every, mode: {"steps": {"of": of, side: limit, "every": every, "mode": mode}},
        parts, st.sampled_from(["above", "below"]), parts, positive, st.sampled_from(["floor", "ceil", "exact"]),
    )  # fmt: skip
    return st.one_of(
        several.map(lambda some: {"add": some}),
        several.map(lambda some: {"multiply": some}),
        st.builds(lambda a, b, zero: {"divide": [a, b], "zero": zero}, parts, parts, outside.filter(_is_value)),
        st.builds(lambda key, some, m: {key: some, **({"missing": "not_assessable"} if m else {})},
                  st.sampled_from(["least", "greatest"]), several, st.booleans()),
        st.builds(lambda some, m: {"mean": some, "missing": m}, several,
                  st.sampled_from(["renormalise", "zero", "full", "not_assessable"])),
        st.builds(lambda of, k, b, o: {"curve": of, "knots": k, "between": b, "outside": o}, parts, knots,
                  st.sampled_from(["line", "from", "to"]), outside),
        st.builds(lambda cases, other: {"choose": cases, "else": other},
                  st.lists(st.builds(_case, conditions, parts), min_size=1, max_size=2), parts),
        steps,
        st.builds(lambda of, d, m: {"round": of, "digits": d, "mode": m}, parts, st.integers(0, 2),
                  st.sampled_from(["half_up", "half_even", "down", "up"])),
        st.lists(conditions, min_size=1, max_size=3).map(lambda some: {"how_many": some}),
        st.builds(lambda of, t, among, s: {"self": s, **t, "peers": of, "among": among}, parts, taken,
                  st.one_of(st.sampled_from(["group", "all"]), conditions), st.sampled_from(["included", "excluded"])),
    )  # fmt: skip


forms = st.recursive(st.one_of(st.sampled_from(FACTS), numbers), quantities, max_leaves=6).filter(
    lambda one: isinstance(one, dict)
)
fact = st.one_of(st.none(), st.integers(0, 6).map(Fraction), st.sampled_from([Fraction(1, 2), Fraction(7, 3)]))
units = st.fixed_dictionaries({u: st.fixed_dictionaries(dict.fromkeys(FACTS, fact)) for u in ("u", "v", "w", "x")})


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(forms, min_size=1, max_size=6), units, st.lists(st.sampled_from("gh"), min_size=4, max_size=4))
def test_random_quantities_are_those_of_the_slow_twin_and_lie_where_the_proof_says(some, facts, groups):
    own = {f"q{index}": form for index, form in enumerate(some)}
    known = {unit: {name: value for name, value in row.items() if value is not None} for unit, row in facts.items()}
    of_unit = dict(zip(facts, groups, strict=True))
    world = World(known, of_unit, own)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scheme = _scheme(own)
        (folder / "s.yaml").write_text(yaml.safe_dump(scheme, allow_unicode=True, sort_keys=False), encoding="utf-8")
        lines = "".join(f"{unit},{of_unit[unit]}\n" for unit in facts)
        (folder / "units.csv").write_text(f"unit,group\n{lines}", encoding="utf-8")
        rows = "".join(f"{u},2025-06,{n},{v}\n" for u, row in known.items() for n, v in row.items())
        (folder / "unit_facts.csv").write_text(f"unit,period,fact,value\n{rows}", encoding="utf-8")
        resolved = load_scheme(folder / "s.yaml").resolve()
        result = score(resolved, read_ledger(folder), Period.parse("2025-06"))
    ranges = Ranges(resolved.scheme)
    for unit in result.units:
        for key in own:
            value = unit.rates[key]
            assert value == world.value(key, unit.unit), (key, own[key], unit.unit)
            assert value is None or value in ranges.of(key), (key, own[key], value, ranges.of(key))


def _scheme(own: dict[str, Any]) -> dict[str, Any]:
    facts = {name: {"fact": name, "otherwise": "not_assessable"} for name in FACTS}
    rule = {"id": "r", "clause": "一", "title": TITLE, "points": 1, "per": {"add": [1]}}
    return {
        "scheme": "s", "version": "1", "title": TITLE, "effective": {"from": None}, "periods": ["month"],
        "source": {"document": "none.txt", "title": TITLE, "last_checked": "2026-01-01"},
        "clauses": {"一": {"quote": "一"}}, "measures": {}, "rounding": {"digits": 4, "mode": "half_up"},
        "quantities": facts | own, "tree": [{"id": "n", "title": TITLE, "clause": "一", "rules": [rule]}],
        "rankings": [{"id": "main", "by": [{"points": "total"}], "within": "group", "ties": "shared"}],
    }  # fmt: skip
