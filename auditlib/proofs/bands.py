"""Bands: rules of one indicator that divide a column of whole steps among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, pairwise

from auditlib.core.numerals import plain
from auditlib.core.yaml_file import Tree
from auditlib.proofs.intervals import Interval
from auditlib.proofs.ranges import Ranges
from auditlib.scheme.finding import Finding, finding
from auditlib.scheme.rules import Indicator, Rule

__all__ = ["band_findings"]


@dataclass(frozen=True)
class Band:
    """The whole numbers that a rule is for."""

    rule: Rule
    numbers: Interval


def band_findings(tree: Tree, index: int, indicator: Indicator, ranges: Ranges) -> Iterator[Finding]:
    """Holes and overlaps between the bands of an indicator, and bands that stand only by a reading."""
    for (register, column), bands in _groups(indicator, ranges).items():
        path = ("indicators", index)
        for a, b in combinations(bands, 2):
            both = a.numbers.meets(b.numbers)
            ladder = (a.numbers.high is None and b.numbers.high is None) or a.numbers == b.numbers
            if not both.empty and both.low is not None and not ladder:
                points = [band.rule.points or Fraction(0) for band in (a, b)]
                message = f"{a.rule.id} and {b.rule.id} both count {column} = {plain(both.low)}"
                proof = f"{_said(column, a)} and {_said(column, b)}: {_added(points)}"
                yield finding(tree, path, "band-overlap", indicator.id, a.rule.clause, message, proof)
        yield from _holes(tree, path, indicator, column, bands)
        yield from _rounding(tree, path, indicator, register, column, bands)


def _groups(indicator: Indicator, ranges: Ranges) -> dict[tuple[str, str], list[Band]]:
    """The rules that differ only in which steps of one column they count, in the order of their bands."""
    groups: dict[tuple[object, ...], list[Band]] = {}
    for rule in indicator.rules:
        measure = ranges.scheme.measures.get(rule.per or "")
        if measure is None or measure.sum is not None or measure.register_ is None:
            continue
        derived = ranges.scheme.columns.get(measure.register_, {})
        demands = ranges.demands(rule.per or "")
        for demand in demands:
            column = derived.get(demand.column or "")
            if demand.numbers is None or column is None or column.steps is None or column.steps.mode == "exact":
                continue
            rest = frozenset(other.text for other in demands if other != demand)
            key = (measure.register_, demand.column, measure.at, measure.window, rest)
            numbers = replace(demand.numbers, whole=True).meets(Interval(Fraction(1), None))
            groups.setdefault(key, []).append(Band(rule, numbers))
    return {
        (str(key[0]), str(key[1])): sorted(bands, key=lambda band: band.numbers.low or 0)
        for key, bands in groups.items()
        if len(bands) > 1 and not any(band.numbers.empty for band in bands)
    }


def _holes(
    tree: Tree, path: tuple[str | int, ...], indicator: Indicator, column: str, bands: list[Band]
) -> Iterator[Finding]:
    """Whole numbers between two bands, or past the last, that no band has."""
    covered = bands[0].numbers.high
    last = bands[0]
    for band in bands[1:]:
        if covered is None:
            return
        low = band.numbers.low or Fraction(0)
        if low > covered + 1:
            missing = plain(covered + 1) if low == covered + 2 else f"{plain(covered + 1)} to {plain(low - 1)}"
            proof = f"{_said(column, last)}, then {_said(column, band)}"
            message = f"no rule counts {column} = {missing}"
            yield finding(tree, path, "band-hole", indicator.id, band.rule.clause, message, proof)
        if band.numbers.high is None or band.numbers.high > covered:
            covered, last = band.numbers.high, band
    if covered is not None:
        message = f"no rule counts {column} ≥ {plain(covered + 1)}"
        proof = f"the last band is {_said(column, last)}"
        yield finding(tree, path, "band-hole", indicator.id, last.rule.clause, message, proof)


def _rounding(
    tree: Tree, path: tuple[str | int, ...], indicator: Indicator, register: str, column: str, bands: list[Band]
) -> Iterator[Finding]:
    """Between two neighbouring bands lie values that only a reading puts into one of them."""
    mode = tree.value.get("columns", {}).get(register, {}).get(column, {}).get("steps", {}).get("mode")
    options = tree.value.get("readings", {}).get(str(mode).lstrip("$"), {}).get("options", {})
    if not {"floor", "ceil"} <= {option.get("value") for option in options.values()}:
        return
    for a, b in reversed(list(pairwise(bands))):
        end = a.numbers.high
        if end is not None and b.numbers.low == end + 1:
            between = f"{plain(end)}.5"
            down, up = (plain(band.rule.points or Fraction(0)) for band in (a, b))
            message = (
                f"between {column} = {plain(end)} and {plain(end + 1)} the bands leave a gap that only a reading closes"
            )
            proof = f"{between} rounded down is {plain(end)}: {down}; rounded up is {plain(end + 1)}: {up}"
            yield finding(tree, path, "band-by-rounding", indicator.id, a.rule.clause, message, proof)
            return


def _said(column: str, band: Band) -> str:
    low, high = band.numbers.low or Fraction(0), band.numbers.high
    if high is None:
        return f"{column} ≥ {plain(low)}"
    return f"{column} = {plain(low)}" if low == high else f"{column} = {plain(low)} to {plain(high)}"


def _added(points: list[Fraction]) -> str:
    return f"{plain(points[0])} and {plain(points[1])} make {plain(sum(points, Fraction(0)))}"
