"""YAML that remembers its lines: what is refused, where, and how overlays merge."""

from datetime import date
from fractions import Fraction
from typing import Literal

import pytest
from pydantic import Field

from auditlib.core.errors import InputError
from auditlib.core.values import Number, Strict
from auditlib.core.yaml_file import read_tree, read_yaml, validate


class Leaf(Strict):
    id: str
    points: Number
    mode: Literal["floor", "ceil"] = "floor"


class Model(Strict):
    title: str
    counted: bool = False
    since: date | None = None
    leaves: tuple[Leaf, ...] = ()
    named: dict[str, Leaf] = Field(default_factory=dict)


def written(folder, text, name="x.yaml"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(action):
    with pytest.raises(InputError) as caught:
        action()
    return str(caught.value).splitlines()


def faults(folder, text):
    return problems_of(lambda: read_tree(written(folder, text), "x.yaml"))


def model_faults(folder, text):
    return problems_of(lambda: read_yaml(Model, written(folder, text), "x.yaml"))


def test_plain_values_come_out_as_python_values(tmp_path):
    text = "a: text\nb: 12\nc: -3\nd: true\ne: ~\nf: 2025-06-01\ng: [x, 1]\nh: {i: '0.5'}\n1: one\n二(一)1: 条\n"
    assert read_tree(written(tmp_path, text)).value == {
        "a": "text", "b": 12, "c": -3, "d": True, "e": None, "f": date(2025, 6, 1), "g": ["x", 1], "h": {"i": "0.5"},
        "1": "one", "二(一)1": "条",
    }  # fmt: skip


def test_every_value_knows_its_place_and_one_that_is_not_there_that_of_what_holds_it(tmp_path):
    tree = read_tree(written(tmp_path, "a: 1\nb:\n  - x: 1\n    y: 2\n  - x: 3\n"), "x.yaml")
    assert tree.place(("a",)) == ("x.yaml", 1, 1)
    assert tree.place(("b", 0, "y")) == ("x.yaml", 4, 5)
    assert tree.place(("b", 1)) == ("x.yaml", 5, 5)
    assert tree.place(("b", 1, "not", "there")) == ("x.yaml", 5, 5)
    assert str(tree.problem(("b", 0, "y"), "is wrong", "二(一)1")) == "x.yaml:4:5: b[0].y [二(一)1]: is wrong"


def test_a_duplicate_key_is_refused_with_both_lines(tmp_path):
    assert faults(tmp_path, "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n") == [
        "x.yaml:5:3: b.c: duplicate key; it stands already in line 3"
    ]


@pytest.mark.parametrize("number", ["0.85", "-1.5", "1e-3", ".5", ".inf", ".nan"])
def test_a_bare_float_is_refused_with_its_line(tmp_path, number):
    if number == "1e-3":
        number = "1.0e-3"  # YAML 1.1 takes 1e-3 for text
    assert faults(tmp_path, f"a: 1\nb: [1, {number}]\n") == [
        f'x.yaml:2:8: b[1]: found the bare number {number}, expected it quoted ("{number}"), '
        "because binary floats are not exact"
    ]


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "Yes", "True", "FALSE"])
def test_a_boolean_in_any_other_word_than_true_or_false_is_refused(tmp_path, word):
    assert faults(tmp_path, f"a:\n  b: {word}\n") == [
        f"x.yaml:2:6: a.b: found {word}, expected true or false, or the word in quotes"
    ]


def test_all_faults_of_a_file_are_reported_at_once(tmp_path):
    text = "a: 0.5\nb: yes\nc: 1\nc: 2\nd:\n  - e: 1.25\nf: 2025-02-30\n? [g]\n: 1\n"
    assert [line.split(": ")[0] for line in faults(tmp_path, text)] == [
        "x.yaml:1:4", "x.yaml:2:4", "x.yaml:4:1", "x.yaml:6:8", "x.yaml:7:4", "x.yaml:8:3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1, 2\nb: 3\n", "2:2"), ("a: 'x\n", "2:1"), ("a: 1\n\tb: 2\n", "2:1"), ("a: *b\n", "1:4"),
        ("a: 1\nb: \x07\n", "2:4"),
    ],
)  # fmt: skip
def test_what_is_not_yaml_is_refused_where_it_breaks_off(tmp_path, text, place):
    (problem,) = faults(tmp_path, text)
    assert problem.startswith(f"x.yaml:{place}: not YAML: ")


