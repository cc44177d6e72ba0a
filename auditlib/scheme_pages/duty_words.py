"""Duties in words: who owes what to whom, from when on, how long, and what moves, halts or excuses it."""

from __future__ import annotations

from collections.abc import Iterable

from auditlib.core.message import Named, told
from auditlib.scheme.duties import Actor, Counting, Duty, DutyLimit, DutyStart, Extension, Moment
from auditlib.scheme.limit_words import limit_said, so_many
from auditlib.scheme_pages.quantity_words import column_title, condition
from auditlib.scheme_pages.scheme_words import SchemeWords

__all__ = ["actor_words", "counting_words", "duty_aspects"]

OF = {
    "cases": "each case", "acts": "each act", "submissions": "each submission", "events": "each event",
    "units": "each unit",
}  # fmt: skip
SOFT = {True: " (as a rule: counted apart)", "advisory": " (advice: what is later is done, not late)"}
ENDS = {"day": "to the end of the last day", "time": "to the same time of day"}
FIRST_DAY = {"excluded": "the first day not counted", "included": "the first day counted"}
LAST_DAY = {
    "stands": "The last day stands, even where it is a day of rest; the answer of the Civil Code, article 203, is "
    "shown beside it.",
    "next_working_day": "A last day that is a day of rest moves to the next working day.",
}
BEFORE = {"included": "“Before the 7th” takes in the 7th.", "excluded": "“Before the 7th” leaves out the 7th."}
BELONGS = {
    "due": "A duty is judged in the period in which its limit ends.",
    "from": "A duty is judged in the period in which it begins.",
}
RECEIVED = {
    "that_day": "What comes on a day of rest counts as received that day.",
    "next_working_day": "What comes on a day of rest counts as received on the next working day.",
}
RANGE = {
    "upper": "Of a printed range of days the upper number binds.",
    "lower": "Of a printed range of days the lower number binds.",
}


def duty_aspects(words: SchemeWords, duty: Duty) -> dict[str, str]:
    """What is to be said of a duty, by what it answers: who, for which, what, from when, how long, unless."""
    found = {
        words.t("Who owes it"): actor_words(words, duty.by, duty.of),
        words.t("For which"): _for_which(words, duty),
        words.t("What"): _what(words, duty),
        words.t("Runs from"): _start(words, duty),
        words.t("Limit"): _limits(words, duty, duty.limits),
        words.t("Word without a number"): _vague(words, duty),
        words.t("Or else"): words.t("; ").join(_way(words, duty, way.to, way.limits) for way in duty.ways),
        words.t("Extension"): _extension(words, duty.extended) if duty.extended else "",
        words.t("Pause"): _pause(words, duty),
        words.t("Excused"): condition(words, duty.excused, duty.of) if duty.excused else "",
        words.t("Handed over"): _handed_over(words, duty),
        words.t("Higher rule"): _higher(words, duty),
        words.t("Within"): words.listed(words.duty(name) for name in duty.inside),
        words.t("Ought to be"): _ought(words, duty),
        words.t("Decided by"): _referral(words, duty),
    }
    return {aspect: said for aspect, said in found.items() if said}


def actor_words(words: SchemeWords, name: str, register: str = "cases") -> str:
    """An actor by the title that the scheme gives, or the column that names the unit."""
    actor: Actor | None = words.scheme.actors.get(name)
    if actor is None:
        return words.t("the unit in {column}", column=column_title(words, register, name))
    return words.t("{actor} (outside: a right, no duty)", actor=actor) if actor.outside else told(actor, words.language)


def _moment(words: SchemeWords, moment: Moment, register: str) -> str:
    """A column with a time, or an act with who does it and which of them counts."""
    if isinstance(moment, str):
        return column_title(words, register, moment)
    acts = _either(words, moment.act)
    by = words.t(" by {actor}", actor=actor_words(words, moment.by)) if moment.by else ""
    where = words.t(" where {condition}", condition=condition(words, moment.where, "acts")) if moment.where else ""
    return words.t("the act {acts}{by}{where}", acts=acts, by=by, where=where)


def _limit(words: SchemeWords, limit: DutyLimit, register: str) -> str:
    """A limit with its condition, its reckoning of days where that is its own, and whether it binds."""
    said = _span(words, limit, register)
    own = [words.t(FIRST_DAY[limit.first_day])] if limit.first_day else []
    own += [words.t(ENDS[limit.ends])] if limit.ends else []
    if limit.at_best is not None:
        own.append(words.t("target {span}", span=so_many(limit.at_best, limit.unit)))
    said += words.t(" ({reckoning})", reckoning=words.t(", ").join(own)) if own else ""
    said += words.t(SOFT[limit.soft]) if limit.soft else ""
    if limit.when is None:
        return said
    return words.t("{span} where {condition}", span=said, condition=condition(words, limit.when, register))


def counting_words(words: SchemeWords, counting: Counting) -> list[str]:
    """How a scheme counts time, a sentence each."""
    days = words.t(
        "Limits in days: {first}, {end}.",
        first=words.t(FIRST_DAY[counting.first_day]), end=words.t(ENDS[counting.ends]),
    )  # fmt: skip
    policies = (
        (LAST_DAY, counting.last_day), (BEFORE, counting.before), (BELONGS, counting.belongs),
        (RECEIVED, counting.received_on_rest_day), (RANGE, counting.range),
    )  # fmt: skip
    return [days, *(words.t(said[value]) for said, value in policies)]


