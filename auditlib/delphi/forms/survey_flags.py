"""Which answers of an export look careless: they are told, and stay.

Sources: Leiner, Too fast, too straight, too weird, Survey Research Methods 13 (2019) 229-248; Huang, Curran, Keeney,
Poposki and DeShon, Detecting and deterring insufficient effort responding, J. Bus. Psychol. 27 (2012) 99-114, for two
seconds an item.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Protocol

from auditlib.core.errors import InputError
from auditlib.core.values import Text
from auditlib.delphi.forms.sheets import read_sheet

__all__ = ["FLAGS", "SpeedLimits", "Timed", "flags_file", "flags_of", "read_flags", "seconds"]

FLAGS = {
    "straight": Text(zh="所有条目同一评分", en="the same mark for every item"),
    "fast": Text(zh="用时过短", en="answered too fast"),
}
"""What a flag means."""
STRAIGHT_FROM = 3
"""As many marks that are all the same are a straight line; two may well be equal."""

UNITS = {"h": 3600, "小时": 3600, "时": 3600, "m": 60, "分": 60, "s": 1, "秒": 1}


class SpeedLimits(Protocol):
    """When an answer is too fast."""

    @property
    def seconds_per_item(self) -> Fraction: ...
    @property
    def share_of_median(self) -> Fraction: ...


@dataclass(frozen=True)
class Timed:
    """The marks of one expert and how long the form took, as the tool wrote it."""

    marks: tuple[Fraction, ...]
    took: str | None


def seconds(text: str | None) -> Fraction | None:
    """A duration in seconds: ``120``, ``120秒``, ``2分5秒``, ``1h 2m``, ``00:02:05``. None for what is none."""
    if text is None:
        return None
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text):
        return Fraction(text)
    if re.fullmatch(r"[0-9]+(?::[0-9]{2}){1,2}", text):
        parts = [int(part) for part in text.split(":")]
        return Fraction(sum(part * 60**place for place, part in enumerate(reversed(parts))))
    found = re.findall(r"([0-9]+(?:\.[0-9]+)?)\s*(小时|时|分|秒|[hms])", text)
    return sum((Fraction(count) * UNITS[unit] for count, unit in found), Fraction(0)) if found else None


def flags_of(answers: Mapping[str, Timed], limits: SpeedLimits) -> dict[str, tuple[str, ...]]:
    """The flags of each expert who has any: ``straight`` and ``fast``."""
    took = {expert: time for expert, one in answers.items() if (time := seconds(one.took)) is not None}
    middle = median(took.values()) if len(took) > 2 else None
    found: dict[str, tuple[str, ...]] = {}
    for expert, one in answers.items():
        flags = ["straight"] if len(one.marks) >= STRAIGHT_FROM and len(set(one.marks)) == 1 else []
        time = took.get(expert)
        least = limits.seconds_per_item * len(one.marks)
        if time is not None and (time < least or (middle is not None and time < middle * limits.share_of_median)):
            flags.append("fast")
        if flags:
            found[expert] = tuple(flags)
    return found


def flags_file(folder: Path, number: int) -> Path:
    """Where a panel keeps which answers of a round look careless."""
    return folder / f"flags-{number}.csv"


def read_flags(file: Path) -> dict[str, tuple[str, ...]]:
    """The flags of each expert in ``file``; none where there is no such file. Raises :class:`InputError`."""
    rows = [cells for _, cells in read_sheet(file).rows] if file.exists() else []
    told = [(cells.get("expert") or "", cells.get("flag") or "") for cells in rows]
    if unknown := [flag for _, flag in told if flag not in FLAGS]:
        raise InputError.at(file, "flag", f"found {unknown[0]!r}, expected one of {', '.join(FLAGS)}")
    return {expert: tuple(flag for who, flag in told if who == expert) for expert, _ in told}
