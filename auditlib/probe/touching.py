"""What a probe says of single units: the lines that a page on a unit shows."""

from __future__ import annotations

from auditlib.analysis.request import SignalRow
from auditlib.core.message import told
from auditlib.core.values import Text
from auditlib.probe.clock_words import clock_message
from auditlib.probe.probe import Probed, ranked
from auditlib.probe.words import said_message
from auditlib.scheme.model import Scheme

__all__ = ["TOLD", "touching"]

TOLD = ("strong", "signal", "fact")
"""The states that a unit is told of; of what was not seen nothing is said, and never that it is clean."""


def touching(found: Probed, scheme: Scheme) -> dict[str, tuple[SignalRow, ...]]:
    """By unit its signals and facts, the strongest first, with clocks by the titles that the ``scheme`` gives them."""
    lines: dict[str, list[SignalRow]] = {}
    for line in ranked(found.lines):
        if line.unit and line.state in TOLD:
            words = said_message(line, clock_message(line.clock, scheme))
            said = Text(zh=told(words, "zh"), en=told(words, "en"))
            lines.setdefault(line.unit, []).append(SignalRow(line.id, line.test, line.clock, line.state, said))
    return {unit: tuple(own) for unit, own in lines.items()}
