"""What the files of a register tell beside their rows: copies of one another, and months that they are named for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from auditlib.core.hashes import file_sha256
from auditlib.core.message import Message
from auditlib.ledger.intake.map_table import Mapped
from auditlib.ledger.tables.layout import Doubt

__all__ = ["another_month", "copies"]

MONTH = re.compile(r"(?<!\d)(20\d\d)(?:[-_.]?(0[1-9]|1[0-2])(?![-_.]?\d)|年(0?[1-9]|1[0-2])月(?!\d))")
"""A month in the name of a file, and no day: 2026-02, 202602, 2026年2月."""


def copies(files: Sequence[Path], called: Mapping[Path, str]) -> Iterator[Doubt]:
    """Files with the same content: in a register without a key each of their rows would count twice."""
    by_size: dict[int, list[Path]] = {}
    for file in files:
        by_size.setdefault(file.stat().st_size, []).append(file)
    for some in by_size.values():
        by_content: dict[str, list[str]] = {}
        for file in some if len(some) > 1 else ():
            by_content.setdefault(file_sha256(file), []).append(called[file])
        for same in by_content.values():
            if len(same) > 1:
                message = Message("{files} have the same content; their rows are taken from each", files=tuple(same))
                yield Doubt("same_content", message, len(same) - 1)


def another_month(parts: Sequence[Mapped], register: str, at: str | None) -> Iterator[Doubt]:
    """Files named for a month of which they have no row: likely another month's was sent under the name."""
    for part in parts:
        found = MONTH.search(Path(part.label).name)
        if found is None or at not in part.rows.columns or not isinstance(part.rows.schema[at], pl.Datetime):
            continue
        month = f"{found[1]}-{int(found[2] or found[3]):02}"
        months = part.rows[at].drop_nulls().dt.strftime("%Y-%m")
        if months.len() and month not in months:
            message = Message(
                "{file} is named for {month} and has no row of that month, but of {first} to {last}",
                file=part.label, month=month, first=months.min(), last=months.max(),
            )  # fmt: skip
            yield Doubt("another_month", message, months.len(), part.label)
