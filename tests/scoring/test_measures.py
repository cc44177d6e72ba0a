"""Counting, against a twin in plain Python that walks the rows one by one."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.core.errors import InputError
from auditlib.core.period import Period
from auditlib.core.worktime import china
from auditlib.scheme.model import Scheme
from auditlib.scoring.counting import Counter
from auditlib.scoring.needed import needed_columns
from auditlib.scoring.unknown_days import DaysUnknown

TITLE = {"zh": "甲", "en": "A"}
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SCHEMA = {
    "case_id": pl.String, "unit": pl.String, "kind": pl.String, "person_key": pl.String, "problem_key": pl.String,
    "received_at": pl.Datetime("us"), "accepted_at": pl.Datetime("us"), "contacted_at": pl.Datetime("us"),
    "planned_at": pl.Datetime("us"), "closed_at": pl.Datetime("us"), "missing_items": pl.Int64,
}  # fmt: skip


def steps(mode, opened="as_of", clock="continuous", over=None, every=None):
    spans = {"over": over or {"minutes": 120}, "every": every or {"minutes": 60}}
    return {
        "steps": {"from": "accepted_at", "to": "contacted_at", "open": opened, "clock": clock, "mode": mode, **spans}
    }


COLUMNS = {
    "contact_floor": steps("floor"),
    "contact_ceil": steps("ceil"),
    "contact_exact": steps("exact"),
    "contact_closed": steps("ceil", opened="ignore"),
    "contact_working": steps("ceil", clock="working_days", over={"days": 1}, every={"days": 1}),
    "due": {
        "deadline": {
            "from": "received_at",
            "limits": [
                {"when": "kind = '咨询'", "hours": 4},
                {"when": "kind = '复杂'", "working_days": 3, "ends": "day"},
                {"days": 1, "ends": "time"},
            ],
        }
    },
    "late": {"sql": "coalesce(planned_at, as_of) > due"},
    "repeat": {
        "earlier": {
            "same": ["person_key", "problem_key"],
            "order": "received_at",
            "within": {"days": 30, "ends": "time"},
            "where": "kind <> '咨询'",
        }
    },
    "seen": {"earlier": {"same": ["person_key"], "order": "received_at", "within": None, "where": None}},
}
MEASURES = {
    "received": {},
    "quarter": {"window": "quarter"},
    "year": {"window": "year"},
    "to_date": {"window": "to_date"},
    "complaints": {"where": "kind = '投诉'"},
    "not_questions": {"where": "kind <> '咨询'"},
    "still_open": {"where": "closed_at is null"},
    "missing": {"sum": "missing_items"},
    "steps_floor": {"sum": "contact_floor"},
    "steps_ceil": {"sum": "contact_ceil"},
    "steps_exact": {"sum": "contact_exact"},
    "steps_closed": {"sum": "contact_closed"},
    "steps_working": {"sum": "contact_working"},
    "late": {"where": "late"},
    "late_complex": {"where": "late and kind = '复杂'"},
    "repeats": {"where": "repeat"},
    "repeats_of_quarter": {"where": "repeat", "window": "quarter"},
    "seen_before": {"where": "seen"},
    "closed": {"at": "closed_at"},
}


def scheme_of(measures=MEASURES, columns=COLUMNS, register="cases", **more):
    return Scheme.model_validate(
        {
            "scheme": "twin", "version": "1", "title": TITLE,
            "source": {"document": "d", "title": TITLE, "last_checked": "2026-01-01"},
            "effective": {"from": None}, "calendar": "china", "periods": ["month"], "clauses": {}, "indicators": [],
            "columns": {register: columns} if columns else {},
            "measures": {name: {"title": TITLE, "register": register, **spec} for name, spec in measures.items()},
            "ranking": {"clause": None, "by": "total", "order": "descending", "within": "all",
                        "different_maxima": "undecided", "ties": "shared"},
            "rounding": {"digits": 2, "mode": "half_up"}, **more,
        }
    )  # fmt: skip


SCHEME = scheme_of()


# --- the twin ---


def worked(day):
    """The working days of September 2025 to March 2026, from the State Council's tables."""
    assert date(2025, 9, 1) <= day <= date(2026, 3, 31)
    if day in {date(2025, 9, 28), date(2025, 10, 11), date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)}:
        return True
    if date(2025, 10, 1) <= day <= date(2025, 10, 8) or day in {date(2026, 1, 1), date(2026, 1, 2)}:
        return False
    if date(2026, 2, 15) <= day <= date(2026, 2, 23):
        return False
    return day.weekday() < 5


