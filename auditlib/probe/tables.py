"""The lines of a probe as a table."""

from __future__ import annotations

from collections.abc import Sequence

from auditlib.core.message import Message
from auditlib.core.table import Field, Table
from auditlib.probe.families import Line
from auditlib.probe.words import said_message, state_message, test_message

__all__ = ["probe_table"]

FIELDS = (
    Field[Line]("state", "State", lambda line: state_message(line.state)),
    Field[Line]("unit", "Unit", lambda line: line.unit or Message("the whole ledger")),
    Field[Line]("test", "Test", lambda line: test_message(line.test)),
    Field[Line]("clock", "Clock", lambda line: line.clock),
    Field[Line]("q", "q", lambda line: "" if line.bh is None else f"{line.bh:.2g}"),
    Field[Line]("says", "Says", lambda line: said_message(line)),
    Field[Line]("id", "id", lambda line: line.id),
)


def probe_table(lines: Sequence[Line]) -> Table:
    """A row a line, in the order given."""
    return Table.of(FIELDS, lines)
