"""Checking scheme files without any data: what does not load, and what the rules alone prove to be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError, Problem, together
from auditlib.core.message import Message, Named, Sayable, told
from auditlib.proofs.combinations import Choice, Combinations
from auditlib.proofs.of_branches import branch_findings
from auditlib.proofs.of_conditions import condition_findings
from auditlib.proofs.of_duties import duty_findings
from auditlib.proofs.of_indicators import indicator_findings
from auditlib.proofs.of_outcomes import outcome_findings
from auditlib.proofs.of_quotes import quote_findings
from auditlib.proofs.of_readings import reading_findings
from auditlib.proofs.of_statements import statement_findings
from auditlib.proofs.of_totals import Reaches, variant_findings, whole_findings
from auditlib.proofs.of_words import word_findings
from auditlib.scheme.columns import columns_of, columns_of_duties, columns_of_weighs
from auditlib.scheme.finding import Finding, finding, in_turn, placed, problem_row
from auditlib.scheme.load import SchemeFile, load_scheme
from auditlib.scheme.reference_names import references_in

__all__ = ["Checked", "check_scheme", "findings_of"]

ANNOUNCED = {
    "dimensions": Message("dimensions"), "indicators": Message("indicators"), "rules": Message("rules"),
    "clauses": Message("clauses"),
}  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """What is wrong with a scheme file: the faults that keep it from loading, or else the findings, known ones too."""

    problems: tuple[Problem, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def new(self) -> tuple[Finding, ...]:
        """What the file does not list, and what it lists that no longer occurs; declared gaps are known."""
        return tuple(found for found in self.findings if not found.known)

    @property
    def clean(self) -> bool:
        """Whether the file loads and proves nothing that it does not list."""
        return not self.problems and not self.new

    def lines(self, everything: bool = False) -> Iterator[str]:
        """One line for each problem and each new finding; ``everything`` shows the known ones too, marked."""
        yield from map(str, together(self.problems))
        for found in self.findings if everything else self.new:
            yield f"{found.problem()}{' [known]' if found.known else ''}"

    def rows(self, everything: bool = False) -> Iterator[dict[str, Any]]:
        """The same as plain values."""
        for fault in self.problems:
            yield problem_row(fault, "does-not-load")
        for found in self.findings if everything else self.new:
            place = placed(found)
            what = {"kind": found.kind, "at": found.at, "severity": found.severity, "message": found.said}
            proof = told(found.proof, "en")
            yield place | what | {"readings": found.readings, "proof": proof, "known": found.known}


def check_scheme(file: Path, name: str | None = None, on: date | None = None) -> Checked:
    """Everything wrong with the scheme in ``file``. ``on`` is the day on which it shall be up to date, if any."""
    try:
        scheme_file = load_scheme(file, name)
        findings = list(findings_of(scheme_file, on))
    except InputError as error:
        return Checked(tuple(error.problems))
    listed = _listed(scheme_file)
    findings = [one for one in findings if one.file == scheme_file.name or not _known_below(one, scheme_file)]
    found = [replace(one, known=one.kind == "gap" or (one.kind, one.at) in listed) for one in findings]
    stale = _stale(scheme_file, {(one.kind, one.at) for one in found})
    ordered = sorted([*found, *stale], key=lambda one: (one.file, one.line or 0, one.path, one.kind, one.said))
    return Checked(findings=tuple(ordered))


def _listed(file: SchemeFile) -> set[tuple[str, str]]:
    return {(known.kind, known.at) for known in file.natural.findings}


def _known_below(found: Finding, file: SchemeFile) -> bool:
    """Whether a finding in a scheme that this one extends is listed there: that file's own check shows it."""
    base_id = file.natural.extends
    if base_id is None:
        return False
    base = load_scheme(file.tree.file.parent / f"{base_id}.yaml")
    return found.kind == "gap" or (found.kind, found.at) in _listed(base) or _known_below(found, base)


def findings_of(file: SchemeFile, on: date | None = None) -> Iterator[Finding]:
    """Everything that the rules of a scheme prove, under every combination of readings, each finding once."""
    combinations = Combinations(file)
    reaches = Reaches(combinations)
    own: list[Iterator[Finding]] = []
    for index in range(len(file.natural.indicators)):
        choices, complete = combinations.of_indicator(index)

        def look(choice: Choice, index: int = index) -> Iterator[Finding]:
            return indicator_findings(file.tree, index, combinations.effects(choice, index))

        own.append(combinations.hold(choices, complete, look))
    yield from dict.fromkeys(
        chain(
            *own,
            whole_findings(file, combinations, reaches),
            variant_findings(file, reaches),
            quote_findings(file.tree, file.natural),
            outcome_findings(file, combinations, reaches),
            branch_findings(file, reaches),
            reading_findings(file, combinations),
            condition_findings(file, combinations),
            duty_findings(file, combinations),
            word_findings(file),
            statement_findings(file),
            _gaps(file),
            _unused(file),
            _clauses(file),
            _announced(file),
            _dated(file, on),
        )
    )


