"""Instances against a slow twin in plain Python that walks one case at a time, day by day."""

from __future__ import annotations

import calendar as months
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.ledger.note import LedgerNote, Records
from auditlib.ledger.read import Ledger
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.load import Resolved
from auditlib.scheme.model import Scheme
from auditlib.scoring.duties.compliance import comply

DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)
AS_OF = datetime(2024, 12, 31, 12)
TEXT = {"zh": "答复", "en": "answer"}
HISTORIES = 40
"""Cases a ledger: 50 ledgers make 2,000 histories."""


def worked(day: date) -> bool:
    return china().is_workday(day)


@dataclass(frozen=True)
class History:
    received: datetime
    closed: datetime | None
    acts: tuple[tuple[str, datetime, datetime | None, str | None], ...]
    """Word, time, until, approver."""


# --- the twin ---


def end_of(limit: dict[str, Any], counting: dict[str, Any], start: datetime, more: int = 0) -> datetime:
    """The first moment that is too late, found by walking."""
    if "minutes" in limit:
        return start + timedelta(minutes=limit["minutes"]) + timedelta(microseconds=more) + MOMENT
    included = limit.get("first_day", counting["first_day"]) == "included"
    day = start.date()
    if "working_days" in limit:
        left = limit["working_days"] + more
        day = day - DAY if included else day
        while left:
            day += DAY
            left -= worked(day)
    elif "months" in limit:
        month = day.month - 1 + limit["months"]
        year, month = day.year + month // 12, month % 12 + 1
        day = date(year, month, min(day.day, months.monthrange(year, month)[1]))
        day = day - DAY if included else day
        day += timedelta(days=more)
    else:
        count = limit.get("days", 0) + 7 * limit.get("weeks", 0) + more
        day = day + timedelta(days=count - included)
    if counting["ends"] == "time":
        return datetime.combine(day, start.time()) + MOMENT
    if "working_days" not in limit and counting["last_day"] == "next_working_day":
        while not worked(day):
            day += DAY
    return datetime.combine(day + DAY, datetime.min.time())


def passed(limit: dict[str, Any], start: datetime, end: datetime) -> int:
    if "minutes" in limit:
        return (end - start) // MOMENT
    days = [start.date() + timedelta(days=n) for n in range(1, (end.date() - start.date()).days + 1)]
    return sum(map(worked, days)) if "working_days" in limit else len(days)


def twin(history: History, duty: dict[str, Any], counting: dict[str, Any], recorded: bool) -> tuple[str, Any, Any]:
    """Status, first end and end of one case."""
    limit, start = duty["limits"][0], history.received
    numbered = enumerate(history.acts)
    acts = [act for _, act in sorted(numbered, key=lambda one: (one[1][1], one[0])) if act[1] <= AS_OF]
    more, too_late = 0, end_of(limit, counting, start)
    if "paused" in duty:
        since: datetime | None = None
        intervals = []
        for word, at, _, _ in sorted(acts, key=lambda act: (act[1], act[0] == "中止")):
            if word == "中止" and since is None:
                since = at
            elif word == "恢复" and since is not None and at > since:
                intervals.append((since, at))
                since = None
        if since is not None:
            intervals.append((since, AS_OF))
        for begun, ended in intervals:
            if begun < too_late and ended > start:
                more += passed(limit, max(begun, start), ended)
                too_late = end_of(limit, counting, start, more)
    first = too_late
    if "extended" in duty:
        extended = duty["extended"]
        if extended["of"] == "total":
            cap = end_of(extended["most"], counting, start, more if extended["most"].keys() == limit.keys() else 0)
        else:
            cap = end_of(extended["most"] | {"first_day": "excluded"}, counting, first - MOMENT)
        for word, at, until, approver in acts:
            if word == "延期" and approver and (extended["before"] == "any" or at < too_late):
                wanted = cap if until is None else min(until + MOMENT, cap)
                too_late = max(too_late, wanted)
    done = [at for word, at, _, _ in acts if word == "答复"]
    after = [at for at in done if at >= start or (at.time() == datetime.min.time() and at.date() == start.date())]
    if after:
        return ("met" if min(after) < too_late else "late"), first, too_late
    if done:
        return "not_assessable", first, too_late
    if too_late > AS_OF:
        return "running", first, too_late
    return ("missed" if recorded else "not_assessable"), first, too_late


# --- both beside one another ---


def scheme_of(duty: dict[str, Any], counting: dict[str, Any]) -> Resolved:
    source = {"document": "x", "title": TEXT, "last_checked": "2024-01-01"}
    scheme = Scheme.model_validate({
        "scheme": "s", "version": "1", "title": TEXT, "source": source, "effective": {"from": None},
        "calendar": "china", "periods": ["year"], "clauses": {"一": {"quote": "答复"}}, "actors": {"office": TEXT},
        "counting": {"clause": None, "before": "included", "belongs": "from", **counting},
        "duties": [{"id": "answer", "clause": "一", "title": TEXT, "by": "office", "from": "received_at",
                    "to": {"act": "答复"}, **duty}],
    })  # fmt: skip
    return Resolved(scheme, {}, {}, {})


