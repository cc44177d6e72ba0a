"""What the headline of a panel's report and its sections both say: every sentence is computed from the analysis."""

from __future__ import annotations

from auditlib.delphi.result import GroupAnalysis, ItemAnalysis
from auditlib.delphi.statistics.appropriateness import CLASSES
from auditlib.delphi.statistics.concordance import strength
from auditlib.report.panel_page import PanelPage
from auditlib.report.paper_table import fixed, p_text

__all__ = [
    "SIGNIFICANT", "agreed_rules", "agreement_sentence", "beyond_chance", "consensus_sentence", "group_p",
    "groups_apart", "leaves", "proposals_sentence", "stability_sentence", "weights_sentence", "whole_groups",
]  # fmt: skip

SIGNIFICANT = 0.05
LOW, GOOD = 0.5, 0.7
"""Below the first of Schmidt's points agreement is called less than moderate, from the second on strong."""


def group_p(found: GroupAnalysis) -> float | None:
    """The p to go by: over all orders or random panels; the approximation where there is neither."""
    if found.chance is not None:
        return found.chance.p
    return None if found.concordance is None else found.concordance.p


def beyond_chance(found: GroupAnalysis) -> bool:
    """Whether a group has a W whose p is small."""
    p = group_p(found)
    return found.concordance is not None and found.concordance.W is not None and p is not None and p < SIGNIFICANT


def agreed_rules(page: PanelPage) -> list[str]:
    """What RAND/UCLA, content validity and the consistency of comparisons come to, as far as the panel has them."""
    return [said for said in (_appropriate(page), _valid(page), _consistent(page)) if said]


def _appropriate(page: PanelPage) -> str:
    known = {name: one for name, found in page.one.items.items() if (one := found.appropriateness) is not None}
    if not known:
        return ""
    counts = {verdict: sum(one.verdict == verdict for one in known.values()) for verdict in CLASSES}
    apart = [name for name, one in known.items() if one.disagreement]
    said = page.t(
        "RAND/UCLA: of {of} {of:item|items} {appropriate} {appropriate:is|are} appropriate, {uncertain} uncertain, "
        "{inappropriate} inappropriate; the experts disagree on {count}{names}.",
        of=len(known), count=len(apart), names=page.t(" ({names})", names=page.names(apart)) if apart else "", **counts,
    )  # fmt: skip
    return said


def _valid(page: PanelPage) -> str:
    whole = page.one.validity
    if whole is None:
        return ""
    low = [
        name for name, found in page.one.items.items()
        if found.validity is not None and found.validity.rating not in ("excellent", "good")
    ]  # fmt: skip
    return page.t(
        "Content validity: S-CVI/UA = {UA}, S-CVI/Ave = {average}; items whose κ* is below 0.60: {count}{names}.",
        UA=fixed(whole.UA, 3), average=fixed(whole.average, 3), count=len(low),
        names=page.t(" ({names})", names=page.names(low)) if low else "",
    )  # fmt: skip


def _consistent(page: PanelPage) -> str:
    known = [one for group, by in page.one.consistencies.items() for one in by if len(group) > 2]
    if not known:
        return ""
    return page.t(
        "Comparisons (AHP): of {of} {of:set|sets}, one for each expert and group, {count} {count:has|have} a CR below "
        "0.1.",
        count=sum(one.found.acceptable for one in known), of=len(known),
    )  # fmt: skip


def whole_groups(page: PanelPage) -> list[GroupAnalysis]:
    """The agreement of each level as a whole: across groups where a level has several parents."""
    across = {found.group.level for found in page.one.groups if found.group.kind == "level"}
    return [f for f in page.one.groups if f.group.kind == "level" or f.group.level not in across]


def agreement_sentence(page: PanelPage, found: GroupAnalysis) -> str:
    """W of a group with p and the word for its strength, each said for itself."""
    group, agreed, p = page.group(found), found.concordance, group_p(found)
    if agreed is None or agreed.W is None or p is None:
        why = "" if found.undefined is None else found.undefined(page.language)
        return page.t("{group}: W is not defined; {why}.", group=group, why=why)
    point = strength(agreed.W)
    values = {"group": group, "W": fixed(agreed.W, 3), "p": p_text(p, sign=True), "word": point.words(page.language)}
    if p >= SIGNIFICANT:
        return page.t(
            "{group}: W = {W}, p {p}. Chance cannot be ruled out (limit 0.05); the agreement is {word}.", **values
        )
    if point.W >= GOOD:
        return page.t("{group}: W = {W}, p {p}. The agreement is {word} and beyond chance.", **values)
    return page.t(
        "{group}: W = {W}, p {p}. The orders agree beyond chance; the agreement is {word}{verdict}",
        verdict=page.t(", and a small p does not make it good." if point.W < LOW else "."),
        **values,
    )


