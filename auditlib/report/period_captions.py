"""What a report on a period says in words, computed from the numbers of its tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from auditlib.analysis.losses import IndicatorLoss, attained
from auditlib.analysis.movements import Movement, falls, rises
from auditlib.analysis.peers import groups
from auditlib.core.message import t
from auditlib.core.numerals import number_text, share_text
from auditlib.core.period import Period
from auditlib.report.figures import MOST_BARS
from auditlib.report.first_screen import Answer
from auditlib.report.tables import joined
from auditlib.report.wording import period_words
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result

__all__ = ["heat_caption", "losses_caption", "movements_caption", "period_answers"]


class _Heat(NamedTuple):
    """What is said of a heat map: the whole, how many units stand out in it, and that none does."""

    caption: str
    some: str
    none: str


HEAT = {
    "points": _Heat(
        (
            "Each cell shows the points; the darker, the larger the share lost. {groups}— is without "
            "a score{cut}. Of {units} {units:unit|units}, {full} lost nothing under more than half "
            "of the indicators, and {emptied}."
        ),
        "nothing is left under at least one for {count}",
        "none has one with nothing left",
    ),
    "targets": _Heat(
        (
            "Each cell says whether a target is met, dark where it is not. {groups}— is not "
            "assessed{cut}. Of {units} {units:unit|units}, {full} met more than half of the targets, "
            "and {emptied}."
        ),
        "{count} missed at least one",
        "none missed any",
    ),
    "both": _Heat(
        (
            "Each cell shows the points, or whether a target is met; the darker, the larger the "
            "share lost. {groups}— is without a score{cut}. Of {units} {units:unit|units}, {full} "
            "lost nothing or met the target under more than half of the indicators, and {emptied}."
        ),
        "{count} {count:has|have} nothing left, or missed the target, under at least one",
        "none has one with nothing left or a missed target",
    ),
}
"""By what its cells hold."""

SHOWN = 3


def period_answers(
    resolved: Resolved, result: Result, moved: Sequence[Movement], losses: Sequence[IndicatorLoss], language: str
) -> list[Answer]:
    """How many units, how many moved, which indicator cost most, how many units have outcomes."""
    return [
        _units(result, language),
        _moved(result, moved, language),
        _hardest(result, losses, language),
        _outcomes(resolved, result, language),
    ]


def _units(result: Result, language: str) -> Answer:
    count = len(groups(result))
    parted = t("; groups: {count}", language, count=count) if count > 1 else ""
    ranked = sum(unit.rank is not None for unit in result.units)
    qualified = t("{ranked} ranked{groups}", language, ranked=ranked, groups=parted)
    return t("Units assessed", language), str(len(result.units)), qualified


def _moved(result: Result, moved: Sequence[Movement], language: str) -> Answer:
    before = period_words(str(Period.parse(result.period).previous()), language)
    if all(one.places is None for one in moved):
        return t("Moved in rank", language), "—", t("nothing to compare in {period}", language, period=before)
    value = t("{up} up, {down} down", language, up=len(rises(moved)), down=len(falls(moved)))
    return t("Moved in rank", language), value, t("against {period}", language, period=before)


def _hardest(result: Result, losses: Sequence[IndicatorLoss], language: str) -> Answer:
    everything = sum((loss.lost for loss in losses), Fraction(0))
    label, value, more = _costliest(result, losses, everything, language)
    own = t("; losses of the periods it rolls up are not in it", language) if losses and _rolled_up(result) else ""
    return label, value, more + own


def _costliest(result: Result, losses: Sequence[IndicatorLoss], everything: Fraction, language: str) -> Answer:
    if not losses:
        return t("Costliest indicator", language), "—", t("no indicator could be scored", language)
    worst = losses[0]
    if not everything and worst.missed:
        counts = t(
            "{missed} of {judged} {judged:unit|units} miss it",
            language,
            missed=len(worst.missed),
            judged=len(worst.judged),
        )
        return t("Target missed most", language), worst.title, counts
    unscored = _with_unscored(result)
    if not everything:
        name = (
            "nothing was lost under what is scored; units with an indicator without a score: {count}"
            if unscored
            else "nothing was lost"
        )
        return t("Costliest indicator", language), "—", t(name, language, count=unscored)
    label, tied = t("Costliest indicator", language), _tied(losses)
    lost, share = number_text(worst.lost, result.rounding), _share(worst.lost, everything)
    if len(tied) > 1:
        titles = joined([loss.title for loss in tied], language)
        return (
            label,
            titles,
            t(
                "the same under each: {lost} {lost:point|points}, {share} % of all that was lost",
                language,
                lost=lost,
                share=share,
            ),
        )
    rest = len(losses) > 1 and not unscored
    name = (
        ("{losing} of {scored} {scored:unit|units} lost {lost} {lost:point|points}, {share} % of all that was lost")
        if worst.lost < everything
        else (
            "{losing} of {scored} {scored:unit|units} lost {lost} {lost:point|points}; nothing was "
            "lost under any other indicator"
        )
        if rest
        else "{losing} of {scored} {scored:unit|units} lost {lost} {lost:point|points}"
    )
    losing, held = len(worst.losing), len(worst.scored)
    return label, worst.title, t(name, language, losing=losing, scored=held, lost=lost, share=share)


def _rolled_up(result: Result) -> bool:
    """Whether totals come from other periods, too, whose losses are not among those of the period's own indicators."""
    return any(part.period != result.period for unit in result.units for part in unit.parts)


