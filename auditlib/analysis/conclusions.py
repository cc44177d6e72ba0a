"""What follows from a score, explained: outcomes with conditions and consequences, exclusions, parts of a roll-up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Literal

from auditlib.analysis.arithmetic import compared
from auditlib.core.exact import Rounding, round_exact
from auditlib.core.message import told
from auditlib.core.numerals import equated, number_text, plain, plain_percent
from auditlib.core.period import Period
from auditlib.scheme.load import Resolved
from auditlib.scheme.results import Consequence, Outcome
from auditlib.scheme.rules import Bound
from auditlib.scoring.result import Exclusion, OutcomeScore, PartScore, Result, UnitScore

__all__ = [
    "ExplainedOutcome", "ExplainedRollUp", "State", "exclusion_text", "explain_outcomes", "explain_roll_up",
]  # fmt: skip

LONGER = 6
"""A roll-up's parts have at most so many digits more than its total; where that is not enough, they are fractions."""

State = Literal["holds", "undecided", "barred", "waits", "no"]


@dataclass(frozen=True)
class ExplainedOutcome:
    """An outcome as it stands for one unit, in words and figures.

    ``conditions`` are true statements with the numbers (``total 68.2 < 70``), also where the outcome does not follow;
    ``consequences`` say what it brings, ``decisions`` what a person has yet to decide, ``bars`` what it rules out,
    ``note`` why it is undecided, barred or cannot be told.
    """

    id: str
    title: str
    clause: str
    quote: str
    state: State
    conditions: tuple[str, ...]
    consequences: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    note: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExplainedRollUp:
    """How the total of a longer period comes from its parts, and which of them have no total."""

    clause: str
    quote: str
    parts: tuple[PartScore, ...]
    arithmetic: str


def explain_outcomes(
    resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh"
) -> Iterator[ExplainedOutcome]:
    """Every outcome of the scheme for such a period, in the order of the scheme, as it stands for ``unit``."""
    granularity = Period.parse(result.period).granularity
    words = _Words(resolved, result, unit, language)
    for outcome in resolved.scheme.outcomes:
        if outcome.periods is None or granularity in outcome.periods:
            yield words.explained(outcome)


def explain_roll_up(
    resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh"
) -> ExplainedRollUp | None:
    """How a total comes from those of other periods; None where it does not."""
    declared = resolved.scheme.roll_up.get(Period.parse(result.period).granularity)
    if declared is None or not unit.parts:
        return None
    quote = _quote(resolved, declared.clause, language)
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


def exclusion_text(resolved: Resolved, exclusion: Exclusion, language: str = "zh") -> str:
    """How many cases are left out, why, by which clause, and which office approved it."""
    clause = exclusion.clause
    quoted = resolved.scheme.clauses.get(clause or "")
    if language == "en":
        why = "" if clause is None else f", by {clause}{f' “{quoted.en or quoted.quote}”' if quoted else ''}"
        return f"{exclusion.count}: {exclusion.reason}{why}; approved by {exclusion.approver}"
    why = "" if clause is None else f"，依据{clause}{f'“{quoted.quote}”' if quoted else ''}"
    return f"{exclusion.count} 件：{exclusion.reason}{why}；批准单位：{exclusion.approver}"


def _quote(resolved: Resolved, clause: str, language: str) -> str:
    found = resolved.scheme.clauses[clause]
    return found.en if language == "en" and found.en else found.quote


