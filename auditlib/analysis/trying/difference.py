"""A state in lines, and what differs between two of them, each with the place in the scheme that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from auditlib.analysis.quantity_texts import shown_quantity
from auditlib.analysis.trying.state import State
from auditlib.core.message import t, told
from auditlib.core.numerals import number_text, plain
from auditlib.core.yaml_file import Path_
from auditlib.proofs.formulas import values_text
from auditlib.proofs.ranges import Ranges
from auditlib.scoring.result import DutyCounts, IndicatorScore, ScoreLine

__all__ = ["difference_lines", "quantity_lines", "state_lines"]

NONE = "—"


def state_lines(state: State, language: str = "zh") -> Iterator[str]:
    """The unit as it stands: total and rank, each indicator with the rules that gave or took points, each duty."""
    unit, result = state.unit, state.result
    yield f"{unit.name} ({unit.unit})  {result.period}  {_total(state, language)}"
    for scored in _scored(state):
        moved = [f"{line.rule} {_points(state, line.points)}" for line in scored.lines if line.points != 0]
        inside = f"  ({', '.join(moved)})" if moved else ""
        yield f"  {scored.id} {_title(state, scored, language)}  {_of_indicator(state, scored, language)}{inside}"
    for duty in unit.duties:
        yield f"  {duty.id} {state.resolved.scheme.duty(duty.id).title(language)}  {_counted(duty)}"
    for outcome in unit.outcomes:
        yield f"  {outcome.id} {outcome.title(language)}  {_decided(outcome.decided)}"


def difference_lines(before: State, now: State, language: str = "zh") -> Iterator[str]:
    """What changed for the unit, or one line where nothing did; then what the reader must know that was not so."""
    found = [
        *_indicators(before, now, language), *_duties(before, now, language), *_outcomes(before, now, language),
    ]  # fmt: skip
    yield from found
    totals = [_total(one, language) for one in (before, now)]
    if not found and totals[0] == totals[1]:
        yield f"{t('no change', language)}: {totals[1]}"
    elif now.unit.total is not None or before.unit.total is not None or not now.unit.duties:
        yield f"{totals[0]} → {totals[1]}"
    yield from (f"! {told(one.message, language)}" for one in now.result.notices if one not in before.result.notices)


def quantity_lines(state: State, name: str, language: str = "zh") -> Iterator[str]:
    """Where the rules alone let a quantity lie, and what it is of every unit.

    Raises :class:`KeyError` with the quantities that there are.
    """
    scheme, result = state.resolved.scheme, state.result
    values = {unit.unit: (unit.rates if name in unit.rates else unit.measures).get(name) for unit in result.units}
    if name not in scheme.quantity_names:
        raise KeyError(", ".join(sorted(scheme.quantity_names)))
    interval = Ranges(scheme).of(name)
    whole = f", {t('whole numbers', language)}" if interval.whole and interval.point is None else ""
    yield f"{name}  {t('proved range', language)} {told(values_text(scheme, name, interval), language)}{whole}"
    for unit in result.units:
        mark = "*" if unit.unit == state.unit.unit else " "
        value = values[unit.unit]
        yield f"{mark} {unit.unit} {unit.name}  {_quantity(state, name, value, language)}"


def _points(state: State, points: Fraction | None) -> str:
    return NONE if points is None else number_text(points, state.result.rounding)


def _total(state: State, language: str) -> str:
    unit, result = state.unit, state.result
    if not unit.indicators and unit.total is None:
        return t("no total", language)
    shown = NONE if unit.total is None else number_text(unit.total, result.total_rounding)
    whole = "" if unit.total_of is None else f" / {number_text(unit.total_of, result.rounding)}"
    rank = NONE if unit.rank is None else f"{unit.rank}{'=' if unit.tie else ''}"
    return f"{t('Total', language)} {shown}{whole}, {t('Rank', language)} {rank}"


def _title(state: State, scored: IndicatorScore, language: str) -> str:
    return state.resolved.scheme.node(scored.id).title(language)


def _scored(state: State) -> tuple[IndicatorScore, ...]:
    """Everything of the unit that has points: its indicators, and the branches above them."""
    return (*state.unit.indicators, *state.unit.branches)


def _nodes(state: State) -> dict[str, Path_]:
    """Where each node stands in the scheme, by its id."""
    scheme = state.resolved.scheme
    found: dict[str, Path_] = {one.id: ("indicators", index) for index, one in enumerate(scheme.indicators)}
    return found | {one.id: ("branches", index) for index, one in enumerate(scheme.branches)}


def _of_indicator(state: State, scored: IndicatorScore, language: str) -> str:
    if scored.met is not None:
        return t("met" if scored.met else "not met", language)
    if scored.points is None:
        return f"{NONE} ({scored.status})"
    whole = "" if scored.max is None else f" / {_points(state, scored.max)}"
    return f"{_points(state, scored.points)}{whole}"


def _counted(duty: DutyCounts) -> str:
    return ", ".join(f"{status} {count}" for status, count in duty.counts.items() if count) or NONE


def _decided(decided: bool | None) -> str:
    return {True: "holds", False: "undecided", None: "no"}[decided]


def _two(state: State, before: Fraction | None, now: Fraction | None) -> str:
    """Two values beside each other, exactly where rounding would hide what is between them."""
    texts = [_points(state, value) for value in (before, now)]
    if texts[0] == texts[1]:
        texts = [NONE if value is None else plain(value) for value in (before, now)]
    return " → ".join(texts)


def _quantity(state: State, name: str, value: Fraction | None, language: str, *beside: Fraction | None) -> str:
    """A quantity as reports write it, never as if it were equal to one ``beside`` it that it is not."""
    if value is None:
        return NONE
    others = tuple(one for one in beside if one is not None and one != value)
    text, shown = shown_quantity(state.resolved.scheme, name, value, state.result.rounding, language, others)
    return text if shown == value else f"≈ {text}"


def _place(state: State, *path: str | int) -> str:
    file, line, column = state.scheme.tree.place(path)
    return ":".join(str(part) for part in (file, line, column) if part is not None)


def _indicators(before: State, now: State, language: str) -> Iterator[str]:
    old = {one.id: one for one in _scored(before)}
    places = _nodes(now)
    for scored in _scored(now):
        was = old.pop(scored.id, None)
        path = places[scored.id]
        at, title = _place(now, *path), f"{scored.id} {_title(now, scored, language)}"
        if was is None:
            yield f"{at}  + {title}  {_of_indicator(now, scored, language)}"
            continue
        lines = list(_lines(now, path, was, scored, language))
        same = (was.points, was.met, was.status, was.max) == (scored.points, scored.met, scored.status, scored.max)
        if same and not lines:
            continue
        shown = [_of_indicator(one, of, language) for one, of in ((before, was), (now, scored))]
        if shown[0] == shown[1] and was.points != scored.points:
            shown = [_two(now, was.points, scored.points)]
        yield f"{at}  {title}  {shown[0] if len(shown) == 1 or shown[0] == shown[1] else ' → '.join(shown)}"
        yield from lines
    for gone in old.values():
        yield f"{now.scheme.name}  - {gone.id} {_title(before, gone, language)}"


def _lines(now: State, path: Path_, was: IndicatorScore, scored: IndicatorScore, language: str) -> Iterator[str]:
    """The rules of an indicator that give other points, or look at another value, than before."""
    old: Mapping[str, ScoreLine] = {line.rule: line for line in was.lines}
    rules = [rule.id for rule in now.resolved.scheme.node(scored.id).rules]
    for line in scored.lines:
        before = old.get(line.rule)
        if before is not None and (before.points, before.quantity) == (line.points, line.quantity):
            continue
        at = _place(now, *path, "rules", rules.index(line.rule))
        if before is None:
            yield f"  {at}  + {line.rule} {_points(now, line.points)}"
            continue
        looked = ""
        if line.of and before.quantity != line.quantity:
            values = before.quantity, line.quantity
            looked = f": {line.of} " + " → ".join(_quantity(now, line.of, one, language, *values) for one in values)
        moved = _points(now, line.points)
        if before.points != line.points:
            moved = _two(now, before.points, line.points)
        yield f"  {at}  {line.rule} {moved}{looked}"
    for name in old.keys() - {line.rule for line in scored.lines}:
        yield f"  {now.scheme.name}  - {name}"


def _duties(before: State, now: State, language: str) -> Iterator[str]:
    old = {one.id: one for one in before.unit.duties}
    places = {one.id: index for index, one in enumerate(now.resolved.scheme.duties)}
    for duty in now.unit.duties:
        was = old.get(duty.id)
        texts = [NONE if one is None else _counted(one) for one in (was, duty)]
        if texts[0] != texts[1]:
            title = now.resolved.scheme.duty(duty.id).title(language)
            yield f"{_place(now, 'duties', places[duty.id])}  {duty.id} {title}  {' → '.join(texts)}"


def _outcomes(before: State, now: State, language: str) -> Iterator[str]:
    states = [{one.id: one.decided for one in state.unit.outcomes} for state in (before, now)]
    for index, outcome in enumerate(now.resolved.scheme.outcomes):
        was, is_ = (state.get(outcome.id) for state in states)
        if was != is_:
            said = f"{_decided(was)} → {_decided(is_)}"
            yield f"{_place(now, 'outcomes', index)}  {outcome.id} {outcome.title(language)}  {said}"
