"""What the parts of a scheme prove about the whole: full marks, weights, best marks, variants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from auditlib.core.message import Message, Named
from auditlib.core.numerals import plain
from auditlib.core.yaml_file import Tree
from auditlib.proofs.combinations import Combinations
from auditlib.proofs.intervals import Interval, between, hull
from auditlib.scheme.finding import IN_USE, Finding, Under, finding, in_turn
from auditlib.scheme.full_marks import together, unequal, within
from auditlib.scheme.load import Resolved, SchemeFile, load_scheme
from auditlib.scheme.model import Scheme
from auditlib.scheme.reference_names import references_in
from auditlib.scheme.results import RollUp
from auditlib.scheme.rules import Indicator

Path = tuple[str | int, ...]

NOT_ONE = Message("the weights do not add up to one")

__all__ = ["Reaches", "variant_findings", "whole_findings"]


@dataclass
class Reaches:
    """Where the points of each indicator can lie, under the readings in use and under all of them."""

    combinations: Combinations
    found: dict[tuple[str, bool], tuple[Interval, Fraction | None]] = field(default_factory=dict)

    def of(self, indicator: str, everywhere: bool) -> tuple[Interval, Fraction | None]:
        """Its reach, and the points that it certainly can have (the least such over the readings)."""
        key = (indicator, everywhere)
        if key not in self.found:
            ids = [one.id for one in self.combinations.file.natural.indicators]
            index = ids.index(indicator)
            choices, complete = self.combinations.of_indicator(index)
            choices, complete = (choices, complete) if everywhere else (choices[:1], True)
            reaches, best = [], []
            for choice in choices:
                effects = self.combinations.effects(choice, index)
                reaches.append(effects.reach)
                sure = effects.best()
                best.append(sure if complete else None)
            known = [points for points in best if points is not None]
            whole = hull(reaches) if complete else between(None, None)
            self.found[key] = whole, min(known) if len(known) == len(best) else None
        return self.found[key]


def whole_findings(file: SchemeFile, combinations: Combinations, reaches: Reaches) -> Iterator[Finding]:
    """Everything that can be said of the whole scheme."""
    raw = file.tree.value
    own = [{key: value for key, value in item.items() if key != "rules"} for item in raw.get("indicators", [])]
    sections = [own, *(raw.get(key) for key in ("dimensions", "roll_up", "base"))]
    readings = [name for section in sections for name in references_in(section) if name in file.natural.readings]
    choices, complete = combinations.of(readings)
    yield from combinations.hold(choices, complete, lambda choice: _stated(file.tree, combinations.under(choice)))
    for everywhere in (True, False):
        found = list(_exceeding(file.tree, file.natural, reaches, everywhere))
        yield from found if everywhere else _where_used(found, file, known=_exceeding_at(file, reaches))


def _exceeding_at(file: SchemeFile, reaches: Reaches) -> set[str]:
    return {found.at for found in _exceeding(file.tree, file.natural, reaches, True)}


def _where_used(found: Iterable[Finding], file: SchemeFile, known: set[str]) -> Iterator[Finding]:
    """Findings of the readings in use that do not hold under all."""
    for one in found:
        if one.at not in known:
            yield one.under(IN_USE if file.natural.readings else Under())


def _stated(tree: Tree, resolved: Resolved) -> Iterator[Finding]:
    """Full marks and weights that do not add up; indicators without full marks, or that start out of bounds."""
    scheme = resolved.scheme
    for one in unequal(scheme):
        path: Path = ("dimensions", one.index)
        yield finding(tree, path, "maxima", one.dimension.id, one.dimension.clause, one.message, one.proof)
    for dimension in scheme.dimensions:
        if dimension.max is None:
            continue
        for position, indicator in enumerate(scheme.indicators):
            scored = any(rule.target is None for rule in indicator.rules)
            if indicator.dimension == dimension.id and indicator.max is None and indicator.gap is None and scored:
                message = Message("has no full marks, so that the points of its dimension cannot add up")
                proof = Message("{dimension} states {number}", dimension=Named(dimension.id), number=dimension.max)
                where = ("indicators", position)
                yield finding(tree, where, "no-maximum", indicator.id, indicator.clause, message, proof)
    for index, indicator in enumerate(scheme.indicators):
        low, high = indicator.floor, indicator.cap
        if (low is not None and indicator.start < low) or (high is not None and indicator.start > high):
            beyond = f"{plain(indicator.start)} < {plain(low)}" if low is not None and indicator.start < low else ""
            beyond = beyond or f"{plain(indicator.start)} > {plain(high or Fraction(0))}"
            message = Message("starts outside its own floor and cap")
            path = ("indicators", index, "start")
            yield finding(tree, path, "start-outside", indicator.id, indicator.clause, message, beyond)
    for name, composite in scheme.composites.items():
        whole = sum(composite.parts.values(), Fraction(0))
        if whole != 1 and (composite.show == "percent" or whole not in (10, 100)):  # parts may be full marks
            sums = f"{' + '.join(map(plain, composite.parts.values()))} = {plain(whole)} ≠ 1"
            path = ("composites", name, "parts")
            yield finding(tree, path, "weights", name, None, NOT_ONE, sums)
    for granularity, roll_up in scheme.roll_up.items():
        weights = [part.weight for part in roll_up.parts]
        if sum(weights, Fraction(0)) != 1:
            sums = f"{' + '.join(map(plain, weights))} = {plain(sum(weights, Fraction(0)))} ≠ 1"
            path = ("roll_up", granularity, "parts")
            at = f"roll_up.{granularity}"
            shown = in_turn((sums, *_scale(scheme, roll_up)))
            yield finding(tree, path, "weights", at, roll_up.clause, NOT_ONE, shown)


def _scale(scheme: Scheme, roll_up: RollUp) -> Iterator[Message]:
    """The full marks of a roll-up from those of its parts, where all have some."""
    terms = []
    for part in roll_up.parts:
        parts = [one.max for one in scheme.indicators if one.periods is None or part.of in one.periods]
        if scheme.base is not None or None in parts:
            return
        terms.append((part.weight, sum((full for full in parts if full is not None), Fraction(0))))
    products = " + ".join(f"{plain(weight)} × {plain(full)}" for weight, full in terms)
    whole = sum((weight * full for weight, full in terms), Fraction(0))
    yield Message("full marks {sum}", sum=f"{products} = {plain(whole)}")


def _exceeding(tree: Tree, scheme: Scheme, reaches: Reaches, everywhere: bool) -> Iterator[Finding]:
    """Best marks that add up to more than a dimension, or all full marks together, state."""

    def added(parts: Iterable[Indicator]) -> tuple[Fraction, Fraction, str]:
        pairs = [(reaches.of(part.id, everywhere)[1], part.max) for part in parts]
        known = [(best, full) for best, full in pairs if best is not None and full is not None]
        best_sum = sum((best for best, _ in known), Fraction(0))
        terms = " + ".join(plain(best) for best, _ in known)
        total = f"{terms} = {plain(best_sum)}" if len(known) > 1 else terms
        return best_sum, sum((full for _, full in known), Fraction(0)), total

    for period, indicators in together(scheme):
        for index, dimension in enumerate(scheme.dimensions):
            inside = [indicator for indicator in indicators if indicator.dimension == dimension.id]
            best, _, text = added(inside)
            if dimension.max is not None and best > dimension.max:
                message = Message(
                    "the best marks of its indicators add up to more than the {points} {points:point|points} it states",
                    points=dimension.max,
                )
                proof = f"{text} > {plain(dimension.max)}"
                path, said = ("dimensions", index), within(period, message)
                yield finding(tree, path, "exceeds-maximum", dimension.id, dimension.clause, said, proof)
        if scheme.base is None and all(indicator.max is not None for indicator in indicators):
            best, full, text = added(
                part for part in indicators if part.max != 0
            )  # those of 0 are meant to come on top
            if best > full:
                message = Message("the best marks add up to more than the full marks of the same indicators")
                proof = f"{text} > {plain(full)}"
                yield finding(tree, ("indicators",), "exceeds-maximum", "total", None, within(period, message), proof)


def variant_findings(file: SchemeFile, reaches: Reaches) -> Iterator[Finding]:
    """Indicators whose points have limits in a scheme and none in the one it extends, or the other way round.

    Totals of the two are then not on one scale, and a mean of both means nothing.
    """
    base_id = file.natural.extends
    if base_id is None:
        return
    base = load_scheme(file.tree.file.parent / f"{base_id}.yaml")
    if set(base.natural.periods) & set(file.natural.periods):
        return  # versions for the same periods: a later one may have another scale
    others = Reaches(Combinations(base))
    for index, indicator in enumerate(file.natural.indicators):
        before = next((one for one in base.natural.indicators if one.id == indicator.id), None)
        if before is None or before == indicator:
            continue
        mine, theirs = reaches.of(indicator.id, True)[0], others.of(indicator.id, True)[0]
        if _limited(mine) != _limited(theirs) and _settled(indicator) and _settled(before):
            message = Message(
                "its points have other limits than in {scheme}, so that the two totals are not on one scale",
                scheme=base_id,
            )
            limits = (_limits(base, theirs), _limits(file, mine))
            example = _example(before if _limited(mine) else indicator, mine if _limited(mine) else theirs)
            proof, path = in_turn((*limits, *example)), ("indicators", index)
            yield finding(file.tree, path, "not-one-scale", indicator.id, indicator.clause, message, proof)


def _limits(file: SchemeFile, reach: Interval) -> Message:
    """Where points can lie in the periods that a scheme assesses."""
    periods = tuple(Named(period, "periods") for period in file.natural.periods)
    return Message("{one}: {other}", one=periods, other=reach)


def _limited(reach: Interval) -> bool:
    return reach.low is not None and reach.high is not None


def _settled(indicator: Indicator) -> bool:
    return not any(rule.gap is not None or rule.mark is True for rule in indicator.rules)


def _example(unlimited: Indicator, limits: Interval) -> Iterator[str]:
    """The first count by which the unlimited variant passes the limits of the other, where one rule counts."""
    (rule, *more) = unlimited.rules
    if more or rule.per is None or rule.points is None or rule.points == 0 or unlimited.start != 0:
        return
    end = limits.high if rule.points > 0 else limits.low
    if end is None:
        return
    count = Fraction(end / rule.points).__floor__() + 1
    result = plain(rule.points * count)
    yield f"{count} × {plain(rule.points)} = {result} {'>' if rule.points > 0 else '<'} {plain(end)}"
