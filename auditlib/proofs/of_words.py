"""What the words of the clauses leave open: limits without a number, ends that are in nobody's hands, blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditlib.core.message import Message
from auditlib.scheme.finding import Finding, finding
from auditlib.scheme.load import SchemeFile

__all__ = ["VAGUE", "vague_words", "word_findings"]

VAGUE = (
    "及时", "立即", "马上", "尽快", "当场", "适时", "适当", "一般", "原则上", "必要时", "尽可能", "即时", "限期",
    "随时", "从快", "抓紧", "第一时间", "当即", "迅速", "酌情", "有关规定", "规定时限",
)  # fmt: skip
"""Words that set a limit or a duty without a number."""
NO_END = re.compile(r"直到[^,，。;；]{0,12}(?:满意|认可)|圆满解决|满意的答复")
BLANK = re.compile(r"[(（](?:电话[:：])?[)）]")
NO_DELAY = re.compile(r"其他原因不得(?:延时|延期|延长)")


def vague_words(quote: str, named: tuple[str, ...] = ()) -> list[str]:
    """The words of a quote that set a limit without a number, each as often as it stands there, in order.

    ``named`` are words that here are part of a name.
    """
    found = [(match.start(), word) for word in VAGUE if word not in named for match in re.finditer(word, quote)]
    return [word for _, word in sorted(found)]


def word_findings(file: SchemeFile) -> Iterator[Finding]:
    """What the clauses of a scheme of duties leave open by their words."""
    scheme = file.natural
    if not scheme.duties:
        return
    for name, clause in scheme.clauses.items():
        path = ("clauses", name, "quote")
        declared = {duty.vague for duty in scheme.duties if duty.clause == name and duty.vague}
        soft = any(limit.soft for duty in scheme.duties if duty.clause == name for limit in duty.limits)
        named = (*clause.not_vague, *declared, *(("一般", "原则上") if soft else ()))
        if open_ := list(dict.fromkeys(vague_words(clause.quote, named))):
            message = Message(
                "says {words} and no number; where the word only names a kind or no limit is meant, "
                "the clause says so: `not_vague: [{listed}]`",
                words="、".join(open_),
                listed=", ".join(open_),
            )
            yield finding(file.tree, path, "vague", name, name, message)
        if found := NO_END.search(clause.quote):
            message = Message("ends with what is in nobody's hands: {words}", words=f"“{found[0]}”")
            yield finding(file.tree, path, "no-end", name, name, message)
        if found := BLANK.search(clause.quote):
            message = Message("leaves blank who it is: {words}", words=f"“{found[0]}”")
            yield finding(file.tree, path, "nobody-owes", name, name, message)
        extended = [duty for duty in scheme.duties if duty.extended is not None]
        if (found := NO_DELAY.search(clause.quote)) and extended:
            message = Message(
                "{words} stands beside the extension of {duty}", words=f"“{found[0]}”", duty=extended[0].title
            )
            proof = ", ".join(duty.clause for duty in extended)
            yield finding(file.tree, path, "limits-contradict", name, name, message, proof)
