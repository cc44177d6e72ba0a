"""Many tests at once: adjusted p-values, who is too few to test, and the state of every line.

One family is a test and a clock over all units. Sources: Benjamini & Hochberg, JRSS B 57 (1995); Holm, Scand. J.
Statist. 6 (1979); Tarone, Biometrics 46 (1990).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Literal

from auditlib.core.multiplicity import holm
from auditlib.probe.nulls import Null
from auditlib.probe.settings import Settings

__all__ = [
    "STATES", "Family", "Line", "Observed", "State", "among_peers", "benjamini_hochberg", "judge", "testable",
]  # fmt: skip

State = Literal["signal", "strong", "nothing_seen", "too_few", "not_applicable", "fact", "settings_missing"]
STATES: tuple[State, ...] = (
    "strong", "signal", "fact", "nothing_seen", "too_few", "not_applicable", "settings_missing",
)  # fmt: skip


@dataclass(frozen=True)
class Observed:
    """What a test counted of one unit: its ``counts`` for the report, its null model, and the cases behind it.

    ``null`` is None for a fact, which needs no test; it is one where ``fact`` says so. ``collapsed`` is the same test
    with the cases that were closed in one minute taken as one act. ``agrees`` says whether a second comparison, with
    peers, agrees: without it a signal is not strong. ``enough`` is the test's own floor. ``against`` is what the rate
    of those compared with would make of as many, where a margin that the null model takes as given holds the effect.
    """

    unit: str
    counts: Mapping[str, object]
    null: Null | None = None
    collapsed: Null | None = None
    cases: Sequence[str] = ()
    fact: bool = False
    enough: bool = True
    agrees: Callable[[], bool] | None = None
    against: float | None = None
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Family:
    """The observations of one test by one clock; ``floor`` says whether an effect in cases must be large enough.

    ``state`` replaces all lines where the test could not be made; ``why`` then names the column or setting. ``peers``
    compares each unit with all others, once those of all are there.
    """

    test: str
    clock: str
    observed: Sequence[Observed] = ()
    floor: bool = True
    state: State | None = None
    why: str = ""
    peers: Callable[[Sequence[Observed]], Sequence[Observed]] | None = None


@dataclass(frozen=True)
class Line:
    """One unit in one family, judged."""

    id: str
    test: str
    clock: str
    unit: str
    state: State
    observed: Observed
    p: float | None = None
    bh: float | None = None
    holm: float | None = None
    p_collapsed: float | None = None

    @property
    def compared(self) -> float | None:
        """How many there would be if the unit were like those that it is compared with."""
        one = self.observed
        if one.against is not None:
            return one.against
        return None if one.null is None else one.null.expected

    @property
    def excess(self) -> float | None:
        null = self.observed.null
        return None if null is None or self.compared is None else null.observed - self.compared

    @property
    def ratio(self) -> float | None:
        null = self.observed.null
        return None if null is None or not self.compared else null.observed / self.compared

    def is_large(self, settings: Settings) -> bool:
        """Whether the effect reaches the floors: so many cases more, and so many times as many."""
        enough = self.excess is not None and self.excess >= settings.least_excess
        return enough and (self.ratio is None or self.ratio >= float(settings.least_ratio))


def benjamini_hochberg(values: Sequence[float]) -> list[float]:
    """p-values adjusted so that at most that share of what is called a signal is false, in expectation."""
    order = sorted(range(len(values)), key=lambda place: values[place], reverse=True)
    found, least = [0.0] * len(values), 1.0
    for above, place in enumerate(order):
        least = min(least, values[place] * len(values) / (len(values) - above))
        found[place] = least
    return found


def testable(least: Sequence[float], level: float) -> list[bool]:
    """Who can be a signal at all: the smallest attainable p is at most ``level`` over the number of those who can."""
    for count in range(1, len(least) + 1):
        able = [one <= level / count for one in least]
        if sum(able) <= count:
            return able
    return [True] * len(least)


def among_peers(family: Family) -> Family:
    """The family with each unit compared with all others, where that is what its test does."""
    return family if family.peers is None else replace(family, observed=family.peers(family.observed), peers=None)


def judge(family: Family, settings: Settings) -> list[Line]:
    """The lines of a family, in the order of its units."""
    family = among_peers(family)
    if family.state is not None:
        return [_line(family, Observed("", {"why": family.why}), family.state)]
    tried = [one for one in family.observed if one.null is not None]
    level = float(settings.level)
    able = testable([one.null.least if one.enough and one.null else 2.0 for one in tried], level)
    chosen = [one for one, can in zip(tried, able, strict=True) if can and one.enough]
    values = [one.null.p for one in chosen if one.null is not None]
    adjusted = dict(
        zip(map(id, chosen), zip(values, benjamini_hochberg(values), holm(values), strict=True), strict=True)
    )
    lines = []
    for one in family.observed:
        if one.null is None:
            lines.append(_line(family, one, "fact" if one.fact else "nothing_seen"))
        elif id(one) not in adjusted:
            lines.append(_line(family, one, "fact" if one.fact else "too_few"))
        else:
            lines.append(_judged(family, one, adjusted[id(one)], settings))
    return lines


def _judged(family: Family, one: Observed, values: tuple[float, float, float], settings: Settings) -> Line:
    p, q, strict = values
    line = _line(family, one, "nothing_seen", p, q, strict)
    state: State = "fact" if one.fact else "nothing_seen"
    if q <= float(settings.level) and (not family.floor or line.is_large(settings)):
        level = float(settings.level)
        apart = line.p_collapsed is None or line.p_collapsed <= level  # no batch has made it alone
        agrees = strict <= level and apart and (one.agrees is None or one.agrees())
        state = "strong" if agrees else "signal"
    return replace(line, state=state)


def _line(
    family: Family, one: Observed, state: State, p: float | None = None, q: float | None = None, h: float | None = None
) -> Line:
    content = "\x1e".join((family.test, family.clock, one.unit, *sorted(one.cases)))
    id_ = sha256(content.encode()).hexdigest()[:12]
    collapsed = one.collapsed.p if one.collapsed is not None and p is not None else None
    return Line(id_, family.test, family.clock, one.unit, state, one, p, q, h, collapsed)
