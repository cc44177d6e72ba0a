"""What the outcomes of a scheme prove: those that nobody can have, that contradict, that spare the worse."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from auditlib.core.message import Joined, Message, Named
from auditlib.core.numerals import plain
from auditlib.core.yaml_file import Tree
from auditlib.proofs.combinations import Choice, Combinations
from auditlib.proofs.effects import beyond
from auditlib.proofs.formulas import condition_text, made_of, values_text
from auditlib.proofs.intervals import Interval, exactly, hull
from auditlib.proofs.of_branches import node_reach
from auditlib.proofs.of_totals import Reaches
from auditlib.proofs.ranges import Ranges
from auditlib.scheme.finding import IN_USE, Finding, Under, finding
from auditlib.scheme.load import SchemeFile
from auditlib.scheme.model import Scheme
from auditlib.scheme.reference_names import references_in
from auditlib.scheme.results import Outcome

__all__ = ["outcome_findings"]


def outcome_findings(file: SchemeFile, combinations: Combinations, reaches: Reaches) -> Iterator[Finding]:
    """Everything that can be said of the outcomes."""
    natural = file.natural
    named = [name for name in references_in(file.tree.value.get("outcomes")) if name in natural.readings]
    choices, complete = combinations.of(named)

    def look(choice: Choice) -> Iterator[Finding]:
        scheme = combinations.under(choice).scheme
        yield from _outcomes(file.tree, scheme, reaches)
        yield from _shares(file.tree, scheme)

    yield from combinations.hold(choices, complete, look)
    yield from _outcomes_of_quantities(file)
    for index in range(len(natural.indicators)):
        choices, complete = combinations.of_indicator(index)

        def graded(choice: Choice, index: int = index) -> Iterator[Finding]:
            return _middle_grades(file.tree, combinations.under(choice).scheme, index, combinations, choice, reaches)

        yield from combinations.hold(choices, complete, graded)


def _outcomes(tree: Tree, scheme: Scheme, reaches: Reaches) -> Iterator[Finding]:
    """Outcomes whose condition on the total no possible value meets, that spare the worse, or that contradict."""
    for index, outcome in enumerate(scheme.outcomes):
        if outcome.gap is not None or outcome.total is None:
            continue
        path, at, bound = ("outcomes", index), outcome.id, outcome.total.bound
        total = _totals(scheme, reaches)
        if total.meets(beyond(bound)).empty:
            message = Message("no total meets {condition}", condition=condition_text(bound))
            proof = Message("totals lie in {values}", values=total)
            yield finding(tree, path, "outcome-unreachable", at, outcome.clause, message, proof)
            continue
        if total.within(beyond(bound)):
            message = Message("every total meets {condition}", condition=condition_text(bound))
            proof = Message("totals lie in {values}", values=total)
            yield finding(tree, (*path, "total"), "outcome-always", at, outcome.clause, message, proof)
            continue
        descending = scheme.ranking.order == "descending" and bound.sign in ("≥", ">")
        if descending and not total.within(beyond(bound)) and outcome.place and outcome.place.bottom:
            message = Message("a unit among the last {last} escapes it by a lower total", last=outcome.place.bottom)
            proof = Message(
                "it asks for {condition}, totals lie in {values}", condition=condition_text(bound), values=total
            )
            yield finding(tree, path, "worse-escapes", at, outcome.clause, message, proof)
    if scheme.ranking.order == "descending":
        yield from _coinciding(tree, scheme, _totals(scheme, reaches))


def _outcomes_of_quantities(file: SchemeFile) -> Iterator[Finding]:
    """Outcomes whose condition on a quantity no possible value meets, or every one, under the readings in use."""
    scheme = file.natural
    for index, outcome in enumerate(scheme.outcomes):
        if outcome.gap is not None or outcome.quantity is None:
            continue
        name, condition = outcome.quantity.of, condition_text(outcome.quantity, scheme)
        value, met = Ranges(scheme).of(name), beyond(outcome.quantity)
        if value.meets(met).empty:
            kind, message = "outcome-unreachable", Message("no value meets {condition}", condition=condition)
        elif value.within(met):
            kind, message = "outcome-always", Message("every value meets {condition}", condition=condition)
        else:
            continue
        path = ("outcomes", index, "quantity")
        proof = Message("{what} lies in {values}", what=made_of(scheme, name), values=values_text(scheme, name, value))
        found = finding(file.tree, path, kind, outcome.id, outcome.clause, message, proof)
        yield found.under(IN_USE if scheme.readings else Under())


def _coinciding(tree: Tree, scheme: Scheme, totals: Interval) -> Iterator[Finding]:
    """An outcome for the first and one for the last, or for a low total, that nothing keeps from one unit."""
    ranges = Ranges(scheme)
    concerned = [
        (index, outcome)
        for index, outcome in enumerate(scheme.outcomes)
        if outcome.gap is None and _nearly_always(outcome, ranges)
    ]
    for index, first in concerned:
        if first.place is None or first.place.top is None or first.total is not None:
            continue
        for _, other in concerned:
            if other.id in first.bars or first.id in other.bars:
                continue
            if first.periods and other.periods and not set(first.periods) & set(other.periods):
                continue
            top, last = first.place.top, other.place.bottom if other.place else None
            bound = other.total.bound if other.total else None
            low = bound is not None and bound.sign in ("<", "≤") and other.place is None
            if isinstance(top, Fraction) or isinstance(last, Fraction):
                continue  # of a share of the places nobody can say how many they are
            if not (last or low) or (bound and totals.meets(beyond(bound)).empty):
                continue
            proof = _shared(top, last, None if bound is None else condition_text(bound))
            message = Message("one unit can have it together with {outcome}", outcome=Named(other.id))
            yield finding(tree, ("outcomes", index), "can-coincide", first.id, first.clause, message, proof)


def _shared(top: int, last: int | None, condition: Joined | None) -> Message:
    """When the first ``top`` are among the last, or meet a condition that a low total is under."""
    meet = Message("where every {condition}, the first {top} meet it too", condition=condition, top=top)
    if last is None:
        return meet
    share = Message(
        "top {top} and bottom {last} share a unit where there are {most} or fewer",
        top=top,
        last=last,
        most=top + last - 1,
    )
    return share if condition is None else Message("{one}, and {other}", one=share, other=meet)


def _nearly_always(outcome: Outcome, ranges: Ranges) -> bool:
    """Whether it asks no more of a quantity than that it has a value."""
    if outcome.when is not None or (outcome.place is not None and outcome.place.ranking is not None):
        return False
    return outcome.quantity is None or ranges.of(outcome.quantity.of).within(beyond(outcome.quantity))


def _totals(scheme: Scheme, reaches: Reaches) -> Interval:
    """Where totals lie under all readings; an indicator that is not assessed adds nothing."""
    zero = exactly(Fraction(0))
    total = exactly(scheme.base.points if scheme.base else Fraction(0))
    ranges = Ranges(scheme)
    for node in scheme.roots:
        total += hull((node_reach(scheme, node, reaches, ranges), zero))
    rolled = [total]
    for roll_up in scheme.roll_up.values():
        parts = exactly(Fraction(0))
        for part in roll_up.parts:
            stand_in = {"zero": [zero], "full": [exactly(Fraction(100))]}.get(part.missing, [])
            parts += hull([total, *stand_in]).times(part.weight)
        rolled.append(parts)
    return hull(rolled)


def _shares(tree: Tree, scheme: Scheme) -> Iterator[Finding]:
    """Consequences that take a share of one whole for each event, so that enough events take more than all of it."""
    for index, outcome in enumerate(scheme.outcomes):
        for number, part in enumerate(outcome.consequences):
            if part.each and part.of is not None and part.amount is not None and 0 < part.amount <= 1:
                count = Fraction(1 / part.amount).__floor__() + 1
                path, at = ("outcomes", index, "consequences", number), f"{outcome.id}.{part.id}"
                message = Message("{count} events take more than the whole of {what}", count=count, what=Named(part.of))
                proof = f"{count} × {plain(part.amount)} = {plain(count * part.amount)} > 1"
                yield finding(tree, path, "exceeds-whole", at, outcome.clause, message, proof)


def _middle_grades(
    tree: Tree, scheme: Scheme, index: int, combinations: Combinations, choice: Choice, reaches: Reaches
) -> Iterator[Finding]:
    """Lines for a low total that a unit passes with the middle grade from everybody, if it loses nothing elsewhere."""
    indicator = scheme.indicators[index]
    effects = combinations.effects(choice, index)
    if len(effects.quantities) != 1 or scheme.roll_up or any(one.periods for one in scheme.indicators):
        return
    (quantity,) = effects.quantities
    middle = _of_middle(scheme, quantity)
    others = [one for one in scheme.indicators if one.id != indicator.id]
    best = [reaches.of(one.id, True)[1] for one in others]
    if middle is None or None in best or not _apart(scheme, index):
        return
    grades, value = middle
    own = effects.run({quantity: exactly(value)}).points.point
    if own is None:
        return
    base = [scheme.base.points] if scheme.base else []
    terms = [*base, own, *(points for points in best if points is not None)]
    total = sum(terms, Fraction(0))
    for position, outcome in enumerate(scheme.outcomes):
        fixed = next(references_in(tree.value["outcomes"][position].get("total")), None) is None
        if outcome.gap is not None or outcome.total is None or outcome.place is not None or not fixed:
            continue
        bound = outcome.total.bound
        if bound.sign in ("<", "≤") and not outcome.total.holds(total) and scheme.ranking.order == "descending":
            message = Message(
                "a unit that everyone gives the middle grade passes the line, if it loses nothing elsewhere"
            )
            sums = f"{' + '.join(map(plain, terms))} = {plain(total)}" if len(terms) > 1 else plain(total)
            passed = {"<": "≥", "≤": ">"}[bound.sign]
            proof = Message(
                "{grades} alone: {quantity} = {value}; {line}",
                grades=tuple(map(Named, grades)),
                quantity=Named(quantity),
                value=value,
                line=f"{sums} {passed} {plain(bound.threshold)}",
            )
            yield finding(tree, ("outcomes", position), "middle-passes", outcome.id, outcome.clause, message, proof)


def _of_middle(scheme: Scheme, quantity: str) -> tuple[list[str], Fraction] | None:
    """The middle grade of each rate behind a quantity, and its value where all votes are of that grade."""
    composite = scheme.composites.get(quantity)
    parts = {quantity: Fraction(1)} if composite is None else composite.parts
    grades, value = [], Fraction(0)
    for name, weight in parts.items():
        rate = scheme.rates.get(name)
        marks = sorted((mark, measure) for measure, mark in rate.numerator.items()) if rate is not None else []
        distinct = len({mark for mark, _ in marks}) == len(marks) >= 3 and len(marks) % 2 == 1
        if rate is None or not distinct or set(rate.numerator) != set(rate.denominator):
            return None
        mark, measure = marks[len(marks) // 2]
        grades.append(measure)
        value += weight * rate.times * mark / rate.denominator[measure]
    return grades, value * (composite.times if composite is not None else 1)


def _apart(scheme: Scheme, index: int) -> bool:
    """Whether an indicator counts in registers of its own, so that nothing there bears on what others count."""
    registers = [
        {
            scheme.measures[name].register_
            for rule in indicator.rules
            for quantity in (rule.quantity, rule.multiplier.of if rule.multiplier else None)
            if quantity is not None
            for name in scheme.measures_of(quantity)
        }
        for indicator in scheme.indicators
    ]
    return not any(registers[index] & other for position, other in enumerate(registers) if position != index)
