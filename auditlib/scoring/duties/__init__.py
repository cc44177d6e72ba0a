"""Duties judged: which applied, which were met, late, missed, and what cannot be said for want of which fact."""
