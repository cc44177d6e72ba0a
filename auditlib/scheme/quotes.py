"""What the words of a clause contradict by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditlib.scheme.finding import Finding, finding
from auditlib.scheme.model import Scheme
from auditlib.tree import Tree

__all__ = ["quote_findings"]

NUMBER = r"\d+(?:\.\d+)?\s*[^\s\d,，。;；、()（）]{0,6}?"
EXCLUDING = re.compile(rf"(超过|大于|高于|多于|低于|小于|少于|不足)\s*{NUMBER}\s*[（(]含[^)）]{{0,3}}[)）]")
INCLUDING = re.compile(rf"{NUMBER}(以上|以下|以内)\s*[（(]不含[^)）]{{0,3}}[)）]")
RATE_IN_COUNTS = re.compile(
    r"(?<!频)(?<!概)率\s*(?:超过|大于|高于|达到|低于|小于|不足|不超过)\s*\d+(?:\.\d+)?\s*(?:次|件|起|宗|例|人次)"
)


def quote_findings(tree: Tree, scheme: Scheme) -> Iterator[Finding]:
    """Bounds that both include and exclude their number, and rates that are compared with counts."""
    for name, clause in scheme.clauses.items():
        path, quote = ("clauses", name, "quote"), clause.quote
        for found in EXCLUDING.finditer(quote):
            proof = f"“{found[0]}”: {found[1]} leaves the number out, 含 takes it in"
            yield finding(tree, path, "bound-twice", name, name, "the bound is stated twice, differently", proof)
        for found in INCLUDING.finditer(quote):
            proof = f"“{found[0]}”: {found[1]} takes the number in, 不含 leaves it out"
            yield finding(tree, path, "bound-twice", name, name, "the bound is stated twice, differently", proof)
        for found in RATE_IN_COUNTS.finditer(quote):
            proof = f"“{found[0]}”: a rate is a quotient, the bound is a count"
            yield finding(tree, path, "rate-in-counts", name, name, "a rate is compared with a count", proof)
