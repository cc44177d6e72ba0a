"""Assess how well organisations handle complaints: published rules as data, points traced to clauses and cases.

What a module offers stands in its ``__all__``; a script begins with::

    from auditlib.scoring.assess import assess
    from auditlib.ledger.find import find_ledger
    from auditlib.ledger.read import read_ledger
    from auditlib.core.period import Period

    ledger = read_ledger(find_ledger("s22-heating"))  # a demonstration; or the path of a ledger
    resolved, result = assess("s22-heating", ledger, Period.parse("2025-12"))
"""
