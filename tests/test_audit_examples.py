"""The reference values of an audit, each computed from its own inputs by the product: no value is written here.

Intervals, funnels, over-dispersion, rank sets and shrinkage have tests of their own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from auditlib.core.exact import Rounding, decimal_text
from auditlib.core.multiplicity import holm
from auditlib.core.worktime import china
from auditlib.ledger.restatement.restatement import restated
from auditlib.probe.clocks import DAY, HOUR, Grounds, clocks_of, hour_cells
from auditlib.probe.families import benjamini_hochberg
from auditlib.probe.nulls import (
    Binomial,
    Hypergeometric,
    Occupancy,
    PoissonBinomial,
    Squares,
    smallest_total,
    strata_tail,
)
from auditlib.probe.patterns.backdating import inverted_pairs, received_before_earlier
from auditlib.probe.patterns.benford import FIRST_DIGITS
from auditlib.probe.patterns.bunching import excess_mass, placebo_share, window_counts
from auditlib.probe.patterns.clock_shift import modes_by_half
from auditlib.probe.patterns.identical_durations import average_frequency
from auditlib.probe.patterns.nonresponse import rating_bounds
from auditlib.probe.patterns.office_hours import off_hours
from auditlib.probe.patterns.ratings import fewer_dissatisfied
from auditlib.probe.patterns.reregistered import opened_anew
from auditlib.probe.patterns.sequence import sequence_counts
from auditlib.probe.probe import judged
from auditlib.probe.settings import Settings
from auditlib.restate.favour import sign_test
from auditlib.restate.restatement import completeness
from auditlib.sampling.allocation import allocate
from auditlib.sampling.bounds import bad_at_most, outward, poisson_factor, rate_at_most, stringer
from auditlib.sampling.draw import draw_seed, every_interval, interval_hits, smallest
from auditlib.sampling.sizes import Target, bad_ones, look_risk, sample_size, stage_size, stop_or_go_risk

Inputs = Mapping[str, Any]
HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("AUDITLIB_SHARED_DATA", HERE.parent.parent / "shared" / "data"))
FILE = SHARED.parent / "audit" / "examples.json"
ELSEWHERE = {
    "interval-81-263": "chance", "interval-0-20": "chance", "interval-0-2": "chance", "funnel-exact-a": "chance",
    "funnel-exact-b": "chance", "overdispersion-a": "chance", "rank-sets-a": "chance", "homogeneity-exact": "chance",
    "shrunk-rate": "chance", "boston-funnel": "chance", "boston-rank-sets": "chance", "boston-cfpb": "chance",
    "density-senate": "rddensity's own estimate of its own data set, which is not shipped; no test of ours uses it",
}  # fmt: skip


def every(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def target(given: Inputs, **other: Any) -> Target:
    own = {**given, **other}
    model = "hypergeometric" if own["model"] == "discovery" else own["model"]
    return Target(model, F(own["confidence"]), F(own.get("tolerable", 0)), own.get("population"), own.get("bad"))


def sizes(given: Inputs) -> object:
    """Sizes for one number of allowed errors or several, expected rates, populations, tolerable rates."""
    many = next((name for name in ("population", "tolerable") if isinstance(given.get(name), list)), None)
    lines = [
        {name: value[n] if isinstance(value, list) and many else value for name, value in given.items()}
        for n in range(len(given[many]) if many else 1)
    ]
    found = []
    for line in lines:
        rates = line.get("expected_rate", line.get("expected_share"))
        if rates is None:
            found += [sample_size(target(line), k)[0] for k in every(line.get("allowed", 0))]
        else:
            found += [sample_size(target(line), expected_rate=F(rate))[0] for rate in every(rates)]
    return found


def misprint(given: Inputs) -> object:
    own = target(given)
    return [*every(sizes(given)), *(float(look_risk(own, n, 4)) for n in (112, 113))]


def hypergeometric_trap(given: Inputs) -> object:
    own = target(given)
    with_float = target(given, bad=bad_ones(own) + 1)
    return [bad_ones(own), sample_size(own)[0], sample_size(with_float)[0]]


def looked_twice(given: Inputs) -> object:
    own = target(given, model="binomial", confidence="0.95")
    first, k, more, most = (given[name] for name in ("first", "stop_if", "extend_by", "accept_total"))
    risks = look_risk(own, first, k), look_risk(own, first + more, most), stop_or_go_risk(own, first, k, more, most)
    return [float(risk) for risk in risks]


def hashed(given: Inputs) -> object:
    seed = draw_seed(given["snapshot"], given["plan"], given["nonce"])
    first, last = (int(id.removeprefix("GD-")) for id in given["ids"].split(".."))
    return [seed, smallest(seed, [f"GD-{n:06}" for n in range(first, last + 1)], given["n"])]


def items(given: Inputs) -> object:
    return every_interval(given["ids"], given["n"], F(given["interval"]), F(given["start"]))


def aicpa_limits(given: Inputs) -> object:
    pairs = zip(given["x"], given["n"], strict=True)
    return [float(decimal_text(100 * outward(x, n, F(given["confidence"])), Rounding(1, "up"))) for x, n in pairs]


def finite_limits(given: Inputs) -> object:
    return [bad_at_most(x, given["n"], given["population"], F(given["confidence"])) for x in given["x"]]


def stringer_of(given: Inputs) -> object:
    taints = [F(str(taint)) for taint in given["taints"]]
    return stringer(taints, given["n"], F(str(given["confidence"])), given["model"])


def placebo(given: Inputs) -> float:
    counts = given["in_window"], given["placebo_before"], given["placebo_after"]
    return Binomial(counts[0], sum(counts), F(1, 3)).p


def strata(given: Inputs) -> float:
    own = given["strata"]
    inside = sum(one["unit_in"] for one in own)
    return strata_tail(
        inside, [(one["unit"] + one["peers"], one["unit_in"] + one["peers_in"], one["unit"]) for one in own]
    )


def curvature(given: Inputs) -> float:
    mean = float(given["durations"].split("mean ")[1].removesuffix(" h"))
    return placebo_share(given["shift_hours"] / mean)


def of_two(given: Inputs, hit: str, own: str, others_hit: str, others: str) -> float:
    """Fisher's exact test of one group against the other, one-sided."""
    n, m = given[own], given[others]
    return Hypergeometric(given[hit], n + m, given[hit] + given[others_hit], n).p


