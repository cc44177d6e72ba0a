"""How self-assessments of experts become coefficients: bases of judgement (Ca) and levels of familiarity (Cs)."""

from __future__ import annotations

from fractions import Fraction

from pydantic import model_validator

from auditlib.core.exact import full_text
from auditlib.core.values import Strict, Text
from auditlib.delphi.items import Name
from auditlib.delphi.scales import Share

__all__ = ["STRENGTHS", "USUAL_TABLES", "AuthorityTables", "Basis", "Familiarity"]

STRENGTHS: dict[str, Text] = {
    "large": Text(zh="大", en="large"),
    "medium": Text(zh="中", en="medium"),
    "small": Text(zh="小", en="small"),
}
"""How strongly a basis carried an expert's judgement, strongest first."""


class Basis(Strict):
    """A basis of judgement, and what it adds to Ca by how strongly it carried the judgement."""

    title: Text
    large: Share
    medium: Share
    small: Share


class Familiarity(Strict):
    """A level of familiarity, and its Cs."""

    title: Text
    value: Share


class AuthorityTables(Strict):
    """How self-assessments become Ca and Cs. Studies differ, so the tables belong to the panel."""

    bases: dict[Name, Basis]
    familiarity: dict[Name, Familiarity]

    @model_validator(mode="after")
    def _coefficients_stay_below_one(self) -> AuthorityTables:
        if not self.bases or not self.familiarity:
            raise ValueError("found an empty table, expected at least one basis and one level of familiarity")
        highest = sum((max(b.large, b.medium, b.small) for b in self.bases.values()), Fraction(0))
        if highest > 1:
            raise ValueError(f"found bases that add up to {full_text(highest)}, expected a Ca of 1 at most")
        return self


def _basis(zh: str, en: str, large: str, medium: str, small: str) -> Basis:
    return Basis.model_validate(
        {"title": {"zh": zh, "en": en}, "large": large, "medium": medium, "small": small},
    )


def _familiarity(zh: str, en: str, value: str) -> Familiarity:
    return Familiarity.model_validate({"title": {"zh": zh, "en": en}, "value": value})


USUAL_TABLES = AuthorityTables(
    bases={
        "practice": _basis("实践经验", "practical experience", "0.5", "0.4", "0.3"),
        "theory": _basis("理论分析", "theoretical analysis", "0.3", "0.2", "0.1"),
        "peers": _basis("同行了解或文献", "peers or literature", "0.1", "0.1", "0.1"),
        "intuition": _basis("直觉", "intuition", "0.1", "0.1", "0.1"),
    },
    familiarity={
        "very": _familiarity("很熟悉", "very familiar", "1"),
        "familiar": _familiarity("熟悉", "familiar", "0.8"),
        "fairly": _familiarity("一般熟悉", "fairly familiar", "0.5"),
        "little": _familiarity("不太熟悉", "little familiar", "0.3"),
        "not": _familiarity("不熟悉", "not familiar", "0.1"),
    },
)
"""The tables of one published study, in force where a panel declares none; the result says so."""
