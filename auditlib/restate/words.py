"""The classes of differences between two snapshots in words, and the tables of a restatement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from auditlib.core.exact import Rounding
from auditlib.core.message import Message
from auditlib.core.table import Field, Number, Table
from auditlib.ledger.registers import register_words
from auditlib.ledger.restatement.pair import ASKED
from auditlib.restate.favour import OTHERS, Favour
from auditlib.restate.restatement import Restated

__all__ = ["CLASS_WORDS", "class_table", "favour_table", "total_rows"]

CLASS_WORDS: Mapping[str, Message] = {
    "rewritten": Message("rewritten"), "moved": Message("moved to another unit"), "removed": Message("removed"),
    "inserted": Message("inserted afterwards"), "filled_in_late": Message("filled in afterwards"),
    "added": Message("added, nothing tells when"), "filled": Message("filled, nothing tells when"),
    "second_rating": Message("second rating"), "late_arrival": Message("late arrival"),
    "progress": Message("progress"), "format": Message("written otherwise"),
    OTHERS: Message("other registers"),
}  # fmt: skip
"""Each class as people call it; its rule stands on the page on restatement."""

SHOWN = Rounding(4)

ClassRow = tuple[str, str, int]


def class_table(found: Restated) -> Table:
    """How many rows of each register are in each class, and which classes are to be asked about."""
    fields = (
        Field[ClassRow]("register", "Register", lambda row: register_words(row[0])),
        Field[ClassRow]("class", "Class", lambda row: CLASS_WORDS[row[1]]),
        Field[ClassRow]("rows", "Rows", lambda row: row[2]),
        Field[ClassRow]("ask", "To be asked about", lambda row: Message("ask") if row[1] in ASKED else ""),
    )
    return Table.of(fields, found.found.classes().iter_rows())


def favour_table(found: Restated, named: Callable[[str], str] = str) -> Table:
    """Points of every unit under both snapshots, and what each class alone and all together change.

    A class that changes no points has no column. ``named`` gives a unit's code the name that it has in the table.
    """
    kinds = [kind for kind in CLASS_WORDS if any(one.parts.get(kind) for one in found.favour)]
    fields = [
        Field[Favour]("unit", "Unit", lambda one: named(one.unit)),
        Field[Favour]("before", "Points before", lambda one: _points(one.before)),
        Field[Favour]("after", "Points after", lambda one: _points(one.after)),
        *(Field[Favour](kind, str(CLASS_WORDS[kind]), lambda one, kind=kind: _change(one.parts.get(kind)))  # type: ignore[misc]
          for kind in kinds),
        Field[Favour]("interaction", "Together only", lambda one: _change(one.interaction)),
    ]  # fmt: skip
    return Table.of(fields, found.favour)


def _points(value: Fraction | None) -> Number | None:
    return None if value is None else Number(value, SHOWN)


def _change(value: Fraction | None) -> Number | None:
    return None if value is None else Number(value, SHOWN, sign=True)


def total_rows(found: Restated) -> list[tuple[str, int, int, int, int]]:
    """Control totals of cases by unit: opening, in, out, closing; they close to the row."""
    sums: dict[str, list[int]] = {}
    for one in found.found.plain()["totals"]:
        if one["register"] == "cases":
            own = sums.setdefault(one["unit"] or "", [0, 0, 0, 0])
            for place, names in enumerate((("before",), ("added", "moved_in"), ("removed", "moved_out"), ("after",))):
                own[place] += sum(one[name] for name in names)
    return [(unit, *sums[unit]) for unit in sorted(sums)]  # type: ignore[misc]
