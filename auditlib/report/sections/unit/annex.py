"""The annex of the printed page: every case and event behind lost points, rule by rule, and when it came and ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditlib.analysis.request import CaseRow
from auditlib.report.html import escape, heading, paragraph
from auditlib.report.page import UnitPage
from auditlib.report.section import NOTHING, Section

__all__ = ["section"]

PRINTED = 5_000
"""Cases that are printed; of more the workbook has a sheet."""


def section(page: UnitPage) -> Section:
    """All the evidence on paper; the screen has it under the lines and in the list of cases. Nothing without any."""
    own = tuple(page.scheme.extra_registers)
    counted = {register: page.scored.counted_rows(page.unit, register) for register in ("cases", "events", *own)}
    if not any(counted.values()):
        return NOTHING
    places = dict.fromkeys(place for keys in counted.values() for under in keys.values() for place in under)
    titles = {
        (indicator.id, rule.id): (indicator.title(page.language), rule.title(page.language), rule.clause)
        for indicator, rule in page.scheme.rules()
    }
    ordered = [place for place in titles if place in places]
    number = {place: at for at, place in enumerate(ordered, start=1)}
    rules = "".join(
        f"<li>{escape(page.t('{indicator}: {rule} ({clause})', indicator=one, rule=two, clause=clause))}</li>"
        for one, two, clause in (titles[place] for place in ordered)
    )
    note = page.t(
        "Every case and event behind lost points, with the times that the ledger has and the numbers of the rules "
        "under which it lost them."
    )
    if any(counted[name] for name in own):
        called = (page.scheme.extra_registers[name].title(page.language) for name in own if counted[name])
        told = page.t(", ").join(called)
        note = page.t("{note} Beside them, from registers of the scheme's own: {registers}.", note=note, registers=told)
    known = {row.case_id: row for row in page.scored.cases.get(page.unit.unit, ())}
    listed = _listed(page, counted["cases"], known, number) + _happened(page, counted["events"], number)
    listed += [_entry(key, "", counted[name][key], number) for name in own for key in sorted(counted[name])]
    title = page.t("Annex: all cases and events behind lost points")
    said = paragraph(note)
    left = sum(map(len, counted.values())) - PRINTED
    if left > 0:
        said += paragraph(page.t("{count} more are in the workbook of the period.", count=left))
    markup = (
        f'<section class="audit annex">{heading(title, "annex")}{said}'
        f'<ol class="rules">{rules}</ol><p class="rows">{"<br>".join(listed[:PRINTED])}</p></section>'
    )
    return Section(markup, f"{title}: {note}", (note,))


def _listed(
    page: UnitPage, counted: Mapping[str, Sequence[tuple[str, str]]], known: Mapping[str, CaseRow],
    number: Mapping[tuple[str, str], int],
) -> list[str]:  # fmt: skip
    still = page.t("open")
    entries = []
    for key in sorted(counted):
        case = known.get(key)
        times = "" if case is None else f"{_day(case.received_at)} – {_day(case.closed_at) or still}"
        entries.append(_entry(key, times, counted[key], number))
    return entries


def _happened(
    page: UnitPage, counted: Mapping[str, Sequence[tuple[str, str]]], number: Mapping[tuple[str, str], int]
) -> list[str]:
    known = {row.event_id: _day(row.at) for row in page.scored.events.get(page.unit.unit, ())}
    return [_entry(key, known.get(key, ""), counted[key], number) for key in sorted(counted)]


def _entry(key: str, times: str, places: Sequence[tuple[str, str]], number: Mapping[tuple[str, str], int]) -> str:
    rules = f"({', '.join(str(number[place]) for place in places)})"
    return escape("  ".join(part for part in (key, times, rules) if part))


def _day(value: object) -> str:
    """A day and minute without its year: the page has that in its heading."""
    return "" if value is None else str(value)[5:16]
