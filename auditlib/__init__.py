"""Assess how well organisations handle complaints: published rules as data, points traced to clauses and cases.

What notebooks and scripts need has its name here, each imported when it is first used::

    import auditlib as al

    assessment = al.assess(scheme="s22-heating", ledger="s22-heating", period="2025-12")
    unit = assessment.unit("B2")
    unit.lines[unit.lines["points"] < 0]              # where points were lost, by which clause, in which cases
    al.UnitReport(unit, "en").show("waterfall")       # .sentences, .table, .figure
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditlib.analysis.assessment import Assessment, assess
    from auditlib.analysis.diff import diff
    from auditlib.analysis.explain import explain
    from auditlib.core.errors import InputError
    from auditlib.core.message import Message
    from auditlib.core.period import Period
    from auditlib.delphi.analysis import analyse
    from auditlib.delphi.forms.questionnaire import new_panel
    from auditlib.delphi.forms.read_back import read_questionnaires
    from auditlib.delphi.rounds import find_panel, read_panel
    from auditlib.ledger.find import find_ledger
    from auditlib.ledger.read import read_ledger
    from auditlib.proofs.check import check_scheme
    from auditlib.rehearsal.asking import made_up_panel
    from auditlib.report.audited import AuditedLedger
    from auditlib.report.duty import DutyReport
    from auditlib.report.ledger_audit import LedgerAuditReport
    from auditlib.report.panel import PanelReport
    from auditlib.report.panel_export import export_panel
    from auditlib.report.panel_sliders import threshold_sliders
    from auditlib.report.ranking import RankingReport
    from auditlib.report.revision import RevisionReport
    from auditlib.report.unit import UnitReport
    from auditlib.revision.revise import revise
    from auditlib.revision.scored import RevisedPeriod
    from auditlib.scheme.load import find_scheme, load_scheme
    from auditlib.scoring.score import score

__all__ = [
    "Assessment", "AuditedLedger", "DutyReport", "InputError", "LedgerAuditReport", "Message", "PanelReport",
    "Period", "RankingReport", "RevisedPeriod", "RevisionReport", "UnitReport", "analyse", "assess", "check_scheme",
    "diff", "explain", "export_panel", "find_ledger", "find_panel", "find_scheme", "load_scheme", "made_up_panel",
    "new_panel", "read_ledger", "read_panel", "read_questionnaires", "revise", "score", "threshold_sliders",
]  # fmt: skip

MODULES = {
    "Assessment": "analysis.assessment", "assess": "analysis.assessment", "diff": "analysis.diff",
    "explain": "analysis.explain", "InputError": "core.errors", "Message": "core.message", "Period": "core.period",
    "analyse": "delphi.analysis", "find_panel": "delphi.rounds", "read_panel": "delphi.rounds",
    "find_ledger": "ledger.find", "read_ledger": "ledger.read", "check_scheme": "proofs.check",
    "AuditedLedger": "report.audited", "DutyReport": "report.duty", "LedgerAuditReport": "report.ledger_audit",
    "PanelReport": "report.panel", "RankingReport": "report.ranking", "RevisedPeriod": "revision.scored",
    "RevisionReport": "report.revision", "UnitReport": "report.unit", "revise": "revision.revise",
    "find_scheme": "scheme.load", "load_scheme": "scheme.load", "score": "scoring.score",
    "threshold_sliders": "report.panel_sliders", "export_panel": "report.panel_export",
    "made_up_panel": "rehearsal.asking", "new_panel": "delphi.forms.questionnaire",
    "read_questionnaires": "delphi.forms.read_back",
}  # fmt: skip
"""Where each name is kept: a command that needs one does not import the others."""


def __getattr__(name: str) -> object:
    if name not in MODULES:
        raise AttributeError(f"module 'auditlib' has no attribute {name!r}")
    return getattr(import_module(f"auditlib.{MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
