"""What a probe may be told: floors, levels, office hours, and the numbers that only the rules can give."""

from __future__ import annotations

from datetime import time
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from auditlib.core.values import Number, Positive, Strict
from auditlib.core.yaml_file import read_yaml

__all__ = ["Settings", "read_settings"]


def _time(value: object) -> time:
    try:
        return time.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f'found {value!r}, expected a time of day such as "08:30"') from None


TimeOfDay = Annotated[time, BeforeValidator(_time)]


class Settings(Strict):
    """A settings file of ``auditlib probe``; every key has a default but those that only the rules can give.

    The floors and widths are proposals, not findings: whoever knows better says so here, and the result names the hash.
    """

    level: Number = Fraction(1, 20)
    """The rate of false signals that is borne in a family, and of any at all among the strong ones."""
    least_excess: Positive = 5
    least_ratio: Number = Fraction(3, 2)
    window: Number = Fraction(1, 20)
    """The width of the window before a limit, in parts of the limit."""
    batch: Positive = 10
    """So many closings of a unit in one minute are a batch, which needs no test."""
    again_within_days: Positive = 7
    office_from: TimeOfDay = time(8, 30)
    office_to: TimeOfDay = time(17, 30)
    entry_hours: Positive | None = None
    """The limit from receiving to entering a case, where the rules print one."""
    phone_share: Number | None = None
    """The share of ratings by telephone that the rules ask for."""
    amount: str | None = None
    """A column of amounts over several orders of magnitude, for Benford's law; no other column is fit for it."""


def read_settings(file: Path | None) -> Settings:
    """The settings in a file, or the defaults. Raises :class:`InputError` with every fault by its line."""
    return Settings() if file is None else read_yaml(Settings, file)
