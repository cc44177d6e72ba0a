"""What an intake gives: the accepted rows of each register, the rejected ones with their reasons, what is doubtful."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from auditlib.core.message import Message
from auditlib.core.values import Text
from auditlib.ledger.intake.mapping import Mapping
from auditlib.ledger.tables.layout import Doubt

__all__ = ["Intake", "TakenTable"]


@dataclass(frozen=True)
class TakenTable:
    """A table of the sources as a register took it: how many rows it has and lost, and what nobody had declared."""

    register: str
    label: str
    rows: int
    rejected: int
    assumed: dict[str, str]
    source: pl.DataFrame = field(repr=False)
    written: dict[str, pl.DataFrame] | None = field(default=None, repr=False)
    """How the times of each source column are written, with counts, where ``source`` was too long to be kept."""


@dataclass(frozen=True)
class Intake:
    """What an intake gave: the accepted rows by register, the rejected ones with reasons, and the snapshot hash."""

    mapping: Mapping
    registers: dict[str, pl.DataFrame]
    rejects: pl.DataFrame
    seen: dict[str, int]
    snapshot: str
    replaced: dict[str, int] = field(default_factory=dict)
    """By ``register.column``, how many values were masked or became pseudonyms."""
    expectations: dict[str, Message] = field(default_factory=dict)
    """What ``rejects`` says that hangs on the mapping or the sources, by its English, as readers are told."""
    doubts: tuple[Doubt, ...] = ()
    """What is doubtful about what was taken, each kind with a count."""
    tables: tuple[TakenTable, ...] = ()
    large: dict[str, pl.LazyFrame] = field(default_factory=dict, repr=False)
    """The accepted rows of registers that are too long for the memory, on the disk; none of them in ``registers``."""
    accepted: dict[str, int] = field(default_factory=dict)
    """Accepted rows by register."""
    queries: dict[str, dict[str, str]] = field(default_factory=dict)
    """By register that comes from a database, what was asked of which, as the note of the ledger says it."""

    @property
    def frames(self) -> dict[str, pl.LazyFrame]:
        """The accepted rows of every register."""
        return {name: self.large[name] if name in self.large else self.registers[name].lazy() for name in self.seen}

    @property
    def rejected(self) -> dict[str, int]:
        """Rejected rows by register."""
        return {name: count - self.accepted[name] for name, count in self.seen.items()}

    @property
    def as_of(self) -> datetime | None:
        """When the export was made, as the mapping says."""
        return self.mapping.as_of

    @property
    def kept_before_opened(self) -> Text | None:
        """What the source says of cases closed before they were received, where these are kept."""
        cases = self.mapping.registers.get("cases")
        return None if cases is None else cases.keep_closed_before_opened
