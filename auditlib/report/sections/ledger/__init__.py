"""The sections of the report on a ledger, one file each."""
