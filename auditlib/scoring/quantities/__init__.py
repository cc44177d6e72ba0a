"""Quantities of all units at once: each from the others by one word, the peers and the past among them."""
