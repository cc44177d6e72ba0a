"""The sections of the report on a revision of weights."""
