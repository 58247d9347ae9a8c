"""A budget that cannot be overspent, whose state is bytes that the host keeps.

    ledger = Ledger(LedgerConfig(limit=100_000, hold_duration=60_000), ledger_id=1, period=202601, now=clock())
    with ledger.spend(500, clock) as spending:  # raises RefusedError when 500 do not fit
        spending.actual = run()

The same, step by step, for a ledger that many processes share:

    hold, decision = ledger.reserve(500, now=clock())
    if decision.allowed:
        ledger.settle(hold, run(), now=clock())

Amounts are whole numbers in the host's smallest unit. Many writers share one ledger if each stores it, and its
hold in the same transaction, only where the stored revision is still the one that it read, and acts only after
that. A `Ledger` object itself belongs to one thread at a time. Several ledgers at once: `cloudcircuit.ledgers`.

Time is the caller's: any int, in the unit of `hold_duration`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from . import _native, _states
from ._hosted import HostedState, Mode
from ._native import Int64, UInt64, filled, integer
from .errors import RefusedError, error

if TYPE_CHECKING:
    from typing_extensions import Buffer

ENCODED_LEN = 532
MAX_THRESHOLDS = 8


class LedgerReason(IntEnum):
    """Where settled + held stands to limit + carried after a call, why a request was refused, or what is special
    about its hold."""

    WITHIN = 1
    AT_LIMIT = 2
    OVER_LIMIT = 3
    EXCEEDS_LIMIT = 4
    """The estimate would not fit into an empty ledger."""
    UNLIMITED = 5
    EXPIRED = 6
    """The hold had ended: what was spent is booked, and nothing was let go for it."""
    FREE = 7
    """Nothing was asked for."""
    UNVERIFIED = 8
    """The hold is more than 1,024 holds old: nobody knows whether it was spent before."""

    @property
    def word(self) -> str:
        """As the records write it: "at_limit"."""
        return _native.ledger_reason_name(self)


class ThresholdUnit(IntEnum):
    """What thresholds are."""

    PPM = 0
    """Parts per million of limit + carried."""
    AMOUNT = 1


class ThresholdBasis(IntEnum):
    """What is compared with the thresholds."""

    SETTLED = 0
    COMMITTED = 1
    """settled + held."""


@dataclass(frozen=True, slots=True)
class LedgerConfig:
    """The limit of a ledger and its settings. The default allows nothing but requests of 0."""

    limit: int = 0
    """The most that may be settled and held together in a period."""
    carry_max: int = 0
    """The most of an unused limit that a roll carries into the next period."""
    debt_max: int = 0
    """The most overspend that a roll takes off the next period."""
    hold_duration: int = 0
    """How long a hold lasts; 0 is without end."""
    thresholds: tuple[int, ...] = ()
    """Up to 8 alert thresholds, ascending."""
    threshold_unit: ThresholdUnit = ThresholdUnit.PPM
    threshold_basis: ThresholdBasis = ThresholdBasis.SETTLED
    mode: Mode = Mode.ENFORCE


DEFAULT_CONFIG = LedgerConfig()


def native_config(config: LedgerConfig) -> _states.LedgerConfig:
    """The settings as the library takes them."""
    thresholds = [integer("thresholds", threshold) for threshold in config.thresholds]
    return filled(
        _states.LedgerConfig,
        config,
        threshold_count=len(thresholds),  # the library refuses more than fit below
        thresholds=(Int64 * MAX_THRESHOLDS)(*thresholds[:MAX_THRESHOLDS]),
    )


@dataclass(slots=True)
class Hold:
    """What was reserved, to be settled or released; the host stores it with the state.

    Calls that change a hold change this object: every older copy of it is then spent.
    """

    ledger_id: int
    id: int
    """0 when it is spent, or was refused."""
    period: int
    amount: int
    expires_at: int
    """When it ends; 2**63 - 1 is never."""


@dataclass(frozen=True, slots=True)
class LedgerDecision:
    """What a ledger call decided."""

    settled: int
    held: int
    available: int
    """The most that a reserve could hold now; if unlimited, whatever the limit is."""
    overshoot: int
    """How far settled is above limit + carried; 0 if unlimited."""
    expired: int
    """What the call let go because it had ended."""
    reason: LedgerReason | None
    """None for one of several ledgers that was not asked."""
    allowed: bool
    """From `reserve` and `extend`: what was asked for is held. From other calls no permission: settled + held is
    not above limit + carried."""
    would_refuse: bool
    """The rules refuse, also in `Mode.MONITOR`."""
    clock_regressed: bool
    """`now` was before the latest change of the state, or the period before its own."""
    crossed: int
    """Bit i: threshold i is reached."""
    newly_crossed: int
    """Bit i: threshold i is reached and was not told before in this period."""

    def to_json(self, config: LedgerConfig) -> str:
        """The line of `records.ledger`, for the settings that the call had."""
        from . import records

        return records.ledger(self, config)


def hold_of(found: _states.LedgerHold) -> Hold:
    return Hold(found.ledger_id, found.id, found.period, found.amount, found.expires_at)


def decision_of(found: _states.LedgerDecision) -> LedgerDecision:
    return LedgerDecision(
        found.settled,
        found.held,
        found.available,
        found.overshoot,
        found.expired,
        LedgerReason(found.reason) if found.reason else None,
        found.allowed == 1,
        found.would_refuse == 1,
        found.clock_regressed == 1,
        found.crossed,
        found.newly_crossed,
    )


def native_hold(hold: Hold) -> _states.LedgerHold:
    return filled(_states.LedgerHold, hold)


def update(hold: Hold, found: _states.LedgerHold) -> None:
    """What a call made of a hold."""
    hold.id, hold.period, hold.amount, hold.expires_at = found.id, found.period, found.amount, found.expires_at


@dataclass(slots=True)
class Spending:
    """A request that runs under `Ledger.spend`."""

    hold: Hold
    decision: LedgerDecision
    """At first the reserve's, after the body the settle's."""
    actual: int | None = None
    """What the request cost, to be set by the body; 0 when it did not run. None books all that is held."""


class Ledger(HostedState):
    """What was spent and what is held in a budget period.

    A call that raises leaves the state and the hold as they were.
    """

    __slots__ = ("_config", "_native_config")
    _struct = _states.LedgerState
    _encode = _states.ledger_state_encode
    _decode = _states.ledger_state_decode
    _encoded_len = ENCODED_LEN

    def __init__(self, config: LedgerConfig = DEFAULT_CONFIG, *, ledger_id: int, period: int, now: int) -> None:
        """A new ledger. `ledger_id` > 0 was never used before, also by a ledger that was lost: holds carry it.

        Only for one that never was: `roll` one that exists to a later period.
        """
        self.config = config
        self._state = _states.LedgerState()
        status = _states.ledger_init(
            integer("ledger_id", ledger_id, UInt64), integer("period", period), integer("now", now), self._state
        )
        if status:
            raise error(status)

    @classmethod
    def decode(cls, data: Buffer, config: LedgerConfig = DEFAULT_CONFIG) -> Ledger:
        """The ledger that `encode` wrote. Bytes that are not as they were written raise `CorruptStateError`,
        too few or too many of them another `CloudcircuitError`."""
        ledger = cls.__new__(cls)
        ledger.config = config
        ledger._state = cls._decoded(data)
        return ledger

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).decode, (self.encode(), self.config)

    @property
    def config(self) -> LedgerConfig:
        """May be changed between calls. The library checks it with every call."""
        return self._config

    @config.setter
    def config(self, config: LedgerConfig) -> None:
        self._native_config = native_config(config)
        self._config = config

    @property
    def ledger_id(self) -> int:
        """Which ledger this is."""
        ledger_id: int = self._state.ledger_id
        return ledger_id

    @property
    def period(self) -> int:
        """The budget period that it is in."""
        period: int = self._state.period
        return period

    @property
    def settled(self) -> int:
        """What was spent in the period; below 0 when credits exceed it."""
        settled: int = self._state.settled
        return settled

    @property
    def carried(self) -> int:
        """What the last roll carried into the period; below 0 for debt."""
        carried: int = self._state.carried
        return carried

    @property
    def held(self) -> int:
        """What is reserved, not settled and not ended."""
        held: int = self._state.held
        return held

    def reserve(self, estimate: int, now: int) -> tuple[Hold, LedgerDecision]:
        """Holds an estimate if settled + held + estimate is within limit + carried, all of it or nothing.

        An estimate of 0 is always allowed.
        """
        hold, decision = _states.LedgerHold(), _states.LedgerDecision()
        status = _states.ledger_reserve(
            self._native_config, self._state, integer("estimate", estimate), integer("now", now), hold, decision
        )
        if status:
            raise error(status)
        return hold_of(hold), decision_of(decision)

    def extend(self, hold: Hold, more: int, now: int) -> LedgerDecision:
        """Asks for more, >= 0, on a hold, and gives it a new end; 0 is the heartbeat of a long request.

        A hold that has ended must fit again as a whole. A refused one stays as it was.
        """
        return self._on_hold(_states.ledger_extend, hold, integer("more", more), integer("now", now))

    def post(self, hold: Hold, part: int, now: int) -> LedgerDecision:
        """Books a part, >= 0, of what a hold is for, also past the limit, and goes on holding the rest."""
        return self._on_hold(_states.ledger_post, hold, integer("part", part), integer("now", now))

    def settle(self, hold: Hold, actual: int, now: int) -> LedgerDecision:
        """Books what a held request cost, >= 0, also past the limit; the hold is then spent."""
        return self._on_hold(_states.ledger_settle, hold, integer("actual", actual), integer("now", now))

    def release(self, hold: Hold, now: int) -> LedgerDecision:
        """Lets a hold go whose request did not run."""
        return self._on_hold(_states.ledger_release, hold, integer("now", now))

    def _on_hold(self, call: Any, hold: Hold, *arguments: int) -> LedgerDecision:
        held, decision = native_hold(hold), _states.LedgerDecision()
        status = call(self._native_config, self._state, held, *arguments, decision)
        if status:
            raise error(status)
        update(hold, held)
        return decision_of(decision)

    @contextmanager
    def spend(self, estimate: int, clock: Callable[[], int]) -> Iterator[Spending]:
        """Reserves an estimate, or raises `RefusedError`, runs the body, and settles what it cost.

        The body sets `actual` of the `Spending`. Where it does not, or sets what cannot be booked, all that is
        still held is booked, also when the body raises: a request that failed may have been billed. A hold that
        the body has settled or released is left alone. A breaker's `call` belongs around it: one inside that
        refuses is an exception like any other.
        """
        hold, decision = self.reserve(estimate, clock())
        if not decision.allowed:
            reason = decision.reason.word if decision.reason else "refused"
            raise RefusedError(
                f"the ledger refuses {estimate}: {reason}, {decision.available} available", decision
            )
        spending = Spending(hold, decision)
        try:
            yield spending
        finally:
            try:
                if hold.id and spending.actual is not None:
                    spending.decision = self.settle(hold, spending.actual, clock())
            finally:
                if hold.id:
                    spending.decision = self.settle(hold, hold.amount, clock())

    def record(self, amount: int, now: int) -> LedgerDecision:
        """Books spend that was not held, or a credit (below 0), also past the limit."""
        decision = _states.LedgerDecision()
        status = _states.ledger_record(
            self._native_config, self._state, integer("amount", amount), integer("now", now), decision
        )
        if status:
            raise error(status)
        return decision_of(decision)

    def roll(self, period: int, now: int) -> LedgerDecision:
        """Moves on to a later period with the config of the one that ends; what is held stays held.

        In the period that it is in, only what has ended is let go. An earlier one changes nothing.
        """
        decision = _states.LedgerDecision()
        status = _states.ledger_roll(
            self._native_config, self._state, integer("period", period), integer("now", now), decision
        )
        if status:
            raise error(status)
        return decision_of(decision)

    def reset(self, period: int, now: int) -> None:
        """Starts it over by an operator's word: nothing is settled or carried. What is held stays held to its end.

        `period` and `now` are the truth, also backwards: the way out of a clock that ran ahead.
        """
        status = _states.ledger_reset(self._state, integer("period", period), integer("now", now))
        if status:
            raise error(status)

    def __repr__(self) -> str:
        return (
            f"<Ledger {self.ledger_id}, period {self.period}, settled {self.settled}, held {self.held},"
            f" revision {self.revision}>"
        )
