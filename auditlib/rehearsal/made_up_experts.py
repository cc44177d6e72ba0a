"""Made-up experts, with whom a panel is rehearsed before real ones are asked.

Everything here is synthetic. Marks are drawn around a mean for each item, and from round to round some experts move
towards the panel's median that their form shows them. Only whole numbers are drawn, so that the same seed gives the
same answers everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Annotated

from pydantic import BeforeValidator, Field

from auditlib.core.errors import InputError, Problem
from auditlib.core.period import local_time
from auditlib.core.values import Number, Strict
from auditlib.core.yaml_file import read_yaml
from auditlib.delphi.authority_tables import STRENGTHS
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.forms.words import FAMILIARITY

__all__ = ["MadeUpExperts", "Manner", "Rehearsal", "Revised", "read_rehearsal"]

OutOfHundred = Annotated[int, Field(ge=0, le=100)]
FILE = "rehearsal.yaml"
USUAL_SPAN = (45, 95)  # where between lowest and highest mark, in hundredths, an item's mean lies that nothing says
FAMILIAR = 3  # the made-up experts call themselves at least as familiar as the third level

Marks = Mapping[str, Mapping[str, Fraction]]
"""By expert and item."""


class Manner(Strict):
    """How made-up experts answer."""

    means: dict[str, Number] = {}
    """The mean mark of an item, around which marks are drawn; one that is not given is drawn itself."""
    astray: OutOfHundred = 55
    """In how many of 100 answers of its first round an expert strays from the mean."""
    far: OutOfHundred = 30
    """How many of 100 stray answers stray by two marks."""
    reconsidered: OutOfHundred = 40
    """In how many of 100 answers away from the median an expert moves one mark towards it in the next round."""
    remarks: tuple[str, ...] = ()
    """What some expert remarks on some item in the first round."""


class Revised(Strict):
    """The scheme that takes over the weights, and the past ledger on which their effect is shown."""

    scheme: str
    effective: date
    ledger: str | None = None
    period: str | None = None
    as_of: Annotated[datetime, BeforeValidator(local_time)] | None = None
    without_units: tuple[str, ...] = ()
    """Units left out of ranks under random weights, beside those without points for some indicator."""
    vary_readings: tuple[str, ...] = ()


class Rehearsal(Strict):
    """A ``rehearsal.yaml``: who is made up, how they answer, and what their weights revise."""

    seed: int = 1
    experts: Annotated[int, Field(ge=1, le=9999)] | None = None
    rounds: Annotated[int, Field(ge=1, le=9)] = 2
    answers: Manner = Manner()
    revises: Revised | None = None

    def told(
        self, *, seed: int | None = None, experts: int | None = None, scheme: str | None = None,
        effective: date | None = None, ledger: str | None = None, period: str | None = None,
    ) -> Rehearsal:  # fmt: skip
        """The rehearsal with what is given put before what is declared.

        Another scheme takes nothing over from the declared one. Raises :class:`InputError` for one without its day.
        """
        own = {"seed": seed, "experts": experts}
        changed = self.model_copy(update={name: value for name, value in own.items() if value is not None})
        given = {"scheme": scheme, "effective": effective, "ledger": ledger, "period": period}
        given = {name: value for name, value in given.items() if value is not None}
        if not given:
            return changed
        same = self.revises is not None and scheme in (None, self.revises.scheme)
        before = self.revises.model_dump() if self.revises is not None and same else {}
        if missing := [name for name in ("scheme", "effective") if name not in before | given]:
            message = f"found {', '.join(f'--{name}' for name in given)}, expected --{missing[0]} too"
            raise InputError.at("rehearsal", "revises", message)
        return changed.model_copy(update={"revises": Revised.model_validate(before | given)})


def read_rehearsal(folder: Path, declared: PanelFile) -> Rehearsal:
    """The rehearsal that a panel's folder declares, or the usual one.

    Raises :class:`InputError` for a file that does not load, and for means of unknown items or off the scale.
    """
    file = folder / FILE
    if not file.exists():
        return Rehearsal()
    rehearsal = read_yaml(Rehearsal, file)
    scale, known = declared.scale, {item.id for number in (1, rehearsal.rounds) for item in declared.asked(number)}
    faults = [(name, f"found {name}, expected items: {', '.join(sorted(known))}") for name in rehearsal.answers.means]
    problems = [Problem(str(file), None, f"answers.means.{name}", text) for name, text in faults if name not in known]
    for name, mean in rehearsal.answers.means.items():
        if not scale.min <= mean <= scale.max:
            message = f"found {float(mean):g}, expected a mean from {float(scale.min):g} to {float(scale.max):g}"
            problems.append(Problem(str(file), None, f"answers.means.{name}", message))
    if problems:
        raise InputError(problems)
    return rehearsal


class MadeUpExperts:
    """The made-up experts of one rehearsal; they answer round after round."""

    def __init__(self, declared: PanelFile, rehearsal: Rehearsal) -> None:
        self._declared, self._manner, self._seed = declared, rehearsal.answers, rehearsal.seed
        self._draw = Random(rehearsal.seed)
        self._steps = len(declared.scale.marks) - 1
        self._positions: dict[str, int] = {}

    def first_marks(self, experts: Iterable[str], items: Sequence[str]) -> dict[str, dict[str, Fraction]]:
        """The marks of experts who have not marked these items before."""
        return {expert: {item: self._mark(item) for item in items} for expert in experts}

    def reconsidered(self, own: Marks, medians: Mapping[str, Fraction]) -> dict[str, dict[str, Fraction]]:
        """The marks of the next round, from what each expert's form shows: the own last marks and the medians."""
        marks = {expert: dict(given) for expert, given in own.items()}
        scale = self._declared.scale
        for item, median in medians.items():
            middle = max(mark for mark in scale.marks if mark <= median)
            for given in marks.values():
                if item in given and given[item] != middle and self._happens(self._manner.reconsidered):
                    given[item] += scale.step if given[item] < middle else -scale.step
        return marks

    def remarks(self, experts: Sequence[str], items: Sequence[str]) -> dict[str, dict[str, str]]:
        """By expert, the remarks of the first round by item."""
        draw = Random(f"{self._seed} remarks")
        found: dict[str, dict[str, str]] = {}
        for text in self._manner.remarks:
            found.setdefault(draw.choice(experts), {})[draw.choice(items)] = text
        return found

    def about(self, expert: str) -> dict[str, str]:
        """The self-assessment, in the words of the form: by basis of judgement, and the familiarity.

        The first basis, practice in the usual tables, never carries little: those who are asked know the work.
        """
        draw = Random(f"{self._seed} {expert}")
        tables, strengths = self._declared.tables, [title.zh for title in STRENGTHS.values()]
        first, *others = [basis.title.zh for basis in tables.bases.values()]
        levels = [level.title.zh for level in tables.familiarity.values()][:FAMILIAR]
        words = {first: draw.choice(strengths[:2])} | {basis: draw.choice(strengths) for basis in others}
        return words | {FAMILIARITY: draw.choice(levels)}

    def _mark(self, item: str) -> Fraction:
        step, hundredths = divmod(self._position(item), 100)
        step += self._happens(hundredths)
        if self._happens(self._manner.astray):
            step += self._draw.choice((-1, 1)) * (2 if self._happens(self._manner.far) else 1)
        return self._declared.scale.marks[min(self._steps, max(0, step))]

    def _position(self, item: str) -> int:
        """Where the item's mean lies above the lowest mark, in hundredths of a step."""
        scale = self._declared.scale
        if (mean := self._manner.means.get(item)) is not None:
            return int((mean - scale.min) / scale.step * 100)
        return Random(f"{self._seed} mean of {item}").randint(*(self._steps * share for share in USUAL_SPAN))

    def _happens(self, times_in_100: int) -> bool:
        return self._draw.randrange(100) < times_in_100
