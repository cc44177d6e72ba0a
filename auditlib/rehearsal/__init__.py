"""A panel's whole procedure rehearsed with made-up experts: blank questionnaires to revised scheme and reports."""
