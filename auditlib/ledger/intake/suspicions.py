"""What a careful auditor would say of rows that are accepted: stand-ins, contradictions, keys that look alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.intake.cells import NOTHING_WORDS
from auditlib.ledger.intake.clock_times import clock_doubts
from auditlib.ledger.intake.look_alikes import sign_doubts
from auditlib.ledger.intake.missing_months import missing_months
from auditlib.ledger.intake.spoilt_ids import day_doubts, examples, id_doubts
from auditlib.ledger.intake.swapped import swapped_days
from auditlib.ledger.intake.text_values import word_doubts
from auditlib.ledger.privacy.find import withhold
from auditlib.ledger.registers import REGISTERS
from auditlib.ledger.tables.layout import Doubt

__all__ = ["nothing_words", "suspicions"]

SHOWN = 5
"""So many examples stand in a message."""
EPOCHS = (
    date(1969, 12, 31), date(1970, 1, 1), date(1980, 1, 1), date(1980, 1, 6), date(1999, 12, 31), date(2038, 1, 19),
    date(2079, 6, 6),
)  # fmt: skip
"""Days from which programs count, the last ones that they can count to, and those entered where none is known."""
MIDNIGHTS = (datetime(2000, 1, 1), datetime(2050, 1, 1), datetime(2049, 12, 31), datetime(2050, 12, 31))
FIRST, LAST = datetime(2000, 1, 1), datetime(2038, 1, 1)
"""Between them none of these lies: most columns are seen by their ends."""
EPOCH = 1980
FAR = timedelta(days=3653)
"""No deadline is set ten years ahead."""
EARLY, LATE = datetime(1950, 1, 1), datetime(2099, 1, 1)
FURTHER = r"(?:[(（\[【:：].*)?$"
"""What may stand after a status: 已办结（超期）."""
CLOSED = (
    r"^(?:已?(?:办结|结案|完成|归档|关闭|完结|办毕|结束|处理完毕|处理完成|办理完毕|办理完成|销号|销案|审结|了结|办理结束)"
    rf"|已(?:办理|处理|解决|答复|回复)|(?i:closed|completed?|resolved|done|finished)){FURTHER}"
)
OPEN = (
    r"^(?:未办结|未办|在办|办理中|处理中|处置中|受理中|转办中|审核中|待办|待处理|待办理|待受理|待回复|未结|未结案|未完结|未完成"
    rf"|未处理|(?i:open|opened|pending|in[ _-]?progress|processing|active|new)){FURTHER}"
)
BETWEEN = "[、，,；;/／+＋&|]"
"""What stands between several units in one cell."""
AGAIN = 5
"""So many cases under a second id, and one in twenty, are worth a word."""
MOST = 1_000_000
"""Of so many cases at most all are held against each other."""


def suspicions(registers: Mapping[str, pl.LazyFrame], as_of: datetime | None, timezone: str) -> Iterator[Doubt]:
    """Everything that is doubtful about accepted rows, each kind once with a count.

    Registers may be longer than the memory: of each no more is collected than what is odd, or a few columns of numbers.
    """
    for name, rows in registers.items():
        yield from _stand_ins(name, rows)
        yield from _nothing(name, rows)
    if (cases := registers.get("cases")) is not None:
        yield from _contradictions(cases)
        if as_of is None:
            yield from _after_all_others(cases)
        yield from swapped_days(cases)
        yield from missing_months(cases)
        yield from _rows_again(cases)
        yield from id_doubts(cases.select("case_id"))
        yield from clock_doubts(cases, timezone)
        yield from word_doubts(cases)
    for name, rows in registers.items():
        if "unit" in rows.collect_schema() and (name == "units" or "units" not in registers):
            yield from sign_doubts(f"{name}.unit", rows.select("unit"), few=True)
            yield from day_doubts(f"{name}.unit", rows.select("unit"))
            yield from _wrong_encoding(f"{name}.unit", rows.select(pl.col("unit").cast(pl.String)))
            yield from _lists_of_units(f"{name}.unit", rows)
    yield from _references(registers)


def _stand_ins(name: str, rows: pl.LazyFrame) -> Iterator[Doubt]:
    times = [column for column, dtype in rows.collect_schema().items() if isinstance(dtype, pl.Datetime)]
    ends = rows.select(pl.col(times).min().name.suffix(".least"), pl.col(times).max().name.suffix(".most"))
    found = ends.collect(engine="streaming").row(0, named=True) if times else {}
    for column in times:
        if found[f"{column}.least"] is None or (found[f"{column}.least"] > FIRST and found[f"{column}.most"] < LAST):
            continue
        at = pl.col(column)
        stands_in = (at < EARLY) | (at >= LATE) | at.dt.date().is_in(EPOCHS) | at.is_in(MIDNIGHTS)
        odd = _column(rows.filter(stands_in), column)
        if odd.len():
            dates = tuple(str(day) for day in odd.dt.date().unique().sort().head(SHOWN))
            message = Message(
                "{column}: {count} {count:time|times} that may stand for none: {dates}",
                column=f"{name}.{column}", count=odd.len(), dates=dates,
            )  # fmt: skip
            yield Doubt("stand_in_times", message, odd.len())


def _column(rows: pl.LazyFrame, column: str) -> pl.Series:
    return rows.select(column).collect(engine="streaming").to_series()


def _height(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect(engine="streaming").item())


def _nothing(name: str, rows: pl.LazyFrame) -> Iterator[Doubt]:
    texts = [column for column, dtype in rows.collect_schema().items() if dtype == pl.String]
    counted = rows.select(pl.col(texts).is_in(NOTHING_WORDS).sum()).collect(engine="streaming") if texts else None
    for column, count in zip(texts, counted.row(0) if counted is not None else (), strict=True):
        if count:
            yield nothing_words(f"{name}.{column}", _column(rows.filter(pl.col(column).is_in(NOTHING_WORDS)), column))


def nothing_words(column: str, found: pl.Series) -> Doubt:
    """That words stand in a column which likely mean that there is nothing."""
    words = tuple(found.unique().sort().to_list())
    message = Message(
        "{column}: {count} {count:cell holds|cells hold} a word for nothing ({words}); declare it as `empty`",
        column=column, count=found.len(), words=words,
    )  # fmt: skip
    return Doubt("nothing_words", message, found.len())


def _contradictions(cases: pl.LazyFrame) -> Iterator[Doubt]:
    """Times and words of one case that contradict each other: all are counted in one pass."""
    columns = cases.collect_schema()
    received, due, closed = pl.col("received_at"), pl.col("due_at"), pl.col("closed_at")
    odd: list[pl.Expr] = []
    if "due_at" in columns:
        far = (due - received > FAR) & (due < LATE) & (received.dt.year() > EPOCH)  # no stand-in, which is told as such
        odd += [(due < received).alias("deadline_before_receipt"), far.alias("deadline_far_off")]
    for told in ("status", "outcome") if "closed_at" in columns else ():
        if columns.get(told) == pl.String:
            status = pl.col(told).str.strip_chars()
            odd.append((closed.is_null() & status.str.contains(CLOSED)).alias(f"closed_without_time {told}"))
            odd.append((closed.is_not_null() & status.str.contains(OPEN)).alias(f"open_with_time {told}"))
    if "closed_at" in columns:
        odd.append((closed < received).alias("closed_before_opened"))
    counted = cases.select(one.sum() for one in odd).collect(engine="streaming").row(0, named=True) if odd else {}
    for kind, count in counted.items():
        if count:
            yield Doubt(kind.partition(" ")[0], _contradiction(kind.partition(" ")[0], count), count)


def _contradiction(kind: str, count: int) -> Message:
    """How many cases contradict themselves in one way, in words."""
    if kind == "deadline_before_receipt":
        return Message("{count} {count:case has its|cases have their} deadline before receipt", count=count)
    if kind == "deadline_far_off":
        return Message(
            "{count} {count:case has its|cases have their} deadline ten years or more after receipt", count=count
        )
    if kind == "closed_without_time":
        return Message("{count} {count:case is|cases are} closed by status and without a closing time", count=count)
    if kind == "open_with_time":
        return Message("{count} {count:case is|cases are} open by status and with a closing time", count=count)
    return Message(
        "{count} {count:case was|cases were} closed before receipt, and kept as the mapping says", count=count
    )


def _after_all_others(cases: pl.LazyFrame) -> Iterator[Doubt]:
    """Without an as-of time nothing says what is yet to come: a few facts a year apart from all others are told."""
    known = {column.name for column in REGISTERS["cases"].columns if column.type == "time"}
    columns = [name for name in cases.collect_schema() if name in known]
    facts = pl.concat([_column(cases, name).drop_nulls().rename("at") for name in columns]).sort()
    facts = facts.filter(facts < LATE)
    apart = (facts.diff() > timedelta(days=366)).fill_null(False).arg_true()
    if apart.is_empty() or (facts.len() - int(apart[-1])) * 20 > max(facts.len(), 20):
        return
    first = facts[int(apart[-1])]
    for column in columns:
        late = _height(cases.filter((pl.col(column) >= first) & (pl.col(column) < LATE)))
        if late:
            message = Message(
                "{column}: {count} {count:time|times} more than a year after all others; no `as_of` says what lies "
                "in the future",
                column=f"cases.{column}", count=late,
            )  # fmt: skip
            yield Doubt("future_times", message, late)


def _wrong_encoding(column: str, values: pl.LazyFrame) -> Iterator[Doubt]:
    """Texts in UTF-8 that a program took for GBK and saved again: 涓滃煄鍖 for 东城区."""
    found = [one for one in values.unique().collect().to_series().drop_nulls().sort() if _was_utf8(one)]
    if found:
        shown = tuple(withhold(one) for one in found[:SHOWN])
        message = Message(
            "{column}: {count} {count:value was|values were} UTF-8 before and taken for GBK ({shown})",
            column=column, count=len(found), shown=shown,
        )  # fmt: skip
        yield Doubt("wrong_encoding", message, len(found))


def _was_utf8(text: str) -> bool:
    """Whether the bytes of a text in GBK are letters in UTF-8, but for a last one that is not whole."""
    written = text.encode("gb18030", "ignore")
    whole = written.decode("utf-8", "ignore")
    han = sum("\u4e00" <= letter <= "\u9fff" for letter in whole)
    return han >= 2 and len(whole.encode()) + 2 >= len(written) and not text.isascii()


def _lists_of_units(column: str, rows: pl.LazyFrame) -> Iterator[Doubt]:
    """Cells that name several units: a case is counted for none of them."""
    units = rows.select(pl.col("unit").cast(pl.String)).unique().collect().to_series().drop_nulls()
    known, several = {one.strip() for one in units}, units.filter(units.str.contains(BETWEEN)).sort()
    lists = [one for one in several if {each.strip() for each in re.split(BETWEEN, one)} <= known]
    if lists:
        message = Message(
            "{column}: {count} {count:value lists|values list} several of the other units ({shown}); a case belongs "
            "to one",
            column=column, count=len(lists), shown=tuple(map(withhold, lists[:SHOWN])),
        )  # fmt: skip
        yield Doubt("several_units", message, len(lists))


def _rows_again(cases: pl.LazyFrame) -> Iterator[Doubt]:
    """Cases that are another one under a new id, by everything else, to the second: an export made twice."""
    received, count = pl.col("received_at"), _height(cases)
    rest = [name for name in cases.collect_schema() if name != "case_id"]
    if not AGAIN <= count <= MOST or not rest or not _height(cases.filter(received.dt.time() != time()).head(1)):
        return
    again = count - int(cases.select(pl.struct(rest).hash().n_unique()).collect().item())
    if again >= AGAIN and again * 20 >= count:
        message = Message(
            "{count} {count:case is|cases are} in everything but the id the same as another: was an export numbered "
            "twice?",
            count=again,
        )  # fmt: skip
        yield Doubt("rows_again", message, again)


def _references(registers: Mapping[str, pl.LazyFrame]) -> Iterator[Doubt]:
    """Rows that name a case of which the ledger knows nothing: what they decide has no effect."""
    if "cases" not in registers:
        return
    for name, rows in registers.items():
        if name == "cases" or "case_id" not in rows.collect_schema():
            continue
        lost = _column(rows.drop_nulls("case_id").join(registers["cases"], on="case_id", how="anti"), "case_id")
        if lost.len():
            message = Message(
                "{register}: {count} {count:row names|rows name} a case that the ledger does not have ({ids})",
                register=name, count=lost.len(), ids=examples(lost),
            )  # fmt: skip
            yield Doubt("no_such_case", message, lost.len())
