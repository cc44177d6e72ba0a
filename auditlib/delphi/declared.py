"""The vocabulary of ``panel.yaml``: what a panel is asked, on which scale, and what was agreed before anyone answered.

The least that works is a name, a title, a scale and items. Whatever a method lets one choose (which mean, which
standard deviation, what happens to missing answers, the tables of authority, every threshold) is a key here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from auditlib.core.exact import full_text
from auditlib.core.values import Number, Strict, Text, exactly_one
from auditlib.delphi.scales import Limit, Scale, Share
from auditlib.delphi.statistics.concordance import Missing
from auditlib.delphi.statistics.descriptives import Bound, Spread
from auditlib.delphi.statistics.screening import Statistic, boundary_values
from auditlib.delphi.weights.from_data import Combination
from auditlib.delphi.weights.methods import Aggregation, Defuzzification
from auditlib.delphi.weights.shares import Item as WeightedItem

__all__ = [
    "STRENGTHS", "USUAL_TABLES", "AuthorityTables", "Basis", "ConsensusThresholds", "ContentValidity", "Criterion",
    "Familiarity", "Group", "Item", "MarkShare", "PanelFile", "Resampling", "Rewording", "RoundNote", "Screening",
    "StabilityThresholds", "Thresholds", "WeightMethod", "walk",
]  # fmt: skip

STRENGTHS: dict[str, Text] = {
    "large": Text(zh="大", en="large"),
    "medium": Text(zh="中", en="medium"),
    "small": Text(zh="小", en="small"),
}
"""How strongly a basis carried an expert's judgement, strongest first."""

NUMBERED = re.compile(r"[A-Z]{1,3}[0-9]*(?:[.-][0-9]+)*")
RESERVED = ("expert", "item", "mark", "remark")


def _name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", value):
        raise ValueError(f"found {value!r}, expected a name of letters, digits, _ or - that begins with a letter")
    if value in RESERVED or re.fullmatch(r"level-\d+", value):
        raise ValueError(f"found {value!r}, expected another name: a column or a group is called so")
    return value


Name = Annotated[str, AfterValidator(_name)]
RoundNumber = Annotated[int, Field(ge=1)]


class Rewording(Strict):
    """What an item says from a round on, and why it no longer says what it said."""

    title: Text
    note: Text | None = None
    reason: Text | None = None


class Item(Strict):
    """An item that the panel marks, perhaps with items of its own.

    ``weight`` is a weight among its siblings that is declared and not asked. ``from_round`` and ``until_round`` bound
    the rounds that ask the item: a panel drops items and takes up others between rounds; ``reason`` says why, and
    ``merged_into`` names the item that takes a dropped one's place. ``reworded`` holds later wordings by the round
    from which they stand: ``title`` and ``note`` are those of the first round.
    """

    id: Name
    title: Text
    note: Text | None = None
    weight: Share | None = None
    from_round: RoundNumber = 1
    until_round: RoundNumber | None = None
    reason: Text | None = None
    merged_into: Name | None = None
    reworded: dict[RoundNumber, Rewording] = {}
    items: tuple[Item, ...] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> Item:
        if self.until_round is not None and self.until_round < self.from_round:
            found = f"from_round {self.from_round}, until_round {self.until_round}"
            raise ValueError(f"found {found}, expected the last round not before the first")
        if self.merged_into is not None and self.until_round is None:
            raise ValueError(f"found merged_into {self.merged_into}, expected until_round beside it")
        if early := [number for number in self.reworded if number <= self.from_round or not self.stands_in(number)]:
            raise ValueError(f"found reworded in round {early[0]}, expected a later round than the first that asks it")
        _check_weights(self.items, f"the items of {self.id}")
        return self

    def stands_in(self, number: int) -> bool:
        """Whether the item belongs to round ``number``."""
        return self.from_round <= number and (self.until_round is None or number <= self.until_round)

    def as_asked(self, number: int) -> Item:
        """The item in the words in which round ``number`` asks it."""
        last = max((since for since in self.reworded if since <= number), default=None)
        if last is None:
            return self
        return self.model_copy(update={"title": self.reworded[last].title, "note": self.reworded[last].note})


