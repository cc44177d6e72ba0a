"""What a report on a period says in words, computed from the numbers of its tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from auditlib.analysis.losses import IndicatorLoss, attained
from auditlib.analysis.movements import Movement, falls, rises
from auditlib.analysis.peers import groups
from auditlib.core.catalogue import Catalogue
from auditlib.core.numerals import number_text, share_text
from auditlib.core.period import Period
from auditlib.report.figures import MOST_BARS
from auditlib.report.first_screen import Answer
from auditlib.report.tables import joined
from auditlib.report.wording import period_words
from auditlib.scheme.load import Resolved
from auditlib.scoring.result import Result

__all__ = ["heat_caption", "losses_caption", "movements_caption", "period_answers"]

tell = Catalogue("period")
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
    parted = tell("units_groups", language, count=count) if count > 1 else ""
    ranked = sum(unit.rank is not None for unit in result.units)
    qualified = tell("units_ranked", language, ranked=ranked, groups=parted)
    return tell("units_cell", language), str(len(result.units)), qualified


def _moved(result: Result, moved: Sequence[Movement], language: str) -> Answer:
    before = period_words(str(Period.parse(result.period).previous()), language)
    if all(one.places is None for one in moved):
        return tell("moved_cell", language), "—", tell("no_previous", language, period=before)
    value = tell("moved_value", language, up=len(rises(moved)), down=len(falls(moved)))
    return tell("moved_cell", language), value, tell("moved_than", language, period=before)


def _hardest(result: Result, losses: Sequence[IndicatorLoss], language: str) -> Answer:
    everything = sum((loss.lost for loss in losses), Fraction(0))
    label, value, more = _costliest(result, losses, everything, language)
    own = tell("own_part", language) if losses and _rolled_up(result) else ""
    return label, value, more + own


def _costliest(result: Result, losses: Sequence[IndicatorLoss], everything: Fraction, language: str) -> Answer:
    if not losses:
        return tell("hardest_cell", language), "—", tell("hardest_no_indicators", language)
    worst = losses[0]
    if not everything and worst.missed:
        counts = tell("targets_missed", language, missed=len(worst.missed), judged=len(worst.judged))
        return tell("targets_cell", language), worst.title, counts
    unscored = _with_unscored(result)
    if not everything:
        name = "hardest_none_scored" if unscored else "hardest_none"
        return tell("hardest_cell", language), "—", tell(name, language, count=unscored)
    label, tied = tell("hardest_cell", language), _tied(losses)
    lost, share = number_text(worst.lost, result.rounding), _share(worst.lost, everything)
    if len(tied) > 1:
        titles = joined([loss.title for loss in tied], language)
        return label, titles, tell("hardest_tied", language, lost=lost, share=share)
    rest = len(losses) > 1 and not unscored
    name = "hardest_more" if worst.lost < everything else "hardest_all" if rest else "hardest_only"
    losing, held = len(worst.losing), len(worst.scored)
    return label, worst.title, tell(name, language, losing=losing, scored=held, lost=lost, share=share)


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
    label = tell("outcomes_cell", language)
    if not resolved.scheme.outcomes:
        return label, "—", tell("outcomes_no_rule", language)
    fallen = [unit for unit in result.units if unit.outcomes]
    decided: dict[str, list[bool]] = {}
    for unit in fallen:
        for outcome in unit.outcomes:
            decided.setdefault(outcome.title(language), []).append(outcome.decided)
    told = [_told_of(title, units, language) for title, units in decided.items()]
    more = tell("stop", language).join(told[:SHOWN]) or tell("outcomes_none", language)
    if len(told) > SHOWN:
        more += tell("outcomes_others", language, count=len(told) - SHOWN)
    return label, tell("outcomes_value", language, count=len(fallen)), more


def _told_of(title: str, decided: Sequence[bool], language: str) -> str:
    """An outcome with how many units have it, and of how many of them a tie leaves it open."""
    undecided = decided.count(False)
    name = "outcome_units" if not undecided else "outcome_open" if undecided == len(decided) else "outcome_some_open"
    return tell(name, language, title=title, count=len(decided), open=undecided)


def movements_caption(moved: Sequence[Movement], before: Period, language: str, *, drawn: int = 0) -> str:
    """How many rose and fell, and who furthest; ``drawn`` is how many of each a figure of some of them shows."""
    compared = [one for one in moved if one.places is not None]
    period = period_words(str(before), language)
    if not compared:
        return tell("movements_none", language, period=period)
    up, down = rises(compared), falls(compared)
    ends = {
        name: "" if not furthest else tell(
            f"movements_{name}", language, name=furthest[0].unit.name, before=furthest[0].before.rank,
            now=furthest[0].unit.rank,
        )
        for name, furthest in (("best", up), ("worst", down))
    }  # fmt: skip
    sentence = tell(
        "movements_caption", language, period=period, up=len(up), down=len(down),
        same=len(compared) - len(up) - len(down), **ends,
    )  # fmt: skip
    cut = tell("movements_cut", language, count=drawn) if drawn else ""
    return f"{sentence}{' ' if cut and language == 'en' else ''}{cut}"


def losses_caption(losses: Sequence[IndicatorLoss], result: Result, language: str) -> str:
    """Where most is lost, and the indicators under which everyone or nobody loses."""
    own = tell("own_only", language) if losses and _rolled_up(result) else ""
    return own + _losses(losses, result, language)


def _losses(losses: Sequence[IndicatorLoss], result: Result, language: str) -> str:
    costly = [loss for loss in losses if loss.lost]
    everything = sum((loss.lost for loss in costly), Fraction(0))
    everyone = joined([loss.title for loss in losses if loss.everyone], language)
    nobody = joined([loss.title for loss in losses if loss.nobody], language)
    ends = {
        "everyone": tell("everyone_loses", language, names=everyone) if everyone else tell("everyone_none", language),
        "nobody": tell("nobody_loses", language, names=nobody) if nobody else "",
    }
    if not costly and (missed := [loss for loss in losses if loss.missed]):
        counts = {"missed": len(missed[0].missed), "judged": len(missed[0].judged)}
        return tell("targets_caption", language, count=len(missed), first=missed[0].title, **counts, **ends).strip()
    if not costly:
        unscored = _with_unscored(result)
        return tell("losses_none_scored" if unscored else "losses_none", language, count=unscored)
    lost = number_text(everything, result.rounding)
    if len(costly) == 1:
        return tell("losses_one", language, lost=lost, first=costly[0].title, **ends).strip()
    tied = _tied(costly)
    after = _tied(costly[len(tied) :]) if len(tied) < len(costly) else []
    second = _parts("losses_second", after, everything, language) if after and len(tied) == 1 else ""
    first = _parts("losses_first", tied, everything, language)
    return tell("losses_caption", language, count=len(costly), lost=lost, first=first, second=second, **ends).strip()


def _parts(name: str, losses: Sequence[IndicatorLoss], everything: Fraction, language: str) -> str:
    """Indicators under which equally much is lost, with the share of each."""
    titles = joined([loss.title for loss in losses], language)
    each = tell("each", language) if len(losses) > 1 else ""
    return tell(name, language, names=titles, each=each, share=_share(losses[0].lost, everything))


def heat_caption(resolved: Resolved, result: Result, language: str) -> str:
    """How to read the shades, how many units kept most full marks, how many have nothing left somewhere.

    A target that is met is all of it and a missed one nothing; the sentence says which of the two it speaks of.
    """
    kept = [[share for share in attained(resolved, unit).values() if share is not None] for unit in result.units]
    full = sum(2 * sum(share >= 1 for share in shares) > len(shares) for shares in kept)
    empty = sum(any(share <= 0 for share in shares) for shares in kept)
    scores = [indicator for unit in result.units for indicator in unit.indicators]
    targets, points = (any(one.met is not None for one in scores), any(one.points is not None for one in scores))
    kind = "" if not targets else "_both" if points else "_targets"
    groups = tell("heat_groups", language) if len({unit.ranked_in for unit in result.units}) > 1 else ""
    emptied = tell(f"heat_emptied{kind}" if empty else f"heat_none_emptied{kind}", language, count=empty)
    cut = tell("heat_cut", language, count=MOST_BARS // 2) if len(result.units) > MOST_BARS else ""
    return tell(
        f"heat_caption{kind}", language, units=len(result.units), full=full, groups=groups, emptied=emptied, cut=cut
    )  # fmt: skip


def _share(part: Fraction, whole: Fraction) -> str:
    return share_text(part / whole, "")
