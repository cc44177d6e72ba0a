"""How well personal data are told from what only looks like them: recall and precision on sixty texts of each.

The texts are those of the tests: the first sixty were written one by one, of the three hundred more each value stands
in each of the sentences. A text counts as found where any kind of personal data is found in it. What was missed or
found by mistake is named by its number, so that it can be looked up.

    .venv/bin/python benchmarks/bench_personal.py
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from auditlib.core.exact import Rounding, decimal_text
from auditlib.ledger.privacy.find import find_personal

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "ledger"))
from personal_texts import HARMLESS, MORE_HARMLESS, MORE_PLANTED, PLANTED

FOUR = Rounding(digits=4)


def shares(planted: Sequence[str], harmless: Sequence[str]) -> tuple[Fraction, Fraction, list[int], list[int]]:
    """Recall and precision, and the numbers from 1 of planted texts missed and of harmless ones found."""
    missed = [number for number, text in enumerate(planted, 1) if not find_personal(text)]
    alarms = [number for number, text in enumerate(harmless, 1) if find_personal(text)]
    found = len(planted) - len(missed)
    return Fraction(found, len(planted)), Fraction(found, found + len(alarms)), missed, alarms


def main() -> None:
    print(f"{'texts':10} {'planted':>8} {'harmless':>9} {'recall':>8} {'precision':>10}")
    for name, planted, harmless in (("by hand", PLANTED, HARMLESS), ("combined", MORE_PLANTED, MORE_HARMLESS)):
        recall, precision, missed, alarms = shares(planted, harmless)
        shown = f"{decimal_text(recall, FOUR):>8} {decimal_text(precision, FOUR):>10}"
        print(f"{name:10} {len(planted):8} {len(harmless):9} {shown}")
        print(f"{'':10} missed: {missed or 'none'}; false alarms: {alarms or 'none'}")


if __name__ == "__main__":
    main()
