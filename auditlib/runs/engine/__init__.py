"""Notebooks in forks of a warm process; knows nothing of audits."""
