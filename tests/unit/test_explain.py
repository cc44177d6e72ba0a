"""Lines whose quantity is a place among others show the index behind the place and what it is made of."""

from __future__ import annotations

from pathlib import Path

from auditlib.explain import explain
from auditlib.ledger.read import read_ledger
from auditlib.period import Period
from auditlib.scheme.load import load_scheme
from auditlib.score import score

PARAMS = Path(__file__).parents[2] / "params"


def test_a_standing_is_explained_by_its_index() -> None:
    resolved = load_scheme(PARAMS / "schemes" / "s12-jiangsu-insurance.yaml").resolve()
    ledger = read_ledger(PARAMS / "demonstrations" / "s12-jiangsu-insurance")
    result = score(resolved, ledger, Period.parse("2025"))
    (line,) = [line for line in explain(resolved, result, result.unit("P8"), "en") if line.rule == "letters"]
    assert line.operands == (
        "index of letters = 0.4 × 0.58333333 + 0.6 × 0.91145833 = 0.78020833 → points by rank for letters = 15"
    )
    assert line.arithmetic == "−1 × 15 = −15"
