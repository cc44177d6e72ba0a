"""Random ledgers for the slow twins, and what a twin's scores are compared with.

A twin is a second, slow and obvious computation of a scheme, written from its source. The tests beside it compare it
with auditlib on 20 random ledgers a scheme; the environment variable ``AUDITLIB_TWIN_LEDGERS`` sets another number
(``make twin`` takes 2000). The ledgers are small and sit on the borders: times exactly at a limit, a minute
before and after, times unknown, cases of the months beside, repeats after exactly 30 days, units that come and go.
"""

from __future__ import annotations

import csv
import functools
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import SchemeFile, load_scheme
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.result import Result, ScoreLine, UnitScore
from auditlib.scoring.score import score

__all__ = [
    "DAY", "MINUTE", "SCHEMES", "Assessment", "agreed", "case_ids", "later", "loaded", "many_ledgers", "numbered",
    "plain", "readings_of", "score_by_auditlib", "some", "times_around", "units", "write_ledger",
]  # fmt: skip

SCHEMES = Path(__file__).resolve().parents[2] / "params" / "schemes"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

many_ledgers = settings(
    max_examples=int(os.environ.get("AUDITLIB_TWIN_LEDGERS", "20")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
"""Decorates a test that wants as many random ledgers as AUDITLIB_TWIN_LEDGERS says."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Assessment:
    """A random ledger and how it is assessed. ``taken`` is when the ledger says that it was taken."""

    registers: dict[str, list[Row]]
    period: str
    as_of: datetime
    taken: datetime | None = None
    readings: dict[str, str] = field(default_factory=dict)
    supplied: dict[str, str] = field(default_factory=dict)


# --- what to draw from ---


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@st.composite
def units(draw: st.DrawFn, codes: str = "甲乙丙丁") -> list[Row]:
    """One to four units, in groups or not, some of which exist for part of the year."""
    groups = draw(some((None,), (None,), (None, "一组"), ("一组", "二组")))
    always = (None, None)
    spans = some(
        always, always, always, (datetime(2025, 12, 1), None), (None, date(2025, 11, 30)),
        (datetime(2025, 12, 16, 8), None), (None, date(2025, 12, 5)),
        (datetime(2025, 12, 5), datetime(2025, 12, 28, 8)),
    )  # fmt: skip
    drawn = [(code, draw(some(*groups)), draw(spans)) for code in codes[: draw(some(1, 2, 3, 4, 4))]]
    return [
        {"unit": code, "name": f"{code}公司", "group": group, "valid_from": span[0], "valid_to": span[1]}
        for code, group, span in drawn
    ]


HOURS = (0, 8 * 60, 8 * 60, 16 * 60 + 30, 20 * 60, 24 * 60 - 1)
OFFSETS = (-32, -31, -30, -29, -2, -1, 0, 0, 1, 1, 2, 3, 4, 5, 6, 9, 13, 16, 20, 25, 27, 28, 29, 30, 31, 32)


def times_around(start: datetime) -> st.SearchStrategy[datetime]:
    """Times in the month that begins at ``start`` and beside it, so that many lie exactly 30 days apart."""
    return st.builds(
        lambda days, minutes, jitter: start + days * DAY + (minutes + jitter) * MINUTE,
        st.sampled_from(OFFSETS),
        st.sampled_from(HOURS),
        some(0, 0, 0, 1, -1),
    )


def later(time: datetime | None, delay: tuple[str, int] | int | None) -> datetime | None:
    """``time`` after ``delay`` minutes; ``("midnight", n)`` is the midnight that ends the ``n``-th day after it."""
    if time is None or delay is None:
        return None
    if isinstance(delay, int):
        return time + delay * MINUTE
    return datetime.combine(time.date(), datetime.min.time()) + (delay[1] + 1) * DAY


def numbered(registers: dict[str, list[Row]], alike: Sequence[str] = ()) -> dict[str, list[Row]]:
    """The cases and events with their numbers; the second of the units ``alike`` has the rows of the first.

    Two units alike tie. The persons and problems of the second are its own, or they would repeat the first's.
    """
    registers = dict(registers)
    for name, rows in registers.items():
        if alike and name != "units":
            copies = [row | {"unit": alike[1]} for row in rows if row["unit"] == alike[0]]
            for row in copies:
                row.update({key: row[key] and f"{row[key]}'" for key in ("person_key", "problem_key") if key in row})
            registers[name] = [row for row in rows if row["unit"] != alike[1]] + copies
    registers["cases"] = case_ids(registers["cases"])
    registers["events"] = [{"event_id": f"E{number}"} | row for number, row in enumerate(registers["events"])]
    return registers


def case_ids(rows: Iterable[Row]) -> list[Row]:
    return [{"case_id": f"C{number:03d}"} | row for number, row in enumerate(rows)]


@functools.cache
def loaded(scheme: str) -> SchemeFile:
    """A scheme's file, read once for all its ledgers."""
    return load_scheme(SCHEMES / f"{scheme}.yaml")


def readings_of(scheme: str) -> st.SearchStrategy[dict[str, str]]:
    """An option for every reading of a scheme."""
    declared = loaded(scheme).natural.readings
    return st.fixed_dictionaries({name: st.sampled_from(list(reading.options)) for name, reading in declared.items()})


# --- through auditlib ---


def write_ledger(
    folder: Path, registers: dict[str, list[Row]], taken: datetime | None, columns: dict[str, Sequence[str]]
) -> None:
    """The registers as CSV files with these columns, as a user would hand them over."""
    for register, rows in registers.items():
        with (folder / f"{register}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns[register])
            writer.writeheader()
            writer.writerows({key: _written(value) for key, value in row.items()} for row in rows)
    if taken is not None:
        (folder / "ledger.yaml").write_text(f"as_of: {taken.isoformat()}\n", encoding="utf-8")


def _written(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else value


def score_by_auditlib(scheme: str, drawn: Assessment, columns: dict[str, Sequence[str]]) -> Result:
    """The ledger written, read and scored."""
    period = Period.parse(drawn.period)
    resolved = loaded(scheme).resolve(drawn.readings, drawn.supplied, period.first)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_ledger(folder, drawn.registers, drawn.taken, columns)
        ledger = read_ledger(folder, drawn.as_of)
        return score(resolved, ledger, period, drawn.as_of, calendar=calendar_of(resolved), evidence=False)


def plain(result: Result) -> dict[str, Any]:
    """What a twin computes, out of a result: exact points of lines and indicators, totals, places.

    ``rivals`` are the units among which one is ranked. Who has a total and no rank is told why.
    """
    for unit in result.units:
        assert unit.total is None or (unit.rank is None) == (unit.unranked is not None), unit.unit
    return {
        unit.unit: {
            "unit": unit.unit,
            "group": unit.group,
            "indicators": {
                indicator.id: {
                    "points": indicator.points,
                    "status": indicator.status,
                    "lines": _by_rule(indicator.lines),
                }
                for indicator in unit.indicators
            },
            "total": unit.total,
            "total_of": unit.total_of,
            "complete": unit.complete,
            "rank": unit.rank,
            "tie": sorted(unit.tie),
            "rivals": _rivals(unit, result.units),
            "apart": unit.apart,
        }
        for unit in result.units
    }


def _rivals(unit: UnitScore, units: Iterable[UnitScore]) -> list[str]:
    if unit.rank is None:
        return []
    among = [other.unit for other in units if other.rank is not None and other.ranked_in == unit.ranked_in]
    return sorted(other for other in among if other != unit.unit)


def _by_rule(lines: Iterable[ScoreLine]) -> dict[str, Fraction | None]:
    """The points of each rule; one whose points are multiplied for some rows has a second line for these."""
    points: dict[str, Fraction | None] = {}
    for line in lines:
        points[line.rule] = line.points if points.get(line.rule) is None else points[line.rule] + (line.points or 0)
    return points


def agreed(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Fails at the first difference, and names it."""
    assert found.keys() == expected.keys()
    for code, unit in expected.items():
        for name, indicator in unit["indicators"].items():
            assert found[code]["indicators"][name] == indicator, (code, name)
        assert found[code] == unit, code
