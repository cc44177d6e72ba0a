"""Where units stood in the periods before, as plain values: totals, ranks, their groups, the rules in force.

Each period before is scored as the version then in force scores it, at the same as-of time as the period itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

from auditlib.core.calendars import PUBLISHED, CalendarChoice
from auditlib.core.errors import InputError
from auditlib.core.files import stamp
from auditlib.core.hashes import digest
from auditlib.core.home import find, home, shown
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.scheme.load import Resolved, SchemeFile, find_scheme, load_scheme, scheme_files
from auditlib.scoring.adjustments.declared import adjustment_files
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.counts import Count, Question
from auditlib.scoring.mark_notices import given_inside
from auditlib.scoring.result import Result
from auditlib.scoring.score import score
from auditlib.scoring.unknown_days import DaysUnknown

__all__ = ["LONGEST", "Band", "Look", "Past", "Peers", "Place", "looked_at", "past_of", "periods_before", "scheme_at"]

LONGEST = 12
"""So many periods make a trend, the assessed one among them."""

BESIDE_THE_RULES = frozenset(
    {
        "version",
        "title",
        "note",
        "source",
        "effective",
        "clauses",
        "findings",
        "readings",
        "values",
        "gaps",
        "extends",
        "revision",
    }
)
"""Parts of a scheme file that score nothing by themselves: what they decide stands in the rules."""


class Band(NamedTuple):
    """The range and the median of a group's totals."""

    low: Fraction
    median: Fraction
    high: Fraction


@dataclass(frozen=True)
class Peers:
    """The ranked units of one group in one period.

    ``share`` is the band of their percentages of the full marks, None where a total has no full marks;
    ``maxima`` are the full marks that there are.
    """

    group: str | None
    count: int
    points: Band
    share: Band | None
    maxima: tuple[Fraction, ...]


@dataclass(frozen=True)
class Place:
    """Where one unit stood."""

    total: Fraction | None
    total_of: Fraction | None
    rank: int | None
    group: str | None


@dataclass(frozen=True)
class Past:
    """One period: which rules were in force, and where the units stood. Without data there are no places.

    ``version`` is None where no version of the scheme was in force; ``rules`` is a hash of what scores, so that two
    periods of one version under other values of the day differ.
    """

    period: str
    version: str | None
    rules: str
    places: Mapping[str, Place] = field(default_factory=dict)
    peers: tuple[Peers, ...] = ()

    def seen_by(self, unit: str) -> Past:
        """What the report on one unit shows: its own place, and the group that it was ranked in."""
        place = self.places.get(unit)
        if place is None:
            return replace(self, places={}, peers=())
        return replace(self, places={unit: place}, peers=tuple(one for one in self.peers if one.group == place.group))


def past_of(resolved: Resolved, result: Result) -> Past:
    """A scored period as one of a history."""
    places = {unit.unit: Place(unit.total, unit.total_of, unit.rank, unit.ranked_in) for unit in result.units}
    ranked: dict[str | None, list[Place]] = {}
    for place in places.values():
        if place.rank is not None and place.total is not None:
            ranked.setdefault(place.group, []).append(place)
    peers = tuple(_peers(group, members) for group, members in ranked.items())
    return Past(result.period, result.version, rules_digest(resolved), places, peers)


def rules_digest(resolved: Resolved) -> str:
    """A hash of what scores: of the scheme as its readings, gaps and values of the day make it."""
    scheme = resolved.scheme
    return digest({name: getattr(scheme, name) for name in type(scheme).model_fields if name not in BESIDE_THE_RULES})


def _peers(group: str | None, members: list[Place]) -> Peers:
    totals = [place.total for place in members if place.total is not None]
    shares = [place.total * 100 / place.total_of for place in members if place.total is not None and place.total_of]
    maxima = sorted({place.total_of for place in members if place.total_of is not None})
    return Peers(
        group, len(members), _band(totals), _band(shares) if len(shares) == len(members) else None, tuple(maxima)
    )  # fmt: skip


