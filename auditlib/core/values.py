"""Typed values of a declared file: exact numbers, days, texts in two languages, and models that take nothing else."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from auditlib.core.exact import exact
from auditlib.core.refusals import Said, key_of, shown

__all__ = [
    "NUMBER",
    "Day",
    "Number",
    "Positive",
    "PositiveNumber",
    "Strict",
    "Text",
    "Whole",
    "both_languages",
    "exactly_one",
    "in_order",
    "number",
    "range_words",
]


NUMBER = 'a number such as 12, "-0.5" or "1/3"'
WHOLE = "a whole number"
FROM_ONE = "a whole number of at least 1"
ABOVE_NOTHING = "a number above 0"
MOST = 10**12
"""Of whole numbers that are counted with, so that nothing runs over."""
DAY = "a date such as 2025-01-31"


def number(value: object) -> Fraction:
    """The exact value of a number in a declared file: ``95%`` is 0.95, and ``1pp`` (a percentage point) 0.01.

    Raises :class:`ValueError`.
    """
    try:
        for sign in ("%", "pp"):
            if isinstance(value, str) and value.rstrip().endswith(sign):
                return exact(value.rstrip().removesuffix(sign)) / 100
        return exact(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"found {shown(value)}, expected {NUMBER}") from None


def _whole(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"found {shown(value)}, expected {WHOLE}")
    if abs(value) > MOST:
        raise ValueError(f"found {shown(value)}, expected {WHOLE} of at most {MOST:,}")
    return value


def _positive(value: object) -> object:
    whole = _whole(value)
    if whole < 1:  # type: ignore[operator]
        raise ValueError(f"found {shown(value)}, expected {FROM_ONE}")
    return whole


def _positive_number(value: object) -> Fraction:
    found = number(value)
    if found <= 0:
        raise ValueError(f"found {shown(value)}, expected {ABOVE_NOTHING}")
    return found


def _day(value: object) -> object:
    """A day as YAML gives it, or as text; a bare number would be taken for seconds since 1970."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"found {shown(value)}, expected {DAY}") from None


WRITTEN = WithJsonSchema({"type": ["integer", "string"], "examples": [12, "-0.5", "1/3"]})
"""How a number is written in a declared file, for an editor: never as a binary float."""

Number = Annotated[Fraction, PlainValidator(number), PlainSerializer(str), Said(NUMBER), WRITTEN]
"""An exact number in a declared file: a whole number, or quoted text such as ``"0.85"``."""
Whole = Annotated[int, BeforeValidator(_whole), Said(WHOLE)]
"""A whole number; neither a truth value nor text stands for one."""
Positive = Annotated[int, BeforeValidator(_positive), Said(FROM_ONE)]
"""A whole number of at least 1."""
PositiveNumber = Annotated[
    Fraction, PlainValidator(_positive_number), PlainSerializer(str), Said(f"{NUMBER}, above 0"), WRITTEN
]
"""An exact number above 0."""
Day = Annotated[date, BeforeValidator(_day), Said(DAY)]
"""A day."""


class Strict(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


def exactly_one(model: Strict, *keys: str) -> None:
    """Refuses a model that gives none, or several, of keys that exclude one another."""
    given = [key for key in keys if getattr(model, key) is not None]
    if len(given) != 1:
        found, known = ([key_of(type(model), key) for key in names] for names in (given, keys))
        raise ValueError(f"found {' and '.join(found) or 'none of them'}, expected exactly one of {', '.join(known)}")


def in_order(low: Fraction | None, high: Fraction | None) -> None:
    """Refuses a range that ends before it begins."""
    if low is not None and high is not None and low > high:
        raise ValueError(f"found low {low} above high {high}, expected low to be at most high")


def range_words(low: Fraction | None, high: Fraction | None) -> str:
    """What a range with both ends, or one, asks for."""
    if low is not None and high is not None:
        return f"a value from {low} to {high}"
    return "any value" if low is None and high is None else f"at least {low}" if high is None else f"at most {high}"


def both_languages(data: Any) -> Any:
    """A mapping whose text is given in one language alone, under both: each stands in where the other is missing."""
    given = [key for key in ("zh", "en") if key in data] if isinstance(data, dict) else []
    return data | {"zh": data[given[0]], "en": data[given[0]]} if len(given) == 1 else data


class Text(Strict):
    """A text for people, in Chinese and English: ``{zh: …, en: …}``.

    One language is enough, as a bare text or under its key: readers of the other one see it, too.
    """

    SAID: ClassVar[str] = "a text, or {zh: …, en: …}"

    zh: str
    en: str

    @model_validator(mode="before")
    @classmethod
    def _one_language(cls, data: Any) -> Any:
        if type(data) is dict and len(data) > 1:  # as most are written
            return data
        return both_languages({"zh": data} if isinstance(data, str) else data)

    def __call__(self, language: str) -> str:
        return self.en if language == "en" else self.zh
