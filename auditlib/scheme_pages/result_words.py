"""What follows from points, in words: the roll-up to longer periods, the ranking, outcomes and their consequences."""

from __future__ import annotations

from collections.abc import Sequence

from auditlib.core.message import told
from auditlib.core.numerals import plain
from auditlib.scheme.ground_words import ground_said
from auditlib.scheme.results import (
    Consequence,
    FurtherRanking,
    Key,
    Outcome,
    Place,
    Ranking,
    RollUp,
    TieBreak,
    Total,
    Weigh,
)  # fmt: skip
from auditlib.scheme_pages.quantity_words import condition
from auditlib.scheme_pages.scheme_words import SchemeWords

__all__ = [
    "amount_words",
    "further_ranking_sentence",
    "outcome_conditions",
    "outcome_effects",
    "ranking_sentence",
    "roll_up_formula",
    "roll_up_policy",
    "weigh_words",
]

MEANS = {
    "week": "the mean of the weeks",
    "month": "the mean of the months",
    "quarter": "the mean of the quarters",
    "half": "the mean of the half-years",
    "year": "the mean of the years",
}
WITHOUT_DATA = {
    "week": "a week without data: {counts}",
    "month": "a month without data: {counts}",
    "quarter": "a quarter without data: {counts}",
    "half": "a half-year without data: {counts}",
    "year": "a year without data: {counts}",
}
MISSING = {"exclude": "left out of the mean", "zero": "counts 0", "full": "counts 100"}
ORDERS = {"descending": "from the highest on", "ascending": "from the lowest on"}
WITHIN = {"group": "inside each group", "all": "all units together"}
TIES = {
    "undecided": "equal totals stay undecided, as the source does not decide them",
    "shared": "equal totals share the rank",
}
TIES_IN_KEYS = {"undecided": "what is equal in all of them stays undecided", "shared": "what is equal shares the place"}
MAXIMA = {
    "unranked": "units out of less than the others are not ranked",
    "by_share": "units out of different full marks by their share of them",
    "apart": "units out of different full marks apart",
    "undecided": "units out of different full marks stay undecided",
}
SEVERAL_LAST = {
    "undecided": "the order of several units that are put last is undecided",
    "by_total": "several units that are put last stand by their totals",
}
TOTALS = {
    "at_least": "the total is at least {value}",
    "above": "the total is above {value}",
    "at_most": "the total is at most {value}",
    "below": "the total is below {value}",
}


def roll_up_formula(words: SchemeWords, granularity: str, roll_up: RollUp) -> str:
    """The total of a longer period as arithmetic."""
    parts = []
    for part in roll_up.parts:
        own = words.t("the {period}'s own total", period=words.granularity(part.of))
        mean = own if part.of == granularity else words.t(MEANS[part.of])
        parts.append(f"{words.percent(part.weight)} × {mean}")
    return f"{words.t('total of the {period}', period=words.granularity(granularity))} = {' + '.join(parts)}"


def roll_up_policy(words: SchemeWords, roll_up: RollUp) -> str:
    """What periods without data count for."""
    policies = {part.missing for part in roll_up.parts}
    if len(policies) == 1:
        return words.t("Periods without data: {counts}.", counts=words.t(MISSING[policies.pop()]))
    found = (words.t(WITHOUT_DATA[part.of], counts=words.t(MISSING[part.missing])) for part in roll_up.parts)
    said = words.t("; ").join(found)
    return words.t("{sentence}.", sentence=said[0].upper() + said[1:])


def ranking_sentence(words: SchemeWords, ranking: Ranking) -> str:
    """Who is ranked among whom, by what, and what happens to equal totals."""
    if isinstance(ranking.ties, TieBreak):
        said = (
            "equal totals by {quantity}, more first; what is still equal stays undecided"
            if ranking.ties.order == "descending"
            else "equal totals by {quantity}, less first; what is still equal stays undecided"
        )
        found = [words.t(said, quantity=words.quoted(ranking.ties.by))]
    else:
        found = [words.t(TIES[ranking.ties])]
    found.append(words.t(MAXIMA[ranking.different_maxima]))
    if ranking.only is not None:
        found.append(words.t("only units of which {condition}", condition=words.condition(ranking.only)))
    if ranking.then:
        found.append(words.t("then by {keys}", keys=_keys(words, ranking.then)))
    if ranking.forced_last is not None:
        found.append(words.t(SEVERAL_LAST[ranking.forced_last]))
    if ranking.needs:
        titles = {indicator.id: indicator.title for indicator in words.scheme.indicators}
        needed = words.listed(titles[name](words.language) for name in ranking.needs)
        found.append(words.t("units without points for {indicators} are not ranked", indicators=needed))
    if ranking.minimum is not None:
        least = ranking.minimum
        said = "units with fewer than {least} ({quantity}) are not ranked"
        found.append(words.t(said, least=least.at_least, quantity=words.quoted(least.of)))
    if words.scheme.validity == "period":
        found.append(words.t("all rows of a period count for a unit that is assessed at any time of it"))
    for unit, group in ranking.regroup.items():
        found.append(words.t("{unit} is ranked in “{group}”", unit=unit, group=group))
    order, within = words.t(ORDERS[ranking.order]), words.t(WITHIN[ranking.within])
    return words.t("By total {order}, {within}; {rest}.", order=order, within=within, rest=words.t("; ").join(found))


