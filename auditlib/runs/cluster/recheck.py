"""Answers of workers made again by the runner: which ones, and what is said where one is another.

Every task has a hash: what is computed, and of what, down to the SHA-256 of the files of a part. The draw is a code
(HMAC) of that hash under a key that is the runner's alone: the same tasks give the same draw, and no worker can know
which of its answers are drawn. The answers whose code lies below the share are drawn; of each worker of whom no answer
of its kind was drawn before in the run, the one with the lowest; and of what is no count of a part (rows that are
compared with those of other parts), the lowest of each kind at each question.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import polars as pl

from auditlib.core.errors import AuditError
from auditlib.core.hashes import digest
from auditlib.ledger.divided.parts import FilePart, in_parts
from auditlib.ledger.restatement.mixed import MixedPart
from auditlib.ledger.restatement.paired_parts import PartsQuestion, told_of_part
from auditlib.probe.divided import PartQuestion, part_families
from auditlib.scoring.counts import Question, Tally, tally_part
from auditlib.scoring.duties.in_places import DutyAnswer, DutyQuestion, judged_at

__all__ = ["SHARE", "Drawing", "FalseAnswer", "Recheck", "Task", "same_answer"]

ANSWERS = (tally_part, judged_at)
"""What gives the answers themselves; anything else prepares them."""
KINDS: Mapping[Callable[..., Any], str] = {
    tally_part: "count", part_families: "count", judged_at: "duties", told_of_part: "restatement",
}  # fmt: skip
"""What an answer is called in a message."""
SHARE = Fraction(1, 50)
"""The share of the answers that is made again where nobody says another."""


class FalseAnswer(AuditError):
    """A count or a report that came back is not the one that its inputs give."""


@dataclass(frozen=True)
class Task:
    """What a worker was asked: a function and its arguments, of which some stand for answers to come.

    ``sha256`` names it: it is the same whenever the same is asked of the same files.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = field(repr=False)
    sha256: str

    @property
    def what(self) -> str:
        """What it is called in a message: the file of the part, where it is of one."""
        parts = [part for one in self.arguments for part in _file_parts(one)]
        own = [name for part in parts for register, files in part.files if in_parts(register) for name, _ in files]
        files = list(dict.fromkeys(own))
        if not files:
            return "the comparison of rows of several parts"
        kind = KINDS.get(self.function, "compared rows")
        return f"the {kind} of {', '.join(files)}"


class Recheck:
    """Which answers are drawn, and how many were. ``key`` is the runner's own, ``share`` from 0 to 1."""

    def __init__(self, key: bytes, share: Fraction = SHARE) -> None:
        self._key, self.share = key, share
        self.given = self.made_again = 0
        self._known: set[str] = set()

    def code(self, sha256: str) -> Fraction:
        """A number from 0 to 1 for a task, even over all tasks for who does not know the key."""
        found = hmac.new(self._key, sha256.encode(), "sha256").digest()
        return Fraction(int.from_bytes(found), 2 ** (8 * len(found)))

    def draws(self, sha256: str, worker: str | None = None) -> bool:
        """Whether a task is drawn: by the share, or as the first of its ``worker`` that is asked about."""
        unknown = worker is not None and worker not in self._known
        drawn = bool(self.share) and (unknown or self.code(sha256) < self.share)
        if drawn and worker is not None:
            self._known.add(worker)
        return drawn

    def told(self) -> dict[str, object]:
        """How many answers there were and how many were made again, with the share that was asked for."""
        return {"answers": self.given, "made_again": self.made_again, "share": str(self.share)}

    def sampled(self, sha256: str) -> bool:
        """As :meth:`draws`, of tasks whose worker nobody asks for: the first one is drawn always."""
        return self.draws(sha256, "")


