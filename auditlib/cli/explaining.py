"""How `explain` prints: score lines, and what follows from the score."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from auditlib.conclusions import ExplainedOutcome, exclusion_text, explain_outcomes, explain_roll_up
from auditlib.explain import ExplainedLine
from auditlib.report.wording import period_words, say
from auditlib.result import IndicatorScore, Result, UnitScore
from auditlib.scheme.load import Resolved

__all__ = ["conclusions_json", "echo_conclusions", "echo_line", "standing", "status"]

INDENT = " " * 10


def standing(result: Result, unit: UnitScore, language: str) -> str:
    """Total and rank, or that there are none."""
    total, of = result.text(unit.total) or say("no_total", language), result.text(unit.total_of)
    rank = say("no_rank", language) if unit.rank is None else f"rank {unit.rank}"
    return f"{total}{f' / {of}' if of else ''}  {rank}"


def status(indicator: IndicatorScore, language: str) -> str:
    """What stands in the place of points: whether a target is met, or why there are none."""
    if indicator.met is not None:
        return say("met" if indicator.met else "not_met", language)
    return say(indicator.status, language)


def echo_line(line: ExplainedLine, limit: int) -> None:
    """A score line; one that costs or brings points, or misses its target, with clause, readings and cases."""
    matters = line.met is False if line.met is not None else line.points not in (None, "0")
    shown = {True: "✓", False: "✗"}[line.met] if line.met is not None else line.points
    click.echo(f"  {shown if shown is not None else '—':>6}  {line.clause} {line.title}")
    if line.arithmetic:
        click.echo(f"{INDENT}{line.operands};  {line.arithmetic}")
    elif line.reason:
        click.echo(f"{INDENT}{line.reason}")
    if matters:
        click.echo(f"{INDENT}「{line.quote}」")
        _echo_all(line.readings)
        _echo_keys(line.evidence, limit)


def echo_conclusions(resolved: Resolved, result: Result, unit: UnitScore, language: str, limit: int) -> None:
    """The parts of a roll-up, the exclusions and the outcomes, as far as there are any."""
    roll_up = explain_roll_up(resolved, result, unit, language)
    if roll_up is not None:
        click.echo(
            f"\n{say('roll_up', language)}  {roll_up.clause}\n{INDENT}「{roll_up.quote}」\n{INDENT}{roll_up.arithmetic}"
        )
        for part in roll_up.parts:
            total = say("no_total", language) if part.total is None else result.text(part.total)
            of = "" if part.total_of is None else f" / {result.text(part.total_of)}"
            click.echo(f"{INDENT}{period_words(part.period, language)}  {total}{of}")
    if unit.before_exclusions is not None:
        click.echo(f"\n{say('exclusions', language)}  {_without(result, unit, language)}")
        _echo_all(exclusion_text(resolved, one, language) for one in unit.exclusions)
    outcomes = list(explain_outcomes(resolved, result, unit, language))
    if outcomes:
        click.echo(f"\n{say('outcomes', language)}")
    for outcome in outcomes:
        _echo_outcome(outcome, language, limit)


def _without(result: Result, unit: UnitScore, language: str) -> str:
    totals = (result.text(total) or say("no_total", language) for total in (unit.before_exclusions, unit.total))
    before, after = totals
    return say("note_exclusions", language, count=unit.excluded, before=before, after=after)


def _echo_outcome(outcome: ExplainedOutcome, language: str, limit: int) -> None:
    stop = "；" if language == "zh" else "; "
    click.echo(f"  {say(f'outcome_{outcome.state}', language)}  {outcome.clause} {outcome.title}")
    conditions = stop.join(outcome.conditions)
    _echo_all(text for text in (conditions, outcome.note) if text)
    if outcome.state == "no":
        return
    click.echo(f"{INDENT}「{outcome.quote}」")
    _echo_all(outcome.consequences)
    _echo_all(f"{say('to_decide', language)}{say('colon', language)}{text}" for text in outcome.decisions)
    _echo_all(f"{say('rules_out', language)}{say('colon', language)}{text}" for text in outcome.bars)
    _echo_keys(outcome.evidence, limit)


def _echo_all(texts: Iterable[str]) -> None:
    for text in texts:
        click.echo(f"{INDENT}{text}")


def _echo_keys(keys: tuple[str, ...], limit: int) -> None:
    if keys:
        shown = keys if limit == 0 else keys[:limit]
        more = f" … and {len(keys) - len(shown)} more" if len(shown) < len(keys) else ""
        click.echo(f"{INDENT}{len(keys)}: {' '.join(shown)}{more}")


def conclusions_json(resolved: Resolved, result: Result, unit: UnitScore, language: str) -> dict[str, Any]:
    """What follows from the score, as plain values: outcomes, exclusions and parts where there are any."""
    plain: dict[str, Any] = {"outcomes": [vars(one) for one in explain_outcomes(resolved, result, unit, language)]}
    if unit.before_exclusions is not None:
        plain["exclusions"] = {
            "count": unit.excluded,
            "total": result.text(unit.total),
            "total_without": result.text(unit.before_exclusions),
            "reasons": [vars(one) for one in unit.exclusions],
        }
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
