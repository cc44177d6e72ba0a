"""`auditlib try` without a terminal: states, differences, what-ifs, worked examples, and what cannot be tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.analysis.trying.difference import quantity_lines
from auditlib.analysis.trying.rows import with_rows
from auditlib.analysis.trying.state import Tried, look
from auditlib.analysis.trying.what_if import RowChange, row_change
from auditlib.core.errors import InputError
from auditlib.core.period import parse_period
from auditlib.ledger.read import read_ledger
from auditlib.runs.beginning.folder import write_beginning

ASKED = ("scheme.yaml", "--ledger", "ledger", "--period", "2025-06", "--unit", "E1", "--language", "en")


@pytest.fixture
def tried(tmp_path: Path, monkeypatch, run_cli):  # type: ignore[no-untyped-def]
    write_beginning(tmp_path / "rates", "rates", "en")
    write_beginning(tmp_path / "points", "points", "en")
    write_beginning(tmp_path / "duties", "duties", "en")

    def run(*options: str, of: str = "points"):  # type: ignore[no-untyped-def]
        monkeypatch.chdir(tmp_path / of)
        return run_cli("try", *ASKED, "--once", *options)

    return run


def lines_of(done) -> list[str]:  # type: ignore[no-untyped-def]
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_the_state_of_a_unit(tried) -> None:
    assert lines_of(tried()) == [
        "East office (E1)  2025-06  Total 96 / 100, Rank 1",
        "  timeliness Timeliness  56 / 60  (late −4)",
        "  satisfaction Satisfaction  40 / 40",
    ]


@pytest.mark.parametrize(
    ("options", "difference"),
    [
        # by hand: without C2 one late case is left, which costs 2 of 60
        (["--row", "C2 closed_at=2025-06-12T09:00:00"], [
            "--row 'C2 closed_at=2025-06-12T09:00:00'",
            "scheme.yaml:19:5  timeliness Timeliness  56 / 60 → 58 / 60",
            "  scheme.yaml:26:13  late −4 → −2: late 2 → 1",
            "Total 96 / 100, Rank 1 → Total 98 / 100, Rank 1",
        ]),
        # a third late case, at 5 points each: 60 − 15 = 45
        (["--set", "timeliness.late.points=-5", "--row", "+cases unit=E1 received_at=2025-06-02 due_at=2025-06-03"], [
            "--set timeliness.late.points=-5",
            "--row '+cases unit=E1 received_at=2025-06-02 due_at=2025-06-03'",
            "scheme.yaml:19:5  timeliness Timeliness  56 / 60 → 45 / 60",
            "  scheme.yaml:26:13  late −4 → −15: late 2 → 3",
            "Total 96 / 100, Rank 1 → Total 85 / 100, Rank 2",
        ]),
        # neither of the late cases: full marks
        (["--row", "-C2", "--row", "-cases:C3"], [
            "--row -C2", "--row -cases:C3",
            "scheme.yaml:19:5  timeliness Timeliness  56 / 60 → 60 / 60",
            "  scheme.yaml:26:13  late −4 → 0: late 2 → 0",
            "Total 96 / 100, Rank 1 → Total 100 / 100, Rank 1",
        ]),
        (["--set", "measures.late.title=x"], ["--set measures.late.title=x", "no change: Total 96 / 100, Rank 1"]),
    ],
)  # fmt: skip
def test_a_what_if_shows_what_it_changes_and_where_the_rule_stands(tried, options, difference) -> None:
    assert lines_of(tried(*options)) == difference
    assert lines_of(tried())[0] == "East office (E1)  2025-06  Total 96 / 100, Rank 1"  # nothing was saved


def test_another_reading_is_a_what_if(tried) -> None:
    # 2 of 2 in time of three due is 1/3: 61 2/3 points below 95 %, which cost more than 60 either way; W1 is in time.
    # With C3 gone it is 1 of 2, 45 points below: 90 of 60. So C2 alone late of 21: 20/21, 5/21 of a point above.
    done = tried("--reading", "point=exact", "--row", "-C3", "--set", "timeliness.floor=-100", of="rates")
    assert lines_of(done)[-1] == "Total 40 / 100, Rank 2 → Total 10 / 100, Rank 2"  # 60 − 2 × 45 + 40


@pytest.mark.long
def test_duties_are_counted(tried) -> None:
    assert "  pass_on Passed on within 1 working day  met 1, late 1" in lines_of(tried(of="duties"))
    changed = lines_of(tried("--row", "H5 at=2025-06-06T08:00:00", of="duties"))
    assert any(one.endswith("pass_on Passed on within 1 working day  met 1, late 1 → met 2") for one in changed)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--row", "C9 closed_at="], "found no row C9, expected the key of a row of units, cases"),
        (["--row", "C2 closd_at=2025-06-12"], "found the column closd_at, expected one of case_id"),
        (["--row", "C2 closed_at=soon"], "closed_at: found soon, expected an ISO 8601 time"),
        (["--row", "C2 closed_at=2025-06-01"], "expected a time not before received_at"),
        (["--row", "C2 unit=E9"], "found E9, expected"),
        (["--row", "+cases unit=E1"], "found nothing for received_at, expected a value"),
        (["--row", "C2"], "found 'C2', expected `C3 closed_at=2025-06-09T10:00:00`"),
        (["--set", "timeliness.nothing=1"], "found no such place, expected a place such as INDICATOR.RULE.points"),
        (["--set", "timeliness.late.points=few"], "scheme.yaml:26:73: indicators[0].rules[0].points: found 'few'"),
        (["--set", "measures.late.where=closd_at > due_at"], "scheme.yaml:15:42: measures.late.where: found closd_at"),
        (["--reading", "point=never"], "found point, expected one of the readings: none"),
    ],
)
def test_what_cannot_be_tried_is_refused_by_its_place(tried, options, message) -> None:
    done = tried(*options)
    assert done.exit_code == 2
    assert message in done.stderr


@pytest.mark.long
def test_a_unit_that_is_not_assessed_is_refused(tried, run_cli) -> None:
    tried()
    done = run_cli("try", *ASKED[:6], "E7", "--once")
    assert done.exit_code == 2
    assert "found E7, expected one of those assessed in 2025-06: E1, W1" in done.stderr


@pytest.mark.long
def test_the_state_becomes_a_worked_example_that_comes_out(tried, run_cli) -> None:
    done = tried("--row", "C2 closed_at=2025-06-12T09:00:00", "--example", "examples/second.yaml")
    assert lines_of(done)[-1] == "written examples/second.yaml"
    text = Path("examples/second.yaml").read_text(encoding="utf-8")
    assert "timeliness: '58'" in text
    assert "due_at: '2025-06-12'" in text  # a day stays a day
    compared = run_cli("examples", "scheme.yaml", "examples")
    assert compared.exit_code == 0, compared.stdout
    assert "3 worked examples, 0 come out otherwise" in compared.stderr
    again = tried("--example", "examples/second.yaml")
    assert again.exit_code == 2
    assert "found a file, expected a new name" in again.stderr


@pytest.mark.long
def test_an_example_tells_another_reading_beside_the_own(tried, run_cli) -> None:
    options = ("--row", "-C3", "--set", "timeliness.floor=-100")
    assert tried("--reading", "point=exact", *options, "--example", "examples/r.yaml", of="rates").exit_code == 2
    assert tried("--reading", "point=exact", "--row", "-C3", "--example", "examples/r.yaml", of="rates").exit_code == 0
    assert "reading: {point: exact}" in Path("examples/r.yaml").read_text(encoding="utf-8")
    compared = run_cli("examples", "scheme.yaml", "examples")
    assert (compared.exit_code, compared.stdout) == (0, "")


@pytest.mark.long
def test_duties_become_a_worked_example_too(tried, run_cli) -> None:
    assert tried("--example", "examples/d.yaml", of="duties").exit_code == 0
    compared = run_cli("examples", "scheme.yaml", "examples/d.yaml")
    assert (compared.exit_code, compared.stdout) == (0, "")


def test_every_row_of_a_ledger_stays_as_it_is_when_nothing_of_it_changes(tmp_path) -> None:
    """A typed row told as cells and read again is the same row, a deadline at the end of a day among them."""
    write_beginning(tmp_path / "x")
    ledger = read_ledger(tmp_path / "x" / "ledger")
    for key in ("C1", "C3", "C5"):
        told = with_rows(ledger, [RowChange("change", "", key, {"unit": "W1"})], None)
        back = with_rows(told, [RowChange("change", "", key, {"unit": "E1" if key < "C4" else "W1"})], None)
        found, was = (one.registers["cases"].collect().sort("case_id") for one in (back, ledger))
        assert found.equals(was)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("C3 closed_at=2025-06-09", RowChange("change", "", "C3", {"closed_at": "2025-06-09"})),
        ("C3 reason='a b' kind=", RowChange("change", "", "C3", {"reason": "a b", "kind": ""})),
        ("unit_facts:E1/2025-06/calls value=3", RowChange("change", "unit_facts", "E1/2025-06/calls", {"value": "3"})),
        ("+cases unit=E1", RowChange("add", "cases", "", {"unit": "E1"})),
        ("-C3", RowChange("drop", "", "C3")),
    ],
)
def test_a_change_is_read_and_told_alike(text, change) -> None:
    assert row_change(text) == change
    assert row_change(str(change)) == change


@pytest.mark.parametrize("text", ["C3", "C3 =x", "-C3 a=b", "C3 'x", "closed_at=3"])
def test_a_change_that_says_nothing_is_refused(text) -> None:
    with pytest.raises(InputError, match="expected `C3"):
        row_change(text)


TREE = """\
quantities:
  late: {rows: cases, where: "due_at is not null and coalesce(closed_at, as_of) > due_at"}
  received: {rows: cases}
  share: {divide: [late, received], zero: not_assessable}
