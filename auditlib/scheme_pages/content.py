"""What the page of a scheme is made from: the scheme, its findings, its demonstration, its worked examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlib.analysis.examples.page import Case, read_examples
from auditlib.core.home import home, shown
from auditlib.core.message import t
from auditlib.proofs.check import Checked, check_scheme
from auditlib.scheme.load import Resolved, SchemeFile, load_scheme
from auditlib.scheme.source import Option
from auditlib.scheme_pages.anchors import anchor
from auditlib.scheme_pages.demonstrations import Demonstration, UnitChange, demonstration, unit_changes
from auditlib.scheme_pages.reading_effects import Change, rule_changes

__all__ = ["Alternative", "Dossier", "open_dossier"]


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
        nodes = [*self.file.tree.value["indicators"], *self.file.tree.value.get("branches", ())]
        return {(item["id"], rule["id"]): rule for item in nodes for rule in item.get("rules", ())}

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
        """The rules and duties that hang on a reading, by title and anchor."""
        touching = self.resolved.rule_readings
        return [
            (
                f"{indicator.title(language)}{t(': ', language)}{rule.title(language)}",
                anchor("rule", indicator.id, rule.id),
            )
            for indicator, rule in self.file.natural.rules()
            if reading in touching.get((indicator.id, rule.id), ())
        ] + [
            (duty.title(language), anchor("duty", duty.id))
            for duty in self.file.natural.duties
            if reading in self.resolved.readings_by_duty.get(duty.id, ())
        ]

    def waiting(self, gap: str, language: str) -> list[tuple[str, str]]:
        """What waits for a gap, by title and anchor."""
        scheme = self.file.natural
        found = []
        for indicator in scheme.indicators:
            if indicator.gap == gap:
                title = f"{indicator.title(language)}{t(': ', language)}{t('Maximum', language)}"
                found.append((title, anchor("indicator", indicator.id)))
        for indicator, rule in scheme.rules():
            if gap in rule.gaps:
                title = f"{indicator.title(language)}{t(': ', language)}{rule.title(language)}"
                found.append((title, anchor("rule", indicator.id, rule.id)))
        for duty in scheme.duties:
            if gap == duty.id or any(limit.gap == gap for limit in duty.limits):
                found.append((duty.title(language), anchor("duty", duty.id)))
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
