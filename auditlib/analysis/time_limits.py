"""The time limits that a scheme sets for handling a case, read from its columns and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from auditlib.core.message import sentence, t, worded
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.columns import column_inputs
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Column
from auditlib.scheme.times import MINUTE_US, Steps

__all__ = ["RECEIVED", "TimeLimit", "counts_by_time", "limit_key", "limit_title", "limit_words", "time_limits"]


CASES = REGISTERS["cases"]
RECEIVED = CASES.at or ""
"""The column of cases by which they belong to a period."""
UNITS_US = {"minute": MINUTE_US, "hour": 60 * MINUTE_US, "day": 1440 * MINUTE_US}
ENDS = r"(?P<end>\w+)(?:\s*,\s*as_of\s*\))?"
BEYOND_DUE = re.compile(rf"{ENDS}\s*(?P<sign>>=|<=|>|<)\s*(?P<due>\w+)\b(?!\s*\()")
BEYOND_SPAN = re.compile(
    rf"{ENDS}\s*-\s*(?P<start>\w+)\s*(?P<sign>>=|<=|>|<)\s*interval\s*'(?P<number>\d+)\s*(?P<unit>minute|hour|day)s?'",
    re.IGNORECASE,
)
VALUE = re.compile(r"'([^']+)'")
EQUATES = re.compile(r"\w+ = '[^']*'")
"""Says which value a column has: conditions on other values exclude it already."""
SHARP = (">=", "<")
"""Signs by which the last moment is late, or not in time, already."""


@dataclass(frozen=True)
class TimeLimit:
    """How long something may take: from the time ``start`` to the time ``end``, columns of the cases or derived ones.

    Either it ends at the time ``due``, a column too, or it lasts ``span_us`` microseconds, of working days only with
    ``working``; ``days`` is a limit in working days. It concerns the cases of its ``kind`` that satisfy one of the
    conditions ``among``. With ``sharp`` the last moment is late already. ``clauses`` are those of the rules and
    outcomes that count by it.
    """

    start: str
    end: str
    due: str | None = None
    span_us: int | None = None
    working: bool = False
    kind: str | None = None
    among: tuple[str, ...] = ()
    sharp: bool = False
    days: int | None = None
    clauses: tuple[str, ...] = ()

    @property
    def when(self) -> str | None:
        """The condition of the cases that it concerns; None for all."""
        among = " or ".join(f"({one})" for one in self.among)
        both = [f"({one})" for one in (self.kind, among) if one]
        return " and ".join(both) or None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at."""
        named = (self.start, self.end, *((self.due,) if self.due else ()))
        return tuple(dict.fromkeys((*named, *(parse_sql(self.when).columns if self.when else ()))))


def time_limits(scheme: Scheme) -> tuple[TimeLimit, ...]:
    """Every limit on the time that a case takes, in the order of the measures; the same limit only once.

    Found are steps over a limit, and conditions that compare a time with a due time or a difference of two times
    with an interval, where a measure counts by them. Conditions of another form limit nothing that could be drawn.
    """
    columns = scheme.columns.get("cases", {})
    clauses = _clauses(scheme)
    found: dict[tuple[object, ...], TimeLimit] = {}
    for name, measure in scheme.measures.items():
        if measure.register_ != "cases" or measure.where is None:
            continue
        for limit in _of_measure(measure.where, columns):
            own = replace(limit, clauses=clauses.get(name, ()))
            kinds = (limit.days, limit.span_us, limit.kind) if limit.due in columns else (limit.span_us,)
            key = (limit.start, limit.end, limit.due, *kinds)
            known = found.get(key)
            found[key] = own if known is None else _either(known, own)
    return tuple(found.values())


def counts_by_time(scheme: Scheme) -> bool:
    """Whether any measure of cases looks at a due time, or at steps of time beyond a limit, in whatever form."""
    columns = scheme.columns.get("cases", {})
    timed = _due_columns(columns) | {name for name, column in columns.items() if column.steps is not None}
    waiting = [
        name
        for measure in scheme.measures.values()
        if measure.register_ == "cases"
        for name in (*(parse_sql(measure.where).columns if measure.where else ()), measure.sum)
        if name is not None
    ]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in timed:
            return True
        if name not in seen and name in columns:
            waiting += column_inputs(columns[name])
        seen.add(name)
    return False


def _either(one: TimeLimit, other: TimeLimit) -> TimeLimit:
    """The same limit, found in two conditions: it concerns the cases of both."""
    conditions = list(dict.fromkeys((*one.among, *other.among)))
    among = () if not one.among or not other.among else tuple(conditions)
    return replace(one, among=among, clauses=tuple(dict.fromkeys((*one.clauses, *other.clauses))))


