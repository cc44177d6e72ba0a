"""What follows from a score, explained: outcomes with conditions and consequences, exclusions, parts of a roll-up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from auditlib.analysis.arithmetic import Arithmetic
from auditlib.analysis.quantity_texts import compared
from auditlib.analysis.roll_up_words import quoted_clause
from auditlib.core.message import Sayable, sentence, told
from auditlib.core.numerals import equated, number_text, plain
from auditlib.core.period import Period
from auditlib.scheme.conditions import UnitCondition
from auditlib.scheme.former_words import FormerWords, titles_of
from auditlib.scheme.ground_words import ground_said
from auditlib.scheme.load import Resolved
from auditlib.scheme.results import Consequence, Outcome
from auditlib.scheme.rules import Bound
from auditlib.scoring.barring import may_bar
from auditlib.scoring.result import Exclusion, OutcomeScore, Result, UnitScore

__all__ = ["ExplainedOutcome", "State", "exclusion_text", "explain_outcomes"]


State = Literal["holds", "undecided", "barred", "waits", "no"]


@dataclass(frozen=True)
class ExplainedOutcome:
    """An outcome as it stands for one unit, in words and figures.

    ``conditions`` are true statements with the numbers (``total 68.2 < 70``), also where the outcome does not follow;
    ``consequences`` say what it brings, ``decisions`` what a person has yet to decide, ``bars`` what it rules out,
    ``weighs`` which grounds the rows behind it meet that make it graver or milder, ``note`` why it is undecided,
    barred or cannot be told.
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
    weighs: tuple[str, ...] = ()
    note: str = ""
    evidence: tuple[str, ...] = ()


def explain_outcomes(
    resolved: Resolved, result: Result, unit: UnitScore, language: str = "zh"
) -> Iterator[ExplainedOutcome]:
    """Every outcome of the scheme for such a period, in the order of the scheme, as it stands for ``unit``."""
    granularity = Period.parse(result.period).granularity
    words = _Words(resolved, result, unit, language)
    for outcome in resolved.scheme.outcomes:
        if outcome.periods is None or granularity in outcome.periods:
            yield words.explained(outcome)


