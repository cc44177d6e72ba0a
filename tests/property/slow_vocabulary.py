"""A slow obvious twin of the vocabulary: quantities, conditions and peers as they are written, one unit at a time.

It reads the words of a file directly, shares no code with the library, keeps every number a fraction, and says None
where something is not assessable.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from typing import Any

__all__ = ["World"]

Value = Fraction | None


def plain(value: Any) -> Value:
    """A number as it is written: 3, "1/3", "95%", "1pp"; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    try:
        if text.endswith("%"):
            return Fraction(text[:-1]) / 100
        return Fraction(text[:-2]) / 100 if text.endswith("pp") else Fraction(text)
    except ValueError:
        return None


def rounded(value: Fraction, digits: int, mode: str) -> Fraction:
    """``value`` rounded away from zero at a half, to even at a half, down, or up."""
    scaled = abs(value) * 10**digits
    whole, rest = scaled.numerator // scaled.denominator, scaled - scaled.numerator // scaled.denominator
    half = Fraction(1, 2)
    more = {
        "half_up": rest >= half, "down": False, "up": rest > 0,
        "half_even": rest > half or (rest == half and whole % 2),
    }[mode]  # fmt: skip
    return Fraction(whole + bool(more), 10**digits) * (-1 if value < 0 else 1)


