"""The limit of each instance: which of several it is, when it ends, what pauses and extensions make of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import polars as pl

from auditlib.ledger.conditions import parse_sql
from auditlib.scheme.duties import Act, Duty, DutyLimit, Extension, Moment
from auditlib.scheme.duty_clock import MOMENT, Clock, day_of, last_moment
from auditlib.scoring.duties.by_case import NO, ByCase
from auditlib.scoring.duties.found import START
from auditlib.scoring.duties.rows import KEY, DutyRows

__all__ = [
    "ADVISORY", "BY_THE_CLOCK", "CIVIL", "EXTENDED", "LIMIT", "NO_LIMIT", "SOFT", "TARGET", "UNDECIDED", "DutyLimits",
]  # fmt: skip

LIMIT, SOFT, ADVISORY, TARGET, CIVIL = "\x00limit", "\x00soft", "\x00advisory", "\x00target", "\x00civil"
BY_THE_CLOCK, MORE, EXTENDED = "\x00by_the_clock", "\x00more", "\x00extended"
NO_LIMIT, UNDECIDED = -1, -2
"""In place of the number of a limit: none applies, or nobody can tell which."""


@dataclass(frozen=True)
class DutyLimits:
    """The limits of a duty, or of one of its other ways, by a scheme's clock."""

    rows: DutyRows
    duty: Duty
    limits: Sequence[DutyLimit]
    clock: Clock

    @property
    def runs_from_start(self) -> bool:
        """Whether any of them needs the time that the clock runs from."""
        return any(limit.until is None and limit.gap is None for limit in self.limits)

    def added(self, table: pl.DataFrame) -> pl.DataFrame:
        """The rows with their limit: its number, its end, whether it is soft, what extended it."""
        table = table.with_columns(self._number().alias(LIMIT)).with_columns(
            self._flag([bool(limit.soft) for limit in self.limits]).alias(SOFT),
            self._flag([limit.soft == "advisory" for limit in self.limits]).alias(ADVISORY),
            self._flag([limit.by_the_clock for limit in self.limits]).alias(BY_THE_CLOCK),
        )
        table = table.with_columns(
            self._each(lambda limit, start: self.clock.too_late(limit, start)).alias("too_late"),
            pl.lit(None, pl.String).alias("extension"),
            pl.lit(None, pl.Datetime("us")).alias(EXTENDED),  # the act itself may have an ``until`` of its own
            pl.lit(None, pl.Datetime("us")).alias("cap"),
            pl.lit(0, pl.Int64).alias(MORE),
        )
        if self.duty.paused is not None:
            table = self._paused(table)
        table = table.with_columns(pl.col("too_late").alias("first_due"))
        return self._extended(table) if self.duty.extended is not None else table

    def shown(self, table: pl.LazyFrame) -> pl.LazyFrame:
        """The rows that were :meth:`added` to, with what is only shown beside: target and end by the civil code."""
        return table.with_columns(self._each(self._target).alias(TARGET), self._civil().alias(CIVIL))

    def lacking(self) -> pl.Expr:
        """What is not known of the limit where there ought to be one."""
        found = pl.lit([], pl.List(pl.String))
        for number, limit in enumerate(self.limits):
            name = limit.gap or limit.until or "until"
            found = pl.when(pl.col(LIMIT) == number).then(pl.lit([name])).otherwise(found)
        names = [name for limit in self.limits if limit.when for name in parse_sql(limit.when).columns]
        if names:
            empty = [pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in dict.fromkeys(names)]
            unknown = pl.concat_list(empty).list.drop_nulls()
            found = pl.when(pl.col(LIMIT) == UNDECIDED).then(unknown).otherwise(found)
        return found

    def to_the_minute(self, duty: Duty, moment: Moment) -> bool:
        """Whether a limit in minutes is asked of times of which the ledger knows only the day."""
        if not any(limit.by_the_clock for limit in self.limits):
            return False
        precision = self.rows.ledger.note.precision
        names = ["acts.at" if isinstance(one, Act) else f"{duty.of}.{one}" for one in (duty.start, moment) if one]
        return any(precision.get(name) == "day" for name in names)

    def _number(self) -> pl.Expr:
        number: pl.Expr = pl.lit(NO_LIMIT)
        for place, limit in reversed(list(enumerate(self.limits))):
            if limit.when is None:
                number = pl.lit(place)
                continue
            holds = parse_sql(limit.when).expression
            number = pl.when(holds.is_null()).then(UNDECIDED).when(holds).then(place).otherwise(number)
        return number.cast(pl.Int64)

    def _flag(self, flags: Sequence[bool]) -> pl.Expr:
        return pl.col(LIMIT).is_in([place for place, flag in enumerate(flags) if flag]) if any(flags) else pl.lit(False)

    def _each(self, end: object) -> pl.Expr:
        """What ``end(limit, start)`` gives for the limit of each row."""
        if len(self.limits) == 1 and self.limits[0].when is None:
            return end(self.limits[0], pl.col(START))  # type: ignore[operator]
        found = [
            pl.when(pl.col(LIMIT) == place).then(end(limit, pl.when(pl.col(LIMIT) == place).then(pl.col(START))))  # type: ignore[operator]
            for place, limit in enumerate(self.limits)
        ]
        return pl.coalesce(found) if found else pl.lit(None, pl.Datetime("us"))

    def _target(self, limit: DutyLimit, start: pl.Expr) -> pl.Expr:
        if limit.at_best is None:
            return pl.lit(None, pl.Datetime("us"))
        return self.clock.too_late(limit.model_copy(update={limit.unit: limit.at_best}), start)

    def _civil(self) -> pl.Expr:
        found = [
            pl.when((pl.col(LIMIT) == place) & pl.col("extension").is_null()).then(
                self.clock.by_civil_code(limit, pl.when(pl.col(LIMIT) == place).then(pl.col("too_late")))
            )
            for place, limit in enumerate(self.limits)
        ]
        return pl.coalesce(found) if found else pl.lit(None, pl.Datetime("us"))

    # --- what moves the end ---

    def _paused(self, table: pl.DataFrame) -> pl.DataFrame:
        """The end moved by the time for which the clock stood still inside the limit, pause by pause."""
        pauses = self._pauses()
        for number in range(pauses.most):
            place = pauses.nth(table[NO], number)
            table = table.with_columns(pauses.rows[name].gather(place) for name in ("\x00from", "\x00to"))
            begun = pl.max_horizontal("\x00from", START)
            inside = (pl.col("\x00from") < pl.col("too_late")) & (pl.col("\x00to") > pl.col(START))

            def stood(limit: DutyLimit, _: pl.Expr, begun: pl.Expr = begun, inside: pl.Expr = inside) -> pl.Expr:
                both = [pl.when(inside).then(one) for one in (begun, pl.col("\x00to"))]
                return self.clock.units_between(limit, *both).cast(pl.Int64)

            added = self._each_int(stood).fill_null(0)
            table = table.with_columns((pl.col(MORE) + added).alias(MORE)).drop("\x00from", "\x00to")
            again = self._each(lambda limit, start: self.clock.too_late(limit, start, pl.col(MORE)))
            table = table.with_columns(again.alias("too_late"))
        return table

    def _each_int(self, amount: object) -> pl.Expr:
        found = [
            pl.when(pl.col(LIMIT) == place).then(amount(limit, pl.col(START)))  # type: ignore[operator]
            for place, limit in enumerate(self.limits)
        ]
        return pl.coalesce(found)

    def _pauses(self) -> ByCase:
        """The intervals of each case in which its clock stands still; one that does not end lasts until now.

        Of two that overlap the time counts once.
        """
        paused = self.duty.paused
        assert paused is not None
        begins = self.rows.acts_of((paused.act,)).table.select(NO, pl.col("at").alias("\x00from"))
        ends = self.rows.acts_of((paused.ends,)).table.select(NO, pl.col("at").alias("\x00to"))
        pairs = begins.join(ends, on=NO, how="left").with_columns(
            pl.when(pl.col("\x00to") > pl.col("\x00from")).then(pl.col("\x00to")).alias("\x00to")
        )
        each = pairs.group_by(NO, "\x00from").agg(pl.col("\x00to").min())
        each = each.with_columns(pl.col("\x00to").fill_null(self.rows.as_of))
        return self.rows.by_case(each.group_by(NO, "\x00to").agg(pl.col("\x00from").min()).sort(NO, "\x00from"))

    def _extended(self, table: pl.DataFrame) -> pl.DataFrame:
        """The end moved by each extension that counts, in the order in which they were granted."""
        extended = self.duty.extended
        assert extended is not None
        grants = self.rows.once(("grants", extended.act, extended.needs, extended.told), lambda: self._grants(extended))
        if extended.most is None:
            cap = pl.lit(None, pl.Datetime("us"))
        elif extended.of == "total":
            cap = self.clock.too_late(
                extended.most, pl.col(START), pl.col(MORE) if self._alike(extended.most) else None
            )
        else:  # so much more than the first limit, from the day after its last
            most = extended.most
            if any(getattr(most, unit) is not None for unit in ("days", "working_days", "weeks", "months")):
                most = most.model_copy(update={"first_day": "excluded"})
            cap = self.clock.too_late(most, last_moment(pl.col("first_due")))
        table = table.with_columns(cap.alias("\x00cap"))
        for number in range(grants.most):
            place = grants.nth(table[NO], number)
            table = table.with_columns(grants.rows[name].gather(place) for name in grants.rows.columns if name != NO)
            in_force = pl.col("\x00by").is_not_null() & pl.col("first_due").is_not_null()
            if extended.before == "due":
                in_force = in_force & (pl.col("\x00granted") < pl.col("too_late"))
            moved = pl.min_horizontal(pl.col("\x00until") + MOMENT, "\x00cap")
            end = pl.when(in_force).then(pl.max_horizontal(moved, "too_late")).otherwise(pl.col("too_late"))
            table = table.with_columns(
                end.alias("too_late"),
                pl.when(in_force).then(pl.col("\x00by")).otherwise(pl.col("extension")).alias("extension"),
                pl.when(in_force).then(pl.col("\x00until")).otherwise(pl.col(EXTENDED)).alias(EXTENDED),
                pl.when(in_force).then(last_moment(pl.col("\x00cap"))).otherwise(pl.col("cap")).alias("cap"),
            ).drop("\x00by", "\x00granted", "\x00until")
        return table.drop("\x00cap")

    def _grants(self, extended: Extension) -> ByCase:
        """The extensions of each case that have what they need, in the order in which they were granted."""
        granted = self.rows.acts_of((extended.act,)).table
        filled = [pl.col(name).is_not_null() for name in extended.needs]
        granted = granted.filter(reduce(lambda a, b: a & b, filled)) if filled else granted
        if extended.told is not None:
            telling = self.rows.acts_of((extended.told,)).table
            told = telling.group_by(NO).agg(pl.col("at").max().alias("\x00told"))
            granted = granted.join(told, on=NO, maintain_order="left")
            granted = granted.filter(day_of(pl.col("\x00told")) >= day_of(pl.col("at")))
        return self.rows.by_case(granted.select(
            NO, pl.col(KEY).alias("\x00by"), pl.col("at").alias("\x00granted"), pl.col("until").alias("\x00until"),
        ))  # fmt: skip

    def _alike(self, most: DutyLimit) -> bool:
        """Whether every limit is counted in the unit of the cap, so that a pause moves both alike."""
        return all(limit.unit == most.unit for limit in self.limits)
