"""Quantities: everything of a scheme that is a number, each made of others by one word of a closed list.

A quantity is written where it is used, or once under ``quantities`` with a name. Every policy that a source can leave
open (what 0/0 is, what a missing part counts for, who the peers are, what a curve gives past its ends, how a root is
rounded) is a key without a default: a file that does not say does not load.
"""