class Group(Strict):
    """Items that are ranked against each other: the children of one parent, or all items of one level of the tree."""

    id: str
    title: Text
    kind: Literal["siblings", "level"]
    level: int
    items: tuple[Item, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(item.id for item in self.items)


class Basis(Strict):
    """A basis of judgement, and what it adds to Ca by how strongly it carried the judgement."""

    title: Text
    large: Share
    medium: Share
    small: Share


class Familiarity(Strict):
    """A level of familiarity, and its Cs."""

    title: Text
    value: Share


class AuthorityTables(Strict):
    """How self-assessments become Ca and Cs. Studies differ, so the tables belong to the panel."""

    bases: dict[Name, Basis]
    familiarity: dict[Name, Familiarity]

    @model_validator(mode="after")
    def _coefficients_stay_below_one(self) -> AuthorityTables:
        if not self.bases or not self.familiarity:
            raise ValueError("found an empty table, expected at least one basis and one level of familiarity")
        highest = sum((max(b.large, b.medium, b.small) for b in self.bases.values()), Fraction(0))
        if highest > 1:
            raise ValueError(f"found bases that add up to {full_text(highest)}, expected a Ca of 1 at most")
        return self


def _basis(zh: str, en: str, large: str, medium: str, small: str) -> Basis:
    return Basis.model_validate(
        {"title": {"zh": zh, "en": en}, "large": large, "medium": medium, "small": small},
    )


def _familiarity(zh: str, en: str, value: str) -> Familiarity:
    return Familiarity.model_validate({"title": {"zh": zh, "en": en}, "value": value})


USUAL_TABLES = AuthorityTables(
    bases={
        "practice": _basis("实践经验", "practical experience", "0.5", "0.4", "0.3"),
        "theory": _basis("理论分析", "theoretical analysis", "0.3", "0.2", "0.1"),
        "peers": _basis("同行了解或文献", "peers or literature", "0.1", "0.1", "0.1"),
        "intuition": _basis("直觉", "intuition", "0.1", "0.1", "0.1"),
    },
    familiarity={
        "very": _familiarity("很熟悉", "very familiar", "1"),
        "familiar": _familiarity("熟悉", "familiar", "0.8"),
        "fairly": _familiarity("一般熟悉", "fairly familiar", "0.5"),
        "little": _familiarity("不太熟悉", "little familiar", "0.3"),
        "not": _familiarity("不熟悉", "not familiar", "0.1"),
    },
)
"""The tables of one published study, in force where a panel declares none; the result says so."""


class MarkShare(Strict):
    """How large the share of marks in a range may be, or has to be; both ends belong to it."""

    low: Annotated[Number, Field(alias="from")]
    high: Annotated[Number, Field(alias="to")]
    at_least: Share | None = None
    at_most: Share | None = None

    @model_validator(mode="after")
    def _is_a_bound(self) -> MarkShare:
        exactly_one(self, "at_least", "at_most")
        if self.low > self.high:
            raise ValueError(
                f"found from {full_text(self.low)} to {full_text(self.high)}, expected the lower mark first"
            )
        return self

    def holds(self, share: Fraction) -> bool:
        """Whether a share is large or small enough."""
        return share >= self.at_least if self.at_least is not None else self.at_most is None or share <= self.at_most


class ConsensusThresholds(Strict):
    """When an item has consensus: everything that is given has to hold.

    A CV below ``cv_below``; a share ``agreement_at_least`` of marks from ``agreeing_from`` on; an interquartile range
    (type 7), a mean of importance, a change of the median since the round before; ``shares`` of marks in ranges; and of
    ``any_of`` at least one.
    """

    cv_below: Limit | None = None
    agreement_at_least: Share | None = None
    agreeing_from: Number | None = None
    iqr_at_most: Limit | None = None
    mean_at_least: Number | None = None
    median_change_at_most: Limit | None = None
    shares: tuple[MarkShare, ...] = ()
    any_of: tuple[ConsensusThresholds, ...] = ()

    @model_validator(mode="after")
    def _agreement_is_whole(self) -> ConsensusThresholds:
        if (self.agreement_at_least is None) != (self.agreeing_from is None):
            raise ValueError("found one of agreement_at_least and agreeing_from, expected both or none")
        return self


class StabilityThresholds(Strict):
    """When an item is stable from one round to the next: everything that is given here has to hold.

    ``cv_change_at_most`` bounds the change of the CV either way, ``kappa_at_least`` the linearly weighted κ,
    ``p_above`` the p of Wilcoxon's signed-rank test, corrected by Holm over the items, ``unchanged_at_least`` the
    share of those who marked the item in both rounds and kept their mark.
    """

    cv_change_at_most: Limit | None = None
    kappa_at_least: Number | None = None
    p_above: Share | None = None
    unchanged_at_least: Share | None = None


class Criterion(Strict):
    """An own criterion of screening: a statistic and the number that it must reach or not exceed."""

    statistic: Statistic
    at_least: Number | None = None
    at_most: Number | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Criterion:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("found both or none of at_least and at_most, expected one of them")
        return self

    @property
    def bound(self) -> Bound:
        """Whether the number has to be reached or not exceeded."""
        return "at_most" if self.at_least is None else "at_least"

    @property
    def limit(self) -> Fraction:
        """The number itself."""
        return self.at_least or self.at_most or Fraction(0)


class Screening(Strict):
    """Which criteria propose an item for deletion or discussion: boundary values 界值法, and own ones by name."""

    boundary_values: bool = True
    criteria: dict[str, Criterion] = {}

    @model_validator(mode="after")
    def _own_names(self) -> Screening:
        if taken := sorted(set(self.criteria) & set(boundary_values())):
            raise ValueError(f"found the name {', '.join(taken)}, expected another: a boundary value is called so")
        return self


class ContentValidity(Strict):
    """Content validity is counted: marks of ``relevant_from`` or better call an item relevant (3 on a scale of 4)."""

    relevant_from: Number


class Thresholds(Strict):
    """What was agreed before the round; ``declared`` is the day on which.

    ``appropriateness`` judges the items by the RAND/UCLA method, ``content_validity`` by I-CVI, S-CVI and κ*.
    """

    declared: date | None = None
    consensus: ConsensusThresholds | None = None
    stability: StabilityThresholds | None = None
    screening: Screening = Screening()
    appropriateness: bool = False
    content_validity: ContentValidity | None = None


class Resampling(Strict):
    """How many random panels a permutation or a bootstrap draws, and from which seed."""

    draws: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    seed: int = 1


WeightMethod = Literal["mean", "authority_weighted", "rank_order_centroid", "fuzzy", "ahp", "combined"]


class CombinedWeights(Strict):
    """Several methods made one: ``additive`` with ``shares`` (default equal), or ``multiplicative``."""

    methods: tuple[WeightMethod, ...]
    how: Combination = "additive"
    shares: tuple[Share, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> CombinedWeights:
        if len(self.methods) < 2:
            raise ValueError(f"found {len(self.methods)} methods, expected at least 2 to combine")
        if "combined" in self.methods:
            raise ValueError("found combined among its own methods, expected others")
        if self.shares and self.how == "multiplicative":
            raise ValueError("found shares of a multiplicative combination, expected none")
        total = sum(self.shares, Fraction(0))
        if self.shares and (len(self.shares) != len(self.methods) or total != 1):
            found = f"{len(self.shares)} shares, {full_text(total)} together"
            raise ValueError(f"found {found}, expected one for each of {len(self.methods)} methods, and 1 together")
        return self


class Weighing(Strict):
    """By which ``method`` the answers become weights, and which others the report ``compare``s with it.

    ``aggregate`` says of AHP whether judgements or priorities of the experts are averaged (geometrically),
    ``defuzzify`` which number stands for a triangle of fuzzy Delphi, ``combine`` what ``combined`` is made of.
    """

    method: WeightMethod = "mean"
    compare: tuple[WeightMethod, ...] = ()
    aggregate: Aggregation = "judgements"
    defuzzify: Defuzzification = "centroid"
    combine: CombinedWeights | None = None

    @model_validator(mode="after")
    def _combined_is_declared(self) -> Weighing:
        if "combined" in (self.method, *self.compare) and self.combine is None:
            raise ValueError("found combined without combine, expected combine: {methods: [...]}")
        return self


class RoundNote(Strict):
    """What is known of a round besides its answers: how many forms went out, when, and since when none is taken."""

    sent: Annotated[int, Field(ge=1)] | None = None
    opened: date | None = None
    closed: date | None = None

    @model_validator(mode="after")
    def _opens_first(self) -> RoundNote:
        if self.opened is not None and self.closed is not None and self.closed < self.opened:
            raise ValueError(f"found closed {self.closed}, expected it not before opened {self.opened}")
        return self


class PanelFile(Strict):
    """A ``panel.yaml``.

    ``invited`` says whom a later round asks: those who answered the round before, all who ever began, or anyone, so
    that experts may join; ``left`` names those who gave up their seat, with the first round that no longer asks them.
    """

    panel: Name
    title: Text
    synthetic: bool = False
    note: Text | None = None
    question: Text | None = None
    scale: Scale
    items: tuple[Item, ...]
    rounds: dict[RoundNumber, RoundNote] = {}
    invited: Literal["previous", "begun", "anyone"] = "previous"
    left: dict[str, RoundNumber] = {}
    mean: Literal["plain", "authority_weighted"] = "plain"
    weights: Weighing = Weighing()
    sd: Spread = "sample"
    missing: Missing = "complete"
    digits: Annotated[int, Field(ge=0, le=6)] = 2
    authority: AuthorityTables | None = None
    thresholds: Thresholds = Thresholds()
    resampling: Resampling = Resampling()

    @property
    def tables(self) -> AuthorityTables:
        """The tables of authority in force."""
        return self.authority or USUAL_TABLES

    @model_validator(mode="after")
    def _items_are_distinct(self) -> PanelFile:
        if not self.items:
            raise ValueError("items: found none, expected at least one")
        ids = [item.id for item, _ in walk(self.items)]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"found the item {', '.join(twice)} twice, expected each id once in the tree")
        if lost := [item.id for item, _ in walk(self.items) if item.merged_into not in (None, *ids)]:
            raise ValueError(f"found merged_into of {lost[0]}, expected the id of another item")
        _check_weights(self.items, "the items of the first level")
        scale = self.scale
        if self.thresholds.appropriateness and not (scale.kind == "marks" and scale.min == 1 and scale.max == 9):
            raise ValueError(f"found thresholds.appropriateness on {scale.expected}, expected marks from 1 to 9")
        return self

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """The number of every item, the same on forms and in reports and in all rounds.

        Ids that are numbered as papers do it (``A``, ``B2``, ``C1.3``) are the numbers; else it is the place in the
        declared tree: ``1``, ``1.2``.
        """
        ids = [item.id for item, _ in walk(self.items)]
        own = all(NUMBERED.fullmatch(name) for name in ids)
        return {name: name for name in ids} if own else dict(_places(self.items))

    def named(self, item: Item) -> str:
        """The title of an item behind its number, as forms and reports have it."""
        return f"{self.numbers[item.id]} {item.title.zh}"

    def standing(self, number: int) -> tuple[tuple[Item, int], ...]:
        """The items of round ``number`` with their level, parents before children; those of dropped items left out."""
        return tuple(walk(self.items, number))

    def asked(self, number: int) -> tuple[Item, ...]:
        """The items that the experts mark in round ``number``: all that stand and whose weight is not declared."""
        return tuple(item for item, _ in self.standing(number) if item.weight is None)

    def tree(self, number: int) -> tuple[WeightedItem, ...]:
        """The items of round ``number`` as a tree to weigh."""
        return tuple(_weighted(self.items, number))

    def siblings(self, number: int) -> tuple[tuple[str, ...], ...]:
        """The items that the experts mark in round ``number``, those of one parent together."""
        groups = _siblings(self.items, "level-1", self.title, 1, number)
        asked = (tuple(item.id for item in group.items if item.weight is None) for group in groups)
        return tuple(group for group in asked if group)

    def siblings_of(self, number: int) -> Mapping[str, int]:
        """How many items the group of each asked item has in round ``number``, itself among them."""
        return {item: len(group) for group in self.siblings(number) for item in group}

    def shown(self, number: int) -> Callable[[str, Fraction], Fraction]:
        """What an expert wrote in round ``number``, from the item and the importance that it stands for."""
        siblings = self.siblings_of(number)
        return lambda item, importance: self.scale.shown(importance, siblings[item])

    def groups(self, number: int) -> tuple[Group, ...]:
        """The groups of round ``number``: siblings, parents before children, then each level with several parents.

        Ranks and shares of points are of one group; no level as a whole is compared by them.
        """
        siblings = list(_siblings(self.items, "level-1", self.title, 1, number))
        levels = []
        for level in sorted({group.level for group in siblings}):
            parts = [group for group in siblings if group.level == level]
            items = tuple(item for group in parts for item in group.items if item.weight is None)
            if len(parts) > 1 and items and self.scale.kind == "marks":
                title = Text(zh=f"第{level}级全部条目", en=f"all items of level {level}")
                levels.append(Group(id=f"level-{level}", title=title, kind="level", level=level, items=items))
        return (*siblings, *levels)


def walk(items: tuple[Item, ...], number: int | None = None, level: int = 1) -> Iterator[tuple[Item, int]]:
    """Every item with its level, parents first; those of round ``number`` where one is given."""
    for item in items:
        if number is None or item.stands_in(number):
            yield item if number is None else item.as_asked(number), level
            yield from walk(item.items, number, level + 1)


def _weighted(items: tuple[Item, ...], number: int) -> Iterator[WeightedItem]:
    for item in items:
        if item.stands_in(number):
            yield WeightedItem(item.id, tuple(_weighted(item.items, number)))


def _siblings(items: tuple[Item, ...], name: str, title: Text, level: int, number: int) -> Iterator[Group]:
    standing = tuple(item.as_asked(number) for item in items if item.stands_in(number))
    if standing:
        yield Group(id=name, title=title, kind="siblings", level=level, items=standing)
    for item in standing:
        yield from _siblings(item.items, item.id, item.title, level + 1, number)


def _check_weights(items: tuple[Item, ...], where: str) -> None:
    declared = [item.weight for item in items if item.weight is not None]
    if declared and (len(declared) < len(items) or sum(declared, Fraction(0)) != 1):
        total = full_text(sum(declared, Fraction(0)))
        found = f"{len(declared)} of {len(items)} with a weight, {total} together"
        raise ValueError(f"{where}: found {found}; expected none with a weight, or all, and 1 together")
    if declared and any(item.from_round > 1 or item.until_round is not None for item in items):
        raise ValueError(f"{where}: found declared weights and items that come or go, expected the one or the other")


def _places(items: tuple[Item, ...], above: str = "") -> Iterator[tuple[str, str]]:
    for place, item in enumerate(items, start=1):
        yield item.id, f"{above}{place}"
        yield from _places(item.items, f"{above}{place}.")
