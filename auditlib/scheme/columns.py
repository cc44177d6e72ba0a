"""Which columns a measure reads, through the columns that are derived from others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditlib.core.errors import InputError
from auditlib.ledger.conditions import CLOCK_COLUMNS, parse_sql
from auditlib.scheme.duties import Act, Duty, DutyStart, Moment
from auditlib.scheme.model import Scheme
from auditlib.scheme.quantities import Column, Measure

__all__ = [
    "column_inputs",
    "columns_of",
    "columns_of_duties",
    "columns_of_weighs",
    "columns_read",
    "duty_expressions",
    "ground_expressions",
    "measure_columns",
    "needs_calendar",
    "with_inputs",
    "written_expressions",
]


def column_inputs(column: Column) -> tuple[str, ...]:
    """The columns that a derived column is computed from."""
    if column.sql is not None:
        return parse_sql(column.sql).columns
    if column.deadline is not None:
        conditions = [parse_sql(limit.when).columns for limit in column.deadline.limits if limit.when]
        return (column.deadline.start, *(name for names in conditions for name in names))
    if column.steps is not None:
        return (column.steps.start, column.steps.end)
    if column.period_of is not None:
        return (column.period_of.time,)
    if column.choose is not None:
        conditions = [parse_sql(row.when).columns for row in column.choose.rows if row.when]
        return tuple(dict.fromkeys(name for names in conditions for name in names))
    earlier = column.earlier
    assert earlier is not None
    return (*earlier.same, earlier.order, *(parse_sql(earlier.where).columns if earlier.where else ()))


def written_expressions(scheme: Scheme) -> Iterator[tuple[str, tuple[str | int, ...], str]]:
    """Every SQL expression of a scheme, with the register whose rows it looks at and where it stands."""
    for register, columns in scheme.columns.items():
        for name, column in columns.items():
            path: tuple[str | int, ...] = ("columns", register, name)
            if column.sql is not None:
                yield register, (*path, "sql"), column.sql
            for index, limit in enumerate(column.deadline.limits if column.deadline else ()):
                if limit.when is not None:
                    yield register, (*path, "deadline", "limits", index, "when"), limit.when
            if column.earlier is not None and column.earlier.where is not None:
                yield register, (*path, "earlier", "where"), column.earlier.where
            for index, row in enumerate(column.choose.rows if column.choose else ()):
                if row.when is not None:
                    yield register, (*path, "choose", "rows", index, "when"), row.when
    for name, measure in scheme.measures.items():
        if measure.register_ is not None and measure.where is not None:
            yield measure.register_, ("measures", name, "where"), measure.where
    for index, duty in enumerate(scheme.duties):
        for path, sql, register in duty_expressions(duty):
            yield register, ("duties", index, *path), sql
    for path, sql, register in ground_expressions(scheme):
        yield register, path, sql


def ground_expressions(scheme: Scheme) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """The condition of every ground that weighs: where it stands, and the register of the rows behind its outcome.

    The register is empty where no rows of one stand behind the outcome.
    """
    for index, outcome in enumerate(scheme.outcomes):
        shown_by = scheme.measures.get(scheme.evidence_of_outcome(outcome))
        for number, ground in enumerate(outcome.weighs):
            path = ("outcomes", index, "weighs", number, "when")
            yield path, ground.when, (shown_by.register_ if shown_by else None) or ""


def duty_expressions(duty: Duty) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Every SQL expression of a duty: where it stands in it, and the register whose rows it looks at."""
    for key in ("when", "excused"):
        if (sql := getattr(duty, key)) is not None:
            yield (key,), sql, duty.of
    start: tuple[tuple[tuple[str | int, ...], Moment], ...] = ()
    if duty.start is not None and not isinstance(duty.start, DutyStart):
        start = ((("from",), duty.start),)
    ways: list[tuple[tuple[str | int, ...], Moment]] = [(("or", n, "to"), way.to) for n, way in enumerate(duty.ways)]
    parts: list[tuple[tuple[str | int, ...], Moment]] = [(("to", n), moment) for n, moment in enumerate(duty.to or ())]
    shown: list[tuple[tuple[str | int, ...], Moment]] = [(("shown_by",), duty.shown_by)] if duty.shown_by else []
    for path, moment in (*start, *parts, *ways, *shown):
        if isinstance(moment, Act) and moment.where is not None:
            yield (*path, "where"), moment.where, "acts"
    limits = [(("limits", n), limit) for n, limit in enumerate(duty.limits)]
    limits += [(("or", n, "limits", m), limit) for n, way in enumerate(duty.ways) for m, limit in enumerate(way.limits)]  # type: ignore[misc]
    for place, limit in limits:
        if limit.when is not None:
            yield (*place, "when"), limit.when, duty.of


