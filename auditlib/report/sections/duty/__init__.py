"""The sections of the report on duties, one file each."""
