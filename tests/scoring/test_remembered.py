"""Counts that are kept from reading to reading: the same numbers as counted anew, and none of another question's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from demonstrations import DEMONSTRATIONS

from auditlib.core.calendars import PUBLISHED
from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.declared_registers import declared_registers
from auditlib.scheme.load import find_scheme, load_scheme
from auditlib.scoring.assess import calendar_of
from auditlib.scoring.counts import Question, take_tally
from auditlib.scoring.remembered import RememberedCounts
from auditlib.scoring.score import score

PERIODS = {
    "boston311-timeliness": "2011-07",
    "circ-insurers": "2015",
    "s09-chengde-12315": "2007-03",
    "s12-jiangsu-insurance": "2025",
    "s20-office-evaluation": "2025",
    "s22-heating": "2025-12",
    "s38-first-asked": "2011",
}


def of(name: str):  # type: ignore[no-untyped-def]
    file = load_scheme(find_scheme(name))
    return file, read_ledger(DEMONSTRATIONS / name, extra=declared_registers(name)), Period.parse(PERIODS[name])


@pytest.mark.parametrize("name", PERIODS)
def test_every_option_alone_scores_as_if_counted_anew(name: str) -> None:
    file, ledger, period = of(name)
    kept = RememberedCounts(ledger.registers)
    options = [{}, *({n: o} for n, r in file.natural.readings.items() for o in r.options)]
    for chosen in options[:12]:
        resolved = file.resolve(chosen, {}, period.first)
        calendar = calendar_of(resolved, PUBLISHED)
        anew, again = (
            score(resolved, ledger, period, calendar=calendar, evidence=False, count=count) for count in (None, kept)
        )
        assert again.units == tuple(replace(unit, provisional=()) for unit in anew.units), chosen


def test_another_period_another_moment_and_another_condition_are_other_questions() -> None:
    file, ledger, period = of("s22-heating")
    scheme, look = file.resolve({}, {}, period.first).scheme, datetime(2026, 1, 5)
    calendar = calendar_of(file.resolve({}, {}, period.first), PUBLISHED)
    kept = RememberedCounts(ledger.registers)
    measures = dict(scheme.measures)
    measures["closed"] = measures["closed"].model_copy(update={"where": "closed_at is null"})
    asked = [
        Question(scheme, period, look, calendar, ledger.as_of),
        Question(scheme, Period.parse("2025-11"), look, calendar, ledger.as_of),
        Question(scheme, period, datetime(2025, 12, 10), calendar, datetime(2026, 1, 5)),
        Question(scheme.model_copy(update={"measures": measures}), period, look, calendar, ledger.as_of),
        Question(scheme, period, look, calendar, ledger.as_of, exclude=False),
    ]
    found = [kept(question) for question in (*asked, *asked)]
    assert found[5:] == found[:5]
    closed = []
    for question, tally in zip(asked, found[:5], strict=True):
        anew = take_tally(question, ledger.registers)
        assert (tally.active, tally.has_data) == (anew.active, anew.has_data)
        for unit, own in anew.counts.items():
            assert {n: v or 0 for n, v in own.items()} == {n: tally.counts.get(unit, {}).get(n) or 0 for n in own}
        closed.append(sum(own.get("closed") or 0 for own in anew.counts.values()))
    assert len(set(closed[:4])) == 4, "the control: these questions have different answers"
