"""The command lines that give a result or a report again."""

from __future__ import annotations

import shlex
from datetime import datetime

from auditlib.analysis.request import Asked

__all__ = ["command_lines"]


def command_lines(asked: Asked, as_of: datetime, *, accept_rejects: bool = False) -> dict[str, str]:
    """The command lines that ``score``, ``explain``, judge ``duties`` again, and the parameters of a ``notebook``."""
    look = as_of.isoformat()
    parts = [asked.scheme, "--ledger", asked.ledger, "--period", asked.period, "--as-of", look]
    parts += ["--calendar", asked.calendar] if asked.calendar else []
    parts += ["--provisional-calendar"] if asked.provisional_calendar else []
    for name, option in asked.readings:
        parts += ["--reading", f"{name}={option}"]
    for name, value in asked.supplied:
        parts += ["--set", f"{name}={value}"]
    if accept_rejects:
        parts.append("--accept-rejects")
    notebook = ["-p", "scheme", asked.scheme, "-p", "ledger", asked.ledger]
    notebook += ["-r", "period", asked.period, "-p", "as_of", look]
    notebook += ["-p", "calendar", asked.calendar] if asked.calendar else []
    notebook += ["-y", "provisional_calendar: true"] if asked.provisional_calendar else []
    for parameter, table in (("readings", asked.readings), ("supplied", asked.supplied)):
        if table:
            inside = ", ".join(f'{name}: "{value}"' for name, value in table)
            notebook += ["-y", f"{parameter}: {{{inside}}}"]
    common = shlex.join(parts)
    commands = {name: f"auditlib {name} {common}" for name in ("score", "explain", "duties")}
    return commands | {"notebook": shlex.join(notebook)}
