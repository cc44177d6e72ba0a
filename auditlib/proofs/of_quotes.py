"""What the words of a clause contradict by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce

from auditlib.core.message import Message, Sayable
from auditlib.core.yaml_file import Tree
from auditlib.scheme.finding import Finding, finding
from auditlib.scheme.model import Scheme

__all__ = ["quote_findings"]

NUMBER = r"\d+(?:\.\d+)?\s*[^\s\d,，。;；、()（）]{0,6}?"
EXCLUDING = re.compile(rf"(超过|大于|高于|多于|低于|小于|少于|不足)\s*{NUMBER}\s*[（(]含[^)）]{{0,3}}[)）]")
INCLUDING = re.compile(rf"{NUMBER}(以上|以下|以内)\s*[（(]不含[^)）]{{0,3}}[)）]")
RATE_IN_COUNTS = re.compile(
    r"(?<!频)(?<!概)率\s*(?:超过|大于|高于|达到|低于|小于|不足|不超过)\s*\d+(?:\.\d+)?\s*(?:次|件|起|宗|例|人次)"
)
NUMERALS = "一二三四五六七八九十"
FROM_PLACE = re.compile(rf"第([{NUMERALS}])名(?:以后|之后)")
DEFINED = re.compile(r"(?:^|[。;；,，])([\u4e00-\u9fff]{2,12})[=＝]")
TERM = re.compile(r"[\u4e00-\u9fff]{2,}率")
TWICE = Message("the bound is stated twice, differently")
EACH = re.compile(r"各([\u4e00-\u9fff])(?=(\w{5}))")


def quote_findings(tree: Tree, scheme: Scheme) -> Iterator[Finding]:
    """What the words contradict: bounds, rates in counts, places left out, one thing under two names."""
    for name, clause in scheme.clauses.items():
        path, quote = ("clauses", name, "quote"), clause.quote
        for found in EXCLUDING.finditer(quote):
            proof = Message("“{words}”: {word} leaves the number out, 含 takes it in", words=found[0], word=found[1])
            yield finding(tree, path, "bound-twice", name, name, TWICE, proof)
        for found in INCLUDING.finditer(quote):
            proof = Message("“{words}”: {word} takes the number in, 不含 leaves it out", words=found[0], word=found[1])
            yield finding(tree, path, "bound-twice", name, name, TWICE, proof)
        for found in RATE_IN_COUNTS.finditer(quote):
            proof = Message("“{words}”: a rate is a quotient, the bound is a count", words=found[0])
            message = Message("a rate is compared with a count")
            yield finding(tree, path, "rate-in-counts", name, name, message, proof)
        yield from _place_left_out(tree, path, name, quote)
        yield from _two_bodies(tree, path, name, quote)
    yield from _undefined_rates(tree, scheme)


def _place_left_out(tree: Tree, path: tuple[str | int, ...], name: str, quote: str) -> Iterator[Finding]:
    """A table that lists places up to one before N and goes on "after the Nth": strictly, N has no entry."""
    for found in FROM_PLACE.finditer(quote):
        places = [
            NUMERALS.index(n) + 1 for n in re.findall(rf"第([{NUMERALS}])(?!名以后|名之后)", quote[: found.start()])
        ]
        after = NUMERALS.index(found[1]) + 1
        if places and places[-1] == after - 1:
            proof = Message(
                "the last place listed is {last}, “{words}” goes on from {next}",
                last=after - 1,
                words=found[0],
                next=after + 1,
            )
            message = Message("by its words the table has no entry for place {place}", place=after)
            yield finding(tree, path, "place-left-out", name, name, message, proof)


def _two_bodies(tree: Tree, path: tuple[str | int, ...], name: str, quote: str) -> Iterator[Finding]:
    """The same people named once as those of one kind of body and once as those of another."""
    bodies: dict[str, dict[str, None]] = {}
    for found in EACH.finditer(quote):
        bodies.setdefault(found[2], {})[found[1]] = None
    for people, of in bodies.items():
        if len(of) > 1:
            names: list[Sayable] = [f"“各{body}{people}”" for body in of]
            proof = reduce(lambda one, other: Message("{one} and {other}", one=one, other=other), names)
            yield finding(tree, path, "two-names", name, name, Message("one thing has two names"), proof)


def _undefined_rates(tree: Tree, scheme: Scheme) -> Iterator[Finding]:
    """A formula in terms of a …率 that no clause defines, where a clause defines the …度 of the same thing."""
    defined = {term: name for name, clause in scheme.clauses.items() for term in DEFINED.findall(clause.quote)}
    for name, clause in scheme.clauses.items():
        formula = clause.quote.partition("=")[2]
        for term in dict.fromkeys(TERM.findall(formula)):
            other = next((one for one in defined if one.endswith("度") and term[:-1].endswith(one[:-1])), None)
            if other is not None and not any(term.endswith(one) for one in defined if one.endswith("率")):
                message = Message("the formula asks for a {term}, which no clause defines", term=term)
                proof = Message(
                    "“{term}”, but {clause} defines “{other}”", term=term, clause=defined[other], other=other
                )
                yield finding(tree, ("clauses", name, "quote"), "two-names", name, name, message, proof)
                break
