"""A whole probe: every test over a ledger, judged family by family, and what is written of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from auditlib.analysis.checks.draw import ledger_seed
from auditlib.core.distributions import digits_text
from auditlib.core.errors import InputError
from auditlib.core.hashes import digest
from auditlib.core.period import Period
from auditlib.ledger.read import Ledger
from auditlib.probe.clocks import Grounds, clocks_of
from auditlib.probe.counted import TESTS, cases_looked_at, counted_by
from auditlib.probe.divided import DIVISIBLE, PartQuestion, Parts, merged
from auditlib.probe.families import STATES, Family, Line, among_peers, judge
from auditlib.probe.settings import Settings
from auditlib.probe.words import ask_first, does_not_say, says
from auditlib.scheme.load import Resolved
from auditlib.scoring.assess import calendar_of

__all__ = ["POWER", "Probed", "grounds_of", "judged", "probe", "probe_grounds", "probe_json", "ranked"]

SCHEMA = "auditlib-probe/1"
POWER = (("400", "0.25", "0.07"), ("400", "0.5", "0.48"), ("400", "0.9", "0.94"), ("1000", "0.5", "0.94"))
"""How often bunching is found when one of twelve units moves such a share of the cases up to three hours late into the
last hour (unweighted, simulated): mild shaving in a small unit is invisible."""


@dataclass(frozen=True)
class Probed:
    """What a probe found: its families and their lines, and what was looked at."""

    snapshot: str
    scheme: str | None
    period: str | None
    settings: Settings
    families: tuple[Family, ...]
    lines: tuple[Line, ...]

    def count(self, *states: str) -> int:
        return sum(line.state in states for line in self.lines)


def probe(
    ledger: Ledger, settings: Settings, resolved: Resolved | None = None, period: Period | None = None,
    only: Sequence[str] = (), parts: Parts | None = None,
) -> Probed:  # fmt: skip
    """Every test over the cases of a period, or of the whole ledger. With a scheme the limits are those it declares.

    ``parts`` asks the parts that the ledger lies in, where others are to count them; what is found is the same.
    Raises :class:`InputError` for a ledger without cases, and for a test that there is not.
    """
    with ThreadPoolExecutor(1) as beside:  # the hash of the ledger takes as long as all tests, and one core
        seed = beside.submit(ledger_seed, ledger)
        grounds = _grounds(ledger, settings, resolved, period)
        found = probe_grounds(grounds, settings, resolved, period, only, parts)
        return replace(found, snapshot=seed.result())


def probe_grounds(
    grounds: Grounds, settings: Settings, resolved: Resolved | None = None, period: Period | None = None,
    only: Sequence[str] = (), parts: Parts | None = None,
) -> Probed:  # fmt: skip
    """The same over what a ledger gives to look at. Raises :class:`InputError` for a test that there is not."""
    if unknown := [name for name in only if name not in TESTS]:
        raise InputError.at("--only", "", f"found {unknown[0]}, expected some of {', '.join(TESTS)}")
    if parts is None:
        families, lines = judged(grounds, settings, only)
    else:
        late = tuple(sorted(grounds.late)) if resolved is not None else None
        names = _names(settings, only)
        divisible = tuple(name for name in names if name in DIVISIBLE)
        filled = frozenset(name for name in grounds.cases.columns if grounds.has(name))
        answers = parts(PartQuestion(
            divisible, settings.model_dump_json(), filled, period, late, grounds.calendar, grounds.timezone
        ))  # fmt: skip
        here = {name: counted_by(name, grounds, settings) for name in names if name not in divisible}
        counted = here | merged(answers())
        families, lines = _judged({name: counted[name] for name in names}, settings)
    scheme = resolved.scheme.scheme if resolved is not None else None
    return Probed(grounds.snapshot, scheme, str(period) if period else None, settings, families, lines)


def grounds_of(
    ledger: Ledger, settings: Settings, resolved: Resolved | None = None, period: Period | None = None
) -> Grounds:  # fmt: skip
    """What tests look at: the cases of a period with the clocks of a scheme. Raises :class:`InputError` for none."""
    return replace(_grounds(ledger, settings, resolved, period), snapshot=ledger_seed(ledger))


def _grounds(ledger: Ledger, settings: Settings, resolved: Resolved | None, period: Period | None) -> Grounds:
    if "cases" not in ledger.registers:
        raise InputError.at(ledger.path, "cases", "found no register of cases, expected one to look at")
    rows = cases_looked_at(ledger.registers["cases"], settings, period)
    if rows.is_empty():
        raise InputError.at(ledger.path, "cases", f"found no case in {period or 'it'}, expected some to look at")
    clocks, late = clocks_of(ledger, rows, resolved, period)
    calendar = calendar_of(resolved) if resolved is not None else None
    known = calendar.lenient() if calendar else None
    return Grounds(rows, clocks, late, known, registers=ledger.registers, timezone=ledger.note.timezone)


def judged(
    grounds: Grounds, settings: Settings, only: Sequence[str] = ()
) -> tuple[tuple[Family, ...], tuple[Line, ...]]:
    """The families of the tests ``only``, or of all but Benford's, and their lines."""
    counted = {name: counted_by(name, grounds, settings) for name in _names(settings, only)}
    return _judged(counted, settings)


