"""The rounds of a rehearsed panel: questionnaires out, filled by made-up experts, read back as any others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from auditlib.core.errors import InputError
from auditlib.core.files import whole_folder, write_atomically
from auditlib.delphi.declared import PanelFile
from auditlib.delphi.forms.questionnaire import new_panel
from auditlib.delphi.forms.read_back import Returned, read_questionnaires
from auditlib.delphi.rounds import find_panel, read_panel
from auditlib.rehearsal.filling import Filling, OpenForm
from auditlib.rehearsal.index import FILLED
from auditlib.rehearsal.made_up_experts import MadeUpExperts, Rehearsal, read_rehearsal
from auditlib.revision.splice import YamlText

__all__ = ["Asking", "blank_panel", "made_up_panel"]

WORKBOOK, MADE_UP = ".xlsx", "synthetic.txt"
"""What made-up experts fill, and the file that says that they are made up, by which such a folder is known."""

LABEL = (
    "合成答卷：由程序按种子 {seed} 填写，不是真实专家的意见。"
    "Synthetic: filled by a program from seed {seed}; no expert said this."
)


def blank_panel(asked: Path, folder: Path, declared: PanelFile) -> None:
    """Write into ``folder`` the panel's ``panel.yaml`` without any answers, labelled synthetic."""
    text = (asked / "panel.yaml").read_text(encoding="utf-8")
    if not declared.synthetic:
        document = YamlText(text)
        document.remove("synthetic")
        document.put_after("title", "synthetic: true\n")
        text = document.changed()
    write_atomically(folder / "panel.yaml", text.encode("utf-8"))


def made_up_panel(panel: str, folder: Path, replace: bool = False) -> Asking:
    """A blank panel in the new ``folder``, declared as the shipped ``panel``, and made-up experts who will answer it.

    Raises :class:`InputError` where the folder is there, unless it holds an earlier one and ``replace``.
    """
    source = find_panel(panel)
    declared = read_panel(source).declared
    rehearsal = read_rehearsal(source, declared)
    if folder.exists() and not (replace and (folder / "panel.yaml").is_file() and (folder / MADE_UP).is_file()):
        raise InputError.at(folder, "", "found something there, expected a new folder")
    with whole_folder(folder, replace=replace) as scratch:
        blank_panel(source, scratch, declared)
        write_atomically(scratch / MADE_UP, LABEL.format(seed=rehearsal.seed).encode("utf-8"))
    return Asking(folder, read_panel(folder).declared, rehearsal, lambda line: None)


@dataclass
class Asking:
    """A panel in ``folder`` that is asked round after round; ``tell`` hears of every step."""

    folder: Path
    declared: PanelFile
    rehearsal: Rehearsal
    tell: Callable[[str], None]

    def __post_init__(self) -> None:
        self._made_up = MadeUpExperts(self.declared, self.rehearsal)

    @property
    def _experts(self) -> int:
        note = self.declared.rounds.get(1)
        count = self.rehearsal.experts or (None if note is None else note.sent)
        if count is None:
            message = "found no number of experts, expected `rounds: {1: {sent: N}}`, or --experts N"
            raise InputError.at(self.folder / "panel.yaml", "rounds.1.sent", message)
        return count

    def round(self, number: int) -> Returned:
        """Ask one round: its questionnaires are written, filled, and read."""
        sent = new_panel(self.folder, number, self._experts if number == 1 else None)
        self.tell(f"round {number}: {sum(file.suffix == WORKBOOK for file in sent)} questionnaires written")
        files = self.filled(number, sent)
        self.tell(f"round {number}: {len(files)} questionnaires filled by made-up experts")
        returned = read_questionnaires(files, self.folder, number)
        names = ", ".join(file.name for file in returned.files)
        self.tell(f"round {number}: {returned.forms} forms read into {names}")
        return returned

    def filled(self, number: int, sent: Sequence[Path]) -> list[Path]:
        """The questionnaires of a round as the made-up experts fill them, and where they are written."""
        forms = {file.name: OpenForm(file.read_bytes()) for file in sorted(sent) if file.suffix == WORKBOOK}
        fillings = self._fillings(number, {form.expert: form for form in forms.values()})
        files = []
        for name, form in forms.items():
            files.append(self.folder / FILLED / f"round-{number}" / name)
            filled = form.filled(fillings[form.expert], LABEL.format(seed=self.rehearsal.seed))
            write_atomically(files[-1], filled)
        return files

    def _fillings(self, number: int, forms: dict[str, OpenForm]) -> dict[str, Filling]:
        experts = list(forms)
        marks = self._marks(number, forms)
        remarks = self._made_up.remarks(experts, list(marks[experts[0]])) if number == 1 else {}
        return {
            expert: Filling(
                marks[expert],
                remarks.get(expert, {}),
                about=self._made_up.about(expert) if form.asks_about_the_expert else {},
            )
            for expert, form in forms.items()
        }

    def _marks(self, number: int, forms: dict[str, OpenForm]) -> dict[str, dict[str, Fraction]]:
        """What each expert marks: items seen before from what the form shows of them, new ones for the first time."""
        shown = {expert: form.own_marks(number - 1) for expert, form in forms.items()}
        one = next(iter(forms.values()))
        before = one.medians()
        again = self._made_up.reconsidered(shown, before)
        new = self._made_up.first_marks(forms, [item for item in one.items if item not in before])
        return {expert: again[expert] | new[expert] for expert in forms}
