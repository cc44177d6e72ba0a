"""The report of a round of a panel, made in one step from the answers that are there."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path

from auditlib.analysis.request import Asked
from auditlib.core.errors import AuditError, InputError
from auditlib.core.home import find, home
from auditlib.delphi.rounds import read_panel
from auditlib.runs.execute import execute
from auditlib.runs.parameters import check_parameters
from auditlib.runs.plan import PlannedReport
from auditlib.runs.runfile import Limits

__all__ = ["panel_report"]


def panel_report(
    named: Path, out: Path, number: int | None = None, language: str = "zh", formats: Collection[str] = ()
) -> Path:
    """The page of a round of the panel in the folder ``named`` (default: its last round), written into ``out``.

    The executed notebook lies beside it, and the same report as ``pdf`` and ``docx`` where ``formats`` asks for them.
    Raises :class:`InputError` for a panel with a fault or without such a round,
    and :class:`AuditError` where the notebook fails.
    """
    panel = read_panel(find(named, "panels"))
    rounds = [one.number for one in panel.rounds]
    chosen = rounds[-1] if number is None else number
    if chosen not in rounds:
        known = ", ".join(map(str, rounds))
        raise InputError.at(named, f"round-{chosen}", f"found no answers of this round, expected one of {known}")
    notebook = home().resolve() / "notebooks" / "delphi_panel.ipynb"
    told = {"panel": str(named), "round": chosen, "language": language}
    if problems := check_parameters(notebook, told):
        raise InputError(problems)
    out.mkdir(parents=True, exist_ok=True)
    planned = PlannedReport(
        f"round-{chosen}", notebook, told, out, panel.declared.title(language), Asked("", "", ""), None, {},
        beside=tuple(f".{one}" for one in ("pdf", "docx") if one in formats),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as kept:
        for outcome in execute([planned], 1, Limits(), Path(kept)):
            if outcome.error is not None:
                raise AuditError(f"{notebook.name}: {outcome.error}")
    return planned.file(".html")
