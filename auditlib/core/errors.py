"""What is wrong with an input, said so that its owner can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from auditlib.core.visible import visible

__all__ = ["AuditError", "InputError", "Problem", "together"]


@dataclass(frozen=True, order=True)
class Problem:
    """One fault: where it stands, what was found there, what was expected.

    ``file``, ``line`` and ``column`` locate it (None where a file has none, both counted from 1), ``path`` names
    the key or column inside the file, ``clause`` the clause of the source where one is concerned.
    """

    file: str
    line: int | None
    path: str
    message: str
    clause: str | None = None
    column: int | None = None

    @property
    def place(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{where}: {self.path}" if self.path else where

    def __str__(self) -> str:
        clause = f" [{self.clause}]" if self.clause else ""
        return f"{self.place}{clause}: {self.message}"


def together(problems: Iterable[Problem]) -> list[Problem]:
    """The problems, each fault once: where the same is said of several places of a file, with the others behind it."""
    grouped: dict[tuple[str, str], list[Problem]] = {}
    for one in problems:
        grouped.setdefault((one.file, one.message), []).append(one)
    return [_with_others(first, others) for first, *others in grouped.values()]


def _with_others(first: Problem, others: list[Problem]) -> Problem:
    places = [":".join(str(part) for part in (one.line, one.column) if part is not None) for one in others]
    more = f" (also at {', '.join(filter(None, places))})" if any(places) else ""
    return replace(first, message=f"{first.message}{more}")


class AuditError(Exception):
    """The base of every error that auditlib raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows, for IPython asks by this name: the message, as the command line says it, alone."""
        return [f"auditlib: {visible(line)}" for line in str(self).splitlines()]


class InputError(AuditError):
    """An input cannot be used. Carries every problem found, not the first alone."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)

    @classmethod
    def at(
        cls, file: object, path: str, message: str, *, line: int | None = None, column: int | None = None
    ) -> InputError:
        """The error of a single problem."""
        return cls(Problem(str(file), line, path, message, column=column))
