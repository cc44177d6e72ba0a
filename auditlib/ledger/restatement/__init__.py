"""Two snapshots of one ledger: what is new, gone and changed, in classes, with totals that close."""
