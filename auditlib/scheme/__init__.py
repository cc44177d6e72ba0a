"""Schemes: published assessment rules as dated, cited, frozen data."""
