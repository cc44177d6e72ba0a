"""The first screen of the report on duties: what cannot be assessed first, then what was kept, late, missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import polars as pl

from auditlib.core.numerals import share_text
from auditlib.report.duty_page import DutyPage
from auditlib.report.first_screen import Answer, answers_html
from auditlib.report.html import escape, paragraph
from auditlib.report.pages.styles import lab_style
from auditlib.report.phrases import in_one
from auditlib.report.section import Section
from auditlib.scheme.duty_clock import MOMENT
from auditlib.scoring.duties.statuses import RATED

__all__ = ["answers", "section"]

BROKEN = ("late", "missed")
NAMED = 3
"""So many units a sentence names."""


def section(page: DutyPage) -> Section:
    """Title and particulars, four answers, which acts the ledger records."""
    cells = answers(page)
    recorded = _recorded(page)
    points = in_one(list(_sentences(page)), page.language)
    lead = paragraph(points, "finding") if points else ""
    screen = f"{_masthead(page)}{answers_html(cells)}{lead}{paragraph(recorded)}"
    markup = f'{lab_style()}<div class="audit first">{screen}</div>'
    said = (
        *(f"{label}: {value} {more}".rstrip() for label, value, more in cells),
        *([points] if points else []),
        recorded,
    )
    return Section(markup, "\n".join([page.title, *said]), said, facts=_facts(page))


def answers(page: DutyPage) -> list[Answer]:
    """How many instances, how many cannot be assessed, what share was met in time, how many are late or missed.

    What cannot be assessed stands first, as it qualifies the rest; where there is nothing of it, late and missed do.
    """
    totals, instances = page.totals, page.compliance.instances
    applied = sum(number for status, number in totals.items() if status != "not_applicable")
    rated = sum(totals[status] for status in RATED)
    late, missed = totals["late"], totals["missed"]
    soft = instances.filter(instances["soft"] & instances["status"].is_in(["late", "missed"])).height
    more = page.t("late {late}, missed {missed}", late=late, missed=missed)
    if soft:
        more += page.t("; {count} of them as a rule only", count=soft)
    share = share_text(Fraction(totals["met"], rated), "\N{NO-BREAK SPACE}%") if rated else "—"
    unknown = (
        page.t("Not assessable"), str(totals["not_assessable"]),
        page.t("of {count} {count:instance|instances}: a fact is not recorded", count=applied),
    )  # fmt: skip
    met = (page.t("Met in time"), share, page.t("{met} of {rated} that can be rated", met=totals["met"], rated=rated))
    broken = (page.t("Late or missed"), str(late + missed), more)
    running = (page.t("Running"), str(totals["running"]), page.t("the limit has not ended"))
    return [unknown, met, broken, running] if totals["not_assessable"] else [broken, met, running, unknown]


def _sentences(page: DutyPage) -> Iterator[str]:
    """Who was late or missed most, which duty was broken most often, what is over longest and not done.

    The page of a case has none of it: its instances say it.
    """
    if page.view.case is not None:
        return
    by_unit: Counter[str] = Counter()
    by_duty: Counter[str] = Counter()
    rated_of: Counter[str | tuple[str, str]] = Counter()
    for unit, counts in page.compliance.units.items():
        for one in counts:
            broken, rated = (sum(one.counts[status] for status in of) for of in (BROKEN, RATED))
            by_unit[unit] += broken
            by_duty[one.duty.id] += broken
            rated_of.update({unit: rated, ("duty", one.duty.id): rated})
    units = [name for name, number in by_unit.most_common(NAMED) if number]
    if not units:
        return
    if page.view.unit is None:
        told = tuple(
            page.t("{name} {late} of {rated}", name=page.name(one), late=by_unit[one], rated=rated_of[one])
            for one in units
        )
        yield page.t("Most often late or missed: {units}.", units=told)
    duty, number = by_duty.most_common(1)[0]
    yield page.t(
        "The duty broken most often is “{duty}”: {late} of {rated} that can be rated.",
        duty=page.duty(duty).title(page.language), late=number, rated=rated_of["duty", duty],
    )  # fmt: skip
    waiting = page.compliance.instances.filter((pl.col("status") == "missed") & pl.col("too_late").is_not_null()).sort(
        "too_late", "unit", "case", "key"
    )
    for row in waiting.head(1).iter_rows(named=True):
        days = (page.compliance.as_of.date() - (row["too_late"] - MOMENT).date()).days
        yield page.t(
            "Over longest and not done: {case} of {unit}, {days} {days:day|days} beyond the limit.",
            case=row["case"], unit=page.name(row["unit"]), days=days,
        )  # fmt: skip


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
