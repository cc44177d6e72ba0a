"""The sections of reports, one file each: their numbers, tables, figures and sentences."""
