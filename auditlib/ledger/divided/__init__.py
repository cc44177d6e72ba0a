"""A ledger in parts, each with some of the units."""