def test_a_date_that_is_not_in_the_calendar_is_refused(tmp_path):
    assert faults(tmp_path, "a: 2025-02-30\n") == [
        "x.yaml:1:4: a: found 2025-02-30, which is no date: day is out of range for month"
    ]


def test_an_alias_inside_its_own_anchor_is_refused(tmp_path):
    assert faults(tmp_path, "a: &a [*a]\n") == [
        "x.yaml: found an alias inside what it stands for, or values nested too deep"
    ]


def test_a_tag_that_would_build_an_object_builds_none(tmp_path):
    marker = tmp_path / "ran"
    tree = read_tree(written(tmp_path, f"a: !!python/object/apply:pathlib.Path.touch [{marker}]\n"))
    assert tree.value == {"a": [str(marker)]}
    assert not marker.exists()


def test_a_missing_file_and_one_in_another_encoding_are_refused_by_name(tmp_path):
    assert problems_of(lambda: read_tree(tmp_path / "no.yaml", "no.yaml")) == ["no.yaml: no such file"]
    file = tmp_path / "gbk.yaml"
    file.write_bytes("a: 条".encode("gbk"))
    (problem,) = problems_of(lambda: read_tree(file, "gbk.yaml"))
    assert problem.startswith("gbk.yaml: found ")
    assert problem.endswith("expected a YAML file in UTF-8")


# --- models ---


def test_numbers_of_a_model_are_exact(tmp_path):
    model = read_yaml(
        Model, written(tmp_path, "title: t\nleaves:\n  - {id: a, points: '0.1'}\n  - {id: b, points: 3}\n")
    )
    assert [leaf.points for leaf in model.leaves] == [Fraction(1, 10), Fraction(3)]


def test_an_unknown_key_is_refused_with_the_key_that_was_meant(tmp_path):
    assert model_faults(tmp_path, "title: t\ncuonted: true\n") == [
        "x.yaml:2:1: cuonted: unknown key `cuonted`; did you mean `counted`?"
    ]


def test_an_unknown_key_inside_lists_and_mappings_is_measured_against_the_keys_there(tmp_path):
    text = (
        "title: t\nleaves:\n  - id: a\n    points: 1\n    ponits: 2\n"
        "named:\n  n:\n    id: a\n    points: 1\n    mood: floor\n"
    )
    assert model_faults(tmp_path, text) == [
        "x.yaml:5:5: leaves[0].ponits: unknown key `ponits`; did you mean `points`?",
        "x.yaml:10:5: named.n.mood: unknown key `mood`; did you mean `mode`?",
    ]


def test_an_unknown_key_like_no_other_names_all_there_are(tmp_path):
    assert model_faults(tmp_path, "title: t\nleaves:\n  - {id: a, points: 1, zzz: 2}\n") == [
        "x.yaml:3:24: leaves[0].zzz: unknown key `zzz`; expected one of id, points, mode"
    ]


def test_faults_of_a_model_say_what_was_found_and_expected(tmp_path):
    text = "counted: 3\nleaves:\n  - {id: a, points: many, mode: round}\n  - points: 1\n"
    lines = model_faults(tmp_path, text)
    assert "x.yaml:1:1: missing key `title`, expected text" in lines
    assert 'x.yaml:3:13: leaves[0].points: found \'many\', expected a number such as 12, "-0.5" or "1/3"' in lines
    assert "x.yaml:3:27: leaves[0].mode: found 'round', expected floor or ceil" in lines
    assert "x.yaml:4:5: leaves[1]: missing key `id`, expected text" in lines
    assert "x.yaml:1:1: counted: found the number 3, expected true or false" in lines
    assert len(lines) == 5


