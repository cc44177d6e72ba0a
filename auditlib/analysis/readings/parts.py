"""The parts of a result that readings act on, each scored once under every combination of its own readings.

An indicator of one period is a function of the definitions it reaches (:func:`auditlib.scheme.dependencies.reached`)
and of the ledger. A reading that none of these definitions names leaves it as it is, so that its table over its own
readings holds its value under every combination of all readings: a few dozen scorings stand for a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import combinations, product
from math import prod
from typing import Any, Literal

from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.scheme.dependencies import reached
from auditlib.scheme.load import Resolved, SchemeFile
from auditlib.scheme.model import Scheme
from auditlib.scheme.reference_names import references_in
from auditlib.scheme.results import Ranking, TieBreak
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.counts import Count
from auditlib.scoring.remembered import RememberedCounts
from auditlib.scoring.result import Result, UnitScore
from auditlib.scoring.score import score

__all__ = ["SCORED", "Extent", "Leaf", "Options", "ReadingsTable", "Scorer", "choices"]

Options = Mapping[str, tuple[str, ...]]
"""The options of each reading, the one in use first."""

Extent = int | Literal["alone"]
"""How many combinations of readings are laid out before only pairs of options are; ``alone``: no two together."""

SCORED = 1024
"""So many combinations of its own readings are scored for one part; of more, only each option alone and in pairs."""


@dataclass(frozen=True)
class Leaf:
    """A part of a result in one period: an indicator, an outcome that puts a unit last, what breaks ties, or whether
    the ledger holds anything of the period (``empty``: of nobody; ``idle``: of others; ``active``)."""

    kind: Literal["indicator", "last", "tie", "empty"]
    name: str
    period: str
    readings: tuple[str, ...]


@dataclass(frozen=True)
class ReadingsTable:
    """What a part gives each unit under each combination of its readings.

    Of an indicator: its score without lines, or None where the period does not assess it.
    """

    readings: tuple[str, ...]
    values: Mapping[tuple[str, ...], Mapping[str, Any]]
    complete: bool

    def of_unit(self, unit: str, look: Callable[[Any], Any] = lambda value: value) -> ReadingsTable:
        """The unit's own table, or what ``look`` sees of it, over those readings alone that make a difference to it."""
        kept = list(self.readings)
        entries = {chosen: look(by_unit.get(unit)) for chosen, by_unit in self.values.items()}
        for name in self.readings:
            at = kept.index(name)
            without: dict[tuple[str, ...], Any] = {}
            for chosen, value in entries.items():
                if without.setdefault((*chosen[:at], *chosen[at + 1 :]), value) != value:
                    break
            else:
                entries = without
                kept.remove(name)
        return ReadingsTable(tuple(kept), {chosen: {unit: value} for chosen, value in entries.items()}, self.complete)


Wanted = Mapping[Leaf, tuple[list[tuple[str, ...]], bool]]
"""By part, the combinations of its readings, and whether these are all."""


def choices(readings: Sequence[str], options: Options, limit: Extent) -> tuple[list[tuple[str, ...]], bool]:
    """The combinations of the options of ``readings``, those in use first, and whether these are all.

    Where there are more than ``limit``: those in use, each other option alone, and every two together.
    """
    count = prod(len(options[name]) for name in readings)
    if limit != "alone" and count <= limit:
        return list(product(*(options[name] for name in readings))), True
    used = {name: options[name][0] for name in readings}
    single = [(name, option) for name in readings for option in options[name][1:]]
    changes = [{}, *({a: x} for a, x in single)]
    if limit != "alone":
        changes += [{a: x, b: y} for (a, x), (b, y) in combinations(single, 2) if a != b]
    return [tuple((used | change).values()) for change in changes], len(changes) == count


