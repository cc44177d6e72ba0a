"""The headings of each report by the keys that its tables know; English, as message ids."""
