"""The demonstration ledger: a made-up winter with planted faults, and manipulation planted in its rows."""
