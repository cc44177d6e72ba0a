"""How many cases to look at, which ones, and what may then be said: plans, draws, bounds and claims of an audit."""