def _stale(file: SchemeFile, found: set[tuple[str, str]]) -> Iterator[Finding]:
    """Listed findings that do not occur; whether a version is out of date hangs on the day that was asked about."""
    for index, known in enumerate(file.natural.findings):
        if (known.kind, known.at) not in found and known.kind != "out-of-date":
            kind = Named(known.kind, "findings")
            message = Message("{kind} is listed as known, but does not occur any more", kind=kind)
            yield finding(file.tree, ("findings", index), "stale-finding", known.at, None, message)


def _gaps(file: SchemeFile) -> Iterator[Finding]:
    """What the source does not give, with all that waits for it."""
    scheme, raw = file.natural, file.tree.value
    for name, gap in scheme.gaps.items():
        waiting: list[Sayable] = [
            Named(f"{item['id']}.{rule['id']}")
            for item in raw["indicators"]
            for rule in item["rules"]
            if name in references_in(rule)
        ]
        waiting += [
            Message("full marks of {indicator}", indicator=Named(item["id"]))
            for item in raw["indicators"]
            if item.get("max") == f"${name}"
        ]
        waiting += [Named(outcome["id"]) for outcome in raw.get("outcomes", ()) if name in references_in(outcome)]
        waiting += [scheme.duty(duty["id"]).title for duty in raw.get("duties", ()) if name in references_in(duty)]
        if not waiting:
            continue  # nothing refers to it: said elsewhere
        some = tuple(waiting)
        waits = Message("{what} waits", what=some) if len(some) == 1 else Message("{what} wait", what=some)
        if gap.max is not None:
            waits = Message("{waits}, {points} {points:point|points}", waits=waits, points=gap.max)
        how = Message("no total without it") if gap.policy == "require" else Message("scored without it")
        yield finding(file.tree, ("gaps", name), "gap", name, gap.clause, gap.missing, in_turn((waits, how)))


def _dated(file: SchemeFile, on: date | None) -> Iterator[Finding]:
    """A version that nobody has compared with its source since the day asked about, or that is out of force by then."""
    scheme = file.natural
    if on is None:
        return
    checked, last = scheme.source.last_checked, scheme.effective.last
    path: tuple[str, ...] = ("source", "last_checked")
    if checked is None:
        message = Message("was never compared with its source, as far as the file says")
        yield finding(file.tree, path, "out-of-date", "source", None, message)
    elif checked < on:
        message = Message("was last compared with its source on {day}", day=checked)
        yield finding(file.tree, path, "out-of-date", "source", None, message, f"{checked} < {on}")
    if last is not None and last < on:
        message = Message("was in force until {day}", day=last)
        path = ("effective", "until")
        yield finding(file.tree, path, "out-of-date", "effective", None, message, f"{last} < {on}")


