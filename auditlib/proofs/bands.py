"""Bands: rules of one indicator that divide a column of whole steps among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, pairwise

from auditlib.core.message import Joined, Message, Named, Sayable
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
                message = Message(
                    "{one} and {other} both count {what}",
                    one=_rule(indicator, a),
                    other=_rule(indicator, b),
                    what=_equal(column, plain(both.low)),
                )
                proof = Message(
                    "{one} and {other}: {first} and {second} make {sum}",
                    one=_said(column, a),
                    other=_said(column, b),
                    first=points[0],
                    second=points[1],
                    sum=sum(points, Fraction(0)),
                )
                yield finding(tree, path, "band-overlap", indicator.id, a.rule.clause, message, proof)
        yield from _holes(tree, path, indicator, column, bands)
        yield from _rounding(tree, path, indicator, register, column, bands)


def _groups(indicator: Indicator, ranges: Ranges) -> dict[tuple[str, str], list[Band]]:
    """The rules that differ only in which steps of one column they count, in the order of their bands."""
    groups: dict[tuple[object, ...], list[Band]] = {}
    for rule in indicator.rules:
        measure = ranges.scheme.measures.get(rule.per or "")
        if measure is None or measure.column is not None or measure.register_ is None:
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
            proof = Message("{one}, then {other}", one=_said(column, last), other=_said(column, band))
            message = Message("no rule counts {what}", what=_equal(column, _from_to(covered + 1, low - 1)))
            yield finding(tree, path, "band-hole", indicator.id, band.rule.clause, message, proof)
        if band.numbers.high is None or band.numbers.high > covered:
            covered, last = band.numbers.high, band
    if covered is not None:
        message = Message("no rule counts {what}", what=Joined(Named(column), f" ≥ {plain(covered + 1)}"))
        proof = Message("the last band is {band}", band=_said(column, last))
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
            down, up = (band.rule.points or Fraction(0) for band in (a, b))
            message = Message(
                "between {column} = {low} and {high} the bands leave a gap that only a reading closes",
                column=Named(column),
                low=end,
                high=end + 1,
            )
            proof = Message(
                "{between} rounded down is {low}: {down}; rounded up is {high}: {up}",
                between=f"{plain(end)}.5",
                low=end,
                high=end + 1,
                down=down,
                up=up,
            )
            yield finding(tree, path, "band-by-rounding", indicator.id, a.rule.clause, message, proof)
            return


def _said(column: str, band: Band) -> Joined:
    low, high = band.numbers.low or Fraction(0), band.numbers.high
    return Joined(Named(column), f" ≥ {plain(low)}") if high is None else _equal(column, _from_to(low, high))


def _equal(column: str, value: Sayable) -> Joined:
    return Joined(Named(column), " = ", value)


def _from_to(low: Fraction, high: Fraction) -> Sayable:
    return plain(low) if low == high else Message("{first} to {last}", first=low, last=high)


def _rule(indicator: Indicator, band: Band) -> Named:
    return Named(band.rule.id, f"indicators.{indicator.id}")
