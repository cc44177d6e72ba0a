"""What a scheme proves about itself: each kind of finding, where it holds and where it just does not; nothing false."""

import copy
import json
import re
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache, partial
from itertools import product
from pathlib import Path

import polars as pl
import pytest
import yaml
from chinese import left_in_english
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.core.errors import InputError
from auditlib.core.message import told
from auditlib.core.numerals import plain
from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.core.yaml_file import Tree
from auditlib.ledger.conditions import parse_sql
from auditlib.proofs.check import check_scheme
from auditlib.proofs.effects import Effects
from auditlib.proofs.intervals import ANYTHING, Interval, between, hull
from auditlib.proofs.of_indicators import indicator_findings
from auditlib.proofs.ranges import Ranges, conjuncts
from auditlib.scheme.finding import IN_USE, KINDS, Under
from auditlib.scheme.load import load_scheme
from auditlib.scheme.model import Scheme
from auditlib.scheme_pages.finding_words import reading_words
from auditlib.scheme_pages.scheme_words import SchemeWords
from auditlib.scoring.counting import Counter
from auditlib.scoring.facts import Facts
from auditlib.scoring.points import score_unit

SCHEMES = Path(__file__).parents[2] / "params" / "schemes"
TEXT = {"zh": "甲", "en": "A"}
LATE = "closed_at is not null and due_at is not null and closed_at > due_at"
GRADES = ("满意", "基本满意", "不满意")


def rule(id="deduct", **shape):
    return {"id": id, "clause": "一", "title": TEXT} | shape


def indicator(*rules, id="only", max=10, start=10, floor=0, cap=10, **more):
    limits = {"max": max, "start": start, "floor": floor, "cap": cap}
    return {"id": id, "title": TEXT, "clause": "一", "rules": list(rules)} | limits | more


MINI = {
    "scheme": "mini",
    "version": "1",
    "title": TEXT,
    "source": {"document": "mini.txt", "title": TEXT, "last_checked": date(2026, 1, 1)},
    "effective": {"from": date(2025, 1, 1)},
    "periods": ["month"],
    "clauses": {"一": {"quote": "逾期每件扣1分"}},
    "words": {
        "cases": {"satisfaction": list(GRADES), "kind": ["投诉", "复杂"]},
        "events": {"kind": ["投诉"], "level": ["省"]},
    },
    "measures": {
        "received": {"title": TEXT, "register": "cases", "context": True},
        "late": {"title": TEXT, "register": "cases", "where": LATE, "context": True},
        "good": {"title": TEXT, "register": "cases", "where": "satisfaction = '满意'", "context": True},
        "fair": {"title": TEXT, "register": "cases", "where": "satisfaction = '基本满意'", "context": True},
        "rated": {"title": TEXT, "register": "cases", "where": f"satisfaction in {GRADES}", "context": True},
    },
    "rates": {},
    "indicators": [indicator(rule(points=-1, per="late"))],
    "ranking": {"clause": None, "by": "total", "order": "descending", "within": "all",
                "different_maxima": "undecided", "ties": "undecided", "forced_last": "undecided"},
    "rounding": {"digits": 2, "mode": "half_up"},
}  # fmt: skip
SHARE = {"title": TEXT, "numerator": "late", "denominator": "received", "zero": "not_assessable", "show": "percent"}
MEAN = SHARE | {"numerator": {"good": 10, "fair": 6}, "denominator": "rated", "show": "number"}


def mini(**changes):
    return copy.deepcopy(MINI) | copy.deepcopy(changes)


def checked(folder, scheme, on=None, name="mini.yaml"):
    file = folder / name
    file.write_text(yaml.safe_dump(scheme, allow_unicode=True, sort_keys=False), encoding="utf-8")
    result = check_scheme(file, name, on)
    assert result.problems == ()
    natural = load_scheme(file).natural
    assert {one.kind: left for one in result.findings if (left := left_in_english(natural, one))} == {}
    return result


def found(folder, scheme, on=None):
    """Kind, what it concerns, and the proof of every finding."""
    return [(one.kind, one.at, told(one.proof, "en")) for one in checked(folder, scheme, on).findings]


def with_rules(*rules, rates=None, **limits):
    return mini(rates=rates or {}, indicators=[indicator(*rules, **limits)])


def measure(where=None, **more):
    return {"title": TEXT, "register": "cases"} | ({"where": where} if where else {}) | more


# --- intervals and what quantities can be -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"), [("0.85", "0.85"), ("−3", -3), ("1/3", "1/3"), ("12.5", "25/2"), ("−0.05", "-0.05")]
)
def test_numbers_are_written_exactly(text, value):
    assert plain(Fraction(value)) == text


def test_an_open_end_is_not_in_the_interval_and_whole_numbers_close_it():
    below = Interval(Fraction(0), Fraction(3), high_open=True)
    assert (str(below), Fraction(3) in below, Fraction(0) in below) == ("[0, 3)", False, True)
    assert str(below.meets(Interval(None, None, whole=True))) == "[0, 2]"
    assert below.meets(between(3, 5)).empty
    assert str(hull([below, between(3, 4)])) == "[0, 4]"
    assert str(ANYTHING.clipped(Fraction(0), Fraction(5))) == "[0, 5]"


@given(*[st.tuples(st.integers(-6, 6), st.integers(-6, 6), st.booleans(), st.booleans())] * 2, st.integers(-3, 3))
def test_an_operation_on_intervals_holds_every_result(one, other, factor):
    a, b = (Interval(Fraction(x), Fraction(y), p, q) for x, y, p, q in (one, other))
    points = [Fraction(n, 2) for n in range(-14, 15)]
    mine, theirs = ([p for p in points if p in some] for some in (a, b))
    assert not (a.empty and mine)
    assert all(x + y in a + b for x in mine for y in theirs)
    assert all(x * factor in a.times(Fraction(factor)) for x in mine)
    assert {p for p in points if p in a.meets(b)} == set(mine) & set(theirs)
    assert all(x in hull((a, b)) for x in (*mine, *theirs))
    assert all(max(min(x, Fraction(3)), Fraction(-2)) in a.clipped(Fraction(-2), Fraction(3)) for x in mine)
    if a.within(b):
        assert set(mine) <= set(theirs)


@pytest.mark.parametrize(
    ("numerator", "denominator", "times", "reach"),
    [
        ({"late": 1}, {"received": 1}, 1, "[0, 1]"),
        ({"good": 10, "fair": 6}, {"rated": 1}, 1, "[0, 10]"),  # no case is rated twice
        ({"good": 10, "fair": 6}, {"rated": 1}, 10, "[0, 100]"),
        ({"good": 1, "late": 1}, {"received": 1}, 1, "[0, 2]"),  # a case can be both
        ({"good": 1}, {"good": 1, "fair": 1}, 1, "[0, 1]"),
        ({"good": 9, "fair": 3}, {"good": 9, "fair": 9}, 1, "[1/3, 1]"),  # the lowest mark is not nothing
        ({"good": 1, "fair": -1}, {"rated": 1}, 1, "[−1, 1]"),
        ({"received": 1}, {"late": 1}, 1, "[0, ∞)"),  # the part over which the whole is divided
        ({"late": 1}, {"rated": 1}, 1, "[0, ∞)"),  # a late case need not be rated
        ({"late": 1}, {"days": 1}, 1, "[0, ∞)"),  # a fact is a count or an amount
        ({"late": 1}, {"balance": 1}, 1, "(−∞, ∞)"),  # unless it says that it may be less than nothing
    ],
)
def test_what_a_rate_can_be_follows_from_the_conditions_of_its_measures(numerator, denominator, times, reach):
    rate = {"title": TEXT, "numerator": numerator, "denominator": denominator, "times": times}
    scheme = mini(rates={"rate": rate | {"zero": "not_assessable", "show": "number"}})
    scheme["measures"]["days"] = {"title": TEXT, "fact": "days"}
    scheme["measures"]["balance"] = {"title": TEXT, "fact": "balance", "low": -5}
    assert str(Ranges(Scheme.model_validate(scheme)).of("rate")) == reach


def test_a_repeat_meets_what_the_column_demands_of_repeats():
    again = {"same": ["person_key"], "order": "received_at", "within": None, "where": "kind in ('投诉', '复杂')"}
    scheme = mini(columns={"cases": {"again": {"earlier": again}}})
    scheme["measures"] |= {
        "repeats": measure("again"),
        "complaints": measure("kind in ('投诉', '复杂')"),
        "questions": measure("kind = '咨询'"),
    }
    ranges = Ranges(Scheme.model_validate(scheme))
    assert ranges.part_of("repeats", "complaints")
    assert ranges.apart("repeats", "questions")
    assert not ranges.part_of("complaints", "repeats")


