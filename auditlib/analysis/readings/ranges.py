"""The range of every unit's total and rank over the readings of a scheme, and which reading moves it: exact.

A total is worked out for each combination of the readings that its unit's own indicators feel; ranks need all units
under the same combination, so that these totals are laid out over all readings that any unit feels, as their places
in one common order, and compared there. What no unit feels is dropped, and changes nothing: every table was scored
over all options of every reading that it names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from math import prod

from auditlib.analysis.readings.parts import Extent, Scorer
from auditlib.analysis.readings.ranks import Board
from auditlib.analysis.readings.totals import Heads, Totals
from auditlib.analysis.readings.whole import WHOLE, WholeBoard, entangled
from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import SchemeFile
from auditlib.scoring.as_of import default_as_of
from auditlib.scoring.assess import assess_resolved
from auditlib.scoring.result import Result, UnitScore

__all__ = ["LIMIT", "Effect", "Extreme", "Spread", "UnitSpread", "conclusions", "effects_alone", "laid_out", "spread"]

LIMIT = 200_000
"""So many combinations of readings are laid out; of more, only each option alone and every two together."""

Concluded = dict[tuple[str, str, str], tuple[tuple[str, str, str], ...]]
"""By unit, reading and option, the outcomes and targets that the option alone changes: which, from what, to what."""


@dataclass(frozen=True)
class Extreme:
    """The end of a range, and the readings that lead there: those that differ from the use, as few as possible."""

    value: Fraction | int
    readings: Mapping[str, str]


@dataclass(frozen=True)
class Effect:
    """What one option of one reading does alone, the others as in use."""

    reading: str
    option: str
    total: Fraction | None
    delta: Fraction | None
    """The change of the total; None where one of the two is none."""
    rank: int | None
    conclusions: tuple[tuple[str, str, str], ...] = ()
    """Outcomes and targets that it changes: which, from what, to what (``yes``, ``no``, ``undecided``, ``open``)."""


@dataclass(frozen=True)
class UnitSpread:
    """One unit: its total and rank under the readings in use, and how far the others move them."""

    unit: str
    name: str
    group: str | None
    ranked_in: str | None
    total: Fraction | None
    rank: int | None
    lowest: Extreme | None
    highest: Extreme | None
    best: Extreme | None
    worst: Extreme | None
    unscored: bool
    """Whether some combination gives no total."""
    alone: tuple[Effect, ...]
    """The options that change its total, rank, outcomes or targets by themselves, the strongest first."""
    together: tuple[str, ...]
    """Readings that change its total only together with others."""


@dataclass(frozen=True)
class Spread:
    """A result under every combination of readings that makes a difference to this ledger."""

    result: Result
    """Under the readings in use."""
    fixed: Mapping[str, str]
    possible: int
    """The combinations of the readings that are not fixed."""
    combinations: int
    """Those of the readings that move some unit's total or rank; the others give the same results again."""
    totals_complete: bool
    ranks_complete: bool
    """Whether the ranges are over all of these, not over the options alone and in pairs."""
    readings: tuple[str, ...]
    idle: tuple[str, ...]
    """Readings that change no total and no rank on this ledger."""
    units: tuple[UnitSpread, ...]

    def only(self, code: str) -> Spread:
        """The same ranges for one unit alone. Raises :class:`InputError` where it was not assessed."""
        found = tuple(unit for unit in self.units if unit.unit == code)
        if not found:
            known = ", ".join(sorted(unit.unit for unit in self.units)[:20])
            expected = f"one of the units assessed in {self.result.period}: {known}"
            raise InputError.at(self.result.scheme, "--unit", f"found {code}, expected {expected}")
        return replace(self, units=found)


def spread(
    file: SchemeFile,
    ledger: Ledger,
    period: Period,
    as_of: datetime | None = None,
    *,
    readings: Mapping[str, str] | None = None,
    supplied: Mapping[str, str] | None = None,
    limit: int = LIMIT,
    progress: Callable[[int, int], None] = lambda done, whole: None,
    days: CalendarChoice = PUBLISHED,
) -> Spread:
    """The range of every unit over all readings but those given in ``readings``, which stay fixed.

    ``days`` says whose calendar counts; ``progress`` hears how many of the scorings are done. Raises
    :class:`InputError` as scoring does.
    """
    fixed = dict(readings or {})
    look = as_of or default_as_of(ledger, period)
    resolved = file.resolve(fixed, supplied, period.first)
    assessed = assess_resolved(resolved, ledger, period, look, days=days, evidence=False)
    ledger, result = assessed.ledger, assessed.result
    declared = file.natural.readings
    options = {
        name: (reading.use, *(option for option in reading.options if option != reading.use))
        for name, reading in declared.items()
        if name not in fixed
    }
    scorer = Scorer(file, ledger, period, look, options, fixed, supplied or {}, progress, days=days)
    board, complete = laid_out(scorer, result, limit)
    concluded = conclusions(scorer, result)
    felt = {name for table in board.totals.values() for name in table.readings}
    moving = tuple(name for name in options if name in felt or (name in board.readings and board.moves_ranks(name)))
    return Spread(
        result,
        fixed,
        prod(len(some) for some in options.values()),
        prod(len(options[name]) for name in moving),
        complete,
        board.complete,
        moving,
        tuple(name for name in options if name not in moving),
        tuple(_of_unit(board, at, concluded) for at in range(len(result.units))),
    )


