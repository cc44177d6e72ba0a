"""Every page that is made, by its name."""

from __future__ import annotations

from handbook.places import Language
from handbook.recipe_pages import recipe_pages
from handbook.tables import api_page, commands_page, registers_page, sources_page
from handbook.vocabulary import pages_of_keys

__all__ = ["made"]


def made(language: Language) -> dict[str, str]:
    """The pages that the program itself tells, as Markdown."""
    return {
        **recipe_pages(language),
        **pages_of_keys(language),
        "reference/registers": registers_page(language),
        "reference/commands": commands_page(language),
        "reference/api": api_page(language),
        "sources": sources_page(language),
    }
