"""A folder of one's own to begin in: templates, what editors are told of its files, and how it is written."""