def laid_out(scorer: Scorer, result: Result, limit: Extent) -> tuple[Board | WholeBoard, bool]:
    """Totals and ranks under the combinations of readings, and whether the totals are over all of these."""
    if entangled(scorer.file.natural):
        whole_board = WholeBoard(scorer, result, limit if limit == "alone" else min(limit, WHOLE))
        return whole_board, whole_board.complete
    heads = Heads(scorer)
    tables = scorer.tables(heads.pieces())
    partial = any(not table.complete for table in tables.values())
    totals, attained, complete = {}, {}, not partial
    for unit in result.units:
        own = Totals(heads, tables, unit.unit)
        totals[unit.unit], attained[unit.unit], whole = own.tables(_extent(limit, partial))
        complete &= whole
    return Board(scorer, tables, totals, attained, result, _extent(limit, partial)), complete


def _extent(limit: Extent, partial: bool) -> Extent:
    return 0 if partial and limit != "alone" else limit


def conclusions(scorer: Scorer, result: Result) -> Concluded:
    """For each unit, under each option alone, the outcomes and targets that it changes.

    These follow from totals, places and counts together, so that they are scored whole, option by option.
    """
    scheme = scorer.resolve({}).scheme
    if not scheme.outcomes and not any(rule.target for _, rule in scheme.rules()):
        return {}
    found: Concluded = {}
    before = {unit.unit: _conclusions(unit) for unit in result.units}
    single = [(name, option) for name, some in scorer.options.items() for option in some[1:]]
    for reading, option in single:
        for unit in scorer.score(scorer.resolve({reading: option}), scorer.period).units:
            old, new = before[unit.unit], _conclusions(unit)
            changes = [(name, old.get(name, "no"), new.get(name, "no")) for name in {**old, **new}]
            found[unit.unit, reading, option] = tuple(change for change in changes if change[1] != change[2])
    return found


def _conclusions(unit: UnitScore) -> dict[str, str]:
    targets = {i.id: "open" if i.met is None else ("yes" if i.met else "no") for i in unit.indicators if i.max is None}
    return targets | {outcome.id: "yes" if outcome.decided else "undecided" for outcome in unit.outcomes}


def _of_unit(board: Board | WholeBoard, at: int, concluded: Concluded) -> UnitSpread:
    unit = board.result.units[at]
    table = board.totals[unit.unit]
    found = [
        (by_unit[unit.unit], {n: o for n, o in zip(table.readings, chosen, strict=True) if o != board.options[n][0]})
        for chosen, by_unit in table.values.items()
    ]
    totals = [Extreme(value, differs) for value, differs in found if value is not None]
    ranked = board.best_and_worst(at)
    best, worst = (Extreme(board.rank(at, row) or 0, board.differs(row)) for row in ranked) if ranked else (None, None)
    effects = effects_alone(board, at, concluded)
    moved = {effect.reading for effect in effects if effect.total != unit.total}
    return UnitSpread(
        unit.unit,
        unit.name,
        unit.group,
        unit.ranked_in,
        unit.total,
        unit.rank,
        min(totals, key=lambda end: (end.value, len(end.readings)), default=None),
        min(totals, key=lambda end: (-end.value, len(end.readings)), default=None),
        best,
        worst,
        len(totals) < len(found),
        effects,
        tuple(name for name in table.readings if name not in moved),
    )


def effects_alone(board: Board | WholeBoard, at: int, concluded: Concluded) -> tuple[Effect, ...]:
    """What each option alone does to the unit with the number ``at``, the strongest first; nothing where it does
    nothing."""
    unit = board.result.units[at]
    effects = []
    for reading, option, row in board.alone():
        total, rank = board.total(unit.unit, row), board.rank(at, row)
        conclusions = concluded.get((unit.unit, reading, option), ())
        if total != unit.total or rank != unit.rank or conclusions:
            delta = None if total is None or unit.total is None else total - unit.total
            effects.append(Effect(reading, option, total, delta, rank, conclusions))
    return tuple(sorted(effects, key=lambda effect: -abs(effect.delta or Fraction(0))))