def test_rows_of_another_window_are_not_compared():
    scheme = mini()
    scheme["measures"]["late_of_year"] = measure("closed_at > due_at", window="year")
    ranges = Ranges(Scheme.model_validate(scheme))
    assert ranges.part_of("late", "received")
    assert not ranges.part_of("late_of_year", "received")


@pytest.mark.parametrize(
    ("sql", "parts"),
    [
        ("a and b and c = 'x and y'", ("a", "b", "c = 'x and y'")),
        ("a or b and c", ("a or b and c",)),
        ("n between 1 and 2 and a", ("n between 1 and 2 and a",)),
        ("a and (b and c)", ("a and (b and c)",)),
        ("case when a and b then c end", ("case when a and b then c end",)),
        ("not a and b", ("not a", "b")),
    ],
)
def test_a_condition_falls_apart_only_where_the_parser_says_so(sql, parts):
    assert conjuncts(sql) == parts


PIECES = ["n = 1", "n >= 3", "n > 0", "n < 3", "t = 'x'", "t in ('x', 'y')", "t in ('y','z')", "t is not null", "b",
          "b is not true", "n = 1 or b", "not b", "n between 1 and 3", "n is not null", "t <> 'x'"]  # fmt: skip
ROWS = pl.DataFrame(
    list(product((None, 0, 1, 2, 3, 4), (None, "x", "y", "z"), (None, True, False))),
    schema={"n": pl.Int64, "t": pl.String, "b": pl.Boolean},
    orient="row",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(*[st.lists(st.sampled_from(PIECES), min_size=1, max_size=3)] * 2)
def test_part_of_and_apart_hold_for_every_row(one, other):
    scheme = mini()
    texts = {"one": " and ".join(one), "other": " and ".join(other)}
    scheme["measures"] |= {name: measure(text) for name, text in texts.items()}
    ranges = Ranges(Scheme.model_validate(scheme))
    a, b = (ROWS.select(parse_sql(text).expression.fill_null(False)).to_series() for text in texts.values())
    if ranges.part_of("one", "other"):
        assert not (a & ~b).any()
    if ranges.apart("one", "other"):
        assert not (a & b).any()


# --- each kind of finding, and the case that is just none ----------------------------------------------


def test_a_condition_that_no_value_meets_and_one_that_every_value_meets(tmp_path):
    def bound(**of):
        return with_rules(rule(points=-1, when={"of": "share"} | of), rates={"share": SHARE}, floor=None)

    lies = "share = late / received lies in [0 %, 100 %]"
    assert found(tmp_path, bound(above=1)) == [("unreachable", "only.deduct", lies)]
    assert ("always", "only.deduct", lies) in found(tmp_path, bound(at_most=1))
    assert found(tmp_path, bound(at_least=1)) == []  # exactly 1 can occur
    assert found(tmp_path, bound(below=1)) == []


def test_bounds_of_shares_are_told_as_percentages_and_those_of_their_differences_in_points(tmp_path):
    """A share lies in 0 to 100 %, what one is above another in −100 to 100 percentage points; counts are numbers."""
    scheme = with_rules(
        rule("high", points=-1, when={"of": "share", "above": "120%"}),
        rule("rise", points=-1, when={"of": "rise", "above": "150pp"}),
        rule("few", points=-1, when={"of": "late", "below": 0}),
        rates={"share": SHARE}, floor=None,
    )  # fmt: skip
    scheme["quantities"] = {
        "before": {"earlier": "share", "by": "period", "missing": "not_assessable"},
        "rise": {"add": {"share": 1, "before": -1}},
    }
    said = {one.at: (told(one.message, "en"), told(one.proof, "en")) for one in checked(tmp_path, scheme).findings}
    assert said["only.high"] == ("no value meets share > 120 %", "share = late / received lies in [0 %, 100 %]")
    assert said["only.rise"] == (
        "no value meets rise > 150 percentage points", "rise lies in [−100, 100] percentage points"
    )  # fmt: skip
    assert said["only.few"] == ("no value meets late < 0", "late lies in [0, ∞)")


@pytest.mark.parametrize(("column", "kinds"), [("balance", []), ("missing_items", ["unreachable"])])
def test_a_sum_of_whole_numbers_is_never_below_0_only_where_each_is_not(tmp_path, column, kinds):
    """A column of the ledger's own may hold -3; of the printed ones the register says that none is below 0."""
    shape = {"points": -1, "when": {"of": "summed", "below": 0}}
    scheme = with_rules(rule(**shape), floor=9)
    scheme["measures"] = scheme["measures"] | {"summed": measure(sum=column)}
    scheme["extra_columns"] = {"cases": {"balance": "integer"}} if column == "balance" else {}
    assert [kind for kind, *_ in found(tmp_path, scheme) if kind != "floor-never-binds"] == kinds


def test_a_threshold_that_the_formula_cannot_reach(tmp_path):
    def steps(threshold):
        step = {"of": "mean", "below": threshold, "every": 1, "mode": "floor"}
        return with_rules(rule(points=-1, step=step), rates={"mean": MEAN}, max=20, start=20, cap=20)

    kinds = found(tmp_path, steps("12"))
    lies = "mean = (10 × good + 6 × fair) / rated lies in [0, 10]"
    assert ("unreachable", "only.deduct", f"{lies}; at least 2 steps: −1 × 2 = −2") in kinds
    assert ("full-marks-unreachable", "only", "20 − 1 × [2, 12] gives 18 < 20") in [
        (kind, at, proof.removeprefix("at most ")) for kind, at, proof in kinds
    ]
    assert found(tmp_path, steps("10")) == [("floor-never-binds", "only", "20 − 1 × [0, 10] gives 10 > 0")]
    assert [kind for kind, *_ in found(tmp_path, steps("0"))] == ["unreachable", "floor-never-binds"]


def test_a_threshold_against_a_rate_of_0_over_0_counts_its_stand_in(tmp_path):
    shape = {"points": -1, "when": {"of": "share", "at_least": 2}}
    plain_share, with_zero = {"share": SHARE}, {"share": SHARE | {"zero": 2}}
    assert [k for k, *_ in found(tmp_path, with_rules(rule(**shape), rates=plain_share, floor=10))] == ["unreachable"]
    assert found(tmp_path, with_rules(rule(**shape), rates=with_zero, floor=9)) == []


def below_zero(becomes_below, every=1):
    step = {"of": "mean", "below": 9, "every": every, "mode": "ceil"}
    return with_rules(
        rule(points=-3, step=step),
        rule("zero", becomes=0, when={"of": "mean", "below": becomes_below}),
        rates={"mean": MEAN},
    )


def test_a_rule_that_changes_no_result(tmp_path):
    """Below 5 at least 4 steps of 3 have taken the 10 points already; below 6 only 9 of them, at 5.5 for one."""
    proof = "for mean in [0, 5): 10 − 3 × [4, 9] = [−17, −2], held at the floor 0 without it, 0 with it"
    assert found(tmp_path, below_zero(5)) == [("no-effect", "only.zero", proof)]
    assert [kind for kind, *_ in found(tmp_path, below_zero(7))] == []
    assert found(tmp_path, with_rules(rule(points=0, per="late"), floor=None)) == [
        ("no-effect", "only.deduct", "it is worth 0 points")
    ]


def test_without_a_floor_the_same_rule_does_change_results(tmp_path):
    scheme = below_zero(5)
    scheme["indicators"][0]["floor"] = None
    assert found(tmp_path, scheme) == []


def test_a_cap_that_nothing_reaches(tmp_path):
    bonus = rule("bonus", points=2, when={"of": "share", "at_most": "0.1"})
    deduct = rule(points=-1, per="good")
    assert found(tmp_path, with_rules(bonus, deduct, rates={"share": SHARE}, cap=13)) == [
        ("exceeds-maximum", "total", "12 > 10"),
        ("cap-never-binds", "only", "10 + 2 = 12 < 13"),
    ]
    assert [kind for kind, *_ in found(tmp_path, with_rules(bonus, deduct, rates={"share": SHARE}, cap=12))] == [
        "exceeds-maximum"
    ]
    assert found(tmp_path, with_rules(rule(points=-1, per="late"))) == []  # a cap at the full marks is plain


def test_a_floor_that_nothing_reaches(tmp_path):
    deduct = rule(points=-9, when={"of": "share", "at_least": "0.5"})
    assert found(tmp_path, with_rules(deduct, rates={"share": SHARE})) == [
        ("floor-never-binds", "only", "10 − 9 = 1 > 0")
    ]
    deduct["points"] = -10
    assert found(tmp_path, with_rules(deduct, rates={"share": SHARE})) == []


def test_nothing_is_said_of_a_cap_or_floor_while_a_person_may_still_decide(tmp_path):
    scheme = with_rules(rule(points=-1, when={"of": "share", "above": "0.5"}), rule("mark", mark=True), cap=30,
                        rates={"share": SHARE})  # fmt: skip
    assert found(tmp_path, scheme) == []


def test_a_multiplied_event_that_costs_more_than_there_is(tmp_path):
    def doubled(points):
        multiplier = {"by": 2, "of": "good", "clause": "一"}
        return with_rules(rule(points=points, per="late", multiplier=multiplier), max=15, start=15, cap=15)

    assert found(tmp_path, doubled(-10)) == [("overruns-maximum", "only.deduct", "10 × 2 = 20 > 15")]
    assert found(tmp_path, doubled("-7.5")) == []
    assert found(tmp_path, doubled(-16)) == [("overruns-maximum", "only.deduct", "16 > 15")]


PRINTED_SO = [{"kind": "maxima", "at": "whole", "note": TEXT}]


def dimensioned(*maxima, states=10, **more):
    parts = [
        indicator(rule(points=-1, per="late"), id=f"part{n}", max=full, start=full or 5, cap=full, dimension="whole")
        for n, full in enumerate(maxima)
    ]
    dimension = {"id": "whole", "title": TEXT, "clause": "一", "max": states}
    return mini(dimensions=[dimension], indicators=parts, **more)


def test_full_marks_that_do_not_add_up(tmp_path):
    assert found(tmp_path, dimensioned(5, 4, findings=PRINTED_SO)) == [("maxima", "whole", "5 + 4 = 9 ≠ 10")]
    assert found(tmp_path, dimensioned(5, 5)) == []
    assert [(kind, at) for kind, at, _ in found(tmp_path, dimensioned(5, None))] == [("no-maximum", "part1")]


def test_full_marks_that_do_not_add_up_are_refused_unless_the_source_is_known_to_print_them_so(tmp_path):
    file = tmp_path / "mini.yaml"
    file.write_text(yaml.safe_dump(dimensioned(4, 4, states=5), allow_unicode=True), encoding="utf-8")
    (problem,) = check_scheme(file, "mini.yaml").problems
    assert problem.message == (
        "whole states 5 points, but its indicators add up to 8 (4 + 4 = 8 ≠ 5); expected the sum, or "
        "`{kind: maxima, at: whole}` among `findings` where the source prints it so"
    )
    assert (problem.path, problem.clause) == ("dimensions[0].max", "一")
    with pytest.raises(InputError, match="whole states 5 points"):
        load_scheme(file)


def test_best_marks_above_what_the_dimension_states(tmp_path):
    scheme = dimensioned(6, 4)
    scheme["indicators"][1]["cap"] = 5
    scheme["indicators"][1]["rules"].append(rule("bonus", points=1, when={"of": "late", "at_most": 0}))
    assert found(tmp_path, scheme) == [
        ("exceeds-maximum", "total", "6 + 5 = 11 > 10"),
        ("exceeds-maximum", "whole", "6 + 5 = 11 > 10"),
    ]
    scheme["indicators"][1]["cap"] = 4
    assert found(tmp_path, scheme) == [("no-effect", "part1.bonus", "for late = 0: 4 without it, 4 with it")]


def test_an_indicator_that_starts_outside_its_bounds(tmp_path):
    scheme = with_rules(rule(points=-1, per="late"), start=12)
    assert ("start-outside", "only", "12 > 10") in found(tmp_path, scheme)
    assert found(tmp_path, with_rules(rule(points=-1, per="late"), start=10)) == []  # on the edge is inside


SHORT_OF_ONE = "0.4 + 0.5 = 0.9 ≠ 1; full marks 0.4 × 10 + 0.5 × 10 = 9"


@pytest.mark.parametrize(("weights", "proofs"), [(("0.4", "0.5"), [SHORT_OF_ONE]), (("1/3", "2/3"), [])])
def test_weights_of_a_roll_up(tmp_path, weights, proofs):
    parts = [{"of": of, "weight": w, "missing": "exclude"} for of, w in zip(("month", "quarter"), weights, strict=True)]
    scheme = mini(periods=["month", "quarter", "year"], roll_up={"year": {"clause": "一", "parts": parts}})
    assert [(kind, proof) for kind, _, proof in found(tmp_path, scheme)] == [("weights", proof) for proof in proofs]


def banded(*conditions, mode="ceil", **more):
    steps = {"from": "received_at", "to": "closed_at", "open": "as_of", "clock": "continuous", "mode": mode,
             "over": {"days": 0}, "every": {"days": 1}}  # fmt: skip
    rules = [rule(f"band{n}", points=-n, per=f"band{n}") for n, _ in enumerate(conditions, 1)]
    scheme = mini(columns={"cases": {"days": {"steps": steps}}}, indicators=[indicator(*rules)], **more)
    scheme["measures"] |= {f"band{n}": measure(text) for n, text in enumerate(conditions, 1)}
    return scheme


@pytest.mark.parametrize(
    ("bands", "findings"),
    [
        (("days = 1", "days = 2", "days >= 3"), []),
        (("days > 0", "days >= 3"), []),  # a ladder: the second comes on top
        (("days = 1", "days >= 3"), [("band-hole", "days = 1, then days ≥ 3")]),
        (("days = 1", "days > 4"), [("band-hole", "days = 1, then days ≥ 5")]),
        (("days = 1", "days = 2"), [("band-hole", "the last band is days = 2")]),
        (("days <= 3", "days >= 3"), [("band-overlap", "days = 1 to 3 and days ≥ 3: −1 and −2 make −3")]),
        (("days < 3", "days >= 3"), []),
        (("days = 1 and kind = '投诉'", "days >= 3"), []),  # not the same cases
    ],
)
def test_bands_of_whole_steps(tmp_path, bands, findings):
    assert [(kind, proof) for kind, _, proof in found(tmp_path, banded(*bands))] == findings


def test_bands_that_stand_only_by_a_reading(tmp_path):
    options = {name: {"value": name} | TEXT for name in ("ceil", "floor")}
    reading = {"begun": {"clause": "一", "question": TEXT, "use": "ceil", "options": options}}
    scheme = banded("days = 1", "days = 2", "days >= 3", mode="$begun", readings=reading)
    assert found(tmp_path, scheme) == [("band-by-rounding", "only", "2.5 rounded down is 2: −2; rounded up is 3: −3")]


@pytest.mark.parametrize(
    ("quote", "kinds"),
    [
        ("故障超过2次(含)扣2分", ["bound-twice"]),
        ("超时2个工作日（含）扣5分", []),
        ("超过2次扣2分，2次（含）以下不扣", []),
        ("得分3分以上（不含）", ["bound-twice"]),
        ("投诉率超过2次扣分", ["rate-in-counts"]),
        ("投诉率超过2%扣分", []),
        ("频率超过2次", []),
    ],
)
def test_words_that_contradict_themselves(tmp_path, quote, kinds):
    scheme = mini(clauses={"一": {"quote": quote}})
    assert [kind for kind, *_ in found(tmp_path, scheme)] == kinds


def test_variants_that_are_not_on_one_scale(tmp_path):
    free = indicator(rule(points=2, per="late"), max=None, start=0, floor=None, cap=None)
    checked(tmp_path, mini(indicators=[free]))
    rated = indicator(rule(points=10, per="share"), max=None, start=0, floor=None, cap=None)
    annual = {"scheme": "annual", "extends": "mini", "periods": ["year"], "rates": {"share": SHARE}}
    (one,) = checked(tmp_path, annual | {"indicators": [rated]}, name="annual.yaml").findings
    assert (one.kind, one.at) == ("not-one-scale", "only")
    assert str(one.proof) == "month: [0, ∞); year: [0, 10]; 6 × 2 = 12 > 10"
    free["rules"][0]["points"] = 3
    assert checked(tmp_path, annual | {"rates": {}, "indicators": [free]}, name="annual.yaml").findings == ()


def test_outcomes_that_cannot_occur_or_contradict_each_other(tmp_path):
    def outcome(id, **condition):
        return {"id": id, "title": TEXT, "clause": "一"} | condition

    scheme = mini(outcomes=[outcome("praise", total={"above": 10}), outcome("blame", total={"below": 0})])
    assert [(kind, at, proof) for kind, at, proof in found(tmp_path, scheme)] == [
        ("outcome-unreachable", "praise", "totals lie in [0, 10]"),
        ("outcome-unreachable", "blame", "totals lie in [0, 10]"),
    ]
    scheme["outcomes"] = [outcome("praise", place={"top": 6}), outcome("blame", total={"below": 7})]
    assert found(tmp_path, scheme) == [("can-coincide", "praise", "where every total < 7, the first 6 meet it too")]
    scheme["outcomes"][1]["bars"] = ["praise"]
    assert found(tmp_path, scheme) == []
    scheme["outcomes"] = [outcome("blame", place={"bottom": 3}, total={"at_least": 7})]
    assert found(tmp_path, scheme) == [("worse-escapes", "blame", "it asks for total ≥ 7, totals lie in [0, 10]")]
    scheme["outcomes"][0]["total"] = {"below": 7}
    assert found(tmp_path, scheme) == []


def test_outcomes_that_everyone_has(tmp_path):
    def outcome(id, **condition):
        return {"id": id, "title": TEXT, "clause": "一"} | condition

    scheme = mini(
        outcomes=[outcome("pass", total={"at_least": 0}), outcome("seen", quantity={"of": "late", "at_least": 0})]
    )
    assert found(tmp_path, scheme) == [
        ("outcome-always", "pass", "totals lie in [0, 10]"), ("outcome-always", "seen", "late lies in [0, ∞)"),
    ]  # fmt: skip
    scheme["outcomes"] = [outcome("pass", total={"above": 0}), outcome("seen", quantity={"of": "late", "at_least": 1})]
    assert found(tmp_path, scheme) == []


def test_a_target_beyond_a_rate_of_facts_of_which_one_is_a_part_of_the_other(tmp_path):
    measures = MINI["measures"] | {
        "calls": {"title": TEXT, "fact": "calls"},
        "answered": {"title": TEXT, "fact": "answered", "part_of": "calls"},
        "prompt": {"title": TEXT, "fact": "prompt", "part_of": "answered"},
        "other": {"title": TEXT, "fact": "other"},
    }

    def kinds(numerator, target):
        share = SHARE | {"numerator": numerator, "denominator": "calls"}
        rules = [rule(points=-1, when={"of": "share", "below": target})]
        scheme = mini(measures=measures, rates={"share": share}, indicators=[indicator(*rules)])
        return [kind for kind, at, _ in found(tmp_path, scheme) if at == "only.deduct"]

    assert kinds("answered", "1.01") == kinds("prompt", "1.01") == ["always"]
    assert kinds("answered", 0) == kinds("other", 0) == ["unreachable"]  # neither can be less than nothing
    assert kinds("answered", "0.95") == kinds("other", "1.01") == []


def test_weights_of_a_composite_that_do_not_add_up(tmp_path):
    def of(shares, **more):
        rates = {"good_share": SHARE | {"numerator": "good", "denominator": "rated"},
                 "fair_share": SHARE | {"numerator": "fair", "denominator": "rated"}}  # fmt: skip
        both = {"title": TEXT, "parts": shares, "missing": "renormalise", "show": "percent"} | more
        scheme = with_rules(rule(points=10, per="both"), rates=rates, start=0, floor=None)
        return [one for one in found(tmp_path, scheme | {"composites": {"both": both}}) if one[0] == "weights"]

    assert of({"good_share": "0.6", "fair_share": "0.5"}) == [("weights", "both", "0.6 + 0.5 = 1.1 ≠ 1")]
    assert of({"good_share": "0.6", "fair_share": "0.4"}) == []
    assert of({"good_share": 6, "fair_share": 4}, show="number") == []  # points of full marks


def test_what_is_declared_and_does_nothing(tmp_path):
    options = {"a": {"value": -1} | TEXT, "b": {"value": "-1.0"} | TEXT}
    reading = {"clause": "一", "question": TEXT, "use": "a", "options": options}
    scheme = mini(readings={"points": reading}, indicators=[indicator(rule(points="$points", per="late"))])
    assert found(tmp_path, scheme) == [("reading-without-effect", "points", "a = b: the same rules")]
    scheme["readings"]["points"]["options"]["b"]["value"] = -2
    scheme["clauses"]["二"] = {"quote": "另行规定"}
    scheme["rates"]["share"] = SHARE
    scheme["gaps"] = {"lost": {"clause": "一", "missing": TEXT, "policy": "exclude"}}
    assert sorted((kind, at) for kind, at, _ in found(tmp_path, scheme)) == [
        ("uncited", "二"), ("unused", "lost"), ("unused", "share"),
    ]  # fmt: skip


def test_a_column_that_only_a_ground_of_an_outcome_looks_at_is_read(tmp_path):
    """Who decides is shown it (从轻, 从重); of two declared columns only the one that nothing names does nothing."""
    columns = {"apologised": "boolean", "idle": "boolean"}
    ground = {"id": "sorry", "clause": "一", "when": "apologised", "towards": "milder", "force": "may"}
    blame = {"id": "blame", "title": TEXT, "clause": "一", "quantity": {"of": "late", "at_least": 1}}
    scheme = mini(outcomes=[blame | {"weighs": [ground]}], extra_columns={"cases": columns})
    assert [at for kind, at, _ in found(tmp_path, scheme) if kind == "unused"] == ["cases.idle"]


def test_a_version_is_out_of_date_only_on_a_day_that_was_asked_about(tmp_path):
    assert found(tmp_path, mini()) == []
    assert found(tmp_path, mini(), date(2026, 1, 1)) == []
    assert found(tmp_path, mini(), date(2026, 1, 2)) == [("out-of-date", "source", "2026-01-01 < 2026-01-02")]


def test_a_finding_says_under_which_readings_it_holds(tmp_path):
    scheme = below_zero(5)
    options = {"zero": {"value": 0} | TEXT, "none": {"value": None} | TEXT}
    scheme["readings"] = {"least": {"clause": "一", "question": TEXT, "use": "none", "options": options}}
    scheme["indicators"][0]["floor"] = "$least"
    (one,) = checked(tmp_path, scheme).findings
    assert (one.kind, one.readings) == ("no-effect", "least = zero")


def test_known_findings_are_not_new_and_a_listed_one_that_is_gone_is(tmp_path):
    scheme = dimensioned(5, 4, findings=PRINTED_SO)
    result = checked(tmp_path, scheme)
    assert ([one.known for one in result.findings], result.new, result.clean) == ([True], (), True)
    assert next(iter(result.lines(everything=True))).endswith("(5 + 4 = 9 ≠ 10) [known]")
    mended = dimensioned(5, 5, findings=scheme["findings"])
    assert [(one.kind, one.at) for one in checked(tmp_path, mended).new] == [("stale-finding", "whole")]


def test_the_command_shows_new_findings_and_on_demand_the_known_ones(tmp_path, run_cli):
    file = tmp_path / "mini.yaml"
    scheme = dimensioned(5, 4, findings=PRINTED_SO)
    file.write_text(yaml.safe_dump(scheme, allow_unicode=True), encoding="utf-8")
    quiet = run_cli("check", file)
    assert (quiet.exit_code, quiet.stdout) == (0, "")
    shown = run_cli("check", file, "--all")
    assert shown.exit_code == 0
    assert shown.stdout.endswith("(5 + 4 = 9 ≠ 10) [known]\n")
    late = run_cli("check", file, "--on", "2027-01-01", "--format", "json")
    assert late.exit_code == 1
    (one,) = json.loads(late.stdout)["problems"]
    assert list(one) == [
        "file", "line", "column", "path", "clause", "kind", "at", "severity", "message", "readings", "proof", "known",
    ]  # fmt: skip
    assert (one["kind"], one["path"], one["known"]) == ("out-of-date", "source.last_checked", False)
    assert run_cli("check", file, "--on", "tomorrow").exit_code == 2


# --- what words, readings, events and grades prove --------------------------------------------------


def test_a_clause_that_announces_more_parts_than_are_listed(tmp_path):
    def parts(count, third=None):
        scheme = mini(indicators=[indicator(rule(points=-1, per="late"), *([third] if third else []), floor=None)])
        scheme["clauses"] = {"一": {"quote": "设三项", "announces": {"rules": count}}}
        return found(tmp_path, scheme)

    assert parts(2) == [("announced", "一", "only.deduct: 1 ≠ 2")]
    assert parts(1) == []
    assert parts(2, rule("more", points=-2, per="good")) == []
    scheme = mini(gaps={"lost": {"clause": "一", "missing": TEXT, "policy": "exclude"}})
    scheme["indicators"][0]["rules"].append(rule("more", points="$lost", per="good"))
    scheme["clauses"] = {"一": {"quote": "设二项", "announces": {"rules": 2}}}
    assert ("announced", "一", "only.deduct: 1 ≠ 2") in found(tmp_path, scheme)  # what waits for a gap is not listed


def test_the_parts_of_a_clause_are_those_whose_number_begins_with_its_own(tmp_path):
    scheme = mini(
        indicators=[
            indicator(rule(points=-1, per="late") | {"clause": "三(一)"}) | {"clause": "三(一)"},
            indicator(rule(points=-1, per="late") | {"clause": "三1"}, id="other") | {"clause": "三10"},
        ]
    )
    scheme["clauses"] = {name: {"quote": "某条"} for name in ("三(一)", "三10")}
    scheme["clauses"]["三1"] = {"quote": "设二项", "announces": {"clauses": 2, "indicators": 2}}
    scheme["clauses"]["三"] = {"quote": "设二项", "announces": {"clauses": 1, "indicators": 1}, "about": True}
    assert found(tmp_path, scheme) == [
        ("announced", "三1", "none: 0 ≠ 2"),  # 三10 is no part of 三1
        ("announced", "三1", "none: 0 ≠ 2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("quote", "kinds"),
    [
        ("第一的扣15分,第三的扣11分,第四名以后从10分递减", ["place-left-out"]),
        ("第一的扣15分,第四的扣10分,第四名以后每名扣1分", []),
        ("第一的扣15分,第三的扣11分,从第四名起递减", []),
        ("对各市工作人员的投诉……投诉各所工作人员的,扣5分", ["two-names"]),
        ("对各所工作人员的投诉……投诉各所工作人员的,扣5分", []),
        ("各市应当配合,各所工作人员另行规定", []),
    ],
)
def test_words_that_leave_a_place_out_or_name_one_thing_twice(tmp_path, quote, kinds):
    assert [kind for kind, *_ in found(tmp_path, mini(clauses={"一": {"quote": quote}}))] == kinds


@pytest.mark.parametrize(
    ("formula", "definition", "kinds"),
    [
        ("综合=即时满意率×20%", "满意度=满意数/总数", ["two-names"]),
        ("综合=即时满意度×20%", "满意度=满意数/总数", []),
        ("综合=即时满意率×20%", "满意率=满意数/总数", []),
        ("综合=即时满意率×20%", "满意度=满意数,即时满意率=满意数/总数", []),
    ],
)
def test_a_formula_in_terms_that_no_clause_defines(tmp_path, formula, definition, kinds):
    scheme = mini(clauses={"一": {"quote": formula}, "二": {"quote": definition, "about": True}})
    assert [kind for kind, *_ in found(tmp_path, scheme)] == kinds


def test_a_unit_of_measure_that_only_a_reading_gives(tmp_path):
    def unit(**values):
        options = {name: {"value": value} | TEXT for name, value in values.items()}
        reading = {"clause": "一", "question": TEXT, "use": next(iter(values)), "options": options}
        deduct = rule(points=-1, when={"of": "share", "above": "0.5"})
        return with_rules(deduct, rates={"share": SHARE | {"times": "$unit"}}, floor=None) | {
            "readings": {"unit": reading}
        }

    assert (
        "unit-by-reading",
        "unit",
        "yuan × 1, thousands × 1000: the same counts give up to 1000 times as much",
    ) in found(tmp_path, unit(yuan=1, thousands=1000))
    assert found(tmp_path, unit(half=1, whole=2)) == []


def event_scheme(deemed, **more):
    """A veto whose reading decides whether an unverified event counts, beside a sanction for verified ones."""

    def outcome(id, of, **keys):
        return {"id": id, "title": TEXT, "clause": "一", "quantity": {"of": of, "at_least": 1}} | keys

    options = {
        "verified": {"value": "kind = '投诉' and verified"} | TEXT,
        "other": {"value": deemed} | TEXT,
    }
    months = {"id": "months", "who": TEXT, "what": TEXT, "low": 3, "high": 6}
    scheme = mini(
        readings={"veto": {"clause": "一", "question": TEXT, "use": "verified", "options": options}},
        outcomes=[outcome("sanction", "grave", consequences=[months]), outcome("veto", "vetoing")], **more,
    )  # fmt: skip
    scheme["measures"] |= {
        "grave": {"title": TEXT, "register": "events", "where": "kind = '投诉' and verified"},
        "vetoing": {"title": TEXT, "register": "events", "where": "$veto"},
    }
    return scheme


@pytest.mark.parametrize(
    ("deemed", "proof"),
    [
        ("kind = '投诉'", "kind = 投诉: verified gives nothing, other gives veto [一]"),
        ("kind = '投诉' and verified and level = '省'",
         "kind = 投诉, verified: sanction either way; verified adds veto [一], other adds nothing"),
        ("verified and kind = '投诉'", None),  # the same events
        ("kind = '投诉' and verified and at >= due_at", None),  # hangs on a time: nothing is claimed
    ],
)  # fmt: skip
def test_an_event_from_which_only_a_reading_says_what_follows(tmp_path, deemed, proof):
    scheme = event_scheme(deemed)
    if "due_at" in deemed:
        scheme["columns"] = {"events": {"due_at": {"deadline": {"from": "at", "limits": [{"hours": 72}]}}}}
    said = [text for kind, _, text in found(tmp_path, scheme) if kind == "outcome-by-reading"]
    assert said == ([] if proof is None else [proof])


def test_shares_of_one_whole_that_are_taken_for_each_event(tmp_path):
    def taken(**keys):
        part = {"id": "award", "who": TEXT, "what": TEXT, "amount": "0.4", "each": True, "of": "yuan"} | keys
        scheme = mini(outcomes=[{"id": "cut", "title": TEXT, "clause": "一", "quantity": {"of": "late", "at_least": 1},
                                 "consequences": [part]}])  # fmt: skip
        scheme["measures"]["yuan"] = {"title": TEXT, "fact": "yuan", "context": True}
        return found(tmp_path, scheme)

    assert taken() == [("exceeds-whole", "cut.award", "3 × 0.4 = 1.2 > 1")]
    assert taken(amount="0.5") == [("exceeds-whole", "cut.award", "3 × 0.5 = 1.5 > 1")]  # 2 take exactly the whole
    assert taken(each=False) == []
    assert taken(of=None) == []


def graded(line, fair=6, **more):
    """Ten points for grades of 10, ``fair`` and 0, with a line for low totals."""
    scheme = mini(
        rates={"mean": MEAN | {"numerator": {"good": 10, "fair": fair, "bad": 0},
                               "denominator": {"good": 10, "fair": 10, "bad": 10}}},
        indicators=[indicator(rule(points=10, per="mean"), start=0)],
        outcomes=[{"id": "blamed", "title": TEXT, "clause": "一", "total": {"below": line}}], **more,
    )  # fmt: skip
    scheme["measures"]["bad"] = measure("satisfaction = '不满意'", context=True)
    return scheme


def test_a_line_that_the_middle_grade_from_everyone_passes(tmp_path):
    assert found(tmp_path, graded(6)) == [("middle-passes", "blamed", "fair alone: mean = 0.6; 6 ≥ 6")]
    assert found(tmp_path, graded("6.1")) == []
    assert found(tmp_path, graded(6, fair=5)) == []
    shared = graded(6)  # where another indicator counts the same cases, its full marks beside are not certain
    shared["indicators"].append(indicator(rule(points=-1, per="late"), id="other"))
    assert found(tmp_path, shared) == []


def test_a_target_that_few_cases_meet_only_in_full(tmp_path):
    def target(**bound):
        free = {"max": None, "start": 0, "floor": None, "cap": None}
        return found(tmp_path, with_rules(rule(target={"of": "share"} | bound), rates={"share": SHARE}, **free))

    assert target(at_least="0.98") == [("all-or-nothing", "only.deduct", "48/49 < 98 %, 49/50 = 98 %")]
    assert target(above="0.98") == [("all-or-nothing", "only.deduct", "49/50 = 98 %, 50/51 > 98 %")]
    assert target(at_least="0.95") == []  # 19 of 20
    assert target(at_least=1) == []
    assert target(below="0.98") == []


def test_a_declared_gap_is_shown_with_what_waits_for_it_and_is_never_new(tmp_path):
    scheme = mini(gaps={"lost": {"clause": "一", "missing": TEXT, "policy": "require", "max": 3}})
    scheme["indicators"][0]["rules"].append(rule("more", points="$lost", per="good"))
    result = checked(tmp_path, scheme)
    assert [(one.kind, one.at, told(one.proof, "en"), one.known) for one in result.findings] == [
        ("gap", "lost", "only.more waits, 3 points; no total without it", True)
    ]
    assert checked(tmp_path, mini()).findings == ()


def test_full_marks_that_wait_for_a_gap_are_a_gap_and_not_missing(tmp_path):
    scheme = dimensioned(5, None, gaps={"full": {"clause": "一", "missing": TEXT, "policy": "exclude"}})
    scheme["indicators"][1]["max"] = "$full"
    assert found(tmp_path, scheme) == [("gap", "full", "full marks of part1 waits; scored without it")]


def test_a_deduction_on_top_of_the_points_overruns_nothing_and_one_that_a_reading_switches_off_is_no_fault(tmp_path):
    doubled = {"by": 2, "of": "good", "clause": "一"}
    pure = with_rules(rule(points=-10, per="late", multiplier=doubled), max=0, start=0, floor=None, cap=0)
    assert found(tmp_path, pure) == []
    options = {"off": {"value": 0} | TEXT, "on": {"value": -2} | TEXT}
    pure["readings"] = {"again": {"clause": "一", "question": TEXT, "use": "off", "options": options}}
    pure["indicators"][0]["rules"].append(rule("again", points="$again", per="good"))
    assert found(tmp_path, pure) == []


def test_a_bonus_on_top_of_the_full_marks_is_no_excess(tmp_path):
    bonus = indicator(rule("bonus", points=2, when={"of": "good", "at_most": 0}), id="bonus", max=0, start=0, cap=2)
    scheme = mini(indicators=[indicator(rule(points=-1, per="late")), bonus])
    assert found(tmp_path, scheme) == []


def test_an_extension_does_not_repeat_what_its_base_lists(tmp_path):
    known = {"kind": "bound-twice", "at": "一", "note": TEXT}
    base = mini(clauses={"一": {"quote": "故障超过2次(含)扣2分"}}, findings=[known])
    assert [one.kind for one in checked(tmp_path, base).findings] == ["bound-twice"]
    assert checked(tmp_path, {"scheme": "longer", "extends": "mini", "findings": []}, name="longer.yaml").findings == ()


def test_every_line_says_how_grave_it_is(tmp_path):
    (line,) = checked(tmp_path, dimensioned(5, 4, findings=PRINTED_SO)).lines(everything=True)
    message = "states 10 points, but its indicators add up to 9 (5 + 4 = 9 ≠ 10) [known]"
    assert re.sub(r":\d+:\d+:", ":", line, count=1) == f"mini.yaml: dimensions[0] [一]: error: maxima: whole: {message}"


# --- the committed schemes -------------------------------------------------------------------------------


@cache
def result_of(name):
    return check_scheme(SCHEMES / f"{name}.yaml", f"{name}.yaml")


@cache
def proofs(name):
    return {(one.kind, one.at, one.readings, told(one.proof, "en")) for one in result_of(name).findings}


FORMULA = "satisfaction = (10 × satisfied + 6 × fairly_satisfied) / rated lies in [0, 10]"


@pytest.mark.parametrize(
    "expected",
    [
        ("unreachable", "satisfaction.satisfaction_low", "satisfaction_scale = literal",
         f"{FORMULA}; at least 15 steps: −3 × 15 = −45"),
        ("always", "satisfaction.satisfaction_failed", "satisfaction_scale = literal", FORMULA),
        ("full-marks-unreachable", "satisfaction", "satisfaction_scale = literal", "at most 0 < 15"),
        ("no-effect", "satisfaction.satisfaction_failed", "satisfaction_scale = corrected and unprinted_floor = zero",
         "for satisfaction in [0, 60): 15 − 3 × [5, 17] = [−36, 0], held at the floor 0 without it, 0 with it"),
        ("cap-never-binds", "resolution_rate", "", "10 + 2 = 12 < 13"),
        ("cap-never-binds", "repeat_rate", "", "5 + 1 = 6 < 7"),
        ("overruns-maximum", "handling_timeliness.overdue_3_days", "", "10 × 2 = 20 > 15"),
        ("bound-twice", "二(一)4", "", "“超过2次(含)”: 超过 leaves the number out, 含 takes it in"),
        ("rate-in-counts", "二(一)4", "", "“率超过2次”: a rate is a quotient, the bound is a count"),
        ("band-by-rounding", "handling_timeliness", "", "2.5 rounded down is 2: −5; rounded up is 3: −10"),
        ("exceeds-maximum", "handling", "", "10 + 15 + 12 + 6 = 43 > 40"),
        ("exceeds-maximum", "total", "the readings in use",
         "5 + 7 + 4 + 4 + 10 + 15 + 12 + 6 + 5 + 15 + 5 + 8 = 96 > 93"),
    ],
    ids=lambda expected: f"{expected[0]} {expected[1]}",
)  # fmt: skip
def test_the_faults_of_the_heating_scheme(expected):
    assert expected in proofs("s22-heating")


def test_the_months_and_the_year_of_the_12315_stations_are_not_on_one_scale():
    assert {(at, proof) for _, at, _, proof in proofs("s09-chengde-12315-annual")} == {
        ("report_filing", "month: [0, ∞); year: [0, 10]; 11 × 1 = 11 > 10"),
        ("appeal_filing", "month: [0, ∞); year: [0, 10]; 6 × 2 = 12 > 10"),
        ("appeal_late", "month: (−∞, 0]; year: [−10, 0]; 11 × −1 = −11 < −10"),
        ("report_late", "month: (−∞, 0]; year: [−10, 0]; 11 × −1 = −11 < −10"),
    }


def test_the_faults_of_the_office_evaluation():
    everyone = "top 6 and bottom 3 share a unit where there are 8 or fewer"
    assert {
        ("floor-never-binds", "satisfaction", "0 + 80 × [1/3, 1] gives 80/3 > 0; "
         "the lowest grade of instant, monthly, visits, collective is 30 of 90"),
        ("middle-passes", "below_70", "instant_fair, monthly_fair, visits_fair, collective_fair alone: "
         "overall_satisfaction = 2/3; 160/3 + 20 = 220/3 ≥ 70"),
        ("two-names", "六-综合满意度", "“监测点即时测评满意率”, but 六-满意度 defines “测评满意度”"),
        ("can-coincide", "satisfied", "where every total < 70, the first 6 meet it too"),
        ("can-coincide", "satisfied", everyone),
        ("can-coincide", "satisfied", f"{everyone}, and where every total ≥ 70, the first 6 meet it too"),
        ("worse-escapes", "last_three", "it asks for total ≥ 70, totals lie in [0, 100]"),
    } == {(kind, at, proof) for kind, at, _, proof in proofs("s20-office-evaluation")}  # fmt: skip


def test_the_faults_of_the_insurers():
    everyone = "top 5 and bottom 3 share a unit where there are 7 or fewer"
    units = "ten_millions × 10000000, yuan × 1, ten_thousands × 10000, hundred_millions × 100000000"
    assert {
        ("announced", "三", "三(一), 三(二): 2 ≠ 3"),
        ("place-left-out", "二(二)2", "the last place listed is 3, “第四名以后” goes on from 5"),
        ("unit-by-reading", "premium_unit", f"{units}: the same counts give up to 100000000 times as much"),
        ("can-coincide", "advanced", everyone),
        ("gap", "third_bonus", "bonus.third_bonus waits; scored without it"),
    } == {(kind, at, proof) for kind, at, _, proof in proofs("s12-jiangsu-insurance") if kind not in OF_DUTIES}


def test_what_follows_from_one_complaint_to_the_power_company_hangs_on_readings():
    said = {(kind, at): proof for kind, at, _, proof in proofs("s10-zero-complaint")}
    assert said["outcome-by-reading", "veto_verification"] == (
        "kind = 投诉, level = 公司: verified gives nothing, literal gives veto [第十四条]"
    )
    media = "kind = 投诉, level = 媒体, severity = 造成一定社会影响, verified: upper_sanction either way; "
    assert (
        media + "state_grid adds nothing, with_media adds veto [第十四条]" in said["outcome-by-reading", "veto_forums"]
    )
    window = "kind = 投诉, level = 公司行风办, verified, reason = 营业窗口损害客户利益: veto either way; "
    milder = "special adds window_sanction [第十一条] (window_direct_months 3 to 6, window_head_months 2 to 3), "
    graver = "highest adds base_sanction [第十条(一)] (base_direct_months 6, base_head_months 3)"
    assert window + milder + graver in said["outcome-by-reading", "window_rule"]
    assert said["exceeds-whole", "slippage_sanction.slippage_award_yuan"] == "11 × 0.1 = 1.1 > 1"


OF_DUTIES = {
    "outside-limit", "vague", "no-end", "circle", "no-consequence", "due-at-trigger", "clock-unbounded", "own-cause",
    "two-owe",
}  # fmt: skip
"""What duties prove, beside the arithmetic of points."""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("s02-fujian-three-rates", {("outside-limit", "feedback"), ("vague", "前言"), ("vague", "一(二)")}),
        ("s09-chengde-12315", {("outside-limit", at) for at in
                               ("appeal_feedback", "report_feedback", "upload", "publicity")}),
        ("s12-jiangsu-insurance", {("outside-limit", at) for at in
                                   ("handle", "report_changes", "assess_targets", "half_year_report")}
         | {("vague", at) for at in ("二(一)1", "二(一)3", "三(二)")}),
        ("s22-heating", {("outside-limit", "special_plan"), ("outside-limit", "special_task")}),
        ("boston311-timeliness", {("outside-limit", "close"), ("no-consequence", "duties")}),
        ("s38-first-asked",
         {("outside-limit", "reply"), ("circle", "交接"), ("no-consequence", "duties"), ("due-at-trigger", "dispatch"),
          *(("clock-unbounded", at) for at in ("notice_of_act", "determine", "take", "take_notice", "hand_on")),
          ("own-cause", "determine"), ("two-owe", "take+take_notice"),
          ("no-end", "首问"), ("vague", "首问"), ("vague", "一"), ("vague", "四(二)")}),
    ],
)  # fmt: skip
def test_the_faults_of_the_limits_of_scored_schemes(name, expected):
    assert {(kind, at) for kind, at, *_ in proofs(name) if kind in OF_DUTIES} == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("s02-fujian-three-rates",
         {("all-or-nothing", "result_use_rate.result_use_target"): "48/49 < 98 %, 49/50 = 98 %"}),
        ("s04-hotline", {("weights", "roll_up.year"): "1 + 1 = 2 ≠ 1; full marks 1 × 100 + 1 × 100 = 200"}),
        ("s09-chengde-12315", {("two-names", "二(二)3"): "“各市12315” and “各所12315”"}),
        ("boston311-timeliness", {}),
        ("circ-insurers",
         {("someone-always-fails", "below_mean"): "not all values lie on one side of their own mean"}),
        ("s14-bank-service", {}),
        ("s18-anhui-telecom", {}),
        ("s38-first-asked", {}),
    ],
)  # fmt: skip
def test_the_faults_of_the_other_schemes_and_nothing_beside_the_gaps_they_declare(name, expected):
    assert {(kind, at): proof for kind, at, _, proof in proofs(name) if kind not in {"gap", *OF_DUTIES}} == expected
    assert {at for kind, at, *_ in proofs(name) if kind == "gap"} == set(committed(name).natural.gaps)


