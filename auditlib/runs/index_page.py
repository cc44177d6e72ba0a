"""The index of a run's reports: one static page, complete without script; with script it can be sorted and filtered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from markupsafe import Markup

from auditlib.core.files import write_atomically
from auditlib.core.message import LANGUAGES, t
from auditlib.core.period import Period
from auditlib.report.pages.site_words import say
from auditlib.report.pages.styles import list_style, page_file
from auditlib.report.pages.template import content_policy, environment
from auditlib.report.wording import period_words

__all__ = ["Entry", "index_html", "write_index"]


CALLED = {"zh": "中文", "en": "English"}


@dataclass(frozen=True)
class Entry:
    """One report of a run. ``href`` is relative to the index; ``error`` says why a failed one failed.

    Points are decimal text, as results give them.
    """

    title: str
    href: str
    period: str
    kind: Literal["unit", "ranking"] = "unit"
    unit: str | None = None
    name: str | None = None
    group: str | None = None
    rank: int | None = None
    total: str | None = None
    total_of: str | None = None
    complete: bool | None = None
    status: Literal["done", "failed"] = "done"
    error: str | None = None
    language: str = ""
    """The language that it is in; empty for that of the index."""
    provisional: bool = False
    """Whether any row behind it was counted by days of a provisional calendar."""


def write_index(folder: Path, entries: Iterable[Entry], language: str = "zh", title: str = "") -> Path:
    """Writes ``index.html`` into ``folder`` in one step, never half, and returns its path."""
    page = index_html(entries, language, title)
    target = folder / "index.html"
    write_atomically(target, page.encode("utf-8"))
    return target


def index_html(entries: Iterable[Entry], language: str = "zh", title: str = "") -> str:
    """The page: periods, newest first, rankings, then groups and ranks; failed reports are marked.

    Of several periods it is a table a year, a row a unit and a column a period; failed reports are then listed below.
    """
    ordered = sorted(entries, key=lambda entry: (entry.kind != "ranking", entry.href))
    ordered.sort(key=lambda e: (e.group or "", e.rank is None, e.rank or 0, e.unit or ""))
    ordered.sort(key=lambda e: e.kind != "ranking")
    ordered.sort(key=lambda e: e.period, reverse=True)
    failed = sum(entry.status == "failed" for entry in ordered)
    counts = {"count": len(ordered), "done": len(ordered) - failed, "failed": failed}
    years = _years(ordered, language)
    rows = [_row(entry, language) for entry in ordered if not years or entry.status == "failed"]
    script, style = page_file("auditlib/auditlib.js"), list_style()
    return environment("site", say=say, languages=LANGUAGES).get_template("run.html.j2").render(
        title=title or t("Index of reports", language), language=language, rows=rows, years=years, counts=counts,
        script=Markup(script), style=Markup(style), policy=content_policy(script, style),
    )  # fmt: skip


def _years(entries: Sequence[Entry], language: str) -> list[dict[str, Any]]:
    """For a run of several periods a table for each year, the newest first; of a run of one period nothing."""
    if len({entry.period for entry in entries}) < 2:
        return []
    by_year: dict[str, list[Entry]] = {}
    for entry in entries:
        by_year.setdefault(entry.period[:4], []).append(entry)
    return [_year(year, by_year[year], language) for year in sorted(by_year, reverse=True)]


def _year(year: str, entries: Sequence[Entry], language: str) -> dict[str, Any]:
    periods = sorted({entry.period for entry in entries}, key=_in_time)
    units = {(entry.group or "", entry.unit or ""): entry for entry in entries if entry.kind == "unit"}
    whole = [entry for entry in entries if entry.kind == "ranking"]
    lines = [(t("Ranking of units", language), "", whole)] if whole else []
    for (group, code), one in sorted(units.items()):
        own = [
            entry
            for entry in entries
            if entry.kind == "unit" and (entry.group or "", entry.unit or "") == (group, code)
        ]
        lines.append((one.name or code, group, own))
    return {
        "year": _period(year, language),
        "grouped": any(group for _, group, _ in lines),
        "columns": [_period(period, language) for period in periods],
        "rows": [
            {
                "name": name,
                "group": group,
                "cells": [[_cell(one, language) for one in own if one.period == period] for period in periods],
            }
            for name, group, own in lines
        ],
    }


def _cell(entry: Entry, language: str) -> dict[str, str]:
    """A report in a table of a year: its total and rank, or what it is called."""
    if entry.status == "failed":
        return {"href": entry.href, "text": t("report failed", language), "rank": "", "failed": "failed"}
    if entry.language not in ("", language):
        return {"href": entry.href, "text": CALLED[entry.language], "rank": "", "failed": ""}
    rank = "" if entry.rank is None else t("number {rank}", language, rank=entry.rank)
    return {"href": entry.href, "text": entry.total or t("open the report", language), "rank": rank, "failed": ""}


def _in_time(period: str) -> tuple[str, str]:
    """Shorter periods in the order of time, a longer one after those it ends with."""
    try:
        return str(Period.parse(period).after), str(Period.parse(period).days).zfill(4)
    except ValueError:
        return period, ""


def _row(entry: Entry, language: str) -> dict[str, str]:
    """The texts of a row; its error is empty where the report was made."""
    unit = " ".join(dict.fromkeys(text for text in (entry.name, entry.unit) if text))
    state = [] if entry.complete is None else [t("complete" if entry.complete else "in part", language)]
    state += [t("provisional working days", language)] if entry.provisional else []
    return {
        "title": entry.title,
        "href": entry.href,
        "period": _period(entry.period, language),
        "group": entry.group or "",
        "unit": unit or (t("Ranking of units", language) if entry.kind == "ranking" else ""),
        "rank": "" if entry.rank is None else str(entry.rank),
        "total": entry.total or "",
        "out_of": entry.total_of or "",
        "complete": ("，" if language == "zh" else ", ").join(state),
        "error": (entry.error or t("report failed", language)) if entry.status == "failed" else "",
    }


def _period(period: str, language: str) -> str:
    try:
        return period_words(period, language)
    except ValueError:
        return period
