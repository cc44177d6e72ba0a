"""Margins in words, Chinese and English, and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from auditlib.analysis.arithmetic import quantity_text
from auditlib.analysis.margins.moves import Move
from auditlib.analysis.margins.nearest import IndicatorMargin, Step
from auditlib.analysis.margins.neighbours import Neighbour, OutcomeMargin
from auditlib.analysis.margins.of_unit import UnitMargins
from auditlib.core.exact import apart, round_exact
from auditlib.core.numerals import number_text, signed
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result

__all__ = ["ASSUMPTION", "indicator_lines", "margins_json", "unit_lines"]

ASSUMPTION = {
    "zh": "每项只改变一种情况，其余计数不变；比率的分母不变，改变的是已有的件。",
    "en": "One change at a time, all other counts as they are; the denominator of a rate stays, existing cases change.",
}


def indicator_lines(resolved: Resolved, result: Result, margin: IndicatorMargin, language: str) -> Iterator[str]:
    """The nearest better and worse points of an indicator, and what each deduction costs by itself, a line each."""
    words = _Words(resolved, result, language)
    english = language == "en"
    if margin.state == "undecidable":
        yield "no points that a count could change" if english else "没有可由计数改变的得分"
        return
    if margin.state == "best":
        yield "as good as it can be" if english else "已是最好"
    for step in margin.better:
        yield ("better: " if english else "更好：") + words.step(step, margin)
    for move in margin.unreachable:
        yield ("out of reach: " if english else "达不到：") + words.unreachable(move)
    for step in margin.worse:
        yield ("worse: " if english else "更差：") + words.step(step, margin)
    rules = {rule.id: rule.title(language) for _, rule in resolved.scheme.rules()}
    for undone in margin.undone:
        title, gain = rules[undone.rule], words.gain(undone.gain)
        cost = signed(undone.points, result.rounding)
        yield f"without the deduction “{title}” ({cost}): {gain}" if english else f"不扣“{title}”（{cost}）：{gain}"


def unit_lines(resolved: Resolved, result: Result, margins: UnitMargins, language: str) -> Iterator[str]:
    """How far the unit is from the ranks next to it and from each outcome, a line each."""
    words = _Words(resolved, result, language)
    english = language == "en"
    if margins.ahead is not None:
        yield words.ahead(margins.ahead)
        for margin in margins.enough():
            title = words.indicator(margin.id)
            gain = words.gain(margin.better[0].gain)
            yield f"  one change in “{title}” is enough ({gain})" if english else f"  “{title}”改变一项即够（{gain}）"
    if margins.behind is not None:
        yield words.behind(margins.behind)
    for outcome in margins.outcomes:
        yield from words.outcome(outcome)
    if margins.rolled_up:
        yield (
            "the total comes from several periods; the indicators below are those of this period alone"
            if english
            else "总分由多个考核期汇总；以下各项只说本期。"
        )


class _Words:
    def __init__(self, resolved: Resolved, result: Result, language: str) -> None:
        self.resolved, self.scheme, self.result, self.language = resolved, resolved.scheme, result, language
        self.english = language == "en"

    def indicator(self, id: str) -> str:
        return next(i.title(self.language) for i in self.scheme.indicators if i.id == id)

    def number(self, value: Fraction) -> str:
        """An amount of points that is wanted or to spare; no such amount looks like none."""
        rounding = apart(value, (Fraction(0),), self.result.rounding) or self.result.rounding
        text = number_text(value, rounding)
        return text if round_exact(value, rounding) == value else f"≈ {text}"

    def gain(self, value: Fraction) -> str:
        """Points won or lost, with their unit."""
        unit = (" point" if abs(value) == 1 else " points") if self.english else " 分"
        return signed(value, self.result.rounding) + unit

    def step(self, step: Step, margin: IndicatorMargin | None) -> str:
        """``再有 1 件…：解决率 84.91 % → 86.79 %，+1 分``."""
        quantity = self._title(step.quantity)
        before, after = (
            quantity_text(self.resolved, step.quantity, value, self.result.rounding, (other,))
            for value, other in ((step.before, step.after), (step.after, step.before))
        )
        changed = f"{quantity} {before} → {after}"
        if margin is None:
            return f"{self._move(step.move, step.count)}{': ' if self.english else '：'}{changed}"
        if margin.score.met is not None:
            states = ("target met", "target not met") if self.english else ("达标", "不达标")
            gain = states[step.gain < 0]
        else:
            gain = self.gain(step.gain)
        move = self._move(step.move, step.count)
        return f"{move}: {changed}, {gain}" if self.english else f"{move}：{changed}，{gain}"

    def unreachable(self, move: Move) -> str:
        if not move.most:
            name, whole = self._title(move.measure), self._title(move.of or "")
            return f"no further {whole} can become “{name}”" if self.english else f"{whole}中没有可再成为“{name}”的件"
        done = self._move(move, move.most)
        return f"even {done} brings nothing" if self.english else f"即使{done}，也不加分"

    def ahead(self, other: Neighbour) -> str:
        who = ", ".join(other.units)
        if other.points is None:
            text = f"rank {other.rank} ({who}): an outcome puts one of the two last, points do not decide"
            return text if self.english else f"第 {other.rank} 名（{who}）：其中一方被直接列为末位，分数不起作用"
        points = self.number(other.points)
        if self.english:
            return f"{points} points to rank {other.rank} ({who}), to draw level; more to stand before it"
        return f"距第 {other.rank} 名（{who}）{points} 分即持平，超过才在其前"

    def behind(self, other: Neighbour) -> str:
        who = ", ".join(other.units)
        if other.points is None:
            return self.ahead(other)
        points = self.number(other.points)
        return (
            f"{points} points before rank {other.rank} ({who})"
            if self.english
            else f"领先第 {other.rank} 名（{who}）{points} 分"
        )

    def outcome(self, margin: OutcomeMargin) -> Iterator[str]:
        title = next(o.title(self.language) for o in self.scheme.outcomes if o.id == margin.id)
        state = ("has it" if margin.holds else "has it not") if self.english else ("已有" if margin.holds else "没有")
        head = f"{title} [{margin.id}] ({state})" if self.english else f"{title} [{margin.id}]（{state}）"
        colon = ": " if self.english else "："
        if margin.points is not None:
            points = self.number(abs(margin.points))
            by = {"total": ("total", "总分"), "place": ("place", "名次")}[margin.by][not self.english]
            if self.english:
                more = "more than " if margin.strict else ""
                less = "more" if margin.points >= 0 else "fewer"
                yield f"{head}{colon}the condition on the {by} turns with {more}{points} points {less}"
            else:
                more = "超过 " if margin.strict else " "
                yield f"{head}{colon}再{'得' if margin.points >= 0 else '失'}{more}{points} 分，{by}条件即改变"
        for step in margin.steps:
            yield f"{head}{colon}{self.step(step, None)}"

    def _title(self, name: str) -> str:
        for section in (self.scheme.measures, self.scheme.rates, self.scheme.composites, self.scheme.standings):
            if name in section:
                return section[name].title(self.language)
        return name

    def _move(self, move: Move, count: int) -> str:
        name = self._title(move.measure)
        whole = self._title(move.of) if move.of else ""
        if move.kind == "instead":
            other = self._title(move.instead_of or "")
            return f"{count} from “{other}” to “{name}”" if self.english else f"{count} 件由“{other}”变为“{name}”"
        if whole and move.kind == "more":
            if self.english:
                return f"{count} more of “{whole}” become “{name}”"
            return f"{whole}中再有 {count} 件成为“{name}”"
        return (
            f"{count} {move.kind} of “{name}”"
            if self.english
            else f"“{name}”{'多' if move.kind == 'more' else '少'} {count}"
        )


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
        "assumption": ASSUMPTION[language],
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