def groups_apart(page: PanelPage) -> str:
    """Where agreement inside groups is high and low; empty of fewer than two groups."""
    known = [
        (found.concordance.W, found)
        for found in page.one.groups
        if found.group.kind == "siblings" and found.group.level > 1
        and found.concordance is not None and found.concordance.W is not None
    ]  # fmt: skip
    if len(known) < 2:
        return ""
    (high, best), (low, worst) = max(known, key=lambda one: one[0]), min(known, key=lambda one: one[0])
    return page.t(
        'Inside the groups, agreement is highest under "{best}" (W = {high}, {high_word}) and '
        'lowest under "{worst}" (W = {low}, {low_word}).',
        best=page.name(best.group.id),
        worst=page.name(worst.group.id),
        high=fixed(high, 3),
        low=fixed(low, 3),
        high_word=strength(high).words(page.language),
        low_word=strength(low).words(page.language),
    )


def consensus_sentence(page: PanelPage) -> str:
    """How many items reach every threshold, and which do not; empty where no threshold was agreed."""
    found = {name: page.reached(one) for name, one in page.one.items.items() if one.consensus is not None}
    return (
        _verdicts(
            page,
            ("{count} of {of} {of:item|items} {count:reaches|reach} all agreed thresholds of consensus{rest}."),
            found,
        )
        if page.consensus_limits and found
        else ""
    )


def stability_sentence(page: PanelPage) -> str:
    """How many items are stable, and which are not; empty without thresholds or a round before."""
    if page.before is None or not page.stability_limits or not page.one.stability:
        return ""
    found = {one.moved.item: one.stable for one in page.one.stability}
    return _verdicts(
        page,
        ("Since round {before}, {count} of {of} {of:item|items} {count:is|are} stable by the agreed thresholds{rest}."),
        found,
        before=page.before.round.number,
    )


def proposals_sentence(page: PanelPage) -> str:
    """Which items are proposed for deletion and for discussion; empty where nothing was screened."""
    screened = [item for part in page.one.screening.values() for item in part]
    if not screened:
        return ""

    def named(verdict: str) -> str:
        items = [item.item for item in screened if item.verdict == verdict]
        return (
            page.t("{count} ({names})", count=len(items), names=page.names(items)) if items else page.t("none of them")
        )

    return page.t(
        "The criteria propose to delete {delete} and to discuss {discuss}; the panel decides.",
        delete=named("delete"),
        discuss=named("discuss"),
    )


def leaves(page: PanelPage) -> list[ItemAnalysis]:
    """The items of the round that have no items of their own in it."""
    return [found for name, found in page.one.items.items() if name not in page.parents]


def weights_sentence(page: PanelPage) -> str:
    """The heaviest and the lightest item at the ends of the tree."""
    known = [(found.weight.combined, found) for found in leaves(page) if found.weight.combined is not None]
    if not known:
        return page.t("This round gives no weights.")
    digits = page.declared.digits
    high, low = max(known, key=lambda one: one[0])[1], min(known, key=lambda one: one[0])[1]
    return page.t(
        'Of the items at the ends of the tree, "{high}" weighs most ({high_p} %), "{low}" least ({low_p} %).',
        high=page.name(high.item.id),
        high_p=high.printed("combined", digits),
        low=page.name(low.item.id),
        low_p=low.printed("combined", digits),
    )


def _verdicts(page: PanelPage, name: str, found: dict[str, bool | None], **values: object) -> str:
    rest = [item for item, verdict in found.items() if verdict is False]
    unknown = [item for item, verdict in found.items() if verdict is None]
    tail = page.t("; not so: {names}", names=page.names(rest)) if rest else ""
    tail += page.t("; cannot be told: {names}", names=page.names(unknown)) if unknown else ""
    count = len(found) - len(rest) - len(unknown)
    return page.t(name, count=count, of=len(found), rest=tail, **values)
