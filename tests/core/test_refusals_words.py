"""What a refused value should have been is said in words for every key of a scheme file, never as a type of Python."""

import re
import typing
from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel

from auditlib.core.errors import InputError
from auditlib.core.refusals import shown, wanted
from auditlib.core.values import Day, Number, Strict, Whole
from auditlib.core.yaml_file import read_yaml
from auditlib.scheme.model import Scheme


def places(model, seen):
    """Every field of a model and of the models inside it, with its type."""
    if model in seen:
        return
    seen.add(model)
    for name, info in model.model_fields.items():
        yield (
            f"{model.__name__}.{name}",
            Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation,
        )
        for inner in models_in(info.annotation):
            yield from places(inner, seen)


def models_in(annotation):
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from models_in(part)


FIELDS = dict(places(Scheme, set()))


def test_every_key_of_a_scheme_says_what_may_stand_there():
    words = {place: wanted(annotation) for place, annotation in FIELDS.items()}
    anything = [place for place, text in words.items() if "a value" in text]
    assert anything == ["Option.value", "Scheme.values"]  # whatever the rule takes in whose place it stands
    python = re.compile(r"\b(class|typing|tuple|dict|NoneType|Fraction|int|str)\b|[\[\]<>]")
    assert [place for place, text in words.items() if python.search(text)] == []
    assert len(words) > 150


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (str, "text"),
        (Whole, "a whole number"),
        (Number, 'a number such as 12, "-0.5" or "1/3"'),
        (Day, "a date such as 2025-01-31"),
        (bool, "true or false"),
        (str | None, "text or null"),
        (Number | None, 'a number such as 12, "-0.5" or "1/3", or null'),
        (Literal["floor", "ceil"], "floor or ceil"),
        (tuple[Literal["floor", "ceil"], ...], "a list of the words floor and ceil"),
        (tuple[str, ...], "a list of texts"),
        (dict[str, str], "a mapping of names, each to text"),
    ],
)
def test_what_a_type_asks_for_in_words(annotation, words):
    assert wanted(annotation) == words


FORTY = ", ".join(f"k{n}" for n in range(40))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        (12, "the number 12"),
        ("一", "'一'"),
        ("", "an empty text"),
        ("长" * 100, f"'{'长' * 60}…'"),
        ("two\nlines", "'two lines'"),
        ([], "an empty list"),
        ([1, 2], "a list of 2"),
        ({}, "an empty mapping"),
        ({"a": 1, "b": 2}, "a mapping with the keys a, b"),
        (
            {f"k{n}": n for n in range(60)},
            f"a mapping with the keys {', '.join(f'k{n}' for n in range(40))} and 20 more",
        ),
        (datetime(2025, 1, 31, 12), "the time 2025-01-31 12:00:00"),
    ],
)
def test_what_was_found_is_shown_in_one_line(value, words):
    assert shown(value) == words


class Inner(Strict):
    id: str
    size: Whole
    since: Day | None = None


class Outer(Strict):
    title: str
    many: tuple[Inner, ...] = ()
    named: dict[str, Inner] = {}
    mode: Literal["floor", "ceil"] | Inner = "floor"
    anything: Any = None


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("title: 5", ['1:1: title: found the number 5, expected text, which stands in quotes: "5"']),
        ("title: true", ['1:1: title: found true, expected text, which stands in quotes: "true"']),
        ("title: [a]", ["1:1: title: found a list of 1, expected text"]),
        ("title:", ["1:1: title: found nothing, expected text"]),
        (
            "title: t\nmany: {id: a}",
            [
                "2:1: many: found a mapping with the key id, expected a list, each item a mapping with the keys id, "
                "size (and perhaps since)"
            ],
        ),
        ("title: t\nmany:\n  - {id: a, size: true}", ["3:13: many[0].size: found true, expected a whole number"]),
        ("title: t\nmany:\n  - {id: a, size: '5'}", ["3:13: many[0].size: found '5', expected a whole number"]),
        (
            "title: t\nmany:\n  - {id: a, size: 5, since: 2025}",
            ["3:22: many[0].since: found the number 2025, expected a date such as 2025-01-31"],
        ),
        (
            "title: t\nnamed: [a]",
            [
                "2:1: named: found a list of 1, expected a mapping of names, each to a mapping with the keys id, size "
                "(and perhaps since)"
            ],
        ),
        ("title: t\nmode: flor", [
            "2:1: mode: found 'flor', expected floor or ceil, or a mapping with the keys id, size (and perhaps since)"
        ]),
        ("title: t\nmode: {id: a}", ["2:1: mode: missing key `size`, expected a whole number"]),
    ],
)  # fmt: skip
def test_a_refused_value_is_told_with_what_may_stand_there(tmp_path, text, messages):
    file = tmp_path / "x.yaml"
    file.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_yaml(Outer, file, "x.yaml")
    assert str(caught.value).splitlines() == [f"x.yaml:{message}" for message in messages]
