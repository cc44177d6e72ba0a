"""What a database says of a connection or a query, in words that repeat no secret and no value of a row."""

from __future__ import annotations

import re

from auditlib.core.errors import InputError
from auditlib.ledger.databases.asked import Failure, no_end
from auditlib.ledger.privacy.find import withhold

__all__ = ["failed", "refusal"]

REFUSALS = {
    "Connection refused": "the connection is refused; is the server running?",
    "No such file or directory": "no server listens there; is it running?",
    "could not translate host name": "its host is not known",
    "timeout expired": "it does not answer",
    "timed out": "it does not answer",
    "password authentication failed": "the password is wrong",
    "no password supplied": "it asks for a password: put one into the environment or the service file",
    "no pg_hba.conf entry": "the server lets nobody in from here",
    "definition of service": "the service file has no such service",
    "service file": "the service file cannot be read",
    "role": "the server does not know the user",
    "database": "the server has no such database",
    "too many": "the server has no connection left",
    "SSL": "no encrypted connection could be made",
}
"""What libpq says of a connection that fails, and what is told of it: its own words may repeat parts of a password."""
WRITES = ("25006", "2F002")
WRITING = ("read-only transaction", "data-modifying", "in read-only mode", "transaction is launched in read-only")
HALF_WRITTEN = "attempt to write a readonly database"
"""What SQLite says of a file whose last change was never ended: it would have to be undone first."""
CANCELLED, TIMED_OUT = "57014", "canceling statement due to statement timeout"
"""What PostgreSQL says of a statement that took longer than it may."""
PREPARING = "[SQLite] Failed to prepare query: "
PLANNING = re.compile(r"(?:Catalog|Binder|Parser) Error: (.*)")
"""What DuckDB says of a query before it has looked at a row."""
OUTSIDE = "disabled by configuration"
SAID = re.compile(rf"(?:ERROR:\s+|{re.escape(PREPARING)})(.*)")


def refusal(error: Failure, label: str) -> InputError:
    """That no connection could be made."""
    told = next((said for words, said in REFUSALS.items() if words in str(error)), "no connection could be made")
    return InputError.at(label, "", f"cannot be read: {told}")


def failed(error: Failure, label: str, seconds: int) -> InputError:
    """What a database says of a query before it has looked at a row; later its words may repeat values of one."""
    text, state = str(error), error.state
    if state == CANCELLED or TIMED_OUT in text:
        return InputError.at(label, "query", no_end(seconds))
    if state in WRITES or any(words in text for words in WRITING):
        return InputError.at(label, "query", "found a query that writes, expected one that only reads")
    if HALF_WRITTEN in text:
        found = "found a change that was never ended, in a journal beside the file"
        return InputError.at(label, "", f"{found}; expected its program to open and close it first")
    if OUTSIDE in text:
        return InputError.at(label, "query", "found a query that reads files, expected one of tables in its database")
    if (planned := PLANNING.search(text)) is not None:
        return InputError.at(label, "query", f"found what the database cannot answer: {withhold(planned[1].strip())}")
    said = SAID.search(text)
    if said is not None and (state.startswith("42") or PREPARING in text):
        return InputError.at(label, "query", f"found what the database cannot answer: {withhold(said[1].strip())}")
    if "locked" in text:
        return InputError.at(label, "", "another program is writing to it; try again when it has ended")
    told = f" (SQLSTATE {state})" if state else ""
    return InputError.at(label, "query", f"the database broke off{told}, expected an answer")
