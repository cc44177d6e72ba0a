"""By which settings a run probes its ledger: all of its pages tell of one probe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from auditlib.core.errors import Problem
from auditlib.probe.settings import Settings, read_settings
from auditlib.runs.runfile import NotebookUse, RunFile

__all__ = ["different_settings", "settings_of_signals"]

AUDIT = "ledger_audit"
"""The notebook that tells of the whole probe."""


def settings_of_signals(run: RunFile) -> Settings | None:
    """The settings by which pages on units tell what a probe says of them; None where no page is asked to.

    Raises :class:`InputError` as reading them does.
    """
    files = [_file(use) for use in run.notebooks if _tells(use)]
    return read_settings(Path(files[0]) if files[0] else None) if files else None


def different_settings(run: RunFile) -> Iterator[Problem]:
    """Notebooks that would tell of another probe than the first one of the run does."""
    probing = [(n, use) for n, use in enumerate(run.notebooks) if _tells(use) or use.notebook == AUDIT]
    for n, use in probing[1:]:
        if (found := _file(use)) != (expected := _file(probing[0][1])):
            said = f"found {found or 'none'}, expected {expected or 'none'} as {probing[0][1].notebook} has: one probe"
            yield run.problem(("notebooks", n, "parameters"), f"{said} for all pages of a run (settings)")


def _tells(use: NotebookUse) -> bool:
    return use.parameters.get("signals") is True


def _file(use: NotebookUse) -> str:
    return str(use.parameters.get("settings") or "")
