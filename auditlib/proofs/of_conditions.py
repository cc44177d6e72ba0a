"""What the conditions on rows prove: met by no row or by all, and rows that they never see, with what to write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditlib.core.message import Joined, Message, Named
from auditlib.core.yaml_file import Tree
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.expression_nodes import Constant, Node, Operation, Read
from auditlib.ledger.expression_text import written
from auditlib.proofs.combinations import Choice, Combinations
from auditlib.proofs.possible_rows import verdicts
from auditlib.proofs.three_valued import Unseen, unseen_by
from auditlib.scheme.column_kinds import ColumnKinds
from auditlib.scheme.dependencies import reached
from auditlib.scheme.finding import Finding, finding
from auditlib.scheme.load import SchemeFile
from auditlib.scheme.model import Scheme

__all__ = ["condition_findings"]

Path = tuple[str, ...]


@dataclass(frozen=True)
class _Condition:
    """A condition of a scheme: where it stands, what it belongs to, and the columns that no row leaves empty there.

    ``whole`` is the condition together with what else a row must have to count, such as steps to add up.
    """

    register: str
    path: tuple[str | int, ...]
    at: str
    clause: str | None
    tree: Node | None
    whole: Node
    filled: frozenset[str]


def condition_findings(file: SchemeFile, combinations: Combinations) -> Iterator[Finding]:
    """Conditions of measures, limits, repeats and derived columns: met by no row, met by all, or blind to some."""
    raw = file.tree.value
    places: list[tuple[Path, object]] = [(("measures", name), raw["measures"][name]) for name in file.natural.measures]
    for register, columns in (raw.get("columns") or {}).items():
        places += [(("columns", register, name), content) for name, content in columns.items()]
    for place, content in places:
        readings = [found[1] for found in reached(raw, content) if found[0] == "readings"]
        choices, complete = combinations.of(readings)

        def look(choice: Choice, place: Path = place) -> Iterator[Finding]:
            return _findings(file.tree, combinations.under(choice).scheme, place)

        for found in combinations.hold(choices, complete, look):
            if found.kind != "always" or not found.readings:  # a reading may say that every row is meant
                yield found


def _findings(tree: Tree, scheme: Scheme, place: Path) -> Iterator[Finding]:
    for condition in _conditions(scheme, place):
        kinds = ColumnKinds.of(scheme, condition.register)
        if isinstance(condition.tree, Operation):  # what is only a name or a constant is meant as it is
            met = verdicts(kinds, condition.register, condition.tree, condition.filled)
            if len(met) == 1:
                yield _settled(tree, condition, always=True in met)
                continue
        for unseen in unseen_by(kinds, condition.whole, condition.filled):
            yield _finding(tree, scheme, condition, unseen)


def _settled(tree: Tree, condition: _Condition, always: bool) -> Finding:
    """A condition that does not tell one row from another."""
    assert condition.tree is not None
    kind, message = (
        ("always", Message("every row meets it; without it all rows count just so"))
        if always
        else ("unreachable", Message("no row meets it"))
    )
    proof = f"`{written(condition.tree)}`"
    return finding(tree, condition.path, kind, condition.at, condition.clause, message, proof)


def _finding(tree: Tree, scheme: Scheme, condition: _Condition, unseen: Unseen) -> Finding:
    """What drops out, said where it can be mended: of the condition, or of the derived column that it asks."""
    name = unseen.derived
    at = f"{name or condition.at}.{'+'.join(unseen.columns)}"
    message = _dropped(unseen, _advice(scheme, condition.register, unseen))
    proof = Message("{test} is then neither true nor false", test=f"`{written(unseen.test)}`")
    if name is None:
        return finding(tree, condition.path, "unseen", at, condition.clause, message, proof)
    path = ("columns", condition.register, name)
    column = scheme.columns[condition.register][name]
    start = column.steps.start if column.steps else column.deadline.start if column.deadline else None
    if start is None:
        return finding(tree, (*path, "sql"), "unseen", at, None, message, proof)
    filled = " or ".join(written(Operation("is not null", (Read(one),))) for one in unseen.columns)
    advice = Message(
        "write {filled} in the conditions that read {column} to leave them out",
        filled=f"`{filled}`",
        column=Named(name),
    )
    proof = Message("{column} counts from {start}", column=Named(name), start=Named(start))
    return finding(tree, path, "unseen", at, None, _dropped(unseen, advice), proof)


def _conditions(scheme: Scheme, place: Path) -> Iterator[_Condition]:
    """The conditions of a measure, with the column that it adds up, or of a derived column."""
    if place[0] == "measures":
        name, measure = place[1], scheme.measures[place[1]]
        if measure.register_ is None:
            return
        register = scheme.known_registers[measure.register_]
        where = parse_sql(measure.where).tree if measure.where is not None else None
        parts = [where] if where is not None else []
        if measure.sum in scheme.columns.get(register.name, {}):
            parts.append(Operation(">", (Read(measure.sum or ""), Constant(0))))
        whole = Operation("and", tuple(parts)) if len(parts) == 2 else parts[0] if parts else Constant(True)
        filled = frozenset({*register.required, measure.at or register.at or ""})
        key = "where" if measure.where is not None else "sum"
        yield _Condition(register.name, (*place, key), name, _clause(scheme, name), where, whole, filled)
        return
    _, owner, name = place
    column, required = scheme.columns[owner][name], frozenset(scheme.known_registers[owner].required)
    for index, limit in enumerate(column.deadline.limits if column.deadline else ()):
        if limit.when is not None:
            path: tuple[str | int, ...] = (*place, "deadline", "limits", index, "when")
            when = parse_sql(limit.when).tree
            yield _Condition(owner, path, name, None, when, when, required)
    if column.earlier is not None and column.earlier.where is not None:
        # Rows whose keys or time are unknown are never repeats, as declared.
        filled = required | {*column.earlier.same, column.earlier.order}
        where = parse_sql(column.earlier.where).tree
        yield _Condition(owner, (*place, "earlier", "where"), name, None, where, where, filled)
    if column.sql is not None and ColumnKinds.of(scheme, owner).of_column(name).kind == "truth":
        yield _Condition(owner, (*place, "sql"), name, None, parse_sql(column.sql).tree, Constant(True), required)


def _clause(scheme: Scheme, measure: str) -> str | None:
    """The clause of the first rule that looks at a measure, by itself or in a rate."""
    rules = (rule for _, rule in scheme.rules() if rule.quantity and measure in scheme.measures_of(rule.quantity))
    return next((rule.clause for rule in rules), None)


def _dropped(unseen: Unseen, advice: Message) -> Message:
    """Which rows drop out, and what to write instead."""
    first, *others = unseen.columns
    if not others:
        return Message(
            "rows whose {column} is empty drop out without a word; {advice}", column=Named(first), advice=advice
        )
    columns = Joined(Named(first), *(piece for name in others for piece in (" + ", Named(name))))
    return Message(
        "rows whose {columns} are all empty drop out without a word; {advice}", columns=columns, advice=advice
    )


def _advice(scheme: Scheme, register: str, unseen: Unseen) -> Message:
    """What to write instead, where the rows shall count and where they shall not."""
    test = unseen.test
    (name, *more) = unseen.columns
    own = [column for column in unseen.columns if _reads(test, column)]
    named = own if len(own) == 1 else unseen.columns
    filled = " or ".join(written(Operation("is not null", (Read(column),))) for column in named)
    left_out = f"`{filled if len(named) == 1 else f'({filled})'} and {_bare(test)}`"
    column = scheme.ledger_columns(register).get(name)
    counted = None
    if unseen.negative and test == Operation("not", (Read(name),)):
        counted, left_out = f"`{written(Read(name))} is not true`", f"`{written(Read(name))} is false`"
    elif unseen.negative:
        counted = f"`{written(Read(name))} is null or {written(test)}`"
    elif not more and column is not None and column.type == "time" and _reads(test, name):
        stand_in = Operation("coalesce", (Read(name), Read("as_of")))
        counted = f"`{written(_replaced(test, name, stand_in))}`"
    if counted is None:
        return Message("write {left_out} to leave them out", left_out=left_out)
    return Message(
        "write {counted} to count them as they stand, or {left_out} to leave them out",
        counted=counted,
        left_out=left_out,
    )


def _bare(test: Node) -> str:
    """A test as it stands behind ``and``."""
    return f"({written(test)})" if isinstance(test, Operation) and test.name == "or" else written(test)


def _reads(node: Node, name: str) -> bool:
    return node == Read(name) or any(_reads(part, name) for part in getattr(node, "parts", ()))


def _replaced(node: Node, name: str, by: Node) -> Node:
    """The node with another in the place of a column."""
    if node == Read(name):
        return by
    if isinstance(node, Operation):
        return Operation(node.name, tuple(_replaced(part, name, by) for part in node.parts), node.detail)
    return node
