"""What every room stands on: exact numbers, periods, calendars, sentences, YAML with lines, problems, hashes."""