def exclusion_text(resolved: Resolved, exclusion: Exclusion, language: str = "zh") -> str:
    """How many cases are left out, why, by which clause, and which office approved it."""
    clause, why = exclusion.clause, ""
    if clause in resolved.scheme.clauses:
        why = sentence(
            ", by {clause} “{quote}”", language, clause=clause, quote=quoted_clause(resolved, clause, language)
        )
    elif clause is not None:
        why = sentence(", by {clause}", language, clause=clause)
    return sentence(
        "{count}: {reason}{why}; approved by {approver}",
        language, count=exclusion.count, reason=exclusion.reason, why=why, approver=exclusion.approver,
    )  # fmt: skip


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
        title, quote = outcome.title(self.language), quoted_clause(self.resolved, outcome.clause, self.language)
        if outcome.gaps:
            missing = [self.resolved.scheme.gaps[name].missing(self.language) for name in outcome.gaps]
            note = self.t("; ").join(missing)
            return ExplainedOutcome(outcome.id, title, outcome.clause, quote, "waits", (), note=note)
        met = list(self._conditions(outcome, score))
        conditions = tuple(text for text, _ in met)
        if score is None:
            barring = [o for o in self.resolved.scheme.outcomes if o.id in scores and outcome.id in o.bars]
            state: State = "barred" if barring and all(holds for _, holds in met) else "no"
            note = told(tuple(self._barred(one.id) for one in barring), self.language) if state == "barred" else ""
            return ExplainedOutcome(outcome.id, title, outcome.clause, quote, state, conditions, note=note)
        return ExplainedOutcome(
            outcome.id, title, outcome.clause, quote, "holds" if score.decided else "undecided", conditions,
            tuple(self._brings(part, score) for part in outcome.consequences if part.id not in score.needs),
            tuple(self._asks(part, score) for part in outcome.consequences if part.id in score.needs),
            tuple(self._barred(name) for name in outcome.bars), tuple(self._weighs(outcome, score)),
            "" if score.decided else self._open(outcome, score),
            score.evidence,
        )  # fmt: skip

    def _weighs(self, outcome: Outcome, score: OutcomeScore) -> Iterator[str]:
        """Each ground that rows behind the outcome meet, with its clause and their keys."""
        grounds = {ground.id: ground for ground in outcome.weighs}
        for found in score.weighs:
            ground = grounds[found.id]
            said = ground_said(ground, ground.title or ground.when)
            columns = tuple(self._column(outcome, name) for name in found.lacking)
            name = "{ground} ({clause}; not recorded: {columns})" if columns else "{ground} ({clause}; {rows})"
            yield self.t(name, ground=said, clause=ground.clause, columns=columns, rows=found.evidence)

    def _column(self, outcome: Outcome, name: str) -> Sayable:
        """A column of the rows behind an outcome by its title, where the scheme gives it one."""
        scheme = self.resolved.scheme
        register = scheme.measures[scheme.evidence_of_outcome(outcome)].register_ or ""
        declared = scheme.extra_columns.get(register, {}).get(name)
        return declared.title if declared is not None and declared.title is not None else name

    def _open(self, outcome: Outcome, score: OutcomeScore) -> str:
        """Why an outcome is undecided."""
        if others := tuple(map(self._barred, may_bar(self.resolved.scheme, self.unit, outcome))):
            return self.t("{others} may rule it out, which is not decided yet", others=others)
        if self.unit.rank is None and self.unit.unranked is not None:
            return self.t("the rank is not known yet: {why}", why=self.unit.unranked)
        if score.tie:
            return self.t("shares the place with {others}; the scheme does not say who comes first", others=score.tie)
        if self.unit.apart:
            return self.t("ranked apart from units of other full marks")
        lacks = any(one.status == "not_assessable" for one in self.unit.indicators)
        if outcome.total is None or not lacks:  # then only the place can be open, and no tie explains it
            return self.t("units whose rank is not known yet may come before or behind")
        return self.t("what could not be assessed may change it")

    def _conditions(self, outcome: Outcome, score: OutcomeScore | None) -> Iterator[tuple[str, bool]]:
        """Each condition with the unit's numbers, and whether it is met."""
        if outcome.quantity is not None:
            yield self._quantity(outcome.quantity)
        if outcome.total is not None:
            if self.unit.total is None or self.unit.rank is None:
                yield self.t("no total that is ranked"), False
            else:
                bound = outcome.total.bound
                value = compared(self.resolved, bound, self.unit.total, self.result.total_rounding, self.language)
                yield self.t("total {value}", value=value), bound.holds(self.unit.total)
        if outcome.when is not None:
            yield self._when(outcome, outcome.when)
        if outcome.place is not None:
            yield self._place(outcome, score)

    def _when(self, outcome: Outcome, when: UnitCondition) -> tuple[str, bool]:
        """The conditions in words, and the quantities that decide them with their values."""
        scheme = self.resolved.scheme
        said = told(FormerWords(scheme).condition(when), self.language, titles_of(scheme, self.language))
        found = self.unit.conditions.get(outcome.id)
        if found is None:
            return said, any(one.id == outcome.id for one in self.unit.outcomes)
        values = Arithmetic(self.resolved, self.result, self.unit, self.language).values(found.workings)
        return self.t("{one} ({other})", one=said, other=values) if values else said, found.holds is not False

    def _quantity(self, bound: Bound) -> tuple[str, bool]:
        scheme = self.resolved.scheme
        value = self.unit.measures.get(bound.of) if bound.of in scheme.measures else self.unit.rates.get(bound.of)
        title = scheme.title_of(bound.of)
        if value is None:
            return self.t("{title}: no value", title=title), False
        text = compared(self.resolved, bound, value, self.result.rounding, self.language)
        return self.t("{one}: {other}", one=title, other=text), bound.holds(value)

    def _place(self, outcome: Outcome, score: OutcomeScore | None) -> tuple[str, bool]:
        assert outcome.place is not None
        place_, first = outcome.place, outcome.place.top is not None
        if isinstance(place_.end, int):
            within = self.t("the first {count}" if first else "the last {count}", count=place_.end)
        else:
            share = self.t("{number} %", number=plain(place_.end * 100))
            within = self.t("the first {share}" if first else "the last {share}", share=share)
        by = ""
        own = self.unit.ranks.get(place_.ranking or "")
        if place_.ranking is not None and place_.ranking != self.resolved.scheme.main_ranking:
            by = self.t(
                "in {ranking}, ",
                ranking=next(r for r in self.resolved.scheme.rankings if r.id == place_.ranking).named(self.language),
            )
            if own is None:
                return f"{by}{self.t('not ranked')}", False
            if score is None:
                said = "{by}place {place} of {ranked}, not among {within}"
                return self.t(said, by=by, place=own.rank, ranked=own.of, within=within), False
        if outcome.place.by is not None:
            by = self.t("by {quantity}, ", quantity=self.resolved.scheme.title_of(outcome.place.by))
        among = "{by}place {place} of {ranked}, among {within}"
        if score is not None and score.place is not None:
            place, ranked = score.place
            return self.t(among, by=by, place=place, ranked=ranked, within=within), True
        if outcome.place.by is not None:
            # Others' values decide, which are not at hand: no reason to say that it would not hold anyway.
            return self.t("{by}not among {within}", by=by, within=within), True
        if self.unit.rank is None:
            return self.t("not ranked"), False
        ranks = sorted(
            one.rank for one in self.result.units if one.rank is not None and one.ranked_in == self.unit.ranked_in
        )
        ranked = len(ranks)
        places = place_.count(ranked)
        if not places or not ranked:
            return self.t("{by}not among {within}", by=by, within=within), False
        edge = ranks[min(places, ranked) - 1] if first else ranks[max(ranked - places, 0)]
        inside = self.unit.rank <= edge if first else self.unit.rank >= edge
        said = among if inside else "{by}place {place} of {ranked}, not among {within}"
        return self.t(said, by="", place=self.unit.rank, ranked=ranked, within=within), inside

    def _brings(self, part: Consequence, score: OutcomeScore) -> str:
        """What a consequence comes to, with its arithmetic."""
        given = score.amounts.get(part.id)
        if part.amount is None:
            if given is None:
                return self._of(part)
            return self.t(
                "{what} {value} ({limits}, as a person decided)",
                what=self._of(part), value=self._number(given), limits=self._limits(part, score),
            )  # fmt: skip
        if given is None:
            fact = self.resolved.scheme.measures[part.of or ""].title
            return self.t("{what}: the ledger does not give {fact}", what=self._of(part), fact=fact)
        factors = [part.amount]
        if part.each and score.count > 1:
            factors.append(Fraction(score.count))
        if part.of is not None:
            factors.append(self.unit.measures.get(part.of) or Fraction(0))
        product = " × ".join(map(plain, factors))
        result = f" {equated(given, self.result.rounding, self._number(given))}" if len(factors) > 1 else ""
        return f"{self._of(part)} {product}{result}"

    def _asks(self, part: Consequence, score: OutcomeScore) -> str:
        limits = self._limits(part, score)
        return self.t("{what}: {limits} (a mark for {id})", what=self._of(part), limits=limits, id=part.id)

    def _limits(self, part: Consequence, score: OutcomeScore) -> str:
        times = score.count if part.each else 1
        ends = [end for end in (part.low, part.high) if end is not None]
        texts = [f"{plain(end)} × {times} = {plain(end * times)}" if times > 1 else plain(end) for end in ends]
        if part.high is None:
            return self.t("at least {least}", least=texts[0])
        return self.t(" to ").join(texts)

    def _barred(self, name: str) -> str:
        other = next(one for one in self.resolved.scheme.outcomes if one.id == name)
        return f"{other.title(self.language)}〔{other.clause}〕"

    def _of(self, part: Consequence) -> str:
        return self.t("{one}: {other}", one=part.who, other=part.what)

    def _number(self, value: Fraction) -> str:
        return number_text(value, self.result.rounding)

    def t(self, template: str, /, **values: object) -> str:
        return sentence(template, self.language, **values)
