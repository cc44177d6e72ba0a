"""The first screen of the report on duties: what cannot be assessed first, then what was kept, late, missed."""

from __future__ import annotations

from fractions import Fraction

from auditlib.core.numerals import share_text
from auditlib.report.duty_page import DutyPage
from auditlib.report.first_screen import Answer, answers_html
from auditlib.report.html import escape, paragraph
from auditlib.report.pages.styles import lab_style
from auditlib.report.section import Section
from auditlib.scoring.duties.statuses import RATED

__all__ = ["answers", "section"]


def section(page: DutyPage) -> Section:
    """Title and particulars, four answers, which acts the ledger records."""
    cells = answers(page)
    recorded = _recorded(page)
    markup = f'{lab_style()}<div class="audit first">{_masthead(page)}{answers_html(cells)}{paragraph(recorded)}</div>'
    said = (*(f"{label}: {value} {more}".rstrip() for label, value, more in cells), recorded)
    return Section(markup, "\n".join([page.title, *said]), said, facts=_facts(page))


def answers(page: DutyPage) -> list[Answer]:
    """How many instances, how many cannot be assessed, what share was met in time, how many are late or missed."""
    totals, instances = page.totals, page.compliance.instances
    applied = sum(number for status, number in totals.items() if status != "not_applicable")
    rated = sum(totals[status] for status in RATED)
    late, missed = totals["late"], totals["missed"]
    soft = instances.filter(instances["soft"] & instances["status"].is_in(["late", "missed"])).height
    more = page.t("late {late}, missed {missed}", late=late, missed=missed)
    if soft:
        more += page.t("; {count} of them as a rule only", count=soft)
    share = share_text(Fraction(totals["met"], rated), "\N{NO-BREAK SPACE}%") if rated else "—"
    return [
        (page.t("Not assessable"), str(totals["not_assessable"]),
         page.t("of {count} {count:instance|instances}: a fact is not recorded", count=applied)),
        (page.t("Met in time"), share, page.t("{met} of {rated} that can be rated", met=totals["met"], rated=rated)),
        (page.t("Late or missed"), str(late + missed), more),
        (page.t("Running"), str(totals["running"]), page.t("the limit has not ended")),
    ]  # fmt: skip


def _masthead(page: DutyPage) -> str:
    scheme, language = page.scheme, page.language
    particulars = [(page.t("Unit"), page.name(page.view.unit))] if page.view.unit else []
    comma = ", " if language == "en" else "，"
    if page.view.case is None:
        particulars.append((page.t("Period"), page.compliance.period.words(language)))
    particulars += [
        (page.t("Scheme"), f"{scheme.title(language)}{comma}{page.t('version')} {scheme.version}"),
        (page.t("As of"), page.compliance.as_of.isoformat(" ", "minutes")),
    ]
    items = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in particulars)
    made_up = page.t("The ledger is synthetic, made for demonstration; no real unit or person is concerned.")
    synthetic = f'<p class="synthetic">{escape(made_up)}</p>' if page.view.ledger.note.synthetic else ""
    return f'<header class="masthead"><h1>{escape(page.title)}</h1><dl>{items}</dl>{synthetic}</header>'


def _recorded(page: DutyPage) -> str:
    """Which acts the ledger's owner says are recorded: of the others, what is not there is not known."""
    records = page.view.ledger.note.records
    if records is None:
        return page.t("The ledger does not say which acts it records: what is not there is unknown, not left undone.")
    return page.t(
        "The ledger records without exception: {acts}. Of other acts, what is not there is unknown, not left undone.",
        acts=tuple(records.acts),
    )


def _facts(page: DutyPage) -> dict[str, object]:
    return {
        "kind": "duties", "title": page.title, "language": page.language, "scheme": page.scheme.scheme,
        "version": page.scheme.version, "period": str(page.compliance.period),
        "as_of": page.compliance.as_of.isoformat(), "unit": page.view.unit,
        "name": page.name(page.view.unit) if page.view.unit else None, "group": None, "rank": None, "total": None,
        "total_of": None, "complete": not page.totals["not_assessable"], "outcomes": [],
    }  # fmt: skip
