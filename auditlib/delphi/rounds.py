"""A panel folder: ``panel.yaml``, the answers of each round as they were received, the experts by pseudonym.

``round-1.csv`` (or ``.xlsx``) is wide, first column ``expert`` and a column an item, or long, with the columns
``expert``, ``item``, ``mark`` and perhaps ``remark``. An empty cell is no answer. ``remarks-1.csv`` holds written
remarks beside a wide file: ``expert``, ``item`` (empty where the remark is on the whole), ``remark``. Nothing is
mended: every fault of every file is reported at once, with its row and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from auditlib.core.errors import InputError, Problem
from auditlib.core.home import find, names_in
from auditlib.delphi.answers import Remark, read_answers
from auditlib.delphi.authority import Authority
from auditlib.delphi.best_worst import BestWorstAnswers, best_worst_file, read_best_worst
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.experts import read_experts
from auditlib.delphi.familiarity import familiarity_file, read_familiarity
from auditlib.delphi.forms.survey_flags import flags_file, read_flags
from auditlib.delphi.items import walk
from auditlib.delphi.pairwise import Judged, pairwise_file, read_pairwise, who_compared
from auditlib.delphi.past_data import PastData, past_data_files, read_past_data
from auditlib.delphi.pseudonyms import spelt_twice
from auditlib.delphi.replies import Replies, read_replies, replies_file
from auditlib.delphi.round_faults import authority_faults, group_faults, stranger_faults
from auditlib.delphi.wordings import as_it_was_asked, asked_file
from auditlib.ledger.privacy.declared import read_impersonal
from auditlib.ledger.privacy.listed import names_beside

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Panel", "Round", "find_panel", "panel_files", "read_panel"]

SentFrom = Literal["declared", "experts", "returned"]
ROUND_FILE = re.compile(r"round-([1-9]\d*)\.(?:csv|xlsx)")
NAMED_ROUND = re.compile(r"(?:round-|(?:round[\s_]*[0-9]+|第\s*[0-9一二三四五]+\s*轮)\.(?:csv|xlsx?)$)", re.IGNORECASE)
"""What somebody may have called a round file: left unread, a round would be missed without a word."""
BESIDE_ROUND = re.compile(r"(?:remarks|replies|pairwise|best-worst|familiarity|flags)-([0-9]+)\.csv")


@dataclass(frozen=True)
class Round:
    """The answers of one round.

    ``rows`` is where in ``file`` each expert's form begins; ``marks`` holds the given answers only, as importance
    (where 1 is the best of five marks, 6 less the mark); ``sent`` is how many forms went out.
    """

    number: int
    file: str
    items: tuple[str, ...]
    rows: Mapping[str, int] = field(repr=False)
    marks: Mapping[tuple[str, str], Fraction] = field(repr=False)
    remarks: tuple[Remark, ...] = field(default=(), repr=False)
    sent: int = 0
    sent_from: SentFrom = "returned"
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    familiarity: Mapping[tuple[str, str], Fraction] = field(default_factory=dict, repr=False)
    pairwise: Judged = field(default_factory=dict, repr=False)
    best_worst: BestWorstAnswers = field(default_factory=dict, repr=False)
    replies: Replies = field(default_factory=dict, repr=False)

    @property
    def experts(self) -> tuple[str, ...]:
        """Those who returned a form, in the order of the file."""
        return tuple(self.rows)

    @property
    def returned(self) -> int:
        """How many forms came back with at least one answer."""
        return len(self.experts)

    @property
    def frame(self) -> pd.DataFrame:
        """The marks as importance: a row an expert by pseudonym, a column an item, NaN where there is no answer."""
        import pandas as pd

        return pd.DataFrame(self.matrix(self.items), list(self.experts), list(self.items))

    def matrix(self, items: Iterable[str], experts: Sequence[str] | None = None) -> NDArray[np.float64]:
        """A row an expert (all of them, or ``experts``), a column an item, nan where there is no answer."""
        rows, columns = self.experts if experts is None else experts, tuple(items)
        cells = [[float(self.marks.get((expert, item), "nan")) for item in columns] for expert in rows]
        return np.array(cells, dtype=np.float64).reshape(len(rows), len(columns))


@dataclass(frozen=True)
class Panel:
    """A panel folder that was read and checked. ``experts`` is empty where there is no ``experts.csv``.

    ``data`` are what the items came to in past periods, None where there is no ``data.csv``.
    """

    folder: Path
    declared: PanelFile
    rounds: tuple[Round, ...]
    experts: Mapping[str, Authority]
    data: PastData | None = field(default=None, repr=False)

    @property
    def answered(self) -> tuple[Round, ...]:
        """The rounds, at least one. Raises :class:`InputError` where none has come back."""
        if not self.rounds:
            message = "found no round-1.csv or round-1.xlsx, expected the answers of a round"
            raise InputError.at(self.folder, "", message)
        return self.rounds

    @property
    def last(self) -> Round:
        """The round that settles the weights. Raises :class:`InputError` where none has come back."""
        return self.answered[-1]

    def round(self, number: int) -> Round:
        """Round ``number``. Raises :class:`InputError` where it has not come back."""
        found = next((one for one in self.rounds if one.number == number), None)
        if found is None:
            known = ", ".join(str(one.number) for one in self.rounds) or "none"
            raise InputError.at(
                self.folder, "", f"found no answers of round {number}, expected one of the rounds: {known}"
            )
        return found

    def invited(self, number: int) -> tuple[str, ...]:
        """Whom round ``number`` asks, as far as the panel's policy and what came back before tell."""
        earlier = [one for one in self.rounds if one.number < number]
        if self.declared.invited == "previous":
            earlier = earlier[-1:]
        seats = [expert for one in earlier for expert in one.experts]
        if not earlier or self.declared.invited == "anyone":
            seats += self.experts
        left = self.declared.left
        return tuple(expert for expert in dict.fromkeys(seats) if left.get(expert, number + 1) > number)

    def until(self, number: int | None) -> Panel:
        """The panel as it stood after round ``number``; none or 0: as it stands."""
        if not number:
            return self
        last = self.round(number).number
        return replace(self, rounds=tuple(one for one in self.rounds if one.number <= last))

    def __repr__(self) -> str:
        came_back = (f"round {one.number}: {one.returned} of {one.sent} forms came back" for one in self.rounds)
        return "\n".join((f"{self.declared.panel}: {self.declared.title.zh} / {self.declared.title.en}", *came_back))


