"""The sections of the documents that the shipped schemes were made from: what works of each, or why it holds no rule.

``params/sources.yaml`` has a row for each. A text without rules can still be of use: as a :class:`Yardstick`, whose
points of view a person has laid beside the parts of schemes.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from auditlib.core.errors import InputError
from auditlib.core.home import shipped, shown
from auditlib.core.values import Strict, Text
from auditlib.core.yaml_file import read_yaml

__all__ = ["STATUSES", "SourceSection", "Yardstick", "source_named", "source_sections"]

Status = Literal["scored", "duties", "both", "no_rule"]

STATUSES: dict[Status, Text] = {
    "scored": Text(zh="计分", en="scored"),
    "duties": Text(zh="义务", en="duties"),
    "both": Text(zh="计分与义务", en="scored, with duties"),
    "no_rule": Text(zh="没有规则", en="no rule in it"),
}
"""What becomes of a section: points, rates, places or sanctions; duties case by case; both; or nothing of the kind."""


class Yardstick(Strict):
    """Points of view that a text offers, and by scheme the duties or indicators that a person placed under each."""

    points: Annotated[tuple[Text, ...], Field(min_length=1)]
    placed: dict[str, dict[str, tuple[str, ...]]] = {}

    @model_validator(mode="after")
    def _known_points(self) -> Yardstick:
        known = [point.zh for point in self.points]
        for scheme, places in self.placed.items():
            if unknown := [point for point in places if point not in known]:
                raise ValueError(f"{scheme}: found {unknown[0]}, expected one of {', '.join(known)}")
        return self

    def parts(self, scheme: str) -> dict[str, tuple[str, ...]]:
        """By point, what a scheme has of it; nothing where the point is not covered."""
        placed = self.placed.get(scheme, {})
        return {point.zh: placed.get(point.zh, ()) for point in self.points}

    def missing(self, found: Collection[str]) -> tuple[Text, ...]:
        """The points that are not among those found, each named in either language. Raises :class:`ValueError`."""
        known = {name for point in self.points for name in (point.zh, point.en)}
        if unknown := [name for name in found if name not in known]:
            raise ValueError(f"found {unknown[0]}, expected some of {', '.join(point.zh for point in self.points)}")
        return tuple(point for point in self.points if point.zh not in found and point.en not in found)


class SourceSection(Strict):
    """One section: where it is printed, what works of it, and the tests that show it (``FILE::FUNCTION``)."""

    title: Text
    document: str
    lines: str
    status: Status
    schemes: tuple[str, ...] = ()
    says: Text
    """What works; where there is no rule, why, and what it serves for instead."""
    same_as: str | None = None
    yardstick: Yardstick | None = None
    tests: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _schemes_of_its_rules(self) -> SourceSection:
        if bool(self.schemes) == (self.status == "no_rule"):
            found = ", ".join(self.schemes) or "none"
            wanted = "none where there is no rule" if self.schemes else "at least one, or status: no_rule"
            raise ValueError(f"found the schemes {found}, expected {wanted}")
        return self


class _SourceFile(Strict):
    sources: dict[str, SourceSection]


def source_sections(file: Path | None = None) -> dict[str, SourceSection]:
    """Every section by its id, in the order of the documents: of this software, or of a ``file`` like its own.

    Raises :class:`InputError`.
    """
    file = file or shipped() / "params" / "sources.yaml"
    return read_yaml(_SourceFile, file, shown(file)).sources


def source_named(name: str) -> SourceSection:
    """The section with an id such as ``S05``. Raises :class:`InputError` with the ids there are."""
    sections = source_sections()
    if name.upper() not in sections:
        known = list(sections)
        raise InputError.at("sources", "", f"found {name}, expected one of {known[0]} … {known[-1]}")
    return sections[name.upper()]
