"""What the rules of an indicator can do to its points, from the scheme alone.

The line of each quantity is cut at the thresholds of the rules that look at it. In each cell a condition holds
everywhere or nowhere, so running through the rules cell by cell gives the points that are possible there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, product

from auditlib.core.message import Joined, Message, Named
from auditlib.core.numerals import plain
from auditlib.proofs.intervals import ANYTHING, Interval, between, exactly, hull
from auditlib.proofs.ranges import Ranges
from auditlib.scheme.rules import Bound, Indicator, Rule, Shortfall

__all__ = ["Cell", "Effects", "Run", "beyond", "steps"]

CELLS = 4000
"""Beyond so many combinations of cells, quantities are not cut: less is proved, nothing false."""

Cell = Mapping[str, Interval]
"""An interval for each quantity of an indicator."""

Term = tuple[Fraction, Interval | None] | Named | Fraction
"""A number with the factor it is multiplied by (None: once); a rule whose points a person gives; or what the points may
be instead."""


@dataclass(frozen=True)
class Run:
    """The points after the rules, before and after floor and cap, and the terms they came from."""

    running: Interval
    points: Interval
    start: Fraction
    terms: tuple[Term, ...]

    @property
    def written(self) -> Joined:
        """The sum written out: ``15 − 3 × [5, 17]``."""
        text = Joined(plain(self.start))
        for term in self.terms:
            if isinstance(term, Named):
                text = Joined(Message("{sum} + what {rule} is given", sum=text, rule=term))
            elif isinstance(term, Fraction):
                text = Joined(Message("{sum} or {other}", sum=text, other=term))
            else:
                number, factor = term
                sign, times = "−" if number < 0 else "+", f" × {factor}" if factor else ""
                text = Joined(text, f" {sign} {plain(abs(number))}{times}")
        return text

    @property
    def single(self) -> bool:
        """Whether the sum has one value."""
        factors = (None if isinstance(term, Named | Fraction) else term[1] for term in self.terms)
        return not any(isinstance(term, Fraction) for term in self.terms) and all(
            factor is None or factor.point is not None for factor in factors
        )


def beyond(bound: Bound) -> Interval:
    """Where the condition holds."""
    above, below = bound.sign in ("≥", ">"), bound.sign in ("≤", "<")
    return Interval(
        bound.threshold if above else None,
        bound.threshold if below else None,
        low_open=bound.sign == ">",
        high_open=bound.sign == "<",
    )


def steps(shortfall: Shortfall, value: Interval) -> Interval:
    """How many steps the values of an interval can make: they grow with the distance, so its ends bound them."""
    near, far = (value.low, value.high) if shortfall.above is not None else (value.high, value.low)
    low = Fraction(0) if near is None else shortfall.steps(near)
    return between(low, None if far is None else shortfall.steps(far))


@dataclass(frozen=True)
class Effects:
    """The rules of one indicator over all values that its quantities can have."""

    indicator: Indicator
    ranges: Ranges

    @cached_property
    def quantities(self) -> dict[str, Interval]:
        """Each quantity that a rule or multiplier looks at, with where it can lie."""
        names = [rule.quantity for rule in self.indicator.rules] + [
            rule.multiplier.of for rule in self.indicator.rules if rule.multiplier
        ]
        return {name: self.ranges.of(name) for name in names if name is not None}

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The combinations of cells; together they hold every value that is possible."""
        cut = {name: list(_cut(whole, self._thresholds(name))) for name, whole in self.quantities.items()}
        count = 1
        for pieces in cut.values():
            count *= len(pieces)
        if count > CELLS:
            return (self.quantities,)
        return tuple(dict(zip(cut, chosen, strict=True)) for chosen in product(*cut.values()))

    @cached_property
    def runs(self) -> tuple[tuple[Cell, Run], ...]:
        """The points in each cell."""
        return tuple((cell, self.run(cell)) for cell in self.cells)

    @cached_property
    def reach(self) -> Interval:
        """Where the points lie whenever the indicator has any."""
        return hull(run.points for _, run in self.runs)

    @cached_property
    def unlimited(self) -> Interval:
        """Where the points would lie without floor and cap."""
        return hull(run.running for _, run in self.runs)

    @cached_property
    def known(self) -> bool:
        """Whether all its points follow from rules: nothing is decided by a person or waits for a gap."""
        return not any(_open(rule) for rule in self.indicator.rules)

    def run(self, cell: Cell, without: Rule | None = None) -> Run:
        """The points in a cell, with one rule left out on demand."""
        start, running = self.indicator.start, exactly(self.indicator.start)
        terms: list[Term] = []
        if self.indicator.start_of is not None:
            running = self._amount(self.indicator.start_of)
            terms.append((Fraction(1), running))
        for rule in self.indicator.rules:
            if rule is without or rule.target is not None:
                continue
            if _open(rule):
                running = ANYTHING
                terms.append(Named(rule.id, f"indicators.{self.indicator.id}"))
            elif isinstance(rule.mark, Fraction):
                running += exactly(rule.mark)
                terms.append((rule.mark, None))
            elif rule.becomes_of is not None:
                running = hull((running, self._amount(rule.becomes_of)))
                terms.append(Named(rule.id, f"indicators.{self.indicator.id}"))
            elif rule.becomes is not None:
                assert rule.when is not None
                truth = holds(rule.when, cell)
                if truth is True:
                    start, running, terms = rule.becomes, exactly(rule.becomes), []
                elif truth is None:
                    running = hull((running, exactly(rule.becomes)))
                    terms.append(rule.becomes)
            else:
                factor = self.factor(rule, cell)
                running += factor.times(rule.points or Fraction(0))
                if factor.point != 0:
                    once = rule.when is not None and factor.point == 1
                    terms.append((rule.points or Fraction(0), None if once else factor))
        return Run(running, self._bounded(running), start, tuple(terms))

    def _amount(self, of: str | Fraction) -> Interval:
        return exactly(of) if isinstance(of, Fraction) else self.ranges.of(of)

    def _bounded(self, running: Interval) -> Interval:
        """The points after cap and floor, where these are quantities for every value that they can have."""
        floor, cap = self.indicator.floor, self.indicator.cap
        clipped = running.clipped(floor, cap)
        if self.indicator.cap_of is not None:
            most = self._amount(self.indicator.cap_of)
            clipped = hull((clipped.clipped(None, most.low), clipped.clipped(None, most.high)))
            if most.low is None:
                clipped = Interval(None, clipped.high, False, clipped.high_open)
        if self.indicator.floor_of is not None:
            least = self._amount(self.indicator.floor_of)
            clipped = hull((clipped.clipped(least.low, None), clipped.clipped(least.high, None)))
            if least.high is None:
                clipped = Interval(clipped.low, None, clipped.low_open, False)
        return clipped

    def factor(self, rule: Rule, cell: Cell) -> Interval:
        """What the points of a rule are multiplied by in a cell."""
        if rule.per is not None:
            counted = cell[rule.per]
            if rule.multiplier is None:
                return counted
            again = cell[rule.multiplier.of]
            if self.ranges.part_of(rule.multiplier.of, rule.per):
                again = again.meets(between(None, counted.high))
                again = exactly(Fraction(0)) if again.empty else again
            return counted + again.times(rule.multiplier.by - 1)
        if rule.step is not None:
            return steps(rule.step, cell[rule.step.of])
        assert rule.when is not None
        truth = holds(rule.when, cell)
        return between(0, 1) if truth is None else exactly(Fraction(truth))

    def acts(self, rule: Rule, cell: Cell) -> bool:
        """Whether the rule can do something in a cell."""
        if rule.becomes is not None or rule.becomes_of is not None:
            assert rule.when is not None
            return holds(rule.when, cell) is not False
        return self.factor(rule, cell).point != 0

    def best(self) -> Fraction | None:
        """The greatest points that are certain to be possible.

        What waits for a gap or a person is left out, as scoring does; None where there is nothing else, or
        where no score is given without it.
        """
        gaps = self.ranges.scheme.gaps
        rules = self.indicator.rules
        required = any(gaps[name].policy == "require" for rule in rules for name in rule.gaps)
        if required or all(_open(rule) for rule in rules):
            return None
        closed = self.indicator.model_copy(update={"rules": tuple(rule for rule in rules if not _open(rule))})
        effects = Effects(closed, self.ranges)
        found = [effects.run(cell) for cell in effects._samples()]
        return max((run.points.low for run in found if run.points.low is not None), default=None)

    def _possible(self, sample: Cell) -> bool:
        """Whether the values can certainly occur together: one stands out, and all other counts may be 0 beside it."""
        measures = self.ranges.scheme.measures
        standing_out = [name for name, value in sample.items() if name not in measures or value.point != 0]
        others = [name for name in sample if name not in standing_out]
        behind = [inner for name in standing_out for inner in self.ranges.scheme.measures_of(name)]
        return len(standing_out) <= 1 and not any(self.ranges.part_of(a, b) for a in behind for b in others)

    def _samples(self) -> Iterator[Cell]:
        """Single values that can occur: the ends of every cell that belong to it."""
        values = {
            name: {
                end
                for piece in _cut(whole, self._thresholds(name))
                for end in (piece.low, piece.high)
                if end is not None and end in piece
            }
            for name, whole in self.quantities.items()
        }
        multiplied = {rule.multiplier.of for rule in self.indicator.rules if rule.multiplier}
        values |= {name: {Fraction(0)} for name in multiplied if Fraction(0) in self.quantities[name]}
        count = 1
        for ends in values.values():
            count *= len(ends)
        for chosen in product(*values.values()) if count <= CELLS else ():
            sample = {name: exactly(value) for name, value in zip(values, chosen, strict=True)}
            if self._possible(sample):
                yield sample

    def _thresholds(self, quantity: str) -> list[Fraction]:
        multiplied = {rule.multiplier.of for rule in self.indicator.rules if rule.multiplier}
        counted = quantity in multiplied or any(rule.per == quantity for rule in self.indicator.rules)
        found = {Fraction(0)} if counted else set()
        for rule in self.indicator.rules:
            if rule.quantity != quantity:
                continue
            if rule.when is not None:
                found.add(rule.when.threshold)
            if rule.step is not None:
                found |= {end for end in (rule.step.below, rule.step.above) if end is not None}
        return sorted(found)


def holds(bound: Bound, cell: Cell) -> bool | None:
    """Whether the condition holds everywhere in a cell, nowhere, or (None) in part of it."""
    where = beyond(bound)
    if cell[bound.of].within(where):
        return True
    return False if cell[bound.of].meets(where).empty else None


def _open(rule: Rule) -> bool:
    return rule.gap is not None or rule.mark is True


def _cut(whole: Interval, thresholds: list[Fraction]) -> Iterator[Interval]:
    """``whole`` in pieces: at each threshold, and between them."""
    edges: list[Fraction | None] = [None, *thresholds, None]
    pieces = [exactly(threshold) for threshold in thresholds]
    pieces += [Interval(a, b, True, True) for a, b in pairwise(edges)]
    for piece in sorted(pieces, key=lambda p: (p.low is not None, p.low or 0, p.low_open)):
        inside = piece.meets(whole)
        if not inside.empty:
            yield inside
