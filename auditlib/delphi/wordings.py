"""In which words each round asked its items, and what changed between rounds.

``panel new`` and ``panel read`` keep the wording of a round in ``questionnaires/round-N/asked.csv``. A title that is
changed in ``panel.yaml`` later holds for the rounds that are still to come: a report of the round tells it as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from auditlib.core.cells import csv_text
from auditlib.core.errors import InputError
from auditlib.core.values import Text
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.forms.sheets import read_sheet
from auditlib.delphi.items import Item, Rewording, walk

__all__ = ["ItemChange", "as_it_was_asked", "asked_file", "asked_text", "item_changes"]

COLUMNS = ("item", "title_zh", "title_en", "note_zh", "note_en")

Wording = tuple[Text, Text | None]


@dataclass(frozen=True)
class ItemChange:
    """What became of an item in ``round``: ``before`` and ``after`` are its titles, None where it was not asked."""

    round: int
    item: str
    kind: Literal["added", "dropped", "merged", "reworded"]
    before: Text | None
    after: Text | None
    reason: Text | None
    into: str | None = None


def asked_file(folder: Path, number: int) -> Path:
    """Where a panel keeps the wording of a round."""
    return folder / "questionnaires" / f"round-{number}" / "asked.csv"


def asked_text(declared: PanelFile, number: int) -> str:
    """The wording of a round as a table, to be kept."""
    rows = []
    for item, _ in declared.standing(number):
        note = item.note or Text(zh="", en="")
        rows.append([item.id, item.title.zh, item.title.en, note.zh, note.en])
    return csv_text(COLUMNS, rows)


def as_it_was_asked(declared: PanelFile, folder: Path, anew: int | None = None) -> PanelFile:
    """``declared`` with the wording that each round has kept; what ``panel.yaml`` says now holds for those to come.

    What round ``anew`` has kept does not count: its forms are about to be written anew. Raises :class:`InputError`
    for a kept wording that cannot be read.
    """
    kept = {int(file.parent.name[6:]): _kept(file) for file in folder.glob("questionnaires/round-*/asked.csv")
            if file.parent.name[6:].isdecimal() and file.parent.name[6:] != str(anew)}  # fmt: skip
    if not kept:
        return declared
    return declared.model_copy(update={"items": tuple(_worded(item, kept) for item in declared.items)})


def _kept(file: Path) -> dict[str, Wording]:
    sheet = read_sheet(file)
    if missing := [column for column in COLUMNS if column not in sheet.columns]:
        raise InputError.at(file, ", ".join(missing), "missing column, expected the wording of a round", line=1)
    found: dict[str, Wording] = {}
    for row, cells in sheet.rows:
        item, zh, en = (cells[column] for column in COLUMNS[:3])
        if item is None or zh is None or en is None:
            raise InputError.at(file, "item", "found an empty cell, expected an item with its title", line=row)
        note_zh, note_en = cells["note_zh"], cells["note_en"]
        found[item] = Text(zh=zh, en=en), Text(zh=note_zh, en=note_en or note_zh) if note_zh else None
    return found


def _worded(item: Item, kept: Mapping[int, Mapping[str, Wording]]) -> Item:
    below = tuple(_worded(one, kept) for one in item.items)
    first, reworded = None, {}
    before: Wording | None = None
    for number in range(item.from_round, max(*kept, *item.reworded, item.from_round) + 2):
        now = item.as_asked(number)
        wording = kept.get(number, {}).get(item.id, (now.title, now.note))
        first = first or wording
        if before is not None and wording != before and item.stands_in(number):
            said = item.reworded.get(number)
            reworded[number] = Rewording(title=wording[0], note=wording[1], reason=said and said.reason)
        before = wording
    title, note = first or (item.title, item.note)
    return item.model_copy(update={"title": title, "note": note, "reworded": reworded, "items": below})


def item_changes(declared: PanelFile, until: int) -> Iterator[ItemChange]:
    """What became of the items from round to round, up to round ``until``."""
    for number in range(2, until + 1):
        for item, _ in walk(declared.items):
            old, new = item.as_asked(number - 1), item.as_asked(number)
            was, is_now = item.stands_in(number - 1), item.stands_in(number)
            if is_now and not was:
                yield ItemChange(number, item.id, "added", None, new.title, item.reason)
            elif was and not is_now:
                kind: Literal["merged", "dropped"] = "merged" if item.merged_into else "dropped"
                yield ItemChange(number, item.id, kind, old.title, None, item.reason, item.merged_into)
            elif was and (old.title, old.note) != (new.title, new.note):
                told = item.reworded.get(number)
                yield ItemChange(number, item.id, "reworded", old.title, new.title, told.reason if told else None)