@dataclass(frozen=True)
class _Words:
    """What is said of the outcomes of one unit."""

    resolved: Resolved
    result: Result
    unit: UnitScore
    language: str

    def explained(self, outcome: Outcome) -> ExplainedOutcome:
        scores = {score.id: score for score in self.unit.outcomes}
        score = scores.get(outcome.id)
        title, quote = outcome.title(self.language), _quote(self.resolved, outcome.clause, self.language)
        if outcome.gaps:
            missing = [self.resolved.scheme.gaps[name].missing(self.language) for name in outcome.gaps]
            note = self._say("；", "; ").join(missing)
            return ExplainedOutcome(outcome.id, title, outcome.clause, quote, "waits", (), note=note)
        told = list(self._conditions(outcome, score))
        conditions = tuple(text for text, _ in told)
        if score is None:
            barring = [o for o in self.resolved.scheme.outcomes if o.id in scores and outcome.id in o.bars]
            state: State = "barred" if barring and all(holds for _, holds in told) else "no"
            note = self._list([f"{other.title(self.language)}〔{other.clause}〕" for other in barring])
            note = note if state == "barred" else ""
            return ExplainedOutcome(outcome.id, title, outcome.clause, quote, state, conditions, note=note)
        return ExplainedOutcome(
            outcome.id, title, outcome.clause, quote, "holds" if score.decided else "undecided", conditions,
            tuple(self._brings(part, score) for part in outcome.consequences if part.id not in score.needs),
            tuple(self._asks(part, score) for part in outcome.consequences if part.id in score.needs),
            tuple(self._barred(name) for name in outcome.bars), "" if score.decided else self._open(outcome, score),
            score.evidence,
        )  # fmt: skip

    def _open(self, outcome: Outcome, score: OutcomeScore) -> str:
        """Why an outcome is undecided."""
        if self.unit.rank is None and self.unit.unranked is not None:
            why = told(self.unit.unranked, self.language)
            return self._say(f"名次未定：{why}", f"the rank is not known yet: {why}")
        if score.tie:
            others = self._list(score.tie)
            return self._say(f"与 {others} 同名次，办法未规定先后",
                             f"shares the place with {others}; the scheme does not say who comes first")  # fmt: skip
        if self.unit.apart:
            return self._say("与满分不同的单位分别排名", "ranked apart from units of other full marks")
        lacks = any(one.status == "not_assessable" for one in self.unit.indicators)
        if outcome.total is None or not lacks:  # then only the place can be open, and no tie explains it
            return self._say(
                "有单位名次未定，可能排在前面或后面", "units whose rank is not known yet may come before or behind"
            )
        return self._say("未能评价的指标可能改变结果", "what could not be assessed may change it")

    def _conditions(self, outcome: Outcome, score: OutcomeScore | None) -> Iterator[tuple[str, bool]]:
        """Each condition with the unit's numbers, and whether it is met."""
        if outcome.quantity is not None:
            yield self._quantity(outcome.quantity)
        if outcome.total is not None:
            name = self._say("总分", "total")
            if self.unit.total is None or self.unit.rank is None:
                yield self._say("没有可排名的总分", "no total that is ranked"), False
            else:
                bound = outcome.total.bound
                text = f"{name} {compared(self.resolved, bound, self.unit.total, self.result.total_rounding)}"
                yield text, bound.holds(self.unit.total)
        if outcome.place is not None:
            yield self._place(outcome, score)

    def _quantity(self, bound: Bound) -> tuple[str, bool]:
        scheme = self.resolved.scheme
        value = self.unit.measures.get(bound.of) if bound.of in scheme.measures else self.unit.rates.get(bound.of)
        title = (scheme.measures | scheme.rates | scheme.composites | scheme.standings)[bound.of].title(self.language)
        if value is None:
            return self._say(f"{title}：没有数值", f"{title}: no value"), False
        text = f"{title}{self._say('：', ': ')}{compared(self.resolved, bound, value, self.result.rounding)}"
        return text, bound.holds(value)

    def _place(self, outcome: Outcome, score: OutcomeScore | None) -> tuple[str, bool]:
        assert outcome.place is not None
        count, first = outcome.place.top or outcome.place.bottom, outcome.place.top is not None
        within = self._say(f"{'前' if first else '后'} {count} 名", f"the {'first' if first else 'last'} {count}")
        by = ""
        if outcome.place.by is not None:
            scheme = self.resolved.scheme
            named = (scheme.measures | scheme.rates | scheme.composites)[outcome.place.by].title(self.language)
            by = self._say(f"按{named}", f"by {named}, ")
        if score is not None and score.place is not None:
            place, ranked = score.place
            text = self._say(
                f"{by}第 {place} 名，共 {ranked} 个，在{within}之内", f"{by}place {place} of {ranked}, among {within}"
            )
            return text, True
        if outcome.place.by is not None:
            # Others' values decide, which are not at hand: no reason to say that it would not hold anyway.
            return self._say(f"{by}不在{within}之内", f"{by}not among {within}"), True
        if self.unit.rank is None:
            return self._say("未排名", "not ranked"), False
        ranks = sorted(
            one.rank for one in self.result.units if one.rank is not None and one.ranked_in == self.unit.ranked_in
        )
        ranked = len(ranks)
        edge = ranks[min(count or 0, ranked) - 1] if first else ranks[max(ranked - (count or 0), 0)]
        inside = self.unit.rank <= edge if first else self.unit.rank >= edge
        place = self.unit.rank
        text = self._say(
            f"第 {place} 名，共 {ranked} 个，{'在' if inside else '不在'}{within}之内",
            f"place {place} of {ranked}, {'' if inside else 'not '}among {within}",
        )
        return text, inside

    def _brings(self, part: Consequence, score: OutcomeScore) -> str:
        """What a consequence comes to, with its arithmetic."""
        given = score.amounts.get(part.id)
        if part.amount is None:
            if given is None:
                return self._of(part)
            limits = self._limits(part, score)
            return self._say(f"{self._of(part)} {self._number(given)}（{limits}，由人决定）",
                             f"{self._of(part)} {self._number(given)} ({limits}, as a person decided)")  # fmt: skip
        if given is None:
            fact = self.resolved.scheme.measures[part.of or ""].title(self.language)
            return self._say(
                f"{self._of(part)}：台账未给出{fact}，无法计算", f"{self._of(part)}: the ledger does not give {fact}"
            )
        factors = [part.amount]
        if part.each and score.count > 1:
            factors.append(Fraction(score.count))
        if part.of is not None:
            factors.append(self.unit.measures.get(part.of) or Fraction(0))
        product = " × ".join(map(plain, factors))
        result = f" {equated(given, self.result.rounding, self._number(given))}" if len(factors) > 1 else ""
        return f"{self._of(part)} {product}{result}"

    def _asks(self, part: Consequence, score: OutcomeScore) -> str:
        return self._say(f"{self._of(part)}：{self._limits(part, score)}（记入 marks，indicator 为 {part.id}）",
                         f"{self._of(part)}: {self._limits(part, score)} (a mark for {part.id})")  # fmt: skip

    def _limits(self, part: Consequence, score: OutcomeScore) -> str:
        times = score.count if part.each else 1
        ends = [end for end in (part.low, part.high) if end is not None]
        texts = [f"{plain(end)} × {times} = {plain(end * times)}" if times > 1 else plain(end) for end in ends]
        if part.high is None:
            return self._say(f"不少于 {texts[0]}", f"at least {texts[0]}")
        return self._say(" 至 ", " to ").join(texts)

    def _barred(self, name: str) -> str:
        other = next(one for one in self.resolved.scheme.outcomes if one.id == name)
        return f"{other.title(self.language)}〔{other.clause}〕"

    def _of(self, part: Consequence) -> str:
        return f"{part.who(self.language)}{self._say('：', ': ')}{part.what(self.language)}"

    def _number(self, value: Fraction) -> str:
        return number_text(value, self.result.rounding)

    def _list(self, names: list[str] | tuple[str, ...]) -> str:
        return self._say("、", ", ").join(names)

    def _say(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh
