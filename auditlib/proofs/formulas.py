"""How proofs write what they reckon with: conditions, what a rate is made of, sums with their values."""

from __future__ import annotations

from fractions import Fraction

from auditlib.core.message import Joined, Message, Named, Sayable
from auditlib.core.numerals import plain, plain_percent
from auditlib.proofs.effects import Run
from auditlib.proofs.intervals import Interval, exactly
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Bound, Indicator
from auditlib.scheme.share_differences import is_difference

__all__ = ["bounded", "condition_text", "made_of", "result", "values_text"]


def condition_text(bound: Bound, scheme: Scheme | None = None) -> Joined:
    """The condition as people write it: ``satisfaction < 60``, and of a share of the ``scheme`` ``on_time < 95 %``."""
    number = plain(bound.threshold) if scheme is None else values_text(scheme, bound.of, exactly(bound.threshold))
    return Joined(Named(bound.of), f" {bound.sign} ", number)


def values_text(scheme: Scheme, quantity: str, values: Interval) -> Sayable:
    """Where a quantity lies as people write it: ``[0, 12]``, of a share ``[0 %, 100 %]``, of shares in points."""
    if is_difference(scheme, quantity):
        only = values.point
        if only is not None:
            return Message("{number} percentage {number:point|points}", number=only * 100)
        return Message("{values} percentage points", values=values.times(Fraction(100)))
    return values.written(plain_percent) if scheme.is_percent(quantity) else str(values)


def made_of(scheme: Scheme, quantity: str) -> Sayable:
    """What a rate is made of: ``10 × (10 × satisfied + 6 × fairly_satisfied) / rated``."""
    rate = scheme.rates.get(quantity)
    if rate is None:
        return Named(quantity)
    over, under = (_sum(getattr(rate, side)) for side in ("numerator", "denominator"))
    quotient = Joined("" if rate.times == 1 else f"{plain(rate.times)} × ", over, " / ", under)
    if rate.zero == "not_assessable":
        return quotient
    return Message("{quotient}, or {value} for 0/0", quotient=quotient, value=Fraction(rate.zero))


def _sum(parts: dict[str, Fraction]) -> Joined:
    terms = [Joined("" if weight == 1 else f"{plain(weight)} × ", Named(name)) for name, weight in parts.items()]
    if len(terms) == 1:
        return terms[0]
    return Joined("(", terms[0], *(piece for term in terms[1:] for piece in (" + ", term)), ")")


def result(run: Run, value: Fraction) -> Sayable:
    """A sum and its greatest (or least) value: ``10 + 2 = 12``."""
    if not run.single:
        return Message("{sum} gives {value}", sum=run.written, value=value)
    return _equal(run.written, plain(value))


def bounded(run: Run, indicator: Indicator) -> Sayable:
    """A sum with what floor and cap make of it: ``15 − 3 × [5, 17] = [−36, 0], held at the floor 0``."""
    text = _equal(run.written, str(run.running))
    held = run.running != run.points
    if held and indicator.floor is not None and run.points.point == indicator.floor:
        return Message("{sum}, held at the floor {floor}", sum=text, floor=indicator.floor)
    if held and indicator.cap is not None and run.points.point == indicator.cap:
        return Message("{sum}, held at the cap {cap}", sum=text, cap=indicator.cap)
    return text


def _equal(text: Joined, value: str) -> Joined:
    return text if text == Joined(value) else Joined(text, f" = {value}")
