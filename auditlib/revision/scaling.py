"""Which numbers of a scheme file are points of an indicator, and what they are under another maximum.

All points of an indicator follow its maximum: where it starts, its floor and cap, what its rules give and take. What
is no points stays: thresholds of counts and rates, steps, multipliers. Behind a ``$name`` it is the options of the
reading, the dated values or the maximum of the gap that are scaled, provided that the name stands for points of one
scale only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from auditlib.core.errors import InputError, Problem
from auditlib.core.exact import Rounding, exact, round_exact
from auditlib.revision.splice import Place
from auditlib.scheme.load import SchemeFile
from auditlib.scheme.reference_names import references_in

__all__ = ["Scaled", "scaled_points"]

OF_INDICATOR = ("max", "start", "floor", "cap")
NAMED = ("readings", "values", "gaps")
OF_RULE = ("points", "becomes", "mark")


@dataclass(frozen=True)
class Scaled:
    """The new numbers by their place in the file, and the gaps whose supplied values belong to another scale now."""

    numbers: Mapping[Place, Fraction]
    gaps: Mapping[str, str]
    """The indicator of each gap that supplies points and has no maximum of its own."""


def scaled_points(file: SchemeFile, maxima: Mapping[str, Fraction], rounding: Rounding | None) -> Scaled:
    """Every point of ``file`` where its indicators have the new ``maxima``.

    A number p of an indicator becomes p × new maximum / old maximum: exactly, or with a ``rounding`` rounded after
    that. The maximum of a dimension is the sum of its indicators' maxima. Raises :class:`InputError` with everything
    that cannot be scaled: marks of persons, names that stand for points of several scales or for something else too,
    and points that the rounding would make nothing of.
    """
    scaling = _Scaling(file, maxima, rounding)
    scaling.run()
    if scaling.problems:
        raise InputError(list(dict.fromkeys(scaling.problems)))
    return Scaled(scaling.numbers, scaling.gaps)


class _Scaling:
    def __init__(self, file: SchemeFile, maxima: Mapping[str, Fraction], rounding: Rounding | None) -> None:
        self.file, self.maxima, self.rounding = file, maxima, rounding
        self.written: Mapping[str, Any] = file.tree.value
        self.numbers: dict[Place, Fraction] = {}
        self.gaps: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.factors: dict[Place, tuple[Fraction, str]] = {}
        self.used = Counter[str]()

    def run(self) -> None:
        for position, item in enumerate(self.written["indicators"]):
            self._indicator(("indicators", position), item)
        for position, dimension in enumerate(self.written.get("dimensions") or ()):
            self._dimension(("dimensions", position, "max"), dimension)
        self._other_uses()

    def _indicator(self, at: Place, item: Mapping[str, Any]) -> None:
        natural = next(one for one in self.file.natural.indicators if one.id == item["id"])
        new = self.maxima[natural.id]
        if isinstance(item["max"], str) and item["max"].startswith("$"):
            return self._refuse((*at, "max"), f"found {item['max']}, expected the maximum itself, to write another")
        if not natural.max:
            return self._refuse((*at, "max"), f"found the maximum {natural.max}, expected one above 0 to scale from")
        factor = new / natural.max
        if factor == 1:
            return None
        self.numbers[*at, "max"] = new
        points = [(*at, key) for key in OF_INDICATOR[1:] if key in item]
        if not isinstance(item["rules"], list):
            return self._refuse((*at, "rules"), f"found {item['rules']}, expected the rules themselves")
        for number, rule in enumerate(item["rules"]):
            if not isinstance(rule, dict):
                self._refuse((*at, "rules", number), f"found {rule}, expected the rule itself")
                continue
            points += [(*at, "rules", number, key) for key in OF_RULE if key in rule]
        for place in points:
            self._scale(place, factor, natural.id)
        return None

    def _scale(self, place: Place, factor: Fraction, indicator: str) -> None:
        value = self._at(place)
        if isinstance(value, str) and value.startswith("$"):
            self.used[value[1:]] += 1
            for behind in self._behind(value[1:], indicator):
                self._scale(behind, factor, indicator)
        elif value is True:
            message = f"found a mark by a person, out of the old maximum of {indicator}; expected points that follow it"
            self._refuse(place, message)
        elif isinstance(value, dict | list):
            self._refuse(place, "found no number, expected one to scale")
        elif value is not None:
            known, other = self.factors.setdefault(place, (factor, indicator))
            if known != factor and exact(value):
                message = f"found points of {other} and of {indicator}, whose maxima change differently"
                self._refuse(place, message)
            self._write(place, exact(value), factor)

    def _write(self, place: Place, value: Fraction, factor: Fraction) -> None:
        scaled = value * factor
        written = scaled if self.rounding is None else round_exact(scaled, self.rounding)
        if scaled and not written:
            self._refuse(place, f"found {scaled}, which the decimals would make nothing of; expected more of them")
        if written != value:
            self.numbers[place] = written

    def _behind(self, name: str, indicator: str) -> Iterator[Place]:
        """The places of the numbers that ``$name`` can stand for."""
        if name in (self.written.get("readings") or {}):
            options = self._at(("readings", name, "options"))
            yield from (("readings", name, "options", option, "value") for option in options)
        elif name in (self.written.get("values") or {}):
            yield from (("values", name, day) for day in self._at(("values", name)))
        elif "max" in self._at(("gaps", name)):
            yield "gaps", name, "max"
        else:
            self.gaps[name] = indicator

    def _dimension(self, place: Place, dimension: Mapping[str, Any]) -> None:
        old = dimension["max"]
        if isinstance(old, str) and old.startswith("$"):
            return self._refuse(place, f"found {old}, expected the maximum itself, to write another")
        inside = [one.id for one in self.file.natural.indicators if one.dimension == dimension["id"]]
        new = sum((self.maxima[name] for name in inside), Fraction(0))
        if old is not None and exact(old) != new:
            self.numbers[place] = new
        return None

    def _other_uses(self) -> None:
        """A name whose numbers change must stand for these points alone."""
        everywhere = Counter(references_in(self.written))
        for name, count in self.used.items():
            changed = [place for place in self.numbers if place[0] in NAMED and place[1] == name]
            if changed and everywhere[name] != count:
                message = f"found ${name} also where no points change, expected a name for these points alone"
                self._refuse(changed[0][:2], message)

    def _at(self, place: Place) -> Any:
        value: Any = self.written
        for step in place:
            value = value[step]
        return value

    def _refuse(self, place: Place, message: str) -> None:
        path = tuple(step if isinstance(step, int) else str(step) for step in place)
        self.problems.append(self.file.tree.problem(path, message))
