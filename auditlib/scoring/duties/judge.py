"""Duties judged row by row: every instance of a duty with one status, never guessed.

What is not recorded is not the same as what was not done: an act that is not there is a breach only where the ledger
says that it records such acts; else the instance is ``not_assessable`` and ``lacking`` names what is not known.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import polars as pl

from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.duties import Act, Duty, DutyStart, Moment
from auditlib.scheme.duty_clock import Clock
from auditlib.scoring.duties.acting import WRITTEN
from auditlib.scoring.duties.by_case import NO
from auditlib.scoring.duties.codes import coded, status_of, why_unknown
from auditlib.scoring.duties.found import (
    ACT,
    EARLY,
    MAYBE,
    START,
    TIME,
    UNIT,
    add_start,
    look_for,
    name_of,
    recorded,
    recorded_name,
    unknown_of,
)
from auditlib.scoring.duties.limits import (
    LIMIT,
    NO_LIMIT,
    UNDECIDED,
    DutyLimits,
)
from auditlib.scoring.duties.rows import CASE, CASE_UNIT, KEY, ROW_UNIT, DutyRows
from auditlib.scoring.duties.shapes import judge_asked, judge_filled, judge_never, judge_order
from auditlib.scoring.duties.statuses import INSTANCES, STATUS, Judged, conformed
from auditlib.scoring.duties.ways import better_way

__all__ = ["applies_to", "judge", "own_time", "owner_of"]

NOTHING = pl.lit([], pl.List(pl.String))
WORST = ("missed", "not_assessable", "running", "late", "done", "met")
"""Of several parts that are all owed the worst counts."""


def judge(rows: DutyRows, duty: Duty, ends: Mapping[str, pl.DataFrame]) -> Judged:
    """Every row of ``duty.of`` with its status; ``ends`` has the case and the end of each instance of the duties judged
    before.

    Times and statuses are computed here; what is only shown beside them when it is asked for.
    """
    frame = rows.rows(duty.of)
    same = _same_rows(rows, duty)
    if same not in rows.common:  # of what other rows were asked for nothing is needed any more
        rows.common.clear()
    applies, owed, unknown = rows.once(same, lambda: _apart(rows, duty, frame))
    shapes = {"never": judge_never, "order": judge_order, "filled": judge_filled, "asked": judge_asked}
    judged = _judge_to(rows, duty, owed, ends) if duty.to is not None else shapes[duty.shape](rows, duty, owed)
    judged = _without_owner(rows, duty, judged, frame.columns)
    doubtful = unknown.lazy().with_columns(
        pl.lit("not_assessable").alias(STATUS), _unknown_columns(duty.when or "", unknown).alias("lacking")
    )
    parts = [conformed(duty, judged), *([conformed(duty, doubtful)] if unknown.height else [])]
    own_unit = pl.coalesce(ROW_UNIT, CASE_UNIT).alias("unit")  # what nobody owes stays with the unit of its row
    left = frame.lazy().filter(pl.lit(value=False) if applies is None else pl.lit(~applies))
    return Judged(pl.concat(parts), left.select(KEY, CASE, own_unit, own_time(duty).alias("at")))


def _same_rows(rows: DutyRows, duty: Duty) -> Hashable:
    """What duties have in common that are owed for the same rows, with the same columns."""
    return duty.of, duty.when, duty.by, tuple(rows.columns_of(duty, rows.rows(duty.of).columns))


def _apart(rows: DutyRows, duty: Duty, frame: pl.DataFrame) -> tuple[pl.Series | None, pl.DataFrame, pl.DataFrame]:
    """Whether a duty applies to each row of a frame (None: to all), the rows for which it is owed, and those of which
    nobody can tell."""
    if duty.when is None:
        return None, _asked(rows, duty, frame), _asked(rows, duty, frame.clear())
    applies = frame.select(applies_to(duty).alias("applies"))["applies"]
    owed, unknown = (_asked(rows, duty, frame.filter(chosen)) for chosen in (applies, applies.is_null()))
    return applies, owed, unknown


def _asked(rows: DutyRows, duty: Duty, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with what judging them needs."""
    return frame.select(
        *rows.columns_of(duty, frame.columns),
        owner_of(rows, duty, frame).alias(UNIT),
        own_time(duty).alias("\x00own"),
        pl.lit(rows.closed.gather(frame[NO])).alias("closed"),
    )


def applies_to(duty: Duty) -> pl.Expr:
    """Whether a duty applies to a row; null where nobody can tell."""
    if duty.when is None:
        return pl.lit(value=True)
    return parse_sql(duty.when).expression


def own_time(duty: Duty) -> pl.Expr:
    """The time of a row itself; of rows without one the beginning of the period."""
    at = REGISTERS[duty.of].at
    return pl.col(at) if at is not None else pl.col("period_start")