def find_panel(name: str) -> Path:
    """The folder of a panel: a path as given or from the home folder, or the name of one in ``params/panels``.

    Raises :class:`InputError` with the panels that there are.
    """
    found = find(name, "panels")
    if not name or not found.is_dir():
        known = names_in("panels", "*/panel.yaml")
        raise InputError.at("parameters", "panel", f"found {name!r}, expected a folder, or one of {known}")
    return found


def panel_files(panel: Panel) -> list[Path]:
    """The files that ``panel`` was read from, by name; those of rounds that it does not hold are not among them."""
    found = [panel.folder / "panel.yaml", panel.folder / "experts.csv"]
    if panel.data is not None:
        found += past_data_files(panel.folder)
    for one in panel.rounds:
        found += [Path(one.file), _remarks_file(panel.folder, one.number), asked_file(panel.folder, one.number)]
        found += [kept(panel.folder, one.number) for kept in ROUND_KEEPS]
    return sorted(file for file in found if file.is_file())


ROUND_KEEPS = (flags_file, familiarity_file, pairwise_file, best_worst_file, replies_file)
"""The files that a round may have beside its answers and remarks."""


def _remarks_file(folder: Path, number: int) -> Path:
    return folder / f"remarks-{number}.csv"


def read_panel(panel: str | Path) -> Panel:
    """The panel in a folder, or of a name as :func:`find_panel` knows it, every file checked.

    Raises :class:`InputError` with the faults of all files.
    """
    folder = panel if isinstance(panel, Path) else find_panel(panel)
    with names_beside(folder):
        return _read_panel(folder)


