"""Sections that the reports on units and periods share."""
