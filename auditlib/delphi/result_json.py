"""An analysed panel as plain values: numbers of 12 significant digits, null where a statistic is not defined."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from auditlib.delphi.authority import Authority
from auditlib.delphi.consensus_rules import RuleFound
from auditlib.delphi.pairwise import judgement_text
from auditlib.delphi.result import Analysis, GroupAnalysis, ItemAnalysis, MovedItem, RoundAnalysis
from auditlib.delphi.rounds import Panel
from auditlib.delphi.scales import Scale
from auditlib.delphi.statistics.concordance import strength
from auditlib.delphi.statistics.content_validity import ScaleValidity
from auditlib.delphi.statistics.interval import NO_INTERVAL, Interval
from auditlib.delphi.statistics.screening import Screened
from auditlib.delphi.weighing import MethodWeights
from auditlib.delphi.weights.best_worst import BestWorstPriorities
from auditlib.delphi.weights.methods import Consistency
from auditlib.delphi.wordings import ItemChange

__all__ = ["panel_json"]

SIGNIFICANT = 12


def panel_json(analysis: Analysis) -> dict[str, Any]:
    """The whole analysis, as the public contract names it; published weights are text, digit for digit."""
    declared = analysis.panel.declared
    return {
        "panel": declared.panel,
        "title": declared.title.model_dump(),
        "synthetic": declared.synthetic,
        "scale": _scale(declared.scale),
        "options": {
            "mean": declared.mean,
            "sd": declared.sd,
            "missing": declared.missing,
            "digits": declared.digits,
        },
        "rounds": [_round(one, declared.digits) for one in analysis.rounds],
        "authority": None if analysis.authority is None else _authority(analysis.authority, analysis.panel),
        "changes": [_change(change) for change in analysis.changes],
        "notes": [note.model_dump() for note in analysis.notes],
    }


def _scale(scale: Scale) -> dict[str, Any]:
    best = None if scale.kind == "ranking" else scale.min if scale.turned else scale.max
    most = None if scale.kind == "ranking" else scale.max
    return {"kind": scale.kind, "min": _number(scale.min), "max": _number(most), "best": _number(best)}


def _change(change: ItemChange) -> dict[str, Any]:
    texts = {name: getattr(change, name) for name in ("before", "after", "reason")}
    said = {name: None if text is None else text.model_dump() for name, text in texts.items()}
    return {"round": change.round, "item": change.item, "kind": change.kind, **said, "into": change.into}


def _number(value: Fraction | float | None) -> float | int | None:
    return None if value is None else value if isinstance(value, int) else float(f"{float(value):.{SIGNIFICANT}g}")


def _fields(record: Any, *names: str) -> dict[str, Any]:
    """The numbers of ``record`` by name; all null where there is no record."""
    return {name: _number(getattr(record, name, None)) for name in names}


def _authority(mean: Authority, panel: Panel) -> dict[str, Any]:
    names = ("Ca", "Cs", "Cr")
    experts = [{"expert": expert, **_fields(found, *names)} for expert, found in panel.experts.items()]
    tables = "usual" if panel.declared.authority is None else "declared"
    return {"panel": _fields(mean, *names), "experts": experts, "tables": tables}


def _round(one: RoundAnalysis, digits: int) -> dict[str, Any]:
    return {
        "round": one.round.number,
        "sent": one.round.sent,
        "sent_from": one.round.sent_from,
        "returned": one.round.returned,
        "positive_coefficient": _number(one.positive_coefficient),
        "remarked": _number(one.remarked),
        **{name: list(getattr(one.attendance, name)) for name in ("away", "back", "joined", "left")},
        "groups": [_group(group, one, digits) for group in one.groups],
        "screening": [_screened(level, found) for level, part in one.screening.items() for found in part],
        "consensus": [_consensus(found) for found in one.items.values() if found.consensus is not None],
        "appropriateness": [
            {
                "item": name,
                **_fields(found.appropriateness, "median", "IPR", "IPRAS", "index"),
                **{key: getattr(found.appropriateness, key) for key in ("disagreement", "extremes", "verdict")},
            }
            for name, found in one.items.items()
            if found.appropriateness is not None
        ],
        "content_validity": None if one.validity is None else _validity(one, one.validity),
        "weights_by_method": [_method(found) for found in one.by_method],
        "ahp": [_consistency(group, found) for group, by in one.consistencies.items() for found in by],
        "ahp_joint": [
            {"items": list(group), **_fields(found, "lambda_max", "CI", "CR"), "acceptable": found.acceptable}
            for group, found in one.joint.items()
        ],
        "best_worst": [
            _best_worst(group, expert, found) for group, by in one.best_worst.items() for expert, found in by.items()
        ],
        "stability": None if one.stability is None else [_stability(found) for found in one.stability],
        "authority": None if one.authority is None else _fields(one.authority, "Ca", "Cs", "Cr"),
    }


def _group(found: GroupAnalysis, one: RoundAnalysis, digits: int) -> dict[str, Any]:
    group, agreed = found.group, found.concordance
    chance, interval = found.chance, found.interval
    words = strength(agreed.W).words.model_dump() if agreed is not None and agreed.W is not None else None
    return {
        "group": group.id,
        "title": group.title.model_dump(),
        "kind": group.kind,
        "level": group.level,
        "raters": agreed.raters if agreed is not None else one.round.returned,
        "dropped": agreed.dropped if agreed is not None else 0,
        **_fields(agreed, "W", "W_uncorrected", "chi2", "df", "p"),
        "p_exact": _number(chance.p) if chance is not None else None,
        "p_exact_method": None if chance is None else chance.method,
        "p_exact_error": None if chance is None else _number(chance.error),
        **_fields(agreed, "F", "F_df1", "F_df2", "F_p", "mean_rho"),
        "W_interval": None if interval is None or interval.undefined else _interval(interval),
        "W_interval_undefined": NO_INTERVAL[why].model_dump() if interval and (why := interval.undefined) else None,
        "alpha": None if found.alpha is None else _number(found.alpha.alpha),
        "strength": words,
        "undefined": None if found.undefined is None else found.undefined.model_dump(),
        "items": [_item(one.items[name], digits) for name in group.ids],
    }


def _interval(interval: Interval) -> dict[str, Any]:
    return _fields(interval, "level", "low", "high", "draws", "seed", "undefined_draws")


def _item(found: ItemAnalysis, digits: int) -> dict[str, Any]:
    names = ("mean", "sd", "cv", "median", "q1", "q3", "full_mark_ratio")
    return {
        "id": found.item.id,
        "title": found.item.title.model_dump(),
        "n": 0 if found.described is None else found.described.n,
        **_fields(found.described, *names),
        "importance": _number(found.importance),
        "weight": _number(found.weight.weight),
        "combined_weight": _number(found.weight.combined),
        "published_weight": found.printed("weight", digits),
        "published_combined_weight": found.printed("combined", digits),
        **_fields(found.authority, "Cs", "Cr"),
    }


def _screened(level: int, found: Screened) -> dict[str, Any]:
    failures = [
        {"criterion": name, "statistic": f.statistic, "found": _number(f.found), f.bound: _number(f.limit)}
        for name, f in found.failures.items()
    ]
    return {"item": found.item, "level": level, "verdict": found.verdict, "failures": failures}


def _consensus(found: ItemAnalysis) -> dict[str, Any]:
    reached = found.consensus
    return {
        "item": found.item.id,
        **_fields(reached, "cv"),
        "cv_reached": getattr(reached, "cv_reached", None),
        **_fields(reached, "agreement"),
        "agreement_reached": getattr(reached, "agreement_reached", None),
        "rules": [_rule(rule) for rule in found.verdict.rules] if found.verdict is not None else [],
        "reached": None if found.verdict is None else found.verdict.reached,
    }


def _rule(rule: RuleFound) -> dict[str, Any]:
    share = rule.share
    said = {} if share is None else {"from": _number(share.low), "to": _number(share.high)}
    return {"rule": rule.rule, **said, "found": _number(rule.found), "reached": rule.reached}


def _method(found: MethodWeights) -> dict[str, Any]:
    items = [
        {
            "item": item,
            "weight": _number(one.weight),
            "combined_weight": _number(one.combined),
            "rank": found.ranks[item],
        }
        for item, one in found.weights.items()
    ]
    return {"method": found.method, "items": items}


def _consistency(group: tuple[str, ...], one: Consistency) -> dict[str, Any]:
    worst, said = one.found.worst, None
    if worst is not None:
        pair = {"item": group[worst.row], "over": group[worst.column], "given": judgement_text(worst.given)}
        said = {**pair, **_fields(worst, "implied", "CR")}
    numbers = _fields(one.found, "lambda_max", "CI", "CR")
    return {"expert": one.expert, "items": list(group), **numbers, "acceptable": one.found.acceptable, "worst": said}


def _best_worst(group: tuple[str, ...], expert: str, found: BestWorstPriorities) -> dict[str, Any]:
    return {
        "expert": expert,
        "items": list(group),
        "weights": [_number(weight) for weight in found.weights],
        **_fields(found, "xi_linear", "xi", "CR", "input_CR"),
        "spoils": None if found.spoils is None else group[found.spoils],
    }


def _validity(one: RoundAnalysis, whole: ScaleValidity) -> dict[str, Any]:
    items = [
        {"item": name, **_fields(found.validity, "experts", "agreeing", "I_CVI", "chance", "kappa"),
         "rating": found.validity.rating}
        for name, found in one.items.items() if found.validity is not None
    ]  # fmt: skip
    return {"S_CVI_UA": _number(whole.UA), "S_CVI_Ave": _number(whole.average), "items": items}


def _stability(found: MovedItem) -> dict[str, Any]:
    names = (
        "experts",
        "cv_before",
        "cv_after",
        "cv_change",
        "kappa_linear",
        "kappa_quadratic",
        "unchanged",
        "wilcoxon_p",
        "wilcoxon_p_holm",
    )
    return {"item": found.moved.item, **_fields(found.moved, *names), "stable": found.stable,
            "undefined": dict(found.moved.undefined)}  # fmt: skip
