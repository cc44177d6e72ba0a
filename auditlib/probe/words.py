"""What a line says, what it does not say, and what to ask first: counts and comparisons, never a verdict."""

from __future__ import annotations

from collections.abc import Mapping

from auditlib.core.message import Message, Sayable, told
from auditlib.probe.count_words import counts_message
from auditlib.probe.families import Line

__all__ = [
    "ask_causes", "ask_first", "counts_said", "does_not_say", "said_message", "says", "state_message", "state_words",
    "test_message", "test_words",
]  # fmt: skip

NO_AMOUNT = Message(
    "First digits are not looked at: Benford's law is for amounts over several orders of magnitude, without limits and "
    "without numbers that are given out. Case numbers are given out, limits are chosen, durations end at a limit, "
    "ratings have three values. A column that is fit for it is named as amount in the settings."
)
LEAST = 0.0001
"""Below it a q is no number that anybody compares."""

TITLES: Mapping[str, Message] = {
    "bunching": Message("closings bunched before a limit"),
    "day_end": Message("closings in the last minutes of the day"),
    "batches": Message("closings in batches"), "office_hours": Message("closings off hours"),
    "round_times": Message("round times"), "terminal_digit": Message("last digits of minutes"),
    "identical_durations": Message("identical durations"), "backdating": Message("numbered or entered late"),
    "sequence": Message("gaps in case numbers"), "reregistered": Message("registered anew"),
    "reopened": Message("opened again"), "all_satisfied": Message("few dissatisfied"),
    "survey_share": Message("share of telephone ratings"), "nonresponse": Message("missing ratings"),
    "exclusions": Message("late cases left out"), "reclassified": Message("kinds with a longer limit"),
    "withdrawn": Message("withdrawn cases"), "impossible": Message("impossible times"),
    "clock_shift": Message("a clock moved by an hour"), "benford": Message("first digits of amounts"),
}  # fmt: skip

STATES: Mapping[str, Message] = {
    "signal": Message("signal"), "strong": Message("strong signal"), "nothing_seen": Message("nothing seen"),
    "too_few": Message("too few to test"), "not_applicable": Message("not applicable"), "fact": Message("fact"),
    "settings_missing": Message("setting missing"),
}  # fmt: skip

CAVEATS: Mapping[str, Message] = {
    "bunching": Message("It does not say that times were changed; work may be timed to the limit."),
    "day_end": Message("It does not say that times were changed; work may be timed to the limit."),
    "batches": Message("It does not say that the work was not done, only that it was entered together."),
    "office_hours": Message("It does not say that nobody worked then."),
    "round_times": Message("It does not say that times are false; a true time may have been written from paper."),
    "terminal_digit": Message("With round times it is one signal, not two."),
    "identical_durations": Message("It does not say that the work was not done; a script may have closed the cases."),
    "backdating": Message("It does not say why; numbers come in blocks, and cases are entered later from paper."),
    "sequence": Message("It does not say that cases were removed; that needs the system's own counter."),
    "reregistered": Message("It does not say that a case was hidden; problems do come back."),
    "reopened": Message("It does not say that the closing was wrong when it was made."),
    "all_satisfied": Message("It does not say that ratings were made up; cases may be easy."),
    "survey_share": Message("It does not say that people were not asked; they choose how they answer."),
    "nonresponse": Message("It does not say what the missing ratings would have been; the bounds do."),
    "exclusions": Message("It does not say that an exclusion was wrong; its clause may be about lateness."),
    "reclassified": Message("It does not say that a kind was changed; complex cases do last longer."),
    "withdrawn": Message("It does not say that anyone was pressed to withdraw; mediation works."),
    "impossible": Message("It does not say which of the two times is wrong."),
    "clock_shift": Message("It does not say that anything was changed; times were read in a wrong zone."),
    "benford": Message("It does not say that amounts are made up; prices and limits are chosen."),
}  # fmt: skip

