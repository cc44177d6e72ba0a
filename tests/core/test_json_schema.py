"""JSON Schemas of declared files: what is shipped is valid, what is wrong is seen, sentences are the models’ own."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from auditlib.core.json_schema import declared_schema, key_sentences
from auditlib.core.values import Number, Strict, Text
from auditlib.runs.beginning.file_schemas import KINDS, file_schema
from auditlib.scheme.formers.quantity import FORMERS
from auditlib.scheme.source import Source
from tests.worked import named

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
        ("periods: [month]", "periods: [fortnight]"),
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


# --- the words of quantities, conditions and trees ---

FORMED = (ROOT / "tests" / "bad" / "rule_per_an_unknown_quantity.yaml").read_text(encoding="utf-8")
SHARED = ROOT.parent / "shared" / "vocabulary" / "examples.json"


def fragment(of: str) -> Draft202012Validator:
    """What may stand where a quantity, a node or a condition does."""
    return Draft202012Validator({"$ref": f"#/$defs/{of}", "$defs": file_schema("scheme")["$defs"]})


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("{divide: [late, received], zero: not_assessable, unit: share}", "{divde: [late, received], zero: 0}"),
        ("{divide: [late, received], zero: not_assessable, unit: share}", "{divide: [late, received], unit: share}"),
        ("zero: not_assessable", "zeros: 1, zero: not_assessable"),
        ("take: median", "take: middle"),
        ("self: included", "self: yes please"),
        ("[5%, 10]", "[5%, 10, 3]"),
        ("outside: hold", "beyond: hold"),
        ("between: line", "between: lines"),
        ("above: middle, every: 1pp", "above: {peers: late_rate, take: median}, every: 1pp"),
        ("mode: $day_begun", "mode: sometimes"),
        ("when: {of: open, at_least: 5}", "when: {of: open, at_leest: 5}"),
        ("per: ratd", "per: {curve: late_rate, knots: [[1, 2]], between: to}"),
        ("per: ratd", "per: [ratd]"),
        ("by: [{points: all}, late_rate]", "by: [{pionts: all}]"),
        ("quantities:\n", "quantities: 5\nwords:\n"),
        ("    cap: 20\n", "    cpa: 20\n"),
        ("    nodes:\n", "    node:\n"),
    ],
)
def test_an_editor_sees_what_is_wrong_in_quantities_and_in_the_tree(right: str, wrong: str) -> None:
    assert FORMED.count(right) >= 1
    validator = Draft202012Validator(file_schema("scheme"))
    assert list(validator.iter_errors(as_json(FORMED))) == []
    assert list(validator.iter_errors(as_json(FORMED.replace(right, wrong, 1))))


def test_an_editor_is_told_every_word_wherever_a_quantity_may_stand() -> None:
    parts = file_schema("scheme")["$defs"]
    kinds = [parts[one["$ref"].rpartition("/")[2]] for one in parts["Quantity"]["anyOf"] if "$ref" in one]
    words = {word for kind in kinds for word in kind["properties"]}
    assert {*FORMERS, "rows", "fact"} <= words
    assert all(kind["additionalProperties"] is False for kind in kinds)
    here = {"$ref": "#/$defs/Quantity"}
    assert here in parts["Rule"]["properties"]["per"]["anyOf"]
    assert here in parts["Rule"]["properties"]["points"]["anyOf"]
    assert here in parts["Node"]["properties"]["cap"]["anyOf"]
    assert parts["Divide"]["properties"]["divide"]["anyOf"][0]["prefixItems"] == [here, here]
    assert not {"start_of", "becomes_of", "children", "named"} & {
        key for part in parts.values() for key in part.get("properties", {})
    }


def _fragments() -> list[tuple[str, str, Any]]:
    found = []
    for example in json.loads(SHARED.read_text(encoding="utf-8"))["examples"]:
        readings = [example, *example.get("alternatives", ())]
        for words in [one["vocabulary"] for one in readings if "vocabulary" in one]:  # others are of functions alone
            found += [(example["id"], "Quantity", one) for one in words.get("quantities", {}).values()]
            found += [(example["id"], "Node", one) for one in named(deepcopy(words.get("nodes", [])))]
    return found


def test_the_fragments_of_the_design_are_valid() -> None:
    if not SHARED.exists():
        pytest.skip("the examples of the design of the vocabulary are not here")
    validators = {of: fragment(of) for of in ("Quantity", "Node")}
    found = _fragments()
    wrong = [
        f"{id}: {json.dumps(value, ensure_ascii=False)[:200]}"
        for id, of, value in found
        if list(validators[of].iter_errors(value))
    ]
    assert wrong == []
    assert len(found) > 50
