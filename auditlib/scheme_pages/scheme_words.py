"""How a scheme speaks of its quantities: titles, exact numbers, bounds and lists, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from auditlib.core.exact import Rounding, decimal_text
from auditlib.core.message import t, told
from auditlib.core.numerals import plain
from auditlib.core.values import Text
from auditlib.scheme.conditions import UnitCondition
from auditlib.scheme.former_policies import policies
from auditlib.scheme.former_words import FormerWords, titles_of
from auditlib.scheme.formers.choices import Holds
from auditlib.scheme.model import Scheme
from auditlib.scheme.rules import Bound
from auditlib.scheme.share_differences import is_difference

__all__ = ["SchemeWords"]

BOUNDS = {
    "≥": "{quantity} is at least {value}",
    ">": "{quantity} is above {value}",
    "≤": "{quantity} is at most {value}",
    "<": "{quantity} is below {value}",
}
COUNTS = {
    "≥": "{count} is at least {value}",
    ">": "{count} is above {value}",
    "≤": "{count} is at most {value}",
    "<": "{count} is below {value}",
}
"""The same of what is counted, of which Chinese speaks otherwise."""
GRANULARITIES = {"week": "week", "month": "month", "quarter": "quarter", "half": "half-year", "year": "year"}


@dataclass(frozen=True)
class SchemeWords:
    """The words of one scheme in one language."""

    scheme: Scheme
    language: str

    def t(self, template: str, /, **values: object) -> str:
        """A sentence in the language of the page, from its English template."""
        return t(template, self.language, **values)

    def both(self, zh: str, en: str) -> str:
        """The one of two wordings that the page is written in."""
        return en if self.language == "en" else zh

    def title(self, quantity: str) -> str:
        """The title of a quantity; its name where the scheme has no such thing."""
        return self.scheme.title_of(quantity)(self.language) if quantity in self.scheme.quantity_names else quantity

    def duty(self, name: str) -> str:
        """The title of a duty."""
        return self.scheme.duty(name).title(self.language)

    def derived(self, register: str) -> tuple[tuple[str, str], ...]:
        """The columns that the scheme adds to a register, by name, each with its title where it has one.

        An act has those of its case too.
        """
        titles: dict[str, Text | None] = {}
        for one in ("cases", "acts") if register == "acts" else (register,):
            titles |= {name: column.title for name, column in self.scheme.extra_columns.get(one, {}).items()}
            own = self.scheme.extra_registers.get(one)
            titles |= {name: column.title for name, column in own.columns.items()} if own else {}
            titles |= {name: column.title for name, column in self.scheme.columns.get(one, {}).items()}
        return tuple((name, title(self.language)) for name, title in titles.items() if title)

    def quoted(self, quantity: str) -> str:
        """The title in quotation marks, as a sentence names it."""
        return f"“{self.title(quantity)}”"

    def is_percent(self, quantity: str) -> bool:
        """Whether people write the quantity as a percentage."""
        return self.scheme.is_percent(quantity)

    def amount(self, quantity: str, value: Fraction) -> str:
        """A value of the quantity, exactly: ``85%``, ``3``, ``1/3``."""
        if is_difference(self.scheme, quantity):
            return self.distance(quantity, value)
        return self.percent(value) if self.is_percent(quantity) else plain(value)

    def percent(self, value: Fraction) -> str:
        """A share as a percentage, exactly."""
        return self.t("{number} %", number=plain(value * 100))

    def distance(self, quantity: str, value: Fraction) -> str:
        """A difference of two values: of percentages it is in percentage points."""
        if not self.is_percent(quantity):
            return plain(value)
        return self.t("{number} percentage {number:point|points}", number=plain(value * 100))

    def condition(self, condition: UnitCondition) -> str:
        """Conditions on quantities as they are asked."""
        said = FormerWords(self.scheme).condition(condition)
        return told(said, self.language, titles_of(self.scheme, self.language))

    def former(self, name: str) -> str:
        """What a computed quantity is made of."""
        return told(FormerWords(self.scheme).of(name), self.language, titles_of(self.scheme, self.language))

    def policies(self, name: str) -> str:
        """What a computed quantity declares where its source leaves something open."""
        found = policies(FormerWords(self.scheme), self.scheme.quantities[name])
        titles = titles_of(self.scheme, self.language)
        return self.t("; ").join(told(one, self.language, titles) for one in found)

    def bound(self, bound: Bound) -> str:
        """A bound as a clause of a sentence: ``“解决率”不低于95%``."""
        if isinstance(former := self.scheme.quantities.get(bound.of), Holds) and former.title is None:
            return self.condition(former.holds)
        said = (COUNTS if bound.of in self.scheme.measures else BOUNDS)[bound.sign]
        name = self.quoted(bound.of)
        return self.t(said, quantity=name, count=name, value=self.amount(bound.of, bound.threshold))

    def bound_formula(self, bound: Bound) -> str:
        """A bound as arithmetic: ``解决率 ≥ 95%``."""
        if isinstance(former := self.scheme.quantities.get(bound.of), Holds) and former.title is None:
            return self.condition(former.holds)
        return f"{self.title(bound.of)} {bound.sign} {self.amount(bound.of, bound.threshold)}"

    def points(self, value: Fraction) -> str:
        """Points without their sign, with the unit."""
        return self.t("{number} {number:point|points}", number=plain(abs(value)))

    def between(self, low: Fraction | None, high: Fraction | None) -> str:
        """A range with both ends included, either of which may be open: ``0至70``."""
        if low is not None and high is not None:
            return self.t("from {low} to {high}", low=plain(low), high=plain(high))
        if low is not None:
            return self.t("at least {low}", low=plain(low))
        return "" if high is None else self.t("at most {high}", high=plain(high))

    def gain(self, value: Fraction) -> str:
        """What points do, as a verb: ``扣0.5分``, ``earns 2 points``."""
        if value == 0:
            return self.t("changes nothing")
        return self.t("costs {points}" if value < 0 else "earns {points}", points=self.points(value))

    def signed(self, value: Fraction) -> str:
        """Points with their sign: ``+2``, ``−0.5``."""
        return f"+{plain(value)}" if value > 0 else plain(value)

    def weighted(self, weights: Mapping[str, Fraction]) -> str:
        """A weighted sum of quantities: ``10 × 满意 + 6 × 基本满意``."""
        parts: list[str] = []
        for name, weight in weights.items():
            factor = "" if abs(weight) == 1 else f"{plain(abs(weight))} × "
            sign = ("− " if parts else "−") if weight < 0 else ("+ " if parts else "")
            parts.append(f"{sign}{factor}{self.title(name)}")
        return " ".join(parts)

    def granularity(self, name: str) -> str:
        """A kind of period in words."""
        return self.t(GRANULARITIES[name])

    def listed(self, items: Iterable[str]) -> str:
        """Several things as people list them."""
        return told(tuple(items), self.language)

    def missing(self, gaps: Iterable[str]) -> str:
        """What the gaps lack."""
        return self.t("; ").join(self.scheme.gaps[name].missing(self.language) for name in gaps)

    def width(self, value: Fraction) -> str:
        """A share of the whole as a width in a style sheet."""
        return decimal_text(value * 100, Rounding(3)) + "%"
