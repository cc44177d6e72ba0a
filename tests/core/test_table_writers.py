"""One table, as machines and as people are given it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from auditlib.core.exact import Rounding
from auditlib.core.message import Message
from auditlib.core.table import Field, Number, Table, number

TWO = Rounding(2)
Unit = tuple[str, Fraction | None]
FIELDS = (
    Field[Unit]("unit", "Code", lambda row: row[0]),
    Field[Unit]("change", "Against the last period", lambda row: number(row[1], TWO, sign=True)),
    Field[Unit]("complete", "Complete", lambda row: Message("yes")),
    Field[Unit]("tie", "Undecided tie", lambda row: (row[0], "B")),
    Field[Unit]("count", "Number", lambda row: 0),
)
ROWS: list[Unit] = [("=A", Fraction(-1, 3)), ("C", Fraction(2)), ("D", None)]


def test_machines_are_given_keys_plain_signs_and_english() -> None:
    assert Table.of(FIELDS, ROWS).records() == [
        {"unit": "=A", "change": "-0.33", "complete": "yes", "tie": "=A; B", "count": 0},
        {"unit": "C", "change": "2", "complete": "yes", "tie": "C; B", "count": 0},
        {"unit": "D", "change": None, "complete": "yes", "tie": "D; B", "count": 0},
    ]


def test_people_are_given_titles_true_signs_and_their_language() -> None:
    frame = Table.of(FIELDS, ROWS).frame("zh")
    assert list(frame.columns) == ["代码", "较上期", "是否完整", "并列未定", "件数"]
    assert frame.iloc[0].tolist() == ["=A", "−0.33", "是", "=A、B", "0"]
    assert frame.iloc[:, 1].tolist() == ["−0.33", "+2", None]


def test_csv_runs_nothing_as_a_formula_and_leaves_a_negative_number_alone() -> None:
    assert Table.of(FIELDS, ROWS, "unit", "change").csv() == "unit,change\n'=A,-0.33\nC,2\nD,\n"


def test_the_columns_that_are_wanted_come_in_the_order_that_is_wanted() -> None:
    assert Table.of(FIELDS, ROWS, "change", "unit").keys == ("change", "unit")
    with pytest.raises(KeyError, match="rank"):
        Table.of(FIELDS, ROWS, "rank")


def test_a_number_stays_exact_until_it_is_written() -> None:
    cell = Table.of(FIELDS, ROWS, "change").rows[0][0]
    assert cell == Number(Fraction(-1, 3), TWO, sign=True)
