"""Why a unit has its points: every score line with its clause, its operands, the arithmetic and the cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from auditlib.analysis.arithmetic import Arithmetic
from auditlib.analysis.tree import nodes_of
from auditlib.core.exact import Rounding, apart
from auditlib.core.message import Message, sentence, t, told
from auditlib.core.numerals import number_text, plain, signed
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scoring.counting import FactRow
from auditlib.scoring.result import IndicatorScore, Result, ScoreLine, UnitScore

__all__ = ["ExplainedLine", "bounds_note", "explain", "fact_text"]


@dataclass(frozen=True)
class ExplainedLine:
    """A score line in words and figures, ready for a report.

    ``operands`` says what was looked at (``解决率 = 2 ÷ 3 ≈ 66.67 %``), ``arithmetic`` how the points follow
    (``−1 × ⌊(85 % − 2 ÷ 3) ÷ 1 %⌋ = −18``); ``≈`` stands where rounding changed a number.
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
    how = Arithmetic(resolved, result, unit, language)
    for indicator, scored in nodes_of(scheme, unit):
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
                how.operands(rule, line),
                how.arithmetic(rule, line),
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
    return t("; ", language).join(missing) or told(line.reason or "", language) or None


def fact_text(row: FactRow) -> Message:
    """A fact as evidence: unit, period, which fact, its value, and where the ledger says that it comes from."""
    source = Message(" ({source})", source=row.source) if row.source else ""
    return Message(
        "{unit}, {period}: {fact} = {value}{source}",
        unit=row.unit, period=row.period, fact=row.fact, value=row.value, source=source,
    )  # fmt: skip


def bounds_note(scored: IndicatorScore, rounding: Rounding, language: str = "zh") -> str:
    """What floor or cap did to the sum of the lines; empty where they did nothing.

    Points are deducted to the last only where there were some and none are left; any other floor lifts.
    """
    raw, points = scored.raw, scored.points
    if raw is None or points is None or raw == points:
        return ""
    digits = apart(raw, (points,), rounding)
    shown = plain(raw) if digits is None else number_text(raw, digits)
    if raw > points:
        return sentence("cap {points}: {raw} → {points}", language, raw=shown, points=points)
    own = [line.points for line in scored.lines if line.points is not None]
    there = raw - sum((given for given in own if given < 0), Fraction(0))
    if points == 0 and there > 0:
        return sentence("floor 0: {raw} → 0", language, raw=shown)
    return sentence("floor {points}: {raw} → {points}", language, raw=shown, points=points)