def _span(words: SchemeWords, limit: DutyLimit, register: str) -> str:
    """How long a limit is; a gap by what is missing, a column by its title."""

    def title(name: Named) -> str:
        gap = words.scheme.gaps.get(name.id)
        return gap.missing(words.language) if gap else column_title(words, register, name.id)

    return told(limit_said(limit), words.language, title)


def _either(words: SchemeWords, acts: Iterable[str]) -> str:
    return words.t(" or ").join(f"“{act}”" for act in acts)


def _for_which(words: SchemeWords, duty: Duty) -> str:
    each = words.t(OF[duty.of])
    if duty.when is None:
        return each
    return words.t("{each} where {condition}", each=each, condition=condition(words, duty.when, duty.of))


def _what(words: SchemeWords, duty: Duty) -> str:
    if duty.to is not None:
        return words.t("; and ").join(_moment(words, moment, duty.of) for moment in duty.to)
    if duty.never is not None:
        shown = f"{words.t('; ')}{_moment(words, duty.shown_by, duty.of)}" if duty.shown_by else ""
        return words.t("never: “{act}”{shown}", act=duty.never, shown=shown)
    if duty.order is not None:
        return words.t("in this order: {acts}", acts=words.t(" → ").join(_either(words, acts) for acts in duty.order))
    if duty.filled is not None:
        return words.t(
            "recorded: {columns}", columns=words.listed(column_title(words, duty.of, name) for name in duty.filled)
        )
    assert duty.asked is not None
    return words.t("a person answers: {question}", question=duty.asked)


def _start(words: SchemeWords, duty: Duty) -> str:
    if duty.start is None:
        return ""
    if isinstance(duty.start, DutyStart):
        return words.t("the end of the limit of “{duty}”", duty=words.duty(duty.start.due))
    return _moment(words, duty.start, duty.of)


def _limits(words: SchemeWords, duty: Duty, limits: Iterable[DutyLimit]) -> str:
    return words.t("; ").join(_limit(words, limit, duty.of) for limit in limits)


def _vague(words: SchemeWords, duty: Duty) -> str:
    if duty.vague is None:
        return ""
    said = words.t("“{word}”: nothing is judged late by it until a limit is supplied", word=duty.vague)
    return words.t("{said}, where no limit above holds", said=said) if duty.limits else said


def _way(words: SchemeWords, duty: Duty, to: Moment, limits: tuple[DutyLimit, ...]) -> str:
    act, within = _moment(words, to, duty.of), _limits(words, duty, limits)
    return words.t("{act}, within {limit}", act=act, limit=within) if within else act


def _extension(words: SchemeWords, extension: Extension) -> str:
    parts = [words.t("by the act “{act}”", act=extension.act)]
    if extension.needs:
        columns = words.listed(column_title(words, "acts", name) for name in extension.needs)
        parts.append(words.t("which needs {columns}", columns=columns))
    if extension.most is None:
        parts.append(words.t("the source sets no most"))
    else:
        most = _span(words, extension.most, "acts")
        said = "at most {most} in all" if extension.of == "total" else "at most {most} more"
        parts.append(words.t(said, most=most))
    parts.append(
        words.t("only if granted before the limit ends" if extension.before == "due" else "whenever it was granted")
    )
    if extension.told:
        parts.append(words.t("and only if “{act}” follows it", act=extension.told))
    return words.t("; ").join(parts)


def _pause(words: SchemeWords, duty: Duty) -> str:
    if duty.paused is None:
        return ""
    return words.t("from the act “{act}” to the act “{ends}”", act=duty.paused.act, ends=duty.paused.ends)


def _handed_over(words: SchemeWords, duty: Duty) -> str:
    over = duty.handed_over
    if over is None:
        return ""
    said = words.t("with the act “{act}”", act=over.act)
    if not over.needs:
        return said
    columns = words.listed(column_title(words, "acts", name) for name in over.needs)
    return words.t("{act}, which needs {columns}", act=said, columns=columns)


def _higher(words: SchemeWords, duty: Duty) -> str:
    if duty.higher is None:
        return ""
    return words.t(
        "{document} {clause}: at most {days} {days:day|days}, extended by {more}",
        document=duty.higher.document, clause=duty.higher.clause, days=duty.higher.days, more=duty.higher.extended,
    )  # fmt: skip


def _ought(words: SchemeWords, duty: Duty) -> str:
    ought = duty.ought
    if ought is None:
        return ""
    said = "not before the limit of “{duty}”" if ought.not_before else "not after the limit of “{duty}”"
    return words.t(said, duty=words.duty(ought.not_before or ought.not_after or ""))


def _referral(words: SchemeWords, duty: Duty) -> str:
    if duty.referral is None:
        return ""
    to, against = (actor_words(words, name) for name in (duty.referral.to, duty.referral.against))
    return words.t("{judge}, about an act of {other}", judge=to, other=against)
