"""Quantities and conditions in words: what each is made of, said as a reader of the source would say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from auditlib.core.message import Joined, Message, Named, Sayable, told
from auditlib.core.numerals import plain
from auditlib.core.values import Text
from auditlib.scheme.conditions import NOT_ASSESSABLE, UnitCondition
from auditlib.scheme.former_sentences import BETWEEN, EARLIER, INSIDE, LAST, MEANS, OVER, PEERS, STEPS, TAKEN
from auditlib.scheme.formers.arithmetic import (
    Add,
    Divide,
    LeastOrGreatest,
    Mean,
    Multiply,
    PointsOf,
    RoundedValue,
    StepsOf,
)
from auditlib.scheme.formers.base import Former
from auditlib.scheme.formers.choices import Choose, Curve, Holds, HowMany
from auditlib.scheme.formers.elsewhere import OfEarlier, OfOutcome, OfPeers, OverPeriods, Percentile
from auditlib.scheme.share_differences import is_difference

if TYPE_CHECKING:
    from auditlib.scheme.model import Scheme

__all__ = ["FormerWords", "text_of", "titles_of"]


def text_of(scheme: Scheme, name: str) -> Text:
    """The title of a computed quantity, or where it has none what it is made of, in both languages."""
    former = scheme.quantities[name]
    if former.title is not None:
        return former.title
    said = FormerWords(scheme).of(name)
    return Text(zh=told(said, "zh", titles_of(scheme, "zh")), en=told(said, "en", titles_of(scheme, "en")))


def titles_of(scheme: Scheme, language: str) -> Callable[[Named], str]:
    """What the words of quantities call what they name: quantities, nodes and outcomes, by their titles."""

    def title(named: Named) -> str:
        if named.of == "node":
            return scheme.node(named.id).title(language) if named.id in scheme.node_ids else _total(language)
        if named.of == "outcome":
            return next((one.title(language) for one in scheme.outcomes if one.id == named.id), named.id)
        return scheme.title_of(named.id)(language)

    return title


def _total(language: str) -> str:
    """What the points of everything are called."""
    return told(Message("total"), language)


class FormerWords:
    """The words of the quantities of one scheme. Those with a title are named by it; the others are said in full."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme

    def part(self, part: str | Fraction, beside: str | None = None) -> Sayable:
        """A number, or a quantity by its title or in full; a number that stands ``beside`` a share as a percentage."""
        if isinstance(part, Fraction):
            percent = beside is not None and self.scheme.is_percent(beside)
            if beside is not None and is_difference(self.scheme, beside):
                return Message("{number} percentage {number:point|points}", number=part * 100)
            return Message("{number} %", number=part * 100) if percent else plain(part)
        if part == NOT_ASSESSABLE:
            return Message("not assessable")
        former = self.scheme.quantities.get(part)
        if former is None or former.title is not None or self.scheme.has_name(part):
            return Named(part)
        return self.of(part)

    def of(self, name: str) -> Sayable:
        """What a quantity is made of."""
        former = self.scheme.quantities[name]
        return SAYING[type(former)](self, former)

    def _several(self, parts: Any) -> tuple[Sayable, ...]:
        return tuple(self.part(part) for part in parts)

    def _add(self, former: Add) -> Sayable:
        pieces: list[object] = []
        for index, (part, weight) in enumerate(former.add):
            sign = "−" if weight < 0 else "+"
            pieces.append(f" {sign} " if index else "−" if weight < 0 else "")
            pieces.append("" if abs(weight) == 1 else f"{plain(abs(weight))} × ")
            pieces.append(self._factor(part))
        return Joined(*pieces)

    def _factor(self, part: str | Fraction) -> Sayable:
        """A part between signs: in brackets where it is itself made of several."""
        said = self.part(part)
        several = isinstance(said, Joined) and len(said.pieces) > 1
        return Joined("(", said, ")") if several or isinstance(said, Message) else said

    def _multiply(self, former: Multiply) -> Sayable:
        pieces: list[object] = []
        for index, part in enumerate(former.multiply):
            pieces += [" × " if index else "", self._factor(part)]
        return Joined(*pieces)

    def _divide(self, former: Divide) -> Sayable:
        return Joined(self._factor(former.divide[0]), " ÷ ", self._factor(former.divide[1]))

    def _extreme(self, former: LeastOrGreatest) -> Sayable:
        if former.least is not None:
            return Message("the least of {parts}", parts=self._several(former.least))
        return Message("the greatest of {parts}", parts=self._several(former.greatest))

    def _mean(self, former: Mean) -> Sayable:
        alike = len({weight for _, weight in former.mean}) == 1
        parts = tuple(
            self.part(part) if alike else Joined(self.part(part), f" ({plain(weight)})") for part, weight in former.mean
        )
        return MEANS[former.kind](parts)

    def _peers(self, former: OfPeers) -> Sayable:
        among = former.among
        peers: Sayable = (
            Message("the units of which {condition}", condition=self.condition(among))
            if isinstance(among, UnitCondition)
            else PEERS[among]
        )
        if former.self_ == "excluded":
            peers = Message("{peers} but itself", peers=peers)
        quantity = self.part(former.peers)
        if isinstance(former.take, Percentile):
            share = Message("{number} %", number=former.take.share * 100)
            return Message(
                "the {share} percentile of {quantity} over {peers}", share=share, quantity=quantity, peers=peers
            )
        return TAKEN[former.take](quantity, peers)

    def _earlier(self, former: OfEarlier) -> Sayable:
        return EARLIER[former.by](self.part(former.earlier))

    def _over(self, former: OverPeriods) -> Sayable:
        periods = LAST[former.each](former.last) if former.last else INSIDE[former.each]
        over = former.over
        quantity = Named(over.outcome, "outcome") if isinstance(over, OfOutcome) else self.part(over)
        return OVER[former.take](quantity, periods)

    def _points(self, former: PointsOf) -> Sayable:
        return Message("the points of {node}", node=Named(former.points, "node"))

    def _curve(self, former: Curve) -> Sayable:
        of = former.curve if isinstance(former.curve, str) else None
        knots = tuple(Joined(self.part(at, of), " → ", self.part(gives)) for at, gives in former.knots)
        return BETWEEN[former.between](self.part(former.curve), knots)

    def _choose(self, former: Choose) -> Sayable:
        cases = tuple(
            Message("{value} where {condition}", value=self.part(case.is_), condition=self.condition(case.when))
            for case in former.choose
        )
        return Message("{cases}, else {value}", cases=cases, value=self.part(former.else_))

    def _steps(self, former: StepsOf) -> Sayable:
        steps = former.steps
        side, threshold = ("above", steps.above) if steps.above is not None else ("below", steps.below)
        of = steps.of if isinstance(steps.of, str) else None
        assert threshold is not None
        said = STEPS[side, steps.mode]
        return said(self.part(steps.every, of), self.part(steps.of), self.part(threshold, of))

    def _rounded(self, former: RoundedValue) -> Sayable:
        return Message(
            "{quantity}, rounded to {digits} {digits:decimal|decimals}",
            quantity=self.part(former.round),
            digits=former.digits,
        )

    def _how_many(self, former: HowMany) -> Sayable:
        conditions = tuple(self.condition(one) for one in former.how_many)
        return Message("how many of these hold: {conditions}", conditions=conditions)

    def _holds(self, former: Holds) -> Sayable:
        return Message("whether {condition}", condition=self.condition(former.holds))

    # --- conditions ---

    def condition(self, condition: UnitCondition) -> Sayable:
        """A condition as it is asked."""
        if condition.of is not None:
            return self._compared(condition)
        if condition.known is not None:
            return Message("{quantity} is known", quantity=self.part(condition.known))
        if condition.group is not None:
            groups = (condition.group,) if isinstance(condition.group, str) else condition.group
            return Message("the group is {groups}", groups=groups)
        if condition.outcome is not None:
            return Message("it has “{outcome}”", outcome=Named(condition.outcome, "outcome"))
        if condition.not_ is not None:
            return Message("not ({condition})", condition=self.condition(condition.not_))
        pieces: list[object] = []
        for index, one in enumerate(condition.joined):
            if index:
                pieces += [" ", Message("and") if condition.all is not None else Message("or"), " "]
            said = self.condition(one)
            pieces.append(Joined("(", said, ")") if one.all is not None or one.any is not None else said)
        return Joined(*pieces)

    def _compared(self, condition: UnitCondition) -> Sayable:
        of = condition.of if isinstance(condition.of, str) else None
        assert condition.of is not None
        bounds = condition.bounds
        if len(bounds) == 2:
            (low_sign, low), (high_sign, high) = bounds
            turned = {"≥": "≤", ">": "<"}[low_sign]
            return Joined(
                self.part(low, of), f" {turned} ", self.part(condition.of), f" {high_sign} ", self.part(high, of)
            )
        ((sign, bound),) = bounds
        return Joined(self.part(condition.of), f" {sign} ", self.part(bound, of))


SAYING: Mapping[type[Former], Callable[[FormerWords, Any], Sayable]] = {
    Add: FormerWords._add, Multiply: FormerWords._multiply, Divide: FormerWords._divide,
    LeastOrGreatest: FormerWords._extreme, Mean: FormerWords._mean, OfPeers: FormerWords._peers,
    OfEarlier: FormerWords._earlier, OverPeriods: FormerWords._over, PointsOf: FormerWords._points,
    Curve: FormerWords._curve, Choose: FormerWords._choose, StepsOf: FormerWords._steps,
    RoundedValue: FormerWords._rounded, HowMany: FormerWords._how_many, Holds: FormerWords._holds,
}  # fmt: skip
