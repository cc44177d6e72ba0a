# ruff: noqa: E501 — the two languages stand side by side
"""What follows from points, in words: the roll-up to longer periods, the ranking, outcomes and their consequences."""

from __future__ import annotations

from auditlib.core.numerals import plain
from auditlib.scheme.results import Consequence, Outcome, Place, Ranking, RollUp, TieBreak, Total
from auditlib.scheme_pages.scheme_words import SchemeWords

__all__ = [
    "amount_words",
    "outcome_conditions",
    "outcome_effects",
    "ranking_sentence",
    "roll_up_formula",
    "roll_up_policy",
]

SPANS = {"month": "月", "quarter": "季", "half": "半年", "year": "年"}
ORDERS = {"descending": ("由高到低", "from the highest on"), "ascending": ("由低到高", "from the lowest on")}
TOTALS = {
    "at_least": ("不低于", "at least"), "above": ("高于", "above"), "at_most": ("不高于", "at most"), "below": ("低于", "below"),
}  # fmt: skip
MISSING = {
    "exclude": ("不计入平均", "left out of the mean"),
    "zero": ("计0分", "counts 0"),
    "full": ("计100分", "counts 100"),
}


def roll_up_formula(words: SchemeWords, granularity: str, roll_up: RollUp) -> str:
    """The total of a longer period as arithmetic."""
    parts = []
    for part in roll_up.parts:
        own = part.of == granularity
        name = words.granularity(part.of)
        zh = f"{name}考核得分" if own else f"各{SPANS[part.of]}得分的平均"
        en = f"the {name}'s own total" if own else f"the mean of the {name}s"
        parts.append(f"{words.percent(part.weight)} × {words.both(zh, en)}")
    total = words.both(f"{words.granularity(granularity)}总分", f"total of the {words.granularity(granularity)}")
    return f"{total} = {' + '.join(parts)}"


def roll_up_policy(words: SchemeWords, roll_up: RollUp) -> str:
    """What periods without data count for."""
    policies = {part.missing for part in roll_up.parts}
    if len(policies) == 1:
        zh, en = MISSING[policies.pop()]
        return words.both(f"没有数据的考核期{zh}。", f"Periods without data: {en}.")
    found = []
    for part in roll_up.parts:
        zh, en = MISSING[part.missing]
        name = words.granularity(part.of)
        found.append(words.both(f"没有数据的{SPANS[part.of]}{zh}", f"a {name} without data: {en}"))
    text = words.both("；", "; ").join(found)
    return words.both(f"{text}。", f"{text[0].upper()}{text[1:]}.")


MAXIMA = {
    "unranked": ("满分较低的单位不排名", "units out of less than the others are not ranked"),
    "by_share": ("满分不同的，按得分占满分的比例", "units out of different full marks by their share of them"),
    "apart": ("满分不同的，分别排名", "units out of different full marks apart"),
    "undecided": ("满分不同的，名次未定", "units out of different full marks stay undecided"),
}


SEVERAL_LAST = {
    "undecided": ("几个单位同被列为末位的，先后未定", "the order of several units that are put last is undecided"),
    "by_total": ("几个单位同被列为末位的，按总分排列", "several units that are put last stand by their totals"),
}


