"""Assess how well organisations handle complaints: published rules as data, points traced to clauses and cases."""