def _with_unscored(result: Result) -> int:
    """How many units have an indicator without a score, so that what they lose under it is not known."""
    return sum(any(one.status != "scored" for one in unit.indicators) for unit in result.units)


def _tied(losses: Sequence[IndicatorLoss]) -> list[IndicatorLoss]:
    """The first of the losses, and those after it that are as large."""
    return [loss for loss in losses if loss.lost == losses[0].lost]


def _outcomes(resolved: Resolved, result: Result, language: str) -> Answer:
    label = t("Outcomes", language)
    if not resolved.scheme.outcomes:
        return label, "—", t("the scheme has no outcomes", language)
    fallen = [unit for unit in result.units if unit.outcomes]
    decided: dict[str, list[bool]] = {}
    for unit in fallen:
        for outcome in unit.outcomes:
            decided.setdefault(outcome.title(language), []).append(outcome.decided)
    told = [_told_of(title, units, language) for title, units in decided.items()]
    more = t("; ", language).join(told[:SHOWN]) or t("none fell to any unit", language)
    if len(told) > SHOWN:
        more += t(" and {count} more", language, count=len(told) - SHOWN)
    return label, t("{count} {count:unit|units}", language, count=len(fallen)), more


def _told_of(title: str, decided: Sequence[bool], language: str) -> str:
    """An outcome with how many units have it, and of how many of them a tie leaves it open."""
    undecided = decided.count(False)
    name = (
        "{title}: {count}"
        if not undecided
        else "{title}: {count} (undecided)"
        if undecided == len(decided)
        else "{title}: {count} ({open} of them undecided)"
    )
    return t(name, language, title=title, count=len(decided), open=undecided)


def movements_caption(moved: Sequence[Movement], before: Period, language: str, *, drawn: int = 0) -> str:
    """How many rose and fell, and who furthest; ``drawn`` is how many of each a figure of some of them shows."""
    compared = [one for one in moved if one.places is not None]
    period = period_words(str(before), language)
    if not compared:
        return t("There is nothing to compare with in {period}.", language, period=period)
    up, down = rises(compared), falls(compared)
    ends = {
        name: ""
        if not furthest
        else t(
            said,
            language,
            name=furthest[0].unit.name,
            before=furthest[0].before.rank,
            now=furthest[0].unit.rank,
        )
        for name, said, furthest in (
            ("best", "; {name} rose furthest ({before} to {now})", up),
            ("worst", "; {name} fell furthest ({before} to {now})", down),
        )
    }
    sentence = t(
        "Against {period}, {up} {up:unit|units} rose in rank, {down} fell, {same} stayed{best}{worst}.",
        language,
        period=period,
        up=len(up),
        down=len(down),
        same=len(compared) - len(up) - len(down),
        **ends,
    )
    cut = (
        t("Only the {count} that moved furthest either way are drawn; the table has all.", language, count=drawn)
        if drawn
        else ""
    )
    return f"{sentence}{' ' if cut and language == 'en' else ''}{cut}"


