"""The sentences in which quantities are told, by the word and the policy that they are written with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from auditlib.core.message import Message

__all__ = ["BETWEEN", "EARLIER", "INSIDE", "LAST", "MEANS", "OVER", "PEERS", "STEPS", "TAKEN"]

Saying = Callable[..., Message]
"""A sentence that is given its values."""

MEANS: Mapping[Any, Saying] = {
    "arithmetic": lambda parts: Message("the mean of {parts}", parts=parts),
    "geometric": lambda parts: Message("the geometric mean of {parts}", parts=parts),
    "harmonic": lambda parts: Message("the harmonic mean of {parts}", parts=parts),
}
TAKEN: Mapping[Any, Saying] = {
    "mean": lambda q, p: Message("the mean of {quantity} over {peers}", quantity=q, peers=p),
    "median": lambda q, p: Message("the median of {quantity} over {peers}", quantity=q, peers=p),
    "sum": lambda q, p: Message("the sum of {quantity} over {peers}", quantity=q, peers=p),
    "pooled": lambda q, p: Message("{quantity} of {peers} taken together", quantity=q, peers=p),
    "least": lambda q, p: Message("the least {quantity} of {peers}", quantity=q, peers=p),
    "greatest": lambda q, p: Message("the greatest {quantity} of {peers}", quantity=q, peers=p),
    "count": lambda q, p: Message("the number of {peers} with {quantity}", quantity=q, peers=p),
    "sd": lambda q, p: Message("the standard deviation of {quantity} over {peers}", quantity=q, peers=p),
    "place": lambda q, p: Message("the place by {quantity} among {peers}", quantity=q, peers=p),
    "share_below": lambda q, p: Message("the share of {peers} with less {quantity}", quantity=q, peers=p),
}
PEERS: Mapping[str, Message] = {"group": Message("the units of the group"), "all": Message("all units")}
OVER: Mapping[Any, Saying] = {
    "mean": lambda q, p: Message("the mean of {quantity} over {periods}", quantity=q, periods=p),
    "sum": lambda q, p: Message("the sum of {quantity} over {periods}", quantity=q, periods=p),
    "least": lambda q, p: Message("the least {quantity} of {periods}", quantity=q, periods=p),
    "greatest": lambda q, p: Message("the greatest {quantity} of {periods}", quantity=q, periods=p),
    "count": lambda q, p: Message("in how many of {periods} there was {quantity}", quantity=q, periods=p),
    "run": lambda q, p: Message("in how many of {periods} in a row there was {quantity}", quantity=q, periods=p),
}
LAST: Mapping[Any, Saying] = {
    "week": lambda n: Message("the last {count} weeks", count=n),
    "month": lambda n: Message("the last {count} months", count=n),
    "quarter": lambda n: Message("the last {count} quarters", count=n),
    "half": lambda n: Message("the last {count} half-years", count=n),
    "year": lambda n: Message("the last {count} years", count=n),
}
INSIDE: Mapping[str, Message] = {
    "week": Message("the weeks so far"),
    "month": Message("the months so far"),
    "quarter": Message("the quarters so far"),
    "half": Message("the half-years so far"),
    "year": Message("the years so far"),
}
BETWEEN: Mapping[Any, Saying] = {
    "line": lambda q, k: Message("{quantity} on straight lines through {knots}", quantity=q, knots=k),
    "from": lambda q, k: Message("by {quantity}, each value from its mark on: {knots}", quantity=q, knots=k),
    "to": lambda q, k: Message("by {quantity}, each value up to its mark: {knots}", quantity=q, knots=k),
}
STEPS: Mapping[Any, Saying] = {
    ("above", "floor"): lambda e, q, t: Message(
        "how many full steps of {every} {quantity} lies above {threshold}", every=e, quantity=q, threshold=t
    ),
    ("above", "ceil"): lambda e, q, t: Message(
        "how many begun steps of {every} {quantity} lies above {threshold}", every=e, quantity=q, threshold=t
    ),
    ("above", "exact"): lambda e, q, t: Message(
        "how many steps of {every}, in proportion, {quantity} lies above {threshold}", every=e, quantity=q, threshold=t
    ),
    ("below", "floor"): lambda e, q, t: Message(
        "how many full steps of {every} {quantity} lies below {threshold}", every=e, quantity=q, threshold=t
    ),
    ("below", "ceil"): lambda e, q, t: Message(
        "how many begun steps of {every} {quantity} lies below {threshold}", every=e, quantity=q, threshold=t
    ),
    ("below", "exact"): lambda e, q, t: Message(
        "how many steps of {every}, in proportion, {quantity} lies below {threshold}", every=e, quantity=q, threshold=t
    ),
}
EARLIER: Mapping[Any, Saying] = {
    "period": lambda q: Message("{quantity} of the period before", quantity=q),
    "year": lambda q: Message("{quantity} of the same period a year before", quantity=q),
}
