"""What is odd about the acts of a ledger, as plain counts and keys: of all of its rows, or of some and put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from auditlib.scheme.duty_references import act_words
from auditlib.scoring.duties.by_case import NO
from auditlib.scoring.duties.rows import KEY, DutyRows

__all__ = ["Keys", "RowFacts"]

SHOWN = 5
"""So many rows are named of each kind."""


@dataclass(frozen=True)
class Keys:
    """The first rows of a kind by key, and how many there are."""

    first: tuple[str, ...] = ()
    count: int = 0

    @classmethod
    def of(cls, keys: pl.Series) -> Keys:
        return cls(tuple(keys.sort().head(SHOWN)), keys.len())

    @classmethod
    def together(cls, every: Sequence[Keys]) -> Keys:
        """The first rows among those of several."""
        first = sorted(key for one in every for key in one.first)
        return cls(tuple(first[:SHOWN]), sum(one.count for one in every))

    def __bool__(self) -> bool:
        return self.count > 0

    def __str__(self) -> str:
        first = ", ".join(self.first)
        return first if self.count <= SHOWN else f"{first} … ({self.count})"


@dataclass(frozen=True)
class RowFacts:
    """Acts of no case, with unknown words or before their case; acts that lack what a clause asks for, by duty and
    key (``extended``, ``handed_over``); closed cases, and how many of them have each act that the ledger records."""

    strays: Keys = Keys()
    unknown: Keys = Keys()
    words: tuple[str, ...] = ()
    """The first unknown words."""
    early: Keys = Keys()
    lacking: Mapping[tuple[str, str], Keys] = field(default_factory=dict)
    closed: int = 0
    having: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: DutyRows) -> RowFacts:
        """Those of these rows."""
        acts = rows.acts
        unknown = acts.filter(~pl.col("act").is_in(list(act_words(rows.scheme))))
        early = acts.filter(acts["at"] < rows.cases["received_at"].gather(acts[NO]).dt.truncate("1d"))
        lacking = {}
        told: dict[tuple[str, tuple[str, ...]], Keys] = {}  # duties that differ in their limits ask for the same
        for duty in rows.scheme.duties:
            for part in ("extended", "handed_over"):
                needs = getattr(duty, part)
                if needs is not None and needs.needs:
                    asked = (needs.act, needs.needs)
                    if asked not in told:
                        empty = pl.any_horizontal([pl.col(name).is_null() for name in needs.needs])
                        told[asked] = Keys.of(rows.acts_of((needs.act,)).table.filter(empty)[KEY])
                    lacking[duty.id, part] = told[asked]
        closed = rows.closed.is_not_null()
        note = rows.ledger.note.records
        having = {
            word: int((closed.to_numpy() & (np.diff(rows.acts_of((word,)).first)[:-1] > 0)).sum())
            for word in (note.acts if note is not None else ())
        }
        return cls(
            Keys.of(rows.strays), Keys.of(unknown[KEY]), tuple(sorted(unknown["act"].unique())[:SHOWN]),
            Keys.of(early[KEY]), lacking, int(closed.sum()), having,
        )  # fmt: skip

    @classmethod
    def together(cls, every: Sequence[RowFacts]) -> RowFacts:
        """Those of the rows of several, each with other rows."""
        having = Counter[str]()
        for one in every:
            having.update(one.having)
        return cls(
            Keys.together([one.strays for one in every]),
            Keys.together([one.unknown for one in every]),
            tuple(sorted({word for one in every for word in one.words})[:SHOWN]),
            Keys.together([one.early for one in every]),
            {key: Keys.together([one.lacking[key] for one in every]) for key in every[0].lacking},
            sum(one.closed for one in every),
            having,
        )