def china_hours(given: Inputs) -> object:
    start, end = given["office"].split("-")
    times = pl.Series([datetime.fromisoformat(one) for one in given["closed_at"]])
    own = Settings(office_from=start, office_to=end)  # type: ignore[arg-type]
    return [int(found.sum()) for found in off_hours(times, own, china().lenient())]


def inversions(given: Inputs) -> object:
    days = pl.Series(given["received_day"])
    found, lag = received_before_earlier(pl.Series(given["numbers"]), days)
    return [int(found.sum()), lag, inverted_pairs(days.to_numpy())]


def telephone(given: Inputs) -> object:
    n, rule = given["ratings"], F(given["rule"])
    return [Binomial(n - given["phone"], n, 1 - rule).p, Binomial(given["phone"], n, rule).two_sided]


def s22_bounds(given: Inputs) -> object:
    rated = given["satisfied"] + given["fairly"] + given["dissatisfied"]
    bounds = rating_bounds(given["closed"], rated, given["satisfied"] + F(6, 10) * given["fairly"])
    return [float(100 * bound) for bound in bounds if bound is not None]


def reclassified(given: Inputs) -> float:
    beyond, within = given["just_beyond"], given["just_within"]
    n = beyond["cases"] + within["cases"]
    return Hypergeometric(beyond["complex"], n, beyond["complex"] + within["complex"], beyond["cases"]).p


def frequency(given: Inputs) -> float:
    if "values" in given:
        return float(average_frequency([given["values"].count(one) for one in sorted(set(given["values"]))]))
    counts = [int(often) for often, times in given["counts_of_counts"].items() for _ in range(times)]
    return round(float(average_frequency(counts)), 4)


