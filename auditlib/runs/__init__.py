"""Runs: many reports planned, executed with papermill and rendered."""
