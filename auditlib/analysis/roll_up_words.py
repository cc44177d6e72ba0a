"""A rolled-up total explained: the clause that prescribes it, and the arithmetic from the totals of its periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from auditlib.core.exact import Rounding, round_exact
from auditlib.core.numerals import number_text, plain, plain_percent
from auditlib.core.period import Period
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import PartScore, Result, UnitScore

__all__ = ["ExplainedRollUp", "explain_roll_up", "quoted_clause"]

LONGER = 6
"""A roll-up's parts have at most so many digits more than its total; where that is not enough, they are fractions."""


@dataclass(frozen=True)
class ExplainedRollUp:
    """How the total of a longer period comes from its parts, and which of them have no total."""

    clause: str
    quote: str
    parts: tuple[PartScore, ...]
    arithmetic: str


def explain_roll_up(
    resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh"
) -> ExplainedRollUp | None:
    """How a total comes from those of other periods; None where it does not."""
    declared = resolved.scheme.roll_up.get(Period.parse(result.period).granularity)
    if declared is None or not unit.parts:
        return None
    quote = quoted_clause(resolved, declared.clause, language)
    return ExplainedRollUp(declared.clause, quote, unit.parts, _rolled_up(unit, result.total_rounding))


def _rolled_up(unit: UnitScore, rounding: Rounding) -> str:
    """The sum of weighted means that a total is, from parts rounded so far only that it comes out as printed."""
    kinds = [
        (weight, [part.total for part in some if part.total is not None])
        for (weight, _), some in groupby(
            unit.parts, key=lambda part: (part.weight, Period.parse(part.period).granularity)
        )
    ]
    if unit.total is None:
        return f"{_weighted_means(kinds, rounding)} = —"

    def leads_to_total(digits: int) -> bool:
        inside = replace(rounding, digits=digits)
        means = ((weight, [round_exact(own, inside) for own in known]) for weight, known in kinds)
        value = sum((weight * sum(known, Fraction(0)) / len(known) for weight, known in means), Fraction(0))
        return round_exact(value, rounding) == round_exact(unit.total or Fraction(0), rounding)

    enough = range(rounding.digits, rounding.digits + LONGER + 1)
    inside = next((replace(rounding, digits=digits) for digits in enough if leads_to_total(digits)), None)
    exactly = inside is None or all(round_exact(total, inside) == total for _, known in kinds for total in known)
    sign = "=" if exactly and round_exact(unit.total, rounding) == unit.total else "≈"
    return f"{_weighted_means(kinds, inside)} {sign} {number_text(unit.total, rounding)}"


def _weighted_means(kinds: Sequence[tuple[Fraction, Sequence[Fraction]]], rounding: Rounding | None) -> str:
    """The terms of a roll-up; without ``rounding`` the totals stand there exactly, as fractions where they must."""
    terms = []
    for weight, totals in kinds:
        known = [plain(total) if rounding is None else number_text(total, rounding) for total in totals]
        mean = "—" if not known else known[0] if len(known) == 1 else f"({' + '.join(known)}) ÷ {len(known)}"
        terms.append(f"{plain_percent(weight)} × {mean}")
    return " + ".join(terms)


def quoted_clause(resolved: Resolved, clause: str, language: str) -> str:
    """The words of a clause, in English where the file has them and the reader wants them."""
    found = resolved.scheme.clauses[clause]
    return found.en if language == "en" and found.en else found.quote
