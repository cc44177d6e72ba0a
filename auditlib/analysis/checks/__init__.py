"""What a person must judge: a reproducible sample of it, its form, and the answers taken back."""
