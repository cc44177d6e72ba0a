"""What chance leaves to say, in words: sentences computed from the numbers beside them."""

from __future__ import annotations

from collections.abc import Mapping

from auditlib.chance.funnel import Verdict
from auditlib.chance.judged import JudgedShares
from auditlib.chance.totals import TotalRanks
from auditlib.core.message import Message, told

__all__ = [
    "VERDICTS",
    "p_words",
    "plain_digits",
    "share_messages",
    "share_sentences",
    "total_messages",
    "total_sentences",
    "verdict_message",
]

LEAST = 0.0001
"""Smaller p-values are not told apart in words."""

VERDICTS: Mapping[Verdict, Message] = {
    "low_alarm": Message("below 99.8 %"), "low_warning": Message("below 95 %"), "inside": Message("within"),
    "high_warning": Message("above 95 %"), "high_alarm": Message("above 99.8 %"),
}  # fmt: skip
"""Outside of which limits of chance a share lies."""


def share_sentences(found: JudgedShares, language: str) -> list[str]:
    """Whether the table says anything, who stands out, whether units do one kind of work."""
    return [told(one, language) for one in share_messages(found)]


def share_messages(found: JudgedShares) -> list[Message]:
    """The same as messages."""
    count = len(found.units)
    if count == 1:
        return [Message("One unit alone has cases: there is nothing to compare.")]
    if found.says_nothing:
        said = Message(
            "This table says nothing: chance alone gives such differences (p {p}). Each of the {count} "
            "{count:unit|units} may hold any rank.",
            p=p_words(found.homogeneity.p), count=count,
        )  # fmt: skip
    else:
        free = sum(one.ranks == (1, count) for one in found.units)
        said = (
            Message(
                "Chance alone does not explain the differences (p {p}), but no two units are surely apart: each may "
                "hold any rank.",
                p=p_words(found.homogeneity.p),
            )
            if free == count
            else Message(
                "Chance alone does not explain the differences (p {p}). Of {count} {count:unit|units} {told} "
                "{told:is|are} surely above or below another; {free} may hold any rank.",
                p=p_words(found.homogeneity.p), told=count - free, count=count, free=free,
            )
        )  # fmt: skip
    return [said, *_spread(found), *_few(found)]


def verdict_message(found: JudgedShares) -> Message:
    """The first of them in a few words, for a cell."""
    count = len(found.units)
    if count == 1:
        return Message("one unit")
    if found.says_nothing:
        return Message("says nothing")
    apart = count - sum(one.ranks == (1, count) for one in found.units)
    return Message("{told} of {count} told apart", told=apart, count=count)


def _spread(found: JudgedShares) -> list[Message]:
    spread = found.dispersion
    if spread is None:
        return []
    phi = plain_digits(spread.phi)
    if spread.kind == "different_work":
        return [
            Message(
                "They differ {phi} times as much as chance would make them ({drawn_in} with the ends drawn in). No "
                "limits are drawn: units do different work, or single ones stand apart. Compare them within one kind "
                "of case, or one limit.",
                phi=phi, drawn_in=plain_digits(spread.phi_winsorised),
            )
        ]  # fmt: skip
    said = (
        Message("They differ no more than chance would make them (φ = {phi}).", phi=phi)
        if spread.kind == "chance"
        else Message(
            "They differ {phi} times as much as chance would make them, so the limits are widened by what lies between "
            "units.",
            phi=phi,
        )
    )  # fmt: skip
    out = tuple(one.of.name for one in found.units if one.verdict in ("low_alarm", "high_alarm"))
    limits = (
        Message("Outside the limits of 99.8 %: {units}. Limits describe chance, not quality.", units=out)
        if out
        else Message("No unit is outside the limits of 99.8 %. Limits describe chance, not quality.")
    )
    return [said, limits]


def _few(found: JudgedShares) -> list[Message]:
    few = tuple(
        Message("{name} ({cases})", name=one.of.name, cases=one.of.cases) for one in found.units if one.of.too_few
    )
    return [Message("Too few cases to be ranked: {units}.", units=few)] if few else []


def total_sentences(found: TotalRanks, language: str) -> list[str]:
    """How firm the ranks by total are."""
    return [told(one, language) for one in total_messages(found)]


def total_messages(found: TotalRanks) -> list[Message]:
    """The same as messages."""
    ranked = [one for one in found.units if one.rank is not None and one.best is not None]
    if not ranked:
        return [Message("No unit has a rank by total.")]
    firm = sum(one.best == one.worst for one in ranked)
    said = [
        Message(
            "{firm} of {count} ranks stay as they are when each unit's cases are drawn anew from its own ({draws} "
            "draws, 95 % of them).",
            firm=firm, count=len(ranked), draws=found.draws,
        )
    ]  # fmt: skip
    groups = dict.fromkeys(one.group for one in ranked)
    sizes = {group: sum(one.group == group for one in ranked) for group in groups}
    nothing = [
        group
        for group, size in sizes.items()
        if size > 1 and all((one.best, one.worst) == (1, size) for one in ranked if one.group == group)
    ]
    for group in nothing:
        said.append(
            Message("This ranking says nothing: by chance each unit may hold any rank.")
            if group is None
            else Message("In {group} the ranking says nothing: by chance each unit may hold any rank.", group=group)
        )
    widest = max(ranked, key=lambda one: one.width)
    if widest.width and not nothing:
        said.append(
            Message(
                "{unit}, with {cases} {cases:case|cases}, may hold ranks {best} to {worst}.",
                unit=widest.name, cases=widest.cases, best=widest.best, worst=widest.worst,
            )
        )  # fmt: skip
    said.append(
        Message("The points stand as the rule awards them; each range is that of one unit, not of all at once.")
    )
    return said


def plain_digits(value: float) -> str:
    """Three digits, and all of a longer whole number: never an exponent."""
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def p_words(p: float) -> str:
    """A p-value with its sign: ``= 0.018``, ``< 0.0001``."""
    return "< 0.0001" if p < LEAST else f"= {p:.2g}"