CAUSES: Mapping[str, Message] = {
    "shift": Message("the end of a shift, or work in shifts"), "reminder": Message("automatic reminders"),
    "contractor": Message("contractors who hand in together"), "import": Message("an import or a script"),
    "arrears": Message("arrears being cleared"), "paper": Message("times entered later from paper"),
    "blocks": Message("numbers given out in blocks"), "extract": Message("an extract of part of the system"),
    "cancelled": Message("cancelled numbers"), "recurs": Message("a problem that really recurs"),
    "easy": Message("easy cases"), "choice": Message("people's own choice"),
    "hard_to_reach": Message("late customers are harder to reach"),
    "clause": Message("a clause that excludes lateness"), "complex": Message("complex cases last longer"),
    "mediation": Message("mediation"), "zone": Message("time zones and daylight saving time"),
}  # fmt: skip

ASK: Mapping[str, tuple[str, ...]] = {
    "bunching": ("shift", "reminder", "contractor"), "day_end": ("shift", "reminder"),
    "batches": ("import", "arrears", "contractor"), "office_hours": ("shift",), "round_times": ("paper", "import"),
    "terminal_digit": ("paper",), "identical_durations": ("import",), "backdating": ("blocks", "paper"),
    "sequence": ("extract", "cancelled"), "reregistered": ("recurs",), "reopened": ("recurs",),
    "all_satisfied": ("easy",),
    "survey_share": ("choice",), "nonresponse": ("hard_to_reach",), "exclusions": ("clause",),
    "reclassified": ("complex",), "withdrawn": ("mediation",), "impossible": ("zone", "paper"),
    "clock_shift": ("zone",),
    "benford": ("choice",),
}  # fmt: skip


def test_message(test: str) -> Message:
    """What a test looks at."""
    return TITLES[test]


def test_words(test: str, language: str) -> str:
    """The same in a language."""
    return told(TITLES[test], language)


def state_message(state: str) -> Message:
    """A state in words; ``nothing_seen`` is never called clean."""
    return STATES[state]


def state_words(state: str, language: str) -> str:
    """The same in a language."""
    return told(STATES[state], language)


def said_message(line: Line, clock: Sayable | None = None) -> Message:
    """The counts of a line with what they are compared with; its clock goes by its name where no words are given."""
    counts, title = line.observed.counts, TITLES[line.test]
    clock = line.clock if clock is None else clock
    if line.test == "benford" and line.state == "settings_missing":
        return NO_AMOUNT
    if line.state in ("not_applicable", "settings_missing"):
        return Message("{test}: not looked at, for want of {what}", test=title, what=str(counts.get("why", "")))
    unit = line.unit or Message("the whole ledger")
    shown = counts_message(counts)
    if line.p is None or line.observed.null is None:
        return Message("{unit}, {test} ({clock}): {counts}", unit=unit, test=title, clock=clock, counts=shown)
    adjusted = f"{line.bh:.2g}" if line.bh is None or line.bh >= LEAST else f"<{LEAST}"
    return Message(
        "{unit}, {test} ({clock}): {counts}; {expected} were to be expected, q {q}",
        unit=unit, test=title, clock=clock, counts=shown,
        expected=f"{float(line.observed.null.expected):.4g}", q=adjusted,
    )  # fmt: skip


def counts_said(line: Line, language: str) -> str:
    """The counts of a line with what was to be expected, without whose they are."""
    shown = counts_message(line.observed.counts)
    if line.p is None or line.observed.null is None:
        return told(shown, language)
    expected = f"{float(line.observed.null.expected):.4g}"
    return told(Message("{counts}; {expected} were to be expected", counts=shown, expected=expected), language)


def says(line: Line, language: str) -> str:
    """The same in a language."""
    return told(said_message(line), language)


def does_not_say(test: str, language: str) -> str:
    """What must not be read into a line of a test."""
    return told(CAVEATS[test], language)


def ask_causes(test: str) -> tuple[Message, ...]:
    """The innocent explanations to be ruled out before anything is asked of anyone."""
    return tuple(CAUSES[cause] for cause in ASK[test])


def ask_first(test: str, language: str) -> list[str]:
    """The same in a language."""
    return [told(cause, language) for cause in ask_causes(test)]
