"""What a reader sees first: who was assessed by what, score and rank, what cost most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditlib.analysis.views import ScoredPeriod
from auditlib.core.message import t
from auditlib.report.html import escape
from auditlib.report.wording import period_words
from auditlib.scoring.result import UnitScore

__all__ = ["Answer", "answers_html", "facts", "masthead"]  # fmt: skip

Answer = tuple[str, str, str]
"""A label, the answer, and a smaller sentence that qualifies it."""


def masthead(title: str, scored: ScoredPeriod, language: str, unit: UnitScore | None = None) -> str:
    """Title and particulars: unit, group, period, scheme with version, as-of time."""
    scheme = scored.resolved.scheme
    brackets = ("（", "）", "，") if language == "zh" else (" (", ")", ", ")
    particulars = []
    if unit is not None:
        particulars.append((t("Unit", language), f"{unit.name}{brackets[0]}{unit.unit}{brackets[1]}"))
        if unit.group:
            particulars.append((t("Group", language), unit.group))
    version = f"{scheme.title(language)}{brackets[2]}{t('version', language)} {scheme.version}"
    particulars += [
        (t("Period", language), period_words(str(scored.period), language)),
        (t("Scheme", language), version),
        (t("As of", language), scored.result.as_of.isoformat(" ", "minutes")),
    ]
    items = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in particulars)
    made_up = t("The ledger is synthetic, made for demonstration; no real unit or person is concerned.", language)
    synthetic = f'<p class="synthetic">{escape(made_up)}</p>' if scored.synthetic else ""
    return f'<header class="masthead"><h1>{escape(title)}</h1><dl>{items}</dl>{synthetic}</header>'


def facts(scored: ScoredPeriod, title: str, language: str, unit: UnitScore | None = None) -> dict[str, Any]:
    """What an index of reports needs to know of one, as plain values."""
    result = scored.result
    plain: dict[str, Any] = {
        "kind": "ranking" if unit is None else "unit",
        "title": title,
        "language": language,
        "scheme": result.scheme,
        "version": result.version,
        "period": result.period,
        "as_of": result.as_of.isoformat(),
        "unit": None,
        "name": None,
        "group": None,
        "rank": None,
        "total": None,
        "total_of": None,
        "complete": all(one.complete for one in result.units),
        "outcomes": [],
    }
    if unit is not None:
        plain |= {
            "unit": unit.unit,
            "name": unit.name,
            "group": unit.group,
            "rank": unit.rank,
            "total": result.total(unit),
            "total_of": result.text(unit.total_of),
            "complete": unit.complete,
            "outcomes": [outcome.id for outcome in unit.outcomes if outcome.decided],
        }
    return plain


def answers_html(cells: Sequence[Answer], *, lead: bool = True) -> str:
    """The answers side by side, the first one large where it is the ``lead``."""
    return (
        '<dl class="answers">'
        + "".join(
            f"<div{' class=' + chr(34) + 'lead' + chr(34) if lead and index == 0 else ''}><dt>{escape(label)}</dt>"
            f"<dd><strong>{escape(value)}</strong>{f'<small>{escape(more)}</small>' if more else ''}</dd></div>"
            for index, (label, value, more) in enumerate(cells)
        )
        + "</dl>"
    )
