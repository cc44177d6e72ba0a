"""Messages: every template stands in the Chinese catalogue with the same values, and nothing else stands there."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import auditlib
from auditlib.core.message import CATALOGUE, NOTICE_KINDS, Message, Notice, told
from auditlib.core.period import Period
from auditlib.core.values import Text

PACKAGE = Path(auditlib.__file__).parent


def calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield file, node


def catalogue() -> dict[str, str]:
    with (CATALOGUE / "zh" / "LC_MESSAGES" / "auditlib.po").open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, abort_invalid=True) if entry.id}


def written() -> set[str]:
    found = set()
    for file, call in calls("Message"):
        literal = bool(call.args) and isinstance(call.args[0], ast.Constant)
        assert literal, f"{file}:{call.lineno}: the template is no literal"
        found.add(call.args[0].value)
    return found


def fields(template: str) -> set[str]:
    """The values that a template puts in."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_template_has_its_chinese_and_the_catalogue_holds_nothing_else() -> None:
    assert written() == set(catalogue())


@pytest.mark.parametrize(("english", "chinese"), sorted(catalogue().items()))
def test_both_languages_put_in_the_same_values(english: str, chinese: str) -> None:
    assert fields(chinese) <= fields(english)
    assert fields(english) - fields(chinese) <= {"name"}  # the name of a gap is for programs
    assert chinese.strip()


def test_every_template_is_given_the_values_that_it_puts_in() -> None:
    for file, call in calls("Message"):
        given = {word.arg for word in call.keywords}
        assert isinstance(call.args[0], ast.Constant)
        assert fields(call.args[0].value) == given, f"{file}:{call.lineno}"


def test_every_kind_of_notice_is_given_by_something_and_every_notice_has_a_kind() -> None:
    given = {call.args[0].value for _, call in calls("Notice") if isinstance(call.args[0], ast.Constant)}
    assert given == set(NOTICE_KINDS)


def test_values_are_told_in_the_language_of_the_sentence() -> None:
    inner = Message("left out")
    message = Message("{period} has no data: {how}, as the roll-up declares", period=Period.parse("2025-03"), how=inner)
    assert str(message) == "2025-03 has no data: left out, as the roll-up declares"
    assert told(message, "zh") == "2025年3月 没有数据，按办法不计入"
    assert told(("A", "B"), "zh") == "A、B"
    assert told(("A", "B"), "en") == "A, B"
    assert told(Text(zh="甲", en="one"), "en") == "one"
    assert told(Fraction(-1, 3), "zh") == "−1/3"
    assert told(datetime(2026, 1, 2, 3, 4), "en") == "2026-01-02 03:04"
    assert told("as it stands", "zh") == "as it stands"


def test_a_notice_concerns_its_units_or_all() -> None:
    assert Notice("tie", Message("left out"), ("A", "B")).concerns("A")
    assert not Notice("tie", Message("left out"), ("B",)).concerns("A")
    assert Notice("gap", Message("left out")).concerns("A")
