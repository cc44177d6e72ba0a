"""Every key has its meaning in both languages, an example out of a file, and what is said of a wrong one."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from auditlib.ledger.registers import REGISTERS
from auditlib.scheme.json_schema import scheme_schema
from handbook.documents import documents
from handbook.instances import WRONG
from handbook.meanings import KEYS, file_only, is_written, meaning, of_model, page_title
from handbook.models import Key, Model
from handbook.places import LANGUAGES, ROOT
from handbook.tables import commands_page, registers_page, sources_page
from handbook.vocabulary import INLINE, models_by_document, pages_of_keys, refusals_of, uses_of

DOCUMENTS = list(documents())
each_document = pytest.mark.parametrize("document", DOCUMENTS)


def keys(document: str) -> list[tuple[Model, Key]]:
    """The keys that a file may have."""
    models = models_by_document(document).values()
    return [(model, key) for model in models for key in model.each_key() if is_written(document, model, key)]


@each_document
def test_every_key_has_a_meaning_in_both_languages(document: str) -> None:
    lacking = [
        f"{model.name}.{key.name} ({language})"
        for model, key in keys(document)
        for language in LANGUAGES
        if not meaning(document, model, key.name, language, key.field)
    ]
    models = models_by_document(document).values()
    lacking += [
        f"{model.name} ({language})"
        for model in models
        for language in LANGUAGES
        if not of_model(document, model, language)
    ]
    assert lacking == [], f"write them in docs/reference/keys/{document}.yaml"


@each_document
def test_every_key_has_an_example_out_of_a_file(document: str) -> None:
    uses = uses_of(document)
    wanted = [(model.name, key.name) for model, key in keys(document)]
    wanted += [
        (model.name, key) for model in models_by_document(document).values() for key in file_only(document, model)
    ]
    assert [f"{model}.{key}" for model, key in wanted if (model, key) not in uses] == [], (
        "use them in a recipe of docs/cookbook or in docs/reference/specimens"
    )


@each_document
def test_an_example_stands_where_it_says(document: str) -> None:
    for (_, key), uses in uses_of(document).items():
        for one in uses:
            line = one.file.read_text(encoding="utf-8").splitlines()[one.line - 1]
            assert line.strip() == one.text.splitlines()[0].strip()
            assert re.search(rf"(^|[\s{{,\"-]){re.escape(key)}[\"]?:", line), (one.place, key)


@each_document
def test_files_with_examples_load_as_they_are(document: str) -> None:
    """So that what is said of a wrong value is said of that value."""
    for file in documents()[document].others:
        documents()[document].load(file)


@pytest.mark.long
@each_document
def test_what_check_says_of_a_wrong_value_is_told_of_every_key(document: str) -> None:
    told = {
        f"{model.name}.{name}": refusals_of(document, model.name, name)
        for model in models_by_document(document).values()
        for name in [
            *(key.name for key in model.each_key() if is_written(document, model, key)),
            *file_only(document, model),
        ]
    }
    assert [key for key, said in told.items() if said is None] == [], f"none of {WRONG} is refused there"
    assert [said for said in told.values() if not re.search("expected|found|missing", str(said))] == []


def test_no_meaning_is_left_over_from_a_key_that_is_gone() -> None:
    for document in DOCUMENTS:
        known = {
            model.name: {key.name for key in model.each_key(every=True)}
            for model in models_by_document(document).values()
        }
        for name, entries in yaml.safe_load((KEYS / f"{document}.yaml").read_text(encoding="utf-8")).items():
            if name == "pages":
                continue
            assert name in known, f"{document}: {name}"
            gone = {key for key, entry in entries.items() if not entry.get("virtual")} - known[name] - {"_"}
            assert gone == set(), f"{document}: {name}"


def test_every_page_of_keys_has_a_heading_in_both_languages() -> None:
    modules = {model.module for model in models_by_document("scheme").values()}
    assert [one for one in modules for language in LANGUAGES if not page_title("scheme", one, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_between_pages_of_keys_lead_somewhere(language: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handbook.vocabulary.refusals_of", lambda *_: None)  # not what is looked at, and slow
    pages = pages_of_keys(language)
    anchors = {name: set(re.findall(r"\{ #([\w-]+) \}", text)) for name, text in pages.items()}
    for name, text in pages.items():
        for file, anchor in re.findall(r"\]\(((?:[\w-]+\.md)?)#([\w-]+)\)", text):
            target = name if not file else f"{name.rpartition('/')[0]}/{file.removesuffix('.md')}"
            assert anchor in anchors[target], (name, file, anchor)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_tell_every_register_command_and_source(language: Any) -> None:
    registers = registers_page(language)
    for register in REGISTERS.values():
        assert all(f"| `{column.name}` |" in registers for column in register.columns)
    commands = commands_page(language)
    assert "## auditlib sample draw" in commands
    assert "--accept-rejects" in commands
    assert len(re.findall(r"^## S\d\d ", sources_page(language), re.M)) == 38


def test_what_is_told_of_sources_names_tests_that_are_there() -> None:
    for file, function in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", sources_page("en")):
        assert re.search(rf"def {function}\b", (ROOT / file).read_text(encoding="utf-8"))


def test_a_key_at_which_a_quantity_may_be_written_says_so() -> None:
    """The keys are those of the schema that editors use."""
    parts = scheme_schema()["$defs"]
    for name, said in (("Rule", parts["Rule"]), ("Indicator", parts["Node"])):
        for key, one in said["properties"].items():
            allowed = {"$ref": "#/$defs/Quantity"} in one.get("anyOf", ())
            assert allowed == (("scheme", name, key) in INLINE), (name, key)
