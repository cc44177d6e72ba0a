"""Messages: a sentence as its English template with its values, told in the language of whoever reads it.

The template is the gettext message id, so that the English sentence stands where its numbers are, and
``locale/zh/LC_MESSAGES/auditlib.po`` holds the Chinese of every one. Nothing reads a sentence back: what a program
has to recognise is the ``kind`` of a :class:`Notice`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import Literal, get_args

from auditlib.core.home import PACKAGE
from auditlib.core.numerals import plain
from auditlib.core.period import Period
from auditlib.core.values import Text

__all__ = [
    "COMMA",
    "LANGUAGES",
    "NOTICE_KINDS",
    "Joined",
    "Message",
    "Named",
    "Notice",
    "Sayable",
    "Titles",
    "points_words",
    "sentence",
    "t",
    "told",
    "worded",
]

LANGUAGES = ("zh", "en")
CATALOGUE = PACKAGE / "locale"
COMMA = {"zh": "、", "en": ", "}

NoticeKind = Literal[
    "ignored_file", "no_register", "unknown_word", "empty_word", "unknown_fact", "unknown_group", "unmoved_unit",
    "rejected_rows", "gap", "outside_days_in_force", "not_checked_since", "mark_not_used", "waiting_rows",
    "undecided_place", "tie", "not_ranked", "different_maxima", "no_data", "part_without_data", "no_total",
    "above_full_marks", "unequal_parts", "incomplete_part", "outside_validity", "calendar_ends", "provisional_days",
    "act_of_no_case", "unknown_act", "act_before_case", "unknown_unit", "untimely_unit", "formality_missing",
    "nothing_recorded", "rarely_recorded",
    "supplied_limit", "duty_unknown", "checked_otherwise",
    "adjusted", "adjusted_later", "moved_by_adjustments", "appeal_pending", "appeal_elsewhere",
]  # fmt: skip
NOTICE_KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)
"""What a notice can be about; each kind is one template, or a few with the same meaning."""


@dataclass(frozen=True, init=False)
class Message:
    """A sentence: an English template with values in braces, and these values.

    A value is text as it is, a number (exact: a fraction is written out), a time, a period, a :class:`Text`, a
    :class:`Named`, a :class:`Joined`, another message, or a tuple of such, which is told as a list. ``str`` gives the
    English sentence.
    """

    template: str
    values: tuple[tuple[str, object], ...]

    def __init__(self, template: str, /, **values: object) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", tuple(values.items()))

    def __str__(self) -> str:
        return told(self, "en")

    def with_texts(self, change: Callable[[str], str]) -> Message:
        """The same sentence with every text among its values, and in lists of them, as ``change`` gives it."""

        def changed(value: object) -> object:
            if isinstance(value, tuple):
                return tuple(map(changed, value))
            return change(value) if isinstance(value, str) else value

        return Message(self.template, **{name: changed(value) for name, value in self.values})

    def naming(self, names: Mapping[str, str]) -> Message:
        """The same sentence with its units (the values ``unit`` and ``units``) called by their ``names``, by code."""

        def named(value: object, *, unit: bool) -> object:
            if isinstance(value, tuple):
                return tuple(named(one, unit=unit) for one in value)
            if isinstance(value, Message):
                return value.naming(names)
            return names.get(value, value) if unit and isinstance(value, str) else value

        return Message(self.template, **{key: named(own, unit=key in ("unit", "units")) for key, own in self.values})


@dataclass(frozen=True)
class Named:
    """What a file calls a part of itself: told as it is written, or by the title that a reader knows it by.

    ``of`` says whose part it is where the name alone does not tell, as it is with an option of a reading.
    """

    id: str
    of: str = ""

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, init=False)
class Joined:
    """Names and other values between signs that are the same in every language: ``satisfaction ≥ 85``.

    Neighbouring texts are one piece, so that the same formula is equal however it was put together.
    """

    pieces: tuple[object, ...]

    def __init__(self, *pieces: object) -> None:
        joined: list[object] = []
        for piece in pieces:
            for one in piece.pieces if isinstance(piece, Joined) else (piece,):
                if isinstance(one, str) and joined and isinstance(joined[-1], str):
                    joined[-1] += one
                elif one != "":
                    joined.append(one)
        object.__setattr__(self, "pieces", tuple(joined))

    def __str__(self) -> str:
        return told(self, "en")


Sayable = Message | Joined | Named | Text | str
"""What can be told: a message, a formula, a name, a text of a scheme, or words of the data, which no language
changes."""

Titles = Callable[[Named], str]
"""The title of what a name stands for."""


@dataclass(frozen=True)
class Notice:
    """What a reader must know of a result: its ``kind`` for programs, its ``message`` for people.

    ``units`` are those it concerns; empty where it concerns all.
    """

    kind: NoticeKind
    message: Message
    units: tuple[str, ...] = ()

    def concerns(self, unit: str) -> bool:
        return not self.units or unit in self.units

    def among(self, units: set[str]) -> Notice:
        """The same, said of no other units than these."""
        return replace(self, units=tuple(unit for unit in self.units if unit in units))


class _Plural(Formatter):
    """As ``str.format``, with ``{count:case|cases}`` for the first where the value is 1, −1 or +1, else the second."""

    def format_field(self, value: object, format_spec: str) -> str:
        one, sign, many = format_spec.partition("|")
        return (one if str(value).lstrip("+−") == "1" else many) if sign else str(value)


def t(template: str, language: str, /, **values: object) -> str:
    """A sentence of the reports in a language, from its English template: ``t("{count} rows", "zh", count=3)``.

    The values are told as those of a :class:`Message`; words that hang on a number stand as ``{count:case|cases}``.
    Raises KeyError for another language than :data:`LANGUAGES`, and for a sentence without Chinese.
    """
    return sentence(template, language, **values).replace(" %", "\N{NO-BREAK SPACE}%")


def sentence(template: str, language: str, /, **values: object) -> str:
    """The same with an ordinary space before ``%``: for plain text."""
    return told(Message(template, **values), language)


def points_words(points: str, language: str) -> str:
    """Points with their unit, from their number as it is shown: ``+1 分``, ``−2.5 points``."""
    return sentence("{points} {points:point|points}", language, points=points)


def worded(template: str, language: str) -> str:
    """A template in a language, its values still in braces: for scripts that put them in."""
    return template if language == "en" else _catalogue(language)[template]


def told(said: object, language: str, titles: Titles | None = None) -> str:
    """``said`` in a language, ``zh`` or ``en``, and names by their ``titles`` where these are given.

    Raises KeyError for a message without Chinese: a test excludes it.
    """
    if isinstance(said, Message):
        values = {name: told(value, language, titles) for name, value in said.values}
        return _Plural().vformat(worded(said.template, language), (), values)
    if isinstance(said, Joined):
        return "".join(told(piece, language, titles) for piece in said.pieces)
    if isinstance(said, Named):
        return said.id if titles is None else titles(said)
    if isinstance(said, Text):
        return said(language)
    if isinstance(said, Period):
        return said.words(language)
    if isinstance(said, tuple):
        return COMMA[language].join(told(one, language, titles) for one in said)
    if isinstance(said, datetime):
        return said.isoformat(" ", "minutes" if said.second == said.microsecond == 0 else "auto")
    if isinstance(said, Fraction):
        return plain(said)
    return str(said)


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    if language not in LANGUAGES:
        raise KeyError(language)
    from babel.messages.pofile import read_po  # English needs none

    with (CATALOGUE / language / "LC_MESSAGES" / "auditlib.po").open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return MappingProxyType({str(message.id): str(message.string) for message in catalogue if message.id})
