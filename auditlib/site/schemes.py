"""What the site says of a scheme: its titles, its dossier and worked examples, and what ``auditlib check`` found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError
from auditlib.core.hashes import digest, file_sha256
from auditlib.core.message import LANGUAGES
from auditlib.core.values import Text
from auditlib.proofs.check import check_scheme
from auditlib.scheme.finding import Finding
from auditlib.scheme.load import load_scheme, scheme_files
from auditlib.scheme_pages.finding_words import concerned, kind_words, message_words, proof_words
from auditlib.scheme_pages.scheme_words import SchemeWords
from auditlib.scheme_pages.write import page_name

__all__ = ["DOSSIERS", "SchemeCard", "dossier_pages", "findings", "home_schemes", "open_scheme"]

DOSSIERS = "dossiers"
Titles = dict[str, dict[str, str]]


@dataclass(frozen=True)
class SchemeCard:
    """A scheme as a file holds it; ``key`` changes with anything in it or in what it extends."""

    file: Path
    key: str
    id: str
    version: str
    title: dict[str, str]
    indicators: Titles
    outcomes: Titles


def open_scheme(file: Path) -> SchemeCard:
    """The scheme in ``file``. Raises :class:`InputError`."""
    natural = load_scheme(file).natural
    return SchemeCard(
        file, digest([file_sha256(one) for one in scheme_files(file)])[:12], natural.scheme, natural.version,
        _both(natural.title),
        {indicator.id: _both(indicator.title) for indicator in natural.indicators},
        {outcome.id: _both(outcome.title) for outcome in natural.outcomes},
    )  # fmt: skip


def _both(text: Text) -> dict[str, str]:
    return {language: text(language) for language in LANGUAGES}


def home_schemes(folder: Path, ids: Iterable[str]) -> list[SchemeCard]:
    """The schemes of ``folder`` that have one of the ``ids``; those that do not load are passed over."""
    found = []
    for id in sorted(ids):
        for file in (folder / f"{id}.yaml", *sorted(folder.glob(f"{id}@*.yaml"))):
            try:
                found.append(open_scheme(file))
            except (InputError, OSError):
                continue
    return found


def findings(card: SchemeCard) -> list[dict[str, Any]]:
    """What ``auditlib check`` finds in a scheme, in the words of its dossier, in both languages."""
    natural = load_scheme(card.file).natural
    words = [SchemeWords(natural, language) for language in LANGUAGES]
    return [
        {"clause": found.clause or "", "severity": found.severity, "known": found.known}
        | {own.language: _sentences(own, found) for own in words}
        for found in check_scheme(card.file).findings
    ]


def _sentences(words: SchemeWords, found: Finding) -> dict[str, str]:
    return {
        "kind": kind_words(found.kind, words.language),
        "at": concerned(words, found.at),
        "message": message_words(words, found),
        "proof": proof_words(words, found),
    }


def dossier_pages(root: Path, id: str) -> Mapping[str, dict[str, str]]:
    """The pages of a scheme by what they are and their language, as far as they were made."""
    made: dict[str, dict[str, str]] = {"dossier": {}, "examples": {}}
    for language in LANGUAGES:
        for name, kind in (("dossier", ""), ("examples", "examples")):
            page = page_name(id, language, kind)
            if (root / DOSSIERS / page).is_file():
                made[name][language] = f"{DOSSIERS}/{page}"
    return made
