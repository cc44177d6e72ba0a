"""The site: one page over all runs of a folder, from files alone, and its data in parts."""

from __future__ import annotations
