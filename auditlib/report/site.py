"""The index of a run's reports: one static page, complete without script; with script it can be sorted and filtered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from auditlib.files import write_atomically
from auditlib.report.fragments import escape
from auditlib.report.render import TEMPLATES
from auditlib.report.wording import period_words, say

__all__ = ["Entry", "index_html", "write_index"]

SCRIPT = """
const table = document.querySelector("table"), body = table.tBodies[0], box = document.getElementById("filter");
box.hidden = false;
box.querySelector("input").addEventListener("input", event => {
  const words = event.target.value.toLowerCase().split(/\\s+/);
  for (const row of body.rows) row.hidden = !words.every(word => row.textContent.toLowerCase().includes(word));
});
table.tHead.querySelectorAll("th").forEach((head, column) => {
  const button = document.createElement("button");
  button.textContent = head.textContent;
  head.replaceChildren(button);
  button.addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    table.tHead.querySelectorAll("th").forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = row => row.cells[column].dataset.key ?? row.cells[column].textContent;
    const sign = up ? 1 : -1, order = new Intl.Collator(document.documentElement.lang, {numeric: true});
    [...body.rows].sort((a, b) => {
      const x = key(a), y = key(b);
      if (!x || !y) return (x ? 0 : 1) - (y ? 0 : 1);
      const numeric = isFinite(x) && isFinite(y);
      return sign * (numeric ? x - y : order.compare(x, y));
    }).forEach(row => body.append(row));
  });
});
"""

STYLE = """
main { max-width: 76rem; }
#filter { margin: 1rem 0; }
#filter input { font: inherit; padding: .3rem .6rem; width: 20rem; max-width: 100%; border: 1px solid #9aa5b0; }
thead button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
th[aria-sort=ascending] button::after { content: " ▲"; } th[aria-sort=descending] button::after { content: " ▼"; }
tr.broken td, tr.broken th { background: #fdf3f2; } .bad { color: #a3201d; font-weight: 700; }
.error { display: block; font-size: .84em; color: var(--muted); }
[hidden] { display: none; }
"""


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

    @classmethod
    def of(cls, href: str, facts: Mapping[str, Any], error: str | None = None) -> Entry:
        """The entry of a report from the facts that it gives of itself; those of a failed one may be in part."""
        names = ("unit", "name", "group", "rank", "total", "total_of", "complete")
        return cls(
            title=facts.get("title") or href,
            href=href,
            period=str(facts.get("period") or ""),
            kind="ranking" if facts.get("kind") == "ranking" else "unit",
            status="failed" if error else "done",
            error=error,
            **{name: facts.get(name) for name in names},
        )


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
    title = title or say("index_title", language)
    failed = sum(entry.status == "failed" for entry in ordered)
    count = say("index_count", language, count=len(ordered), done=len(ordered) - failed, failed=failed)
    names = ("report", "period", "group", "unit", "rank", "total", "out_of", "complete", "state")
    numeric = ("rank", "total", "out_of")
    head = "".join(
        f'<th scope="col" class="{"number" if name in numeric else "text"}">{escape(say(name, language))}</th>'
        for name in names
    )
    rows = "\n".join(_row(entry, language) for entry in ordered)
    style = (TEMPLATES / "auditlib" / "auditlib.css").read_text(encoding="utf-8")
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )
    return f"""<!DOCTYPE html>
<html lang="{"zh-CN" if language == "zh" else "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{escape(title)}</title>
<style>
{style}{STYLE}</style>
</head>
<body>
<main>
<header class="masthead"><h1>{escape(title)}</h1><p class="note">{escape(count)}</p></header>
<p id="filter" hidden><label>{escape(say("search", language))} <input type="search"></label>
<span class="note">{escape(say("sort_hint", language))}</span></p>
<div class="wide"><table><caption class="unseen">{escape(title)}</caption>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody></table></div>
</main>
<script>{SCRIPT}</script>
</body>
</html>
"""


def _row(entry: Entry, language: str) -> str:
    failed = entry.status == "failed"
    complete = "" if entry.complete is None else say("yes" if entry.complete else "partial", language)
    unit = entry.name or ""
    if entry.unit and entry.unit != entry.name:
        unit = f"{unit} {entry.unit}".strip()
    kind = say("kind_ranking" if entry.kind == "ranking" else "kind_unit", language)
    state = f'<b class="bad">{escape(say("failed", language))}</b>' if failed else escape(say("done", language))
    error = f'<span class="error">{escape(entry.error)}</span>' if entry.error else ""
    cells = [
        f'<td data-key="{escape(entry.period)}">{escape(_period(entry.period, language))}</td>',
        f"<td>{escape(entry.group or '')}</td>",
        f"<td>{escape(unit or (kind if entry.kind == 'ranking' else ''))}</td>",
        _number(None if entry.rank is None else str(entry.rank)),
        _number(entry.total),
        _number(entry.total_of),
        f"<td>{escape(complete)}</td>",
        f"<td>{state}{error}</td>",
    ]
    link = f'<a href="{escape(_local(entry.href))}">{escape(entry.title)}</a>'
    return f'<tr class="{"broken" if failed else "made"}"><th scope="row">{link}</th>{"".join(cells)}</tr>'


def _number(value: str | None) -> str:
    shown = "" if value is None else value.replace("-", "−")
    return f'<td class="number" data-key="{escape(value or "")}">{escape(shown)}</td>'


def _period(period: str, language: str) -> str:
    try:
        return period_words(period, language)
    except ValueError:
        return period


def _local(href: str) -> str:
    """A relative address: quoted, so that a file name can be neither a scheme nor a query."""
    return "./" + quote(href.removeprefix("./"), safe="/")