def _clauses(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """By measure of cases, the clauses of the rules and outcomes that count by it."""
    found: dict[str, dict[str, None]] = {}
    used = [(rule.clause, rule.quantity) for _, rule in scheme.rules()]
    used += [(rule.clause, rule.multiplier.of) for _, rule in scheme.rules() if rule.multiplier]
    used += [(outcome.clause, outcome.quantity.of) for outcome in scheme.outcomes if outcome.quantity]
    for clause, quantity in used:
        waiting, seen = [quantity] if quantity else [], set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in scheme.measures:
                found.setdefault(name, {})[clause] = None
            else:
                waiting += scheme.parts_of(name)
    return {name: tuple(clauses) for name, clauses in found.items()}


def _of_measure(where: str, columns: Mapping[str, Column]) -> Iterator[TimeLimit]:
    """The limits in the condition of a measure; what it joins with ``and`` says which cases they concern.

    Of several limits so joined, each concerns the cases that have missed those before it.
    """
    if re.search(r"\bor\b", where, re.IGNORECASE):
        return
    parts = re.split(r"\s+and\s+", where, flags=re.IGNORECASE)
    limits = [list(_of_part(part, columns)) for part in parts]
    for number, own in enumerate(limits):
        others = [part for at, part in enumerate(parts) if at != number and (at < number or not limits[at])]
        for limit in own:
            # What is not finished is limited too: that a time is filled says how to count, not which cases.
            filled = {f"{name} is not null" for name in (limit.start, limit.end, limit.due)}
            among = " and ".join(part for part in others if part.strip().lower() not in filled)
            yield replace(limit, among=(among,) if among else ())


def _of_part(part: str, columns: Mapping[str, Column]) -> Iterator[TimeLimit]:
    """The limits that one part of a condition names: by itself, or by a column that compares with them."""
    yield from _of_comparison(part, columns)
    for name in dict.fromkeys(re.findall(r"\w+", part)):
        column = columns.get(name)
        if column is None:
            continue
        if column.sql is not None:
            yield from _of_comparison(column.sql, columns)
        elif column.steps is not None:
            yield from _of_steps(column.steps, columns)
        elif column.earlier is not None and column.earlier.where is not None:
            yield from _of_part(column.earlier.where, columns)


def _of_steps(steps: Steps, columns: Mapping[str, Column]) -> Iterator[TimeLimit]:
    if steps.start not in _due_columns(columns):
        yield TimeLimit(steps.start, steps.end, None, steps.over.us, steps.clock == "working_days")
    elif not steps.over.us:
        yield from _until(steps.start, steps.end, columns)


def _until(due: str, end: str, columns: Mapping[str, Column], sharp: bool = False) -> Iterator[TimeLimit]:
    """The limit that ends at ``due``: set case by case, or declared for one kind of case after the other."""
    deadline = columns[due].deadline if due in columns else None
    if deadline is None:
        yield TimeLimit(RECEIVED, end, due, sharp=sharp)
        return
    before: list[str] = []
    for limit in deadline.limits:
        own = [*([limit.when] if limit.when else []), *(f"not ({one})" for one in before)]
        kind = " and ".join(f"({one})" for one in own) if len(own) > 1 else own[0] if own else None
        span = None if limit.span is None else limit.span.us
        yield TimeLimit(deadline.start, end, due, span, kind=kind, sharp=sharp, days=limit.working_days)
        before += [] if limit.when is None or EQUATES.fullmatch(limit.when) else [limit.when]


def _of_comparison(sql: str, columns: Mapping[str, Column]) -> Iterator[TimeLimit]:
    times, due = _time_columns(columns), _due_columns(columns)
    if (found := BEYOND_SPAN.search(sql)) and {found["end"], found["start"]} <= times:
        span = int(found["number"]) * UNITS_US[found["unit"].lower()]
        yield TimeLimit(found["start"], found["end"], None, span, sharp=found["sign"] in SHARP)
    elif (found := BEYOND_DUE.search(sql)) and found["end"] in times and found["due"] in due:
        yield from _until(found["due"], found["end"], columns, found["sign"] in SHARP)


def _time_columns(columns: Mapping[str, Column]) -> set[str]:
    """The columns of cases that are times of what happened, or computed from these."""
    raw = {column.name for column in CASES.columns if column.type == "time"}
    return raw | {name for name, column in columns.items() if column.sql and raw & {*parse_sql(column.sql).columns}}


def _due_columns(columns: Mapping[str, Column]) -> set[str]:
    """The columns of cases that say until when something may take."""
    return {column.name for column in CASES.columns if column.type == "deadline"} | {
        name for name, column in columns.items() if column.deadline
    }


# --- in words --------------------------------------------------------------------------------------


def limit_title(scheme: Scheme, limit: TimeLimit, language: str) -> str:
    """What a limit limits, and of which cases: ``接单 → 联系``, ``提交 → 视同办理（投诉）``."""
    columns = scheme.columns.get("cases", {})
    way = f"{_column_words(limit.start, columns, language)} → {_column_words(limit.end, columns, language)}"
    named = tuple(dict.fromkeys(VALUE.findall(limit.when or "")))
    return sentence("{way} ({kinds})", language, way=way, kinds=named) if named else way


def _column_words(name: str, columns: Mapping[str, Column], language: str) -> str:
    derived = columns.get(name)
    stands_in = re.match(r"coalesce\((\w+),", derived.sql or "") if derived else None
    raw = CASES.column(stands_in[1] if stands_in else name)
    if raw is not None:
        words = raw.zh if language == "zh" else raw.name.removesuffix("_at").replace("_", " ")
    else:
        words = derived.title(language) if derived and derived.title else name
    before, after = worded("time taken as {what}", language).split("{what}")
    return words.removeprefix(before).removesuffix(after)


def limit_key(limit: TimeLimit) -> str:
    """What sorts limits by their length: microseconds, a working day as a day; empty for one set case by case."""
    span = limit.days * 1440 * MINUTE_US if limit.days is not None else limit.span_us
    return "" if span is None else str(span)


def limit_words(limit: TimeLimit, language: str) -> str:
    """How long a limit is: ``30 分钟``, ``3 个工作日``, or set case by case."""
    if limit.days is not None:
        return t("{count} {count:working day|working days}", language, count=limit.days)
    if limit.span_us is None:
        return t("set case by case", language)
    minutes = limit.span_us // MINUTE_US
    if minutes % 1440 == 0 and minutes > 1440:
        return t("{count} {count:day|days}", language, count=minutes // 1440)
    said = "{count} min" if minutes % 60 else "{count} h"
    return t(said, language, count=minutes if minutes % 60 else minutes // 60)
