"""What is left in English where a sentence is told in Chinese, for tests of every sentence that can be."""

import re

from auditlib.scheme.finding import Finding
from auditlib.scheme.model import Scheme
from auditlib.scheme_pages.finding_words import kind_words, message_words, proof_words, reading_words
from auditlib.scheme_pages.scheme_words import SchemeWords

CODE = re.compile(r"`[^`]*`")
LATIN = re.compile("[A-Za-z][A-Za-z_]*")


def latin(text: str) -> set[str]:
    """The words in Latin letters that stand in a text outside of code."""
    return set(LATIN.findall(CODE.sub("", text)))


def left_in_english(scheme: Scheme, found: Finding) -> set[str]:
    """What a finding leaves in Latin letters on a Chinese page, but for the names of schemes and untitled columns."""
    words = SchemeWords(scheme, "zh")
    said = {kind_words(found.kind, "zh"), message_words(words, found), proof_words(words, found)}
    untitled = {name for columns in scheme.columns.values() for name, column in columns.items() if not column.title}
    written = " ".join([scheme.scheme, scheme.extends or "", *scheme.clauses])
    return set().union(*map(latin, {*said, reading_words(words, found)})) - untitled - latin(written)
