"""The one door for exact numbers, against ``decimal`` as an independent oracle."""

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.core.exact import Rounding, decimal_text, exact, round_exact, whole_steps

CONTEXT = decimal.Context(prec=60)
ORACLE = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "down": decimal.ROUND_DOWN,
    "up": decimal.ROUND_UP,
}
MODES = st.sampled_from(sorted(ORACLE))
DIGITS = st.integers(0, 6)
DECIMALS = st.decimals(min_value=-(10**6), max_value=10**6, places=8)
FRACTIONS = st.fractions(min_value=-1000, max_value=1000, max_denominator=500)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.85", Fraction(17, 20)),
        ("0.1", Fraction(1, 10)),
        ("-2", Fraction(-2)),
        ("1/3", Fraction(1, 3)),
        (" 12 ", Fraction(12)),
        ("+.5", Fraction(1, 2)),
        ("1e-2", Fraction(1, 100)),
        (7, Fraction(7)),
        (Decimal("0.10"), Fraction(1, 10)),
        (Fraction(2, 6), Fraction(1, 3)),
    ],
)
def test_text_whole_numbers_decimals_and_fractions_come_in_exactly(written, value):
    assert exact(written) == value
    assert isinstance(exact(written), Fraction)


@pytest.mark.parametrize("value", [0.1, 1.0, float("nan"), True, None, [1], 1j])
def test_a_binary_float_and_other_kinds_are_refused(value):
    with pytest.raises(TypeError, match=f"not {type(value).__name__}"):
        exact(value)


@pytest.mark.parametrize(
    "text", ["", "NaN", "sNaN", "Infinity", "-inf", "twelve", "1/0", "1,000", "12%", "1/2/3", "0x10"]
)
def test_text_that_is_no_finite_number_is_refused_and_named(text):
    with pytest.raises(ValueError, match="is not a number such as 12") as caught:
        exact(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])
def test_a_decimal_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="is not a number"):
        exact(value)


@pytest.mark.parametrize(
    ("value", "mode", "expected"),
    [
        ("0.5", "half_up", "1"),
        ("-0.5", "half_up", "-1"),
        ("2.5", "half_even", "2"),
        ("-2.5", "half_even", "-2"),
        ("3.5", "half_even", "4"),
        ("-3.5", "half_even", "-4"),
        ("2.9", "down", "2"),
        ("-2.9", "down", "-2"),
        ("2.1", "up", "3"),
        ("-2.1", "up", "-3"),
        ("-2", "up", "-2"),
    ],
)
def test_halves_and_negative_numbers_go_the_declared_way(value, mode, expected):
    assert round_exact(exact(value), Rounding(0, mode)) == exact(expected)


@given(DECIMALS, DIGITS, MODES)
def test_rounding_agrees_with_decimal_quantize(value, digits, mode):
    expected = value.quantize(Decimal(1).scaleb(-digits), rounding=ORACLE[mode], context=CONTEXT)
    assert round_exact(exact(value), Rounding(digits, mode)) == Fraction(expected)


@given(st.integers(-999, 999), DIGITS, MODES)
def test_rounding_of_an_exact_half_agrees_with_decimal_quantize(whole, digits, mode):
    half = (Decimal(whole) + Decimal("0.5")).scaleb(-digits)
    expected = half.quantize(Decimal(1).scaleb(-digits), rounding=ORACLE[mode], context=CONTEXT)
    assert round_exact(exact(half), Rounding(digits, mode)) == Fraction(expected)


@given(FRACTIONS, DIGITS, MODES)
def test_rounding_moves_less_than_one_unit_of_the_last_digit_and_at_most_half_to_the_nearest(value, digits, mode):
    moved = abs(round_exact(value, Rounding(digits, mode)) - value) * 10**digits
    assert moved <= Fraction(1, 2) if mode.startswith("half") else moved < 1


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        ("80.50", 2, "80.5"),
        ("-2", 2, "-2"),
        ("100", 2, "100"),
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("-0.004", 2, "0"),
        ("1/3", 4, "0.3333"),
        ("2/3", 0, "1"),
        ("0", 3, "0"),
        ("1200", 0, "1200"),
        ("1000000.000001", 6, "1000000.000001"),
    ],
)
def test_decimal_text_is_plain_and_has_no_trailing_zeros_and_no_negative_zero(value, digits, text):
    assert decimal_text(exact(value), Rounding(digits)) == text


@given(FRACTIONS, DIGITS, MODES)
def test_decimal_text_reads_back_as_the_rounded_number(value, digits, mode):
    rounding = Rounding(digits, mode)
    text = decimal_text(value, rounding)
    assert Fraction(text) == round_exact(value, rounding)
    assert "." not in text or (not text.endswith("0") and len(text.partition(".")[2]) <= digits)


@pytest.mark.parametrize(
    ("excess", "mode", "steps"),
    [
        ("59", "floor", "0"),
        ("60", "floor", "1"),
        ("119", "floor", "1"),
        ("1", "ceil", "1"),
        ("60", "ceil", "1"),
        ("61", "ceil", "2"),
        ("90", "exact", "3/2"),
        ("0", "ceil", "0"),
        ("-1", "ceil", "0"),
        ("-61", "floor", "0"),
        ("-1", "exact", "0"),
    ],
)
def test_steps_of_sixty_minutes_completed_started_or_in_proportion(excess, mode, steps):
    assert whole_steps(exact(excess), Fraction(60), mode) == exact(steps)


@given(FRACTIONS, st.fractions(min_value=Fraction(1, 100), max_value=100, max_denominator=100))
def test_steps_agree_with_laying_one_step_after_another(excess, size):
    laid = 0
    while (laid + 1) * size <= min(excess, 50 * size):
        laid += 1
    excess = min(excess, 50 * size)
    started = laid + (1 if excess > laid * size else 0)
    assert whole_steps(excess, size, "floor") == laid
    assert whole_steps(excess, size, "ceil") == (started if excess > 0 else 0)
    assert whole_steps(excess, size, "exact") * size == max(excess, 0)
