"""Why a unit has its points: every score line with its clause, its operands, the arithmetic and the cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from auditlib.exact import Rounding, decimal_text
from auditlib.measures import FactRow
from auditlib.message import Message, told
from auditlib.points import paired
from auditlib.result import IndicatorScore, Result, ScoreLine, UnitScore
from auditlib.scheme.counting import Composite, Rate, Standing
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Bound, Rule
from auditlib.standing import place_of

__all__ = ["ExplainedLine", "bounds_note", "compared", "explain", "fact_text", "number_text", "quantity_text", "signed"]

MORE_DIGITS = 12
"""With so many digits more than usual, different numbers that still look the same are written as fractions."""

MODES = {"floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "exact": ("", "")}


@dataclass(frozen=True)
class ExplainedLine:
    """A score line in words and figures, ready for a report.

    ``operands`` says what was looked at (``解决率 = 2 ÷ 3 = 66.67 %``), ``arithmetic`` how the points follow
    (``−1 × ⌊(85 % − 66.67 %) ÷ 1 %⌋ = −18``).
    """

    indicator: str
    rule: str
    title: str
    clause: str
    quote: str
    operands: str
    arithmetic: str
    points: str | None
    evidence: tuple[str, ...]
    readings: tuple[str, ...]
    reason: str | None
    met: bool | None = None
    """Whether the target is met, for a rule that has one instead of points."""
    facts: tuple[str, ...] = ()
    """The rows of ``unit_facts`` behind the quantity, with where they come from."""


def explain(resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh") -> Iterator[ExplainedLine]:
    """Every line of ``unit``, in the order of the scheme."""
    scheme = resolved.scheme
    for indicator, scored in paired(scheme, unit.indicators):
        rules = {rule.id: rule for rule in indicator.rules}
        for line in scored.lines:
            rule = rules[line.rule]
            clause = scheme.clauses[line.clause]
            yield ExplainedLine(
                scored.id,
                rule.id,
                rule.title(language),
                line.clause,
                clause.en if language == "en" and clause.en else clause.quote,
                _operands(resolved, result, unit, rule, line, language),
                _arithmetic(resolved, unit, rule, line, language, result.rounding),
                None if line.points is None else signed(line.points, result.rounding),
                line.evidence,
                tuple(
                    f"{scheme.readings[name].question(language)} → {scheme.readings[name].options[option](language)}"
                    for name, option in line.readings.items()
                ),
                _reason(scheme, line, language),
                None if rule.target is None or line.quantity is None else bool(line.steps),
                tuple(told(fact_text(fact), language) for fact in line.facts),
            )


def _reason(scheme: Scheme, line: ScoreLine, language: str) -> str | None:
    """Why a line has no points, or what weighed it again: all the gaps that it waits for, or the reason it gives."""
    missing = [scheme.gaps[name].missing(language) for name in line.gaps]
    return ("；" if language == "zh" else "; ").join(missing) or told(line.reason or "", language) or None


def fact_text(row: FactRow) -> Message:
    """A fact as evidence: unit, period, which fact, its value, and where the ledger says that it comes from."""
    source = Message(" ({source})", source=row.source) if row.source else ""
    return Message(
        "{unit}, {period}: {fact} = {value}{source}",
        unit=row.unit, period=row.period, fact=row.fact, value=row.value, source=source,
    )  # fmt: skip


def bounds_note(scored: IndicatorScore, rounding: Rounding, language: str = "zh") -> str:
    """What floor or cap did to the sum of the lines; empty where they did nothing."""
    if scored.raw is None or scored.points is None or scored.raw == scored.points:
        return ""
    raw, points = number_text(scored.raw, rounding), number_text(scored.points, rounding)
    if scored.raw < scored.points:
        return f"floor {points}: {raw} → {points}" if language == "en" else f"扣完为止：{raw} → {points}"
    return f"cap {points}: {raw} → {points}" if language == "en" else f"封顶：{raw} → {points}"


def number_text(value: Fraction, rounding: Rounding) -> str:
    """A number for people, with a true minus: ``−2``, ``1``, ``0``."""
    return decimal_text(value, rounding).replace("-", "−")


def signed(value: Fraction, rounding: Rounding) -> str:
    """Points with their sign, a true minus: ``−2``, ``+1``, ``0``."""
    return f"{'+' if value > 0 else ''}{number_text(value, rounding)}"


def quantity_text(resolved: Resolved, name: str | None, value: Fraction, rounding: Rounding) -> str:
    """A quantity as people write it: a percentage where its rate says so."""
    return _shown(resolved, name, value, rounding, 0)


def _shown(resolved: Resolved, name: str | None, value: Fraction, rounding: Rounding, more: int) -> str:
    """The same with ``more`` digits than usual."""
    rate = resolved.scheme.rates.get(name or "")
    if rate is not None and rate.show == "percent":
        return f"{number_text(value * 100, Rounding(2 + more))} %"
    return number_text(value, replace(rounding, digits=rounding.digits + more))


def _operands(resolved: Resolved, result: Result, unit: UnitScore, rule: Rule, line: ScoreLine, language: str) -> str:
    scheme, rounding = resolved.scheme, result.rounding
    if line.quantity is None:
        return ""
    if rule.multiplier is not None and line.reason is not None:
        name = rule.multiplier.of
        return f"{scheme.measures[name].title(language)} = {number_text(line.quantity, rounding)}"
    quantity = rule.quantity
    if quantity is None:
        return "mark" if language == "en" else "评分"
    rate = scheme.rates.get(quantity)
    shown = quantity_text(resolved, quantity, line.quantity, rounding)
    if quantity in scheme.standings:
        standing = scheme.standings[quantity]
        indexed = _indexed(scheme, standing.index, unit, language, rounding)
        placed = _placed(scheme, standing, result, unit, language)
        return f"{indexed}{placed} → {standing.title(language)} = {shown}"
    if quantity in scheme.composites:
        return _indexed(scheme, quantity, unit, language, rounding)
    if rate is None:
        return f"{scheme.measures[quantity].title(language)} = {shown}"
    return f"{rate.title(language)} = {_divided(rate, unit, rounding)} = {shown}"


def _indexed(scheme: Scheme, name: str, unit: UnitScore, language: str, rounding: Rounding) -> str:
    """A rate or composite with its value, and what a composite is made of where all its parts count."""
    index = scheme.composites.get(name) or scheme.rates[name]
    value = unit.rates.get(name)
    text = f"{index.title(language)} = "
    if isinstance(index, Composite) and all(unit.rates.get(part) is not None for part in index.parts):
        parts = [
            f"{number_text(weight, rounding)} × ({_divided(scheme.rates[part], unit, rounding)})"
            for part, weight in index.parts.items()
        ]
        times = "" if index.times == 1 else f" × {number_text(index.times, rounding)}"
        text += f"{' + '.join(parts)} = " if not times else f"({' + '.join(parts)}){times} = "
    return text + ("—" if value is None else number_text(value, rounding))


def _placed(scheme: Scheme, standing: Standing, result: Result, unit: UnitScore, language: str) -> str:
    """How an index stands to the average of its group, and where it is above that, its place there."""
    index = unit.rates.get(standing.index)
    if index is None:
        return ""
    average, place, count = place_of(scheme, standing, unit, result.units)
    told = number_text(average, result.rounding)
    if index <= average:
        return f", not above the average {told}" if language == "en" else f"，不高于平均 {told}"
    if language == "en":
        return f", above the average {told}, place {place} of {count}"
    return f"，高于平均 {told}，居第 {place} 位（共 {count} 个）"


def _divided(rate: Rate, unit: UnitScore, rounding: Rounding) -> str:
    """A rate as the division that it is, with the unit's counts."""
    times = "" if rate.times == 1 else f" × {number_text(rate.times, rounding)}"
    top, bottom = (_weighted(side, unit, rounding) for side in (rate.numerator, rate.denominator))
    return f"{top} ÷ {bottom}{times}"