def test_every_committed_finding_says_where_it_stands_in_its_source():
    for file in SCHEMES.glob("*.yaml"):
        for known in committed(file.stem).natural.findings:
            assert known.source, (file.name, known.kind, known.at)
            assert any(known.source.startswith(clause[:1]) for clause in committed(file.stem).natural.clauses)


@pytest.mark.parametrize("name", sorted(file.stem for file in SCHEMES.glob("*.yaml")))
def test_a_committed_scheme_lists_its_findings(name):
    assert result_of(name).clean
    assert {one.kind for one in result_of(name).findings} <= KINDS.keys()


@pytest.mark.parametrize("name", sorted(file.stem for file in SCHEMES.glob("*.yaml")))
def test_every_finding_of_a_committed_scheme_is_told_in_chinese(name):
    natural = load_scheme(SCHEMES / f"{name}.yaml").natural
    left = {(one.kind, one.at): left_in_english(natural, one) for one in result_of(name).findings}
    assert [key for key, words in left.items() if words] == []


def test_the_readings_of_a_finding_are_told_by_what_they_ask_and_answer():
    natural = load_scheme(SCHEMES / "s22-heating.yaml").natural
    ways = (("satisfaction_scale", ("corrected", "literal")), ("unprinted_floor", ("zero",)))
    of = {one.kind: one for one in result_of("s22-heating").findings}["no-effect"]
    zh, en = (partial(reading_words, SchemeWords(natural, language)) for language in ("zh", "en"))
    for under, english, chinese in (
        (Under(), "", ""),
        (IN_USE, "the readings in use", "所用的读法"),
        (Under(((), ways[1:]), in_use=True), "the readings in use or the readings in use with unprinted_floor = zero",
         "所用的读法，或所用读法而“未写“扣完为止”的指标是否扣到0分为止”取“扣到0分为止”"),
        (Under((ways,)), "satisfaction_scale = corrected | literal and unprinted_floor = zero",
         "“公式最高为10分，而满分线为85分：是否乘以10”取“乘以10（更正）”或“按字面，任何单位都不能得分”，"
         "且“未写“扣完为止”的指标是否扣到0分为止”取“扣到0分为止”"),
    ):  # fmt: skip
        assert (str(under), of.under(under).readings, zh(of.under(under))) == (english, english, chinese)
    asked = '“Do indicators without "until the points are gone" stop at 0?” → “they stop at 0”'
    assert en(of.under(Under((ways[1:],)))) == asked


