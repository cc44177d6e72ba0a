"""Duties without a clock: in this order, recorded, never, and what a person is asked."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from auditlib.ledger.conditions import parse_sql
from auditlib.scheme.duties import Act, Duty
from auditlib.scoring.duties.found import START, UNIT, recorded, recorded_name
from auditlib.scoring.duties.rows import CASE, KEY, ROW_UNIT, DutyRows
from auditlib.scoring.duties.statuses import STATUS

__all__ = ["ANSWERS", "judge_asked", "judge_filled", "judge_never", "judge_order"]

ANSWERS = {"符合": "met", "不符合": "missed", "不适用": "not_applicable", "无法判断": "not_assessable"}
"""What the answer of a person makes of a duty."""
NOTHING = pl.lit([], pl.List(pl.String))


def judge_order(rows: DutyRows, duty: Duty, owed: pl.DataFrame) -> pl.LazyFrame:
    """Acts of which each comes before the next. Of equal times nobody knows the order."""
    places = duty.order or ()
    words = [recorded_name(rows, Act(act=place)) for place in places]
    wanted = [word for place in places for word in place]
    acts = rows.acts.filter(pl.col("act").is_in(wanted)).sort("at", KEY)
    table = owed
    for number, place in enumerate(places):
        first = acts.filter(pl.col("act").is_in(place)).group_by(CASE, maintain_order=True).first()
        named = first.select(CASE, pl.col("at").alias(f"\x00t{number}"), pl.col(KEY).alias(f"\x00k{number}"))
        table = table.join(named, on=CASE, how="left", maintain_order="left")
    times = [pl.col(f"\x00t{n}") for n in range(len(words))]
    said = [recorded(rows, "acts", Act(act=place)) for place in places]
    pairs = list(pairwise(times))
    wrong = pl.any_horizontal([(a > b).fill_null(False) for a, b in pairs])
    equal = pl.any_horizontal([(a == b).fill_null(False) for a, b in pairs])
    over = times[-1].is_not_null() | pl.col("closed").is_not_null()
    absent = [time.is_null() & flag for time, flag in zip(times, said, strict=True)]
    unsaid = [time.is_null() & (not flag) for time, flag in zip(times, said, strict=True)]
    missing = [pl.when(gone & over).then(pl.lit(word)) for gone, word in zip(absent, words, strict=True)]
    unknown = [pl.when(gone & over).then(pl.lit(word)) for gone, word in zip(unsaid, words, strict=True)]
    status = (
        pl.when(wrong | (over & pl.any_horizontal(absent))).then(pl.lit("missed"))
        .when(~over).then(pl.lit("running"))
        .when(pl.any_horizontal(unsaid) | equal).then(pl.lit("not_assessable"))
        .otherwise(pl.lit("met"))
    )  # fmt: skip
    lacking = pl.concat_list([*unknown, pl.when(equal).then(pl.lit("order"))]).list.drop_nulls()
    why = pl.concat_list([*missing, pl.when(wrong).then(pl.lit("order"))]).list.drop_nulls()
    judged = table.lazy().with_columns(status.alias(STATUS))
    return judged.with_columns(
        pl.when(pl.col(STATUS) == "not_assessable").then(lacking).otherwise(NOTHING).alias("lacking"),
        pl.when(pl.col(STATUS) == "missed").then(why).otherwise(NOTHING).alias("missing"),
        pl.concat_list([pl.col(f"\x00k{n}") for n in range(len(words))]).list.drop_nulls().alias("done_acts"),
        times[-1].alias("done"),
    )


def judge_filled(rows: DutyRows, duty: Duty, owed: pl.DataFrame) -> pl.LazyFrame:
    """Fields that must be recorded: a flag that is true, or a column that is not empty where the ledger has it."""
    table = owed
    missing, unknown = [], []
    for name in duty.filled or ():
        column = pl.col(name)
        if table.schema[name] == pl.Boolean:
            gone, unsure = ~column.fill_null(True), column.is_null()
        elif rows.has(duty.of, name):
            gone, unsure = column.is_null(), pl.lit(value=False)
        else:
            gone, unsure = pl.lit(value=False), pl.lit(value=True)
        missing.append(pl.when(gone).then(pl.lit(name)))
        unknown.append(pl.when(unsure).then(pl.lit(name)))
    any_of = [pl.any_horizontal([name.is_not_null() for name in names]) for names in (missing, unknown)]
    status = (
        pl.when(any_of[0]).then(pl.lit("missed"))
        .when(any_of[1]).then(pl.lit("not_assessable"))
        .otherwise(pl.lit("met"))
    )  # fmt: skip
    lacking = pl.concat_list(unknown).list.drop_nulls()
    return (
        table.lazy()
        .with_columns(status.alias(STATUS), pl.concat_list(missing).list.drop_nulls().alias("missing"))
        .with_columns(pl.when(pl.col(STATUS) == "not_assessable").then(lacking).otherwise(NOTHING).alias("lacking"))
    )


def judge_never(rows: DutyRows, duty: Duty, owed: pl.DataFrame) -> pl.LazyFrame:
    """What must not happen: a verified event, or an act, of this word is a breach; an unverified one is open."""
    word = duty.never or ""
    where = duty.shown_by.where if duty.shown_by is not None else None
    unknown = ["verified", *(parse_sql(where).columns if where is not None else ())]
    events = rows.rows("events").filter((pl.col("kind") == word) | (pl.col("duty") == duty.id).fill_null(False))
    acts = rows.acts.filter(pl.col("act") == word).select(
        CASE, verified=pl.lit(value=True), key=pl.format("acts:{}", KEY)
    )
    found = pl.concat([events.select(CASE, "verified", key=pl.format("events:{}", KEY)), acts, _shown(rows, duty)])
    by_case = found.filter(pl.col(CASE).is_not_null()).sort("key").group_by(CASE).agg(
        pl.col("verified").fill_null(False).any().alias("\x00breach"),
        pl.col("verified").is_null().any().alias("\x00open"),
        pl.col("key").alias("done_acts"),
    )  # fmt: skip
    table = owed.join(by_case, on=CASE, how="left", maintain_order="left")
    alone = events.filter(pl.col(CASE).is_null())
    if duty.of == "cases" and alone.height:  # an event that belongs to no case is the unit's
        own = alone.select(
            KEY, CASE, pl.col(ROW_UNIT).alias(UNIT), pl.col("at").alias("\x00own"),
            pl.col("verified").fill_null(False).alias("\x00breach"), pl.col("verified").is_null().alias("\x00open"),
            pl.concat_list(pl.format("events:{}", KEY)).alias("done_acts"),
        )  # fmt: skip
        table = pl.concat([table, own], how="diagonal_relaxed")
    status = (
        pl.when(pl.col("\x00breach").fill_null(False)).then(pl.lit("missed"))
        .when(pl.col("\x00open").fill_null(False)).then(pl.lit("not_assessable"))
        .otherwise(pl.lit("no_record"))
    )  # fmt: skip
    judged = table.lazy().with_columns(status.alias(STATUS), pl.col("done_acts").fill_null([]))
    return judged.with_columns(
        pl.when(pl.col(STATUS) == "not_assessable").then(pl.lit(unknown)).otherwise(NOTHING).alias("lacking"),
        pl.when(pl.col(STATUS) == "missed").then(pl.lit([word])).otherwise(NOTHING).alias("missing"),
        pl.lit(None, pl.Datetime("us")).alias(START),
    )


def _shown(rows: DutyRows, duty: Duty) -> pl.DataFrame:
    """The acts that are a breach, and those of which nobody can tell whether they are."""
    shown = duty.shown_by
    acts = rows.acts if shown is not None else rows.acts.clear()
    is_one = parse_sql(shown.where).expression if shown is not None and shown.where else pl.lit(value=True)
    found = acts.filter(pl.col("act").is_in(shown.act if shown is not None else ())).with_columns(verified=is_one)
    return found.filter(pl.col("verified").fill_null(True)).select(CASE, "verified", key=pl.format("acts:{}", KEY))


def judge_asked(rows: DutyRows, duty: Duty, owed: pl.DataFrame) -> pl.LazyFrame:
    """What a person answered last of the case, or of the unit as a whole; without an answer nobody can tell."""
    checks = rows.rows("checks").filter(pl.col("duty") == duty.id).sort("at", KEY)
    inside = (pl.col("at") >= rows.period.start) & (pl.col("at") < rows.period.end)
    of_cases = checks.filter(pl.col("case_id").is_not_null()).group_by("case_id", maintain_order=True).last()
    of_units = checks.filter(pl.col("case_id").is_null() & inside).group_by("unit", maintain_order=True).last()
    answer, key = pl.col("result"), pl.col(KEY)
    answered = of_cases.select(pl.col("case_id").alias(CASE), answer.alias("\x00of_case"), key.alias("\x00c"))
    whole = of_units.select(pl.col("unit").alias(UNIT), answer.alias("\x00of_unit"), key.alias("\x00u"))
    table = owed.join(answered, on=CASE, how="left", maintain_order="left")
    if duty.of == "units":
        table = table.join(whole, on=UNIT, how="left", maintain_order="left")
    else:
        table = table.with_columns(pl.lit(None, pl.String).alias(name) for name in ("\x00of_unit", "\x00u"))
    result = pl.coalesce("\x00of_case", "\x00of_unit")
    status = result.replace_strict(ANSWERS, default=None, return_dtype=pl.String).fill_null("not_assessable")
    judged = table.lazy().with_columns(status.alias(STATUS))
    return judged.with_columns(
        pl.when(pl.col(STATUS) == "not_assessable").then(pl.lit(["checks"])).otherwise(NOTHING).alias("lacking"),
        pl.concat_list(pl.format("checks:{}", pl.coalesce("\x00c", "\x00u"))).list.drop_nulls().alias("done_acts"),
    )
