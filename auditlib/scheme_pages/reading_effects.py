"""What each reading would change in the rules, found by comparing the resolved schemes part by part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from auditlib.core.message import t
from auditlib.core.numerals import plain
from auditlib.scheme.model import Scheme
from auditlib.scheme.results import Outcome
from auditlib.scheme.rules import Indicator
from auditlib.scheme_pages.anchors import anchor
from auditlib.scheme_pages.duty_words import counting_words, duty_aspects
from auditlib.scheme_pages.quantity_words import (
    column_sentence,
    column_title,
    composite_formula,
    measure_sentence,
    missing_policy,
    rate_formula,
    standing_sentence,
    zero_policy,
)
from auditlib.scheme_pages.result_words import (
    amount_words,
    further_ranking_sentence,
    outcome_conditions,
    outcome_effects,
    ranking_sentence,
    roll_up_formula,
    roll_up_policy,
)
from auditlib.scheme_pages.rule_words import indicator_sentence, rule_formula, rule_sentence
from auditlib.scheme_pages.scheme_words import SchemeWords

__all__ = ["Change", "rule_changes"]

WORD = re.compile(r"[\w.%]+|[^\w.%]", re.ASCII)
"""A Latin word or number, or any other character by itself."""


@dataclass(frozen=True)
class Change:
    """One part of the rules that another reading changes: what it is, in which respect, from what to what."""

    what: str
    target: str
    aspect: str
    old: str
    new: str

    @property
    def marked(self) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
        """Old and new in pieces, each with whether it differs."""
        old, new = (WORD.findall(text) for text in (self.old, self.new))
        pieces: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
        for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            pieces[0].append(("".join(old[old_from:old_to]), kind != "equal"))
            pieces[1].append(("".join(new[new_from:new_to]), kind != "equal"))
        return pieces


@dataclass(frozen=True)
class _Part:
    """A part of a scheme: its frozen value, and how people say each respect of it."""

    title: str
    value: Any
    aspects: Mapping[str, str]


def rule_changes(before: Scheme, after: Scheme, language: str) -> list[Change]:
    """Every difference between two resolutions of one scheme, in the order of the page.

    Frozen values are compared, not their words: a difference that the words do not show is given as it is written.
    """
    old, new = (dict(_parts(SchemeWords(scheme, language))) for scheme in (before, after))
    absent = t("(none)", language)
    found = []
    for target in [*old, *(name for name in new if name not in old)]:
        one, other = old.get(target), new.get(target)
        if one is not None and other is not None and one.value == other.value:
            continue
        title = (one or other).title  # type: ignore[union-attr]
        was, will = (part.aspects if part else {} for part in (one, other))
        names = [
            name for name in [*was, *(name for name in will if name not in was)] if was.get(name) != will.get(name)
        ]
        if not names and one is not None and other is not None:
            was, will, names = {"": str(one.value)}, {"": str(other.value)}, [""]
        found += [Change(title, target, name, was.get(name) or absent, will.get(name) or absent) for name in names]
    return found


def _parts(words: SchemeWords) -> Iterator[tuple[str, _Part]]:
    scheme, language = words.scheme, words.language
    if scheme.base is not None:
        yield "base", _Part(words.t("Base points"), scheme.base, {words.t("Amount"): words.points(scheme.base.points)})
    for indicator in scheme.indicators:
        yield anchor("indicator", indicator.id), _indicator(words, indicator)
        for rule in indicator.rules:
            title = f"{indicator.title(language)}{words.t(': ')}{rule.title(language)}"
            aspects = {words.t("How"): rule_sentence(words, rule), words.t("Arithmetic"): rule_formula(words, rule)}
            yield anchor("rule", indicator.id, rule.id), _Part(title, rule, aspects)
    for key, rate in scheme.rates.items():
        aspects = {
            words.t("Arithmetic"): rate_formula(words, rate),
            words.t("Where there is nothing to divide"): zero_policy(words, rate),
        }
        yield anchor("quantity", key), _Part(rate.title(language), rate, aspects)
    for key, composite in scheme.composites.items():
        aspects = {
            words.t("Arithmetic"): composite_formula(words, composite),
            words.t("Where there is nothing to divide"): missing_policy(words, composite),
        }
        yield anchor("quantity", key), _Part(composite.title(language), composite, aspects)
    for key, standing in scheme.standings.items():
        aspects = {words.t("How"): standing_sentence(words, standing)}
        yield anchor("quantity", key), _Part(standing.title(language), standing, aspects)
    for branch in scheme.branches:
        yield (
            anchor("indicator", branch.id),
            _Part(branch.title(language), branch, {words.t("How"): indicator_sentence(words, branch)}),
        )
        for rule in branch.rules:
            title = f"{branch.title(language)}{words.t(': ')}{rule.title(language)}"
            aspects = {words.t("How"): rule_sentence(words, rule), words.t("Arithmetic"): rule_formula(words, rule)}
            yield anchor("rule", branch.id, rule.id), _Part(title, rule, aspects)
    for key, former in scheme.quantities.items():
        aspects = {words.t("How"): words.former(key), words.t("Policies"): words.policies(key)}
        yield anchor("quantity", key), _Part(words.title(key), former, aspects)
    for ranking in scheme.rankings:
        aspects = {words.t("How"): further_ranking_sentence(words, ranking)}
        yield anchor("ranking", ranking.id), _Part(ranking.named(language), ranking, aspects)
    for key, measure in scheme.measures.items():
        aspects = {words.t("How"): measure_sentence(words, measure)}
        yield anchor("quantity", key), _Part(measure.title(language), measure, aspects)
    for register, columns in scheme.columns.items():
        for key, column in columns.items():
            aspects = {words.t("How"): column_sentence(words, register, column)}
            yield anchor("column", register, key), _Part(column_title(words, register, key), column, aspects)
    for duty in scheme.duties:
        yield anchor("duty", duty.id), _Part(duty.title(language), duty, duty_aspects(words, duty))
    if scheme.counting is not None:
        aspects = {words.t("How"): " ".join(counting_words(words, scheme.counting))}
        yield "counting", _Part(words.t("How time is counted"), scheme.counting, aspects)
    for granularity, roll_up in scheme.roll_up.items():
        aspects = {
            words.t("Arithmetic"): roll_up_formula(words, granularity, roll_up),
            words.t("Where there is nothing to divide"): roll_up_policy(words, roll_up),
        }
        title = f"{words.t('Roll-up')}{words.t(': ')}{words.granularity(granularity)}"
        yield anchor("roll-up", granularity), _Part(title, roll_up, aspects)
    yield (
        "ranking",
        _Part(words.t("Ranking of units"), scheme.ranking, {words.t("How"): ranking_sentence(words, scheme.ranking)}),
    )
    for outcome in scheme.outcomes:
        yield anchor("outcome", outcome.id), _outcome(words, outcome)
    told = {
        "readings",
        "base",
        "indicators",
        "rates",
        "composites",
        "standings",
        "quantities",
        "named",
        "branches",
        "rankings",
        "measures",
        "columns",
        "duties",
        "counting",
        "roll_up",
        "ranking",
        "outcomes",
    }
    for field in sorted(set(Scheme.model_fields) - told):
        yield field, _Part(field, getattr(scheme, field), {})


def _indicator(words: SchemeWords, indicator: Indicator) -> _Part:
    aspects = {
        words.t("How"): indicator_sentence(words, indicator),
        words.t("Maximum"): words.t("no maximum") if indicator.max is None else plain(indicator.max),
    }
    if indicator.weight is not None:
        aspects[words.t("Weight")] = plain(indicator.weight)
    return _Part(indicator.title(words.language), indicator.model_copy(update={"rules": ()}), aspects)


def _outcome(words: SchemeWords, outcome: Outcome) -> _Part:
    stop, language = words.t("; "), words.language
    consequences = [
        " ".join(filter(None, (part.who(language), part.what(language), amount_words(words, part))))
        for part in outcome.consequences
    ]
    aspects = {
        words.t("Conditions"): stop.join(outcome_conditions(words, outcome)),
        words.t("Effect"): stop.join(outcome_effects(words, outcome)),
        words.t("Consequence"): stop.join(consequences),
    }
    return _Part(outcome.title(language), outcome, aspects)
