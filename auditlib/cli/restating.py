"""What a command says of two snapshots of one ledger."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from auditlib.cli.terminal import echo, show_table
from auditlib.core.table import Table

if TYPE_CHECKING:
    from auditlib.core.message import Message
    from auditlib.ledger.intake.outcome import Intake
    from auditlib.ledger.read import Ledger
    from auditlib.ledger.restatement.restatement import Restatement

__all__ = ["print_restatement", "restatement_text"]

LISTED = 50
"""So many rows are listed; all of them stand in the JSON."""


def restatement_text(found: Restatement, before: Ledger, after: Intake) -> str:
    """A restatement as JSON, with the names of both snapshots."""
    as_of = None if after.as_of is None else after.as_of.isoformat()
    plain = {
        "format": "auditlib-restatement/1",
        "before": {"snapshot": before.note.snapshot},
        "after": {"snapshot": after.snapshot, "as_of": as_of},
        **found.plain(),
    }
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def print_restatement(found: Restatement, before: Ledger, language: str) -> None:
    """What changed: rows by register, by class and by column, the control totals that moved, and the first rows."""
    from auditlib.core.message import COMMA, sentence, told

    earlier = str(before.path)
    if found.taken is None:
        echo(sentence("{ledger} does not say when it was taken; nothing tells what is late", language, ledger=earlier))
    if before.rejects.height:
        count = before.rejects.select("register", "file", "row").n_unique()
        left = sentence(
            "rows that {ledger} lacks may be among the {count} that it rejected", language, ledger=earlier, count=count
        )
        echo(left)
    if found.rows.is_empty():
        echo(sentence("nothing changed since {ledger}", language, ledger=earlier))
        return
    registers = found.registers()
    title = sentence("since {ledger}", language, ledger=earlier)
    show_table(Table(tuple(registers.columns), registers.rows()), title)
    meanings = {kind: told(message, language) for kind, message in _meanings().items()}
    classes = [(*row, meanings[row[1]]) for row in found.classes().iter_rows()]
    show_table(Table(("register", "class", "rows", "meaning"), classes))
    if found.cells.height:
        columns = found.columns()
        show_table(Table(tuple(columns.columns), columns.rows()))
    plain = found.plain()
    names = ("register", "unit", "month", "before", "added", "removed", "moved_in", "moved_out", "after")
    moved = [one for one in plain["totals"] if any(one[name] for name in names[4:8])]
    show_table(Table(names, [[one[name] for name in names] for one in moved[:LISTED]]))
    rows = plain["rows"]
    listed = [
        (row["register"], row["key"], row["unit"], row["class"], COMMA[language].join(_cells(row["cells"])))
        for row in rows[:LISTED]
    ]
    show_table(Table(("register", "key", "unit", "class", "changes"), listed))
    if (more := max(len(rows), len(moved)) - LISTED) > 0:
        echo(sentence("… and {count} more; all of them stand in changes.json", language, count=more))


def _cells(cells: dict[str, list[str | None]]) -> list[str]:
    return [f"{column}: {before or ''} → {after or ''}" for column, (before, after) in cells.items()]


def _meanings() -> dict[str, Message]:
    from auditlib.core.message import Message

    return {
        "rewritten": Message("ask: a fact was there and is another one, or none"),
        "moved": Message("ask: the unit changed"),
        "removed": Message("ask: the row is gone"),
        "inserted": Message("ask: entered before the earlier snapshot, which lacks it"),
        "filled_in_late": Message("ask: a time up to the earlier snapshot, where it had none"),
        "added": Message("ask: new, with no time that tells whether it is late"),
        "filled": Message("ask: a value where there was none, with no time that tells whether it is late"),
        "second_rating": Message("expected: rated again after it was handled again"),
        "late_arrival": Message("expected: entered, or happened, after the earlier snapshot"),
        "progress": Message("expected: happened after the earlier snapshot, with what goes with it"),
        "format": Message("another way to write the same"),
    }