def columns_read(duty: Duty) -> Iterator[tuple[str, str]]:
    """The register and the name of every column that judging a duty reads."""
    for _, sql, register in duty_expressions(duty):
        yield from ((register, name) for name in parse_sql(sql).columns)
    for moment in (*duty.moments,):
        if isinstance(moment, str):
            yield duty.of, moment
        elif moment.by is not None:
            yield duty.of, moment.by
            yield "acts", moment.by
            yield from (("acts", name) for name in ("post", "unit"))
    limits = (*duty.limits, *(limit for way in duty.ways for limit in way.limits))
    yield from ((duty.of, limit.until) for limit in limits if limit.until is not None)
    yield from ((duty.of, name) for name in duty.filled or ())
    yield duty.of, duty.by
    for needs in (duty.extended, duty.handed_over):
        yield from (("acts", name) for name in (needs.needs if needs is not None else ()))
    if duty.extended is not None:
        yield "acts", "until"
    if any(isinstance(moment, Act) for moment in duty.moments):
        yield "acts", "unit"
    if duty.asked is not None:
        yield "checks", "case_id"
    if duty.never is not None:
        yield from (("events", name) for name in ("kind", "verified", "case_id", "duty"))


def columns_of_duties(scheme: Scheme) -> set[str]:
    """The columns of any register that duties read, and those that these are derived from."""
    waiting = {
        name for duty in scheme.duties for _, sql, _ in duty_expressions(duty) for name in parse_sql(sql).columns
    }
    for duty in scheme.duties:
        waiting |= {moment for moment in duty.moments if isinstance(moment, str)}
        waiting |= {moment.by for moment in duty.moments if isinstance(moment, Act) and moment.by is not None}
        waiting |= {duty.by, *(duty.filled or ()), *(limit.until for limit in duty.limits if limit.until is not None)}
    for reading in scheme.readings.values():  # an option that is not in use may read others
        for option in reading.options.values():
            waiting |= set(_columns_in(option.value))
    return waiting.union(*(with_inputs(scheme, register, sorted(waiting)) for register in scheme.columns))


def columns_of_weighs(scheme: Scheme) -> set[str]:
    """The columns that the grounds look at which make an outcome graver or milder."""
    return {name for outcome in scheme.outcomes for ground in outcome.weighs for name in _columns_in(ground.when)}


def _columns_in(value: object) -> tuple[str, ...]:
    """The columns of an option that is a condition."""
    try:
        return parse_sql(value).columns if isinstance(value, str) else ()
    except ValueError:
        return ()


def measure_columns(measure: Measure) -> tuple[str, ...]:
    """The columns that a measure names itself."""
    return (
        *(parse_sql(measure.where).columns if measure.where else ()),
        *((measure.column,) if measure.column else ()),
    )


def columns_of(scheme: Scheme, measure: Measure) -> list[str]:
    """The columns that a measure reads, with those that they are derived from; each after its inputs."""
    return with_inputs(scheme, measure.register_ or "", measure_columns(measure))


def with_inputs(scheme: Scheme, register: str, names: Iterable[str]) -> list[str]:
    """Columns of a register with those that they are derived from, each after its inputs.

    Raises :class:`InputError` where a column is derived from itself.
    """
    derived = scheme.columns.get(register, {})
    order: dict[str, None] = {}

    def add(name: str, above: tuple[str, ...] = ()) -> None:
        if name in order:
            return
        if name in above:
            raise InputError.at(scheme.scheme, f"columns.{register}.{name}", "the column is derived from itself")
        if name in derived:
            for inner in column_inputs(derived[name]):
                if inner not in CLOCK_COLUMNS:
                    add(inner, (*above, name))
        order[name] = None

    for name in names:
        add(name)
    return list(order)


def needs_calendar(scheme: Scheme) -> bool:
    """Whether anything in a scheme counts working days."""
    columns = [column for by_name in scheme.columns.values() for column in by_name.values()]
    limits = [limit for column in columns if column.deadline for limit in column.deadline.limits]
    return (
        any(limit.working_days for limit in limits)
        or any(column.steps is not None and column.steps.clock == "working_days" for column in columns)
        or any(measure.otherwise == "working_days" for measure in scheme.measures.values())
        or scheme.counting.last_day != "stands"
        or scheme.counting.received_on_rest_day != "that_day"
        or any(limit.by_days for duty in scheme.duties for limit in duty.every_limit)
    )
