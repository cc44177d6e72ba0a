"""A scheme's dossier: one static page that says everything a scheme holds, for people who never see its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError
from auditlib.core.files import write_atomically
from auditlib.core.home import shown
from auditlib.core.message import t
from auditlib.core.numerals import plain
from auditlib.scheme.finding import Finding
from auditlib.scheme_pages import duty_words, finding_words, quantity_words, result_words, rule_words
from auditlib.scheme_pages.anchors import anchor
from auditlib.scheme_pages.citations import citations
from auditlib.scheme_pages.content import Dossier, open_dossier
from auditlib.scheme_pages.examples import examples_html
from auditlib.scheme_pages.scheme_words import SchemeWords
from auditlib.scheme_pages.score_tree import full_points, score_tree
from auditlib.scheme_pages.template import render_page

__all__ = ["dossier_html", "page_name", "write_dossiers"]


def page_name(name: str, language: str, kind: str = "") -> str:
    """The file of a page: ``ID.html``, ``ID.en.html``, ``ID.examples.html``."""
    return f"{name}{f'.{kind}' if kind else ''}{'' if language == 'zh' else '.en'}.html"


def dossier_html(dossier: Dossier, language: str, languages: Sequence[str] = ()) -> str:
    """The page of a scheme in one language; ``languages`` are those it is written in, for a link between them."""
    scheme = dossier.file.natural
    words = SchemeWords(scheme, language)
    return render_page(
        "dossier.html.j2",
        language,
        title=t("{title}: dossier", language, title=scheme.title(language)),
        dossier=dossier,
        scheme=scheme,
        words=words,
        other=_other(dossier.name, language, languages),
        cited=citations(words),
        bars=score_tree(words),
        whole=full_points(words),
        plain=plain,
        findings=[_finding(words, found) for found in dossier.checked.findings],
        readings=[
            (name, reading, dossier.alternatives(name, language), dossier.touched(name, language))
            for name, reading in scheme.readings.items()
        ],
        waits={name: dossier.waiting(name, language) for name in scheme.gaps},
        raw_rules=dossier.written_rules,
        touching=dossier.resolved.rule_readings,
        duty_touching=dossier.resolved.readings_by_duty,
        examples_page=page_name(dossier.name, language, "examples") if dossier.cases else "",
        about=partial(_about_quantity, words),
        **_sentences(words),
    )


def _sentences(words: SchemeWords) -> Mapping[str, Any]:
    """Every wording that the template asks for, of this scheme in this language."""
    named = {
        rule_words: ("indicator_formula", "indicator_sentence", "rule_formula", "rule_sentence", "waiting_formula"),
        duty_words: ("actor_words", "counting_words", "duty_aspects"),
        quantity_words: (
            "column_sentence", "column_title", "composite_formula", "decision_rows", "measure_sentence",
            "missing_policy", "rate_formula", "standing_sentence", "table_hit", "zero_policy",
        ),
        result_words: (
            "amount_words", "further_ranking_sentence", "outcome_conditions", "outcome_effects", "ranking_sentence",
            "roll_up_formula", "roll_up_policy", "weigh_words",
        ),
    }  # fmt: skip
    told = {name: partial(getattr(module, name), words) for module, names in named.items() for name in names}
    return told | {
        "condition_words": words.condition, "former_words": words.former, "former_policies": words.policies
    }  # fmt: skip


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
            "duties": len(dossier.file.natural.duties),
            "findings": len(dossier.checked.findings),
            "cases": len(dossier.cases),
            "page": page_name(dossier.name, language),
            "other": _other(dossier.name, language, languages),
            "examples": page_name(dossier.name, language, "examples"),
        }
        for dossier in dossiers
    ]
    return render_page("dossiers.html.j2", language, title=t("Dossiers of the schemes", language), entries=entries)
