"""Values as JSON and back: every kind of them, and nothing that a hostile file says is called."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

import pytest

from auditlib.analysis.views import Own, ScoredPeriod
from auditlib.core.message import Message
from auditlib.core.period import Period
from auditlib.core.records import PlainRecords

RECORDS = PlainRecords(Period, Message)
VALUES = [
    None, True, 0, -(10**40), "", "信访\ud7ff", Fraction(1, 3), datetime(2025, 12, 1, 8, 30), date(2025, 12, 1),
    (), (1, (2,)), [1, [2]], frozenset({"b", "a"}), {"a": (1,), ("b", 1): None}, {}, Period.parse("2025-12"),
    (Period.parse("2025-12"), Message("found {x}", x="1")),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_what_is_written_is_read_again_of_the_same_types(value) -> None:
    content = RECORDS.dumps(value)
    again = RECORDS.loads(content)
    assert again == value
    assert type(again) is type(value)
    assert RECORDS.dumps(again) == content


class Point(NamedTuple):
    x: int


@dataclass
class Strange:
    x: int


class Word(str):
    __slots__ = ()


@pytest.mark.parametrize("value", [Point(1), Strange(1), Word("a"), b"a", 0.5, object(), print, Own], ids=range(8))
def test_what_no_reader_would_find_again_is_not_written(value) -> None:
    with pytest.raises(TypeError, match="expected a value of a scored period"):
        RECORDS.dumps([value])


def test_fields_name_what_they_may_hold() -> None:
    assert PlainRecords(ScoredPeriod).loads(RECORDS.dumps(Period.parse("2025"))) == Period.parse("2025")
    with pytest.raises(TypeError, match="found Period"):
        PlainRecords(Point).dumps(Period.parse("2025"))


def period_as(**changed: object) -> bytes:
    return json.dumps(json.loads(RECORDS.dumps(Period.parse("2025-12"))) | changed).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x80\x05.", b"[]", b"{}", b"[" * 100_000, period_as(format="other"),
        period_as(types=[["os.system", ["x"]]]),
        period_as(types=[["core.period.Period", ["x"]]]), period_as(types=[]), period_as(value={"r": 0, "v": []}),
        period_as(value={"r": 9, "v": []}), period_as(value={"?": 1}), period_as(value={"f": "1/0"}),
        period_as(value={"t": "never"}), period_as(value={"f": "1", "t": "2"}), period_as(value={"m": [1]}),
        period_as(value={"s": [["l"]], "x": 1}), period_as(value={"m": [[{"l": []}, 1]]}),
    ],
)  # fmt: skip
def test_any_other_content_is_refused(content) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        RECORDS.loads(content)
    assert RECORDS.loads(period_as()) == Period.parse("2025-12")
