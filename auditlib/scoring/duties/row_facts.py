"""What is odd about the acts of a ledger, as plain counts and keys: of all of its rows, or of some and put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.duty_references import act_words
from auditlib.scoring.duties.by_case import NO
from auditlib.scoring.duties.judge import applies_to, own_time, owner_of
from auditlib.scoring.duties.rows import KEY, DutyRows
from auditlib.scoring.validity import validity_of

__all__ = ["SHOWN", "Keys", "Place", "RowFacts"]

Place = tuple[str, str, str]
"""A register, a column and a unit."""
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
    key (``extended``, ``handed_over``); rows whose duty nobody
    owes who is assessed; closed cases, and how many of them have each act that the ledger records."""

    strays: Keys = Keys()
    unknown: Keys = Keys()
    words: tuple[str, ...] = ()
    """The first unknown words."""
    early: Keys = Keys()
    lacking: Mapping[tuple[str, str], Keys] = field(default_factory=dict)
    strangers: Mapping[Place, Keys] = field(default_factory=dict)
    """Rows whose duty is owed by what is no unit of the register, by register, column and what stands there."""
    untimely: Mapping[Place, Keys] = field(default_factory=dict)
    """Rows whose duty is owed by a unit that is not assessed at their time, by register, column and unit."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """By unit, the cases of the period that are not its own, for it is not assessed at their time."""
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
            Keys.of(early[KEY]), lacking, *_owners(rows), _left_out(rows), int(closed.sum()), having,
        )  # fmt: skip

    @classmethod
    def together(cls, every: Sequence[RowFacts]) -> RowFacts:
        """Those of the rows of several, each with other rows."""
        having, left_out = Counter[str](), Counter[str]()
        for one in every:
            having.update(one.having)
            left_out.update(one.left_out)
        return cls(
            Keys.together([one.strays for one in every]),
            Keys.together([one.unknown for one in every]),
            tuple(sorted({word for one in every for word in one.words})[:SHOWN]),
            Keys.together([one.early for one in every]),
            {key: Keys.together([one.lacking[key] for one in every]) for key in every[0].lacking},
            _joined([one.strangers for one in every]),
            _joined([one.untimely for one in every]),
            left_out,
            sum(one.closed for one in every),
            having,
        )


def _joined(every: Sequence[Mapping[Place, Keys]]) -> dict[Place, Keys]:
    places = sorted({place for one in every for place in one})
    return {place: Keys.together([one[place] for one in every if place in one]) for place in places}


def _owners(rows: DutyRows) -> tuple[dict[Place, Keys], dict[Place, Keys]]:
    """The rows whose duty is owed by no unit of the register, and those by one that is not assessed at their time."""
    known = [*rows.ledger.units()["unit"], *rows.scheme.actors, *rows.scheme.actor_ids]
    validity = validity_of(rows.scheme, rows.ledger.registers)
    found: tuple[dict[Place, list[pl.Series]], dict[Place, list[pl.Series]]] = ({}, {})
    looked: set[tuple[str, str | None, str]] = set()
    for duty in rows.scheme.duties:
        asked = (duty.of, duty.when, duty.by)
        frame = rows.rows(duty.of)
        named = duty.by in frame.columns and (duty.by not in rows.scheme.actors or rows.has(duty.of, duty.by))
        if duty.of == "units" or asked in looked or not (named or validity):
            continue
        looked.add(asked)
        owner = owner_of(rows, duty, frame)
        written = frame.select(owner.unique()).to_series().drop_nulls()
        if not validity and written.is_in(known).all():
            continue
        dated = REGISTERS[duty.of].at is not None
        owed = frame.filter(applies_to(duty)).select(KEY, owner.alias("unit"), own_time(duty).alias("at"))
        strange = owed.filter(pl.col("unit").is_not_null() & ~pl.col("unit").is_in(known))
        outside = owed.filter(~validity.holds(pl.col("at"))) if validity and dated else owed.clear()
        column = duty.by if named else "unit"
        for own, odd in zip(found, (strange, outside), strict=True):
            for (unit,), table in odd.group_by("unit"):
                own.setdefault((duty.of, column, str(unit)), []).append(table[KEY].cast(pl.String))
    strange_rows, untimely = (
        {place: Keys.of(pl.concat(keys).unique()) for place, keys in own.items()} for own in found
    )  # several duties may be owed for one row
    return strange_rows, untimely


def _left_out(rows: DutyRows) -> dict[str, int]:
    """By unit, how many cases of the period it does not have because it is not assessed at their time."""
    validity = validity_of(rows.scheme, rows.ledger.registers)
    if not validity or "cases" not in rows.ledger.registers:
        return {}
    marked = validity.marked(rows.ledger.registers["cases"], "cases")
    received = pl.col("received_at").is_between(rows.period.start, min(rows.period.end, rows.as_of), closed="left")
    return dict(marked.filter(received & ~validity.own()).group_by("unit").len().sort("unit").collect().iter_rows())
