"""The sections of a panel's report."""