# --- nothing false, and nothing missed where everything can be tried --------------------------------------

GRID = 40
"""All shares of this many cases are tried; thresholds are multiples of 1/20, so that every value between is too."""

twentieths = st.integers(-2, 22).map(lambda n: Fraction(n, 20))
whens = st.builds(
    lambda side, threshold: {"of": "share", side: str(threshold)},
    st.sampled_from(["at_least", "above", "at_most", "below"]), twentieths,
)  # fmt: skip
tried = st.builds(
    lambda shapes, start, floor, cap: indicator(
        *(rule(f"r{n}", **{key: points if key == "points" else abs(points), "when": when})
          for n, (key, points, when) in enumerate(shapes)), max=10, start=start, floor=floor, cap=cap,
    ),
    st.lists(st.tuples(st.sampled_from(["points", "points", "becomes"]), st.integers(-6, 3), whens),
             min_size=1, max_size=4),
    st.sampled_from([0, 5, 10]), st.sampled_from([None, -3, 0]), st.sampled_from([None, 10, 12]),
)  # fmt: skip


def tree_of(one):
    return Tree(Path("mini.yaml"), mini(indicators=[one]), {})


def by_hand(one, share, without=None):
    """The points of an indicator at a share, before and after floor and cap, by the words of its rules."""
    compare = {"at_least": share.__ge__, "above": share.__gt__, "at_most": share.__le__, "below": share.__lt__}
    points = one["start"]
    for own in one["rules"]:
        ((side, threshold),) = [(key, Fraction(value)) for key, value in own["when"].items() if key != "of"]
        if own is not without and compare[side](threshold):
            points = own["becomes"] if "becomes" in own else points + own["points"]
    held = points if one["cap"] is None else min(points, one["cap"])
    return points, held if one["floor"] is None else max(held, one["floor"])


