"""A scheme's dossier: one static page that says everything a scheme holds, for people who never see its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from auditlib.errors import InputError
from auditlib.files import write_atomically
from auditlib.places import home, shown
from auditlib.report import finding_words, quantity_words, result_words, rule_words
from auditlib.report.anchors import anchor
from auditlib.report.citations import citations
from auditlib.report.demonstrations import Demonstration, UnitChange, demonstration, unit_changes
from auditlib.report.dossier_words import phrase
from auditlib.report.examples import Case, examples_html, read_examples
from auditlib.report.pages import render_page
from auditlib.report.reading_effects import Change, rule_changes
from auditlib.report.scheme_words import SchemeWords
from auditlib.report.score_tree import full_points, score_tree
from auditlib.scheme.check import Checked, check_scheme
from auditlib.scheme.finding import Finding
from auditlib.scheme.intervals import plain
from auditlib.scheme.load import Resolved, SchemeFile, load_scheme
from auditlib.scheme.source import Option

__all__ = ["Alternative", "Dossier", "dossier_html", "open_dossier", "page_name", "write_dossiers"]


@dataclass(frozen=True)
class Alternative:
    """One option of a reading, with what it would change; the one in use changes nothing."""

    name: str
    option: Option
    in_use: bool
    changes: Sequence[Change] = ()
    units: Sequence[UnitChange] | None = None
    """The units of the demonstration that change; None where there is no demonstration."""
    refused: str = ""
    """Why the demonstration cannot be scored under it."""


@dataclass(frozen=True)
class Dossier:
    """Everything that one page is made from; ``name`` is what its file is called."""

    name: str
    file: SchemeFile
    resolved: Resolved
    checked: Checked
    demonstration: Demonstration | None
    cases: Sequence[Case] = ()

    @property
    def written_rules(self) -> dict[tuple[str, str], Any]:
        """Every rule as it is written in the file, by indicator and rule; there a waiting rule says what it will do."""
        indicators = self.file.tree.value["indicators"]
        return {(item["id"], rule["id"]): rule for item in indicators for rule in item["rules"]}

    def alternatives(self, reading: str, language: str) -> list[Alternative]:
        """The options of a reading in declared order, each compared with the readings in use."""
        return [self._alternative(reading, name, language) for name in self.file.natural.readings[reading].options]

    def _alternative(self, name: str, option: str, language: str) -> Alternative:
        reading = self.file.natural.readings[name]
        if option == reading.use:
            return Alternative(option, reading.options[option], in_use=True)
        changes = rule_changes(self.file.natural, self.file.resolve({name: option}).scheme, language)
        if self.demonstration is None:
            return Alternative(option, reading.options[option], False, changes)
        after = self.demonstration.others[name, option]
        if isinstance(after, str):
            return Alternative(option, reading.options[option], False, changes, refused=after)
        titles = {indicator.id: indicator.title(language) for indicator in self.file.natural.indicators}
        return Alternative(
            option, reading.options[option], False, changes, unit_changes(self.demonstration, after, titles, language)
        )

    def touched(self, reading: str, language: str) -> list[tuple[str, str]]:
        """The rules that hang on a reading, by title and anchor."""
        touching = self.resolved.rule_readings
        return [
            (
                f"{indicator.title(language)}{phrase('colon', language)}{rule.title(language)}",
                anchor("rule", indicator.id, rule.id),
            )
            for indicator, rule in self.file.natural.rules()
            if reading in touching.get((indicator.id, rule.id), ())
        ]

    def waiting(self, gap: str, language: str) -> list[tuple[str, str]]:
        """What waits for a gap, by title and anchor."""
        scheme = self.file.natural
        found = []
        for indicator in scheme.indicators:
            if indicator.gap == gap:
                title = f"{indicator.title(language)}{phrase('colon', language)}{phrase('maximum', language)}"
                found.append((title, anchor("indicator", indicator.id)))
        for indicator, rule in scheme.rules():
            if gap in rule.gaps:
                title = f"{indicator.title(language)}{phrase('colon', language)}{rule.title(language)}"
                found.append((title, anchor("rule", indicator.id, rule.id)))
        for outcome in scheme.outcomes:
            if gap in outcome.gaps:
                found.append((outcome.title(language), anchor("outcome", outcome.id)))
        return found


def open_dossier(path: Path, name: str = "", examples: Path | None = None) -> Dossier:
    """The dossier of the scheme in ``path``, with its demonstration and the worked examples in ``examples``.

    Raises :class:`InputError` where the scheme, its demonstration or an example cannot be used.
    """
    file = load_scheme(path, shown(path))
    scheme = file.natural.scheme
    folder = home() / "params" / "demonstrations" / scheme
    cases = read_examples(examples / scheme) if examples is not None else ()
    checked = check_scheme(path, shown(path))
    return Dossier(name or scheme, file, file.resolve(), checked, demonstration(file, folder), cases)


def page_name(name: str, language: str, kind: str = "") -> str:
    """The file of a page: ``ID.html``, ``ID.en.html``, ``ID.examples.html``."""
    return f"{name}{f'.{kind}' if kind else ''}{'' if language == 'zh' else '.en'}.html"


def dossier_html(dossier: Dossier, language: str, languages: Sequence[str] = ()) -> str:
    """The page of a scheme in one language; ``languages`` are those it is written in, for a link between them."""
    scheme = dossier.file.natural
    words = SchemeWords(scheme, language)
    return render_page(
        "dossier.html.j2", language,
        title=phrase("dossier_of", language, title=scheme.title(language)), dossier=dossier, scheme=scheme, words=words,
        other=_other(dossier.name, language, languages), cited=citations(words), bars=score_tree(words),
        whole=full_points(words), plain=plain, findings=[_finding(words, found) for found in dossier.checked.findings],
        readings=[(name, reading, dossier.alternatives(name, language), dossier.touched(name, language))
                  for name, reading in scheme.readings.items()],
        waits={name: dossier.waiting(name, language) for name in scheme.gaps},
        raw_rules=dossier.written_rules,
        touching=dossier.resolved.rule_readings,
        examples_page=page_name(dossier.name, language, "examples") if dossier.cases else "",
        about=partial(_about_quantity, words), **_sentences(words),
    )  # fmt: skip


def _sentences(words: SchemeWords) -> Mapping[str, Any]:
    """Every wording that the template asks for, of this scheme in this language."""
    named = {
        rule_words: ("indicator_formula", "indicator_sentence", "rule_formula", "rule_sentence", "waiting_formula"),
        quantity_words: (
            "column_sentence", "composite_formula", "measure_sentence", "missing_policy", "rate_formula",
            "standing_sentence", "zero_policy",
        ),
        result_words: (
            "amount_words", "outcome_conditions", "outcome_effects", "ranking_sentence", "roll_up_formula",
            "roll_up_policy",
        ),
    }  # fmt: skip
    return {name: partial(getattr(module, name), words) for module, names in named.items() for name in names}


def _about_quantity(words: SchemeWords, quantity: str | None) -> tuple[str, str] | None:
    """The title of a quantity and where it is explained."""
    return None if quantity is None else (words.title(quantity), anchor("quantity", quantity))


def _finding(words: SchemeWords, found: Finding) -> dict[str, Any]:
    """A finding in words, with what the file says of it where it is known."""
    listed = [one for one in words.scheme.findings if (one.kind, one.at) == (found.kind, found.at)]
    return {
        "finding": found,
        "kind": finding_words.kind_words(found.kind, words.language),
        "at": finding_words.concerned(words, found.at),
        "message": finding_words.message_words(words, found),
        "proof": finding_words.proof_words(words, found),
        "under": finding_words.reading_words(words, found),
        "notes": [one.note(words.language) for one in listed],
    }


def _other(name: str, language: str, languages: Sequence[str]) -> str:
    """The page in the other language, where it is written too."""
    other = "en" if language == "zh" else "zh"
    return page_name(name, other) if other in languages else ""


def write_dossiers(
    paths: Sequence[Path], out: Path, languages: Sequence[str] = ("zh",), examples: Path | None = None
) -> list[Path]:
    """Writes the pages of every scheme and an index of them, and returns their paths, the index last.

    Nothing is written unless every page could be made. Raises :class:`InputError`.
    """
    dossiers = list(_opened(paths, examples))
    pages: dict[str, str] = {}
    for language in languages:
        for dossier in dossiers:
            pages[page_name(dossier.name, language)] = dossier_html(dossier, language, languages)
            if dossier.cases:
                name = page_name(dossier.name, language, "examples")
                pages[name] = examples_html(dossier.file, dossier.cases, language, page_name(dossier.name, language))
    pages["index.html"] = _index_html(dossiers, languages)
    for name, page in pages.items():
        write_atomically(out / name, page.encode("utf-8"))
    return [out / name for name in pages]


def _opened(paths: Sequence[Path], examples: Path | None) -> Iterator[Dossier]:
    """The dossiers in the order given; versions of one scheme are told apart by the names of their pages."""
    taken: set[str] = set()
    for path in paths:
        dossier = open_dossier(path, "", examples)
        natural = dossier.file.natural
        if dossier.name in taken:
            name = f"{natural.scheme}@{natural.version}"
            if name in taken or "/" in name:
                raise InputError.at(
                    shown(path), "version", f"a second scheme {natural.scheme}, expected another version"
                )
            dossier = replace(dossier, name=name)
        taken.add(dossier.name)
        yield dossier


def _index_html(dossiers: Sequence[Dossier], languages: Sequence[str]) -> str:
    language = languages[0]
    entries = [
        {
            "scheme": dossier.file.natural,
            "rules": sum(1 for _ in dossier.file.natural.rules()),
            "findings": len(dossier.checked.findings),
            "cases": len(dossier.cases),
            "page": page_name(dossier.name, language),
            "other": _other(dossier.name, language, languages),
            "examples": page_name(dossier.name, language, "examples"),
        }
        for dossier in dossiers
    ]
    return render_page("dossiers.html.j2", language, title=phrase("index", language), entries=entries)
