"""Registers that lie in a database: how it is named without its password, what is asked, how the answer comes."""
