"""Two versions of a scheme side by side, clause by clause: what stood there, what stands there now, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from auditlib.core.values import Text
from auditlib.scheme.dependencies import Definition, reached
from auditlib.scheme.load import SchemeFile
from auditlib.scheme.model import Scheme
from auditlib.scheme.reference_names import references_in
from auditlib.scheme.rules import Rule

__all__ = ["Amendment", "Sentence", "synopsis"]

Sentence = Callable[[Scheme, Rule], Text]
"""A rule in words."""

Kind = Literal["changed", "added", "removed"]

Entry = tuple[str, ...]
"""Where an entry stands: ``("rules", "resolution_rate", "resolution_low")``."""

NAMED = ("clauses", "readings", "gaps", "values", "measures", "rates", "composites", "standings", "roll_up")
LISTED = ("dimensions", "outcomes")
SECTIONS = (
    "scheme", "clauses", "values", "readings", "gaps", "dimensions", "base", "indicators", "rules", "rates",
    "composites", "standings", "measures", "columns", "roll_up", "ranking", "outcomes", "findings",
)  # fmt: skip
"""In this order the entries of one clause are told: what is said before how it is counted."""


@dataclass(frozen=True)
class Amendment:
    """One entry that the two versions have otherwise, or that only one of them has.

    ``old`` and ``new`` hold the keys that differ, as they are written; None where the entry is not there.
    """

    clauses: tuple[str, ...]
    """The clauses that the entry belongs to: its own, or those of the rules that look at it."""
    section: str
    name: str
    kind: Kind
    old: Text | None
    new: Text | None
    why: Text
    """What the source says there, or the question that a reading answers; empty where neither is known."""


def synopsis(old: SchemeFile, new: SchemeFile, sentence: Sentence | None = None) -> tuple[Amendment, ...]:
    """Every entry that differs, by clause in the order of the new file; empty where the files say the same.

    ``sentence`` puts a rule into words; without it, the keys that differ are shown as they are written.
    """
    before, after = dict(_entries(old.tree.value)), dict(_entries(new.tree.value))
    users = {id(file): _users(file.tree.value) for file in (old, new)}
    order = [*new.natural.clauses, *(name for name in old.natural.clauses if name not in new.natural.clauses)]
    found = []
    for entry in [*after, *(entry for entry in before if entry not in after)]:
        one, other = before.get(entry), after.get(entry)
        if one == other and (entry in before) == (entry in after):
            continue
        file = new if entry in after else old
        content = other if entry in after else one
        clauses = _clauses(entry, content, users[id(file)])
        said, says = (
            _sentence(old, entry, sentence) if entry in before else None,
            _sentence(new, entry, sentence) if entry in after else None,
        )
        if said == says:  # no words for it, or none that differ
            said = _written(entry, one, other) if entry in before else None
            says = _written(entry, other, one) if entry in after else None
        kind: Kind = "added" if entry not in before else "removed" if entry not in after else "changed"
        why = _why(file.natural, entry, clauses)
        found.append(Amendment(clauses, entry[0], ".".join(entry[1:]), kind, said, says, why))
    place = {name: n for n, name in enumerate(order)}
    sections = {name: n for n, name in enumerate(SECTIONS)}
    return tuple(
        sorted(
            found,
            key=lambda own: (min((place.get(c, len(place)) for c in own.clauses), default=-1), sections[own.section]),
        )
    )


def _entries(written: Mapping[str, Any]) -> Iterator[tuple[Entry, Any]]:
    """Everything in a file that is compared by itself."""
    for section, content in written.items():
        if section in NAMED and isinstance(content, dict):
            yield from (((section, str(name)), item) for name, item in content.items())
        elif section == "columns" and isinstance(content, dict):
            yield from (
                (("columns", register, name), item)
                for register, by_name in content.items()
                for name, item in by_name.items()
            )
        elif section == "findings":
            yield from ((("findings", item["at"], item["kind"]), item) for item in content)
        elif section in LISTED and isinstance(content, list):
            yield from (((section, item["id"]), item) for item in content)
        elif section == "indicators":
            for item in content:
                yield ("indicators", item["id"]), {key: value for key, value in item.items() if key != "rules"}
                yield from ((("rules", item["id"], rule["id"]), rule) for rule in item["rules"])
        elif section in ("base", "ranking"):
            yield (section,), content
        else:
            yield ("scheme", section), content


def _users(written: Mapping[str, Any]) -> dict[Definition, dict[str, None]]:
    """For each definition the clauses of the rules and outcomes that look at it."""
    found: dict[Definition, dict[str, None]] = {}
    parts = [rule for item in written["indicators"] for rule in item["rules"]]
    parts += [{key: value for key, value in item.items() if key != "rules"} for item in written["indicators"]]
    parts += [*(written.get("outcomes") or ()), *(written.get("roll_up") or {}).values()]
    for part in parts:
        named = {("gaps", name) for name in references_in(part)}
        for definition in reached(written, part) | named:
            found.setdefault(definition, {})[part["clause"]] = None
    return found


def _clauses(entry: Entry, content: Any, users: Mapping[Definition, Mapping[str, None]]) -> tuple[str, ...]:
    if entry[0] == "clauses":
        return (entry[1],)
    own = content.get("clause") if isinstance(content, dict) else None
    return (own,) if isinstance(own, str) else tuple(users.get(entry, ()))


def _sentence(file: SchemeFile, entry: Entry, sentence: Sentence | None) -> Text | None:
    """A rule in words, where there are any; of a revision what it says of itself."""
    if entry == ("scheme", "revision"):
        return None if file.natural.revision is None else file.natural.revision.note
    rules = {("rules", indicator.id, rule.id): rule for indicator, rule in file.natural.rules()}
    return None if sentence is None or entry not in rules else sentence(file.natural, rules[entry])


def _written(entry: Entry, content: Any, other: Any) -> Text:
    """What of an entry differs from ``other``, as it is written."""
    before = other.get("quote") if isinstance(other, dict) else None
    if entry[0] == "clauses" and isinstance(content, dict) and content.get("quote") != before:
        quote, told = str(content.get("quote")), other.get("en") if isinstance(other, dict) else None
        english = content.get("en")
        return Text(zh=quote, en=english if english and english != told else quote)
    if isinstance(content, dict) and isinstance(other, dict):
        content = {key: value for key, value in content.items() if key not in other or other[key] != value} or None
    text = "—" if content is None else _flow(content)
    return Text(zh=text, en=text)


def _flow(value: Any) -> str:
    """A value on one line, as it would be written in a file."""
    if isinstance(value, str):
        return value
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10**9, sort_keys=False)
    text = text.removesuffix("\n...\n").removesuffix("\n")
    return text[1:-1] if isinstance(value, dict) else text


def _why(scheme: Scheme, entry: Entry, clauses: tuple[str, ...]) -> Text:
    if entry[0] == "readings":
        return scheme.readings[entry[1]].question
    if entry[0] == "gaps":
        return scheme.gaps[entry[1]].missing
    quoted = [scheme.clauses[name] for name in clauses if name in scheme.clauses] if entry[0] != "clauses" else []
    return Text(zh="；".join(c.quote for c in quoted), en="; ".join(c.en or c.quote for c in quoted))