def owner_of(rows: DutyRows, duty: Duty, frame: pl.DataFrame) -> pl.Expr:
    """Whose it is: what the column ``by`` names; else the unit of the row, or of its case."""
    own = pl.coalesce(ROW_UNIT, CASE_UNIT)
    if duty.by not in frame.columns or (duty.by in rows.scheme.actors and not rows.has(duty.of, duty.by)):
        return own
    named = pl.col(f"{WRITTEN}{duty.by}" if f"{WRITTEN}{duty.by}" in frame.columns else duty.by)
    return pl.coalesce(named.cast(pl.String), own)


def _unknown_columns(sql: str, table: pl.DataFrame) -> pl.Expr:
    """The columns of a condition that are empty in a row."""
    names = [name for name in (parse_sql(sql).columns if sql else ()) if name in table.columns]
    if not names:
        return pl.lit([], pl.List(pl.String))
    return pl.concat_list([pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in names]).list.drop_nulls()


def _without_owner(rows: DutyRows, duty: Duty, judged: pl.LazyFrame, columns: Sequence[str]) -> pl.LazyFrame:
    """Nobody can be said to owe what the column ``by`` leaves undecided, unless it names an actor all the same."""
    if duty.by in rows.scheme.actors and not rows.has(duty.of, duty.by):
        return judged
    if duty.by not in columns or f"{WRITTEN}{duty.by}" in columns:
        return judged
    nobody = pl.col(duty.by).is_null() & ~pl.col(STATUS).is_in(["not_applicable", "running"])
    return judged.with_columns(
        pl.when(nobody).then(pl.lit("not_assessable")).otherwise(pl.col(STATUS)).alias(STATUS),
        pl.when(nobody).then(pl.lit([duty.by])).otherwise(pl.col("lacking")).alias("lacking"),
    )


def _judge_to(rows: DutyRows, duty: Duty, owed: pl.DataFrame, ends: Mapping[str, pl.DataFrame]) -> pl.LazyFrame:
    def begun() -> pl.DataFrame:
        return add_start(rows, duty, owed, ends).rename({MAYBE: "\x00start_maybe"})

    after_another = isinstance(
        duty.start, DutyStart
    )  # its start is another duty's end, which hangs on that one's limits
    started = begun() if after_another else rows.once((_same_rows(rows, duty), _same_start(duty)), begun)
    clock = Clock(rows.scheme.counting, rows.working_days)
    limits = DutyLimits(rows, duty, duty.limits, clock)
    result = _judge_way(rows, duty, limits.added(started), duty.to or (), limits)
    for number, way in enumerate(duty.ways):
        other_limits = DutyLimits(rows, duty, way.limits or duty.limits, clock)
        other = _judge_way(rows, duty, other_limits.added(started), (way.to,), other_limits)
        result = better_way(result, other, number + 1)
    return _excused(duty, _handed_over(rows, duty, started, result))


def _same_start(duty: Duty) -> Hashable:
    """What duties of the same rows have in common whose clock runs from the same moment."""
    return duty.start, bool(duty.limits) and all(limit.same_day for limit in duty.limits)


def _looked_for(rows: DutyRows, duty: Duty, moment: Moment, table: pl.DataFrame) -> pl.DataFrame:
    """What :func:`look_for` finds, once for all duties that look for the same acts after the same start."""
    if isinstance(moment, str) or isinstance(duty.start, DutyStart):
        return look_for(rows, duty, moment, table)
    asked = (_same_rows(rows, duty), _same_start(duty), moment)
    return rows.once(asked, lambda: look_for(rows, duty, moment, table))


def _judge_way(
    rows: DutyRows, duty: Duty, table: pl.DataFrame, to: Sequence[Moment], limits: DutyLimits
) -> pl.LazyFrame:
    numbers = range(len(to))
    whys = []
    for number, moment in enumerate(to):
        found = table.hstack(_looked_for(rows, duty, moment, table))
        code, why = _part(rows, duty, moment, limits)
        whys.append(why)
        table = table.with_columns(
            found[TIME].alias(f"\x00time{number}"), found[ACT].alias(f"\x00act{number}"),
            found.select(code.alias(f"\x00code{number}")).to_series(),
        )  # fmt: skip
    statuses = [status_of(pl.col(f"\x00code{n}")) for n in numbers]
    whole = statuses[0]
    if len(to) > 1:
        worst = [
            pl.when(pl.any_horizontal([one == status for one in statuses])).then(pl.lit(status)) for status in WORST
        ]
        whole = pl.when(statuses[0] == "not_applicable").then(pl.lit("not_applicable")).otherwise(pl.coalesce(worst))
    lacks = [why_unknown(pl.col(f"\x00code{n}"), whys[n]) for n in numbers]
    missing = [pl.when(statuses[n] == "missed").then(pl.lit(recorded_name(rows, to[n]))) for n in numbers]
    all_done = pl.all_horizontal([pl.col(f"\x00time{n}").is_not_null() for n in numbers])
    parts = [
        pl.struct(name=pl.lit(recorded_name(rows, to[n])), status=statuses[n], done=pl.col(f"\x00time{n}"))
        for n in numbers
    ]
    judged = table.with_columns(
        whole.alias(STATUS),
        pl.when(all_done).then(pl.max_horizontal([pl.col(f"\x00time{n}") for n in numbers])).alias("done"),
    )
    return limits.shown(judged.lazy()).with_columns(
        pl.concat_list(lacks).list.unique(maintain_order=True).alias("lacking"),
        pl.concat_list(missing).list.drop_nulls().alias("missing"),
        pl.concat_list([pl.col(f"\x00act{n}") for n in numbers]).list.drop_nulls().alias("done_acts"),
        (pl.concat_list(parts) if len(to) > 1 else pl.lit(None, INSTANCES["parts"])).alias("parts"),
        pl.lit(0).alias("way"),
    )