def working_time(start, end):
    total = timedelta()
    while start < end:
        upto = min(datetime.combine(start.date() + DAY, datetime.min.time()), end)
        total += (upto - start) if worked(start.date()) else timedelta()
        start = upto
    return total


def due(row):
    if row["kind"] == "咨询":
        return row["received_at"] + 4 * HOUR
    if row["kind"] != "复杂":
        return row["received_at"] + DAY
    day, left = row["received_at"].date(), 3
    while left:
        day += DAY
        left -= worked(day)
    return datetime.combine(day + DAY, datetime.min.time())


def delay(row, as_of, mode, opened="as_of", clock=None, over=2 * HOUR, every=HOUR):
    start, end = row["accepted_at"], row["contacted_at"]
    if end is None and opened == "as_of":
        end = as_of
    if start is None or end is None:
        return 0
    excess = max((clock or (lambda a, b: b - a))(start, end) - over, timedelta())
    if mode == "exact":
        return Fraction(excess // timedelta(microseconds=1), every // timedelta(microseconds=1))
    return excess // every + (1 if mode == "ceil" and excess % every else 0)


def before(row, rows):
    """The rows before this one: in time, and at the same time by their number."""
    return [r for r in rows if (r["received_at"], r["case_id"]) < (row["received_at"], row["case_id"])]


def is_repeat(row, rows):
    def counts(r):
        return r["kind"] not in (None, "咨询") and r["person_key"] is not None and r["problem_key"] is not None

    return counts(row) and any(
        counts(r)
        and (r["person_key"], r["problem_key"]) == (row["person_key"], row["problem_key"])
        and row["received_at"] - r["received_at"] <= 30 * DAY
        for r in before(row, rows)
    )


def is_seen(row, rows):
    return row["person_key"] is not None and any(r["person_key"] == row["person_key"] for r in before(row, rows))


def known_rows(rows, as_of, known_until):
    """What was known at ``as_of`` of a ledger that was taken later."""
    if known_until is None or as_of >= known_until:
        return rows
    seen = [
        {key: None if isinstance(value, datetime) and value > as_of else value for key, value in row.items()}
        for row in rows
    ]
    return [row for row in seen if row["received_at"] is not None]


def month(time):
    return time is not None and (time.year, time.month) == (2025, 12)


def twin(rows, as_of):
    """Each measure as what every row adds to it."""

    def late(row):
        return (row["planned_at"] or as_of) > due(row)

    def received(row):
        return month(row["received_at"])

    quarter = lambda row: datetime(2025, 10, 1) <= row["received_at"] < datetime(2026, 1, 1)  # noqa: E731
    inside = {
        "quarter": quarter,
        "repeats_of_quarter": quarter,
        "year": lambda row: row["received_at"].year == 2025,
        "to_date": lambda row: row["received_at"] < datetime(2026, 1, 1),
        "closed": lambda row: month(row["closed_at"]),
    }
    adds = {
        "complaints": lambda row: row["kind"] == "投诉",
        "not_questions": lambda row: row["kind"] not in (None, "咨询"),
        "still_open": lambda row: row["closed_at"] is None,
        "missing": lambda row: row["missing_items"] or 0,
        "steps_floor": lambda row: delay(row, as_of, "floor"),
        "steps_ceil": lambda row: delay(row, as_of, "ceil"),
        "steps_exact": lambda row: delay(row, as_of, "exact"),
        "steps_closed": lambda row: delay(row, as_of, "ceil", opened="ignore"),
        "steps_working": lambda row: delay(row, as_of, "ceil", clock=working_time, over=DAY, every=DAY),
        "late": late,
        "late_complex": lambda row: late(row) and row["kind"] == "复杂",
        "repeats": lambda row: is_repeat(row, rows),
        "repeats_of_quarter": lambda row: is_repeat(row, rows),
        "seen_before": lambda row: is_seen(row, rows),
    }
    return {
        name: {row["case_id"]: adds.get(name, lambda _: 1)(row) for row in rows if inside.get(name, received)(row)}
        for name in MEASURES
    }


# --- random ledgers ---


BORDERS = [
    datetime(2025, 12, 1), datetime(2025, 11, 30, 23, 59), datetime(2026, 1, 1), datetime(2025, 12, 31, 12),
    datetime(2025, 12, 5, 9), datetime(2025, 11, 1), datetime(2025, 10, 1), datetime(2025, 9, 30, 23, 59),
]  # fmt: skip
TIMES = st.one_of(
    st.sampled_from(BORDERS),
    st.integers(0, 110 * 24 * 2).map(lambda half_hours: datetime(2025, 9, 20) + half_hours * 30 * MINUTE),
)
LENGTHS = st.sampled_from(
    [None, 0 * DAY, 119 * MINUTE, 2 * HOUR, 121 * MINUTE, 3 * HOUR, 181 * MINUTE, 4 * HOUR, 241 * MINUTE, DAY,
     DAY + MINUTE, 2 * DAY, 3 * DAY, 5 * DAY, 30 * DAY]
)  # fmt: skip


@st.composite
def ledgers(draw):
    rows = []
    for number in range(draw(st.integers(0, 10))):
        received = draw(TIMES)
        accepted = _later(received, draw(LENGTHS))
        rows.append(
            {
                "case_id": f"C{number:02d}",
                "unit": draw(st.sampled_from(["D1", "D2"])),
                "kind": draw(st.sampled_from(["投诉", "复杂", "咨询", None])),
                "person_key": draw(st.sampled_from(["p", "q", None])),
                "problem_key": draw(st.sampled_from(["x", "x", "y", None])),
                "received_at": received,
                "accepted_at": accepted,
                "contacted_at": _later(accepted, draw(LENGTHS)),
                "planned_at": _later(received, draw(LENGTHS)),
                "closed_at": _later(received, draw(LENGTHS)),
                "missing_items": draw(st.sampled_from([None, 0, 1, 3])),
            }
        )
    return draw(st.permutations(rows))


def _later(time, length):
    return None if time is None or length is None else time + length


def counter(rows, as_of=datetime(2026, 1, 5), known_until=None, scheme=SCHEME, period="2025-12"):
    frame = pl.DataFrame(rows, schema=SCHEMA)
    return Counter(scheme, {"cases": frame.lazy()}, Period.parse(period), as_of, china(), known_until)


def count(counts, unit, name):
    return counts.get(unit, {}).get(name, Fraction(0))


def agree(rows, as_of, known_until=None):
    known = known_rows(rows, as_of, known_until)
    unit_of = {row["case_id"]: row["unit"] for row in known}
    made = counter(rows, as_of, known_until)
    together, evidence = made.counts(), made.evidence(MEASURES)
    for name, added in twin(known, as_of).items():
        for unit in ("D1", "D2"):
            own = {case: value for case, value in added.items() if unit_of[case] == unit}
            assert count(together, unit, name) == sum(own.values()), name
            assert evidence.get(name, {}).get(unit, []) == sorted(case for case, value in own.items() if value), name


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(ledgers())
def test_every_count_and_its_evidence_agree_with_walking_the_rows(rows):
    agree(rows, datetime(2026, 1, 5))


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(ledgers(), st.sampled_from([datetime(2025, 12, 5, 10), datetime(2025, 12, 20), datetime(2026, 1, 1)]))
def test_seen_from_an_earlier_time_later_facts_are_not_known(rows, as_of):
    agree(rows, as_of, known_until=datetime(2026, 3, 1))


@settings(max_examples=15, deadline=None)
@given(ledgers(), st.sampled_from([name for name in MEASURES if name != "closed"]))
def test_a_measure_counted_alone_is_what_it_is_among_the_others(rows, name):
    made = counter(rows)
    alone, together = made.counts([name]), made.counts()
    assert {unit: count(alone, unit, name) for unit in ("D1", "D2")} == {
        unit: count(together, unit, name) for unit in ("D1", "D2")
    }


@pytest.mark.long
@settings(max_examples=10, deadline=None)
@given(ledgers(), st.randoms())
def test_the_order_of_rows_changes_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert counter(shuffled).counts() == counter(rows).counts()
    assert counter(shuffled).evidence(MEASURES) == counter(rows).evidence(MEASURES)


# --- cases worth their own name ---


def test_days_of_the_spring_festival_are_no_working_days():
    """From noon of 30 January to 1 March 2026 there are 16.5 working days; one is free, a started one counts."""
    row = case("C1", "2025-12-31T12:00:00") | {
        "accepted_at": datetime(2026, 1, 30, 12), "contacted_at": datetime(2026, 3, 1, 12),
    }  # fmt: skip
    agree([row], datetime(2026, 1, 5))
    assert count(counter([row]).counts(), "D1", "steps_working") == 16


def case(number, received, **more):
    row = dict.fromkeys(SCHEMA) | {
        "case_id": number,
        "unit": "D1",
        "kind": "投诉",
        "person_key": "p",
        "problem_key": "x",
    }
    return row | {"received_at": datetime.fromisoformat(received)} | more


def d1(rows, name, **options):
    return count(counter(rows, **options).counts([name]), "D1", name)


def test_a_repeat_of_a_case_of_the_month_before_counts_in_the_month_it_came_in():
    rows = [case("C1", "2025-11-20T09:00"), case("C2", "2025-12-10T09:00")]
    assert d1(rows, "repeats") == 1
    assert d1(rows, "repeats", period="2025-11") == 0
    assert counter(rows).evidence(["repeats"]) == {"repeats": {"D1": ["C2"]}}


def test_thirty_days_to_the_minute_are_a_repeat_and_a_minute_more_is_none():
    assert d1([case("C1", "2025-11-20T09:00"), case("C2", "2025-12-20T09:00")], "repeats") == 1
    assert d1([case("C1", "2025-11-20T09:00"), case("C2", "2025-12-20T09:01")], "repeats") == 0


def test_of_cases_at_the_same_time_all_but_the_first_by_number_are_repeats():
    rows = [case(number, "2025-12-10T09:00") for number in ("C3", "C1", "C2")]
    assert counter(rows).evidence(["repeats"]) == {"repeats": {"D1": ["C2", "C3"]}}


def test_a_repeat_counts_for_the_unit_of_the_later_case():
    rows = [case("C1", "2025-12-01T09:00", unit="D2"), case("C2", "2025-12-02T09:00")]
    assert counter(rows).counts(["repeats"])["D1"]["repeats"] == 1
    assert counter(rows).counts(["repeats"])["D2"]["repeats"] == 0


def test_an_open_delay_runs_to_the_as_of_time():
    rows = [case("C1", "2025-12-31T09:00", accepted_at=datetime(2025, 12, 31, 9))]
    assert d1(rows, "steps_floor", as_of=datetime(2025, 12, 31, 11, 59)) == 0
    assert d1(rows, "steps_floor", as_of=datetime(2025, 12, 31, 13, 59)) == 2
    assert d1(rows, "steps_exact", as_of=datetime(2025, 12, 31, 12, 30)) == Fraction(3, 2)
    assert d1(rows, "steps_closed", as_of=datetime(2026, 1, 5)) == 0


def test_a_microsecond_short_of_a_step_is_no_completed_step_but_a_started_one():
    times = {"accepted_at": datetime(2025, 12, 1, 9), "contacted_at": datetime(2025, 12, 1, 11, 59, 59, 999_999)}
    rows = [case("C1", "2025-12-01T09:00", **times)]
    assert (d1(rows, "steps_floor"), d1(rows, "steps_ceil")) == (0, 1)
    rows[0]["contacted_at"] += timedelta(microseconds=1)
    assert (d1(rows, "steps_floor"), d1(rows, "steps_ceil")) == (1, 1)
    rows[0]["contacted_at"] += timedelta(microseconds=1)
    assert (d1(rows, "steps_floor"), d1(rows, "steps_ceil")) == (1, 2)


def test_three_working_days_over_new_year_end_with_the_sixth_of_january():
    # 2025-12-31 is a Wednesday; 1 to 3 January rest, Sunday the 4th is worked.
    planned = {"kind": "复杂", "planned_at": datetime(2026, 1, 6, 23, 59, 59, 999_999)}
    assert d1([case("C1", "2025-12-31T09:00", **planned)], "late_complex", as_of=datetime(2026, 1, 9)) == 0
    planned["planned_at"] = datetime(2026, 1, 7)  # in a ledger of bare dates, the whole seventh
    assert d1([case("C1", "2025-12-31T09:00", **planned)], "late_complex", as_of=datetime(2026, 1, 9)) == 1


def test_a_case_that_came_in_after_the_as_of_time_is_not_there_and_a_later_closing_has_not_happened():
    rows = [
        case("C1", "2025-12-01T09:00", closed_at=datetime(2025, 12, 20)),
        case("C2", "2025-12-15T09:00"),
    ]
    early = {"as_of": datetime(2025, 12, 10), "known_until": datetime(2026, 1, 5)}
    assert (d1(rows, "received", **early), d1(rows, "still_open", **early)) == (1, 1)
    late = {"as_of": datetime(2026, 1, 5), "known_until": datetime(2026, 1, 5)}
    assert (d1(rows, "received", **late), d1(rows, "still_open", **late)) == (2, 1)


def test_a_limit_in_hours_at_the_end_of_the_calendar_does_not_ask_for_the_next_year():
    rows = [case("C1", "2026-12-30T09:00", kind="咨询", planned_at=datetime(2026, 12, 30, 10))]
    assert d1(rows, "late", as_of=datetime(2026, 12, 31), period="2026-12") == 0


def test_a_limit_in_working_days_that_ends_beyond_the_calendar_is_refused_not_forgotten():
    rows = [case("C1", "2026-12-30T09:00", kind="复杂")]
    with pytest.raises(DaysUnknown) as refused:
        d1(rows, "late", as_of=datetime(2026, 12, 31), period="2026-12")
    found, way_out = refused.value.problems
    assert found.message == (
        "found C1 of unit D1, for which working days are needed that nobody knows (due), expected days from "
        "2004-01-01 to 2026-12-31, which calendar china knows"
    )
    assert (way_out.file, "--provisional-calendar" in way_out.message) == ("params/calendars/china.yaml", True)


REPEATS_AT_CLOSING = scheme_of({"repeats": {"where": "repeat", "at": "closed_at"}})


def test_a_repeat_counted_by_its_closing_still_sees_an_earlier_case_that_is_open():
    rows = [case("C1", "2025-12-01T09:00"), case("C2", "2025-12-02T09:00", closed_at=datetime(2025, 12, 3))]
    assert d1(rows, "repeats", scheme=REPEATS_AT_CLOSING) == 1


def test_a_sum_of_binary_floats_is_refused():
    scheme = scheme_of({"n": {"sum": "half"}}, {"half": {"sql": "missing_items / 2"}})
    with pytest.raises(InputError):
        d1([case("C1", "2025-12-01T09:00", missing_items=3)], "n", scheme=scheme)


def test_a_repeat_can_be_looked_for_in_a_register_without_a_key():
    columns = {"again": {"earlier": {"same": ["unit", "kind"], "order": "due_at", "within": None, "where": None}}}
    scheme = scheme_of({"n": {"where": "again"}}, columns, "submissions")
    times = [datetime(2025, 12, 1), datetime(2025, 12, 2)]
    frame = pl.DataFrame({"unit": ["D1", "D1"], "kind": ["月报", "月报"], "due_at": times})
    made = Counter(scheme, {"submissions": frame.lazy()}, Period.parse("2025-12"), datetime(2026, 1, 1))
    assert made.counts() == {"D1": {"n": 1}}


def test_events_without_a_number_count_once_and_those_with_one_as_often_as_it_says():
    scheme = scheme_of({"failures": {"where": "kind = '故障'", "sum": "count"}}, {}, "events")
    events = pl.DataFrame(
        {
            "event_id": ["E1", "E2", "E3", "E4"], "unit": ["D1"] * 4, "kind": ["故障", "故障", "其他", "故障"],
            "at": [datetime(2025, 12, day) for day in (1, 2, 3, 4)], "count": [None, 3, 5, 0],
        }
    )  # fmt: skip
    made = Counter(scheme, {"events": events.lazy()}, Period.parse("2025-12"), datetime(2026, 1, 1))
    assert made.counts() == {"D1": {"failures": 4}}
    assert made.evidence(["failures"]) == {"failures": {"D1": ["E1", "E2"]}}


def test_the_rows_behind_a_measure_come_with_the_columns_asked_for_in_order_of_their_key():
    rows = [case("C2", "2025-12-02T09:00"), case("C1", "2025-12-03T09:00"), case("C3", "2025-12-02T09:00", unit="D2")]
    table = counter(rows).rows("repeats", "D1", ["case_id", "received_at", "due", "not_there"])
    assert table.rows() == [("C1", datetime(2025, 12, 3, 9), datetime(2025, 12, 4, 9))]


def facts_counter(rows, period="2025-12", **measures):
    fields = {name: {"title": TITLE, **spec} for name, spec in measures.items()}
    scheme = scheme_of({}, {}).model_copy(update={})
    scheme = Scheme.model_validate(scheme.model_dump(by_alias=True) | {"measures": fields})
    frame = pl.DataFrame(rows, schema=["unit", "period", "fact", "value"], orient="row")
    return Counter(scheme, {"unit_facts": frame.lazy()}, Period.parse(period), datetime(2026, 1, 1), china())


def test_facts_are_exact_and_those_of_the_period_itself():
    rows = [
        ("D1", "2025-12", "calls", "0.1"),
        ("D1", "2025-11", "calls", "7"),
        ("D1", "2025Q4", "calls", "9"),
        ("D2", "2025-12", "calls", "1/3"),
    ]
    found = facts_counter(rows, n={"fact": "calls"}).facts()
    assert {unit: {name: row.value for name, row in own.items()} for unit, own in found.items()} == {
        "D1": {"n": Fraction(1, 10)},
        "D2": {"n": Fraction(1, 3)},
    }
    assert {(row.unit, row.period, row.fact) for own in found.values() for row in own.values()} == {
        ("D1", "2025-12", "calls"),
        ("D2", "2025-12", "calls"),
    }
    assert facts_counter(rows, "2025Q4", n={"fact": "calls"}).facts()["D1"]["n"].value == 9


@pytest.mark.parametrize(
    ("otherwise", "period", "days"),
    [
        ("calendar_days", "2025-12", 31),
        ("calendar_days", "2025Q4", 92),
        ("working_days", "2025-10", 18),
        ("working_days", "2025-12", 23),
    ],
)
def test_days_stand_in_for_a_fact_that_is_not_given(otherwise, period, days):
    made = facts_counter([("D1", "2025-12", "other", "1")], period, n={"fact": "days", "otherwise": otherwise})
    assert made.stand_in(made.scheme.measures["n"], "D1") == days


def test_nothing_stands_in_for_a_fact_unless_the_scheme_says_so():
    made = facts_counter([("D1", "2025-12", "other", "1")], n={"fact": "days"})
    assert made.stand_in(made.scheme.measures["n"], "D1") is None


def test_marks_are_those_of_the_period_with_their_reasons():
    marks = pl.DataFrame(
        [("D1", "2025-12", "a", "0.5", "why"), ("D1", "2025-11", "a", "9", None), ("D1", "2025-12", "b", "-1", None)],
        schema=["unit", "period", "indicator", "points", "reason"], orient="row",
    )  # fmt: skip
    made = Counter(SCHEME, {"marks": marks.lazy()}, Period.parse("2025-12"), datetime(2026, 1, 1))
    assert made.marks() == {("D1", "a"): [(Fraction(1, 2), "why")], ("D1", "b"): [(Fraction(-1), None)]}


def test_a_register_that_the_ledger_lacks_is_left_out():
    made = Counter(SCHEME, {}, Period.parse("2025-12"), datetime(2026, 1, 1))
    assert (made.counts(), made.evidence(MEASURES), made.facts(), made.marks()) == ({}, {}, {}, {})


def test_a_missing_column_is_refused_by_name():
    frame = pl.DataFrame([case("C1", "2025-12-01T09:00")], schema=SCHEMA).drop("problem_key", "accepted_at")
    made = Counter(SCHEME, {"cases": frame.lazy()}, Period.parse("2025-12"), datetime(2026, 1, 1), china())
    with pytest.raises(InputError) as caught:
        made.counts()
    assert sorted(problem.path for problem in caught.value.problems) == ["accepted_at", "problem_key"]


def test_a_column_derived_from_itself_is_refused():
    scheme = scheme_of({"n": {"where": "a"}}, {"a": {"sql": "b > 1"}, "b": {"sql": "not a"}})
    with pytest.raises(InputError, match="derived from itself"):
        needed_columns(scheme)


def test_a_scheme_names_the_columns_it_needs_without_the_derived_ones():
    scheme = scheme_of({"n": {"where": "late and 天气 = '雪'"}, "c": {"at": "closed_at"}})
    needed = needed_columns(scheme)
    assert set(needed) == {"units", "cases"}
    assert set(needed["cases"]) == {"case_id", "unit", "received_at", "planned_at", "kind", "天气", "closed_at"}


def test_working_days_without_a_calendar_are_refused():
    made = Counter(SCHEME, counter([]).registers, Period.parse("2025-12"), datetime(2026, 1, 1))
    with pytest.raises(InputError, match="working days are counted, expected a calendar"):
        made.counts(["late"])