@dataclass
class Scorer:
    """Scores parts of a scheme on a ledger under combinations of its readings."""

    file: SchemeFile
    ledger: Ledger
    period: Period
    as_of: datetime
    options: Options
    fixed: Mapping[str, str]
    supplied: Mapping[str, str]
    progress: Callable[[int, int], None] = lambda done, whole: None
    extent: Extent = SCORED
    count: Count | None = None
    days: CalendarChoice = PUBLISHED

    def resolve(self, chosen: Mapping[str, str]) -> Resolved:
        """The scheme under these options, the others as in use, with the values in force in the period."""
        return self.file.resolve({**self.fixed, **chosen}, self.supplied, self.period.first)

    def of_part(self, part: Any) -> tuple[str, ...]:
        """The readings that can have a say in a part of the file, in the order of the file."""
        names = {*references_in(part), *(d[1] for d in reached(self.file.tree.value, part) if d[0] == "readings")}
        return tuple(name for name in self.options if name in names)

    def leaves(self, piece: Period) -> list[Leaf]:
        """The parts of one period; of the assessed period itself also what its ranking hangs on."""
        written = self.file.tree.value
        found = [Leaf("indicator", item["id"], str(piece), self.of_part(item)) for item in written["indicators"]]
        if written.get("roll_up"):
            measures = (written.get("measures") or {}).values()
            kinds = [{key: m[key] for key in ("register", "fact") if key in m} for m in measures]
            kinds += [{"mark": rule.get("mark")} for item in written["indicators"] for rule in item["rules"]]
            kinds += [item.get("consequences") for item in written.get("outcomes") or ()]
            found.append(Leaf("empty", "", str(piece), self.of_part(kinds)))
        if piece != self.period:
            return found
        for outcome in written.get("outcomes") or ():
            if outcome.get("forces_last"):
                found.append(Leaf("last", outcome["id"], str(piece), self.of_part(outcome)))
        rankings = self.rankings()
        breaks = dict.fromkeys(r.ties.by for r in rankings if isinstance(r.ties, TieBreak))
        breaks |= dict.fromkeys(r.minimum.of for r in rankings if r.minimum is not None)
        return [*found, *(Leaf("tie", name, str(piece), self.of_part(name)) for name in breaks)]

    def rankings(self) -> list[Ranking]:
        """The ranking under every combination of its own readings."""
        names = self.of_part(self.file.tree.value.get("ranking"))
        chosen = choices(names, self.options, self.extent)[0]
        return [self.resolve(dict(zip(names, own, strict=True))).scheme.ranking for own in chosen]

    def tables(self, pieces: Iterable[Period]) -> dict[Leaf, ReadingsTable]:
        """The table of every part of these periods.

        Raises :class:`InputError` where an option cannot be scored on this ledger, naming the option.
        """
        wanted, plans = self._plan(pieces)
        values: dict[Leaf, dict[tuple[str, ...], Mapping[str, Any]]] = {leaf: {} for leaf in wanted}
        for done, (piece, chosen, covered) in enumerate(plans):
            self.progress(done, len(plans))
            result = self._score(piece, chosen, covered)
            for leaf in covered:
                own = tuple(chosen[name] for name in leaf.readings)
                values[leaf][own] = {unit.unit: _value(leaf, unit, result, piece) for unit in result.units}
        return {leaf: ReadingsTable(leaf.readings, values[leaf], wanted[leaf][1]) for leaf in wanted}

    def scorings(self, pieces: Iterable[Period]) -> int:
        """How many times the tables of these periods count the ledger."""
        return len(self._plan(pieces)[1])

    def _plan(self, pieces: Iterable[Period]) -> tuple[Wanted, list[tuple[Period, dict[str, str], list[Leaf]]]]:
        """The combinations that every part is wanted under, and the scorings that give them."""
        by_piece = {piece: self.leaves(piece) for piece in pieces}
        wanted = {
            leaf: choices(leaf.readings, self.options, self.extent) for leaves in by_piece.values() for leaf in leaves
        }
        return wanted, [
            (piece, chosen, covered)
            for piece, leaves in by_piece.items()
            for chosen, covered in _covering({leaf: wanted[leaf][0] for leaf in leaves}, self.options)
        ]

    def score(self, resolved: Resolved, piece: Period) -> Result:
        """A period of the ledger, without its evidence, by a scheme as :meth:`resolve` gives it or a part of one."""
        calendar = calendar_of(resolved, self.days)
        return score(resolved, self.ledger, piece, self.as_of, calendar=calendar, evidence=False, count=self._counting)

    @cached_property
    def _counting(self) -> Count:
        return self.count or RememberedCounts(self.ledger.registers)

    def _score(self, piece: Period, chosen: Mapping[str, str], leaves: Sequence[Leaf]) -> Result:
        resolved = self.resolve(chosen)
        whole = any(leaf.kind == "empty" for leaf in leaves)
        scheme = _without_outcomes(resolved.scheme) if whole else _only(resolved.scheme, leaves)
        periods = (*scheme.periods, piece.granularity)  # a period may be assessed as a part of a longer one alone
        plain = replace(resolved, scheme=scheme.model_copy(update={"roll_up": {}, "words": {}, "periods": periods}))
        try:
            return self.score(plain, piece)
        except InputError as error:
            changed = [f"{name}={option}" for name, option in chosen.items() if option != self.options[name][0]]
            if not changed:
                raise
            under = f" (under the reading {', '.join(changed)})"
            raise InputError(replace(p, message=p.message + under) for p in error.problems) from None


