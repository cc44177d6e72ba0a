"""Messages: every template stands in the Chinese catalogue with the same values, and nothing else stands there."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import auditlib
from auditlib.core.message import NOTICE_KINDS, Joined, Message, Named, Notice, points_words, t, told
from auditlib.core.period import Period
from auditlib.core.values import Text

PACKAGE = Path(auditlib.__file__).parent
MODULE = PACKAGE / "core" / "message.py"


MESSAGES = PACKAGE / "locale" / "zh" / "LC_MESSAGES" / "auditlib.po"
HALF_WIDTH = re.compile("(?<=[\u4e00-\u9fff])[,;:?!()]|[,;:?!()](?=[\u4e00-\u9fff])")
IN_TEMPLATES = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
SAID_IN_TEMPLATES = re.compile(rf"\bt\((?:{IN_TEMPLATES.pattern})")
NOUNS = "indicators|points|cases|units|rows|days|places|questions|decimals|experts|items|limits|periods"


@cache
def trees() -> tuple[tuple[Path, ast.Call | ast.Constant], ...]:
    """The calls and the literals of the whole package, read once."""
    return tuple(
        (file, node)
        for file in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call | ast.Constant)
    )


def calls(*names: str) -> Iterator[tuple[Path, ast.Call]]:
    """The calls of functions, or of methods, of these names."""
    for file, node in trees():
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) in names
            and node.args
        ):
            yield file, node


def literals(node: ast.AST) -> list[str]:
    """The texts that an expression can be: a literal, or one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return literals(node.body) + literals(node.orelse) if isinstance(node, ast.IfExp) else []


@cache
def catalogue() -> Mapping[str, str]:
    with MESSAGES.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, abort_invalid=True) if entry.id}


def in_templates() -> set[str]:
    """The texts in quotes in the templates of pages."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(PACKAGE.rglob("*.j2")))
    quoted = [*IN_TEMPLATES.findall(text), *SAID_IN_TEMPLATES.findall(text)]  # a loose apostrophe misleads the first
    return {(one or other).replace("\\'", "'") for one, other in quoted}


def fields(template: str) -> set[str]:
    """The values that a template puts in."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_sentence_has_its_chinese() -> None:
    said = {text for _, call in calls("Message", "t") for text in literals(call.args[0])}
    assert len(said) > 500
    assert sorted(said - catalogue().keys()) == []


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    written = {node.value for _, node in trees() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert sorted(catalogue().keys() - written - in_templates()) == []


def test_no_sentence_stands_twice_and_other_tools_read_the_catalogue() -> None:
    names = re.findall(r'^msgid "(.+)"$', MESSAGES.read_text(encoding="utf-8"), re.M)
    assert sorted(set(names)) == sorted(names)
    with MESSAGES.open("rb") as file:
        read = read_po(file)
    assert str(read.locale) == "zh"


def test_both_languages_put_in_the_same_values() -> None:
    for english, chinese in catalogue().items():
        assert fields(chinese) <= fields(english), english
        assert fields(english) - fields(chinese) <= {"name"}, english  # the name of a gap is for programs
        assert chinese.strip() or not english.strip(), english


def test_chinese_sentences_use_full_width_punctuation() -> None:
    assert [zh for zh in catalogue().values() if HALF_WIDTH.search(zh)] == []


def test_no_english_sentence_has_a_plural_behind_a_number_that_can_be_one() -> None:
    plural = re.compile(rf"{{\w+}} (?:more |rest |working )?(?:{NOUNS})\b")
    by_script = {"{shown} of {all} rows shown", "Showing {shown} of {all} rows"}
    assert {english for english in catalogue() if plural.search(english)} <= by_script


def test_one_is_singular_in_english_and_so_is_its_verb() -> None:
    closed = "{closed} {closed:is|are} closed, after a median of {days} {days:day|days}; {open} {open:is|are} open."
    assert t(closed, "en", closed=0, days=2, open=1).endswith("; 1 is open.")
    assert t(closed, "en", closed=1, days=1, open=12) == "1 is closed, after a median of 1 day; 12 are open."


@pytest.mark.parametrize(
    ("points", "english"),
    [("1", "1 point"), ("+1", "+1 point"), ("−1", "−1 point"), ("≈ 1", "≈ 1 points"), ("0", "0 points"),
     ("11", "11 points"), ("−2.5", "−2.5 points")],
)  # fmt: skip
def test_a_point_won_or_lost_is_one_point(points: str, english: str) -> None:
    assert points_words(points, "en") == english
    assert points_words(points, "zh") == f"{points} 分"


def test_a_sentence_without_chinese_is_an_error_and_not_shown_in_english() -> None:
    with pytest.raises(KeyError, match="no such sentence"):
        t("no such sentence", "zh")
    with pytest.raises(KeyError, match="fr"):
        t("Total", "fr")


def test_every_message_is_a_literal_and_is_given_the_values_that_it_puts_in() -> None:
    for file, call in calls("Message"):
        if file == MODULE:  # `sentence` makes one of any template: the next test reads its callers
            continue
        given = {word.arg for word in call.keywords}
        assert isinstance(call.args[0], ast.Constant), f"{file}:{call.lineno}: the template is no literal"
        assert fields(call.args[0].value) == given, f"{file}:{call.lineno}"


def test_every_sentence_said_at_once_is_given_the_values_that_it_puts_in() -> None:
    for file, call in calls("t", "sentence"):
        given = {word.arg for word in call.keywords}
        if None in given or not (said := literals(call.args[0])):
            continue
        assert set().union(*map(fields, said)) <= given, f"{file}:{call.lineno}"


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


def test_names_are_told_by_their_titles_where_these_are_known() -> None:
    message = Message("no value meets {condition}", condition=Joined(Named("prompt"), " ≥ ", "1/2"))
    assert str(message) == told(message, "en") == "no value meets prompt ≥ 1/2"
    assert told(message, "zh", lambda name: {"prompt": "及时率"}[name.id]) == "没有数值满足及时率 ≥ 1/2"
    assert told((Named("a"), Named("b", "readings.c")), "zh", lambda name: name.of or "甲") == "甲、readings.c"


def test_a_formula_is_the_same_however_it_was_put_together() -> None:
    whole = Joined(Named("a"), " = ", "1", " + 2")
    assert whole == Joined("", Joined(Named("a")), " = 1 + ", Joined("2"))
    assert len({whole, Joined(Named("a"), " = 1 + 2")}) == 1
    assert str(whole) == "a = 1 + 2"


def test_a_notice_concerns_its_units_or_all() -> None:
    assert Notice("tie", Message("left out"), ("A", "B")).concerns("A")
    assert not Notice("tie", Message("left out"), ("B",)).concerns("A")
    assert Notice("gap", Message("left out")).concerns("A")


def test_only_units_are_called_by_their_names_also_in_sentences_within_sentences() -> None:
    names = {"P1": "North", "P2": "South"}
    inner = Message("{unit} {points}", unit="P1", points=Fraction(3))
    whole = Message(
        "{what}: {units}; rule {rule} of {unit}", what=inner, units=(inner, "P2", "P9"), rule="P1", unit="P2"
    )
    assert str(whole.naming(names)) == "North 3: North 3, South, P9; rule P1 of South"
    assert str(whole) == "P1 3: P1 3, P2, P9; rule P1 of P2"
