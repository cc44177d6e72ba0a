"""The arithmetic of a score line, as text that anyone can do again and get the same.

What a rule multiplies with, its thresholds and what was counted stand there exactly, a rate as the division that it
is. Only results are rounded; ``≈`` in place of ``=`` says that rounding changed the number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from auditlib.analysis.quantity_texts import compared, exact_quantity, factor, quantity_text, shown_quantity, side_of
from auditlib.core.exact import Rounding, round_exact, telling
from auditlib.core.message import COMMA, sentence
from auditlib.core.numerals import (
    PERCENT_DIGITS,
    equated,
    number_text,
    plain,
    plain_signed,
    signed,
)
from auditlib.scheme.formers.elsewhere import OfPeers
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Composite, Rate, Standing
from auditlib.scheme.rules import Bound, Rule, Shortfall
from auditlib.scoring.place_points import place_of
from auditlib.scoring.result import Result, ScoreLine, UnitScore, Working

__all__ = ["Arithmetic"]

MODES = {"floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "exact": ("", "")}
ONE = Fraction(1)
MANY_PEERS = 12
"""Of more peers the first are named."""


@dataclass(frozen=True)
class Arithmetic:
    """What the lines of one unit looked at and how their points follow, in words and figures."""

    resolved: Resolved
    result: Result
    unit: UnitScore
    language: str

    @property
    def _rounding(self) -> Rounding:
        return self.result.rounding

    @property
    def _scheme(self) -> Scheme:
        return self.resolved.scheme

    def t(self, template: str, /, **values: object) -> str:
        return sentence(template, self.language, **values)

    # --- what was looked at ---------------------------------------------------------------------------

    def operands(self, rule: Rule, line: ScoreLine) -> str:
        """What a line looked at: ``解决率 = 2 ÷ 3 ≈ 66.67 %``; empty where there was nothing to look at."""
        scheme = self._scheme
        if line.quantity is None:
            return ""
        if _weighs_again(rule, line):
            assert rule.multiplier is not None
            return f"{scheme.measures[rule.multiplier.of].title(self.language)} = {plain(line.quantity)}"
        name = rule.quantity
        if name is None:
            return self.t("mark")
        if name in scheme.standings:
            standing = scheme.standings[name]
            return f"{self._placed(standing)} → {standing.title(self.language)} = {plain(line.quantity)}"
        if name in scheme.measures:
            return f"{scheme.measures[name].title(self.language)} = {plain(line.quantity)}"
        if name in scheme.quantities:
            return self._made(name, line)
        return self._divided(name, line.quantity)

    def _made(self, name: str, line: ScoreLine) -> str:
        """A computed quantity with its value, and what it was made of: peers and periods by name, with their values."""
        assert line.quantity is not None
        own = self._valued(Working(name, line.quantity))
        parts = [self._valued(one) for one in line.workings if one.quantity != name and self._tells(one)]
        among = next((self._taken(one) for one in line.workings if one.quantity == name), "")
        inside = self.t("; ").join([*parts, *([among] if among else [])])
        return self.t("{one} ({other})", one=own, other=inside) if inside else own

    def values(self, workings: Iterable[Working]) -> str:
        """Quantities with their values, those that say something by themselves."""
        return self.t("; ").join(self._valued(one) for one in workings if self._tells(one))

    def _tells(self, working: Working) -> bool:
        """Whether a part says more than the sentence around it: it is counted, named, or taken from elsewhere."""
        scheme = self._scheme
        return bool(working.peers or working.periods) or working.quantity not in scheme.quantities or (
            scheme.has_name(working.quantity)
        )  # fmt: skip

    def _valued(self, working: Working) -> str:
        title = self._scheme.title_of(working.quantity)(self.language)
        if working.value is None:
            return self.t("{title}: no value", title=title)
        text, shown = shown_quantity(self._scheme, working.quantity, working.value, self._rounding, self.language)
        among = self._taken(working)
        said = f"{title} {'=' if shown == working.value else '≈'} {text}"
        return self.t("{one} ({other})", one=said, other=among) if among else said

    def _taken(self, working: Working) -> str:
        """The peers or periods that a value was taken from, so many as a reader can take in."""
        if working.peers:
            of = self._scheme.quantities[working.quantity]
            name = of.peers if isinstance(of, OfPeers) and isinstance(of.peers, str) else working.quantity
            shown = partial(quantity_text, self.resolved, name, rounding=self._rounding, language=self.language)
            first = [f"{unit} {shown(value)}" for unit, value in working.peers]
            more = self.t(" and {count} more", count=len(first) - MANY_PEERS) if len(first) > MANY_PEERS else ""
            listed = COMMA[self.language].join(first[:MANY_PEERS])
            return self.t("n = {count}: {units}{more}", count=len(first), units=listed, more=more)
        known = [
            f"{period} {'—' if value is None else number_text(value, self._rounding)}"
            for period, value in working.periods
        ]
        return COMMA[self.language].join(known)

    def _divided(self, name: str, value: Fraction, beside: tuple[Fraction, ...] = ()) -> str:
        """A rate or composite with what it is made of and its value."""
        scheme = self._scheme
        quantity = scheme.rates.get(name) or scheme.composites[name]
        text, shown = self._shown(name, value, beside)
        result = f"{'=' if shown == value else '≈'} {text}"
        if isinstance(quantity, Rate) and not self._counted(quantity):
            result = self.t(", taken as {text}", text=text)
            return f"{quantity.title(self.language)} = {self._division(quantity)}{result}"
        inside = self._division(quantity) if isinstance(quantity, Rate) else self._sum(quantity)
        return f"{quantity.title(self.language)} = {inside} {result}"

    def _placed(self, standing: Standing) -> str:
        """An index, and how it stands to the average of its group, with its place there where it is above that."""
        name, title = standing.index, (self._scheme.rates | self._scheme.composites)[standing.index].title
        index = self.unit.rates.get(name)
        if index is None:
            return f"{title(self.language)} = —"
        average, place, count = place_of(self._scheme, standing, self.unit, self.result.units)
        _, shown = self._shown(name, index, (average,))
        percent = self._scheme.is_percent(name)
        scale, declared = (100, Rounding(PERCENT_DIGITS, self._rounding.mode)) if percent else (1, self._rounding)
        wide = telling(
            average * scale, declared, lambda rounded: side_of(shown * scale, rounded) == side_of(index, average)
        )
        told = plain(average) if wide is None else number_text(average * scale, wide) + (" %" if percent else "")
        exact = wide is None or round_exact(average * scale, wide) == average * scale
        told = told if exact else f"≈ {told}"
        inside = self._divided(name, index, (average,))
        if index <= average:
            return inside + self.t(", not above the average {average}", average=told)
        above = ", above the average {average}, place {place} of {count}"
        return inside + self.t(above, average=told, place=place, count=count)

    def _division(self, rate: Rate) -> str:
        """A rate as the division that it is, with the unit's counts."""
        times = "" if rate.times == 1 else f" × {plain(rate.times)}"
        top = self._weighted(rate.numerator)
        bottom = self._weighted(rate.denominator, divides=True)
        return f"{top} ÷ {bottom}{times}"

    def _counted(self, rate: Rate) -> bool:
        """Whether there is something to divide by."""
        return sum((weight * self._count(name) for name, weight in rate.denominator.items()), Fraction(0)) != 0

    def _count(self, name: str) -> Fraction:
        return self.unit.measures.get(name) or Fraction(0)

    def _weighted(self, weights: Mapping[str, Fraction], *, divides: bool = False) -> str:
        parts = []
        for name, weight in weights.items():
            count = plain(self._count(name))
            parts.append(count if weight == 1 else f"{count} × {plain(weight)}")
        text = " + ".join(parts)
        alone = len(parts) == 1 and not (divides and ("×" in text or "/" in text))
        return text if alone else f"({text})"

    def _sum(self, composite: Composite) -> str:
        """A composite as the weighted sum that it is; parts of 0/0 as its policy for them says."""
        terms, weights = [], Fraction(0)
        for name, weight in composite.parts.items():
            value = self.unit.rates.get(name)
            if value is None and composite.missing == "renormalise":
                continue
            weights += weight
            rate = self._scheme.rates.get(name)
            if value is None:
                inside = "1" if composite.missing == "full" else "0"
            elif rate is not None and self._counted(rate):
                inside = f"({self._division(rate)})"
            else:
                inside = plain(value)
            terms.append(f"{plain(weight)} × {inside}")
        whole = sum(composite.parts.values(), Fraction(0))
        times = "" if composite.times == 1 else f" × {plain(composite.times)}"
        shared = "" if weights == whole else f" × {plain(whole)} ÷ {plain(weights)}"
        text = " + ".join(terms)
        return f"({text}){times}{shared}" if len(terms) > 1 and (times or shared) else f"{text}{times}{shared}"

    # --- how the points follow ------------------------------------------------------------------------

    def arithmetic(self, rule: Rule, line: ScoreLine) -> str:
        """How a line's points follow from what it looked at: ``−1 × ⌊(85 % − 2 ÷ 3) ÷ 1 %⌋ = −18``."""
        if line.quantity is None or (rule.unless is not None and line.reason is not None):
            return ""  # nothing to look at, or another rule has charged it
        if rule.target is not None:
            met = self.t("met" if line.steps else "not met")
            return f"{self._compared(rule.target, line.quantity)} ⇒ {met}"
        if line.points is None:
            return ""
        if rule.becomes is not None and rule.when is not None:
            return self._becomes(rule, rule.when, rule.becomes, line)
        if rule.points is None:
            return self._given(line.points)
        points = plain_signed(rule.points)
        result = equated(line.points, self._rounding, signed(line.points, self._rounding))
        if _weighs_again(rule, line):
            assert rule.multiplier is not None
            return f"{points} × {factor(rule.multiplier.by - 1)} × {factor(line.quantity)} {result}"
        if rule.step is not None:
            return self._stepped(rule.step, points, line.quantity, result)
        if rule.when is not None:
            then = self._given(line.points) if line.steps else "0"
            further = self._further(rule, rule.when, line.quantity) if line.steps else ""
            return f"{self._compared(rule.when, line.quantity)} ⇒ {then}{further}"
        return f"{points} × {self._operand(rule.per or '', line.quantity, divided=True)} {result}"

    def _further(self, rule: Rule, when: Bound, value: Fraction) -> str:
        """Says so where the value is past a further band of the indicator too, which counts besides this one."""
        indicator = next(one for one in self._scheme.nodes if any(rule is own for own in one.rules))
        bands = [one.when for one in indicator.rules if one.when is not None and one.points is not None]
        beyond = [
            band for band in bands if band.of == when.of and band.upwards == when.upwards and band.holds(value)
            and (band.threshold > when.threshold if when.upwards else band.threshold < when.threshold)
        ]  # fmt: skip
        if not beyond:
            return ""
        return self.t(" (a higher band counts besides)" if when.upwards else " (a lower band counts besides)")

    def _given(self, points: Fraction) -> str:
        """Points that a person or the rule sets, and what rounding makes of them."""
        exact, rounded = plain_signed(points), signed(points, self._rounding)
        return exact if round_exact(points, self._rounding) == points else f"{exact} ≈ {rounded}"

    def _becomes(self, rule: Rule, when: Bound, becomes: Fraction, line: ScoreLine) -> str:
        """A rule that sets what the indicator has: the points of the line make up the difference."""
        assert line.quantity is not None
        assert line.points is not None
        condition = self._compared(when, line.quantity)
        if not line.steps:
            return f"{condition} ⇒ 0"
        result = equated(line.points, self._rounding, signed(line.points, self._rounding))
        difference = f"{plain(becomes)} − {factor(becomes - line.points)} {result}"
        return condition + self.t(" ⇒ becomes {points}: {difference}", points=becomes, difference=difference)

    def _stepped(self, step: Shortfall, points: str, value: Fraction, result: str) -> str:
        below, limit = step.below is not None, exact_quantity(self._scheme, step.of, step.threshold, self.language)
        if (value >= step.threshold) if below else (value <= step.threshold):
            shown = quantity_text(self.resolved, step.of, value, self._rounding, self.language)
            return f"{shown} {'≥' if below else '≤'} {limit} ⇒ 0"
        low, high = MODES[step.mode]
        every, own = exact_quantity(self._scheme, step.of, step.every, self.language), self._operand(step.of, value)
        excess = f"{limit} − {own}" if below else f"{own} − {limit}"
        every = f"({every})" if "/" in every else every
        return f"{points} × {low}({excess}) ÷ {every}{high} {result}"

    def _shown(self, name: str, value: Fraction, beside: tuple[Fraction, ...] = ()) -> tuple[str, Fraction]:
        return shown_quantity(self._scheme, name, value, self._rounding, self.language, beside)

    def _compared(self, bound: Bound, value: Fraction) -> str:
        return compared(self.resolved, bound, value, self._rounding, self.language)

    def _operand(self, name: str, value: Fraction, *, divided: bool = False) -> str:
        """A quantity in a calculation, exactly: its number where that is short, or else what it is made of.

        A rate that the points are for each of is ``divided`` in any case: a percentage times points reads badly. A
        composite is named, because its sum stands beside it, among what was looked at, and would be read twice.
        """
        scheme = self._scheme
        rate, composite = scheme.rates.get(name), scheme.composites.get(name)
        text, shown = self._shown(name, value)
        if rate is None and composite is None:
            return text if shown == value and scheme.is_percent(name) else factor(value)
        if rate is not None and self._counted(rate) and (divided or shown != value):
            return self._division(rate)
        if composite is not None and shown != value:
            return composite.title(self.language)
        return text if shown == value else exact_quantity(scheme, name, value, self.language)


def _weighs_again(rule: Rule, line: ScoreLine) -> bool:
    """Whether it is the second line of a rule, by which a multiplier weighs part of what it counts again."""
    return rule.multiplier is not None and line.reason is not None and line.of == rule.multiplier.of
