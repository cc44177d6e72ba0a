"""The gettext catalogues: both languages say the same things, and Chinese in its own punctuation."""

import re

import pytest
from babel.messages.pofile import read_po

from auditlib.core.catalogue import FOLDER, LANGUAGES, Catalogue

DOMAINS = sorted({file.stem for file in FOLDER.glob("en/LC_MESSAGES/*.po")})  # tests of messages are in test_message
HALF_WIDTH = re.compile("(?<=[\u4e00-\u9fff])[,;:?!()]|[,;:?!()](?=[\u4e00-\u9fff])")


@pytest.mark.parametrize("domain", DOMAINS)
class TestCatalogue:
    def test_every_sentence_stands_in_both_languages_with_the_same_values(self, domain):
        for name, pair in Catalogue(domain).pairs().items():
            assert all(pair), name
            fields = [set(re.findall(r"{(\w+)}", text)) for text in pair]
            assert fields[0] == fields[1], name

    def test_chinese_sentences_use_full_width_punctuation(self, domain):
        assert [name for name, (zh, _) in Catalogue(domain).pairs().items() if HALF_WIDTH.search(zh)] == []

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_name_stands_twice(self, domain, language):
        text = (FOLDER / language / "LC_MESSAGES" / f"{domain}.po").read_text(encoding="utf-8")
        names = re.findall(r'^msgid "(.+)"$', text, re.M)
        assert sorted(set(names)) == sorted(names)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_other_tools_read_the_catalogue(self, domain, language):
        with (FOLDER / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
            catalogue = read_po(file)
        assert str(catalogue.locale) == {"zh": "zh_Hans_CN", "en": "en"}[language]
        assert [str(error) for _, errors in catalogue.check() for error in errors] == []


def test_an_unknown_name_is_an_error_and_not_shown_as_itself():
    with pytest.raises(KeyError, match="no_such_sentence"):
        Catalogue("report")("no_such_sentence", "zh")


def test_one_is_singular_in_english_and_so_is_its_verb():
    left = {"closed": 0, "days": 2}
    assert Catalogue("unit")("calendar_closed", "en", open=1, **left).endswith("; 1 is open.")
    assert Catalogue("unit")("calendar_closed", "en", open=12, **left).endswith("; 12 are open.")
    assert Catalogue("report")("note_cases", "en", count=1) == "1 case."
    assert Catalogue("report")("note_cases", "en", count=2) == "2 cases."


NOUNS = "indicators|points|cases|units|rows|days|places|questions|decimals|experts|items|limits|periods"


@pytest.mark.parametrize(
    "domain", [domain for domain in DOMAINS if domain != "site"]
)  # the site's are put in by its script
def test_no_english_sentence_has_a_plural_behind_a_number_that_can_be_one(domain):
    said = {name: en for name, (_, en) in Catalogue(domain).pairs().items() if name != "shown_rows"}
    assert [
        name for name, en in said.items() if re.search(rf"{{\w+}} (?:more |rest |working )?(?:{NOUNS})\b", en)
    ] == []
