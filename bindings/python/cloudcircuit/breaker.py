"""A whole circuit breaker whose state is bytes that the host keeps.

    breaker = Breaker(now=clock())
    permit = breaker.acquire(now=clock())
    if permit.allowed:
        started = clock()
        outcome = Outcome.SUCCESS if call() else Outcome.FAILURE
        breaker.report(permit, outcome, duration=clock() - started, now=clock())

`encode` gives the state as bytes, `Breaker.decode` takes them up again, on whatever machine. Many writers share
one breaker if each stores it only where the stored revision is still the one that it read, and acts only after
that. A `Breaker` object itself belongs to one thread at a time.

Time is the caller's: any int, in the unit of the config's durations.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from enum import IntEnum

from . import _native
from ._native import Int32, filled, integer
from .errors import error

ENCODED_LEN = 172


class Phase(IntEnum):
    """Where a breaker stands."""

    CLOSED = 1
    OPEN = 2
    HALF_OPEN = 3
    FORCED_OPEN = 4
    FORCED_CLOSED = 5


class Outcome(IntEnum):
    """How a call went."""

    SUCCESS = 1
    FAILURE = 2
    IGNORED = 3
    """For a call that was cancelled, for example: frees its probe and judges nothing."""


@dataclass(frozen=True, slots=True)
class BreakerConfig:
    """When a breaker trips and how it recovers. The default durations suit milliseconds."""

    failure_threshold: int = 3
    """Consecutive failures that trip it; 0 is off."""
    window_size: int = 0
    """The latest outcomes that the rates look at, at most 128; 0 is both rates off."""
    minimum_calls: int = 0
    """Outcomes in the window before a rate may trip it: 1 to window_size when that is above 0."""
    failure_rate_ppm: int = 0
    """The share of failures that trips it, in parts per million; 0 is off."""
    slow_call_rate_ppm: int = 0
    """The share of slow calls that trips it, in parts per million; 0 is off."""
    half_open_max_probes: int = 1
    """Probes in flight at once, 1 to 8."""
    half_open_successes: int = 1
    """Probe successes in a row that close it."""
    jitter_ppm: int = 0
    """The open time is lengthened by up to this share of itself."""
    jitter_seed: int = 0
    """Same seed, same jitter."""
    slow_call_duration: int = 0
    """A call that took this long or longer is slow."""
    open_duration: int = 30_000
    """How long the first trip opens it."""
    max_open_duration: int = 30_000
    """Each trip without a close in between doubles the open time, up to here."""
    probe_timeout: int = 60_000
    """A probe that has not reported before this has passed has failed."""


DEFAULT_CONFIG = BreakerConfig()


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether a call may run, and its ticket for the report."""

    generation: int
    retry_after: int
    """When refused: how long until it is worth asking again."""
    deadline: int
    """By when a probe must report, else 0."""
    phase: Phase
    allowed: bool
    probe_slot: int
    """0 when the call is not a probe."""
    clock_regressed: bool
    """`now` was before the latest change of the state, which then counts in its place."""


def _permit(found: _native.BreakerPermit) -> Permit:
    return Permit(
        found.generation,
        found.retry_after,
        found.deadline,
        Phase(found.phase),
        found.allowed == 1,
        found.probe_slot,
        found.clock_regressed == 1,
    )


class Breaker:
    """A breaker that counts, trips, waits, probes and closes again.

    A call that raises leaves the state as it was.
    """

    __slots__ = ("_config", "_state", "_native_config")

    def __init__(self, config: BreakerConfig = DEFAULT_CONFIG, *, now: int) -> None:
        """A new breaker, closed. Call it once per breaker; `force` resets one."""
        self.config = config
        self._state = _native.BreakerState()
        status = _native.breaker_init(integer("now", now), self._state)
        if status:
            raise error(status)

    @classmethod
    def decode(cls, data: bytes, config: BreakerConfig = DEFAULT_CONFIG) -> Breaker:
        """The breaker that `encode` wrote. Bytes that are not as they were written raise `CorruptStateError`,
        too few or too many of them another `CloudcircuitError`."""
        breaker = cls.__new__(cls)
        breaker.config = config
        breaker._state = _native.BreakerState()
        status = _native.breaker_state_decode(bytes(memoryview(data)), len(data), breaker._state)
        if status:
            raise error(status)
        return breaker

    def encode(self) -> bytes:
        """The state as 172 bytes that any machine reads, with a checksum."""
        buffer = ctypes.create_string_buffer(ENCODED_LEN)
        status = _native.breaker_state_encode(self._state, ctypes.addressof(buffer), ENCODED_LEN)
        if status:
            raise error(status)
        return buffer.raw

    @property
    def config(self) -> BreakerConfig:
        """May be changed between calls. The library checks it with every call."""
        return self._config

    @config.setter
    def config(self, config: BreakerConfig) -> None:
        self._native_config = filled(_native.BreakerConfig, config)
        self._config = config

    @property
    def phase(self) -> Phase:
        """As of the latest change: an open breaker becomes half-open only when a call asks."""
        return Phase(self._state.phase)

    @property
    def revision(self) -> int:
        """One more at every change: store the state only where the stored revision is the one that was read."""
        revision: int = self._state.revision
        return revision

    @property
    def consecutive_failures(self) -> int:
        """Failures since the latest success."""
        failures: int = self._state.consecutive_failures
        return failures

    @property
    def trips(self) -> int:
        """Trips since it was last closed."""
        trips: int = self._state.trips
        return trips

    def acquire(self, now: int) -> Permit:
        """Asks whether a call may run now."""
        permit = _native.BreakerPermit()
        status = _native.breaker_acquire(self._native_config, self._state, integer("now", now), permit)
        if status:
            raise error(status)
        return _permit(permit)

    def report(self, permit: Permit, outcome: Outcome, duration: int, now: int) -> None:
        """Tells how an allowed call went; `duration` >= 0 counts against `slow_call_duration`.

        Raises `StalePermitError` when the breaker has moved on: then there is nothing to do.
        """
        status = _native.breaker_report(
            self._native_config,
            self._state,
            filled(_native.BreakerPermit, permit),
            integer("outcome", outcome, Int32),
            integer("duration", duration),
            integer("now", now),
        )
        if status:
            raise error(status)

    def report_and_acquire(self, permit: Permit, outcome: Outcome, duration: int, now: int) -> Permit:
        """Reports one call and acquires for the next, in one step; if either raises, nothing is reported."""
        following = _native.BreakerPermit()
        status = _native.breaker_report_and_acquire(
            self._native_config,
            self._state,
            filled(_native.BreakerPermit, permit),
            integer("outcome", outcome, Int32),
            integer("duration", duration),
            integer("now", now),
            following,
        )
        if status:
            raise error(status)
        return _permit(following)

    def force(self, phase: Phase, until: int, now: int) -> None:
        """Forces it FORCED_OPEN or FORCED_CLOSED until a time, or CLOSED at once, which resets it."""
        status = _native.breaker_force(
            self._state, integer("phase", phase, Int32), integer("until", until), integer("now", now)
        )
        if status:
            raise error(status)

    def __repr__(self) -> str:
        return f"<Breaker {self.phase.name}, revision {self.revision}>"
