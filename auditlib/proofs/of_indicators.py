"""What the rules of one indicator prove about themselves: what cannot happen, and what always does.

Each function looks at an indicator under one choice of readings and gives findings; each finding carries the
arithmetic that proves it. What cannot be proved is not said.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from auditlib.core.message import Joined, Message, Named
from auditlib.core.numerals import plain
from auditlib.core.yaml_file import Tree
from auditlib.proofs.bands import band_findings
from auditlib.proofs.effects import Cell, Effects, Run, beyond, steps
from auditlib.proofs.formulas import bounded, condition_text, made_of, result, values_text
from auditlib.proofs.intervals import Interval, exactly
from auditlib.scheme.finding import Finding, finding, in_turn, listed
from auditlib.scheme.rules import Bound, Rule

__all__ = ["indicator_findings"]

FEW = 20
"""A target that one miss breaks only among fewer cases than these is not worth a word."""


def indicator_findings(tree: Tree, index: int, effects: Effects) -> Iterator[Finding]:
    """Everything that one indicator proves; ``effects`` are those of its rules under one choice of readings."""
    for look in (_conditions, _full_marks, _limits, _idle, _overruns):
        yield from look(tree, index, effects)
    yield from band_findings(tree, index, effects.indicator, effects.ranges)


def _at(effects: Effects, rule: Rule) -> str:
    return f"{effects.indicator.id}.{rule.id}"


def _range(effects: Effects, quantity: str) -> Message:
    value = effects.quantities.get(quantity) or effects.ranges.of(quantity)
    name, parts = Named(quantity), made_of(effects.ranges.scheme, quantity)
    what = name if parts == name else Joined(name, " = ", parts)
    return Message("{what} lies in {values}", what=what, values=values_text(effects.ranges.scheme, quantity, value))


def _conditions(tree: Tree, index: int, effects: Effects) -> Iterator[Finding]:
    """Conditions and thresholds that no possible value meets, or every one."""
    for position, rule in enumerate(effects.indicator.rules):
        path, at = ("indicators", index, "rules", position), _at(effects, rule)
        for bound in (rule.when, rule.target):
            if bound is not None:
                value, where = effects.ranges.of(bound.of), beyond(bound)
                proof = _range(effects, bound.of)
                text = condition_text(bound, effects.ranges.scheme)
                if value.meets(where).empty:
                    message = Message("no value meets {condition}", condition=text)
                    yield finding(tree, path, "unreachable", at, rule.clause, message, proof)
                elif value.within(where):
                    message = Message("every value meets {condition}", condition=text)
                    yield finding(tree, path, "always", at, rule.clause, message, proof)
                elif bound is rule.target:
                    yield from _all_or_nothing(tree, path, at, rule.clause, bound, effects)
        if rule.step is not None:
            threshold = rule.step.below if rule.step.below is not None else rule.step.above
            assert threshold is not None
            downwards = rule.step.below is not None
            where = Interval(None, threshold, high_open=True) if downwards else Interval(threshold, None, low_open=True)
            value = effects.ranges.of(rule.step.of)
            proof = _range(effects, rule.step.of)
            edge = values_text(effects.ranges.scheme, rule.step.of, exactly(threshold))
            if value.meets(where).empty:
                message = (
                    Message("no value lies below {bound}, so no step is ever counted", bound=edge)
                    if downwards
                    else Message("no value lies above {bound}, so no step is ever counted", bound=edge)
                )
                yield finding(tree, path, "unreachable", at, rule.clause, message, proof)
            elif value.within(where):
                least = steps(rule.step, value).low or Fraction(0)
                points = f"{plain(rule.points or Fraction(0))} × {plain(least)} = {plain((rule.points or 0) * least)}"
                message = (
                    Message("no value reaches {bound}", bound=edge)
                    if downwards
                    else Message("no value comes down to {bound}", bound=edge)
                )
                shown = in_turn((proof, Message("at least {least} steps: {points}", least=least, points=points)))
                yield finding(tree, path, "unreachable", at, rule.clause, message, shown)


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
        message = Message(
            "with fewer than {count} {counted} only 100 % meets {condition}",
            count=count,
            counted=Named(wholes[0][0]),
            condition=condition_text(bound, scheme),
        )
        edge = values_text(scheme, bound.of, exactly(bound.threshold))
        short, enough = (Joined(f"{n - 1}/{n} {_sign(Fraction(n - 1, n), bound)} ", edge) for n in (count - 1, count))
        yield finding(tree, path, "all-or-nothing", at, clause, message, listed((short, enough)))


def _sign(value: Fraction, bound: Bound) -> str:
    """How a value stands to a threshold."""
    return "=" if value == bound.threshold else "<" if value < bound.threshold else ">"


def _full_marks(tree: Tree, index: int, effects: Effects) -> Iterator[Finding]:
    """Full marks above everything that can be earned."""
    indicator = effects.indicator
    high = effects.reach.high
    if indicator.max is None or high is None or high > indicator.max or any(r.target for r in indicator.rules):
        return
    if high < indicator.max or effects.reach.high_open:
        run = next(run for _, run in effects.runs if run.points.high == high)
        text = Message("no value earns the {points} {points:point|points}", points=indicator.max)
        proof = (
            Message("at most {most} < {points}", most=result(run, high), points=indicator.max)
            if high < indicator.max
            else Message(
                "at most {most} approaches but never is {points}", most=result(run, high), points=indicator.max
            )
        )
        path = ("indicators", index)
        yield finding(tree, path, "full-marks-unreachable", indicator.id, indicator.clause, text, proof)


def _limits(tree: Tree, index: int, effects: Effects) -> Iterator[Finding]:
    """A cap that nothing reaches, and a floor that nothing goes down to."""
    indicator, path = effects.indicator, ("indicators", index)
    high, low = effects.unlimited.high, effects.unlimited.low
    above = indicator.cap is not None and (indicator.max is None or indicator.cap > indicator.max)
    if above and indicator.cap is not None and high is not None and high < indicator.cap:
        run = next(run for _, run in effects.runs if run.running.high == high)
        text = Message("the cap of {cap} is never reached", cap=indicator.cap)
        proof = Joined(result(run, high), f" < {plain(indicator.cap)}")
        yield finding(tree, (*path, "cap"), "cap-never-binds", indicator.id, indicator.clause, text, proof)
    if indicator.floor is not None and low is not None and low > indicator.floor:
        run = next(run for _, run in effects.runs if run.running.low == low)
        text = Message("the floor of {floor} is never reached", floor=indicator.floor)
        proof = Joined(result(run, low), f" > {plain(indicator.floor)}")
        shown = in_turn((proof, *_lowest_marks(effects)))
        yield finding(tree, (*path, "floor"), "floor-never-binds", indicator.id, indicator.clause, text, shown)


def _lowest_marks(effects: Effects) -> Iterator[Message]:
    """The lowest marks of the rates of grades that an indicator looks at, where these are more than nothing."""
    scheme = effects.ranges.scheme
    found: dict[tuple[Fraction, Fraction], list[Named]] = {}
    for quantity in effects.quantities:
        composite = scheme.composites.get(quantity)
        for name in composite.parts if composite is not None else [quantity]:
            rate = scheme.rates.get(name)
            if rate is None or set(rate.numerator) != set(rate.denominator):
                continue
            marks = {(rate.numerator[grade], rate.denominator[grade]) for grade in rate.numerator}
            mark, full = min(marks, key=lambda pair: pair[0] / pair[1])
            if 0 < mark < full:
                found.setdefault((mark, full), []).append(Named(name))
    for (mark, full), names in found.items():
        yield Message("the lowest grade of {rates} is {mark} of {full}", rates=tuple(names), mark=mark, full=full)


def _idle(tree: Tree, index: int, effects: Effects) -> Iterator[Finding]:
    """Rules that change no result: wherever they act, the points are the same without them."""
    for position, rule in enumerate(effects.indicator.rules):
        if rule.gap is not None or rule.mark is not None or rule.target is not None:
            continue
        path, at = ("indicators", index, "rules", position), _at(effects, rule)
        message = Message("never changes the points")
        if rule.points == 0:
            if _by_reference(tree, index, position):
                continue  # a reading, or a value in force, switches the rule off
            yield finding(tree, path, "no-effect", at, rule.clause, message, Message("it is worth 0 points"))
            continue
        acting = [(cell, run) for cell, run in effects.runs if effects.acts(rule, cell)]
        active = [cell for cell, _ in acting]
        certain = all(run.points.point is not None for _, run in acting)
        pairs = [(run, effects.run(cell, without=rule)) for cell, run in acting] if certain else []
        same = certain and all(a.points.point == b.points.point for a, b in pairs)
        if not active and rule.per is not None:
            proof = _range(effects, rule.per)
            yield finding(tree, path, "no-effect", at, rule.clause, message, proof)
        elif active and same:
            proofs = dict.fromkeys(
                _same(effects, rule.quantity or "", cell, a, b) for cell, (a, b) in zip(active, pairs, strict=True)
            )
            yield finding(tree, path, "no-effect", at, rule.clause, message, in_turn(list(proofs)[:4]))


def _same(effects: Effects, quantity: str, cell: Cell, with_it: Run, without: Run) -> Message:
    """What the points are in a cell with a rule and without it."""
    where = Message(
        "{without} without it, {points} with it",
        without=bounded(without, effects.indicator),
        points=with_it.points.point or Fraction(0),
    )
    values = values_text(effects.ranges.scheme, quantity, cell[quantity])
    if cell[quantity].point is not None:
        return Message("for {quantity} = {value}: {points}", quantity=Named(quantity), value=values, points=where)
    return Message("for {quantity} in {values}: {points}", quantity=Named(quantity), values=values, points=where)


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
            message = Message(
                "costs more at once than the {points} {points:point|points} there {points:is|are}", points=whole
            )
            proof = f"{plain(once)} > {plain(whole)}"
        elif rule.multiplier is not None and once * rule.multiplier.by > whole:
            message = Message(
                "one event that counts {by} times costs more than the {points} {points:point|points}",
                by=rule.multiplier.by,
                points=whole,
            )
            product = once * rule.multiplier.by
            proof = f"{plain(once)} × {plain(rule.multiplier.by)} = {plain(product)} > {plain(whole)}"
            clause = rule.multiplier.clause
        else:
            continue
        yield finding(tree, path, "overruns-maximum", at, clause, message, proof)
