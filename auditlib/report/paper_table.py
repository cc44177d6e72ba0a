"""Tables of three lines as papers print them (三线表), and the numbers in them as text."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from auditlib.core.exact import fixed_text
from auditlib.core.numerals import for_people
from auditlib.report.markup import render_table, table_text

__all__ = ["Cell", "PaperTable", "fixed", "p_text", "percent"]

Cell = str | None


@dataclass(frozen=True)
class PaperTable:
    """A three-line table: its rows, which columns hold numbers, and the kind of each row."""

    frame: pd.DataFrame
    numbers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    dense: bool = False

    def html(self, caption: str, language: str) -> str:
        kinds: dict[str, Any] = {"row_kinds": self.kinds} if self.kinds else {}
        return render_table(
            self.frame, caption, language, kind=f"three-line{' dense' * self.dense}", numbers=self.numbers, **kinds
        )

    def text(self, caption: str) -> str:
        return table_text(self.frame, caption)


def fixed(value: float | Fraction | None, digits: int) -> str | None:
    """A number with all its ``digits``, rounded half up, with a true minus; None stays None."""
    if value is None:
        return None
    exact = value if isinstance(value, Fraction) else Fraction(repr(float(value)))
    return for_people(fixed_text(exact, digits))


def percent(value: Fraction | float | None, digits: int = 1) -> str | None:
    """A share in percent, without the sign."""
    return (
        None
        if value is None
        else fixed((value if isinstance(value, Fraction) else Fraction(repr(value))) * 100, digits)
    )


def p_text(p: float | None, sign: bool = False) -> str | None:
    """A p as papers print it: three decimals, ``<0.001`` below; ``sign`` puts the equals sign before it."""
    if p is None:
        return None
    text = "<0.001" if p < 0.001 else ">0.999" if 0.9995 <= p < 1 else fixed(p, 3) or ""
    return text if not sign else text.replace("<", "< ").replace(">", "> ") if text[0] in "<>" else f"= {text}"