def _unused(file: SchemeFile) -> Iterator[Finding]:
    """What is declared and changes nothing."""
    scheme, tree = file.natural, file.tree
    referred = set(references_in({key: value for key, value in tree.value.items() if key != "readings"}))
    referred |= set(references_in(tree.value.get("readings", {})))
    for section in ("readings", "gaps", "values"):
        for name, entry in getattr(scheme, section).items():
            if name not in referred:
                clause = getattr(entry, "clause", None)
                message = Message("is declared, but nothing refers to it")
                yield finding(tree, (section, name), "unused", name, clause, message)
    # Rules that wait for a gap and options not in use name quantities too: the file as written is searched.
    looking = (
        "indicators", "branches", "readings", "composites", "standings", "quantities", "ranking", "rankings",
        "outcomes", "duties",
    )  # fmt: skip
    in_rules = set(_words({key: tree.value.get(key) for key in looking}))
    named = in_rules | set(_words({key: tree.value.get(key) for key in ("rates", "ranking")}))
    for section in ("rates", "composites", "standings"):
        for name in getattr(scheme, section):
            if name not in in_rules:
                message = Message("is declared, but no rule looks at it")
                yield finding(tree, (section, name), "unused", name, None, message)
    others = {key: [*_words(former)] for key, former in (tree.value.get("quantities") or {}).items()}
    elsewhere = set(_words({key: tree.value.get(key) for key in looking if key != "quantities"}))
    for name in scheme.named:
        if name not in elsewhere and not any(name in words for key, words in others.items() if key != name):
            message = Message("is declared, but no rule looks at it")
            yield finding(tree, ("quantities", name), "unused", name, None, message)
    for name, measure in scheme.measures.items():
        if name not in named and not measure.context:
            message = Message(
                "is declared, but neither a rule nor a rate looks at it; `context: true` keeps it for the reader"
            )
            yield finding(tree, ("measures", name), "unused", name, None, message)
    unread = {
        "columns": Message("is derived, but no measure reads it"),
        "extra_columns": Message("is declared, but no measure reads it"),
    }
    for section, message in unread.items():
        for register, columns in getattr(scheme, section).items():
            measures = [measure for measure in scheme.measures.values() if measure.register_ == register]
            read = {column for measure in measures for column in (*columns_of(scheme, measure), measure.at)}
            read |= columns_of_duties(scheme) | columns_of_weighs(scheme)
            for name in columns:
                if name not in read:
                    yield finding(tree, (section, register, name), "unused", f"{register}.{name}", None, message)


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _words(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)


def _clauses(file: SchemeFile) -> Iterator[Finding]:
    """Clauses that nothing cites."""
    scheme = file.natural
    cited = {scheme.ranking.clause, *(roll_up.clause for roll_up in scheme.roll_up.values())}
    cited |= {scheme.ranking.minimum.clause} if scheme.ranking.minimum else set()
    cited |= {scheme.base.clause} if scheme.base else set()
    cited |= {c for one in scheme.readings.values() for c in one.clauses}
    cited |= {c for one in scheme.duties for c in one.clauses}
    cited |= {dimension.clause for dimension in scheme.dimensions} | {part.clause for part in scheme.indicators}
    cited |= {branch.clause for branch in scheme.branches} | {one.clause for one in scheme.rankings}
    cited |= {rule.clause for branch in scheme.branches for rule in branch.rules}
    cited |= {gap.clause for gap in scheme.gaps.values()} | {outcome.clause for outcome in scheme.outcomes}
    cited |= {weigh.clause for outcome in scheme.outcomes for weigh in outcome.weighs} | {scheme.counting.clause}
    cited |= {c.choose.clause for by_name in scheme.columns.values() for c in by_name.values() if c.choose is not None}
    for _, rule in scheme.rules():
        cited |= {rule.clause} | ({rule.multiplier.clause} if rule.multiplier else set())
    for name, clause in scheme.clauses.items():
        if name not in cited and not clause.about:
            message = Message("no rule cites this clause; `about: true` marks one that only frames the scheme")
            yield finding(file.tree, ("clauses", name), "uncited", name, name, message)


def _announced(file: SchemeFile) -> Iterator[Finding]:
    """Clauses that announce so many parts and list another number; what waits for a gap is not listed."""
    scheme = file.natural
    citing: list[tuple[str, str, str]] = [("dimensions", one.id, one.clause) for one in scheme.dimensions]
    for indicator in scheme.indicators:
        rules = [rule for rule in indicator.rules if rule.gap is None]
        citing += [("indicators", indicator.id, indicator.clause)] if rules else []
        citing += [("rules", f"{indicator.id}.{rule.id}", rule.clause) for rule in rules]
        citing += [("clauses", rule.clause, rule.clause) for rule in rules]
    for name, clause in scheme.clauses.items():
        for what, count in clause.announces.items():
            parts = [(id, cited) for kind, id, cited in citing if kind == what and _stands_under(cited, name)]
            there = tuple(dict.fromkeys(id for id, cited in parts if what != "clauses" or cited != name))
            if len(there) != count:
                message = Message(
                    "announces {count} {what}, {listed} are listed",
                    count=count,
                    what=ANNOUNCED[what],
                    listed=len(there),
                )
                names = tuple(map(Named, there)) if there else Message("none")
                proof = Message("{one}: {other}", one=names, other=f"{len(there)} ≠ {count}")
                path = ("clauses", name, "announces")
                yield finding(file.tree, path, "announced", name, name, message, proof)


def _stands_under(clause: str, above: str) -> bool:
    """Whether a clause is the one above, or by its number one of its parts: 三(一) stands under 三."""
    return clause == above or (clause.startswith(above) and not clause[len(above)].isdigit())