def rejected(given: Inputs) -> object:
    return [sum(q <= given["level"] for q in adjust(given["p"])) for adjust in (benjamini_hochberg, holm)]


def fewest(given: Inputs) -> object:
    if "peer_rate" in given:
        levels = [F(level.split("/")[0]) / F([*level.split("/"), "1"][1]) for level in given["alpha"]]
        return [smallest_total(F(given["peer_rate"]), level) for level in levels]
    return [smallest_total(F(1, 3), F(given["alpha"]) / units) for units in (1, given["units"])]


def restatement(given: Inputs) -> object:
    sides = []
    for side in ("before", "after"):
        rows = [
            {name: datetime.fromisoformat(v) if v and name.endswith("_at") else v for name, v in row.items()}
            for row in given[side]
        ]
        sides.append({"cases": pl.DataFrame(rows, schema_overrides={"closed_at": pl.Datetime("us")})})
    found = restated(*sides, datetime.fromisoformat(given["taken"][0]))
    (counts,) = found.registers().to_dicts()
    changed = counts["changed"]
    return {
        "rows_before": counts["before"], "rows_after": counts["after"], "added": counts["added"],
        "removed": counts["removed"], "changed": changed,
        "unchanged": counts["before"] - counts["removed"] - changed,
        "cells_changed": dict(found.cells.group_by("column").len().iter_rows()),
    }  # fmt: skip


