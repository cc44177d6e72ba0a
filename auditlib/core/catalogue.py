"""The fixed sentences of the reports: gettext catalogues, ``locale/LANGUAGE/LC_MESSAGES/DOMAIN.po``.

A message id is a name (``waterfall_caption``), not a sentence: neither language is the translation of the other,
and a word that Chinese uses twice may need two in English. Values stand in braces, as in ``{count}``, and
what hangs on a number as in ``{count:case|cases}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from babel.messages.pofile import read_po

from auditlib.core.home import PACKAGE
from auditlib.core.message import filled

__all__ = ["LANGUAGES", "Catalogue"]

LANGUAGES = ("zh", "en")
FOLDER = PACKAGE / "locale"


@dataclass(frozen=True)
class Catalogue:
    """One domain of sentences in both languages; called with a name and a language, it says one of them."""

    domain: str

    def __call__(self, name: str, language: str, /, **values: object) -> str:
        """The wording ``name`` in a language, with its values put in as text. Raises KeyError for a name it lacks."""
        text = filled(self.messages(language)[name], {key: str(value) for key, value in values.items()})
        return text.replace(" %", "\N{NO-BREAK SPACE}%")

    def messages(self, language: str) -> Mapping[str, str]:
        """Every wording of the domain by its name. Raises KeyError for another language than :data:`LANGUAGES`."""
        return _read(self.domain, language)

    def pairs(self) -> dict[str, tuple[str, str]]:
        """Every wording in Chinese and in English, for those who compare them."""
        zh, en = (self.messages(language) for language in LANGUAGES)
        return {name: (zh.get(name, ""), en.get(name, "")) for name in {**zh, **en}}


@cache
def _read(domain: str, language: str) -> Mapping[str, str]:
    if language not in LANGUAGES:
        raise KeyError(language)
    with (FOLDER / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return MappingProxyType({str(message.id): str(message.string) for message in catalogue if message.id})
