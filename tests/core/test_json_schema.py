"""JSON Schemas of declared files: what is shipped is valid, what is wrong is seen, sentences are the models’ own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from auditlib.core.json_schema import declared_schema, key_sentences
from auditlib.core.values import Number, Strict, Text
from auditlib.runs.beginning.file_schemas import KINDS, file_schema
from auditlib.scheme.source import Source

ROOT = Path(__file__).parents[2]
FILES = {
    "scheme": "params/schemes/*.yaml", "run": "params/runs/*.yaml", "ledger": "params/demonstrations/*/ledger.yaml",
    "examples": "tests/spec/*/*.yaml", "panel": "params/panels/*/panel.yaml", "mapping": "params/mappings/*.yaml",
}  # fmt: skip


class _AsEditorsRead(yaml.CSafeLoader):
    """Days are text to an editor: YAML 1.2 knows none."""


_AsEditorsRead.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith("timestamp")]
    for first, known in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def as_json(text: str) -> Any:
    return json.loads(json.dumps(yaml.load(text, _AsEditorsRead)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_that_is_shipped_is_valid_by_the_schema_of_its_kind(kind: str) -> None:
    validator = Draft202012Validator(file_schema(kind))
    files = sorted(ROOT.glob(FILES[kind]))
    assert files
    wrong = {
        f"{file.relative_to(ROOT)}: {list(fault.absolute_path)}: {fault.message[:200]}"
        for file in files
        for fault in validator.iter_errors(as_json(file.read_text(encoding="utf-8")))
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("zero: not_assessable", "zero: 0.5"),  # a binary float
        ("mode: $day_begun", "mode: sometimes"),
        ("where: late}", "wheer: late}"),
        ("floor: 0", "florr: 0"),
        ("periods: [month]", "periods: [week]"),
        ("title: {zh: 时效, en: Timeliness}", "title: [时效]"),
        ("    start: 10\n", ""),
    ],
)
def test_an_editor_sees_what_is_wrong(right: str, wrong: str) -> None:
    text = (ROOT / "tests" / "bad" / "unknown_column.yaml").read_text(encoding="utf-8")
    assert text.count(right) >= 1
    validator = Draft202012Validator(file_schema("scheme"))
    assert list(validator.iter_errors(as_json(text))) == []
    assert list(validator.iter_errors(as_json(text.replace(right, wrong, 1))))


def test_a_title_in_one_language_and_a_scheme_that_extends_another_are_valid() -> None:
    validator = Draft202012Validator(file_schema("scheme"))
    text = (ROOT / "tests" / "bad" / "unknown_column.yaml").read_text(encoding="utf-8")
    assert not list(validator.iter_errors(as_json(text.replace("{zh: 小方案, en: Small scheme}", "小方案"))))
    assert not list(validator.iter_errors({"scheme": "b", "version": "2", "extends": "a"}))
    assert list(validator.iter_errors({"scheme": "b", "version": "2"}))


class _Leaf(Strict):
    """A leaf. ``points`` may be a half; ``colour`` is nobody's."""

    points: Number
    colour: Text
    """How it looks, as :class:`Text` says."""
    size: int | None = None


def test_a_sentence_stands_under_its_key_or_in_the_docstring_of_its_model() -> None:
    assert key_sentences(_Leaf) == {
        "points": "`points` may be a half",
        "colour": "How it looks, as `Text` says.",
    }
    keys = declared_schema(_Leaf)["properties"]
    assert keys["points"]["description"] == "`points` may be a half"
    assert keys["size"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert key_sentences(Source)["url"] == "Where it is published."


def test_every_part_of_a_scheme_says_what_it_is() -> None:
    schema = file_schema("scheme")
    assert [name for name, part in schema["$defs"].items() if not part.get("description")] == []