def ledger_of(histories: list[History], recorded: bool) -> Ledger:
    cases = [
        {"case_id": f"C{n:03d}", "unit": "甲", "received_at": one.received, "closed_at": one.closed}
        for n, one in enumerate(histories)
    ]
    acts = [
        {"act_id": f"A{n:03d}-{m:02d}", "case_id": f"C{n:03d}", "act": word, "at": at, "until": until, "approver": who}
        for n, one in enumerate(histories)
        for m, (word, at, until, who) in enumerate(one.acts)
    ]
    registers = {"units": [{"unit": "甲"}], "cases": cases, "acts": acts}
    frames = {
        name: pl.DataFrame(rows, schema={c.name: c.dtype for c in REGISTERS[name].columns}).lazy()
        for name, rows in registers.items()
    }
    records = Records(acts=("答复",)) if recorded else None
    return Ledger(Path("twin"), LedgerNote(records=records), frames, pl.DataFrame())


def random_history(dice: random.Random) -> History:
    """A case with up to eight acts in any order: extensions with and without approval, pauses that overlap, answers
    before their time, bare dates."""
    received = datetime(2023, 12, 20) + timedelta(days=dice.randrange(330), hours=dice.choice([9, 15, 23]))
    acts = []
    for _ in range(dice.randrange(8)):
        word = dice.choice(["答复", "延期", "延期", "中止", "恢复", "催办"])
        at = received + timedelta(days=dice.randrange(-3, 45), hours=dice.choice([0, 1, 7]))
        if word == "答复" and dice.random() < 0.5:
            at = datetime.combine(at.date(), datetime.min.time())
        until = at + timedelta(days=dice.randrange(1, 60)) if word == "延期" and dice.random() < 0.7 else None
        acts.append((word, at, until, dice.choice([None, "办公室"]) if word == "延期" else None))
    closed = received + timedelta(days=dice.randrange(60)) if dice.random() < 0.5 else None
    return History(received, closed, tuple(acts))


LIMITS = st.sampled_from([
    {"minutes": 90}, {"days": 5}, {"days": 30}, {"working_days": 1}, {"working_days": 10}, {"weeks": 1}, {"months": 1},
])  # fmt: skip
COUNTINGS = st.fixed_dictionaries({
    "first_day": st.sampled_from(["excluded", "included"]), "ends": st.sampled_from(["day", "day", "time"]),
    "last_day": st.sampled_from(["stands", "next_working_day"]),
})  # fmt: skip
EXTENSIONS = st.none() | st.fixed_dictionaries({
    "act": st.just("延期"), "needs": st.just(["approver"]), "of": st.sampled_from(["total", "added"]),
    "before": st.sampled_from(["due", "any"]), "most": st.sampled_from([{"working_days": 30}, {"days": 20}]),
})  # fmt: skip


@pytest.mark.long
@settings(max_examples=50, deadline=None)
@given(st.data())
def test_every_instance_is_what_a_slow_walk_through_its_case_finds(data: st.DataObject) -> None:
    counting = data.draw(COUNTINGS)
    duty: dict[str, Any] = {"limits": [data.draw(LIMITS)]}
    if (extended := data.draw(EXTENSIONS)) is not None:
        duty["extended"] = extended
    if data.draw(st.booleans()):
        duty["paused"] = {"act": "中止", "ends": "恢复"}
    recorded = data.draw(st.booleans())
    dice = random.Random(data.draw(st.integers(0, 2**32)))
    cases = [random_history(dice) for _ in range(HISTORIES)]
    result = comply(
        scheme_of(duty, counting), ledger_of(cases, recorded), Period.parse("2024"), AS_OF, calendar=china(),
        of_scheme=True,
    )  # fmt: skip
    found = {row["case"]: (row["status"], row["first_due"], row["too_late"]) for row in result.instances.to_dicts()}
    for number, history in enumerate(cases):
        if Period.parse("2024").start <= history.received < Period.parse("2025").start:
            assert found[f"C{number:03d}"] == twin(history, duty, counting, recorded), history


def test_the_twin_knows_the_days_that_were_worked_on_a_weekend() -> None:
    counting = {"first_day": "excluded", "ends": "day", "last_day": "stands"}
    end = end_of({"working_days": 3}, counting, datetime(2024, 9, 11))
    assert end == datetime(2024, 9, 15)  # Saturday 14 September was worked: S06-D2


@pytest.mark.parametrize(("limit", "last"), [({"days": 30}, date(2024, 3, 31)), ({"months": 1}, date(2024, 4, 1))])
def test_natural_days_and_months_end_as_the_civil_code_counts(limit: dict[str, Any], last: date) -> None:
    counting = {"first_day": "excluded", "ends": "day", "last_day": "stands"}
    assert (end_of(limit, counting, datetime(2024, 3, 1, 9)) - MOMENT).date() == last