def _covering(
    wanted: Mapping[Leaf, Sequence[tuple[str, ...]]], options: Options
) -> Iterator[tuple[dict[str, str], list[Leaf]]]:
    """Combinations of all readings, and the parts that each is scored for, so that every part meets all of its own.

    Parts that share no reading, or agree in those they share, are scored together.
    """
    left = {leaf: dict.fromkeys(own) for leaf, own in wanted.items()}
    while left:
        chosen: dict[str, str] = {}
        covered = []
        for leaf in sorted(left, key=lambda leaf: -len(left[leaf])):
            for own in left[leaf]:
                pairs = dict(zip(leaf.readings, own, strict=True))
                if all(chosen.get(name, option) == option for name, option in pairs.items()):
                    chosen |= pairs
                    covered.append(leaf)
                    del left[leaf][own]
                    break
        left = {leaf: own for leaf, own in left.items() if own}
        yield {name: chosen.get(name, some[0]) for name, some in options.items()}, covered


def _only(scheme: Scheme, leaves: Sequence[Leaf]) -> Scheme:
    """The scheme with these parts alone, and what they look at."""
    names = {leaf.name for leaf in leaves if leaf.kind == "indicator"}
    last = {leaf.name for leaf in leaves if leaf.kind == "last"}
    indicators = tuple(indicator for indicator in scheme.indicators if indicator.id in names)
    outcomes = tuple(
        outcome.model_copy(update={"consequences": (), "bars": (), "evidence": None})
        for outcome in scheme.outcomes
        if outcome.id in last
    )
    needed: dict[str, None] = {leaf.name: None for leaf in leaves if leaf.kind == "tie"}
    rules = [rule for indicator in indicators for rule in indicator.rules]
    waiting = [rule.quantity for rule in rules] + [rule.multiplier.of for rule in rules if rule.multiplier]
    waiting += [outcome.quantity.of for outcome in outcomes if outcome.quantity]
    waiting += [part for node in indicators for part in node.quantities()]
    waiting += [part for outcome in outcomes if outcome.when for part in outcome.when.parts() if isinstance(part, str)]
    while waiting:
        quantity = waiting.pop()
        if quantity is not None and quantity not in needed:
            needed[quantity] = None
            waiting += scheme.parts_of(quantity)
    kept = {
        section: {name: item for name, item in getattr(scheme, section).items() if name in needed}
        for section in ("measures", "rates", "composites", "standings", "quantities")
    }
    ranking = scheme.ranking.model_copy(update={"ties": "undecided", "minimum": None})
    return scheme.model_copy(update={**kept, "indicators": indicators, "outcomes": outcomes, "ranking": ranking})


def _without_outcomes(scheme: Scheme) -> Scheme:
    """The scheme with its outcomes, for the marks that they take, but none that occurs."""
    return scheme.model_copy(update={"outcomes": tuple(o.model_copy(update={"periods": ()}) for o in scheme.outcomes)})


def _value(leaf: Leaf, unit: UnitScore, result: Result, piece: Period) -> Any:
    if leaf.kind == "empty":
        return "empty" if result.noticed("no_data") else "active" if unit.active else "idle"
    if leaf.kind == "last":
        return any(outcome.id == leaf.name for outcome in unit.outcomes)
    if leaf.kind == "tie":
        return unit.measures.get(leaf.name)
    found = next((indicator for indicator in unit.indicators if indicator.id == leaf.name), None)
    return found and replace(found, lines=(), raw=None)
