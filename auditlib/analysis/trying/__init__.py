"""A scheme tried on one unit: its state now, what a change would do, the difference, the state as a worked example."""