@settings(max_examples=60, deadline=None)
@given(tried)
def test_the_prover_and_trying_every_share_agree(one):
    scheme = resolved_of(mini(rates={"share": SHARE}, indicators=[one])).scheme
    effects = Effects(scheme.indicators[0], Ranges(scheme))
    said = {(f.kind, f.at) for f in indicator_findings(tree_of(one), 0, effects)}
    shares = [Fraction(late, GRID) for late in range(GRID + 1)]
    sums, results = zip(*(by_hand(one, share) for share in shares), strict=True)
    expected = set()
    for own in one["rules"]:
        lone = {"start": 0, "floor": None, "cap": None, "rules": [own | {"becomes": 1}]}
        acts = [by_hand(lone, share)[0] == 1 for share in shares]
        same = all(by_hand(one, share, without=own)[1] == result for share, result in zip(shares, results, strict=True))
        expected |= {("unreachable", f"only.{own['id']}")} if not any(acts) else set()
        expected |= {("always", f"only.{own['id']}")} if all(acts) else set()
        idle = same and (any(acts) or own.get("points") == 0)  # of a rule that never acts, that alone is said
        expected |= {("no-effect", f"only.{own['id']}")} if idle else set()
    expected |= {("full-marks-unreachable", "only")} if max(results) < 10 else set()
    expected |= {("cap-never-binds", "only")} if one["cap"] == 12 and max(sums) < 12 else set()
    expected |= {("floor-never-binds", "only")} if one["floor"] is not None and min(sums) > one["floor"] else set()
    assert said == expected


