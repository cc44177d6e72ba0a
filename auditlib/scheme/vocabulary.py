"""Words of coded columns: a scheme declares every word that a column may hold, and its rules test no other."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl

from auditlib.core.errors import Problem
from auditlib.core.yaml_file import Tree, dotted
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.expression_nodes import Constant, Node, Operation, Read, nodes
from auditlib.ledger.expression_text import written
from auditlib.scheme.column_kinds import OF_A_CASE
from auditlib.scheme.columns import written_expressions
from auditlib.scheme.model import Scheme
from auditlib.scheme.near_names import register_told

__all__ = ["WordTest", "coded_columns", "misspelt", "word_tests"]

Path = tuple[str | int, ...]

NAMES = frozenset({"unit", "case_id", "person_key", "problem_key", "duplicate_of"})
"""Columns that name a thing: what they hold is listed nowhere."""
NEAR = 0.5
"""How alike two words are of which one may be meant for the other; where several are, the list has to say it."""
COUNTED = ("unit_facts", "fact")
COMPARING = frozenset({"=", "<>", "in", "is distinct from", "is not distinct from"})


@dataclass(frozen=True)
class WordTest:
    """A comparison of a column with words, or (``words`` is empty) with what else is said of a word.

    ``stand_ins`` are texts that stand in where the column is empty: no words of the column.
    """

    column: str
    words: tuple[str, ...]
    node: Operation
    stand_ins: frozenset[str] = frozenset()


def coded_columns(scheme: Scheme, register: str) -> dict[str, tuple[str, str]]:
    """The columns of a register that hold words, each with the register and column whose words they are."""
    known = scheme.ledger_columns(register)
    names = NAMES | set(scheme.known_registers[register].key)
    coded = {
        name: (register, name)
        for name, column in known.items()
        if column.type == "text" and (name not in names or (register, name) == COUNTED)
    }
    return coded | {"group": ("units", "group")}


def word_tests(node: Node, columns: Collection[str]) -> Iterator[WordTest]:
    """What an expression asks of ``columns`` that hold words."""
    if not isinstance(node, Operation):
        return
    texts = tuple(part.value for part in node.parts if isinstance(part, Constant) and isinstance(part.value, str))
    if node.name in COMPARING and texts:
        for part in node.parts:
            column, stand_ins = _column(part)
            if column in columns:
                yield WordTest(column, texts, node, stand_ins)
                return
    read = {inner.name for inner in nodes(node) if isinstance(inner, Read)}
    if texts and len(read) == 1 and read <= set(columns) and _is_test(node):
        yield WordTest(read.pop(), (), node)
        return
    for part in node.parts:
        yield from word_tests(part, columns)


def _column(node: Node) -> tuple[str, frozenset[str]]:
    """The column that stands by itself, or with a text for where it is empty."""
    if isinstance(node, Read):
        return node.name, frozenset()
    if isinstance(node, Operation) and node.name == "coalesce" and isinstance(node.parts[0], Read):
        rest = [part.value for part in node.parts[1:] if isinstance(part, Constant)]
        if len(rest) == len(node.parts) - 1:
            return node.parts[0].name, frozenset(value for value in rest if isinstance(value, str))
    return "", frozenset()


def _is_test(node: Operation) -> bool:
    """Whether the node is true or false of a word: a comparison, or whether it begins, ends or looks like something."""
    return node.name in COMPARING or node.name in ("starts_with", "ends_with", "regexp_like")


def misspelt(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Every word that a condition tests and the scheme does not declare, and what is wrong with the declarations."""
    yield from _declarations(tree, scheme)
    undeclared: dict[tuple[str, str], tuple[Path, dict[str, None]]] = {}
    for register, path, sql in written_expressions(scheme):
        if register not in scheme.known_registers:
            continue
        coded = coded_columns(scheme, register)
        derived = scheme.columns.get(register, {})
        if path[0] == "duties" and register in OF_A_CASE:
            coded = coded_columns(scheme, "cases") | coded
            derived = scheme.columns.get("cases", {}) | derived
        try:
            tree_ = parse_sql(sql).tree
        except ValueError:
            continue  # said where it stands
        for found in word_tests(tree_, [name for name in coded if name not in derived]):
            owner, column = coded[found.column]
            words = scheme.words.get(owner, {}).get(column)
            if words is None:
                undeclared.setdefault((owner, column), (path, {}))[1].update(dict.fromkeys(found.words))
            else:
                yield from (tree.problem(path, fault) for fault in _faults(found, f"{owner}.{column}", words))
    for (owner, column), (first, said) in undeclared.items():
        told = f"found {owner}.{column} compared with {', '.join(map(repr, sorted(said))) or 'words'} ({dotted(first)})"
        declared = f"words: {{{owner}: {{{column}: [{', '.join([*sorted(said), '…'])}]}}}}"
        expected = f"expected its words to be declared: `{declared}`, with every word that the column may hold"
        yield tree.problem(("words", owner, column), f"{told}, {expected}")
    facts = scheme.words.get(COUNTED[0], {}).get(COUNTED[1])
    for name, measure in scheme.measures.items():
        if measure.fact is not None and facts is not None and measure.fact not in facts:
            yield tree.problem(("measures", name, "fact"), _unknown(measure.fact, "unit_facts.fact", facts))


def _faults(found: WordTest, column: str, words: tuple[str, ...]) -> Iterator[str]:
    for word in found.words:
        if word not in words and word not in found.stand_ins:
            yield _unknown(word, column, words)
    if not found.words:
        frame = pl.DataFrame({found.column: list(words)}, schema={found.column: pl.String})
        if not frame.select(found.node.expression.alias("holds"))["holds"].any():
            yield f"found `{written(found.node)}`, which no word of {column} meets, expected one of {_listed(words)}"


def _unknown(word: str, column: str, words: tuple[str, ...]) -> str:
    alike = {other: difflib.SequenceMatcher(None, word, other).ratio() for other in words}
    near = [other for other, ratio in alike.items() if ratio == max(alike.values()) and ratio >= NEAR]
    meant = f" (did you mean {near[0]}?)" if len(near) == 1 else ""
    return f"found '{word}', which is no word of {column}, expected one of {_listed(words)}{meant}"


def _listed(words: tuple[str, ...]) -> str:
    more = f" and {len(words) - 20} more" if len(words) > 20 else ""
    return f"{', '.join(words[:20])}{more}" if words else "none"


def _without_blanks(word: str) -> str:
    return "".join(word.split())


def _declarations(tree: Tree, scheme: Scheme) -> Iterator[Problem]:
    """Words of columns that hold none, or twice the same."""
    for register, columns in scheme.words.items():
        if register not in scheme.known_registers:
            yield tree.problem(("words", register), register_told(register, scheme.known_registers))
            continue
        known = [name for name, (owner, _) in coded_columns(scheme, register).items() if owner == register]
        for column, words in columns.items():
            path: Path = ("words", register, column)
            if column not in known:
                expected = f"expected a column of text that holds words: {', '.join(known)}"
                yield tree.problem(path, f"found {column}, {expected}")
            for index, word in enumerate(words):
                if words.index(word) != index:
                    yield tree.problem((*path, index), f"found {word} a second time, expected each word once")
                elif alike := [other for other in words[:index] if _without_blanks(other) == _without_blanks(word)]:
                    told = f"found '{word}' beside '{alike[0]}', from which it differs only by blanks"
                    yield tree.problem((*path, index), f"{told}, expected each word once")
            if not words:
                yield tree.problem(path, "found an empty list, expected every word that the column may hold")
