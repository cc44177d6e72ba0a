"""What the duties of a scheme name: clauses, other duties, acts, columns that an act must fill."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.core.errors import Problem
from auditlib.core.yaml_file import Tree
from auditlib.scheme.duties import Act, Duty, DutyStart
from auditlib.scheme.model import Scheme

__all__ = ["act_words", "dangling_duties"]

Path = tuple[str | int, ...]


def act_words(scheme: Scheme) -> frozenset[str]:
    """Every word for an act that the scheme knows: those that its duties look for, and those that it declares."""
    declared = scheme.words.get("acts", {}).get("act", ())
    return frozenset([*declared, *(word for duty in scheme.duties for word in duty.acts)])


def dangling_duties(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Everything in the duties and decision tables that names something which is not there."""
    if scheme.counting.clause is not None and scheme.counting.clause not in scheme.clauses:
        yield tree.problem(("counting", "clause"), f"found {scheme.counting.clause}, expected a clause of this file")
    for register, columns in scheme.columns.items():
        for name, column in columns.items():
            if column.choose is not None and column.choose.clause not in scheme.clauses:
                path: Path = ("columns", register, name, "choose", "clause")
                yield tree.problem(path, f"found {column.choose.clause}, expected a clause of this file")
    ids = {duty.id for duty in scheme.duties}
    for name, measure in scheme.measures.items():
        if measure.duty is not None and measure.duty not in ids:
            expected = f"expected a duty of this file: {', '.join(sorted(ids)) or 'there is none'}"
            yield tree.problem(("measures", name, "duty"), f"found {measure.duty}, {expected}")
    seen: dict[str, int] = {}
    for index, duty in enumerate(scheme.duties):
        if seen.setdefault(duty.id, index) != index:
            yield tree.problem(("duties", index, "id"), f"a second duty named {duty.id}")
        yield from _problems(tree, scheme, ("duties", index), duty)


def _problems(tree: Tree, scheme: Scheme, at: Path, duty: Duty) -> Iterator[Problem]:
    if duty.clause not in scheme.clauses:
        yield tree.problem((*at, "clause"), f"found {duty.clause}, expected a clause of this file")
    ids = {other.id for other in scheme.duties}
    if isinstance(duty.start, DutyStart):
        if duty.start.due not in ids:
            yield tree.problem(
                (*at, "from", "due"), f"found {duty.start.due}, expected a duty of this file", duty.clause
            )
        elif _circle(scheme, duty):
            told = f"found {duty.start.due}, whose limit runs from the end of this one, expected a clock that starts"
            yield tree.problem((*at, "from", "due"), told, duty.clause)
    declared = scheme.words.get("acts", {}).get("act")
    for word in duty.acts:
        if declared is not None and word not in declared:
            told = f"found the act {word}, expected one of those declared in words.acts.act: {', '.join(declared)}"
            yield tree.problem(at, told, duty.clause)
    known = scheme.ledger_columns("acts")
    for key, needs in (("extended", duty.extended), ("handed_over", duty.handed_over)):
        for name in needs.needs if needs is not None else ():
            if name not in known:
                told = f"found {name}, expected a column of acts: {', '.join(known)}"
                yield tree.problem((*at, key, "needs"), told, duty.clause)
    for moment in duty.moments:
        by = moment.by if isinstance(moment, Act) else None
        columns = {*known, *scheme.ledger_columns(duty.of), *scheme.columns.get(duty.of, {})}
        if by is not None and by not in scheme.actors and by not in columns:
            yield tree.problem(
                at, f"found by: {by}, expected an actor of this file or a column with a unit", duty.clause
            )


def _circle(scheme: Scheme, duty: Duty) -> bool:
    """Whether the clock of a duty waits for its own end."""
    seen: set[str] = set()
    while isinstance(duty.start, DutyStart) and duty.id not in seen:
        seen.add(duty.id)
        found = [other for other in scheme.duties if other.id == duty.start.due]
        if not found:
            return False
        duty = found[0]
    return duty.id in seen
