"""How good the evidence of a report is: rejected rows, gaps, ties, what is not scored, and every other notice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditlib.analysis.gaps import gap_states
from auditlib.analysis.losses import only_targets
from auditlib.analysis.views import ScoredPeriod
from auditlib.core.message import Notice, t, told
from auditlib.report.html import escape
from auditlib.report.tables import joined
from auditlib.scoring.day_notices import told_of
from auditlib.scoring.result import UnitScore

__all__ = ["evidence_html", "evidence_items", "tied_words"]


def evidence_items(scored: ScoredPeriod, language: str, unit: UnitScore | None = None) -> list[tuple[bool, str]]:
    """What a reader must know of the evidence, each with whether it is in order: rejects, gaps, ties, no score."""
    items = list(_rejected_items(scored, language, unit))
    items += _gaps(scored, language, unit)
    if unit is not None:
        if unit.rank is None:
            items.append(
                (
                    False,
                    t("No total, so no rank." if unit.total is None else "There is a total, but no rank.", language),
                )
            )
        else:
            items.append(
                (False, tied_words(scored, unit, language))
                if unit.tie
                else (True, t("The rank is not tied.", language))
            )
        items += _scored(scored, language, unit)
    else:
        ties = list(dict.fromkeys(tuple(sorted((one.unit, *one.tie))) for one in scored.result.units if one.tie))
        names = {one.unit: one.name for one in scored.result.units}
        text = joined([" = ".join(names[code] for code in tie) for tie in ties], language)
        items.append(
            (
                False,
                t("Ties that the scheme does not decide: {count} ({units}).", language, count=len(ties), units=text),
            )
            if ties
            else (True, t("No tie is undecided.", language))
        )
        unranked = [one.name for one in scored.result.units if one.total is None]
        if unranked:
            listed = joined(unranked, language)
            items.append(
                (
                    False,
                    t(
                        "Without a total, so without a rank: {names} ({count}).",
                        language,
                        count=len(unranked),
                        names=listed,
                    ),
                )
            )
    items += [(False, text) for text in _without_data(scored, language)]
    called = {one.unit: one.name for one in scored.result.units}
    others = [told(notice.message.naming(called), language) for notice in _other_notices(scored, unit)]
    items += [(False, _stop(text, language)) for text in others]
    return items


def _gaps(scored: ScoredPeriod, language: str, unit: UnitScore | None) -> Iterable[tuple[bool, str]]:
    """How many gaps keep something from being scored, and for whom; or what filled those that nobody supplied."""
    units = scored.result.units if unit is None else (unit,)
    unsupplied = [state for state in gap_states(scored.resolved, scored.result, units) if not state.supplied]
    if opened := [state for state in unsupplied if state.is_open]:
        lacking = [one for one in units if any(state.outcome or one in state.open for state in opened)]
        some = len(lacking) < len(units)
        names = joined([one.name for one in lacking], language)
        whom = t(" ({count} {count:unit|units}: {names})", language, count=len(lacking), names=names) if some else ""
        yield (
            False,
            t(
                "Open gaps of the source: {count}{units}; what they concern is not scored.",
                language,
                count=len(opened),
                units=whom,
            ),
        )
    elif not unsupplied:
        yield True, t("No gap of the source is open.", language)
    elif marked := sum(bool(state.marked) for state in unsupplied):
        yield (
            True,
            t(
                "Gaps of the source that people's marks fill: {count}; none keeps anything from being scored.",
                language,
                count=marked,
            ),
        )
    else:
        yield (
            True,
            t(
                "Gaps of the source without a value: {count}; they keep nothing here from being scored.",
                language,
                count=len(unsupplied),
            ),
        )


def _scored(scored: ScoredPeriod, language: str, unit: UnitScore) -> Iterable[tuple[bool, str]]:
    """The indicators without a score; that there are none is said only where no part of the total lacks anything."""
    titles = {indicator.id: indicator.title(language) for indicator in scored.resolved.scheme.indicators}
    unscored = [titles[indicator.id] for indicator in unit.indicators if indicator.status != "scored"]
    if unscored:
        yield False, t("Indicators without a score: {names}.", language, names=joined(unscored, language))
    elif unit.indicators and all(part.complete for part in unit.parts):
        judged = any(one.met is not None for one in unit.indicators)
        name = (
            "Of every target it is told whether it is met."
            if only_targets(unit)
            else "Every indicator was scored, or its target judged."
            if judged
            else "Every indicator was scored."
        )
        yield True, t(name, language)


def _rejected_items(scored: ScoredPeriod, language: str, unit: UnitScore | None) -> Iterable[tuple[bool, str]]:
    """How many rows of the period were rejected; apart from them those of which nobody can tell the period."""
    rejected = scored.rejected
    for name, rows, dated in (
        ("Rejected rows of the period: {count}{own}; they count for nothing.", rejected.own, True),
        (
            ("Rejected rows without a readable time: {count}{own}; nobody can tell whether they belong to the period."),
            rejected.undated,
            False,
        ),
    ):
        if rows:
            own = ""
            if unit is not None:
                count, unknown = scored.rejected_of(unit.unit, dated=dated)
                own = t(
                    " ({count} of this unit, {unknown} of a unit that cannot be told)"
                    if unknown
                    else " ({count} of this unit)",
                    language,
                    count=count,
                    unknown=unknown,
                )
            yield False, t(name, language, count=rows, own=own)
    if not rejected.own and not rejected.undated:
        name = (
            "No row of the period was rejected; of other periods {count} {count:was|were}."
            if rejected.elsewhere
            else "No row of the ledger was rejected."
        )
        yield True, t(name, language, count=rejected.elsewhere)


def _without_data(scored: ScoredPeriod, language: str) -> Iterable[str]:
    """The periods of a roll-up that have no data, those with the same consequence in one sentence."""
    by_how: dict[object, list[object]] = {}
    for notice in scored.result.noticed("part_without_data"):
        values = dict(notice.message.values)
        by_how.setdefault(values["how"], []).append(values["period"])
    for how, periods in by_how.items():
        names = joined([told(period, language) for period in periods], language)
        yield t(
            "No data in {periods}: {how}, as the roll-up declares.", language, periods=names, how=told(how, language)
        )


def tied_words(scored: ScoredPeriod, unit: UnitScore, language: str) -> str:
    """With whom a unit shares its rank undecided."""
    names = {one.unit: one.name for one in scored.result.units}
    return t(
        "Tied with {units}; the scheme does not say who stands first.",
        language,
        units=joined([names[code] for code in unit.tie], language),
    )


SAID_ABOVE = ("rejected_rows", "gap", "tie", "part_without_data")


def _other_notices(scored: ScoredPeriod, unit: UnitScore | None) -> Iterable[Notice]:
    """What a reader must know and no sentence above has said; of a ``unit`` what concerns it."""
    notices = scored.result.notices if unit is None else told_of(scored.result, unit)
    return (
        notice for notice in notices if notice.kind not in SAID_ABOVE and (unit is None or notice.concerns(unit.unit))
    )


def _stop(text: str, language: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(("。", ".")) else text + ("。" if language == "zh" else ".")


def evidence_html(items: Sequence[tuple[bool, str]], language: str) -> str:
    """The state of the evidence as a list; what is not in order comes first."""
    ordered = sorted(items, key=lambda item: item[0])
    entries = "".join(f'<li class="{"fine" if fine else "mind"}">{escape(text)}</li>' for fine, text in ordered)
    return f'<h2>{escape(t("State of the evidence", language))}</h2><ul class="evidence">{entries}</ul>'
