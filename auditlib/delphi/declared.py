"""The vocabulary of ``panel.yaml``: what a panel is asked, on which scale, and what was agreed before anyone answered.

The least that works is a name, a title, a scale and items. Whatever a method lets one choose (which mean, which
standard deviation, what happens to missing answers, the tables of authority, every threshold) is a key here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from auditlib.core.values import Strict, Text
from auditlib.delphi.authority_tables import USUAL_TABLES, AuthorityTables
from auditlib.delphi.declared_weights import Weighing
from auditlib.delphi.items import (
    Group,
    Item,
    Name,
    RoundNumber,
    check_weights,
    places_of,
    sibling_groups,
    walk,
    weighted_items,
)
from auditlib.delphi.reporting import Reporting
from auditlib.delphi.scales import Scale
from auditlib.delphi.statistics.concordance import Missing
from auditlib.delphi.statistics.descriptives import Spread
from auditlib.delphi.thresholds import Thresholds
from auditlib.delphi.weights.shares import Item as WeightedItem

__all__ = ["PanelFile", "Resampling", "RoundNote"]

NUMBERED = re.compile(r"[A-Z]{1,3}[0-9]*(?:[.-][0-9]+)*")


class Resampling(Strict):
    """How many random panels a permutation or a bootstrap draws, and from which seed."""

    draws: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    seed: int = 1


class RoundNote(Strict):
    """What is known of a round besides its answers: how many forms went out, when, until when, and what for."""

    sent: Annotated[int, Field(ge=1)] | None = None
    opened: date | None = None
    closed: date | None = None
    objective: Text | None = None

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
    reporting: Reporting = Reporting()

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
        check_weights(self.items, "the items of the first level")
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
        return {name: name for name in ids} if own else dict(places_of(self.items))

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
        return tuple(weighted_items(self.items, number))

    def siblings(self, number: int) -> tuple[tuple[str, ...], ...]:
        """The items that the experts mark in round ``number``, those of one parent together."""
        groups = sibling_groups(self.items, "level-1", self.title, 1, number)
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
        siblings = list(sibling_groups(self.items, "level-1", self.title, 1, number))
        levels = []
        for level in sorted({group.level for group in siblings}):
            parts = [group for group in siblings if group.level == level]
            items = tuple(item for group in parts for item in group.items if item.weight is None)
            if len(parts) > 1 and items and self.scale.kind == "marks":
                title = Text(zh=f"第{level}级全部条目", en=f"all items of level {level}")
                levels.append(Group(id=f"level-{level}", title=title, kind="level", level=level, items=items))
        return (*siblings, *levels)