def _counted(rate: Rate, unit: UnitScore) -> bool:
    """Whether there is something to divide by."""
    return any(unit.measures.get(name) for name in rate.denominator)


def _weighted(weights: dict[str, Fraction], unit: UnitScore, rounding: Rounding) -> str:
    parts = []
    for name, weight in weights.items():
        count = number_text(unit.measures.get(name) or Fraction(0), rounding)
        parts.append(count if weight == 1 else f"{count} × {number_text(weight, rounding)}")
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"


def _arithmetic(
    resolved: Resolved, unit: UnitScore, rule: Rule, line: ScoreLine, language: str, rounding: Rounding
) -> str:
    if line.quantity is None:
        return ""
    if rule.unless is not None and line.reason is not None:
        return ""  # another rule has charged it
    if rule.target is not None:
        met = ("met", "达到") if line.steps else ("not met", "未达到")
        return f"{compared(resolved, rule.target, line.quantity, rounding)} ⇒ {met[language != 'en']}"
    if line.points is None:
        return ""
    result = signed(line.points, rounding)
    if rule.becomes is not None and rule.when is not None:
        becomes = number_text(rule.becomes, rounding) if line.steps else "0"
        return f"{compared(resolved, rule.when, line.quantity, rounding)} ⇒ {becomes}"
    if rule.points is None:
        return result
    points = signed(rule.points, rounding)
    if rule.multiplier is not None and line.reason is not None:
        extra = number_text(rule.multiplier.by - 1, rounding)
        return f"{points} × {extra} × {number_text(line.quantity, rounding)} = {result}"
    if rule.step is not None:
        low, high = MODES[rule.step.mode]
        below = rule.step.below is not None
        threshold = rule.step.below if below else rule.step.above
        assert threshold is not None
        limit = quantity_text(resolved, rule.step.of, threshold, rounding)
        value = quantity_text(resolved, rule.step.of, line.quantity, rounding)
        if (line.quantity >= threshold) if below else (line.quantity <= threshold):
            return f"{value} {'≥' if below else '≤'} {limit} ⇒ 0"
        every = quantity_text(resolved, rule.step.of, rule.step.every, rounding)
        excess = f"{limit} − {value}" if below else f"{value} − {limit}"
        return f"{points} × {low}({excess}) ÷ {every}{high} = {result}"
    if rule.when is not None:
        return f"{compared(resolved, rule.when, line.quantity, rounding)} ⇒ {points if line.steps else '0'}"
    rate = resolved.scheme.rates.get(rule.per or "")
    if rate is not None and rate.show == "percent" and _counted(rate, unit):
        # A rounded percentage times the points would not give them again.
        return f"{points} × {_divided(rate, unit, rounding)} = {result}"
    return f"{points} × {quantity_text(resolved, rule.per, line.quantity, rounding)} = {result}"


OPPOSITE = {"≥": "<", ">": "≤", "≤": ">", "<": "≥"}


def compared(resolved: Resolved, bound: Bound, value: Fraction, rounding: Rounding) -> str:
    """How a value stands to a bound, as a true statement: ``66.67 % < 85 %``.

    Different numbers never look the same: 99.996 % of a target of 100 % is written with as many digits as it takes.
    """
    sign = bound.sign if bound.holds(value) else OPPOSITE[bound.sign]
    for more in range(MORE_DIGITS):
        shown, limit = (_shown(resolved, bound.of, number, rounding, more) for number in (value, bound.threshold))
        if shown != limit or value == bound.threshold:
            return f"{shown} {sign} {limit}"
    return f"{value} {sign} {bound.threshold}"
