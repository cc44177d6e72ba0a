"""What the reader of a compliance result must know: rows left out, acts nobody knows, silence that proves nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from auditlib.core.message import Message, Notice
from auditlib.scheme.duty_references import act_words
from auditlib.scheme.limit_words import limit_said
from auditlib.scoring.duties.by_case import NO
from auditlib.scoring.duties.rows import KEY, DutyRows

__all__ = ["duty_notices"]

SHOWN = 5
"""So many rows are named of each kind."""
RARE = 100
"""A word that fewer than one in so many closed cases has is hardly recorded without exception."""


def duty_notices(rows: DutyRows) -> list[Notice]:
    """Every notice on the registers and on the duties, in a fixed order."""
    return [*_acts(rows), *_extensions(rows), *_records(rows), *_supplied(rows)]


def _named(keys: pl.Series) -> str:
    """The first rows by key, and how many more."""
    first = ", ".join(keys.sort().head(SHOWN))
    return first if keys.len() <= SHOWN else f"{first} … ({keys.len()})"


def _acts(rows: DutyRows) -> Iterator[Notice]:
    acts = rows.acts
    if rows.strays.len():
        message = Message(
            "acts {rows}: found a case_id that no case has, expected one of the register of cases; left out",
            rows=_named(rows.strays),
        )
        yield Notice("act_of_no_case", message)
    known = act_words(rows.scheme)
    unknown = acts.filter(~pl.col("act").is_in(list(known)))
    if unknown.height:
        words = ", ".join(sorted(unknown["act"].unique())[:SHOWN])
        message = Message(
            "acts {rows}: found the acts {words}, which the scheme does not know; no duty looks at them",
            rows=_named(unknown[KEY]), words=words,
        )  # fmt: skip
        yield Notice("unknown_act", message)
    received = rows.cases["received_at"].gather(acts[NO])
    early = acts.filter(acts["at"] < received.dt.truncate("1d"))
    if early.height:
        message = Message(
            "acts {rows}: found a time before the day on which the case was received, expected a later one",
            rows=_named(early[KEY]),
        )
        yield Notice("act_before_case", message)


def _extensions(rows: DutyRows) -> Iterator[Notice]:
    for duty in rows.scheme.duties:
        for needs in (duty.extended, duty.handed_over):
            if needs is None or not needs.needs:
                continue
            lacking = rows.acts_of((needs.act,)).table.filter(
                pl.any_horizontal([pl.col(name).is_null() for name in needs.needs])
            )
            if lacking.height:
                message = Message(
                    "acts {rows}: found {act} without {columns}, which {clause} asks for; it does not count",
                    rows=_named(lacking[KEY]), act=needs.act, columns=", ".join(needs.needs), clause=duty.clause,
                )  # fmt: skip
                yield Notice("formality_missing", message)


def _records(rows: DutyRows) -> Iterator[Notice]:
    note = rows.ledger.note.records
    if note is None:
        message = Message(
            "the ledger does not say which acts it records (ledger.yaml: records): what is not there is unknown, "
            "not left undone"
        )
        yield Notice("nothing_recorded", message)
        return
    closed = rows.closed.is_not_null()
    for word in note.acts:
        count = (closed.to_numpy() & (np.diff(rows.acts_of((word,)).first)[:-1] > 0)).sum()
        if closed.sum() >= RARE and count * RARE < closed.sum():
            message = Message(
                "the ledger says that it records {act}, and {count} of {cases} closed cases have it",
                act=word, count=count, cases=closed.sum(),
            )  # fmt: skip
            yield Notice("rarely_recorded", message)


def _supplied(rows: DutyRows) -> Iterator[Notice]:
    for duty in rows.scheme.duties:
        if duty.supplied:
            limit = duty.limits[0]
            message = Message(
                "{duty}: the source says {word} and no number; the limit of {limit} was supplied",
                duty=duty.title, word=duty.vague or "", limit=limit_said(limit),
            )  # fmt: skip
            yield Notice("supplied_limit", message)
