"""Krippendorff's α: his own example, and what has none."""

import pytest

from auditlib.delphi.statistics.reliability import UNDEFINED, krippendorff_alpha

NAN = float("nan")

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C: four observers, twelve units.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorffs_own_example(level, alpha):
    found = krippendorff_alpha(OBSERVERS, level)
    assert found.alpha == pytest.approx(alpha, abs=5e-4)
    assert (found.raters, found.items, found.pairable, found.undefined) == (4, 12, 40, None)


def test_marks_of_a_panel_are_ordinal_unless_said_otherwise():
    assert krippendorff_alpha(OBSERVERS) == krippendorff_alpha(OBSERVERS, "ordinal")


@pytest.mark.parametrize(
    ("marks", "reason"),
    [([[1, NAN], [NAN, 2]], "no_pairs"), ([[3, 3], [3, 3]], "one_mark"), ([[3, 4], [3, NAN]], "one_mark")],
)
def test_where_alpha_is_not_defined_the_reason_is_named(marks, reason):
    found = krippendorff_alpha(marks)
    assert (found.alpha, found.undefined) == (None, reason)
    assert UNDEFINED[reason].zh


def test_one_expert_is_refused():
    with pytest.raises(ValueError, match="expected at least two experts"):
        krippendorff_alpha([[1, 2, 3]])
