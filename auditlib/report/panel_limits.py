"""The thresholds that a panel agreed on, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from auditlib.core.message import t
from auditlib.core.numerals import plain
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.thresholds import ConsensusThresholds, MarkShare

__all__ = ["consensus_words", "share_words", "stability_words"]


def consensus_words(declared: PanelFile, language: str) -> str:
    """When an item has consensus; empty where nothing was agreed."""
    limits = declared.thresholds.consensus
    return "" if limits is None else _listed(_rules(limits, declared, language), language)


def stability_words(declared: PanelFile, language: str) -> str:
    """When an item is stable; empty where nothing was agreed."""
    limits = declared.thresholds.stability
    said = []
    if limits is not None and limits.cv_change_at_most is not None:
        said.append(t("CV changes by {most} at most", language, most=plain(limits.cv_change_at_most)))
    if limits is not None and limits.kappa_at_least is not None:
        said.append(t("weighted κ of {least} or more", language, least=plain(limits.kappa_at_least)))
    if limits is not None and limits.p_above is not None:
        said.append(t("p > {p} after Holm", language, p=plain(limits.p_above)))
    if limits is not None and limits.unchanged_at_least is not None:
        share = _percent(limits.unchanged_at_least, language)
        said.append(t("at least {share} keep their mark", language, share=share))
    return _listed(said, language)


def share_words(wanted: MarkShare, language: str) -> str:
    """A range of marks, such as ``7–9``."""
    return t("marks of {low} to {high}", language, low=plain(wanted.low), high=plain(wanted.high))


def _rules(limits: ConsensusThresholds, declared: PanelFile, language: str) -> Iterator[str]:
    if limits.cv_below is not None:
        yield t("CV < {cv}", language, cv=plain(limits.cv_below))
    if limits.agreement_at_least is not None and limits.agreeing_from is not None:
        share, mark = _percent(limits.agreement_at_least, language), plain(limits.agreeing_from)
        yield (
            t("at least {share} of the experts give {mark} or a better mark", language, share=share, mark=mark)
            if declared.scale.turned
            else t("at least {share} of the experts give {mark} or more", language, share=share, mark=mark)
        )
    if limits.iqr_at_most is not None:
        yield t("interquartile range of {most} at most", language, most=plain(limits.iqr_at_most))
    if limits.mean_at_least is not None:
        yield t("mean of {least} or more", language, least=plain(limits.mean_at_least))
    if limits.median_change_at_most is not None:
        yield t("median changes by {most} at most", language, most=plain(limits.median_change_at_most))
    for wanted in limits.shares:
        marks, bound = share_words(wanted, language), wanted.at_most if wanted.at_least is None else wanted.at_least
        share = _percent(bound or Fraction(0), language)
        yield (
            t("{marks} from {share} of the experts at most", language, marks=marks, share=share)
            if wanted.at_least is None
            else t("{marks} from at least {share} of the experts", language, marks=marks, share=share)
        )
    if limits.any_of:
        choices = [f"({_listed(_rules(one, declared, language), language)})" for one in limits.any_of]
        choices = [choice.replace("(", "（").replace(")", "）") for choice in choices] if language == "zh" else choices
        yield t("at least one of: {choices}", language, choices=" / ".join(choices))


def _percent(share: Fraction, language: str) -> str:
    return f"{plain(share * 100)}{'%' if language == 'zh' else ' %'}"


def _listed(said: Iterable[str], language: str) -> str:
    return ("；" if language == "zh" else "; ").join(said)
