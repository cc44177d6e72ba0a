"""What the marks of a round say: centre and spread, agreement, stability, reliability, screening."""
