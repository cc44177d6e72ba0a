"""What the rules of one indicator prove about themselves: what cannot happen, and what always does.

Each function looks at an indicator under one choice of readings and gives findings; each finding carries the
arithmetic that proves it. What cannot be proved is not said.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from auditlib.core.numerals import plain
from auditlib.core.yaml_file import Tree
from auditlib.proofs.bands import band_findings
from auditlib.proofs.effects import Effects, Run, beyond, steps
from auditlib.proofs.intervals import Interval
from auditlib.scheme.finding import Finding, finding
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Rate
from auditlib.scheme.rules import Bound, Indicator, Rule

__all__ = ["condition_text", "indicator_findings", "written"]

FEW = 20
"""A target that one miss breaks only among fewer cases than these is not worth a word."""


def indicator_findings(tree: Tree, index: int, effects: Effects) -> Iterator[Finding]:
    """Everything that one indicator proves; ``effects`` are those of its rules under one choice of readings."""
    for look in (_conditions, _full_marks, _limits, _idle, _overruns):
        yield from look(tree, index, effects)
    yield from band_findings(tree, index, effects.indicator, effects.ranges)


def condition_text(bound: Bound) -> str:
    """The condition as people write it: ``satisfaction < 60``."""
    return f"{bound.of} {bound.sign} {plain(bound.threshold)}"


def written(scheme: Scheme, quantity: str) -> str:
    """What a rate is made of: ``10 × (10 × satisfied + 6 × fairly_satisfied) / rated``."""
    rate = scheme.rates.get(quantity)
    if rate is None:
        return quantity
    over, under = (_sum(getattr(rate, side)) for side in ("numerator", "denominator"))
    return f"{'' if rate.times == 1 else plain(rate.times) + ' × '}{over} / {under}{_zero(rate)}"


def _sum(parts: dict[str, Fraction]) -> str:
    terms = [name if weight == 1 else f"{plain(weight)} × {name}" for name, weight in parts.items()]
    return terms[0] if len(terms) == 1 else f"({' + '.join(terms)})"


def _zero(rate: Rate) -> str:
    return "" if rate.zero == "not_assessable" else f", or {plain(Fraction(rate.zero))} for 0/0"


def _at(effects: Effects, rule: Rule) -> str:
    return f"{effects.indicator.id}.{rule.id}"


def _range(effects: Effects, quantity: str) -> str:
    value = effects.quantities.get(quantity) or effects.ranges.of(quantity)
    name = written(effects.ranges.scheme, quantity)
    said = quantity if name == quantity else f"{quantity} = {name}"
    return f"{said} lies in {value}"


def _conditions(tree: Tree, index: int, effects: Effects) -> Iterator[Finding]:
    """Conditions and thresholds that no possible value meets, or every one."""
    for position, rule in enumerate(effects.indicator.rules):
        path, at = ("indicators", index, "rules", position), _at(effects, rule)
        for bound in (rule.when, rule.target):
            if bound is not None:
                value, where = effects.ranges.of(bound.of), beyond(bound)
                proof = _range(effects, bound.of)
                text = condition_text(bound)
                if value.meets(where).empty:
                    yield finding(tree, path, "unreachable", at, rule.clause, f"no value meets {text}", proof)
                elif value.within(where):
                    yield finding(tree, path, "always", at, rule.clause, f"every value meets {text}", proof)
                elif bound is rule.target:
                    yield from _all_or_nothing(tree, path, at, rule.clause, bound, effects)
        if rule.step is not None:
            threshold = rule.step.below if rule.step.below is not None else rule.step.above
            assert threshold is not None
            downwards = rule.step.below is not None
            where = Interval(None, threshold, high_open=True) if downwards else Interval(threshold, None, low_open=True)
            value = effects.ranges.of(rule.step.of)
            proof = _range(effects, rule.step.of)
            if value.meets(where).empty:
                text = (
                    f"no value lies {'below' if downwards else 'above'} {plain(threshold)}, so no step is ever counted"
                )
                yield finding(tree, path, "unreachable", at, rule.clause, text, proof)
            elif value.within(where):
                least = steps(rule.step, value).low or Fraction(0)
                points = f"{plain(rule.points or Fraction(0))} × {plain(least)} = {plain((rule.points or 0) * least)}"
                text = f"no value {'reaches' if downwards else 'comes down to'} {plain(threshold)}"
                yield finding(
                    tree,
                    path,
                    "unreachable",
                    at,
                    rule.clause,
                    text,
                    f"{proof}; at least {plain(least)} steps: {points}",
                )


def _all_or_nothing(
    tree: Tree, path: tuple[str | int, ...], at: str, clause: str, bound: Bound, effects: Effects
) -> Iterator[Finding]:
    """A target for a share that one miss breaks as long as there are few cases: (n − 1)/n lies below it."""
    scheme, ranges = effects.ranges.scheme, effects.ranges
    rate = scheme.rates.get(bound.of)
    if rate is None or rate.times != 1 or bound.sign not in ("≥", ">") or not 0 < bound.threshold < 1:
        return
    parts, wholes = list(rate.numerator.items()), list(rate.denominator.items())
    if (
        len(parts) != 1
        or len(wholes) != 1
        or parts[0][1] != wholes[0][1]
        or not ranges.part_of(parts[0][0], wholes[0][0])
    ):
        return
    count = 1
    while not bound.holds(Fraction(count - 1, count)):
        count += 1
    if count > FEW:
        text = f"with fewer than {count} {wholes[0][0]} only 100 % meets {condition_text(bound)}"
        short, enough = (f"{n - 1}/{n} {_sign(Fraction(n - 1, n), bound)}" for n in (count - 1, count))
        yield finding(tree, path, "all-or-nothing", at, clause, text, f"{short}, {enough}")


def _sign(value: Fraction, bound: Bound) -> str:
    """How a value stands to a threshold: ``< 0.98``."""
    sign = "=" if value == bound.threshold else "<" if value < bound.threshold else ">"
    return f"{sign} {plain(bound.threshold)}"


def _full_marks(tree: Tree, index: int, effects: Effects) -> Iterator[Finding]:
    """Full marks above everything that can be earned."""
    indicator = effects.indicator
    high = effects.reach.high
    if indicator.max is None or high is None or high > indicator.max or any(r.target for r in indicator.rules):
        return
    if high < indicator.max or effects.reach.high_open:
        run = next(run for _, run in effects.runs if run.points.high == high)
        text = f"no value earns the {plain(indicator.max)} points"
        proof = f"at most {_result(run.written, high)}"
        sign = "<" if high < indicator.max else "approaches but never is"
        yield finding(
            tree, ("indicators", index), "full-marks-unreachable", indicator.id, indicator.clause, text,
            f"{proof} {sign} {plain(indicator.max)}",
        )  # fmt: skip


def _limits(tree: Tree, index: int, effects: Effects) -> Iterator[Finding]:
    """A cap that nothing reaches, and a floor that nothing goes down to."""
    indicator, path = effects.indicator, ("indicators", index)
    high, low = effects.unlimited.high, effects.unlimited.low
    above = indicator.cap is not None and (indicator.max is None or indicator.cap > indicator.max)
    if above and indicator.cap is not None and high is not None and high < indicator.cap:
        run = next(run for _, run in effects.runs if run.running.high == high)
        text = f"the cap of {plain(indicator.cap)} is never reached"
        proof = f"{_result(run.written, high)} < {plain(indicator.cap)}"
        yield finding(tree, (*path, "cap"), "cap-never-binds", indicator.id, indicator.clause, text, proof)
    if indicator.floor is not None and low is not None and low > indicator.floor:
        run = next(run for _, run in effects.runs if run.running.low == low)
        text = f"the floor of {plain(indicator.floor)} is never reached"
        proof = f"{_result(run.written, low)} > {plain(indicator.floor)}{_lowest_marks(effects)}"
        yield finding(tree, (*path, "floor"), "floor-never-binds", indicator.id, indicator.clause, text, proof)


def _lowest_marks(effects: Effects) -> str:
    """The lowest marks of the rates of grades that an indicator looks at, where these are more than nothing."""
    scheme = effects.ranges.scheme
    found: dict[str, list[str]] = {}
    for quantity in effects.quantities:
        composite = scheme.composites.get(quantity)
        for name in composite.parts if composite is not None else [quantity]:
            rate = scheme.rates.get(name)
            if rate is None or set(rate.numerator) != set(rate.denominator):
                continue
            marks = {(rate.numerator[grade], rate.denominator[grade]) for grade in rate.numerator}
            mark, full = min(marks, key=lambda pair: pair[0] / pair[1])
            if 0 < mark < full:
                found.setdefault(f"{plain(mark)} of {plain(full)}", []).append(name)
    return "".join(f"; the lowest grade of {', '.join(names)} is {marks}" for marks, names in found.items())


def _idle(tree: Tree, index: int, effects: Effects) -> Iterator[Finding]:
    """Rules that change no result: wherever they act, the points are the same without them."""
    for position, rule in enumerate(effects.indicator.rules):
        if rule.gap is not None or rule.mark is not None or rule.target is not None:
            continue
        path, at = ("indicators", index, "rules", position), _at(effects, rule)
        if rule.points == 0:
            if _by_reference(tree, index, position):
                continue  # a reading, or a value in force, switches the rule off
            yield finding(tree, path, "no-effect", at, rule.clause, "never changes the points", "it is worth 0 points")
            continue
        acting = [(cell, run) for cell, run in effects.runs if effects.acts(rule, cell)]
        active = [cell for cell, _ in acting]
        certain = all(run.points.point is not None for _, run in acting)
        pairs = [(run, effects.run(cell, without=rule)) for cell, run in acting] if certain else []
        same = certain and all(a.points.point == b.points.point for a, b in pairs)
        if not active and rule.per is not None:
            proof = _range(effects, rule.per)
            yield finding(tree, path, "no-effect", at, rule.clause, "never changes the points", proof)
        elif active and same:
            quantity = rule.quantity or ""
            proofs = dict.fromkeys(
                f"for {quantity} {'=' if cell[quantity].point is not None else 'in'} {cell[quantity]}: "
                f"{_bounded(b, effects.indicator)} without it, {plain(a.points.point or Fraction(0))} with it"
                for cell, (a, b) in zip(active, pairs, strict=True)
            )
            message = "never changes the points"
            yield finding(tree, path, "no-effect", at, rule.clause, message, "; ".join(list(proofs)[:4]))


def _by_reference(tree: Tree, index: int, position: int) -> bool:
    """Whether the points of a rule are not written in it but stand for an option or a value in force."""
    return str(tree.value["indicators"][index]["rules"][position].get("points")).startswith("$")


def _overruns(tree: Tree, index: int, effects: Effects) -> Iterator[Finding]:
    """A single event that costs more than the indicator has."""
    indicator = effects.indicator
    for position, rule in enumerate(indicator.rules):
        whole = indicator.max
        if not whole or rule.points is None or rule.points >= 0:
            continue
        if rule.when is None and rule.per not in effects.ranges.scheme.measures:
            continue
        path, at = ("indicators", index, "rules", position), _at(effects, rule)
        once, clause = -rule.points, rule.clause
        if once > whole:
            message = f"costs more at once than the {plain(whole)} points there are"
            proof = f"{plain(once)} > {plain(whole)}"
        elif rule.multiplier is not None and once * rule.multiplier.by > whole:
            message = (
                f"one event that counts {plain(rule.multiplier.by)} times costs more than the {plain(whole)} points"
            )
            product = once * rule.multiplier.by
            proof = f"{plain(once)} × {plain(rule.multiplier.by)} = {plain(product)} > {plain(whole)}"
            clause = rule.multiplier.clause
        else:
            continue
        yield finding(tree, path, "overruns-maximum", at, clause, message, proof)


def _result(text: str, value: Fraction) -> str:
    """A sum and its greatest (or least) value: ``10 + 2 = 12``."""
    if text == plain(value):
        return text
    return (
        f"{text} gives {plain(value)}"
        if any(mark in text for mark in ("[", "(", " or "))
        else f"{text} = {plain(value)}"
    )


def _bounded(run: Run, indicator: Indicator) -> str:
    """A sum with what floor and cap make of it: ``15 − 3 × [5, 17] = [−36, 0], held at the floor 0``."""
    text = run.written if run.written == str(run.running) else f"{run.written} = {run.running}"
    for name, end in (("floor", indicator.floor), ("cap", indicator.cap)):
        if end is not None and run.points.point == end and run.running != run.points:
            return f"{text}, held at the {name} {plain(end)}"
    return text
