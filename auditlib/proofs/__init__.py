"""What the rules alone prove, without data."""
