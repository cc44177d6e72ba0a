"""What a worked example expects, a row for each result: what it is called, what it is, and the place that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditlib.core.exact import exact
from auditlib.core.message import t
from auditlib.core.numerals import plain
from auditlib.report.headings.states import STATUSES
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Indicator, Rule
from auditlib.scheme_pages.anchors import anchor
from auditlib.scheme_pages.scheme_words import SchemeWords

__all__ = ["Expected", "cited_clauses", "expected_rows"]


@dataclass(frozen=True)
class Expected:
    """One result: its title, its value in words, and where the dossier explains it (empty: nowhere)."""

    title: str
    value: str
    target: str = ""
    kind: str = ""


def _indicator(scheme: Scheme, id: str) -> Indicator | None:
    return next((indicator for indicator in scheme.indicators if indicator.id == id), None)


def _rule(scheme: Scheme, id: str) -> tuple[Indicator, Rule] | None:
    return next(((indicator, rule) for indicator, rule in scheme.rules() if rule.id == id), None)


def cited_clauses(scheme: Scheme, expect: Mapping[str, Any]) -> tuple[str, ...]:
    """The clauses that a case is about: of the rules and indicators that it names, and of its outcomes."""
    found: dict[str, None] = {}
    for own in (expect, *(expect.get("units") or {}).values()):
        lines = [pair for id in (*own.get("lines", {}), *own.get("evidence", {})) if (pair := _rule(scheme, id))]
        named = {indicator.id for indicator, _ in lines}
        rules = [rule for _, rule in lines]
        for id in (*own.get("points", {}), *own.get("status", {}), *own.get("met", {})):
            indicator = _indicator(scheme, id)
            if indicator is not None and id not in named:
                rules += indicator.rules
        found |= dict.fromkeys(rule.clause for rule in rules)
        wanted = {*own.get("outcomes", ()), *own.get("undecided", ())}
        decided = {*own.get("amounts", {}), *own.get("needs", ())}
        for outcome in scheme.outcomes:
            if outcome.id in wanted or any(part.id in decided for part in outcome.consequences):
                found[outcome.clause] = None
        if ("rank" in own or "tie" in own) and scheme.ranking.clause is not None:
            found[scheme.ranking.clause] = None
    return tuple(name for name in scheme.clauses if name in found)


def expected_rows(words: SchemeWords, own: Mapping[str, Any]) -> Iterator[Expected]:
    """The results of one unit, from the counts up to the consequences."""
    for id, value in own.get("measures", {}).items():
        yield Expected(words.title(id), _plain(value, words), anchor("quantity", id))
    for id, value in own.get("rates", {}).items():
        text = _plain(value, words) if value is None else words.amount(id, exact(value))
        yield Expected(words.title(id), text, anchor("quantity", id))
    for id, value in own.get("lines", {}).items():
        yield _line(words, id, value)
    for id, keys in own.get("evidence", {}).items():
        row = _line(words, id, None)
        yield Expected(f"{row.title}{words.t(': ')}{words.t('rows behind it')}", words.listed(keys), row.target)
    for id, value in own.get("points", {}).items():
        yield _points(words, id, value)
    for id, value in own.get("status", {}).items():
        indicator = _indicator(words.scheme, id)
        title = indicator.title(words.language) if indicator else id
        yield Expected(title, words.t(STATUSES[value]), anchor("indicator", id))
    for id, value in own.get("met", {}).items():
        indicator = _indicator(words.scheme, id)
        text = words.t("met" if value else "not met")
        yield Expected(indicator.title(words.language) if indicator else id, text, anchor("indicator", id))
    yield from _whole(words, own)


def _whole(words: SchemeWords, own: Mapping[str, Any]) -> Iterator[Expected]:
    """Total, rank and consequences."""
    language = words.language
    if "total" in own:
        yield Expected(t("Total", language), _plain(own["total"], words), "", "sum")
    if "total_of" in own:
        yield Expected(t("the total is out of", language), _plain(own["total_of"], words))
    if "rank" in own:
        yield Expected(t("Rank", language), _plain(own["rank"], words), "ranking")
    if "tie" in own:
        yield Expected(t("undecided tie with", language), words.listed(own["tie"]) or t("none", language), "ranking")
    titles = {outcome.id: outcome.title(language) for outcome in words.scheme.outcomes}
    for key, title in (("outcomes", "Outcomes"), ("undecided", "outcomes that a tie leaves open")):
        if key in own:
            listed = words.t("; ").join(titles.get(id, id) for id in own[key])
            target = anchor("outcome", own[key][0]) if own[key] else "results"
            yield Expected(t(title, language), listed or t("none", language), target)
    decided = {part.id: (outcome.id, part) for outcome in words.scheme.outcomes for part in outcome.consequences}
    for id, value in own.get("amounts", {}).items():
        outcome, part = decided.get(id, ("", None))
        title = f"{part.who(language)}{words.t(': ')}{part.what(language)}" if part else id
        yield Expected(title, _plain(value, words), anchor("outcome", outcome) if outcome else "")
    if "needs" in own:
        parts = [decided[id][1] for id in own["needs"] if id in decided]
        listed = words.t("; ").join(f"{part.who(language)}{words.t(': ')}{part.what(language)}" for part in parts)
        yield Expected(t("still to be decided by a person", language), listed or t("none", language))


def _line(words: SchemeWords, id: str, value: Any) -> Expected:
    found = _rule(words.scheme, id)
    if found is None:
        return Expected(id, _plain(value, words))
    indicator, rule = found
    title = f"{indicator.title(words.language)}{words.t(': ')}{rule.title(words.language)}"
    text = words.t("none") if value is None else words.signed(exact(value))
    return Expected(title, text, anchor("rule", indicator.id, rule.id))


def _points(words: SchemeWords, id: str, value: Any) -> Expected:
    indicator = _indicator(words.scheme, id)
    if indicator is None:
        return Expected(id, _plain(value, words))
    title = indicator.title(words.language)
    if indicator.max:
        title += words.t(" (of {value})", value=plain(indicator.max))
    return Expected(title, _plain(value, words), anchor("indicator", id), "points")


def _plain(value: Any, words: SchemeWords) -> str:
    return words.t("none") if value is None else str(value).replace("-", "−")
