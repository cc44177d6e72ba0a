"""A folder of one's own to begin in: a commented scheme or panel, its data, a run, worked examples, editor settings."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from auditlib.core.errors import InputError
from auditlib.core.file_names import is_reserved
from auditlib.core.files import whole_folder, write_atomically
from auditlib.core.home import PACKAGE, shown
from auditlib.runs.beginning.file_schemas import schema_text

__all__ = ["BEGINNINGS", "PERIOD", "Beginning", "Like", "write_beginning"]

Like = Literal["points", "rates", "duties", "panel"]
BEGINNINGS: dict[Like, str] = {
    "points": "points and deductions",
    "rates": "rates against thresholds, with an open question of the source",
    "duties": "who owes what within which time, without points",
    "panel": "weights from a panel of experts",
}
"""Every kind of beginning, in words."""
TEMPLATES = PACKAGE / "runs" / "beginning" / "templates"
ID = "my-rules"
"""What a template is called; the name of the folder takes its place where it can be an id."""
PERIOD, UNIT = "2025-06", "E1"
SCHEMAS = {
    "scheme.yaml": "scheme", "panel.yaml": "panel", "run.yaml": "run", "ledger/ledger.yaml": "ledger",
    "examples/*.yaml": "examples",
}  # fmt: skip
"""Which kind of file each pattern of a beginning is."""
OWN_SCHEMA = ("scheme", "panel")
"""The kinds whose schema lies beside the file, which names it for editors that read no settings."""


@dataclass(frozen=True)
class Beginning:
    """A folder that was written: its files, and the commands to go on with in it, in turn."""

    folder: Path
    files: int
    commands: tuple[str, ...]
    scored: bool
    """Whether it holds a ledger that a scheme scores."""


def write_beginning(folder: Path, like: Like = "points", language: str = "zh") -> Beginning:
    """Write a beginning into ``folder``, which is new or empty, whole or not at all.

    Raises :class:`InputError` where something is there already, and :class:`OSError` where nothing can be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        found = "a file" if not folder.is_dir() else "files in it"
        raise InputError.at(shown(folder), "", f"found {found}, expected a new folder, or an empty one")
    id = _id(folder)
    with whole_folder(folder, replace=folder.exists()) as made:
        template = TEMPLATES / language / like
        for file in sorted(template.rglob("*")):
            if file.is_file():
                text = file.read_text(encoding="utf-8").replace(ID, id)
                write_atomically(made / file.relative_to(template), text.encode("utf-8"), durable=False)
        _settings(made)
        commands = _commands(like, language)
        write_atomically(made / "README.md", _readme(id, commands, language).encode("utf-8"), durable=False)
        files = sum(file.is_file() for file in made.rglob("*"))
    return Beginning(folder, files, commands, like in ("points", "rates"))


def _id(folder: Path) -> str:
    name = folder.resolve().name
    return name if re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]{0,59}", name) and not is_reserved(name) else ID


def _settings(folder: Path) -> None:
    """What VS Code and other editors with a YAML language server are told: which file follows which schema."""
    told: dict[str, list[str]] = {}
    for pattern, kind in SCHEMAS.items():
        if not any(folder.glob(pattern)):
            continue
        place = "schema.json" if kind in OWN_SCHEMA else f".vscode/{kind}.schema.json"
        write_atomically(folder / place, schema_text(kind).encode("utf-8"), durable=False)
        told[f"./{place}"] = [f"/{pattern}"]
    settings = {"yaml.schemas": told, "yaml.validate": True, "[yaml]": {"editor.quickSuggestions": {"strings": True}}}
    for name, content in (("settings", settings), ("extensions", {"recommendations": ["redhat.vscode-yaml"]})):
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        write_atomically(folder / ".vscode" / f"{name}.json", text.encode("utf-8"), durable=False)


def _commands(like: Like, language: str) -> tuple[str, ...]:
    spoken = "" if language == "zh" else f" --language {language}"
    if like == "panel":
        return ("auditlib delphi .", f"auditlib panel report . --out reports{spoken}")
    asked = f"scheme.yaml --ledger ledger --period {PERIOD}"
    scored = (
        f"auditlib duties {asked}{spoken}"
        if like == "duties"
        else f"auditlib explain {asked} --unit {UNIT}{spoken}"
    )  # fmt: skip
    tried = f"auditlib try {asked} --unit {UNIT}{spoken}"
    return (
        "auditlib check scheme.yaml", scored, "auditlib examples scheme.yaml examples", "auditlib run run.yaml", tried,
    )  # fmt: skip


WHAT = {
    "check": ("检查办法，不用数据", "checks the rules, without data"),
    "explain": ("得分及其理由", "the points and why"),
    "duties": ("每项义务履行得如何", "what became of each duty"),
    "examples": ("核对算例", "compares the worked examples"),
    "run": ("生成报告 reports/{id}/index.html", "makes the reports, reports/{id}/index.html"),
    "try": ("边改边看得分", "shows the points while you change things"),
    "delphi": ("计算协调程度和权重", "agreement and weights"),
    "panel": ("生成报告 reports/round-1.html", "makes the report, reports/round-1.html"),
}


def _readme(id: str, commands: tuple[str, ...], language: str) -> str:
    """The commands once more, each with what it does."""
    lines = [f"# {id}", ""]
    for command in commands:
        lines.append(f"    {command}")
        lines.append("")
        lines.append(WHAT[command.split()[1]][language == "en"].format(id=id))
        lines.append("")
    lines.append({"zh": "说明见 docs/first-hour.zh.md。", "en": "docs/first-hour.md goes through all of it."}[language])
    return "\n".join(lines) + "\n"
