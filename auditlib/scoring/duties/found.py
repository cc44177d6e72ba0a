"""What a duty looks for in a case: when an act was first done, by whom, and what nobody can tell of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
import polars as pl

from auditlib.ledger.conditions import parse_sql
from auditlib.scheme.columns import with_inputs
from auditlib.scheme.duties import Act, Duty, DutyStart, Moment
from auditlib.scheme.duty_clock import day_of, last_moment
from auditlib.scoring.duties.by_case import NO, places
from auditlib.scoring.duties.rows import CASE, CASE_UNIT, KEY, ROW_UNIT, DutyRows

__all__ = [
    "ACT",
    "EARLY",
    "MAYBE",
    "START",
    "TIME",
    "UNIT",
    "add_start",
    "is_filled",
    "is_told_by_values",
    "look_for",
    "name_of",
    "recorded",
    "recorded_name",
    "unknown_of",
]

START, UNIT = "\x00start", "\x00unit"
TIME, ACT, EARLY, MAYBE = "\x00time", "\x00act", "\x00early", "\x00maybe"
"""What is found: when, by which act; whether it was done before its clock began; whether it may have been done."""
_LEGS = "\x00legs"


def name_of(moment: Moment) -> str:
    """What people call a moment: the column, or the words for the act."""
    return moment if isinstance(moment, str) else "/".join(moment.act)


def recorded_name(rows: DutyRows, moment: Moment) -> str:
    """What a ledger calls a moment: of several words for an act those that it records, where it records any."""
    if isinstance(moment, str) or rows.ledger.note.records is None:
        return name_of(moment)
    known = [word for word in moment.act if word in rows.ledger.note.records.acts]
    return "/".join(known) or name_of(moment)


def recorded(rows: DutyRows, register: str, moment: Moment) -> bool:
    """Whether the ledger records it without exception, so that where it is not, it was not done."""
    note = rows.ledger.note.records
    if isinstance(moment, Act):
        return note is not None and any(word in note.acts for word in moment.act)
    if is_told_by_values(rows, register, moment):
        known = rows.known_filled.get((register, moment))
        return is_filled(rows, register, moment) if known is None else known
    if note is None or note.columns is None:
        return True
    return all(f"{register}.{time}" in note.columns for time in _times_behind(rows, register, moment))


def is_told_by_values(rows: DutyRows, register: str, column: str) -> bool:
    """Whether only its values tell if the ledger records a column: every ledger records the closing of a case, and of
    other columns its note may speak."""
    note = rows.ledger.note.records
    return (register, column) != ("cases", "closed_at") and (note is None or note.columns is None)


def is_filled(rows: DutyRows, register: str, column: str) -> bool:
    """Whether any of these rows has a value in a column."""
    table = rows.rows(register)
    return rows.has(register, column) and table[column].null_count() < table.height


def _times_behind(rows: DutyRows, register: str, column: str) -> list[str]:
    """The times of the ledger that have to be recorded for a column: itself, or those that it is derived from, but for
    the closing, which every ledger records."""
    if column not in rows.scheme.columns.get(register, {}):
        return [column]
    known = rows.scheme.ledger_columns(register)
    names = with_inputs(rows.scheme, register, [column])
    times = [name for name in names if name in known and known[name].type in ("time", "deadline")]
    return [name for name in times if (register, name) != ("cases", "closed_at")]


def unknown_of(moment: Act) -> str:
    """What has to be known to tell whether an act that is there is the one that is owed."""
    names = parse_sql(moment.where).columns if moment.where else ()
    return ", ".join([*(["post"] if moment.by is not None else []), *names])


def add_start(rows: DutyRows, duty: Duty, table: pl.DataFrame, ends: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The rows with the time that the clock runs from, and whether that may be unknown though it happened.

    ``ends`` has by duty the case and the end of each of its instances.
    """
    start = duty.start
    if start is None:
        return table.with_columns(pl.lit(None, pl.Datetime("us")).alias(START), pl.lit(value=False).alias(MAYBE))
    if isinstance(start, DutyStart):
        first = ends[start.due].group_by(CASE).agg(last_moment(pl.col("too_late")).min().alias(START))
        return table.join(first, on=CASE, how="left", maintain_order="left").with_columns(
            pl.lit(value=False).alias(MAYBE)
        )
    if isinstance(start, str):
        return table.with_columns(_moment_of(duty, start).alias(START), pl.lit(value=False).alias(MAYBE))
    found = look_for(rows, duty, start, table.with_columns(pl.lit(None, pl.Datetime("us")).alias(START)))
    return table.with_columns(found[TIME].alias(START), found[MAYBE])


def _moment_of(duty: Duty, column: str) -> pl.Expr:
    """The time in a column. What is owed on a day is owed from that day's beginning, though a bare date in a column of
    deadlines is its last moment."""
    time = pl.col(column)
    if not all(limit.same_day for limit in duty.limits) or not duty.limits:
        return time
    whole_day = last_moment(day_of(time) + timedelta(days=1)) == time
    return pl.when(whole_day).then(day_of(time)).otherwise(time)


