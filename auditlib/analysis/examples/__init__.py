"""Worked examples: what happened, what the ledger holds, what the clauses give; read, scored and compared."""
