"""Personal data, found so that none gets in."""
