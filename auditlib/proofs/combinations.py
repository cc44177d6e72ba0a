"""Looking at a scheme under every combination of readings that matters, and saying under which something holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from auditlib.proofs.effects import Effects
from auditlib.proofs.ranges import Ranges
from auditlib.scheme.finding import Finding, Under
from auditlib.scheme.load import Resolved, SchemeFile
from auditlib.scheme.reference_names import references_in

__all__ = ["Choice", "Combinations", "under"]

LIMIT = 256
"""Beyond so many combinations only the readings in use and each other option by itself are looked at."""

Choice = Mapping[str, str]
Key = tuple[tuple[str, str], ...]


@dataclass
class Combinations:
    """The schemes that a file makes under its readings, each made once."""

    file: SchemeFile
    made: dict[Key, Resolved] = field(default_factory=dict)
    looked_at: dict[tuple[Key, int], Effects] = field(default_factory=dict)

    def under(self, choice: Choice) -> Resolved:
        """The scheme with these options, the others as in use."""
        key = tuple(sorted(choice.items()))
        if key not in self.made:
            self.made[key] = self.file.resolve(dict(choice))
        return self.made[key]

    def effects(self, choice: Choice, index: int) -> Effects:
        """What the rules of an indicator can do under these options."""
        key = (tuple(sorted(choice.items())), index)
        if key not in self.looked_at:
            scheme = self.under(choice).scheme
            self.looked_at[key] = Effects(scheme.indicators[index], Ranges(scheme))
        return self.looked_at[key]

    def of(self, readings: Iterable[str]) -> tuple[list[Choice], bool]:
        """Every combination of the options of ``readings``, those in use first; and whether these are all."""
        declared = self.file.natural.readings
        names = [name for name in declared if name in set(readings)]
        options = [[(r := declared[name]).use, *(o for o in r.options if o != r.use)] for name in names]
        count = 1
        for some in options:
            count *= len(some)
        if count <= LIMIT:
            return [dict(zip(names, chosen, strict=True)) for chosen in product(*options)], True
        used = {name: declared[name].use for name in names}
        single = [used | {name: o} for name, some in zip(names, options, strict=True) for o in some[1:]]
        return [used, *single], False

    def of_indicator(self, index: int) -> tuple[list[Choice], bool]:
        """Every combination of the readings that touch an indicator under any of them."""
        written = self.file.tree.value["indicators"][index]
        indicator = self.file.natural.indicators[index].id
        names = set(references_in(written)) & set(self.file.natural.readings)
        while True:
            choices, complete = self.of(names)
            found = {
                name
                for choice in choices
                for (owner, _), touching in self.under(choice).rule_readings.items()
                if owner == indicator
                for name in touching
            }
            if found <= names:
                return choices, complete
            names |= found

    def hold(
        self, choices: Sequence[Choice], complete: bool, look: Callable[[Choice], Iterable[Finding]]
    ) -> Iterator[Finding]:
        """What ``look`` finds under the choices, each finding once with the readings under which it holds."""
        holding: dict[Finding, list[int]] = {}
        for index, choice in enumerate(choices):
            for found in look(choice):
                holding.setdefault(found, []).append(index)
        for found, indices in holding.items():
            yield found.under(under(choices, dict.fromkeys(indices), complete))


def under(choices: Sequence[Choice], holding: Mapping[int, Any], complete: bool) -> Under:
    """The readings under which something holds, in as few words as are exact; none where it always does."""
    if not complete:
        return Under(tuple(_differs(choices[0], choices[index]) for index in holding), in_use=True)
    chosen = [choices[index] for index in holding]
    if len(chosen) == len(choices):
        return Under()
    names = [name for name in choices[0] if not _indifferent(name, choices, chosen)]
    distinct = list(dict.fromkeys(tuple((name, choice[name]) for name in names) for choice in chosen))
    allowed = {name: list(dict.fromkeys(dict(some)[name] for some in distinct)) for name in names}
    count = 1
    for options in allowed.values():
        count *= len(options)
    if count == len(distinct):
        return Under((tuple((name, tuple(options)) for name, options in allowed.items()),))
    return Under(tuple(tuple((name, (option,)) for name, option in some) for some in distinct))


def _indifferent(name: str, choices: Sequence[Choice], chosen: Sequence[Choice]) -> bool:
    """Whether the option of this reading makes no difference to what is chosen."""
    options = {choice[name] for choice in choices}
    within = {tuple(sorted(choice.items())) for choice in chosen}
    return all(tuple(sorted((dict(choice) | {name: o}).items())) in within for choice in chosen for o in options)


def _differs(used: Choice, choice: Choice) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, (option,)) for name, option in choice.items() if used[name] != option)
