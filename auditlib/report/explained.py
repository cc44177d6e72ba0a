"""What the terms of headings mean: a reader who stops at one is told."""

from __future__ import annotations

from functools import cache

from auditlib.core.message import LANGUAGES, t

__all__ = ["meaning_of"]

TERMS = {
    "Clause": "The numbered piece of the published rules that is followed.",
    "Complete": "Whether every indicator that the scheme assesses has points; in part where some could not be scored.",
    "Evidence": "The numbers of the rows of the ledger that show why a line has its points.",
    "Exclusions": "Cases left out by decision, each with its reason, who approved it, and by which clause.",
    "Gaps of the source": "What the rules need and do not say; scored only with a value that somebody supplies.",
    "By other readings": "The first and the last rank that other ways to understand open clauses would give.",
    "Out of": "The full marks of the indicators that could be scored.",
    "Outcomes": "What follows from a result by the rules: honours, criticism, bars.",
    "Parts of the total": "The shorter periods that the total of a longer one is made of, each with its weight.",
    "Readings in use": "Ways to understand what the rules leave open; one of each is in use, the others stand beside.",
    "Rows that were not used": "Rows of the ledger with a fault, kept apart with the reason; they count for nothing.",
    "Score lines": "A line for each rule: what it counted, its arithmetic, its points and the cases behind them.",
    "Treatment": "What the scheme does without a value that nobody supplied.",
    "Undecided tie": "Units with equal totals of which the rules do not say who stands first.",
}  # fmt: skip


def meaning_of(heading: str) -> str:
    """What a heading means that is a term, in its own language; nothing where it speaks for itself."""
    return _meanings().get(heading, "")


@cache
def _meanings() -> dict[str, str]:
    return {t(term, language): t(meaning, language) for language in LANGUAGES for term, meaning in TERMS.items()}
