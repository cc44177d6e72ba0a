"""Quantities and conditions in words: what each is made of, said as a reader of the source would say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from auditlib.core.message import Joined, Message, Named, Sayable, told
from auditlib.core.numerals import plain
from auditlib.core.values import Text
from auditlib.scheme.conditions import NOT_ASSESSABLE, Condition
from auditlib.scheme.formers import (
    Add,
    Choose,
    Curve,
    Divide,
    Earlier,
    Extreme,
    Former,
    Holds,
    HowMany,
    Mean,
    Multiply,
    OfOutcome,
    Over,
    Peers,
    Percentile,
    PointsOf,
    Rounded,
    StepsOf,
)  # fmt: skip

if TYPE_CHECKING:
    from auditlib.scheme.model import Scheme

__all__ = ["FormerWords", "text_of"]

MEANS = {
    "arithmetic": "the mean of {parts}",
    "geometric": "the geometric mean of {parts}",
    "harmonic": "the harmonic mean of {parts}",
}
TAKEN = {
    "mean": "the mean of {quantity} over {peers}",
    "median": "the median of {quantity} over {peers}",
    "sum": "the sum of {quantity} over {peers}",
    "pooled": "{quantity} of {peers} taken together",
    "least": "the least {quantity} of {peers}",
    "greatest": "the greatest {quantity} of {peers}",
    "count": "the number of {peers} with {quantity}",
    "sd": "the standard deviation of {quantity} over {peers}",
    "place": "the place by {quantity} among {peers}",
    "share_below": "the share of {peers} with less {quantity}",
}
PEERS = {"group": "the units of the group", "all": "all units"}
OVER = {
    "mean": "the mean of {quantity} over {periods}",
    "sum": "the sum of {quantity} over {periods}",
    "least": "the least {quantity} of {periods}",
    "greatest": "the greatest {quantity} of {periods}",
    "count": "in how many of {periods} there was {quantity}",
    "run": "in how many of {periods} in a row there was {quantity}",
}
LAST = {
    "week": "the last {count} weeks", "month": "the last {count} months", "quarter": "the last {count} quarters",
    "half": "the last {count} half-years", "year": "the last {count} years",
}  # fmt: skip
INSIDE = {
    "week": "the weeks so far", "month": "the months so far", "quarter": "the quarters so far",
    "half": "the half-years so far", "year": "the years so far",
}  # fmt: skip
BETWEEN = {
    "line": "{quantity} on straight lines through {knots}",
    "from": "by {quantity}, each value from its mark on: {knots}",
    "to": "by {quantity}, each value up to its mark: {knots}",
}
STEPS = {
    ("above", "floor"): "how many full steps of {every} {quantity} lies above {threshold}",
    ("above", "ceil"): "how many begun steps of {every} {quantity} lies above {threshold}",
    ("above", "exact"): "how many steps of {every}, in proportion, {quantity} lies above {threshold}",
    ("below", "floor"): "how many full steps of {every} {quantity} lies below {threshold}",
    ("below", "ceil"): "how many begun steps of {every} {quantity} lies below {threshold}",
    ("below", "exact"): "how many steps of {every}, in proportion, {quantity} lies below {threshold}",
}
EARLIER = {
    "period": "{quantity} of the period before",
    "year": "{quantity} of the same period a year before",
}


def text_of(scheme: Scheme, name: str) -> Text:
    """The title of a computed quantity, or where it has none what it is made of, in both languages."""
    former = scheme.quantities[name]
    if former.title is not None:
        return former.title
    said = FormerWords(scheme).of(name)
    return Text(zh=told(said, "zh", _titles(scheme, "zh")), en=told(said, "en", _titles(scheme, "en")))


def _titles(scheme: Scheme, language: str) -> Callable[[Named], str]:
    def title(named: Named) -> str:
        if named.of == "node":
            return scheme.node(named.id).title(language) if named.id in scheme.node_ids else t_total(language)
        if named.of == "outcome":
            return next((one.title(language) for one in scheme.outcomes if one.id == named.id), named.id)
        return scheme.title_of(named.id)(language)

    return title


def t_total(language: str) -> str:
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

    def _extreme(self, former: Extreme) -> Sayable:
        if former.least is not None:
            return Message("the least of {parts}", parts=self._several(former.least))
        return Message("the greatest of {parts}", parts=self._several(former.greatest))

    def _mean(self, former: Mean) -> Sayable:
        alike = len({weight for _, weight in former.mean}) == 1
        parts = tuple(
            self.part(part) if alike else Joined(self.part(part), f" ({plain(weight)})") for part, weight in former.mean
        )
        return Message(MEANS[former.kind], parts=parts)

    def _peers(self, former: Peers) -> Sayable:
        among = former.among
        peers: Sayable = (
            Message("the units of which {condition}", condition=self.condition(among))
            if isinstance(among, Condition)
            else Message(PEERS[among])
        )
        if former.self_ == "excluded":
            peers = Message("{peers} but itself", peers=peers)
        quantity = self.part(former.peers)
        if isinstance(former.take, Percentile):
            share = Message("{number} %", number=former.take.share * 100)
            return Message(
                "the {share} percentile of {quantity} over {peers}", share=share, quantity=quantity, peers=peers
            )
        return Message(TAKEN[former.take], quantity=quantity, peers=peers)

    def _earlier(self, former: Earlier) -> Sayable:
        return Message(EARLIER[former.by], quantity=self.part(former.earlier))

    def _over(self, former: Over) -> Sayable:
        periods = Message(LAST[former.each], count=former.last) if former.last else Message(INSIDE[former.each])
        over = former.over
        quantity = Named(over.outcome, "outcome") if isinstance(over, OfOutcome) else self.part(over)
        return Message(OVER[former.take], quantity=quantity, periods=periods)

    def _points(self, former: PointsOf) -> Sayable:
        return Message("the points of {node}", node=Named(former.points, "node"))

    def _curve(self, former: Curve) -> Sayable:
        of = former.curve if isinstance(former.curve, str) else None
        knots = tuple(Joined(self.part(at, of), " → ", self.part(gives)) for at, gives in former.knots)
        return Message(BETWEEN[former.between], quantity=self.part(former.curve), knots=knots)

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
        return Message(
            STEPS[side, steps.mode], every=self.part(steps.every, of), quantity=self.part(steps.of),
            threshold=self.part(threshold, of),
        )  # fmt: skip

    def _rounded(self, former: Rounded) -> Sayable:
        return Message(
            "{quantity}, rounded to {digits} decimals", quantity=self.part(former.round), digits=former.digits
        )

    def _how_many(self, former: HowMany) -> Sayable:
        conditions = tuple(self.condition(one) for one in former.how_many)
        return Message("how many of these hold: {conditions}", conditions=conditions)

    def _holds(self, former: Holds) -> Sayable:
        return Message("whether {condition}", condition=self.condition(former.holds))

    # --- conditions ---

    def condition(self, condition: Condition) -> Sayable:
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

    def _compared(self, condition: Condition) -> Sayable:
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
    Add: FormerWords._add, Multiply: FormerWords._multiply, Divide: FormerWords._divide, Extreme: FormerWords._extreme,
    Mean: FormerWords._mean, Peers: FormerWords._peers, Earlier: FormerWords._earlier, Over: FormerWords._over,
    PointsOf: FormerWords._points, Curve: FormerWords._curve, Choose: FormerWords._choose,
    StepsOf: FormerWords._steps, Rounded: FormerWords._rounded, HowMany: FormerWords._how_many,
    Holds: FormerWords._holds,
}  # fmt: skip
