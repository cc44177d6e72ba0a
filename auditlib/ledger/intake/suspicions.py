"""What a careful auditor would say of rows that are accepted: stand-ins, contradictions, keys that look alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

import polars as pl

from auditlib.core.message import Message
from auditlib.ledger.intake.cells import NOTHING_WORDS
from auditlib.ledger.privacy.find import INVISIBLE, withhold
from auditlib.ledger.registers import REGISTERS
from auditlib.ledger.tables.layout import Doubt

__all__ = ["look_alikes", "nothing_words", "suspicions", "visible_signs"]

SHOWN = 5
"""So many examples stand in a message."""
EPOCH = date(1970, 1, 1)
EARLY, LATE = datetime(1950, 1, 1), datetime(2099, 1, 1)
CLOSED = r"^(?:已?(?:办结|结案|完成|归档|关闭|完结|办毕|结束)|(?i:closed|completed|resolved|done))$"
OPEN = r"^(?:未办结|在办|办理中|处理中|待办|待处理|未结|未完成|待受理|(?i:open|pending|in progress|new))$"
UNLIKE = "^[A-Z1-9][A-Z0-9_-]*$"
"""What texts of these signs mean, they are."""
PRECISE, BEYOND = 15, 1000
"""So many digits of a number a spreadsheet keeps; and so many longer ids are looked at."""


def suspicions(registers: Mapping[str, pl.DataFrame], as_of: datetime | None) -> Iterator[Doubt]:
    """Everything that is doubtful about accepted rows, each kind once with a count."""
    for name, rows in registers.items():
        yield from _stand_ins(name, rows)
        yield from _nothing(name, rows)
    if (cases := registers.get("cases")) is not None:
        yield from _contradictions(cases)
        if as_of is None:
            yield from _after_all_others(cases)
        yield from _ids(cases["case_id"])
    for name, rows in registers.items():
        if "unit" in rows.columns and (name == "units" or "units" not in registers):
            yield from _alike(f"{name}.unit", rows["unit"])
    yield from _references(registers)


def _stand_ins(name: str, rows: pl.DataFrame) -> Iterator[Doubt]:
    for column in rows.columns:
        if not isinstance(rows.schema[column], pl.Datetime):
            continue
        at = pl.col(column)
        odd = rows.filter((at < EARLY) | (at >= LATE) | (at.dt.date() == EPOCH))[column]
        if odd.len():
            dates = tuple(str(day) for day in odd.dt.date().unique().sort().head(SHOWN))
            message = Message(
                "{column}: {count} {count:time|times} that may stand for none: {dates}",
                column=f"{name}.{column}", count=odd.len(), dates=dates,
            )  # fmt: skip
            yield Doubt("stand_in_times", message, odd.len())


def _nothing(name: str, rows: pl.DataFrame) -> Iterator[Doubt]:
    texts = [column for column in rows.columns if rows.schema[column] == pl.String]
    counts = rows.select(pl.col(texts).is_in(NOTHING_WORDS).sum()).row(0) if texts else ()
    for column, count in zip(texts, counts, strict=True):
        if count:
            yield nothing_words(f"{name}.{column}", rows[column].filter(rows[column].is_in(NOTHING_WORDS)))


def nothing_words(column: str, found: pl.Series) -> Doubt:
    """That words stand in a column which likely mean that there is nothing."""
    words = tuple(found.unique().sort().to_list())
    message = Message(
        "{column}: {count} {count:cell holds|cells hold} a word for nothing ({words}); declare it as `empty`",
        column=column, count=found.len(), words=words,
    )  # fmt: skip
    return Doubt("nothing_words", message, found.len())


def _contradictions(cases: pl.DataFrame) -> Iterator[Doubt]:
    columns = cases.columns
    if "due_at" in columns and (count := cases.filter(pl.col("due_at") < pl.col("received_at")).height):
        message = Message("{count} {count:case has its|cases have their} deadline before receipt", count=count)
        yield Doubt("deadline_before_receipt", message, count)
    if "status" in columns and cases.schema["status"] == pl.String and "closed_at" in columns:
        empty, status = pl.col("closed_at").is_null(), pl.col("status").str.strip_chars()
        if count := cases.filter(status.str.contains(CLOSED) & empty).height:
            message = Message(
                "{count} {count:case is|cases are} closed by status and without a closing time", count=count
            )
            yield Doubt("closed_without_time", message, count)
        if count := cases.filter(status.str.contains(OPEN) & ~empty).height:
            message = Message("{count} {count:case is|cases are} open by status and with a closing time", count=count)
            yield Doubt("open_with_time", message, count)
    if "closed_at" in columns and (count := cases.filter(pl.col("closed_at") < pl.col("received_at")).height):
        message = Message(
            "{count} {count:case was|cases were} closed before receipt, and kept as the mapping says", count=count
        )
        yield Doubt("closed_before_opened", message, count)


def _after_all_others(cases: pl.DataFrame) -> Iterator[Doubt]:
    """Without an as-of time nothing says what is yet to come: a few facts a year apart from all others are told."""
    known = {column.name for column in REGISTERS["cases"].columns if column.type == "time"}
    columns = [name for name in cases.columns if name in known]
    facts = pl.concat([cases[name].rename("at") for name in columns]).drop_nulls().sort()
    facts = facts.filter(facts < LATE)
    apart = (facts.diff() > timedelta(days=366)).fill_null(False).arg_true()
    if apart.is_empty() or (facts.len() - int(apart[-1])) * 20 > max(facts.len(), 20):
        return
    first = facts[int(apart[-1])]
    for column in columns:
        late = cases.filter((pl.col(column) >= first) & (pl.col(column) < LATE))
        if late.height:
            message = Message(
                "{column}: {count} {count:time|times} more than a year after all others; no `as_of` says what lies "
                "in the future",
                column=f"cases.{column}", count=late.height,
            )  # fmt: skip
            yield Doubt("future_times", message, late.height)


def _ids(ids: pl.Series) -> Iterator[Doubt]:
    if ids.is_empty():
        return
    number = ids.filter(ids.str.contains(r"^[0-9]+\.0+$"))
    if number.len():
        message = Message("case_id: {count} {count:id ends|ids end} in .0, as numbers of a spreadsheet do ({ids})",
                          count=number.len(), ids=_examples(number))  # fmt: skip
        yield Doubt("ids_as_numbers", message, number.len())
    quoted = ids.filter(ids.str.starts_with("'"))
    if quoted.len():
        message = Message("case_id: {count} {count:id begins|ids begin} with an apostrophe ({ids})",
                          count=quoted.len(), ids=_examples(quoted))  # fmt: skip
        yield Doubt("ids_with_apostrophe", message, quoted.len())
    long = ids.filter(ids.str.contains(r"^[0-9]{16,}$"))
    lost = long.filter(long.str.slice(PRECISE).str.contains("^0+$"))
    several = lost.len() * 2 >= long.len() and (lost.len() >= 2 or lost.str.contains("^[0-9]{18,}$").any())
    # Few whole numbers beyond 2**53 are ones that a spreadsheet can hold; where all ids are, they were such numbers.
    beyond = long.filter(long.str.len_chars() > PRECISE + 1)
    if beyond.len() and all(int(float(one)) == int(one) for one in beyond.head(BEYOND)):
        lost, several = beyond, True
    if several:
        message = Message("case_id: {count} {count:id has|ids have} lost {count:its|their} last digits, as in a "
                          "spreadsheet ({ids})", count=lost.len(), ids=_examples(lost))  # fmt: skip
        yield Doubt("ids_without_ends", message, lost.len())
    yield from _alike("cases.case_id", ids)


def look_alikes(values: pl.Series) -> list[tuple[str, ...]]:
    """Values that read alike and are not the same: full width, invisible signs, blanks, case, leading zeros."""
    distinct = values.drop_nulls().unique()
    if distinct.str.contains(UNLIKE).all():  # most ids: nothing that follows would make two of them one
        return []
    plain = distinct.str.replace_all(f"[{INVISIBLE}]", "").str.normalize("NFKC").str.replace_all(r"\s+", "")
    plain = plain.str.to_lowercase().str.strip_chars_start("'").str.replace(r"^([0-9]+)\.0+$", "${1}")
    plain = plain.str.replace(r"^0+([0-9]+)$", "${1}")
    table = pl.DataFrame({"own": distinct, "plain": plain})
    groups = table.filter(pl.col("plain").is_duplicated()).sort("plain", "own")
    return [tuple(group) for group in groups.group_by("plain", maintain_order=True).agg("own")["own"].to_list()]


def _alike(column: str, values: pl.Series) -> Iterator[Doubt]:
    if values.dtype != pl.String or not (groups := look_alikes(values)):
        return
    shown = tuple(" = ".join(visible_signs(withhold(one)) for one in group) for group in groups[:SHOWN])
    message = Message(
        "{column}: {count} {count:value looks|values look} like another and {count:is|are} not the same: {shown}",
        column=column, count=sum(len(group) - 1 for group in groups), shown=shown,
    )  # fmt: skip
    yield Doubt("look_alikes", message, sum(len(group) - 1 for group in groups))


def visible_signs(text: str) -> str:
    """A text in which signs that show nothing are written by their numbers."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


def _references(registers: Mapping[str, pl.DataFrame]) -> Iterator[Doubt]:
    """Rows that name a case of which the ledger knows nothing: what they decide has no effect."""
    if "cases" not in registers:
        return
    known = registers["cases"]["case_id"]
    for name, rows in registers.items():
        if name == "cases" or "case_id" not in rows.columns:
            continue
        named = rows["case_id"].drop_nulls()
        lost = named.filter(~named.is_in(known.implode()))
        if lost.len():
            message = Message(
                "{register}: {count} {count:row names|rows name} a case that the ledger does not have ({ids})",
                register=name, count=lost.len(), ids=_examples(lost),
            )  # fmt: skip
            yield Doubt("no_such_case", message, lost.len())


def _examples(values: pl.Series) -> tuple[str, ...]:
    shown = values.unique(maintain_order=True).head(SHOWN)
    return (*(visible_signs(withhold(one)) for one in shown), *(("…",) if values.n_unique() > SHOWN else ()))
