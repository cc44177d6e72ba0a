"""Whether the patterns of a ledger look made: tests with their null models, families of them, and what they say."""