def ranking_sentence(words: SchemeWords, ranking: Ranking) -> str:
    """Who is ranked among whom, by what, and what happens to equal totals."""
    zh_order, en_order = ORDERS[ranking.order]
    zh_within, en_within = {
        "group": ("在各组之内", "inside each group"),
        "all": ("全部单位一起", "all units together"),
    }[ranking.within]
    if isinstance(ranking.ties, TieBreak):
        by = words.quoted(ranking.ties.by)
        more = ranking.ties.order == "descending"
        zh = f"总分相同的，{by}{'多' if more else '少'}者在前，仍相同的名次未定"
        en = f"equal totals by {by}, {'more' if more else 'less'} first; what is still equal stays undecided"
    else:
        zh, en = {
            "undecided": (
                "总分相同的，来源未规定先后，并列未定",
                "equal totals stay undecided, as the source does not decide them",
            ),
            "shared": ("总分相同的，名次并列", "equal totals share the rank"),
        }[ranking.ties]
    unlike = MAXIMA[ranking.different_maxima]
    zh, en = f"{zh}；{unlike[0]}", f"{en}; {unlike[1]}"
    if ranking.forced_last is not None:
        last = SEVERAL_LAST[ranking.forced_last]
        zh, en = f"{zh}；{last[0]}", f"{en}; {last[1]}"
    if ranking.needs:
        titles = {indicator.id: indicator.title for indicator in words.scheme.indicators}
        needed = words.listed(titles[name](words.language) for name in ranking.needs)
        zh, en = f"{zh}；没有{needed}得分的不排名", f"{en}; units without points for {needed} are not ranked"
    if words.scheme.validity == "period":
        zh = f"{zh}；单位在期内任何时候接受考核的，该期的行全部计入"
        en = f"{en}; all rows of a period count for a unit that is assessed at any time of it"
    moved = words.both("；", "; ").join(
        words.both(f"{unit}列入“{group}”", f"{unit} is ranked in “{group}”") for unit, group in ranking.regroup.items()
    )
    return words.both(
        f"{zh_within}按总分{zh_order}排列；{zh}{f'；{moved}' if moved else ''}。",
        f"By total {en_order}, {en_within}; {en}{f'; {moved}' if moved else ''}.",
    )


def outcome_conditions(words: SchemeWords, outcome: Outcome) -> list[str]:
    """The conditions of an outcome, all of which must hold."""
    if outcome.gaps:
        missing = words.both("；", "; ").join(words.scheme.gaps[name].missing(words.language) for name in outcome.gaps)
        return [words.both(f"来源缺失，补给后才判断：{missing}", f"Judged only once this is supplied: {missing}")]
    found = []
    if outcome.quantity is not None:
        found.append(words.bound(outcome.quantity))
    if outcome.total is not None:
        found.append(_total(words, outcome.total))
    if outcome.place is not None:
        found.append(_place(words, outcome.place))
    if outcome.periods is not None:
        periods = words.listed(words.granularity(period) for period in outcome.periods)
        found.append(words.both(f"只在{periods}考核中", f"only in the assessment of a {periods}"))
    return found


def _total(words: SchemeWords, total: Total) -> str:
    key = next(key for key in TOTALS if getattr(total, key) is not None)
    zh, en = TOTALS[key]
    value = plain(getattr(total, key))
    return words.both(f"总分{zh}{value}分", f"the total is {en} {value}")


def _place(words: SchemeWords, place: Place) -> str:
    by = words.quoted(place.by) if place.by else None
    count, first = place.top or place.bottom, place.top is not None
    return words.both(
        f"{f'按{by}由高到低排列的' if by else '排名的'}{'前' if first else '后'}{count}名",
        f"among the {'first' if first else 'last'} {count} {f'by {by}, greatest first' if by else 'of the ranking'}",
    )


def outcome_effects(words: SchemeWords, outcome: Outcome) -> list[str]:
    """What an outcome does to ranks and to other outcomes."""
    titles = {other.id: other.title(words.language) for other in words.scheme.outcomes}
    found = []
    if outcome.bars:
        barred = words.listed(f"“{titles.get(name, name)}”" for name in outcome.bars)
        found.append(words.both(f"不得有{barred}", f"rules out {barred}"))
    if outcome.place is not None and any(outcome.id in other.bars for other in words.scheme.outcomes):
        found.append(
            words.both("被取消的名额由下一名递补", "the next unit moves up into a barred place")
            if outcome.fills_up
            else words.both("被取消的名额空缺，不递补", "a barred place stays empty")
        )
    if outcome.forces_last:
        found.append(words.both("不论总分，列为末位", "puts the unit last, whatever its total"))
    return found


def amount_words(words: SchemeWords, consequence: Consequence) -> str:
    """How much, where it is counted: fixed, or a range within which a person decides."""
    each = words.both("（每起分别计）", " (for each occurrence)") if consequence.each else ""
    if consequence.amount is not None and consequence.of is not None:
        share = words.percent(consequence.amount)
        return (
            words.both(f"{words.quoted(consequence.of)}的{share}", f"{share} of {words.quoted(consequence.of)}") + each
        )
    if consequence.amount is not None:
        return plain(consequence.amount) + each
    if consequence.low is not None and consequence.high is not None:
        low, high = plain(consequence.low), plain(consequence.high)
        return words.both(f"{low}至{high}，由人决定", f"{low} to {high}, decided by a person") + each
    return ""
