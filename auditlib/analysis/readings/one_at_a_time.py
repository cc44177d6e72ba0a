"""What other readings would do for every unit at once: each option alone, and the ranks that they can lead to.

The same parts and the same ranks as :mod:`auditlib.analysis.readings.ranges`. Effects come of one option changed at a
time, the others as in use. Ranks are over all combinations where these take few scorings, and else over the same
options alone: a report is not to wait for a million combinations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditlib.analysis.readings.parts import SCORED, Extent, Scorer, choices
from auditlib.analysis.readings.ranges import LIMIT, Effect, conclusions, effects_alone, laid_out
from auditlib.analysis.readings.totals import Heads
from auditlib.analysis.readings.whole import entangled
from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import SchemeFile
from auditlib.scoring.counts import Count
from auditlib.scoring.result import Result

__all__ = ["OtherReadings", "RankRange", "one_at_a_time", "other_readings"]

SCORINGS, COUNTED = 64, 3_000_000
"""All combinations are tried where they take so many scorings and, in all of these, so many rows at most."""


@dataclass(frozen=True)
class RankRange:
    """The first and the last rank that readings lead a unit to, and whether some of them give it none."""

    best: int
    worst: int
    sometimes_none: bool

    @property
    def moves(self) -> bool:
        """Whether readings lead to more than one place: another rank, or none."""
        return self.best != self.worst or self.sometimes_none


@dataclass(frozen=True)
class OtherReadings:
    """What readings that are not in use would change, by unit.

    ``together`` says whether ``ranks`` are over all combinations of them, or over one changed at a time. A unit that is
    never ranked has no range.
    """

    effects: Mapping[str, tuple[Effect, ...]]
    ranks: Mapping[str, RankRange]
    together: bool


def one_at_a_time(
    file: SchemeFile,
    ledger: Ledger,
    period: Period,
    result: Result,
    supplied: Mapping[str, str],
    count: Count | None = None,
    days: CalendarChoice = PUBLISHED,
) -> dict[str, tuple[Effect, ...]]:
    """By unit, what each option that ``result`` does not use would change alone; see :func:`other_readings`."""
    return dict(other_readings(file, ledger, period, result, supplied, count, days, combined=False).effects)


def other_readings(
    file: SchemeFile,
    ledger: Ledger,
    period: Period,
    result: Result,
    supplied: Mapping[str, str],
    count: Count | None = None,
    days: CalendarChoice = PUBLISHED,
    *,
    combined: bool = True,
) -> OtherReadings:
    """By unit, what each option that ``result`` does not use would change alone, the strongest first, and its ranks.

    ``result`` is the period scored under the readings in use, with these values supplied for gaps; ``count`` counts
    the ledger's rows elsewhere, ``days`` says whose calendar does. An option that is not among a unit's effects changes
    nothing of it. ``combined`` asks for ranks over all combinations, where these are few enough. Raises
    :class:`InputError` where an option cannot be scored.
    """
    options = {
        name: (result.readings[name], *(option for option in reading.options if option != result.readings[name]))
        for name, reading in file.natural.readings.items()
    }
    if all(len(some) == 1 for some in options.values()):
        ranks = {unit.unit: RankRange(unit.rank, unit.rank, False) for unit in result.units if unit.rank is not None}
        return OtherReadings({unit.unit: () for unit in result.units}, ranks, together=True)

    def scorer_of(extent: Extent) -> Scorer:
        return Scorer(
            file, ledger, period, result.as_of, options, {}, supplied, extent=extent, count=count, days=days
        )  # fmt: skip

    scorer = scorer_of(SCORED)
    needed = _scorings(scorer) if combined else SCORINGS + 1
    together = needed <= SCORINGS and needed * sum(ledger.accepted.values()) <= COUNTED
    scorer = scorer if together else scorer_of("alone")
    board, complete = laid_out(scorer, result, LIMIT if together else "alone")
    concluded = conclusions(scorer, result)
    effects = {unit.unit: effects_alone(board, at, concluded) for at, unit in enumerate(result.units)}
    found = {unit.unit: board.rank_range(at) for at, unit in enumerate(result.units)}
    ranks = {code: RankRange(*ends) for code, ends in found.items() if ends}
    return OtherReadings(effects, ranks, together and complete and board.complete)


def _scorings(scorer: Scorer) -> int:
    """How many times the ledger is counted for all combinations that are to be laid out."""
    if entangled(scorer.file.natural):
        return len(choices(tuple(scorer.options), scorer.options, SCORINGS)[0])
    return scorer.scorings(Heads(scorer).pieces())
