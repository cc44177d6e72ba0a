"""Questionnaires out, and filled ones back."""
