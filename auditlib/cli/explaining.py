"""How `explain` prints: score lines, and what follows from the score."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from auditlib.analysis.conclusions import ExplainedOutcome, exclusion_text, explain_outcomes
from auditlib.analysis.explain import ExplainedLine
from auditlib.analysis.roll_up_words import explain_roll_up
from auditlib.cli.terminal import echo
from auditlib.core.message import t
from auditlib.core.numerals import number_text
from auditlib.report.headings.states import OUTCOME_STATES, STATUSES
from auditlib.report.wording import period_words
from auditlib.scheme.load import Resolved
from auditlib.scheme.nodes import Branch
from auditlib.scheme.rules import Indicator
from auditlib.scoring.result import IndicatorScore, Result, UnitScore

__all__ = ["conclusions_json", "echo_conclusions", "echo_line", "heading", "standing"]

INDENT = " " * 10


def standing(result: Result, unit: UnitScore, language: str) -> str:
    """Total and rank, with whom it shares a rank that nothing decides; or that there are none."""
    total = t("no total", language) if unit.total is None else number_text(unit.total, result.total_rounding)
    return f"{total}{_out_of(result, unit.total_of)}  {_rank(unit, language)}"


def _rank(unit: UnitScore, language: str) -> str:
    if unit.rank is None:
        return t("not ranked", language)
    if language == "en":
        return f"rank {unit.rank}" + (f"= (undecided with {', '.join(unit.tie)})" if unit.tie else "")
    return f"第 {unit.rank} 名" + (f"（与 {'、'.join(unit.tie)} 并列，先后未定）" if unit.tie else "")


def heading(result: Result, declared: Indicator | Branch, scored: IndicatorScore, language: str) -> str:
    """An indicator and its points, or what stands in their place: whether a target is met, why there are none."""
    if scored.met is not None:
        shown = t("met" if scored.met else "not met", language)
    elif scored.points is None:
        shown = t(STATUSES[scored.status], language)
    else:
        shown = f"{number_text(scored.points, result.rounding)}{_out_of(result, scored.max)}"
    return f"{declared.title(language)} [{scored.id}]  {shown}"


def _out_of(result: Result, maximum: Fraction | None) -> str:
    return "" if maximum is None else f" / {number_text(maximum, result.rounding)}"


def echo_line(line: ExplainedLine, limit: int) -> None:
    """A score line; one that costs or brings points, or misses its target, with clause, readings and cases."""
    matters = line.met is False if line.met is not None else line.points not in (None, "0")
    shown = {True: "✓", False: "✗"}[line.met] if line.met is not None else line.points
    echo(f"  {shown if shown is not None else '—':>6}  {line.clause} {line.title}")
    if line.arithmetic:
        echo(f"{INDENT}{line.operands};  {line.arithmetic}")
    elif line.reason:
        echo(f"{INDENT}{line.reason}")
    if matters:
        echo(f"{INDENT}「{line.quote}」")
        _echo_all(line.readings)
        _echo_keys(line.evidence, limit)
    if line.met is not None or matters:
        _echo_all(line.facts)


def echo_conclusions(resolved: Resolved, result: Result, unit: UnitScore, language: str, limit: int) -> None:
    """The parts of a roll-up, the exclusions and the outcomes, as far as there are any."""
    roll_up = explain_roll_up(resolved, result, unit, language)
    if roll_up is not None:
        echo(
            f"\n{t('Parts of the total', language)}  {roll_up.clause}\n{INDENT}「{roll_up.quote}」\n{INDENT}{roll_up.arithmetic}"
        )
        for part in roll_up.parts:
            total = t("no total", language) if part.total is None else number_text(part.total, result.rounding)
            echo(f"{INDENT}{period_words(part.period, language)}  {total}{_out_of(result, part.total_of)}")
    if unit.before_exclusions is not None:
        echo(f"\n{t('Exclusions', language)}  {_without(result, unit, language)}")
        _echo_all(exclusion_text(resolved, one, language) for one in unit.exclusions)
    outcomes = list(explain_outcomes(resolved, result, unit, language))
    if outcomes:
        echo(f"\n{t('Outcomes', language)}")
    for outcome in outcomes:
        _echo_outcome(outcome, language, limit)


def _without(result: Result, unit: UnitScore, language: str) -> str:
    before, after = (
        t("no total", language) if total is None else number_text(total, result.total_rounding)
        for total in (unit.before_exclusions, unit.total)
    )
    return t(
        "{count} {count:case|cases} left out; the total is {after} with the exclusions, {before} without.",
        language,
        count=unit.excluded,
        before=before,
        after=after,
    )


def _echo_outcome(outcome: ExplainedOutcome, language: str, limit: int) -> None:
    stop = "；" if language == "zh" else "; "
    echo(f"  {t(OUTCOME_STATES[outcome.state], language)}  {outcome.clause} {outcome.title}")
    conditions = stop.join(outcome.conditions)
    _echo_all(text for text in (conditions, outcome.note) if text)
    if outcome.state == "no":
        return
    echo(f"{INDENT}「{outcome.quote}」")
    _echo_all(outcome.consequences)
    _echo_all(f"{t('A person decides', language)}{t(': ', language)}{text}" for text in outcome.decisions)
    _echo_all(f"{t('Weighs', language)}{t(': ', language)}{text}" for text in outcome.weighs)
    _echo_all(f"{t('Rules out', language)}{t(': ', language)}{text}" for text in outcome.bars)
    _echo_keys(outcome.evidence, limit)


def _echo_all(texts: Iterable[str]) -> None:
    for text in texts:
        echo(f"{INDENT}{text}")


def _echo_keys(keys: tuple[str, ...], limit: int) -> None:
    if keys:
        shown = keys if limit == 0 else keys[:limit]
        more = f" … and {len(keys) - len(shown)} more" if len(shown) < len(keys) else ""
        mark = "; " if any(" " in key for key in shown) else " "  # a row without a number is named by its columns
        echo(f"{INDENT}{len(keys)}: {mark.join(shown)}{more}")


def conclusions_json(resolved: Resolved, result: Result, unit: UnitScore, language: str) -> dict[str, Any]:
    """What follows from the score, as plain values: outcomes, exclusions, provisional rows, parts, if there are any."""
    plain: dict[str, Any] = {"outcomes": [vars(one) for one in explain_outcomes(resolved, result, unit, language)]}
    if unit.before_exclusions is not None:
        plain["exclusions"] = {
            "count": unit.excluded,
            "total": result.total(unit),
            "total_without": result.text(unit.before_exclusions),
            "reasons": [vars(one) for one in unit.exclusions],
        }
    if unit.provisional:
        plain["provisional"] = [vars(rows) for rows in unit.provisional]
    roll_up = explain_roll_up(resolved, result, unit, language)
    if roll_up is not None:
        parts = [
            {"period": part.period, "weight": result.text(part.weight), "total": result.text(part.total),
             "total_of": result.text(part.total_of)}
            for part in roll_up.parts
        ]  # fmt: skip
        plain["roll_up"] = {
            "clause": roll_up.clause,
            "quote": roll_up.quote,
            "arithmetic": roll_up.arithmetic,
            "parts": parts,
        }
    return plain