def _names(settings: Settings, only: Sequence[str]) -> Sequence[str]:
    return only or [name for name in TESTS if name != "benford" or settings.amount is not None]


def _judged(counted: Mapping[str, Sequence[Family]], settings: Settings) -> tuple[tuple[Family, ...], tuple[Line, ...]]:
    """The families of all tests beside their peers; one in which nothing is left to look at is left out."""
    families = []
    for family in (one for own in counted.values() for one in own):
        whole = among_peers(family)
        if whole.observed or not family.observed:
            families.append(whole)
    return tuple(families), tuple(line for family in families for line in judge(family, settings))


def ranked(lines: Iterable[Line]) -> list[Line]:
    """What a reader looks at first: strong, signals, facts, and the rest, each by its adjusted p-value."""
    return sorted(lines, key=lambda line: (STATES.index(line.state), line.bh if line.bh is not None else 2.0))


def probe_json(found: Probed) -> dict[str, Any]:
    """The probe as data: head, families, results, and the power of the main test beside its silence."""
    tested = Counter((line.test, line.clock) for line in found.lines if line.p is not None)
    return {
        "schema": SCHEMA, "snapshot": found.snapshot, "scheme": found.scheme, "period": found.period,
        "settings": digest(found.settings.model_dump(mode="json")),
        "head": {
            "tests": sum(tested.values()), "families": len(tested),
            "expected_false": digits_text(float(found.settings.level) * len(tested)),
            **{state: found.count(state) for state in STATES},
        },
        "families": [
            {
                "test": family.test, "clock": family.clock, "testable": tested[family.test, family.clock],
                "too_few": [line.unit for line in found.lines
                            if (line.test, line.clock, line.state) == (family.test, family.clock, "too_few")],
                "expected_false": digits_text(float(found.settings.level) * bool(tested[family.test, family.clock])),
            }
            for family in found.families
        ],
        "results": [_result(line) for line in found.lines],
        "power": [{"test": "bunching", "n": n, "moved": moved, "found": share} for n, moved, share in POWER],
    }  # fmt: skip


def _result(line: Line) -> dict[str, Any]:
    one = line.observed
    numbers = {"p": line.p, "q_bh": line.bh, "p_holm": line.holm, "p_collapsed": line.p_collapsed}
    found: dict[str, Any] = {
        "id": line.id, "test": line.test, "clock": line.clock, "unit": line.unit or None, "state": line.state,
        "counts": dict(one.counts), **one.more,
        **{name: None if value is None else digits_text(value) for name, value in numbers.items()},
    }  # fmt: skip
    if one.null is not None:
        found["counts"]["expected"] = digits_text(float(one.null.expected))
        found["effect"] = {
            "excess": None if line.excess is None else digits_text(float(line.excess)),
            "ratio": None if line.ratio is None else digits_text(float(line.ratio)),
        }
    found["cases"] = list(one.cases)
    found["says"] = {language: says(line, language) for language in ("zh", "en")}
    found["does_not_say"] = {language: does_not_say(line.test, language) for language in ("zh", "en")}
    found["ask_first"] = {language: ask_first(line.test, language) for language in ("zh", "en")}
    return found
