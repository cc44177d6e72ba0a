"""What each reading would do alone: one option changed at a time, the others as in use, for every unit at once.

The same parts and the same ranks as :mod:`auditlib.analysis.readings.ranges`, without the combinations: as many
scorings as the part with the most readings has options.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditlib.analysis.readings.parts import Scorer
from auditlib.analysis.readings.ranges import Effect, conclusions, effects_alone, laid_out
from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import SchemeFile
from auditlib.scoring.counts import Count
from auditlib.scoring.result import Result

__all__ = ["one_at_a_time"]


def one_at_a_time(
    file: SchemeFile,
    ledger: Ledger,
    period: Period,
    result: Result,
    supplied: Mapping[str, str],
    count: Count | None = None,
    days: CalendarChoice = PUBLISHED,
) -> dict[str, tuple[Effect, ...]]:
    """By unit, what each option that ``result`` does not use would change alone, the strongest first.

    ``result`` is the period scored under the readings in use, with these values supplied for gaps; ``count`` counts
    the ledger's rows elsewhere, ``days`` says whose calendar does. An option that is not among a unit's effects changes
    nothing of it. Raises :class:`InputError` where an option cannot be scored.
    """
    options = {
        name: (result.readings[name], *(option for option in reading.options if option != result.readings[name]))
        for name, reading in file.natural.readings.items()
    }
    if all(len(some) == 1 for some in options.values()):
        return {unit.unit: () for unit in result.units}
    scorer = Scorer(
        file, ledger, period, result.as_of, options, {}, supplied, extent="alone", count=count, days=days
    )  # fmt: skip
    board, _ = laid_out(scorer, result, "alone")
    concluded = conclusions(scorer, result)
    return {unit.unit: effects_alone(board, at, concluded) for at, unit in enumerate(result.units)}