def _keys(words: SchemeWords, keys: Sequence[Key]) -> str:
    """What units are ordered by, each with its direction."""
    return words.listed(
        words.t("{quantity} (greatest first)" if key.order == "descending" else "{quantity} (least first)",
                quantity=words.quoted(str(key.of)))
        for key in keys
    )  # fmt: skip


def further_ranking_sentence(words: SchemeWords, ranking: FurtherRanking) -> str:
    """Who is ranked among whom, by which keys, in a ranking by its own name."""
    found = [words.t(TIES_IN_KEYS[ranking.ties])]
    if ranking.only is not None:
        found.append(words.t("only units of which {condition}", condition=words.condition(ranking.only)))
    if ranking.last is not None:
        found.append(words.t("units of which {condition} last", condition=words.condition(ranking.last)))
    for unit, group in ranking.regroup.items():
        found.append(words.t("{unit} is ranked in “{group}”", unit=unit, group=group))
    return words.t(
        "By {keys}, {within}; {rest}.", keys=_keys(words, ranking.by), within=words.t(WITHIN[ranking.within]),
        rest=words.t("; ").join(found),
    )  # fmt: skip


def outcome_conditions(words: SchemeWords, outcome: Outcome) -> list[str]:
    """The conditions of an outcome, all of which must hold."""
    if outcome.gaps:
        return [words.t("Judged only once this is supplied: {missing}", missing=words.missing(outcome.gaps))]
    found = []
    if outcome.quantity is not None:
        found.append(words.bound(outcome.quantity))
    if outcome.when is not None:
        found.append(words.condition(outcome.when))
    if outcome.total is not None:
        found.append(_total(words, outcome.total))
    if outcome.place is not None:
        found.append(_place(words, outcome.place))
    if outcome.periods is not None:
        periods = words.listed(words.granularity(period) for period in outcome.periods)
        found.append(words.t("only in the assessment of a {periods}", periods=periods))
    return found


def _total(words: SchemeWords, total: Total) -> str:
    key = next(key for key in TOTALS if getattr(total, key) is not None)
    return words.t(TOTALS[key], value=plain(getattr(total, key)))


def _place(words: SchemeWords, place: Place) -> str:
    by = words.t("of the ranking")
    if place.ranking is not None and place.ranking != words.scheme.main_ranking:
        named = next(one for one in words.scheme.rankings if one.id == place.ranking)
        by = words.t("of “{ranking}”", ranking=named.named(words.language))
    if place.by:
        by = words.t("by {quantity}, greatest first", quantity=words.quoted(place.by))
    said = "among the first {count} {by}" if place.top is not None else "among the last {count} {by}"
    count = place.end if isinstance(place.end, int) else words.percent(place.end)
    return words.t(said, count=count, by=by)


def outcome_effects(words: SchemeWords, outcome: Outcome) -> list[str]:
    """What an outcome does to ranks and to other outcomes."""
    titles = {other.id: other.title(words.language) for other in words.scheme.outcomes}
    found = []
    if outcome.bars:
        barred = words.listed(f"“{titles.get(name, name)}”" for name in outcome.bars)
        found.append(words.t("rules out {barred}", barred=barred))
    if outcome.place is not None and any(outcome.id in other.bars for other in words.scheme.outcomes):
        found.append(
            words.t("the next unit moves up into a barred place" if outcome.fills_up else "a barred place stays empty")
        )
    if outcome.forces_last:
        found.append(words.t("puts the unit last, whatever its total"))
    return found


def amount_words(words: SchemeWords, consequence: Consequence) -> str:
    """How much, where it is counted: fixed, or a range within which a person decides."""
    each = words.t(" (for each occurrence)") if consequence.each else ""
    if consequence.amount is not None and consequence.of is not None:
        share = words.percent(consequence.amount)
        return words.t("{share} of {quantity}", share=share, quantity=words.quoted(consequence.of)) + each
    if consequence.amount_of is not None:
        return words.quoted(str(consequence.amount_of)) + each
    if consequence.amount is not None:
        return plain(consequence.amount) + each
    if consequence.low is not None and consequence.high is not None:
        low, high = plain(consequence.low), plain(consequence.high)
        return words.t("{low} to {high}, decided by a person", low=low, high=high) + each
    return ""


def weigh_words(words: SchemeWords, outcome: Outcome, ground: Weigh) -> str:
    """A ground on which an outcome may or must be graver or milder: a person decides, nothing is computed from it."""
    measure = words.scheme.measures[words.scheme.evidence_of_outcome(outcome)]
    when = condition(words, ground.when, measure.register_ or "")
    said = told(ground_said(ground, ground.title or when), words.language)
    return said if ground.title is None else words.t("{ground} ({condition})", ground=said, condition=when)