# --- nothing false -----------------------------------------------------------------------------------------


bounds = st.fixed_dictionaries({"of": st.sampled_from(["late", "share", "mean"])}).flatmap(
    lambda of: st.tuples(
        st.sampled_from(["at_least", "above", "at_most", "below"]), st.sampled_from(["0", "0.5", "1", "2", "6", "10"])
    ).map(lambda pair: of | {pair[0]: pair[1]})
)
shortfalls = st.builds(
    lambda of, side, threshold, every, mode: {"of": of, side: threshold, "every": every, "mode": mode},
    st.sampled_from(["late", "share", "mean"]), st.sampled_from(["below", "above"]),
    st.sampled_from(["0", "0.3", "1", "3", "9", "12"]), st.sampled_from(["0.1", "1", "2.5"]),
    st.sampled_from(["floor", "ceil", "exact"]),
)  # fmt: skip
points = st.sampled_from([-12, -5, "-0.5", 0, 1, 4])
again = st.none() | st.just({"by": 2, "of": "very_late", "clause": "一"})
shapes = st.one_of(
    st.builds(lambda p, m: {"points": p, "per": "late"} | ({"multiplier": m} if m else {}), points, again),
    st.builds(lambda p: {"points": p, "per": "share"}, points),
    st.builds(lambda p, w: {"points": p, "when": w}, points, bounds),
    st.builds(lambda p, w: {"becomes": abs(Fraction(p)), "when": w}, points, bounds),
    st.builds(lambda p, s: {"points": p, "step": s}, points, shortfalls),
)
indicators = st.builds(
    lambda shapes, start, floor, cap: indicator(
        *(rule(f"r{n}", **shape) for n, shape in enumerate(shapes)), max=10, start=start, floor=floor, cap=cap
    ),
    st.lists(shapes, min_size=1, max_size=4), st.sampled_from([0, 5, 10]), st.sampled_from([None, 0, -3]),
    st.sampled_from([None, 10, 12]),
)  # fmt: skip
counts = st.builds(
    lambda late, very, on_time, good, fair, bad: {
        "late": late, "very_late": min(very, late), "received": late + on_time,
        "good": good, "fair": fair, "rated": good + fair + bad,
    },
    *[st.integers(0, 12)] * 6,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(indicators, st.lists(counts, min_size=1, max_size=8))
def test_points_lie_where_they_were_said_to_and_idle_rules_are_idle(one, samples):
    scheme = mini(rates={"share": SHARE, "mean": MEAN}, indicators=[one])
    scheme["measures"]["very_late"] = measure("closed_at > due_at and verified")
    resolved = resolved_of(scheme)
    effects = Effects(resolved.scheme.indicators[0], Ranges(resolved.scheme))
    said = {(f.kind, f.at) for f in indicator_findings(tree_of(one), 0, effects)}
    best = effects.best()
    assert best is None or best in effects.reach
    for sample in samples:
        check_against(resolved, effects, said, {name: Fraction(n) for name, n in sample.items()})


class resolved_of:
    """A resolved scheme without a file."""

    def __init__(self, scheme):
        self.scheme = Scheme.model_validate(scheme) if isinstance(scheme, dict) else scheme
        self.readings, self.supplied = {}, {}

    def readings_of(self, indicator, rule):
        return {}


def without(resolved, indicator, rule):
    rules = tuple(r for r in indicator.rules if r is not rule)
    changed = tuple(
        i if i is not indicator else i.model_copy(update={"rules": rules}) for i in resolved.scheme.indicators
    )
    return resolved_of(resolved.scheme.model_copy(update={"indicators": changed}))


def check_against(resolved, effects, said, known):
    """The score of one unit against everything that was said of the indicator."""
    indicator = effects.indicator
    facts = Facts(known, {}, {})
    (scored,) = [s for s in score_unit(resolved, facts) if s.id == indicator.id]
    if scored.points is None:
        return
    assert scored.points in effects.reach
    if ("full-marks-unreachable", indicator.id) in said:
        assert scored.points < indicator.max
    if ("cap-never-binds", indicator.id) in said:
        assert scored.raw < indicator.cap
    if ("floor-never-binds", indicator.id) in said:
        assert scored.raw > indicator.floor
    for rule in indicator.rules:
        at = f"{indicator.id}.{rule.id}"
        (line, *_) = [line for line in scored.lines if line.rule == rule.id]
        if ("unreachable", at) in said and rule.when is not None:
            assert line.steps == 0
        if ("always", at) in said:
            assert line.steps == 1
        if ("no-effect", at) in said and len(indicator.rules) > 1:
            (other,) = [s for s in score_unit(without(resolved, indicator, rule), facts) if s.id == indicator.id]
            assert other.points in (scored.points, None)


moments = st.none() | st.integers(0, 60 * 24).map(lambda h: datetime(2025, 5, 10) + timedelta(hours=h))
TIMES = ["entered_at", "accepted_at", "contacted_at", "planned_at", "replied_at", "due_at", "closed_at", "reviewed_at"]
FLAGS = ["resolved", "filed", "mediated", "mediation_ok", "redone"]
CASE = {
    "case_id": st.uuids().map(str),
    "unit": st.just("A"),
    "received_at": moments.map(lambda moment: moment or datetime(2025, 6, 5)),
    "kind": st.sampled_from([None, "咨询", "投诉", "复杂", "申诉", "举报"]),
    "person_key": st.sampled_from("pq"),
    "problem_key": st.sampled_from("xy"),
    "satisfaction": st.sampled_from([None, *GRADES]),
    "missing_items": st.sampled_from([None, 0, 1, 3]),
    **dict.fromkeys(TIMES, moments),
    **dict.fromkeys(FLAGS, st.sampled_from([None, True, False])),
}
TYPES = dict.fromkeys(CASE, pl.String)
TYPES |= dict.fromkeys(FLAGS, pl.Boolean) | {"missing_items": pl.Int64}
TYPES |= dict.fromkeys(["received_at", *TIMES], pl.Datetime("us"))


@cache
def committed(name):
    return load_scheme(SCHEMES / f"{name}.yaml", name)


@pytest.mark.parametrize("name", ["s22-heating", "s09-chengde-12315", "s09-chengde-12315-annual"])
@settings(max_examples=12, deadline=None)
@given(rows=st.lists(st.fixed_dictionaries(CASE), max_size=12), data=st.data())
def test_counted_rows_give_what_was_said_of_every_quantity_and_indicator(name, rows, data):
    """Random cases, counted and scored as ever, under random readings."""
    file = committed(name)
    readings = file.natural.readings
    choice = {key: data.draw(st.sampled_from(sorted(readings[key].options))) for key in sorted(readings)}
    resolved = file.resolve(choice)
    frame = pl.DataFrame(rows, schema=TYPES, orient="row").lazy()
    period = Period.parse("2025" if "annual" in name else "2025-06")
    counter = Counter(resolved.scheme, {"cases": frame}, period, datetime(2025, 8, 1), china())
    of_cases = [key for key, m in resolved.scheme.measures.items() if m.register_ == "cases"]
    counted = counter.counts(of_cases).get("A", {})
    known = {key: counted.get(key) or Fraction(0) for key in of_cases}
    known |= {key: Fraction(30) for key, m in resolved.scheme.measures.items() if m.fact}
    known |= {key: Fraction(data.draw(st.integers(0, 4))) for key in resolved.scheme.measures if key not in known}
    ranges = Ranges(resolved.scheme)
    for quantity in (*resolved.scheme.measures, *resolved.scheme.rates):
        value = quantity_value(resolved.scheme, quantity, known)
        assert value is None or value in ranges.of(quantity), quantity
    for index, indicator in enumerate(resolved.scheme.indicators):
        effects = Effects(indicator, ranges)
        said = {(f.kind, f.at) for f in indicator_findings(file.tree, index, effects)}
        check_against(resolved, effects, said, known)


def quantity_value(scheme, quantity, known):
    rate = scheme.rates.get(quantity)
    if rate is None:
        return known[quantity]
    under = sum(weight * known[name] for name, weight in rate.denominator.items())
    if under == 0:
        return None if rate.zero == "not_assessable" else rate.zero
    return rate.times * sum(weight * known[name] for name, weight in rate.numerator.items()) / under
