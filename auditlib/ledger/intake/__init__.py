"""Foreign exports into a ledger, by a mapping."""
