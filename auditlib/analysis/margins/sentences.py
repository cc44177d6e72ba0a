"""Margins in words and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from auditlib.analysis.margins.moves import Move
from auditlib.analysis.margins.nearest import IndicatorMargin, Step
from auditlib.analysis.margins.neighbours import Neighbour, OutcomeMargin
from auditlib.analysis.margins.of_unit import UnitMargins
from auditlib.analysis.quantity_texts import quantity_text
from auditlib.core.exact import apart, round_exact
from auditlib.core.message import points_words, sentence
from auditlib.core.numerals import number_text, signed
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result

__all__ = ["ASSUMPTION", "indicator_lines", "margins_json", "unit_lines"]

ASSUMPTION = (
    "One change at a time, all other counts as they are; the denominator of a rate stays, existing cases change."
)


def indicator_lines(resolved: Resolved, result: Result, margin: IndicatorMargin, language: str) -> Iterator[str]:
    """The nearest better and worse points of an indicator, and what each deduction costs by itself, a line each."""
    words = _Words(resolved, result, language)
    if margin.state == "undecidable":
        yield words.t("no points that a count could change")
        return
    if margin.state == "best":
        yield words.t("as good as it can be")
    for step in margin.better:
        yield words.t("better: {step}", step=words.step(step, margin))
    for move in margin.unreachable:
        yield words.t("out of reach: {step}", step=words.unreachable(move))
    for step in margin.worse:
        yield words.t("worse: {step}", step=words.step(step, margin))
    rules = {rule.id: rule.title for _, rule in resolved.scheme.rules()}
    for undone in margin.undone:
        yield words.t(
            "without the deduction “{title}” ({cost}): {gain}",
            title=rules[undone.rule], cost=signed(undone.points, result.rounding), gain=words.gain(undone.gain),
        )  # fmt: skip


def unit_lines(resolved: Resolved, result: Result, margins: UnitMargins, language: str) -> Iterator[str]:
    """How far the unit is from the ranks next to it and from each outcome, a line each."""
    words = _Words(resolved, result, language)
    if margins.ahead is not None:
        yield words.ahead(margins.ahead)
        for margin in margins.enough():
            title, gain = words.indicator(margin.id), words.gain(margin.better[0].gain)
            yield words.t("  one change in “{title}” is enough ({gain})", title=title, gain=gain)
    if margins.behind is not None:
        yield words.behind(margins.behind)
    for outcome in margins.outcomes:
        yield from words.outcome(outcome)
    if margins.rolled_up:
        yield words.t("the total comes from several periods; the indicators below are those of this period alone")


class _Words:
    def __init__(self, resolved: Resolved, result: Result, language: str) -> None:
        self.resolved, self.scheme, self.result, self.language = resolved, resolved.scheme, result, language

    def t(self, template: str, /, **values: object) -> str:
        return sentence(template, self.language, **values)

    def indicator(self, id: str) -> str:
        return self.scheme.node(id).title(self.language)

    def number(self, value: Fraction) -> str:
        """An amount of points that is wanted or to spare; no such amount looks like none."""
        rounding = apart(value, (Fraction(0),), self.result.rounding) or self.result.rounding
        text = number_text(value, rounding)
        return text if round_exact(value, rounding) == value else f"≈ {text}"

    def points(self, value: Fraction) -> str:
        """Such an amount with its unit."""
        return points_words(self.number(value), self.language)

    def gain(self, value: Fraction) -> str:
        """Points won or lost, with their unit."""
        return points_words(signed(value, self.result.rounding), self.language)

    def step(self, step: Step, margin: IndicatorMargin | None) -> str:
        """``再有 1 件…：解决率 84.91 % → 86.79 %，+1 分``."""
        quantity = self._title(step.quantity)
        before, after = (
            quantity_text(self.resolved, step.quantity, value, self.result.rounding, self.language, (other,))
            for value, other in ((step.before, step.after), (step.after, step.before))
        )
        move, changed = self._move(step.move, step.count), f"{quantity} {before} → {after}"
        if margin is None:
            return self.t("{one}: {other}", one=move, other=changed)
        if margin.score.met is not None:
            gain = self.t("target not met" if step.gain < 0 else "target met")
        else:
            gain = self.gain(step.gain)
        return self.t("{move}: {changed}, {gain}", move=move, changed=changed, gain=gain)

    def unreachable(self, move: Move) -> str:
        if not move.most:
            name, whole = self._title(move.measure), self._title(move.of or "")
            return self.t("no further {whole} can become “{part}”", whole=whole, part=name)
        return self.t("even {done} brings nothing", done=self._move(move, move.most))

    def ahead(self, other: Neighbour) -> str:
        who = ", ".join(other.units)
        if other.points is None:
            text = "rank {rank} ({who}): an outcome puts one of the two last, points do not decide"
            return self.t(text, rank=other.rank, who=who)
        text = "{points} to rank {rank} ({who}), to draw level; more to stand before it"
        return self.t(text, points=self.points(other.points), rank=other.rank, who=who)

    def behind(self, other: Neighbour) -> str:
        who = ", ".join(other.units)
        if other.points is None:
            return self.ahead(other)
        return self.t("{points} before rank {rank} ({who})", points=self.points(other.points), rank=other.rank, who=who)

    def outcome(self, margin: OutcomeMargin) -> Iterator[str]:
        title = next(o.title for o in self.scheme.outcomes if o.id == margin.id)
        head = self.t(
            "{title} [{id}] (has it)" if margin.holds else "{title} [{id}] (has it not)", title=title, id=margin.id
        )
        if margin.points is not None:
            points = self.points(abs(margin.points))
            turns = (
                "{outcome}: the condition on the {by} turns with{points} more"
                if margin.points >= 0
                else "{outcome}: the condition on the {by} turns with{points} fewer"
            )
            more = self.t(" more than {points}", points=points) if margin.strict else f" {points}"
            yield self.t(turns, outcome=head, by=self.t(margin.by), points=more)
        for step in margin.steps:
            yield self.t("{one}: {other}", one=head, other=self.step(step, None))

    def _title(self, name: str) -> str:
        return self.scheme.title_of(name)(self.language) if name in self.scheme.quantity_names else name

    def _move(self, move: Move, count: int) -> str:
        name = self._title(move.measure)
        whole = self._title(move.of) if move.of else ""
        if move.kind == "instead":
            other = self._title(move.instead_of or "")
            return self.t("{count} from “{other}” to “{measure}”", count=count, other=other, measure=name)
        if whole and move.kind == "more":
            return self.t("{count} more of “{whole}” become “{part}”", count=count, whole=whole, part=name)
        said = "{count} more of “{measure}”" if move.kind == "more" else "{count} fewer of “{measure}”"
        return self.t(said, count=count, measure=name)


def margins_json(resolved: Resolved, result: Result, margins: UnitMargins, language: str) -> dict[str, Any]:
    """The margins as plain values; numbers as decimal text, counts as integers."""
    words = _Words(resolved, result, language)

    def step(own: Step, margin: IndicatorMargin | None) -> dict[str, Any]:
        return {
            "kind": own.move.kind,
            "measure": own.move.measure,
            "instead_of": own.move.instead_of,
            "of": own.move.of,
            "changes": dict(own.move.changes),
            "count": own.count,
            "quantity": own.quantity,
            "before": result.text(own.before),
            "after": result.text(own.after),
            "gain": result.text(own.gain),
            "text": words.step(own, margin),
        }

    def neighbour(other: Neighbour | None) -> dict[str, Any] | None:
        if other is None:
            return None
        return {"rank": other.rank, "units": list(other.units), "points": result.text(other.points)}

    return {
        "assumption": words.t(ASSUMPTION),
        "rank": {"ahead": neighbour(margins.ahead), "behind": neighbour(margins.behind)},
        "enough_for_next_rank": [margin.id for margin in margins.enough()],
        "outcomes": [
            {
                "id": own.id,
                "clause": own.clause,
                "holds": own.holds,
                "by": own.by,
                "points": result.text(own.points),
                "more_than": own.strict,
                "steps": [step(one, None) for one in own.steps],
            }
            for own in margins.outcomes
        ],
        "indicators": [
            {
                "id": own.id,
                "state": own.state,
                "better": [step(one, own) for one in own.better],
                "worse": [step(one, own) for one in own.worse],
                "unreachable": [
                    {"measure": move.measure, "of": move.of, "most": move.most} for move in own.unreachable
                ],
                "deductions": [
                    {"rule": u.rule, "clause": u.clause, "points": result.text(u.points), "undone": result.text(u.gain)}
                    for u in own.undone
                ],
            }
            for own in margins.indicators
        ],
    }
