"""One file a test: what it counts and what it compares with. None computes a p-value or judges by itself."""
