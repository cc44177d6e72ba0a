"""Objections: what a unit holds against a line of its result, from the form that it is sent to a proposed adjustment."""
