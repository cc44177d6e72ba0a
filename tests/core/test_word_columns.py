"""Columns of a table in a Word document: no number is broken while the page is wide enough."""

from __future__ import annotations

import pytest

from auditlib.core.word_document import shared_out


def test_parts_are_as_wanted_where_nothing_is_too_narrow() -> None:
    assert shared_out(12, [1, 2, 3], [1, 1, 1]) == pytest.approx([2, 4, 6])


def test_a_narrow_part_takes_what_it_needs_from_the_others() -> None:
    assert shared_out(12, [1, 2, 3], [3, 1, 1]) == pytest.approx([3, 3.6, 5.4])


def test_what_is_narrow_only_after_the_others_were_served_is_served_too() -> None:
    # 3 to the first leaves 9 for 1 : 9; the second gets 0.9, below 2, so the third has the rest.
    assert shared_out(12, [1, 1, 9], [3, 2, 1]) == pytest.approx([3, 2, 7])


def test_where_the_least_does_not_fit_in_parts_are_as_wanted() -> None:
    assert shared_out(4, [1, 1], [3, 2]) == pytest.approx([2, 2])
