"""What decision tables prove: two rows that fit one case and nothing that says which, cases that no row fits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations as pairs_of

from auditlib.core.message import Message, Named
from auditlib.core.yaml_file import Tree
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.expression_nodes import Constant, Node, Operation, Read, nodes
from auditlib.proofs.possible_rows import verdicts
from auditlib.scheme.column_kinds import ColumnKinds
from auditlib.scheme.finding import Finding, finding
from auditlib.scheme.model import Scheme

__all__ = ["kinds_of", "table_findings"]


def kinds_of(scheme: Scheme, register: str) -> ColumnKinds:
    """The columns that duties on a register read; what a decision table gives can be any of its values."""
    own = ColumnKinds.of_duties(scheme, register)
    tables = {name: own.of_column(name) for name, column in own.derived.items() if column.choose is not None}
    left = {name: column for name, column in own.derived.items() if name not in tables}
    return ColumnKinds({**own.given, **tables}, left)


def table_findings(tree: Tree, scheme: Scheme) -> Iterator[Finding]:
    """Decision tables of which two rows fit one case, or none does."""
    for register, columns in scheme.columns.items():
        for name, column in columns.items():
            table = column.choose
            if table is None:
                continue
            kinds = kinds_of(scheme, register)
            conditions = [(row, parse_sql(row.when).tree) for row in table.rows if row.when is not None]
            path = ("columns", register, name, "choose")
            for (one, first), (other, second) in pairs_of(conditions, 2) if table.hit == "one" else ():
                if True in verdicts(kinds, register, Operation("and", (first, second)), frozenset()):
                    message = Message(
                        "one row can be {one} and {other}, and nothing says which",
                        one=scheme.actors.get(one.gives, Named(one.gives)),
                        other=scheme.actors.get(other.gives, Named(other.gives)),
                    )
                    yield finding(
                        tree, path, "route-overlap", f"{name}.{one.gives}+{other.gives}", table.clause, message
                    )
            words = _free_words(scheme, register, [node for _, node in conditions])
            if table.hit != "first" and words:
                message = Message("no row says what {words} give", words=Named(", ".join(words)))
                yield finding(tree, path, "route-hole", name, table.clause, message)


def _free_words(scheme: Scheme, register: str, conditions: list[Node]) -> list[str]:
    """The declared words of the one column that a table asks for which no row asks."""
    asked = {
        node.name: None for condition in conditions for node in nodes(condition)
        if isinstance(node, Read) and node.name in scheme.words.get(register, {})
    }  # fmt: skip
    if len(asked) != 1:
        return []
    known = scheme.words[register][next(iter(asked))]
    named = {
        value for condition in conditions for node in nodes(condition)
        if isinstance(node, Constant) and isinstance(value := node.value, str)
    }  # fmt: skip
    return [word for word in known if word not in named]