def _band(values: list[Fraction]) -> Band:
    return Band(min(values), Fraction(median(values)), max(values))


# --- looking back ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """One look at a ledger: by which scheme, when, under which readings and supplied values.

    Equal looks see the same, whatever object holds the rows: ``snapshot`` stands for them.
    """

    scheme: str
    as_of: datetime
    readings: tuple[tuple[str, str], ...]
    supplied: tuple[tuple[str, str], ...]
    snapshot: str
    schemes: tuple[tuple[str, int, int], ...]
    """The size and time of change of every file of a scheme, of the user's calendars and of adjustments."""
    ledger: Ledger = field(compare=False, repr=False)
    count: Count | None = field(compare=False, repr=False, default=None)
    days: CalendarChoice = PUBLISHED

    @classmethod
    def at(
        cls, result: Result, scheme: str, readings: tuple[tuple[str, str], ...],
        supplied: tuple[tuple[str, str], ...], snapshot: str, ledger: Ledger, count: Count | None = None,
        days: CalendarChoice = PUBLISHED,
    ) -> Look:  # fmt: skip
        """The look that ``result`` was scored under."""
        folder, path = home() / "params" / "schemes", find(scheme)
        own = scheme_files(path) if path.is_file() else ()
        files = sorted({*folder.glob("*.yaml"), *own, *days.tables(), *adjustment_files()})
        stamps = tuple((str(file), *stamp(file)) for file in files)
        return cls(scheme, result.as_of, readings, supplied, snapshot, stamps, ledger, count, days)


def periods_before(look: Look, period: Period) -> tuple[Past, ...]:
    """Up to eleven periods before ``period``, the earliest first; those before the first with data are left out."""
    earlier = []
    one = period
    for _ in range(LONGEST - 1):
        if one.first.year == 1:
            break
        one = one.previous()
        earlier.append(_past(look, one))
    while earlier and not earlier[-1].places:
        earlier.pop()
    return tuple(reversed(earlier))


@lru_cache(maxsize=128)
def _past(look: Look, period: Period) -> Past:
    """A period as ``look`` sees it: the reports of twelve periods in a row score each only once."""
    resolved, result = looked_at(look, period)
    if resolved is None:
        return Past(str(period), None, "")
    if result is None:
        return Past(str(period), resolved.scheme.version, rules_digest(resolved))
    return past_of(resolved, result)


@lru_cache(maxsize=2)
def looked_at(look: Look, period: Period) -> tuple[Resolved | None, Result | None]:
    """The rules in force in a period and its result without evidence.

    None where no version was in force or it has other readings or gaps, and no result where the ledger has nothing,
    or not what the rules of then need.
    """
    try:
        resolved = scheme_at(look.scheme, period).resolve(dict(look.readings), dict(look.supplied), period.first)
    except InputError:
        return None, None
    calendar, ledger = calendar_of(resolved, look.days), look.ledger
    counter = Question(resolved.scheme, period, look.as_of, calendar, ledger.as_of).counter(ledger.registers)
    given = counter.has_data() or counter.facts() or counter.marks()
    if not (given or given_inside(resolved.scheme, ledger, period)):
        return resolved, None
    try:
        result = score(resolved, ledger, period, look.as_of, calendar=calendar, evidence=False, count=look.count)
    except DaysUnknown:
        raise  # whatever the ledger has, it cannot be told
    except InputError:
        return resolved, None
    return resolved, None if result.noticed("no_data") else result


def scheme_at(name: str, period: Period) -> SchemeFile:
    """The version of a scheme in force at the start of a period. Raises :class:`InputError`."""
    path = find_scheme(name, on=period.first)
    return _loaded(path, tuple(stamp(file) for file in scheme_files(path)))


@lru_cache(maxsize=16)
def _loaded(path: Path, stamps: object) -> SchemeFile:
    return load_scheme(path, shown(path))
