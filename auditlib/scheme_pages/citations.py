"""What cites each clause of a scheme, with the place on the page where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.core.message import t
from auditlib.scheme_pages.anchors import anchor
from auditlib.scheme_pages.quantity_words import column_title
from auditlib.scheme_pages.scheme_words import SchemeWords

__all__ = ["Citation", "citations"]

KINDS = {
    "indicator": "indicator",
    "rule": "rule",
    "multiplier": "multiplier",
    "reading": "reading",
    "gap": "gap",
    "outcome": "outcome",
    "duty": "duty",
    "counting": "how time is counted",
    "column": "decision table",
    "dimension": "dimension",
    "base": "base points",
    "roll_up": "roll-up",
    "ranking": "ranking",
    "finding": "finding",
    "example": "example",
}
"""What cites a clause."""


@dataclass(frozen=True)
class Citation:
    """A part of the scheme that cites a clause: of which kind, by what title, and where it stands."""

    kind: str
    title: str
    target: str


def citations(words: SchemeWords) -> dict[str, list[Citation]]:
    """The citations of every clause, in the order of the page."""
    scheme, language = words.scheme, words.language
    found: dict[str, list[Citation]] = {name: [] for name in scheme.clauses}

    def cite(clause: str | None, kind: str, title: str, target: str) -> None:
        if clause is not None:
            found[clause].append(Citation(t(KINDS[kind], language), title, target))

    if scheme.base is not None:
        cite(scheme.base.clause, "base", words.points(scheme.base.points), "base")
    for dimension in scheme.dimensions:
        cite(dimension.clause, "dimension", dimension.title(language), anchor("dimension", dimension.id))
    for indicator in scheme.nodes:
        cite(indicator.clause, "indicator", indicator.title(language), anchor("indicator", indicator.id))
        for rule in indicator.rules:
            target = anchor("rule", indicator.id, rule.id)
            cite(rule.clause, "rule", rule.title(language), target)
            if rule.multiplier is not None and rule.multiplier.clause != rule.clause:
                cite(rule.multiplier.clause, "multiplier", rule.title(language), target)
    if scheme.counting is not None:
        cite(scheme.counting.clause, "counting", t("How time is counted", language), "counting")
    for duty in scheme.duties:
        cite(duty.clause, "duty", duty.title(language), anchor("duty", duty.id))
    for register, columns in scheme.columns.items():
        for name, column in columns.items():
            if column.choose is not None:
                cite(
                    column.choose.clause,
                    "column",
                    column_title(words, register, name),
                    anchor("column", register, name),
                )
    for name, reading in scheme.readings.items():
        cite(reading.clause, "reading", reading.question(language), anchor("reading", name))
    for name, gap in scheme.gaps.items():
        cite(gap.clause, "gap", gap.missing(language), anchor("gap", name))
    for granularity, roll_up in scheme.roll_up.items():
        cite(roll_up.clause, "roll_up", words.granularity(granularity), anchor("roll-up", granularity))
    cite(scheme.ranking.clause, "ranking", t("Ranking of units", language), "ranking")
    if scheme.ranking.minimum is not None and scheme.ranking.minimum.clause != scheme.ranking.clause:
        cite(scheme.ranking.minimum.clause, "ranking", t("Ranking of units", language), "ranking")
    for ranking in scheme.further_rankings:
        cite(ranking.clause, "ranking", ranking.named(language), anchor("ranking", ranking.id))
    for outcome in scheme.outcomes:
        cite(outcome.clause, "outcome", outcome.title(language), anchor("outcome", outcome.id))
        for ground in outcome.weighs:
            cite(ground.clause, "outcome", outcome.title(language), anchor("outcome", outcome.id))
    return found
