"""Times at round minutes or seconds: as people write them from memory, and clocks do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from auditlib.probe.clocks import Grounds
from auditlib.probe.families import Family, Observed
from auditlib.probe.nulls import Binomial
from auditlib.probe.settings import Settings

__all__ = ["COLUMNS", "round_times"]

COLUMNS = ("accepted_at", "contacted_at", "planned_at", "replied_at", "closed_at", "reviewed_at")
"""Times that a person of the unit may write. Deadlines and imports are round by nature."""
ENOUGH = 5
ROUND = {"half_hour": Fraction(2, 60), "five_minutes": Fraction(1, 5), "second_0": Fraction(1, 60)}
"""How often a clock that stops anywhere shows a minute 0 or 30, a minute that 5 divides, a second 0."""


def round_times(grounds: Grounds, settings: Settings) -> Iterator[Family]:
    """For each column and unit, how many times are round, against a clock that stops anywhere.

    In a column without seconds there is no second 0 to look at. Batches are one act in the second p-value.
    """
    for column in (name for name in COLUMNS if grounds.has(name)):
        counted = grounds.minute_counts(column)
        for name, chance in ROUND.items():
            columns = ("unit", "times", name, "acts_times", f"acts_{name}")
            observed = [
                Observed(
                    unit,
                    {"round": count, "times": n},
                    Binomial(count, n, chance),
                    Binomial(round_acts, acts, chance),
                    enough=n >= ENOUGH,
                )
                for unit, n, count, acts, round_acts in counted.select(columns).iter_rows()
            ]
            yield Family(
                "round_times", f"{column}/{name}", observed, peers=_some_second if name == "second_0" else None
            )


def _some_second(observed: Sequence[Observed]) -> Sequence[Observed]:
    """Nothing where all times have second 0: whoever wrote them down left the seconds out."""
    return observed if any(one.counts["round"] != one.counts["times"] for one in observed) else ()
