"""What a roll-up does with periods that hold nothing, or only what people decided."""

from __future__ import annotations

from pathlib import Path

from auditlib.core.period import Period
from auditlib.ledger.read import read_ledger
from auditlib.scheme.load import load_scheme
from auditlib.scoring.result import Result
from auditlib.scoring.score import score

SCHEME = load_scheme(Path(__file__).parent.parent.parent / "params" / "schemes" / "s04-hotline.yaml")
MARKS = "unit,period,indicator,points\nP,2025-01,case_handling,80\nP,2025-02,case_handling,90\nP,2025,management,70\n"


def year(folder: Path, marks: str = MARKS, **files: str) -> Result:
    for name, text in {"units": "unit\nP\nQ\n", "marks": marks, **files}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return score(SCHEME.resolve({}, {}), read_ledger(folder), Period.parse("2025"))


def test_a_month_with_marks_alone_is_no_month_without_data(tmp_path: Path) -> None:
    result = year(tmp_path)
    assert result.text(result.unit("P").total) == "155"
    assert "2025-03 has no data: left out, as the roll-up declares" in result.warnings
    assert not any(warning.startswith("2025-01 has no data") for warning in result.warnings)


def test_a_mark_that_the_scheme_takes_nowhere_is_no_data(tmp_path: Path) -> None:
    result = year(tmp_path, MARKS + "P,2025-03,satisfaction,90\n")
    assert "2025-03 has no data: left out, as the roll-up declares" in result.warnings


def test_units_that_a_month_gives_no_total_are_named(tmp_path: Path) -> None:
    result = year(tmp_path, cases="case_id,unit,received_at\nC1,P,2025-02-03T09:00:00\n")
    assert "2025-02 gives no total for Q: left out, as the roll-up declares" in result.warnings
    assert result.unit("Q").total is None


def test_a_month_that_waits_for_a_mark_is_named_apart_from_months_without_data(tmp_path: Path) -> None:
    result = year(tmp_path, cases="case_id,unit,received_at\nC1,Q,2025-02-03T09:00:00\n")
    (notice,) = result.noticed("incomplete_part")
    assert notice.units == ("Q",)
    assert not any(other.units == ("Q",) for other in result.noticed("no_total") if "2025-02" in str(other.message))
    assert (result.unit("Q").total, result.unit("Q").complete) == (None, False)