def losses_caption(losses: Sequence[IndicatorLoss], result: Result, language: str) -> str:
    """Where most is lost, and the indicators under which everyone or nobody loses."""
    own = (
        t("By the period’s own indicators, without the losses of the periods that it rolls up: ", language)
        if losses and _rolled_up(result)
        else ""
    )
    return own + _losses(losses, result, language)


def _losses(losses: Sequence[IndicatorLoss], result: Result, language: str) -> str:
    costly = [loss for loss in losses if loss.lost]
    everything = sum((loss.lost for loss in costly), Fraction(0))
    everyone = joined([loss.title for loss in losses if loss.everyone], language)
    nobody = joined([loss.title for loss in losses if loss.nobody], language)
    ends = {
        "everyone": t(
            "Everyone loses points, or misses the target, under {names}: look at the rule or at what is counted first.",
            language,
            names=everyone,
        )
        if everyone
        else t("There is no indicator under which everyone loses points or misses the target.", language),
        "nobody": t("Nobody loses under {names}, all have the same: it tells no units apart.", language, names=nobody)
        if nobody
        else "",
    }
    if not costly and (missed := [loss for loss in losses if loss.missed]):
        counts = {"missed": len(missed[0].missed), "judged": len(missed[0].judged)}
        return t(
            "Targets that some unit misses: {count}, most of all {first} ({missed} of {judged} "
            "{judged:unit|units}). {everyone} {nobody}",
            language,
            count=len(missed),
            first=missed[0].title,
            **counts,
            **ends,
        ).strip()
    if not costly:
        unscored = _with_unscored(result)
        return t(
            "No point was lost under what is scored; units with an indicator without a score, whose "
            "losses are not known: {count}."
            if unscored
            else "No unit lost a point.",
            language,
            count=unscored,
        )
    lost = number_text(everything, result.rounding)
    if len(costly) == 1:
        return t(
            "All units together lost {lost} {lost:point|points}, all of them under {first}. {everyone} {nobody}",
            language,
            lost=lost,
            first=costly[0].title,
            **ends,
        ).strip()
    tied = _tied(costly)
    after = _tied(costly[len(tied) :]) if len(tied) < len(costly) else []
    second = _parts(", then {names} ({each}{share} %)", after, everything, language) if after and len(tied) == 1 else ""
    first = _parts("{names} ({each}{share} %)", tied, everything, language)
    return t(
        "Over {count} {count:indicator|indicators} all units together lost {lost} "
        "{lost:point|points}, the largest part under {first}{second}. {everyone} {nobody}",
        language,
        count=len(costly),
        lost=lost,
        first=first,
        second=second,
        **ends,
    ).strip()


def _parts(name: str, losses: Sequence[IndicatorLoss], everything: Fraction, language: str) -> str:
    """Indicators under which equally much is lost, with the share of each."""
    titles = joined([loss.title for loss in losses], language)
    each = t("each at ", language) if len(losses) > 1 else ""
    return t(name, language, names=titles, each=each, share=_share(losses[0].lost, everything))


def heat_caption(resolved: Resolved, result: Result, language: str) -> str:
    """How to read the shades, how many units kept most full marks, how many have nothing left somewhere.

    A target that is met is all of it and a missed one nothing; the sentence says which of the two it speaks of.
    """
    kept = [[share for share in attained(resolved, unit).values() if share is not None] for unit in result.units]
    full = sum(2 * sum(share >= 1 for share in shares) > len(shares) for shares in kept)
    empty = sum(any(share <= 0 for share in shares) for shares in kept)
    scores = [indicator for unit in result.units for indicator in unit.indicators]
    targets, points = (any(one.met is not None for one in scores), any(one.points is not None for one in scores))
    said = HEAT["points" if not targets else "both" if points else "targets"]
    groups = t("Lines part the groups; ", language) if len({unit.ranked_in for unit in result.units}) > 1 else ""
    emptied = t(said.some if empty else said.none, language, count=empty)
    cut = (
        t("; only the first and last {count} {count:unit|units} are drawn", language, count=MOST_BARS // 2)
        if len(result.units) > MOST_BARS
        else ""
    )
    return t(
        said.caption, language, units=len(result.units), full=full, groups=groups, emptied=emptied, cut=cut
    )  # fmt: skip


def _share(part: Fraction, whole: Fraction) -> str:
    return share_text(part / whole, "")
