"""Scheme files into frozen schemes: references resolved, readings chosen, gaps supplied, values of the day put in.

In a file, ``$name`` stands for the chosen option of a reading, for a value in force, or for what a gap
needs. A :class:`SchemeFile` keeps the file as written; :meth:`SchemeFile.resolve` gives the
:class:`Scheme` that scores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from auditlib.core.errors import InputError, Problem
from auditlib.core.exact import exact
from auditlib.core.home import find, home
from auditlib.core.kept_verdicts import is_clean, keep_clean
from auditlib.core.yaml_file import Tree, read_tree, validate
from auditlib.scheme.hoisting import hoisted
from auditlib.scheme.model import Scheme
from auditlib.scheme.nodes import with_branches
from auditlib.scheme.readings_used import readings_of_duties, readings_of_rules
from auditlib.scheme.references import dangling
from auditlib.scheme.revision_note import last_day
from auditlib.scheme.section_shapes import with_shapes
from auditlib.scheme.substitution import Substitution, declarations_of
from auditlib.scheme.supplied_limit import supplied_limit

__all__ = ["Resolved", "SchemeFile", "find_scheme", "load_scheme", "loaded", "scheme_files"]


@dataclass(frozen=True)
class Resolved:
    """A scheme as it scores: with the readings in use, the gaps supplied, and which readings touch each rule."""

    scheme: Scheme
    readings: Mapping[str, str]
    supplied: Mapping[str, Fraction]
    rule_readings: Mapping[tuple[str, str], tuple[str, ...]]
    readings_by_duty: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    file: SchemeFile | None = field(default=None, compare=False, repr=False, metadata={"kept": False})
    """The file that it was resolved from."""

    def in_force(self, on: date) -> Resolved | None:
        """The scheme by the rules in force on a day, with the same readings and supplied gaps where it has them.

        None where none was in force. A scheme of one version holds for every day, as it does when it is asked for by
        name. Raises :class:`InputError` for a version that does not load.
        """
        if self.file is None:
            return self
        own = self.file.tree.file
        name = own.stem.partition("@")[0]
        among = sorted([*own.parent.glob(f"{name}.yaml"), *own.parent.glob(f"{name}@*.yaml")])
        found = self.file
        if len(among) > 1 and own in among:
            try:
                found = load_scheme(find_scheme(name, own.parent, on))
            except InputError:
                return None
        declared = found.natural
        readings = {k: v for k, v in self.readings.items() if v in getattr(declared.readings.get(k), "options", ())}
        supplied = {k: v for k, v in self.supplied.items() if k in declared.gaps}
        try:
            return found.resolve(readings, supplied, on)
        except InputError:
            return None

    def duty_readings(self, duty: str) -> dict[str, str]:
        """The readings that touch a duty, each with its option in use."""
        return {name: self.readings[name] for name in self.readings_by_duty.get(duty, ())}

    def readings_of(self, indicator: str, rule: str) -> dict[str, str]:
        """The readings that touch a rule, each with its option in use."""
        return {name: self.readings[name] for name in self.rule_readings.get((indicator, rule), ())}


@dataclass(frozen=True)
class SchemeFile:
    """A scheme file as written, checked in full: every option of every reading makes a valid scheme."""

    tree: Tree
    natural: Scheme = field(repr=False)

    @property
    def name(self) -> str:
        return self.tree.place(())[0]

    def resolve(
        self,
        readings: Mapping[str, str] | None = None,
        supplied: Mapping[str, str | Fraction] | None = None,
        on: date | None = None,
    ) -> Resolved:
        """The scheme under these readings and supplied gaps, with the values in force on a day.

        Raises :class:`InputError` for a reading, option or gap that the scheme does not have.
        """
        declared = self.natural
        problems = []
        chosen = {name: reading.use for name, reading in declared.readings.items()}
        for name, option in (readings or {}).items():
            if name not in declared.readings:
                known = ", ".join(declared.readings) or "none"
                problems.append(
                    Problem(self.name, None, "--reading", f"found {name}, expected one of the readings: {known}")
                )
            elif option not in declared.readings[name].options:
                known = ", ".join(declared.readings[name].options)
                problems.append(
                    Problem(self.name, None, f"--reading {name}", f"found {option}, expected one of {known}")
                )
            else:
                chosen[name] = option
        numbers: dict[str, Fraction] = {}
        vague = {duty.id for duty in declared.duties if duty.vague is not None} - declared.gaps.keys()
        limits: dict[str, dict[str, int]] = {}
        for name, given in (supplied or {}).items():
            if name in vague:
                try:
                    limits[name] = supplied_limit(str(given))
                except ValueError as error:
                    problems.append(Problem(self.name, None, f"--set {name}", str(error)))
                continue
            if name not in declared.gaps:
                known = ", ".join([*declared.gaps, *sorted(vague)]) or "none"
                problems.append(Problem(self.name, None, "--set", f"found {name}, expected one of the gaps: {known}"))
                continue
            try:
                numbers[name] = exact(given)
            except (TypeError, ValueError) as error:
                problems.append(Problem(self.name, None, f"--set {name}", str(error)))
                continue
            gap = declared.gaps[name]
            if (expected := gap.refuses(numbers[name])) is not None:
                told = f"found {given}, expected {expected} ({gap.missing.en})"
                problems.append(replace(self.tree.problem(("gaps", name), told, gap.clause), path=f"--set {name}"))
        if problems:
            raise InputError(problems)
        tree = Substitution(self.tree, chosen, numbers, on).run()
        for duty in tree.value.get("duties", ()) if limits else ():
            if duty["id"] in limits:
                duty |= {"limits": [limits[duty["id"]]], "supplied": True}
        scheme = validate(Scheme, hoisted(tree))
        raw = self.tree.value
        return Resolved(scheme, chosen, numbers, readings_of_rules(raw, scheme), readings_of_duties(raw, scheme), self)


def load_scheme(file: Path, name: str | None = None) -> SchemeFile:
    """The scheme in ``file``, laid over the one it ``extends``, if any.

    Raises :class:`InputError` with every fault: of YAML, of the vocabulary, of references, of SQL, and
    of each option of each reading.
    """
    return loaded(hoisted(with_branches(_with_sections(with_shapes(_read_extended(file, name))))))


def loaded(tree: Tree) -> SchemeFile:
    """The scheme of a tree whose ``texts`` tell it from every other. Raises :class:`InputError` with every fault."""
    return SchemeFile(tree, _checked(_Source(tree.texts, tree)))


EMPTY: dict[str, Any] = {"measures": {}, "indicators": []}
"""The sections that a scheme of duties alone need not have."""


def _with_sections(tree: Tree) -> Tree:
    """A scheme of duties alone has no measures and no indicators: its sections are there, and empty."""
    if not isinstance(tree.value, dict) or not tree.value.get("duties"):
        return tree
    empty: dict[str, Any] = {key: value for key, value in EMPTY.items() if key not in tree.value}
    return replace(tree, value=tree.value | empty) if empty else tree


@dataclass(frozen=True)
class _Source:
    """The texts of a scheme and of those that it extends, which decide what it is, and their tree."""

    texts: tuple[str, ...]
    tree: Tree = field(compare=False)


@lru_cache(maxsize=32)
def _checked(source: _Source) -> Scheme:
    """The scheme as declared, once a process for the same texts. Raises :class:`InputError` with every fault."""
    tree = source.tree
    declared = declarations_of(tree)
    natural = None
    problems: dict[Problem, None] = {}
    choices = list(_choices(declared))
    clean = is_clean("scheme", tree.texts)
    for chosen in choices[:1] if clean else choices:
        try:
            decided = hoisted(Substitution(tree, chosen, {}, None).run())
            scheme = validate(Scheme, decided)
            problems |= {} if clean else dict.fromkeys(dangling(decided, scheme))
            natural = natural or scheme
        except InputError as error:
            problems |= dict.fromkeys(error.problems)
    if problems or natural is None:
        raise InputError(sorted(problems, key=lambda p: (p.file, p.line or 0, p.column or 0, p.path, p.message)))
    if not clean:
        keep_clean("scheme", tree.texts)
    return natural


def _read_extended(file: Path, name: str | None, above: tuple[Path, ...] = ()) -> Tree:
    """The tree of ``file`` over those it extends."""
    tree = read_tree(file, name)
    base = tree.value.get("extends") if isinstance(tree.value, dict) else None
    if not isinstance(base, str):
        return tree
    path = file.parent / f"{base}.yaml"
    if path == file or path in above:
        raise InputError(tree.problem(("extends",), f"found {base}, which extends this scheme in its turn"))
    if not path.exists():
        raise InputError(tree.problem(("extends",), f"found {base}, expected a scheme file beside this one"))
    return tree.over(_read_extended(path, str(Path(name or file).parent / path.name), (*above, file)))


def scheme_files(file: Path) -> list[Path]:
    """The file of a scheme that loads, and after it those that it extends, one by one."""
    base = read_tree(file).value.get("extends")
    return [file, *(scheme_files(file.parent / f"{base}.yaml") if base else ())]


def find_scheme(name: str, folder: Path | None = None, on: date | None = None) -> Path:
    """The file of a scheme given by path or by id; among the versions of an id, the one in force on a day.

    Ids are looked for in ``folder``, or else among the schemes that there are (``params/schemes``).

    A path that is not there may lie in the home folder. Versions of one scheme stand side by side as ``ID.yaml`` and
    ``ID@VERSION.yaml``; one that another revises ends on the day before that. Raises :class:`InputError` naming the
    schemes that there are.
    """
    folder = folder or home() / "params" / "schemes"
    path = find(name) if name.endswith((".yaml", ".yml")) else Path(name)
    if path.is_dir():
        raise InputError.at(path, "", "found a folder, expected a scheme file or the id of a scheme")
    if path.suffix in (".yaml", ".yml") or path.is_file():
        if not path.is_file():
            raise InputError.at(path, "", "no such scheme file")
        return path
    if path.name != name:
        raise InputError.at(path, "", "no such scheme file")
    versions = sorted([*folder.glob(f"{name}.yaml"), *folder.glob(f"{name}@*.yaml")], key=_version_order)
    if not versions:
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml"))) or "none"
        raise InputError.at(folder, "", f"found no scheme {name}; the schemes there are: {known}")
    if on is None or len(versions) == 1:
        return versions[-1]
    schemes = {file: load_scheme(file).natural for file in versions}
    in_force = [
        file
        for file, scheme in schemes.items()
        if (scheme.effective.first or date.min) <= on <= last_day(scheme, schemes.values())
    ]
    if len(in_force) != 1:
        found = ", ".join(file.name for file in in_force) or "none"
        raise InputError.at(folder, name, f"found {found} in force on {on}, expected exactly one version")
    return in_force[0]


def _version_order(file: Path) -> list[int | str]:
    """`9` before `10`: the parts of a version are numbers where they can be."""
    parts = re.split(r"(\d+)", file.stem.partition("@")[2])
    return [int(part) if part.isdigit() else part for part in parts]


def _choices(declared: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The readings as declared, then each other option by itself."""
    readings = declared.get("readings")
    readings = readings if isinstance(readings, dict) else {}
    options = {
        name: list(reading["options"])
        for name, reading in readings.items()
        if isinstance(reading, dict) and isinstance(reading.get("options"), dict)
    }
    natural = {name: str(readings[name].get("use")) for name in options}
    yield natural
    for name, names in options.items():
        for option in names:
            if option != natural[name]:
                yield natural | {name: option}
