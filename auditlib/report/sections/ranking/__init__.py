"""The sections of the report on a period."""