class Drawing:
    """What is asked of workers for one question, and which of it is made again.

    Of what is not drawn no answer is held, so that the workers need not keep it longer than the question needs it.
    """

    def __init__(self, recheck: Recheck) -> None:
        self._recheck = recheck
        self._names: dict[str, str] = {}
        self._questions: dict[int, str] = {}
        self._counts: dict[str, Task] = {}
        self._lowest: dict[str, tuple[Task, Any]] = {}
        self._drawn: dict[str, tuple[Task, Any]] = {}

    def noted(self, future: Any, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """The ``future`` of the answer to a task, after a note of the task."""
        task = Task(function, arguments, digest([function.__name__, self._plain(arguments)]))
        self._names[future.key] = task.sha256
        self._recheck.given += 1
        if function in ANSWERS:
            self._counts[future.key] = task
        elif self._recheck.draws(task.sha256):
            self._drawn[task.sha256] = (task, future)
        elif self._recheck.share:
            low = self._lowest.get(function.__name__)
            if low is None or self._recheck.code(task.sha256) < self._recheck.code(low[0].sha256):
                self._lowest[function.__name__] = (task, future)
        return future

    def check(
        self, futures: Sequence[Any], answers: Sequence[Tally | DutyAnswer], workers: Callable[[Any], Sequence[str]],
        gathered: Callable[[Any], Any],
    ) -> None:  # fmt: skip
        """Make what is drawn again, beside the counts (``answers``) that the ``futures`` gave.

        ``workers`` says who has the answer of a future, ``gathered`` gives the values of nested futures. Raises
        :class:`FalseAnswer`.
        """
        found = {
            self._counts[future.key].sha256: (future, tally) for future, tally in zip(futures, answers, strict=True)
        }
        tasks = {task.sha256: task for task in self._counts.values()}
        for sha256 in sorted(found, key=self._recheck.code):
            future, tally = found[sha256]
            who = workers(future)
            if self._recheck.draws(sha256, f"{tasks[sha256].function.__name__} of {', '.join(who)}"):
                self._compare(tasks[sha256], tally, who, gathered)
        for task, future in {**{one[0].sha256: one for one in self._lowest.values()}, **self._drawn}.values():
            self._compare(task, gathered([future])[0], workers(future), gathered)

    def _compare(self, task: Task, answer: Any, workers: Sequence[str], gathered: Callable[[Any], Any]) -> None:
        here = task.function(*gathered(list(task.arguments)))
        self._recheck.made_again += 1
        if not same_answer(answer, here):
            raise FalseAnswer(
                f"worker {' or '.join(workers) or 'unknown'}: {task.what} is another when made again here (task "
                f"{task.sha256[:12]}): {difference(answer, here)}; nothing is recorded, and nothing that was counted "
                "or made is taken as finished: find out which worker is not yours, or is broken"
            )

    def _plain(self, value: Any) -> Any:
        """What a task is about, for its hash: a future is its own task, a part its files."""
        if isinstance(value, Question | DutyQuestion | PartQuestion | PartsQuestion):
            return self._questions.setdefault(id(value), digest(value))
        if isinstance(value, FilePart):
            return [[register, [list(one) for one in files]] for register, files in value.files]
        if isinstance(value, MixedPart):
            return ["mixed", self._plain(value.own), self._plain(value.other), value.keys and list(value.keys)]
        if isinstance(value, Mapping):
            return sorted([str(key), self._plain(one)] for key, one in value.items())
        if isinstance(value, list | tuple):
            return [self._plain(one) for one in value]
        return self._names.get(getattr(value, "key", ""), value)


def _file_parts(value: Any) -> list[FilePart]:
    """The parts in files that an argument is made of."""
    if isinstance(value, MixedPart):
        return [*_file_parts(value.own), *_file_parts(value.other)]
    return [value] if isinstance(value, FilePart) else []


# --- two answers beside one another -------------------------------------------------------------------


def same_answer(one: Any, other: Any) -> bool:
    """Whether two answers to a task are the same; the order of keys that were found does not count."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same_answer, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_answer(one[key], other[key]) for key in one)
    if isinstance(one, pl.DataFrame) and isinstance(other, pl.DataFrame):
        return one.equals(other)
    if isinstance(one, pl.Series) and isinstance(other, pl.Series):
        return one.sort().equals(other.sort())
    return type(one) is type(other) and bool(_told(one) == _told(other))


def difference(one: Any, other: Any) -> str:
    """What differs first between two answers, in words."""
    if not (isinstance(one, Tally) and isinstance(other, Tally)):
        return (
            f"found {type(one).__name__}, expected {type(other).__name__}" if type(one) is not type(other) else "rows"
        )
    for unit in sorted({*one.counts, *other.counts}):
        mine, theirs = one.counts.get(unit, {}), other.counts.get(unit, {})
        for name in sorted({*mine, *theirs}):
            if mine.get(name) != theirs.get(name):
                return f"{name} of unit {unit}: found {mine.get(name)}, expected {theirs.get(name)}"
    return "cases behind a number, or notes on them"


def _told(answer: Any) -> Any:
    """An answer with what it says of unknown days, which is an error and equal to nothing, as text."""
    return {**vars(answer), "unknown": str(answer.unknown)} if isinstance(answer, Tally) else answer
