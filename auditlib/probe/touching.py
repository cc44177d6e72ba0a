"""What a probe says of single units: the lines that a page on a unit shows."""

from __future__ import annotations

from auditlib.analysis.request import SignalRow
from auditlib.core.values import Text
from auditlib.probe.probe import Probed, ranked
from auditlib.probe.words import says

__all__ = ["TOLD", "touching"]

TOLD = ("strong", "signal", "fact")
"""The states that a unit is told of; of what was not seen nothing is said, and never that it is clean."""


def touching(found: Probed) -> dict[str, tuple[SignalRow, ...]]:
    """By unit its signals and facts, the strongest first."""
    lines: dict[str, list[SignalRow]] = {}
    for line in ranked(found.lines):
        if line.unit and line.state in TOLD:
            said = Text(zh=says(line, "zh"), en=says(line, "en"))
            lines.setdefault(line.unit, []).append(SignalRow(line.id, line.test, line.clock, line.state, said))
    return {unit: tuple(own) for unit, own in lines.items()}