def _part(rows: DutyRows, duty: Duty, moment: Moment, limits: DutyLimits) -> tuple[pl.Expr, dict[str, pl.Expr]]:
    """The status of one thing that is owed, or in its place why it cannot be assessed, and what is not known then."""
    as_of = pl.col("as_of")
    time, start, too_late = pl.col(TIME), pl.col(START), pl.col("too_late")
    said = pl.lit(recorded(rows, duty.of, moment))
    clocked = pl.col(LIMIT) != NO_LIMIT
    no_limit = (pl.col(LIMIT) == UNDECIDED) | (clocked & too_late.is_null())
    start_named = duty.start is not None and not isinstance(duty.start, DutyStart)
    start_said = pl.lit(recorded(rows, duty.of, duty.start)) if start_named else pl.lit(value=True)  # type: ignore[arg-type]
    waits = start.is_null() & clocked & pl.lit(limits.runs_from_start)
    unknown_start = waits & (pl.col("\x00start_maybe") | ~start_said)
    open_ = pl.col(CASE).is_not_null() & pl.col("closed").is_null()
    in_time = pl.when(pl.col("\x00advisory")).then(coded("done")).when(time < too_late).then(coded("met"))
    undone = (
        pl.when(pl.col(EARLY)).then(coded("no order"))
        .when(clocked & (as_of < too_late)).then(coded("running"))
        .when(~clocked & open_).then(coded("running"))
        .when(pl.col(MAYBE)).then(coded("no maybe"))
        .when(said).then(coded("missed"))
        .otherwise(coded("no act"))
    )  # fmt: skip
    number = (
        pl.when(unknown_start).then(coded("no start"))
        .when(waits).then(coded("not_applicable"))
        .when(no_limit).then(coded("no limit"))
        .when(time.is_null()).then(undone)
        .when(~clocked).then(coded("done" if duty.vague else "met"))
        .when(pl.lit(limits.to_the_minute(duty, moment))).then(coded("no time of day"))
        .otherwise(in_time.otherwise(coded("late")))
    )  # fmt: skip
    start_name = name_of(duty.start) if start_named else "from"  # type: ignore[arg-type]
    why = {
        "no start": pl.lit([start_name]),
        "no limit": limits.lacking(),
        "no order": pl.lit(["order"]),
        "no maybe": pl.lit([unknown_of(moment)]) if isinstance(moment, Act) else pl.lit(["order"]),
        "no act": pl.lit([name_of(moment)]),
        "no time of day": pl.lit(["time of day"]),
    }
    return number, why


def _handed_over(rows: DutyRows, duty: Duty, started: pl.DataFrame, judged: pl.LazyFrame) -> pl.LazyFrame:
    """What was handed over in time, with its receipt, is the receiver's: unless that is itself what is owed."""
    over = duty.handed_over
    if over is None or any(isinstance(moment, Act) and over.act in moment.act for moment in duty.to or ()):
        return judged
    where = " and ".join(f"{name} is not null" for name in over.needs) or None
    found = look_for(rows, duty, Act(act=(over.act,), where=where), started).select(TIME, ACT)
    in_time = pl.col(TIME).is_not_null() & (pl.col(TIME) < pl.col("too_late")).fill_null(True)
    passed = in_time & pl.col(STATUS).is_in(["missed", "running", "not_assessable"]) & pl.col("done").is_null()
    return pl.concat([judged, found.lazy()], how="horizontal").with_columns(
        pl.when(passed).then(pl.lit("handed_over")).otherwise(pl.col(STATUS)).alias(STATUS),
        pl.when(passed).then(pl.concat_list(ACT)).otherwise(pl.col("done_acts")).alias("done_acts"),
        *(pl.when(~passed).then(pl.col(name)).otherwise(NOTHING).alias(name) for name in ("lacking", "missing")),
    ).drop(TIME, ACT)  # fmt: skip


def _excused(duty: Duty, table: pl.LazyFrame) -> pl.LazyFrame:
    if duty.excused is None:
        return table
    holds = parse_sql(duty.excused).expression.fill_null(False)
    forgiven = holds & pl.col(STATUS).is_in(["late", "missed"])
    return table.with_columns(pl.when(forgiven).then(pl.lit("excused")).otherwise(pl.col(STATUS)).alias(STATUS))
