"""Two snapshots of one ledger: every difference in one class, totals that close, and in whose favour it is."""
