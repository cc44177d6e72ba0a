"""What the open clauses of a scheme leave uncertain in a result: its range over all their readings, unit by unit."""
