"""Which column of an export holds what, by what its headers say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from auditlib.delphi.declared import PanelFile
from auditlib.ledger.privacy.find import withhold

__all__ = ["Columns", "Headed", "columns_of", "fits", "plain"]

BOUNDARY = r"(?:^|[\s—–\-:|\[_、.,)/>])"
"""What stands before the name of an item in the header of a matrix column."""


class Headed(Protocol):
    """What a survey mapping says of headers."""

    @property
    def expert(self) -> str: ...
    @property
    def remark(self) -> str: ...
    @property
    def duration(self) -> str | None: ...
    @property
    def question(self) -> str | None: ...
    @property
    def keep(self) -> dict[str, str]: ...


@dataclass(frozen=True)
class Columns:
    """The places of what is taken from an export, counted from 0; ``faults`` as column and message."""

    headers: tuple[str, ...]
    expert: int
    items: Mapping[str, int]
    remarks: tuple[tuple[str | None, int], ...]
    about: Mapping[str, int]
    duration: int | None
    keep: tuple[tuple[int, str], ...]
    faults: tuple[tuple[str, str], ...]

    def name(self, column: int) -> str:
        """The header of a column, without personal data that may stand in it."""
        return withhold(self.headers[column])

    @property
    def left_out(self) -> tuple[str, ...]:
        """The headers of the columns that are not taken."""
        taken = {self.expert, *self.items.values(), *self.about.values(), *(at for _, at in self.remarks)}
        return tuple(self.name(at) for at in range(len(self.headers)) if at not in taken)


def plain(text: str | None) -> str:
    """A text in plain characters: full-width ones as usual ones, one space between words, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", text or "").split())


def columns_of(rows: Sequence[Sequence[str]], survey: Headed, declared: PanelFile, number: int) -> Columns:
    """The columns under header ``rows``. Each asked item needs one column, and the pseudonym another."""
    width = max(map(len, rows))
    headers = [[row[at] for row in rows if at < len(row) and row[at]] for at in range(width)]
    faults: list[tuple[str, str]] = []
    named = {at for at, _ in _items(headers, range(width), declared, number)}
    experts = [at for at in range(width) if at not in named and fits(headers[at], survey.expert)]
    if len(experts) != 1:
        found = ", ".join(withhold(headers[at][0]) for at in experts) or "none"
        message = f"found {found}, expected one column of pseudonyms, headed such as 专家代号 or expert code"
        faults.append(("expert", f"{message} (`expert` of the survey: {survey.expert})"))
    rest = [at for at in range(width) if at not in experts]
    about = dict(_about(headers, rest, declared))
    rest = [at for at in rest if at not in about.values()]
    marks = [at for at in rest if survey.question is None or fits(headers[at], survey.question)]
    items: dict[str, int] = {}
    for at, item in _items(headers, marks, declared, number):
        if item in items:
            both = " and ".join(withhold(" ".join(headers[place])) for place in (items[item], at))
            faults.append((item, f"found two columns, {both}; expected one, or `question` of the survey to tell them"))
        items.setdefault(item, at)
    asked = [item.id for item in declared.asked(number)]
    faults += [(item, "found no column with its title, expected one") for item in asked if item not in items]
    remarks = [at for at in rest if at not in items.values() and fits(headers[at], survey.remark)]
    durations = [at for at in rest if survey.duration is not None and fits(headers[at], survey.duration)]
    keep = [(at, wanted) for name, wanted in survey.keep.items() for at in rest if plain(name) in headers[at]]
    return Columns(
        tuple(" ".join(dict.fromkeys(header)) for header in headers), experts[0] if experts else 0,
        items, tuple((_item_in(headers[at], declared, number), at) for at in remarks), about,
        durations[0] if durations else None, tuple(keep), tuple(faults),
    )  # fmt: skip


def fits(texts: Iterable[str], pattern: str) -> bool:
    """Whether a pattern that somebody has written down is found in one of the texts, in any case of letters.

    The search takes time in proportion to the text, whatever the pattern is: Rust's expressions have no way back.
    Raises :class:`polars.exceptions.ComputeError` for no such pattern.
    """
    return bool(pl.Series(list(texts), dtype=pl.String).str.contains(f"(?i:{pattern})").any())


def _names(declared: PanelFile, number: int) -> Iterator[tuple[str, str]]:
    """What the items may be called in a header, the longest names first."""
    names = {
        (plain(name).casefold(), item.id)
        for item in declared.asked(number)
        for name in (item.id, declared.numbers[item.id], item.title.zh, item.title.en)
    }
    yield from sorted(names, key=lambda pair: (-len(pair[0]), pair))


def _items(
    headers: Sequence[Sequence[str]], places: Iterable[int], declared: PanelFile, number: int
) -> Iterator[tuple[int, str]]:
    """Each column whose header ends with the name of an item, with the item of the longest such name.

    A number says little, as tools number columns of their own (``Custom Data 1``): it names an item that no column
    names by its title or id.
    """
    patterns = [
        (re.compile(rf"{BOUNDARY}{re.escape(name)}\]?$"), item, name == declared.numbers[item] != item)
        for name, item in _names(declared, number)
    ]
    found: list[tuple[int, str, bool]] = []
    for at in places:
        cells = [cell.casefold() for cell in headers[at]]
        for pattern, item, numbered in patterns:
            if any(pattern.search(cell) for cell in cells):
                found.append((at, item, numbered))
                break
    titled = {item for _, item, numbered in found if not numbered}
    yield from ((at, item) for at, item, numbered in found if not numbered or item not in titled)


def _item_in(header: Sequence[str], declared: PanelFile, number: int) -> str | None:
    """The item that a header of remarks names; None where it names none."""
    said = " ".join(header).casefold()
    return next((item for name, item in _names(declared, number) if len(name) > 1 and name in said), None)


def _about(headers: Sequence[Sequence[str]], places: Iterable[int], declared: PanelFile) -> Iterator[tuple[str, int]]:
    """The columns of the self-assessment: the bases of judgement by their titles, and familiarity."""
    names = {title: basis for basis, one in declared.tables.bases.items() for title in (one.title.zh, one.title.en)}
    names |= {"熟悉程度": "familiarity", "familiarity": "familiarity"}
    taken: set[str] = set()
    for at in places:
        for name, what in names.items():
            pattern = rf"{BOUNDARY}{re.escape(plain(name).casefold())}\]?$"
            if what not in taken and any(re.search(pattern, cell.casefold()) for cell in headers[at]):
                taken.add(what)
                yield what, at
                break
