"""What a check proves of a scheme, in the language of the page, and the names in it by their titles."""

from __future__ import annotations

from auditlib.core.message import Named, Titles, t, told
from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.finding import KINDS, Finding
from auditlib.scheme_pages.scheme_words import SchemeWords

__all__ = ["concerned", "kind_words", "message_words", "proof_words", "reading_words"]


def kind_words(kind: str, language: str) -> str:
    """A kind of finding in words."""
    return t(KINDS[kind][1], language)


def message_words(words: SchemeWords, found: Finding) -> str:
    """What is wrong, without the name of what it concerns."""
    return told(found.message, words.language, _named(words))


def proof_words(words: SchemeWords, found: Finding) -> str:
    """The arithmetic that proves it."""
    return told(found.proof, words.language, _named(words))


def reading_words(words: SchemeWords, found: Finding) -> str:
    """The readings under which it holds, by what they ask and answer; empty where it holds under all."""
    holds = found.holds
    ways = [words.both("，且", " and ").join(_answer(words, *one) for one in answers) for answers in holds.ways]
    if holds.in_use:
        ways = [t("the readings in use with {answers}", words.language, answers=way) if way else
                t("the readings in use", words.language) for way in ways]  # fmt: skip
    return words.both("，或", " or ").join(ways)


def _answer(words: SchemeWords, name: str, options: tuple[str, ...]) -> str:
    """A reading with the options that are meant."""
    reading = words.scheme.readings[name]
    chosen = words.both("”或“", "” or “").join(reading.options[option](words.language) for option in options)
    return t("“{question}” → “{options}”", words.language, question=reading.question(words.language), options=chosen)


def concerned(words: SchemeWords, at: str) -> str:
    """What a finding concerns, by its title: an indicator, a rule, an outcome, a dimension, a clause."""
    first, _, rest = at.partition(".")
    titles = _titles(words)
    rules = {rule.id: rule.title(words.language) for indicator, rule in words.scheme.rules() if indicator.id == first}
    if rest in rules:
        return f"{titles.get(first, first)}{words.both('：', ': ')}{rules[rest]}"
    added = dict(pair for register in words.scheme.columns for pair in words.derived(register))
    if rest and (first in words.scheme.measures or first in added):
        columns = words.both("、", ", ").join(_column(words, one) for one in rest.split("+"))
        title = words.title(first) if first in words.scheme.measures else added[first]
        return f"{title}{words.both('：', ': ')}{columns}"
    if first == "roll_up":
        return words.both(f"{words.granularity(rest)}汇总", f"roll-up of the {words.granularity(rest)}")
    if at == "duties":
        return t("Duties", words.language)
    if at == "total":
        return words.both("总分", "total")
    return titles.get(at, at)


def _column(words: SchemeWords, name: str) -> str:
    named = _named(words)
    return name if named is None else named(Named(name))


def _titles(words: SchemeWords) -> dict[str, str]:
    scheme, language = words.scheme, words.language
    titles = {name: words.title(name) for name in sorted(scheme.quantity_names)}
    titles |= {name: reading.question(language) for name, reading in scheme.readings.items()}
    titles |= {name: gap.missing(language) for name, gap in scheme.gaps.items()}
    titles |= {dimension.id: dimension.title(language) for dimension in scheme.dimensions}
    titles |= {duty.id: duty.title(language) for duty in scheme.duties}
    titles |= {outcome.id: outcome.title(language) for outcome in scheme.outcomes}
    titles |= {indicator.id: indicator.title(language) for indicator in scheme.indicators}
    for outcome in scheme.outcomes:
        for part in outcome.consequences:
            titles[f"{outcome.id}.{part.id}"] = titles[part.id] = f"{part.who(language)}{part.what(language)}"
    return titles


def _named(words: SchemeWords) -> Titles | None:
    """The names in Chinese text by their titles; in English they stand as the file writes them."""
    if words.language == "en":
        return None
    ordered = [REGISTERS["events"], REGISTERS["cases"], *REGISTERS.values()]
    columns = {column.name: column.zh for register in reversed(ordered) for column in register.columns}
    derived = dict(pair for register in words.scheme.columns for pair in words.derived(register))
    counted = {name: words.title(name) for name in words.scheme.quantity_names}
    titles = {"total": words.both("总分", "total")} | columns | derived | _titles(words) | counted

    def title(name: Named) -> str:
        return _part(words, name) if name.of else titles.get(name.id) or concerned(words, name.id)

    return title


def _part(words: SchemeWords, name: Named) -> str:
    """The title of a part of something: an option, a rule, a consequence; a kind of finding or of period."""
    section, _, owner = name.of.partition(".")
    if section == "findings":
        return kind_words(name.id, words.language)
    if section == "periods":
        return words.granularity(name.id)
    if section == "readings":
        return words.scheme.readings[owner].options[name.id](words.language)
    if section == "outcomes":
        return _titles(words)[f"{owner}.{name.id}"]
    rules = (rule for indicator, rule in words.scheme.rules() if (indicator.id, rule.id) == (owner, name.id))
    return next(rules).title(words.language)
