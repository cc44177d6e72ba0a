"""The items that a panel judges, as a tree: what stands in which round, how it was asked, who its siblings are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from auditlib.core.exact import full_text
from auditlib.core.values import Strict, Text
from auditlib.delphi.scales import Share
from auditlib.delphi.weights.shares import Item as WeightedItem

__all__ = [
    "Group",
    "Item",
    "Name",
    "Rewording",
    "RoundNumber",
    "check_weights",
    "places_of",
    "sibling_groups",
    "walk",
    "weighted_items",
]

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
        check_weights(self.items, f"the items of {self.id}")
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


def walk(items: tuple[Item, ...], number: int | None = None, level: int = 1) -> Iterator[tuple[Item, int]]:
    """Every item with its level, parents first; those of round ``number`` where one is given."""
    for item in items:
        if number is None or item.stands_in(number):
            yield item if number is None else item.as_asked(number), level
            yield from walk(item.items, number, level + 1)


def weighted_items(items: tuple[Item, ...], number: int) -> Iterator[WeightedItem]:
    """The items of a round as a tree to be weighted."""
    for item in items:
        if item.stands_in(number):
            yield WeightedItem(item.id, tuple(weighted_items(item.items, number)))


def sibling_groups(items: tuple[Item, ...], name: str, title: Text, level: int, number: int) -> Iterator[Group]:
    """The items of a round that have one parent, parents before children."""
    standing = tuple(item.as_asked(number) for item in items if item.stands_in(number))
    if standing:
        yield Group(id=name, title=title, kind="siblings", level=level, items=standing)
    for item in standing:
        yield from sibling_groups(item.items, item.id, item.title, level + 1, number)


def check_weights(items: tuple[Item, ...], where: str) -> None:
    """Refuses siblings of which some have a weight, or weights that do not add up. Raises :class:`ValueError`."""
    declared = [item.weight for item in items if item.weight is not None]
    if declared and (len(declared) < len(items) or sum(declared, Fraction(0)) != 1):
        total = full_text(sum(declared, Fraction(0)))
        found = f"{len(declared)} of {len(items)} with a weight, {total} together"
        raise ValueError(f"{where}: found {found}; expected none with a weight, or all, and 1 together")
    if declared and any(item.from_round > 1 or item.until_round is not None for item in items):
        raise ValueError(f"{where}: found declared weights and items that come or go, expected the one or the other")


def places_of(items: tuple[Item, ...], above: str = "") -> Iterator[tuple[str, str]]:
    """Each item with its number by its place in the tree: 1, 1.1, 1.2, 2 …"""
    for place, item in enumerate(items, start=1):
        yield item.id, f"{above}{place}"
        yield from places_of(item.items, f"{above}{place}.")
