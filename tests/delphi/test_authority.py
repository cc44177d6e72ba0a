"""Authority coefficients, exactly."""

from fractions import Fraction

import pytest

from auditlib.delphi.authority import Authority, SelfAssessment, expert_authority, panel_authority

BASES = {
    "practice": {"large": Fraction("0.5"), "medium": Fraction("0.4"), "small": Fraction("0.3")},
    "theory": {"large": Fraction("0.3"), "medium": Fraction("0.2"), "small": Fraction("0.1")},
    "peers": dict.fromkeys(("large", "medium", "small"), Fraction("0.1")),
    "intuition": dict.fromkeys(("large", "medium", "small"), Fraction("0.1")),
}
FAMILIARITY = {"very": Fraction(1), "familiar": Fraction("0.8"), "fairly": Fraction("0.5"), "little": Fraction("0.3")}


def said(practice="large", theory="large", familiarity="very", **more):
    return SelfAssessment(
        {"practice": practice, "theory": theory, "peers": "small", "intuition": "small"} | more, familiarity
    )


def test_sixteen_experts_have_the_published_coefficients():
    """Shared reference table, row 7: over 16 experts Ca adds up to 15.1 and Cs to 12.4."""
    practices = ["medium"] * 9 + ["large"] * 7
    words = ["very"] * 4 + ["familiar"] * 8 + ["fairly"] * 4
    experts = [
        expert_authority(said(practice, familiarity=word), BASES, FAMILIARITY)
        for practice, word in zip(practices, words, strict=True)
    ]
    assert sum(expert.Ca for expert in experts) == Fraction("15.1")
    assert sum(expert.Cs for expert in experts) == Fraction("12.4")
    assert panel_authority(experts) == Authority(Fraction("0.94375"), Fraction("0.775"), Fraction("0.859375"))


def test_the_least_and_the_largest_Ca_of_the_published_table():
    assert expert_authority(said(), BASES, FAMILIARITY).Ca == 1
    assert expert_authority(said("small", "small"), BASES, FAMILIARITY).Ca == Fraction("0.6")


@pytest.mark.parametrize(
    ("assessment", "expected"),
    [
        (said(familiarity=None), Authority(Fraction(1), None, None)),
        (said(practice=None), Authority(None, Fraction(1), None)),
        (SelfAssessment({}, "very"), Authority(None, Fraction(1), None)),
    ],
)
def test_a_missing_answer_leaves_its_coefficient_open(assessment, expected):
    assert expert_authority(assessment, BASES, FAMILIARITY) == expected


def test_panel_means_are_over_the_experts_who_have_the_coefficient():
    experts = [Authority(Fraction(1), None, None), Authority(Fraction("0.6"), Fraction("0.4"), Fraction("0.5"))]
    assert panel_authority(experts) == Authority(Fraction("0.8"), Fraction("0.4"), Fraction("0.5"))
    assert panel_authority([]) == Authority(None, None, None)


def test_every_word_that_the_tables_do_not_know_is_named():
    with pytest.raises(ValueError, match=r"'guess'.*'huge' for theory.*'somewhat'"):
        expert_authority(said(theory="huge", familiarity="somewhat", guess="large"), BASES, FAMILIARITY)
