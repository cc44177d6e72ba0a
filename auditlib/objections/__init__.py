"""Objections: what a unit holds against a line of its result, from its form to a proposed adjustment."""
