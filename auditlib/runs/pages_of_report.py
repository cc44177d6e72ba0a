"""What an executed notebook becomes: its page, and the files beside it that a run asks for."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from auditlib.analysis.kept import vouching
from auditlib.analysis.scored_periods import open_period
from auditlib.core.home import placing
from auditlib.report.closing import closing_html, contest_html
from auditlib.runs.formats import FORM
from auditlib.runs.plan import PlannedReport

__all__ = ["pages_of", "places_of"]


def pages_of(report: PlannedReport, notebook: Any, language: str) -> dict[str, bytes]:
    """The page of an executed notebook, and what is made beside it, by their endings."""
    from auditlib.report.pages.render import facts_of, render_html

    form = report.file(FORM).name if FORM in report.beside else ""
    closing = closing_html(report.terms, language, form) if report.terms else ""
    contest = contest_html(report.terms, language, form) if report.terms or report.unit else ""
    told = {"title": report.title, "language": language, "closing": closing, "contest": contest}
    page = render_html(notebook, links=report.links, **told)
    pages = {".html": page.encode("utf-8")}
    if ".pdf" in report.beside:
        from auditlib.report.pages.pdf import pdf_of

        pages[".pdf"] = pdf_of(page)
    if ".docx" in report.beside:
        from auditlib.report.papers.paper import paper_of

        pages[".docx"] = paper_of(page, language, report.terms, facts_of(notebook))
    if FORM in report.beside:
        pages[FORM] = _form(report, language)
    return pages


def _form(report: PlannedReport, language: str) -> bytes:
    """The form by which the unit of a report objects to its result."""
    from auditlib.objections.contested import contested_result
    from auditlib.objections.form import objection_form  # brings what writes workbooks

    assert report.terms is not None
    assert report.unit is not None
    with vouching(report.vouched), places_of(report):
        scored = open_period(report.asked, report.unit)
    unit = scored.unit(report.unit)
    return objection_form(contested_result(scored.resolved, scored.result, unit, report.terms, language))


def places_of(report: PlannedReport) -> AbstractContextManager[None]:
    """Let a notebook that is executed in another folder find what its parameters name from this one."""
    if report.at is None:
        return nullcontext()
    asked = report.asked
    named = (("demonstrations", asked.ledger), ("", asked.scheme), ("", asked.calendar))
    return placing({(folder, name): Path(name) for folder, name in named if name and Path(name).exists()})
