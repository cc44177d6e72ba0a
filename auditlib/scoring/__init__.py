"""From rows to ranks: which rows count, counts, points, places, outcomes, roll-up, the result."""
