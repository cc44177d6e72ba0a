"""Tables of an analysed panel that not every panel has: methods beside each other, consistency, appropriateness."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditlib.core.table import Table
from auditlib.delphi.pairwise import judgement_text
from auditlib.delphi.result import Analysis

__all__ = ["method_tables"]


def method_tables(analysis: Analysis) -> tuple[Table, ...]:
    """Weights and ranks by method and by round, consistency of comparisons, RAND/UCLA verdicts, content validity."""
    return (
        Table(BY_METHOD, tuple(_by_method(analysis)), name="weights_by_method", heading="各种方法的权重与名次"),
        Table(BY_ROUND, tuple(_by_round(analysis)), name="weights_by_round", heading="各轮的权重与名次"),
        Table(AHP, tuple(_ahp(analysis)), name="ahp", heading="层次分析法的一致性"),
        Table(BEST_WORST, tuple(_best_worst(analysis)), name="best_worst", heading="最优最劣法的一致性"),
        Table(VERDICTS, tuple(_appropriateness(analysis)), name="appropriateness", heading="适宜性（RAND/UCLA）"),
        Table(VALIDITY, tuple(_validity(analysis)), name="content_validity", heading="内容效度"),
    )


BY_METHOD = ("round", "item", "title", "method", "weight", "combined_weight", "rank")


def _by_method(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        for name, found in one.items.items():
            for method in one.by_method:
                weight = method.weights[name]
                numbers = (weight.weight, weight.combined, method.ranks[name])
                yield one.round.number, name, found.item.title.zh, method.method, *numbers


BY_ROUND = ("item", "title", "round", "weight_percent", "combined_percent", "rank")


def _by_round(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    """Nothing of a panel with a single round, whose weights stand in the first table."""
    digits = analysis.panel.declared.digits
    for name, row in analysis.weights_by_round.items() if len(analysis.rounds) > 1 else ():
        for number, (found, rank) in row.items():
            printed = [found.printed(which, digits) for which in ("weight", "combined")]
            yield name, found.item.title.zh, number, *printed, rank


AHP = (
    "round", "group", "expert", "lambda_max", "CI", "CR", "acceptable", "item", "over", "given", "implied",
    "CR_without",
)  # fmt: skip


def _ahp(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        for group, by in one.consistencies.items():
            for own in by:
                found, worst = own.found, own.found.worst
                spoils: tuple[Any, ...] = (None,) * 5
                if worst is not None:
                    pair = (group[worst.row], group[worst.column])
                    spoils = (*pair, judgement_text(worst.given), worst.implied, worst.CR)
                numbers = (found.lambda_max, found.CI, found.CR, "yes" if found.acceptable else "no")
                yield one.round.number, " ".join(group), own.expert, *numbers, *spoils
            if (joint := one.joint.get(group)) is not None:
                numbers = (joint.lambda_max, joint.CI, joint.CR, "yes" if joint.acceptable else "no")
                yield one.round.number, " ".join(group), "all", *numbers, *(None,) * 5


BEST_WORST = ("round", "group", "expert", "xi", "CR", "input_CR", "xi_linear", "spoils", "weights")


def _best_worst(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        for group, by in one.best_worst.items():
            for expert, found in by.items():
                weights = " ".join(f"{float(weight):.4f}" for weight in found.weights)
                spoils = None if found.spoils is None else group[found.spoils]
                numbers = (found.xi, found.CR, found.input_CR, found.xi_linear)
                yield one.round.number, " ".join(group), expert, *numbers, spoils, weights


VERDICTS = ("round", "item", "median", "IPR", "IPRAS", "index", "disagreement", "extremes", "verdict")


def _appropriateness(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        for name, item in one.items.items():
            if (found := item.appropriateness) is not None:
                said = ["yes" if value else "no" for value in (found.disagreement, found.extremes)]
                numbers = (found.median, found.IPR, found.IPRAS, found.index)
                yield one.round.number, name, *numbers, *said, found.verdict


VALIDITY = ("round", "item", "experts", "agreeing", "I_CVI", "chance", "kappa", "rating")


def _validity(analysis: Analysis) -> Iterator[tuple[Any, ...]]:
    for one in analysis.rounds:
        for name, item in one.items.items():
            if (found := item.validity) is not None:
                numbers = (found.experts, found.agreeing, found.I_CVI, found.chance, found.kappa)
                yield one.round.number, name, *numbers, found.rating
        if (whole := one.validity) is not None:
            yield one.round.number, "S-CVI/UA", *[None] * 2, whole.UA, *[None] * 3
            yield one.round.number, "S-CVI/Ave", *[None] * 2, whole.average, *[None] * 3
