"""Where points are lost: every indicator over all units."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from auditlib.analysis.losses import IndicatorLoss, rolled_up, tied_losses, with_unscored
from auditlib.core.exact import Rounding
from auditlib.core.message import t
from auditlib.core.numerals import number_text, share_text, signed
from auditlib.report.headings.ranking import PERIOD
from auditlib.report.page import RankingPage
from auditlib.report.phrases import EMPTY, share_of
from auditlib.report.section import NOTHING, Section
from auditlib.report.tables import frame, joined
from auditlib.scoring.result import Result

__all__ = ["caption", "section", "table"]


def section(page: RankingPage) -> Section:
    """Every indicator over all units, and those under which everyone or nobody loses."""
    if not page.losses:
        return NOTHING
    said = caption(page.losses, page.result, page.language)
    listed = table(page.losses, page.result.rounding, page.language)
    return page.tabled("losses", listed, said, page.t("Where points are lost"), kind="losses")


def caption(losses: Sequence[IndicatorLoss], result: Result, language: str) -> str:
    """Where most is lost, and the indicators under which everyone or nobody loses."""
    own = (
        t("By the period’s own indicators, without the losses of the periods that it rolls up: ", language)
        if losses and rolled_up(result.units, result.period)
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
        unscored = with_unscored(result.units)
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
    tied = tied_losses(costly)
    after = tied_losses(costly[len(tied) :]) if len(tied) < len(costly) else []
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
    return t(name, language, names=titles, each=each, share=share_of(losses[0].lost, everything))


def table(losses: Sequence[IndicatorLoss], rounding: Rounding, language: str) -> pd.DataFrame:
    """Every indicator: how many units lost points or missed the target, how many have nothing left, what all lost,
    and how much was kept.
    """
    everything = sum((loss.lost for loss in losses), Fraction(0))
    rows = [
        (
            loss.title,
            f"{len(loss.missed)} / {len(loss.judged)}" if loss.judged else EMPTY,
            f"{len(loss.losing)} / {len(loss.scored)}" if loss.scored else EMPTY,
            str(len(loss.emptied)) if loss.scored else EMPTY,
            "0" if not loss.lost else signed(-loss.lost, rounding),
            percent(loss.lost, everything),
            percent(loss.possible - loss.lost, loss.possible),
        )
        for loss in losses
    ]
    columns = ("indicator", "missed", "losing", "emptied", "lost", "share", "kept")
    points, targets = any(loss.scored for loss in losses), any(loss.judged for loss in losses)
    shown = [name for name in columns if name == "indicator" or (targets if name == "missed" else points)]
    return frame(rows, columns, language, PERIOD)[[t(PERIOD[name], language) for name in shown]]


def percent(part: Fraction, whole: Fraction) -> str:
    """A share as a percentage; a dash where there is no whole."""
    return share_text(part / whole, sign="\N{NO-BREAK SPACE}%") if whole else EMPTY
