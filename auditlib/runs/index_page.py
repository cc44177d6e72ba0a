"""The index of a run's reports: one static page, complete without script; with script it can be sorted and filtered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from auditlib.core.files import write_atomically
from auditlib.core.message import LANGUAGES, t
from auditlib.report.pages.site_words import say
from auditlib.report.pages.styles import list_style, page_file
from auditlib.report.pages.template import content_policy, environment
from auditlib.report.wording import period_words

__all__ = ["Entry", "index_html", "write_index"]


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
    provisional: bool = False
    """Whether any row behind it was counted by days of a provisional calendar."""


def write_index(folder: Path, entries: Iterable[Entry], language: str = "zh", title: str = "") -> Path:
    """Writes ``index.html`` into ``folder`` in one step, never half, and returns its path."""
    page = index_html(entries, language, title)
    target = folder / "index.html"
    write_atomically(target, page.encode("utf-8"))
    return target


def index_html(entries: Iterable[Entry], language: str = "zh", title: str = "") -> str:
    """The page: rankings first, then periods, newest first, groups and ranks; failed reports are marked."""
    ordered = sorted(entries, key=lambda entry: (entry.kind != "ranking", entry.href))
    ordered.sort(key=lambda e: (e.group or "", e.rank is None, e.rank or 0, e.unit or ""))
    ordered.sort(key=lambda e: e.kind != "ranking")
    ordered.sort(key=lambda e: e.period, reverse=True)
    failed = sum(entry.status == "failed" for entry in ordered)
    counts = {"count": len(ordered), "done": len(ordered) - failed, "failed": failed}
    rows = [_row(entry, language) for entry in ordered]
    script, style = page_file("auditlib/auditlib.js"), list_style()
    return environment("site", say=say, languages=LANGUAGES).get_template("run.html.j2").render(
        title=title or t("Index of reports", language), language=language, rows=rows, counts=counts,
        script=Markup(script), style=Markup(style), policy=content_policy(script, style),
    )  # fmt: skip


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
