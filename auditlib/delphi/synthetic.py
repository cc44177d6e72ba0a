"""A made-up panel in the shape of the study on handling posts: 26 experts, two rounds, 3 + 11 items.

Everything here is synthetic: the study publishes no marks. Targets are chosen so that shares of mean marks come near
its printed weights and W near its printed W; what follows from them is drawn with whole numbers alone, so that the same
seed gives the same bytes everywhere. ``python -m auditlib.delphi.synthetic FOLDER`` writes the answers anew.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import median_low

from auditlib.delphi.sheets import csv_text
from auditlib.files import write_atomically

__all__ = ["answers", "write_answers"]

SEED = 2485
EXPERTS = 26
TARGETS = {
    "professional": 480, "interpret": 411, "product": 381, "needs": 460, "offer": 443,
    "service": 421, "communication": 490, "self_management": 428, "teamwork": 301, "motivation": 200,
    "learning": 357, "knowledge": 401, "reflection": 470, "technology": 414,
}  # fmt: skip
"""The mean mark of each item, in hundredths, around which the experts' marks are drawn."""
ASTRAY = 55
"""In how many of 100 answers an expert of the first round strays from the target."""
FAR = 30
"""How many of 100 stray answers stray by two marks."""
RECONSIDERED = 40
"""In how many of 100 answers away from the panel's median an expert moves one mark towards it in the second round."""
STRENGTHS, FAMILIARITY = ("large", "medium", "small"), ("very", "familiar", "fairly")
REMARKS = ("建议进一步明确内涵", "与其他条目有交叉，建议说明区别", "重要，但难以测量")

Marks = list[dict[str, int]]


def answers(seed: int = SEED) -> dict[str, str]:
    """The text of every file of answers, by name."""
    draw = Random(seed)
    first = [{item: _mark(draw, item) for item in TARGETS} for _ in range(EXPERTS)]
    second = _reconsidered(draw, first)
    names = [f"E{number:02}" for number in range(1, EXPERTS + 1)]
    remarks = sorted((draw.choice(names), draw.choice(list(TARGETS)), text) for text in REMARKS)
    bases = ["practice", "theory", "peers", "intuition"]
    return {
        "round-1.csv": csv_text(["expert", *TARGETS], _rows(names, first)),
        "round-2.csv": csv_text(["expert", *TARGETS], _rows(names, second)),
        "remarks-1.csv": csv_text(["expert", "item", "remark"], remarks),
        "experts.csv": csv_text(["expert", *bases, "familiarity"], [_about(draw, name) for name in names]),
    }


def write_answers(folder: Path, seed: int = SEED) -> None:
    """Write the files of :func:`answers` into a panel's ``folder``."""
    for name, text in answers(seed).items():
        write_atomically(folder / name, text.encode("utf-8"))


def _mark(draw: Random, item: str) -> int:
    whole, hundredths = divmod(TARGETS[item], 100)
    mark = whole + (draw.randrange(100) < hundredths)
    if draw.randrange(100) < ASTRAY:
        mark += draw.choice((-1, 1)) * (2 if draw.randrange(100) < FAR else 1)
    return min(5, max(1, mark))


def _reconsidered(draw: Random, first: Marks) -> Marks:
    second = [dict(marks) for marks in first]
    for item in TARGETS:
        middle = median_low(marks[item] for marks in first)
        for marks in second:
            if marks[item] != middle and draw.randrange(100) < RECONSIDERED:
                marks[item] += 1 if marks[item] < middle else -1
    return second


def _about(draw: Random, name: str) -> list[str]:
    practice = STRENGTHS[draw.randrange(10) // 6]  # all have been at such a post for three years or more
    return [
        name,
        practice,
        draw.choice(STRENGTHS),
        *(draw.choice(STRENGTHS) for _ in range(2)),
        draw.choice(FAMILIARITY),
    ]


def _rows(names: Sequence[str], marks: Marks) -> list[list[str]]:
    return [[name, *(str(given[item]) for item in TARGETS)] for name, given in zip(names, marks, strict=True)]


if __name__ == "__main__":
    write_answers(Path(sys.argv[1]))