def square_root(value: Fraction, digits: int) -> Fraction:
    """The root rounded at a half, by whole numbers."""
    scale = 10 ** (digits + 6)
    below = isqrt(value.numerator * scale**2 // value.denominator)
    exact = Fraction(below, scale) ** 2 == value
    return rounded(Fraction(below, scale) if exact else Fraction(2 * below + 1, 2 * scale), digits, "half_up")


@dataclass
class World:
    """Units in groups with facts, and quantities by name."""

    facts: dict[str, dict[str, Fraction]]
    groups: dict[str, str]
    quantities: dict[str, Any]

    def value(self, said: Any, unit: str) -> Value:
        """What a quantity is for a unit."""
        if (number := plain(said)) is not None:
            return number
        if isinstance(said, str):
            if said == "not_assessable":
                return None
            return self.value(self.quantities[said], unit) if said in self.quantities else self.facts[unit].get(said)
        word = next(key for key in WORDS if key in said)
        return getattr(self, f"_{word}")(said, unit)

    def _all(self, said: Any, unit: str) -> list[tuple[Value, Fraction]]:
        pairs = list(said.items()) if isinstance(said, dict) else [(one, 1) for one in said]
        return [(self.value(one, unit), plain(weight) or Fraction(0)) for one, weight in pairs]

    def _add(self, said: Any, unit: str) -> Value:
        parts = self._all(said["add"], unit)
        return None if any(v is None for v, _ in parts) else sum((v * w for v, w in parts), Fraction(0))  # type: ignore[operator]

    def _multiply(self, said: Any, unit: str) -> Value:
        product = Fraction(1)
        for one in said["multiply"]:
            value = self.value(one, unit)
            if value is None:
                return None
            product *= value
        return product

    def _divide(self, said: Any, unit: str) -> Value:
        over, under = (self.value(one, unit) for one in said["divide"])
        if over is None or under is None:
            return None
        return self.value(said["zero"], unit) if under == 0 else over / under

    def _least(self, said: Any, unit: str) -> Value:
        return self._end(said, said["least"], min, unit)

    def _greatest(self, said: Any, unit: str) -> Value:
        return self._end(said, said["greatest"], max, unit)

    def _end(self, said: Any, parts: Any, choose: Any, unit: str) -> Value:
        values = [self.value(one, unit) for one in parts]
        known = [value for value in values if value is not None]
        lacking = len(known) < len(values) and said.get("missing") == "not_assessable"
        return None if lacking or not known else choose(known)

    def _mean(self, said: Any, unit: str) -> Value:
        parts = self._all(said["mean"], unit)
        if said["missing"] == "not_assessable" and any(v is None for v, _ in parts):
            return None
        stand_in = {"zero": Fraction(0), "full": Fraction(1)}.get(said["missing"])
        known = [(stand_in if v is None else v, w) for v, w in parts if v is not None or stand_in is not None]
        whole = sum((w for _, w in known), Fraction(0))
        if not whole:
            return None
        if said.get("kind") == "harmonic":
            if any(v == 0 for v, _ in known):
                return Fraction(0)
            return whole / sum((w / v for v, w in known), Fraction(0))  # type: ignore[operator]
        return sum((v * w for v, w in known), Fraction(0)) / whole  # type: ignore[operator]

    def _curve(self, said: Any, unit: str) -> Value:
        at = self.value(said["curve"], unit)
        knots = [(self.value(a, unit), self.value(b, unit)) for a, b in said["knots"]]
        if at is None or any(None in knot for knot in knots):
            return None
        known = sorted(knots)  # type: ignore[type-var]
        outside = (
            said["outside"] if isinstance(said["outside"], dict) else dict.fromkeys(("below", "above"), said["outside"])
        )
        first, last = known[0], known[-1]

        def beyond(side: str, knot: Any) -> Value:
            return knot[1] if outside[side] == "hold" else self.value(outside[side], unit)

        if said["between"] == "from":
            return beyond("below", first) if at < first[0] else [b for a, b in known if a <= at][-1]  # type: ignore[operator]
        if said["between"] == "to":
            return beyond("above", last) if at > last[0] else next(b for a, b in known if at <= a)  # type: ignore[operator]
        if at < first[0]:  # type: ignore[operator]
            return beyond("below", first)
        if at > last[0]:  # type: ignore[operator]
            return beyond("above", last)
        for (a, b), (c, d) in pairwise(known):
            if a <= at <= c:  # type: ignore[operator]
                return b + (at - a) * (d - b) / (c - a)  # type: ignore[operator]
        return first[1]

    def _choose(self, said: Any, unit: str) -> Value:
        for case in said["choose"]:
            if self.holds(case["when"], unit):
                return self.value(case["is"], unit)
        return self.value(said["else"], unit)

    def _steps(self, said: Any, unit: str) -> Value:
        own = said["steps"]
        value, every = self.value(own["of"], unit), self.value(own["every"], unit)
        limit = self.value(own["above"] if "above" in own else own["below"], unit)
        if value is None or every is None or limit is None:
            return None
        beyond = value - limit if "above" in own else limit - value
        if beyond <= 0:
            return Fraction(0)
        count = beyond / every
        down = Fraction(count.numerator // count.denominator)
        return {"floor": down, "ceil": down + (down != count), "exact": count}[own["mode"]]

    def _round(self, said: Any, unit: str) -> Value:
        value = self.value(said["round"], unit)
        return None if value is None else rounded(value, said["digits"], said["mode"])

    def _how_many(self, said: Any, unit: str) -> Value:
        return Fraction(sum(self.holds(one, unit) for one in said["how_many"]))

    def _peers(self, said: Any, unit: str) -> Value:
        among = said["among"]
        concerned = [
            one for one in self.facts
            if among == "all" or (among == "group" and self.groups[one] == self.groups[unit])
            or (isinstance(among, dict) and self.holds(among, one))
        ]  # fmt: skip
        members = [one for one in concerned if said["self"] == "included" or one != unit]
        values = {one: value for one in members if (value := self.value(said["peers"], one)) is not None}
        ordered, take, count = sorted(values.values()), said["take"], len(values)
        if take == "count":
            return Fraction(count)
        if not ordered:
            return None
        own = self.value(said["peers"], unit) if unit in concerned else None
        if take in ("place", "share_below"):
            if own is None:
                return None
            if take == "share_below":
                return Fraction(sum(value < own for value in ordered), count)
            before = sum(value > own if said["order"] == "descending" else value < own for value in ordered)
            alike = sum(value == own for value in ordered)
            middle = Fraction(2 * before + alike + 1, 2)
            return {"better": Fraction(before + 1), "worse": Fraction(before + alike), "mean": middle}[said["ties"]]
        mean = sum(ordered, Fraction(0)) / count
        if take == "sd":
            over = count if said["of_n"] == "population" else count - 1
            spread = sum(((value - mean) ** 2 for value in ordered), Fraction(0))
            return square_root(spread / over, said["digits"]) if over else None
        if isinstance(take, dict):
            share = Fraction(take["percentile"]) / 100
            if take["method"] == "nearest_rank":
                return next(value for rank, value in enumerate(ordered, 1) if rank >= share * count)
            at = (count - 1) * share if take["method"] == "linear" else min(max((count + 1) * share, 1), count) - 1
            low = int(at)
            return ordered[low] + (at - low) * (ordered[min(low + 1, count - 1)] - ordered[low])
        half = count // 2
        middle = ordered[half] if count % 2 else (ordered[half - 1] + ordered[half]) / 2
        every = {"mean": mean, "median": middle, "sum": mean * count, "least": ordered[0], "greatest": ordered[-1]}
        return every[take]

    def holds(self, condition: Any, unit: str) -> bool:
        """Whether a condition holds; a comparison with what is not assessable does not."""
        if "all" in condition:
            return all(self.holds(one, unit) for one in condition["all"])
        if "any" in condition:
            return any(self.holds(one, unit) for one in condition["any"])
        if "not" in condition:
            return not self.holds(condition["not"], unit)
        if "known" in condition:
            return self.value(condition["known"], unit) is not None
        if "group" in condition:
            return self.groups[unit] == condition["group"]
        value = self.value(condition["of"], unit)
        for key, rule in COMPARE.items():
            if key in condition:
                limit = self.value(condition[key], unit)
                if value is None or limit is None or not rule(value, limit):
                    return False
        return True


COMPARE = {
    "at_least": lambda a, b: a >= b, "above": lambda a, b: a > b, "at_most": lambda a, b: a <= b,
    "below": lambda a, b: a < b,
}  # fmt: skip
WORDS = (
    "add",
    "multiply",
    "divide",
    "least",
    "greatest",
    "mean",
    "curve",
    "choose",
    "steps",
    "round",
    "how_many",
    "peers",
)
