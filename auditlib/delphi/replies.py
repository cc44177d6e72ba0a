"""``replies-N.csv``: what those who run a panel answer to the remarks of a round.

The columns are ``expert`` and ``item`` as in ``remarks-N.csv`` (``item`` empty: on the whole), and ``reply``: what
became of the remark, and why. The forms of the next round show remark and reply side by side, without pseudonyms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from auditlib.core.errors import Problem
from auditlib.delphi.answers import Remark
from auditlib.delphi.forms.sheets import read_sheet
from auditlib.ledger.privacy.find import mask_personal

__all__ = ["Replies", "read_replies", "replies_file"]

Replies = Mapping[tuple[str, str | None], str]
"""By expert and item; the item is None for a remark on the whole."""

COLUMNS = ("expert", "item", "reply")


def replies_file(folder: Path, number: int) -> Path:
    """Where a panel keeps the replies to the remarks of a round."""
    return folder / f"replies-{number}.csv"


def read_replies(file: Path, remarks: Sequence[Remark]) -> tuple[dict[tuple[str, str | None], str], list[Problem]]:
    """The replies in ``file`` to the ``remarks`` of the round, and every fault; nothing where there is no file."""
    if not file.exists():
        return {}, []
    sheet = read_sheet(file)
    problems = [*sheet.problems]
    problems += [Problem(sheet.name, 1, name, "missing column") for name in COLUMNS if name not in sheet.columns]
    said = {(remark.expert, remark.item) for remark in remarks}
    found: dict[tuple[str, str | None], str] = {}
    for row, cells in sheet.rows if not problems else ():
        key = (cells["expert"] or "", cells["item"])
        where = f"{key[0] or 'nobody'} on {key[1] or 'the whole'}"
        if key not in said:
            problems.append(Problem(sheet.name, row, "expert", f"found {where}, expected a remark of the round"))
        elif key in found:
            problems.append(Problem(sheet.name, row, "expert", f"found {where} again, expected one reply a remark"))
        elif (text := cells["reply"]) is not None:
            found[key] = mask_personal(text)
    return found, problems
