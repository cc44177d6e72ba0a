"""The dossier of a scheme and the pages of its worked examples: everything it holds, in words and to scale."""
