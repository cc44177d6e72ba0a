"""The sections of a unit's report."""
