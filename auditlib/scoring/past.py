"""Earlier periods of the same ledger, as quantities ask for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditlib.core.period import Period
from auditlib.scheme.formers.elsewhere import OverPeriods
from auditlib.scoring.quantities.evaluation import PeriodQuantities

__all__ = ["LedgerPast", "periods_over"]


def periods_over(over: OverPeriods, period: Period, year_starts: int = 1) -> tuple[Period, ...]:
    """The periods that a quantity is taken over, the oldest first, up to the one that ends with ``period``."""
    if over.inside is not None:
        whole = period.around(over.inside, year_starts)
        return tuple(one for one in whole.split(over.each) if one.after <= period.after)
    found = [period.last_of(over.each, year_starts)]
    while len(found) < (over.last or 1):
        found.append(found[-1].previous())
    return tuple(reversed(found))


@dataclass(frozen=True)
class LedgerPast:
    """The periods of a ledger before, and inside, ``period``. One without any row is none.

    ``evaluated`` gives the quantities of a period; ``had`` whether a unit had an outcome in it.
    """

    period: Period
    evaluated: Callable[[Period], PeriodQuantities | None]
    outcome_of: Callable[[Period, str, str], bool | None]
    year_starts: int = 1

    def earlier(self, by: str) -> PeriodQuantities | None:
        """One ``period`` or one ``year`` before."""
        return self.evaluated(self.period.previous() if by == "period" else self.period.year_before())

    def periods(self, over: OverPeriods) -> Sequence[PeriodQuantities | None]:
        """The periods that ``over`` names."""
        return [self.evaluated(one) for one in periods_over(over, self.period, self.year_starts)]

    def names(self, over: OverPeriods) -> Sequence[str]:
        """What these periods are called."""
        return [str(one) for one in periods_over(over, self.period, self.year_starts)]

    def had(self, evaluation: PeriodQuantities, outcome: str, unit: str) -> bool | None:
        """Whether a unit had an outcome in a period; None where it was not assessed, or nobody can say."""
        period = evaluation.past.period if isinstance(evaluation.past, LedgerPast) else self.period
        return self.outcome_of(period, outcome, unit)