def look_for(rows: DutyRows, duty: Duty, moment: Moment, table: pl.DataFrame) -> pl.DataFrame:
    """The columns TIME, ACT, EARLY and MAYBE for a moment after START, a row for each of ``table``."""
    if isinstance(moment, str):
        early = _before(pl.col(moment), pl.col(START))
        return table.select(
            pl.when(~early).then(pl.col(moment)).alias(TIME),
            pl.lit(None, pl.String).alias(ACT),
            early.alias(EARLY),
            pl.lit(value=False).alias(MAYBE),
        )
    acts = rows.acts_of(moment.act)
    there, here = acts.pairs(table[NO])
    meant = _is_meant(rows, duty, moment, table.columns)
    names = {"at", *meant.meta.root_names()}
    if _LEGS in names:
        table = table.with_columns(pl.col(UNIT).n_unique().over(CASE).alias(_LEGS))
    beside = {START: START, UNIT: UNIT, _LEGS: _LEGS, **({f"\x00by {moment.by}": moment.by} if moment.by else {})}
    pairs = pl.DataFrame(
        [
            pl.Series("\x00there", there),
            pl.Series("\x00here", here),
            *(table[own].gather(there).alias(name) for name, own in beside.items() if name in {*names, START}),
            *(acts.rows[name].gather(here) for name in names if name not in beside),
        ]
    ).select("\x00there", "\x00here", meant.alias("\x00meant"), _before(pl.col("at"), pl.col(START)).alias(EARLY))
    fit = pairs.filter(pl.col("\x00meant") & ~pl.col(EARLY))
    ends = fit["\x00there"].shift(-1 if moment.take == "last" else 1).ne_missing(fit["\x00there"])
    place = np.full(table.height, -1)
    place[fit["\x00there"].filter(ends).to_numpy()] = fit["\x00here"].filter(ends).to_numpy()
    at = places(place)

    def only(doubt: pl.Expr) -> pl.Series:
        """Whether a row of the table, for which nothing was found, has such a pair."""
        has = np.zeros(table.height, dtype=bool)
        has[pairs.filter(doubt)["\x00there"].to_numpy()] = True
        return pl.Series(has & (place < 0))

    return pl.DataFrame([
        acts.rows["at"].gather(at).alias(TIME), acts.rows[KEY].gather(at).alias(ACT),
        only(pl.col("\x00meant") & pl.col(EARLY)).alias(EARLY),
        only(pl.col("\x00meant").is_null() & ~pl.col(EARLY)).alias(MAYBE),
    ])  # fmt: skip


def _before(time: pl.Expr, start: pl.Expr) -> pl.Expr:
    """Whether something was done before its clock began; of a day without a time of day the day alone is compared."""
    without_time = (time == day_of(time)) & (day_of(time) == day_of(start))
    return ((time < start) & ~without_time).fill_null(False)


def _is_meant(rows: DutyRows, duty: Duty, act: Act, columns: Sequence[str]) -> pl.Expr:
    """Whether an act is the one that is owed: by the right actor, as the condition asks; null where nobody can tell."""
    found: list[pl.Expr] = []
    if act.where is not None:
        found.append(parse_sql(act.where).expression)
    if act.by is not None:
        found.append(_by(rows, act.by, act.by in columns))
    if duty.of == "acts":  # of several legs of a case each has the acts of its own unit
        other = (pl.col(_LEGS) > 1) & (pl.col(ROW_UNIT) != pl.col(UNIT))
        found.append(~other.fill_null(False))
    return pl.all_horizontal(found) if found else pl.lit(value=True)


def _by(rows: DutyRows, by: str, beside: bool) -> pl.Expr:
    """Whether an actor did it: in its role, under its own name, or as the unit that a column of the row names."""
    post = pl.col("post") if "post" in rows.acts.columns else pl.lit(None, pl.String)
    unit = pl.col("unit")
    own = pl.col(f"\x00by {by}") if beside else pl.lit(None, pl.String)
    derived = by in rows.scheme.columns.get("cases", {})
    named = own if derived or not beside else pl.coalesce(own, pl.col(CASE_UNIT))
    known = named.replace(rows.scheme.actor_ids)  # a column may name an actor by its title
    is_by = [(post == by), (unit == by), (unit == named), (pl.col(ROW_UNIT) == named), (post == known)]
    others = [name for name in rows.scheme.actors if name != by]
    is_other = post.is_not_null() | unit.is_in(others) | (named.is_not_null() & unit.is_not_null())
    for other in others:
        if other in rows.acts.columns:
            is_other = is_other | (unit == pl.col(other)).fill_null(False)
    meant = pl.any_horizontal([one.fill_null(False) for one in is_by])
    return pl.when(meant).then(True).when(is_other.fill_null(False)).then(False)
