"""What the statements of a source prove of each other: classes unknown to it, matters without a rule, two answers.

No number shows these faults. A clause says what it lists and what it brings into scope, an answer to a reading says
which clause gives it; what does not fit together follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditlib.core.message import Joined, Message, Named
from auditlib.core.values import Text
from auditlib.ledger.conditions import parse_sql
from auditlib.ledger.expression_nodes import Constant, nodes
from auditlib.scheme.decision import DecisionTable
from auditlib.scheme.finding import Finding, finding
from auditlib.scheme.load import SchemeFile
from auditlib.scheme.model import Scheme

__all__ = ["statement_findings"]

GRADE = re.compile("特别(?:重大|重要|严重|疑难|复杂)")
"""A grade above the highest, as sources name it in passing."""
TOGETHER = re.compile("[^,，。;；、由]{2,12}(?:、[^,，。;；、]{2,12}){2,}共同负责")
"""Several who answer together, so that none of them does by itself."""


def statement_findings(file: SchemeFile) -> Iterator[Finding]:
    """What the clauses and readings of a scheme of duties say against each other."""
    if file.natural.duties:
        yield from _classes(file)
        yield from _scope(file)
        yield from _together(file)
        yield from _answers(file)


def _classes(file: SchemeFile) -> Iterator[Finding]:
    """Classes of which the classification knows nothing, by the decision tables or by the clauses that list them."""
    scheme = file.natural
    tables = list(_classifications(scheme))
    given = {row.gives for table in tables for row in table.rows}
    known = given | {word for words in scheme.words.get("cases", {}).values() for word in words}
    for name, clause in scheme.clauses.items():
        path = ("clauses", name, "quote")
        found = GRADE.search(clause.quote)
        if given and found and not any(found[0] in word for word in known):
            message = Message("{name} is no class of the classification", name=f"“{found[0]}”")
            yield finding(file.tree, path, "undefined-class", name, name, message, ", ".join(map(_classes_of, tables)))
        for column in clause.lists:
            yield from _listed(file, name, column)


def _listed(file: SchemeFile, name: str, column: str) -> Iterator[Finding]:
    """Words of a column that the clause which lists its classes does not list, or does not keep apart."""
    clauses, words = file.natural.clauses, file.natural.words["cases"][column]
    quote = f"“{clauses[name].quote}”"
    for word in (word for word in words if word not in quote):
        citing = next((other for other, own in clauses.items() if word in own.quote), name)
        message = Message("{name} is no class of the classification", name=f"“{word}”")
        path = ("clauses", citing, "quote")
        yield finding(file.tree, path, "undefined-class", f"{column}.{word}", citing, message, quote)
    listed = [word for word in words if word in quote]
    if not clauses[name].apart and len(listed) > 1:
        one, other = listed[:2]
        message = Message(
            "one row can be {one} and {other}, and nothing says which", one=Named(one), other=Named(other)
        )
        yield finding(file.tree, ("clauses", name, "quote"), "route-overlap", column, name, message, quote)


def _classifications(scheme: Scheme) -> Iterator[DecisionTable]:
    """The decision tables that give classes, not those that name who handles it."""
    for columns in scheme.columns.values():
        for column in columns.values():
            if column.choose is not None and not {row.gives for row in column.choose.rows} & scheme.actors.keys():
                yield column.choose


def _classes_of(table: DecisionTable) -> str:
    return " < ".join(reversed(table.order)) or " | ".join(dict.fromkeys(row.gives for row in table.rows))


def _scope(file: SchemeFile) -> Iterator[Finding]:
    """Matters that a clause covers, and of which no condition of a duty asks."""
    scheme = file.natural
    conditions = [duty.when for duty in scheme.duties] + [
        limit.when for duty in scheme.duties for limit in duty.every_limit
    ]
    asked = {
        node.value for sql in conditions if sql for node in nodes(parse_sql(sql).tree)
        if isinstance(node, Constant) and isinstance(node.value, str)
    }  # fmt: skip
    for name, clause in scheme.clauses.items():
        for column, words in clause.covers.items():
            for word in words:
                if word not in asked:
                    message = Message("brings {matter} into scope, and no clause says what is owed", matter=Named(word))
                    path = ("clauses", name, "covers", column)
                    yield finding(file.tree, path, "scope-without-rule", f"{column}.{word}", name, message)


def _together(file: SchemeFile) -> Iterator[Finding]:
    for name, clause in file.natural.clauses.items():
        if found := TOGETHER.search(clause.quote):
            message = Message("several answer together, and none by itself: {words}", words=f"“{found[0]}”")
            yield finding(file.tree, ("clauses", name, "quote"), "nobody-owes", name, name, message)


def _answers(file: SchemeFile) -> Iterator[Finding]:
    """Readings whose answers stand in different clauses: who owes it, or what is owed, the source says twice."""
    scheme = file.natural
    for name, reading in scheme.readings.items():
        said = {answer.clause: answer for answer in reading.options.values() if answer.clause is not None}
        if len(said) < 2:
            continue
        first, second, *_ = said
        values = {str(answer.value) for answer in said.values()}
        kind = "two-owe" if len(values & set(scheme.actors)) > 1 else "limits-contradict"
        message = Message(
            "{one} and {other} answer differently: {question}", one=first, other=second, question=reading.question
        )
        texts = [Text(zh=answer.zh, en=answer.en) for answer in (said[first], said[second])]
        proof = Joined(texts[0], " / ", texts[1])
        yield finding(file.tree, ("readings", name), kind, name, reading.clause, message, proof)
