"""The scale that a panel answers on: marks, of which either end may be the best, ranks, or points to share out.

What an expert writes is a mark as the scale has it. Everything that is computed speaks of *importance*, which is higher
for what matters more: where 1 is the best of five marks, it is 6 less the mark; of n ranked items, n + 1 less the rank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, model_validator

from auditlib.core.exact import exact, full_text
from auditlib.core.values import Number, Strict, Text

__all__ = ["Limit", "Scale", "Share", "number_in"]

MOST_MARKS = 1001
MOST_RANKED = 99
USUAL: dict[Any, dict[str, object]] = {
    "ranking": {"min": 1, "max": MOST_RANKED, "step": "0.5"},
    "allocation": {"min": 0, "max": 100},
}
"""What a ranking always has (equal ranks may share a middle one), and a sharing out of points where it says nothing."""

BEST = {
    "zh": re.compile("最|非常|极|十分|很|绝对|特别|高度|完全|至关|首要"),
    "en": re.compile(r"\b(?:very|most|extremely|absolutely|highly|strongly|essential|critical|crucial|first)\b", re.I),
}
WORST = {
    "zh": re.compile("不|无|没|低|弱|末|稍|略"),
    "en": re.compile(
        r"\b(?:not|no|none|never|least|last|little|low|lowest|slight(?:ly)?|disagree"
        r"|(?:un|in|ir|dis)(?:important|necessary|likely|acceptable|appropriate|relevant|satisfied|suitable))\b",
        re.I,
    ),
}
"""Words by which the label of a mark says that it is the best or the worst; the worst ones are looked for first."""


def number_in(text: str) -> Fraction | None:
    """The number that ``text`` is, in plain ASCII digits; None for anything else."""
    return exact(text) if re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]+)?", text) else None


def _share(value: Fraction) -> Fraction:
    if not 0 <= value <= 1:
        raise ValueError(f"found {full_text(value)}, expected a number from 0 to 1")
    return value


def _not_negative(value: Fraction) -> Fraction:
    if value < 0:
        raise ValueError(f"found {full_text(value)}, expected a number from 0 on")
    return value


Share = Annotated[Number, AfterValidator(_share)]
Limit = Annotated[Number, AfterValidator(_not_negative)]


class Scale(Strict):
    """What an expert can answer, in equal steps.

    ``kind`` ``marks``: a mark for each item; ``best`` is the end that stands for most importance, by default what the
    labels say, else ``max``. ``ranking``: the items of a group in order, 1 first. ``allocation``: ``max`` points
    (default 100) shared out inside each group.
    """

    kind: Literal["marks", "ranking", "allocation"] = "marks"
    min: Number
    max: Number
    step: Number = Fraction(1)
    best: Number | None = None
    labels: dict[Number, Text] = {}

    @model_validator(mode="before")
    @classmethod
    def _usual_bounds(cls, given: Any) -> Any:
        usual = USUAL.get(given.get("kind")) if isinstance(given, dict) else None
        if usual is None:
            return given
        if given["kind"] == "ranking" and (told := sorted(given.keys() & {"min", "max", "step", "best", "labels"})):
            raise ValueError(
                f"found {', '.join(told)} beside kind: ranking, expected none: ranks go from 1 to the items"
            )
        if given.keys() & {"best"}:
            raise ValueError("found best beside kind: allocation, expected none: more points are more importance")
        return usual | given

    @model_validator(mode="after")
    def _is_a_scale(self) -> Scale:
        if self.min >= self.max:
            raise ValueError(f"found {self.expected}, expected min below max")
        if self.min < 0:
            raise ValueError(f"found min {full_text(self.min)}, expected 0 or more: weights are shares of mean marks")
        if self.step <= 0 or (self.max - self.min) % self.step:
            raise ValueError(f"found step {full_text(self.step)}, expected one that leads from min to max")
        if len(self.marks) > MOST_MARKS:
            raise ValueError(f"found {len(self.marks)} marks, expected {MOST_MARKS} at most")
        if foreign := [full_text(mark) for mark in self.labels if mark not in self.marks]:
            raise ValueError(f"found labels for {', '.join(foreign)}, expected them for {self.expected}")
        self._check_best()
        return self

    def _check_best(self) -> None:
        ends, told = (self.min, self.max), self.best_by_labels
        if self.best is not None and self.best not in ends:
            low, high = map(full_text, ends)
            raise ValueError(f"found best {full_text(self.best)}, expected one end of the scale, {low} or {high}")
        if self.best is not None and told is not None and told != self.best:
            words = ", ".join(f"{full_text(end)} {self.labels[end].zh}" for end in ends if end in self.labels)
            raise ValueError(f"found best {full_text(self.best)}, but the labels say {full_text(told)}: {words}")

    @cached_property
    def best_by_labels(self) -> Fraction | None:
        """The end of the scale that the labels call the best; None where they do not tell."""
        low, high = _praise(self.labels.get(self.min)), _praise(self.labels.get(self.max))
        return None if low == high else self.min if low > high else self.max

    @property
    def turned(self) -> bool:
        """Whether a lower mark stands for more importance."""
        best = self.best_by_labels if self.best is None else self.best
        return self.kind == "ranking" or best == self.min

    @cached_property
    def marks(self) -> tuple[Fraction, ...]:
        """Every mark, lowest first."""
        return tuple(self.min + self.step * index for index in range(int((self.max - self.min) / self.step) + 1))

    def mark(self, text: str) -> Fraction:
        """The mark that ``text`` is. Raises :class:`ValueError` for what is no number, or no mark of the scale."""
        value = number_in(text)
        if value is None or value not in self.marks:
            raise ValueError(f"found {text!r}, expected {self.expected}")
        return value

    @property
    def expected(self) -> str:
        """What a mark has to be, in words for a message."""
        if self.kind == "ranking":
            return "a rank: 1 for the most important item of the group, then 2, 3 …"
        low, high = full_text(self.min), full_text(self.max)
        whole = self.step == 1 and self.min.denominator == 1
        return (
            f"a whole number from {low} to {high}" if whole else f"{low} to {high} in steps of {full_text(self.step)}"
        )

    def group_faults(self, groups: Sequence[Sequence[str]], marks: Mapping[str, Fraction]) -> Iterator[tuple[str, str]]:
        """What is wrong with one expert's ``marks`` as ranks or shares of each group of items: first item, message.

        A group is answered as a whole or not at all. Ranks are 1 to n; equal ones share a place as 1, 2, 2, 4 or as
        1, 2.5, 2.5, 4. Points add up to the total.
        """
        for items in groups if self.kind != "marks" else ():
            given = [marks[item] for item in items if item in marks]
            if not given:
                continue
            found = (
                f"found {', '.join(full_text(marks[i]) if i in marks else '—' for i in items)} for {', '.join(items)}"
            )
            if len(given) < len(items):
                yield items[0], f"{found}, expected an answer to all of them or to none"
            elif self.kind == "allocation" and sum(given) != self.max:
                total = full_text(sum(given, Fraction(0)))
                yield items[0], f"{found}, {total} together, expected {full_text(self.max)} together"
            elif self.kind == "ranking" and given not in (_competition(given), _middle(given)):
                yield items[0], f"{found}, expected the ranks 1 to {len(items)}, each once; equal ones share a place"

    def importance(
        self, groups: Sequence[Sequence[str]], marks: Mapping[tuple[str, str], Fraction]
    ) -> dict[tuple[str, str], Fraction]:
        """What sound ``marks`` by expert and item say of importance; equal ranks share the middle of their places."""
        if self.kind != "ranking":
            return {key: self.min + self.max - mark for key, mark in marks.items()} if self.turned else dict(marks)
        found: dict[tuple[str, str], Fraction] = {}
        for expert in dict.fromkeys(expert for expert, _ in marks):
            for items in groups:
                answered = [item for item in items if (expert, item) in marks]
                ranks = _middle([marks[expert, item] for item in answered])
                found |= {(expert, i): len(items) + 1 - rank for i, rank in zip(answered, ranks, strict=True)}
        return found

    def top(self, siblings: int) -> Fraction:
        """The most importance that an item of a group of so many can have."""
        return Fraction(siblings) if self.kind == "ranking" else self.max

    def shown(self, importance: Fraction, siblings: int) -> Fraction:
        """The mark that stands for an ``importance`` in a group of so many items."""
        return self.min + self.top(siblings) - importance if self.turned else importance

    def choices(self, siblings: int) -> tuple[Fraction, ...]:
        """The marks that a form offers for an item of a group of so many, lowest first."""
        return tuple(map(Fraction, range(1, siblings + 1))) if self.kind == "ranking" else self.marks


def _praise(label: Text | None) -> int:
    """1 for the words of a best mark, −1 for those of a worst one, 0 where a label tells neither."""
    if label is None:
        return 0
    for language, text in (("zh", label.zh), ("en", label.en)):
        if WORST[language].search(text):
            return -1
        if BEST[language].search(text):
            return 1
    return 0


def _competition(ranks: Sequence[Fraction]) -> list[Fraction]:
    return [Fraction(1 + sum(other < rank for other in ranks)) for rank in ranks]


def _middle(ranks: Sequence[Fraction]) -> list[Fraction]:
    return [sum(other < rank for other in ranks) + Fraction(ranks.count(rank) + 1, 2) for rank in ranks]
