"""Ledgers: folders of registers, read, checked and hashed."""
