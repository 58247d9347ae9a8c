"""A budget that cannot be overspent, whose state is bytes that the host keeps.

    ledger = Ledger(LedgerConfig(limit=100_000), period=202601)
    hold, decision = ledger.reserve(500)
    if decision.allowed:
        ledger.settle(hold, spend_up_to(500))

Amounts are whole numbers in the host's smallest unit. Many writers share one ledger if each stores it, and its
hold in the same transaction, only where the stored revision is still the one that it read, and acts only after
that. A `Ledger` object itself belongs to one thread at a time.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from enum import IntEnum

from . import _native
from ._native import UInt32, integer
from .errors import error

ENCODED_LEN = 44
MAX_THRESHOLDS = 8


class LedgerReason(IntEnum):
    """Where settled + held stands after a call, or why a reserve was refused."""

    WITHIN = 1
    AT_LIMIT = 2
    OVER_LIMIT = 3
    EXCEEDS_LIMIT = 4
    """The estimate alone is above the limit."""
    UNLIMITED = 5
    LATE = 6
    """The hold was from an earlier period."""


@dataclass(frozen=True, slots=True)
class LedgerConfig:
    """The limit and the shares of it that are worth a word. The default allows nothing."""

    limit: int = 0
    """The most that may be settled and held together in a period."""
    is_unlimited: bool = False
    threshold_ppm: tuple[int, ...] = ()
    """Up to 8 shares of the limit in parts per million, ascending."""


DEFAULT_CONFIG = LedgerConfig()


@dataclass(slots=True)
class Hold:
    """What was reserved, to be settled or released; the host stores it with the state."""

    period: int
    amount: int
    """0 when it is spent, or was refused."""


@dataclass(frozen=True, slots=True)
class LedgerDecision:
    """What a ledger call decided."""

    settled: int
    held: int
    available: int
    """What a reserve could still hold."""
    overshoot: int
    """How far settled is above the limit."""
    allowed: bool
    """From `reserve`: the estimate is held. From other calls no permission: settled + held is within the limit."""
    reason: LedgerReason
    crossed: int
    """Bit i: threshold i has been crossed."""
    newly_crossed: int
    """Bit i: threshold i was crossed by this call."""


def _decision(found: _native.LedgerDecision) -> LedgerDecision:
    return LedgerDecision(
        found.settled,
        found.held,
        found.available,
        found.overshoot,
        found.allowed == 1,
        LedgerReason(found.reason),
        found.crossed,
        found.newly_crossed,
    )


class Ledger:
    """What was spent and what is held in a budget period.

    A call that raises leaves the state and the hold as they were.
    """

    __slots__ = ("_config", "_state", "_native_config")

    def __init__(self, config: LedgerConfig = DEFAULT_CONFIG, *, period: int) -> None:
        """A new ledger. Only for one that never was: `roll` one that exists to a later period."""
        self.config = config
        self._state = _native.LedgerState()
        status = _native.ledger_init(integer("period", period), self._state)
        if status:
            raise error(status)

    @classmethod
    def decode(cls, data: bytes, config: LedgerConfig = DEFAULT_CONFIG) -> Ledger:
        """The ledger that `encode` wrote. Bytes that are not as they were written raise `CorruptStateError`,
        too few or too many of them another `CloudcircuitError`."""
        ledger = cls.__new__(cls)
        ledger.config = config
        ledger._state = _native.LedgerState()
        status = _native.ledger_state_decode(bytes(memoryview(data)), len(data), ledger._state)
        if status:
            raise error(status)
        return ledger

    def encode(self) -> bytes:
        """The state as 44 bytes that any machine reads, with a checksum."""
        buffer = ctypes.create_string_buffer(ENCODED_LEN)
        status = _native.ledger_state_encode(self._state, ctypes.addressof(buffer), ENCODED_LEN)
        if status:
            raise error(status)
        return buffer.raw

    @property
    def config(self) -> LedgerConfig:
        """May be changed between calls. The library checks it with every call."""
        return self._config

    @config.setter
    def config(self, config: LedgerConfig) -> None:
        shares = [integer("threshold_ppm", share, UInt32) for share in config.threshold_ppm]
        self._native_config = _native.LedgerConfig(
            integer("limit", config.limit),
            integer("is_unlimited", config.is_unlimited, UInt32),
            len(shares),  # the library refuses more than fit below
            (UInt32 * MAX_THRESHOLDS)(*shares[:MAX_THRESHOLDS]),
        )
        self._config = config

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
    def held(self) -> int:
        """What is reserved and neither settled nor released."""
        held: int = self._state.held
        return held

    @property
    def revision(self) -> int:
        """One more at every change: store the state only where the stored revision is the one that was read."""
        revision: int = self._state.revision
        return revision

    def reserve(self, estimate: int) -> tuple[Hold, LedgerDecision]:
        """Holds an estimate > 0 if settled + held + estimate is within the limit, all of it or nothing."""
        hold, decision = _native.LedgerHold(), _native.LedgerDecision()
        status = _native.ledger_reserve(
            self._native_config, self._state, integer("estimate", estimate), hold, decision
        )
        if status:
            raise error(status)
        return Hold(hold.period, hold.amount), _decision(decision)

    def settle(self, hold: Hold, actual: int) -> LedgerDecision:
        """Books what a held request cost, >= 0, also past the limit; the hold is then spent."""
        held, decision = _hold(hold), _native.LedgerDecision()
        status = _native.ledger_settle(self._native_config, self._state, held, integer("actual", actual), decision)
        if status:
            raise error(status)
        hold.amount = held.amount
        return _decision(decision)

    def release(self, hold: Hold) -> LedgerDecision:
        """Lets a hold go unspent."""
        held, decision = _hold(hold), _native.LedgerDecision()
        status = _native.ledger_release(self._native_config, self._state, held, decision)
        if status:
            raise error(status)
        hold.amount = held.amount
        return _decision(decision)

    def record(self, amount: int) -> LedgerDecision:
        """Books spend that was not held, or a credit (below 0), also past the limit."""
        decision = _native.LedgerDecision()
        status = _native.ledger_record(self._native_config, self._state, integer("amount", amount), decision)
        if status:
            raise error(status)
        return _decision(decision)

    def roll(self, period: int) -> LedgerDecision:
        """Moves on to a later period, which starts with nothing; does nothing in the period that it is in."""
        decision = _native.LedgerDecision()
        status = _native.ledger_roll(self._native_config, self._state, integer("period", period), decision)
        if status:
            raise error(status)
        return _decision(decision)

    def __repr__(self) -> str:
        return f"<Ledger period {self.period}, settled {self.settled}, held {self.held}, revision {self.revision}>"


def _hold(hold: Hold) -> _native.LedgerHold:
    return _native.filled(_native.LedgerHold, hold)