def lag(given: Inputs) -> object:
    hours = given["entered_minus_received_hours"]
    start = datetime(2026, 1, 1)
    cases = pl.DataFrame({
        "case_id": [f"C{n}" for n in range(len(hours))], "unit": "U", "received_at": start,
        "entered_at": [start + timedelta(hours=one) for one in hours],
    })  # fmt: skip
    grounds = Grounds(cases, (), frozenset(), None, "0" * 64)
    lines = judged(grounds, Settings(entry_hours=given["rule_limit_hours"]), ["backdating"])[1]
    (late,) = [one.observed.counts["late"] for one in lines if one.clock == "entered_at"]
    (own,) = completeness(cases)
    return [late, float(F(own["within_days"][str(given["complete_within_hours"] // 24)]))]


RULES: dict[str, Callable[[Inputs], Any]] = {
    "size-aicpa-a2-misprint": misprint,
    "size-hypergeometric-float-trap": hypergeometric_trap,
    "stop-or-go-inflation": looked_twice,
    "stop-or-go-plan": lambda g: [stage_size(Target("binomial", F(g["confidence"]), F(one))) for one in g["tolerable"]],
    "size-": sizes,
    "allocate-": lambda g: [allocate(g["n"], g["N"]), allocate(g["n"], g["N"], list(map(F, g["S"])))],
    "select-hash-": hashed,
    "select-interval-items": items,
    "select-interval-": lambda g: interval_hits(g["ids"], list(map(F, g["weights"])), g["n"], F(g["start"])),
    "upper-clopper-pearson-": lambda g: [rate_at_most(x, n, F(g["confidence"])) for n, x in g["pairs_n_x"]],
    "upper-aicpa-": aicpa_limits,
    "upper-hypergeometric-": finite_limits,
    "factor-poisson-": lambda g: [poisson_factor(k, F(g["confidence"])) for k in g["errors"]],
    "stringer-": stringer_of,
    "window-placebo-": placebo,
    "window-one-placebo": lambda g: Binomial(g["before_limit"], g["before_limit"] + g["after_limit"], F(1, 2)).p,
    "window-peers-stratified": strata,
    "window-peers-": lambda g: of_two(g, "unit_in_window", "unit_closed", "peers_in_window", "peers_closed"),
    "window-clock-": lambda g: PoissonBinomial(g["in_window"], [float(F(p)) for p in g["p_i"]]).p,
    "excess-mass-": lambda g: list(map(float, excess_mass(g["bins"], g["counts"], g["excluded"]))),
    "placebo-curvature-": curvature,
    "batch-": lambda g: Occupancy(g["at_least"], g["closings"], g["minutes"]).p,
    "off-hours-china": china_hours,
    "round-times": lambda g: Binomial(g["at_minute_0_or_30"], g["closings"], F(2, 60)).p,
    "terminal-digit-": lambda g: squares(g["counts"], (0.1,) * 10),
    "benford-": lambda g: squares(g["first_digit_counts"], FIRST_DIGITS),
    "sequence-gaps": lambda g: sequence_counts(pl.Series(g["numbers"])),
    "number-order-": inversions,
    "all-satisfied-min-n": fewest,
    "all-satisfied": lambda g: (
        fewer_dissatisfied(g["unit_not_satisfied"], g["unit_ratings"], g["peers_not_satisfied"], g["peers_ratings"]).p
    ),
    "survey-phone-share": telephone,
    "nonresponse-late-": lambda g: of_two(g, "late_unrated", "late", "on_time_unrated", "on_time"),
    "nonresponse-bounds": lambda g: [float(b) for b in rating_bounds(g["closed"], g["rated"], F(g["satisfied"])) if b],
    "nonresponse-s22-bounds": s22_bounds,
    "exclusions-late": lambda g: Hypergeometric(g["excluded_late"], g["cases"], g["late"], g["excluded"]).p,
    "exclusions-approver": lambda g: (
        Hypergeometric(g["by_approver_late"], g["exclusions"], g["late_among_them"], g["by_approver"]).p
    ),
    "reclassified-": reclassified,
    "withdrawn-": lambda g: of_two(g, "unit_withdrawn", "unit", "peers_withdrawn", "peers"),
    "average-frequency": frequency,
    "adjust-a": lambda g: [benjamini_hochberg(g["p"]), holm(g["p"])],
    "adjust-bh": rejected,
    "minimum-events-": fewest,
    "restatement-tiny": restatement,
    "restatement-direction": lambda g: float(sign_test(g["changes_gaining"], g["changes_losing"])),
    "late-arrival-lag": lag,
}
"""By the beginning of an id, the longest one first."""


def squares(counts: list[int], shares: tuple[float, ...]) -> list[float]:
    null = Squares(tuple(counts), shares)
    return [null.statistic, null.p]


def read(file: Path, times: Mapping[str, str], **names: str) -> pl.DataFrame:
    table = pl.read_csv(file, infer_schema=False)
    return table.select(
        *(pl.col(column).alias(name) for name, column in names.items()),
        *(
            pl.col(column).str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us").alias(name)
            for name, column in times.items()
        ),
    )


TIMES = {"received_at": "open_dt", "due_at": "target_dt", "closed_at": "closed_dt"}
CLOCK = "received_at>closed_at/due_at/each"


class Boston:
    """Boston's requests under the tests, asked once."""

    def __init__(self) -> None:
        names = {"case_id": "case_enquiry_id", "unit": "department", "kind": "type", "person_key": "loc_key"}
        file = SHARED / "boston311_2011h2_slim.csv.gz"
        self.cases = read(file, TIMES, **names, problem_key="type")
        (self.clock,), self.late = clocks_of(None, self.cases, None, None)
        grounds = Grounds(self.cases, (self.clock,), self.late, None, "0" * 64, timezone="America/New_York")
        tests = ["bunching", "batches", "round_times", "backdating", "sequence", "impossible"]
        self.lines = {(one.test, one.clock, one.unit): one for one in judged(grounds, Settings(), tests)[1]}
        self.closed = self.cases.drop_nulls("closed_at")
        self.left = self.clock.rows["left"]

    def sums(self, test: str, clock: str, *names: str) -> list[int]:
        own = [one.observed.counts for key, one in self.lines.items() if key[:2] == (test, clock)]
        return [sum(int(str(one[name])) for one in own) for name in names]

    def windows(self, clock: str, unit: str) -> list[int]:
        counts = self.lines["bunching", clock, unit].observed.counts
        return [int(str(counts[name])) for name in ("window", "before", "after")]

    def weighted(self, unit: str) -> list[object]:
        line = self.lines["bunching", CLOCK, unit]
        assert line.observed.null is not None
        return [*self.windows(CLOCK, unit), line.observed.null.expected, line.p]

    def unweighted(self) -> list[float]:
        counts = [self.windows(f"{CLOCK}/4h", unit) for unit in ("PWDx", "ISD", "PARK", "BTDT")]
        p = [Binomial(one[0], sum(one), F(1, 3)).p for one in counts]
        return [*p, *benjamini_hochberg(p)]

    def batches(self) -> list[int]:
        largest = max(
            int(str(one.observed.counts["fullest_minute"])) for k, one in self.lines.items() if k[0] == "batches"
        )
        return [*self.sums("batches", "closed_at", "batches", "in_batches"), largest]

    def batched_late(self) -> list[int]:
        inside = [case for key, one in self.lines.items() if key[0] == "batches" for case in one.observed.cases]
        own = self.clock.rows.filter(pl.col("case_id").is_in(inside))
        return [own.height, int(own["late"].sum())]

    def naive(self) -> list[int]:
        own = self.clock.rows.filter((pl.col("unit") == "PWDx") & (pl.col("kind") == "Pick up Dead Animal"))
        day = np.full(own.height, DAY)
        part = window_counts(own["left"].to_numpy(), day, day).tolist()
        return [part.count(0), part.count(2)]

    def sequence(self) -> list[int]:
        numbers = self.cases["case_id"].cast(pl.Int64)
        counts = self.lines["sequence", "case_id/", ""].observed.counts
        found = [int(str(counts[name])) for name in ("rows", "gaps", "missing", "longest_gap")]
        return [int(str(numbers.min())), int(str(numbers.max())), *found]

    def night(self) -> list[int]:
        own = self.closed.filter(pl.col("unit") == "PWDx")
        times = own["closed_at"].cast(pl.Int64).to_numpy()
        late = own.filter(pl.Series(hour_cells(times, None) % (DAY // HOUR) >= 22))
        return [late.height, own.height, late.filter(pl.col("closed_at").dt.strftime("%Y-%m") == "2011-12").height]

    def morning(self) -> list[int]:
        halves = modes_by_half(self.cases["due_at"]).values()
        at = [count for second, count, _, _ in halves if second == 8 * 3600 + 1800]
        return [sum(at), sum(n for _, _, n, _ in halves)]

    def same_place(self) -> list[int]:
        keys = ["person_key", "problem_key"]
        ordered = self.cases.drop_nulls(keys).sort(*keys, "received_at", "case_id")
        gaps = (
            ordered.select((pl.col("received_at") - pl.col("received_at").shift(1)).over(keys)).to_series().drop_nulls()
        )
        again = opened_anew(self.cases, 1)
        return [len(gaps), int((gaps <= timedelta(minutes=10)).sum()), again.filter(~pl.col("while_open")).height]


def animals() -> tuple[pl.DataFrame, dict[str, tuple[int, int, int, list[int]]]]:
    file = SHARED / "boston311_animals_2013_2019_slim.csv.gz"
    header = pl.read_csv(file, infer_schema=False, n_rows=1).columns
    cases = read(file, TIMES | {"due_at": "sla_target_dt"}, case_id=header[0], unit="department")
    return cases, modes_by_half(cases["due_at"])


def shifted() -> list[object]:
    cases, modes = animals()
    summer, winter = modes["summer"], modes["winter"]
    everywhere = cases.filter(pl.col("due_at").dt.time() == (datetime.min + timedelta(seconds=summer[0])).time())
    return [everywhere.height, winter[1], winter[3]]


def backwards() -> int:
    lines = judged(Grounds(animals()[0], (), frozenset(), None, "0" * 64), Settings(), ["impossible"])[1]
    return sum(int(str(one.observed.counts["wrong"])) for one in lines if one.clock == "closed_at<received_at")


SECONDS = (1 / 60,) * 60
REAL: dict[str, Callable[[Boston], Any]] = {
    "boston-instant": lambda b: [
        b.closed.height, *b.sums("impossible", "closed_at=received_at", "same_second", "within_a_minute")
    ],
    "boston-batches": lambda b: b.batches(),
    "boston-batches-late": lambda b: b.batched_late(),
    "boston-targeted": lambda b: [b.clock.rows.height, b.clock.rows.height - int(b.clock.rows["late"].sum())],
    **{f"boston-placebo-{unit}": lambda b, unit=unit: b.windows(f"{CLOCK}/4h", unit)
       for unit in ("PWDx", "ISD", "PARK", "BTDT")},
    "boston-placebo-p": lambda b: b.unweighted(),
    "boston-naive-24h": lambda b: b.naive(),
    "boston-sequence": lambda b: b.sequence(),
    "boston-order": lambda b: b.lines["backdating", "case_id/", ""].observed.counts["before_earlier"],
    "boston-night-pwd": lambda b: b.night(),
    "boston-target-0830": lambda b: b.morning(),
    "boston-minute5": lambda b: b.sums("round_times", "closed_at/five_minutes", "round")[0],
    "boston-seconds": lambda b: squares(
        b.closed["closed_at"].dt.second().value_counts().sort("closed_at")["count"].to_list(), SECONDS
    )[0],
    "boston-same-place": lambda b: b.same_place(),
    "boston-animals-clock": lambda b: shifted(),
    "boston-animals-order": lambda b: backwards(),
    **{f"boston-clock-{unit}": lambda b, unit=unit: b.weighted(unit) for unit in ("PWDx", "ISD")},
}  # fmt: skip

EXAMPLES = json.loads(FILE.read_text(encoding="utf-8"))["examples"] if FILE.is_file() else []
AREAS = [one for one in EXAMPLES if one["id"] not in ELSEWHERE and not one["id"].startswith("boston")]
BOSTON = [one for one in EXAMPLES if one["id"] not in ELSEWHERE and one["id"].startswith("boston")]
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not EXAMPLES, reason=f"the reference values are not at {FILE}")]


IN_WORDS = {"classes", "conservation"}
"""What an example says in words: the classes are held in tests of the restatement, totals that close in all of them."""


def agrees(found: Any, expected: Any, digits: str) -> None:
    """Numbers to the digits that the example asks for; ids, hashes and counts exactly."""
    if isinstance(expected, dict):
        assert expected.keys() - found.keys() <= IN_WORDS
        for name in found:
            agrees(found[name], expected[name], digits)
    elif isinstance(expected, list):
        if len(expected) == 1 or not isinstance(found, list):
            found = every(found)
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            agrees(one, other, digits)
    elif isinstance(expected, float):
        relative = 1e-6 if "1e-6" in digits else 1e-8 if "1e-8" in digits else 1e-9
        assert found == pytest.approx(expected, rel=relative)
    else:
        assert (found[0] if isinstance(found, list) else found) == expected


@pytest.mark.parametrize("example", AREAS, ids=lambda one: one["id"])
def test_a_reference_value_is_what_the_product_makes_of_its_inputs(example: dict[str, Any]) -> None:
    rule = RULES[max((name for name in RULES if example["id"].startswith(name)), key=len)]
    agrees(rule(example["inputs"]), example["expected"], example["digits"])


@pytest.fixture(scope="module")
def boston() -> Boston:
    if not (SHARED / "boston311_2011h2_slim.csv.gz").is_file():
        pytest.skip(f"the public data are not at {SHARED}")
    return Boston()


@pytest.mark.parametrize("example", BOSTON, ids=lambda one: one["id"])
def test_a_count_of_boston_is_what_the_tests_count(example: dict[str, Any], boston: Boston) -> None:
    agrees(REAL[example["id"]](boston), example["expected"], example["digits"])


def test_no_reference_value_is_left_out() -> None:
    assert len(AREAS) + len(BOSTON) + len(ELSEWHERE) == len(EXAMPLES) == 91
