"""How near a result is to another one: the fewest cases to the next band, the points to the next rank or outcome."""