def _read_panel(folder: Path) -> Panel:
    if not folder.is_dir():
        raise InputError.at(folder, "", "no such panel; expected a folder with a panel.yaml")
    declared = as_it_was_asked(read_impersonal(PanelFile, folder / "panel.yaml", whole=True), folder)
    problems: list[Problem] = []
    experts: dict[str, Authority] = {}
    if (file := folder / "experts.csv").exists():
        try:
            experts = read_experts(file, declared.tables)
        except InputError as error:
            problems += error.problems
    files = _round_files(folder, problems)
    rounds: list[Round] = []
    earlier: list[Round] = []
    for number in sorted(files):
        items = tuple(item.id for item in declared.asked(number))
        try:
            compared = who_compared(pairwise_file(folder, number), best_worst_file(folder, number))
            remarks = _remarks_file(folder, number)
            answers, faults = read_answers(files[number], remarks, items, declared.scale, compared)
        except InputError as error:
            problems += error.problems
            earlier = []
            continue
        sent, sent_from = _sent(number, len(answers.rows), declared, experts)
        groups = declared.siblings(number)
        faults += () if faults else group_faults(answers, declared.scale, groups)
        marks = {} if faults else declared.scale.importance(groups, answers.marks)
        one = Round(number, answers.file, items, answers.rows, marks, answers.remarks, sent, sent_from)
        told, unsound = read_familiarity(familiarity_file(folder, number), one.experts, items, declared.tables)
        judged, unfit = read_pairwise(pairwise_file(folder, number), groups, one.experts)
        extremes, wrong = read_best_worst(best_worst_file(folder, number), groups, one.experts)
        answered, untold = read_replies(replies_file(folder, number), one.remarks)
        one = replace(
            one, flags=read_flags(flags_file(folder, number)), familiarity=told, pairwise=judged, best_worst=extremes,
            replies=answered,
        )  # fmt: skip
        problems += [*unsound, *unfit, *wrong, *untold]
        problems += [
            *faults,
            *stranger_faults(one, earlier, experts, declared),
            *authority_faults(one, declared, experts),
        ]
        if sent_from == "declared" and sent < one.returned:
            message = f"found {sent}, expected at least the {one.returned} that {one.file} holds"
            problems.append(Problem(str(folder / "panel.yaml"), None, f"rounds.{number}.sent", message))
        rounds.append(one)
        earlier.append(one)
    seats = [(expert, "experts.csv") for expert in experts]
    problems += spelt_twice(seats, [(one.file, row, expert) for one in rounds for expert, row in one.rows.items()])
    data, faults = read_past_data(folder, [item.id for item, _ in walk(declared.items)])
    problems += faults
    if problems:
        raise InputError(problems)
    return Panel(folder, declared, tuple(rounds), experts, data)


def _round_files(folder: Path, problems: list[Problem]) -> dict[int, Path]:
    """The round files of a folder by number; two files of one round and missing rounds go to ``problems``."""
    files: dict[int, Path] = {}
    for file in sorted(file for file in folder.iterdir() if NAMED_ROUND.match(file.name)):
        matched = ROUND_FILE.fullmatch(file.name)
        if matched is None:
            message = "found this name, expected round-1.csv, round-2.csv … or .xlsx"
            problems.append(Problem(str(file), None, "", message))
        elif (other := files.get(int(matched[1]))) is not None:
            message = f"found {other.name} beside it, expected one file a round"
            problems.append(Problem(str(file), None, "", message))
        else:
            files[int(matched[1])] = file
    for number in range(1, max(files, default=0)):
        if number not in files:
            message = f"found no round-{number}, expected every round from the first"
            problems.append(Problem(str(folder), None, "", message))
    for file in sorted(folder.glob("*-*.csv")):
        beside = BESIDE_ROUND.fullmatch(file.name)
        if beside is not None and int(beside[1]) not in files:
            message = f"found it without a round-{beside[1]}, expected the answers of the round beside it"
            problems.append(Problem(str(file), None, "", message))
    return files


def _sent(number: int, returned: int, declared: PanelFile, experts: Mapping[str, Authority]) -> tuple[int, SentFrom]:
    note = declared.rounds.get(number)
    if note is not None and note.sent is not None:
        return note.sent, "declared"
    return (len(experts), "experts") if experts else (returned, "returned")
