"""From marks to weights, and printed weights computed again."""