tree:
  - id: whole
    title: Whole
    clause: "1"
    cap: 90
    nodes:
      - {id: a, title: A, clause: "1", start: 60, floor: 0, cap: 60,
         rules: [{id: late, clause: "1", title: late, points: -2, per: late}]}
      - {id: b, title: B, clause: "2", start: 40, floor: 0, cap: 40,
         rules: [{id: share, clause: "2", title: share, points: -30, per: share}]}
"""


@pytest.mark.long
def test_a_tree_and_its_quantities_are_tried_alike(tried, tmp_path) -> None:
    """By hand: E1 has 2 of 3 late, 60 − 4 and 40 − 20; with C2 in time 60 − 2 and 40 − 10."""
    file = tmp_path / "points" / "scheme.yaml"
    text = file.read_text(encoding="utf-8")
    start, end = text.index("words:"), text.index("ranking:")
    file.write_text(text[:start] + TREE + text[end:], encoding="utf-8")
    found = lines_of(tried("--row", "C2 closed_at=2025-06-12T09:00:00"))
    assert [one.partition("  ")[2] for one in found if one.startswith("scheme.yaml")] == [
        "a A  56 → 58", "b B  20 → 30", "whole Whole  76 → 88",
    ]  # fmt: skip
    assert lines_of(tried("--set", "whole.cap=70"))[1].endswith("whole Whole  76 → 70")


@pytest.mark.long
@pytest.mark.parametrize(
    ("of", "name", "language", "first"),
    [
        ("points", "late", "en", "late  proved range [0, ∞), whole numbers"),
        ("points", "late", "zh", "late  规则本身决定的取值范围 [0, ∞), 整数"),
        ("rates", "on_time_rate", "en", "on_time_rate  proved range [0 %, 100 %]"),  # of due cases those closed in time
    ],
)
def test_a_quantity_is_told_with_where_the_rules_let_it_lie(tried, tmp_path, of, name, language, first) -> None:
    asked = Tried("scheme.yaml", Path("ledger"), parse_period("2025-06", "--period"), "E1")
    tried(of=of)
    told = list(quantity_lines(look(asked), name, language))
    assert told[0] == first
    assert {line[:4] for line in told[1:]} == {"* E1", "  W1"}  # in the order of the ranks


def test_a_share_is_told_as_a_percentage_and_says_where_it_is_rounded(tried, tmp_path) -> None:
    """One of three due is in time: a third; with C2 closed a day earlier two are, and both are told rounded."""
    asked = Tried("scheme.yaml", Path("ledger"), parse_period("2025-06", "--period"), "E1")
    found = lines_of(tried("--row", "C2 closed_at=2025-06-11T00:00:00", of="rates"))
    assert any(one.endswith("on_time_rate ≈ 33.33 % → ≈ 66.67 %") for one in found), found
    told = list(quantity_lines(look(asked), "on_time_rate", "en"))
    assert [one.rpartition("  ")[2] for one in told if one.startswith("* E1")] == ["≈ 33.33 %"]
    assert [one.rpartition("  ")[2] for one in told if one.startswith("  W1")] == ["100 %"]


@pytest.mark.long
def test_a_row_with_a_word_that_no_rule_knows_is_told(tried) -> None:
    """No rule counts it, so that nothing changes: without the word nobody would see why."""
    known = "--row", "+cases unit=E1 received_at=2025-06-02 satisfaction=satisfied"
    unknown = "--row", "+cases unit=E1 received_at=2025-06-02 satisfaction=satisfyed"
    assert not [line for line in lines_of(tried(*known)) if line.startswith("!")]
    (told,) = [line for line in lines_of(tried(*unknown)) if line.startswith("!")]
    assert "satisfyed" in told