@pytest.mark.parametrize(("text", "found"), [("", "an empty file"), ("- a\n", "a list of 1"), ("word\n", "'word'")])
def test_a_file_that_is_not_a_mapping_is_refused(tmp_path, text, found):
    expected = "expected a mapping with the key title (and perhaps counted, since, leaves, named)"
    assert model_faults(tmp_path, text) == [f"x.yaml:1:1: found {found}, {expected}"]


# --- overlays ---


def overlaid(folder, base, top):
    return read_tree(written(folder, top, "top.yaml"), "top.yaml").over(
        read_tree(written(folder, base, "base.yaml"), "base.yaml")
    )


def test_an_overlay_merges_mappings_by_key_at_every_depth_and_replaces_the_rest(tmp_path):
    base = "a: 1\nb: {c: 1, d: {e: 1, f: 2}}\ng: [1, 2]\nh: keep\n"
    top = "b: {d: {f: 3, i: 4}}\ng: [9]\nj: new\n"
    assert overlaid(tmp_path, base, top).value == {
        "a": 1, "b": {"c": 1, "d": {"e": 1, "f": 3, "i": 4}}, "g": [9], "h": "keep", "j": "new",
    }  # fmt: skip


def test_an_overlay_replaces_items_of_a_list_by_id_in_their_place_and_adds_new_ones_at_the_end(tmp_path):
    base = "x:\n  - {id: a, points: 1}\n  - {id: b, points: 2}\n  - {id: c, points: 3}\n"
    top = "x:\n  - {id: d, points: 4}\n  - {id: b, points: 9}\n"
    assert overlaid(tmp_path, base, top).value == {
        "x": [{"id": "a", "points": 1}, {"id": "b", "points": 9}, {"id": "c", "points": 3}, {"id": "d", "points": 4}]
    }


def test_an_overlay_keeps_file_and_line_of_every_value(tmp_path):
    base = "title: t\nleaves:\n  - id: a\n    points: 1\n  - id: b\n    points: 2\n"
    top = "# a comment\nleaves:\n  - id: c\n    points: 3\n  - id: a\n    points: 4\n"
    tree = overlaid(tmp_path, base, top)
    assert tree.place(("title",)) == ("base.yaml", 1, 1)
    assert tree.place(("leaves", 0, "points")) == ("top.yaml", 6, 5)
    assert tree.place(("leaves", 1, "points")) == ("base.yaml", 6, 5)
    assert tree.place(("leaves", 2, "points")) == ("top.yaml", 4, 5)


def test_a_fault_in_an_overlaid_scheme_is_reported_in_the_file_it_was_written_in(tmp_path):
    base = "title: t\nleaves:\n  - {id: a, points: many}\n"
    tree = overlaid(tmp_path, base, "leaves:\n  - {id: b, points: some}\n")
    assert problems_of(lambda: validate(Model, tree)) == [
        'base.yaml:3:13: leaves[0].points: found \'many\', expected a number such as 12, "-0.5" or "1/3"',
        'top.yaml:2:13: leaves[1].points: found \'some\', expected a number such as 12, "-0.5" or "1/3"',
    ]


def test_an_overlay_that_names_an_item_twice_keeps_both_so_that_it_can_be_refused(tmp_path):
    base, top = "x:\n  - {id: a, n: 1}\n", "x:\n  - {id: b, n: 2}\n  - {id: b, n: 3}\n  - {id: a, n: 4}\n"
    assert [(item["id"], item["n"]) for item in overlaid(tmp_path, base, top).value["x"]] == [
        ("a", 4), ("b", 2), ("b", 3),
    ]  # fmt: skip


def test_an_overlay_changes_neither_of_the_trees_it_is_made_from(tmp_path):
    base = read_tree(written(tmp_path, "a: {b: 1}\n", "base.yaml"))
    top = read_tree(written(tmp_path, "a: {c: 2}\n", "top.yaml"))
    assert top.over(base).value == {"a": {"b": 1, "c": 2}}
    assert (base.value, top.value) == ({"a": {"b": 1}}, {"a": {"c": 2}})
