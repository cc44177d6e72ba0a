"""How much authority the experts have: 权威系数 Cr = (Ca + Cs) / 2, exactly.

Ca 判断依据 adds what each basis of judgement contributes, Cs 熟悉程度 says how familiar the expert is with the matter.
Studies print different tables for both, so the tables come with the panel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Authority", "SelfAssessment", "expert_authority", "panel_authority"]

Bases = Mapping[str, Mapping[str, Fraction]]
"""What a basis of judgement contributes at a degree: ``{"practice": {"large": Fraction("0.5"), …}, …}``."""
Familiarity = Mapping[str, Fraction]
"""What a word of familiarity is worth: ``{"very": Fraction(1), …}``."""


@dataclass(frozen=True)
class SelfAssessment:
    """What experts say of their own judgement: a degree for each basis, a word of familiarity; None = no answer."""

    bases: Mapping[str, str | None]
    familiarity: str | None


@dataclass(frozen=True)
class Authority:
    """Ca, Cs and Cr of an expert or, as means, of a panel; None where an answer is missing."""

    Ca: Fraction | None
    Cs: Fraction | None
    Cr: Fraction | None


def expert_authority(said: SelfAssessment, bases: Bases, familiarity: Familiarity) -> Authority:
    """The authority of one expert. Ca is None unless every basis of the table has its degree.

    Raises :class:`ValueError` with every basis, degree or word that the tables do not know.
    """
    faults = [
        f"found the basis {basis!r}, expected one of {', '.join(bases)}" for basis in said.bases if basis not in bases
    ]
    faults += [
        f"found {degree!r} for {basis}, expected one of {', '.join(bases[basis])}"
        for basis, degree in said.bases.items()
        if basis in bases and degree is not None and degree not in bases[basis]
    ]
    if said.familiarity is not None and said.familiarity not in familiarity:
        faults.append(f"found the familiarity {said.familiarity!r}, expected one of {', '.join(familiarity)}")
    if faults:
        raise ValueError("; ".join(faults))
    degrees = [(basis, said.bases.get(basis)) for basis in bases]
    contributions = [bases[basis][degree] for basis, degree in degrees if degree is not None]
    Ca = sum(contributions, Fraction(0)) if len(contributions) == len(bases) else None
    Cs = None if said.familiarity is None else familiarity[said.familiarity]
    return Authority(Ca, Cs, None if Ca is None or Cs is None else (Ca + Cs) / 2)


def panel_authority(experts: Sequence[Authority]) -> Authority:
    """The panel's means of Ca, Cs and Cr, each over the experts who have it."""

    def mean(values: Sequence[Fraction | None]) -> Fraction | None:
        known = [value for value in values if value is not None]
        return sum(known, Fraction(0)) / len(known) if known else None

    return Authority(mean([e.Ca for e in experts]), mean([e.Cs for e in experts]), mean([e.Cr for e in experts]))
