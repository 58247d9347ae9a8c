"""A whole circuit breaker whose state is bytes that the host keeps.

    breaker = Breaker(now=clock())
    with breaker.call(clock):  # raises RefusedError while the breaker is open
        call()

The same, step by step, for a breaker that many processes share:

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

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from . import _native, _states
from ._hosted import HostedState, Mode
from ._native import Int32, filled, integer
from .errors import RefusedError, StalePermitError, error

if TYPE_CHECKING:
    from typing_extensions import Buffer

ENCODED_LEN = 420
NO_TIME = -(2**63)


class Phase(IntEnum):
    """Where a breaker stands."""

    CLOSED = 1
    OPEN = 2
    HALF_OPEN = 3
    FORCED_OPEN = 4
    FORCED_CLOSED = 5

    @property
    def word(self) -> str:
        """As the records write it: "half_open"."""
        return _native.phase_name(self)


class Outcome(IntEnum):
    """How a call went."""

    SUCCESS = 1
    FAILURE = 2
    IGNORED = 3
    """For a call that was cancelled, or that another safeguard refused: frees its probe and judges nothing."""

    @property
    def word(self) -> str:
        """As the records write it: "success"."""
        return _native.outcome_name(self)


@dataclass(frozen=True, slots=True)
class BreakerConfig:
    """When a breaker opens and how it recovers. The default durations are milliseconds.

    Shares are in parts per million (ppm). Thirds are rounded down: two of three reach 666666, but not 666667.
    """

    failure_threshold: int = 3
    """Failures in a row that open it, with window_duration in a row and within it; 0 is off."""
    failure_count: int = 0
    """Failures in the window that open it, whatever succeeded in between; 0 is off."""
    window_size: int = 0
    """The window is the latest this many outcomes, at most 128; 0 is no window by count."""
    minimum_calls: int = 0
    """Outcomes in the window before a rate may open it: 1 to window_size when that is above 0."""
    failure_rate_ppm: int = 0
    """The share of failures in the window that opens it; 0 is off."""
    slow_call_rate_ppm: int = 0
    """The share of slow calls in the window that opens it; 0 is off. While it is on, a slow probe has failed."""
    half_open_max_probes: int = 1
    """Probes in flight at once, 1 to 8."""
    half_open_calls: int = 1
    """Probes that are judged while half-open, 1 to 64."""
    half_open_failure_rate_ppm: int = 1
    """The share of half_open_calls that opens it again when it fails."""
    backoff_ppm: int = 2_000_000
    """Each trip multiplies the open time by this: 1000000 to 16000000."""
    jitter_ppm: int = 0
    """The open time is lengthened by up to this share of itself."""
    mode: Mode = Mode.ENFORCE
    """ENFORCE or MONITOR."""
    jitter_seed: int = 0
    """Same seed, same jitter."""
    window_duration: int = 0
    """The window is the outcomes of this much time, in 16 buckets; not together with window_size."""
    slow_call_duration: int = 0
    """A call that took this long or longer is slow."""
    open_duration: int = 30_000
    """How long the first trip opens it."""
    max_open_duration: int = 30_000
    """The longest open time, before jitter."""
    probe_timeout: int = 60_000
    """A probe that has not reported before this has passed has failed as of then."""
    half_open_duration: int = 0
    """After this long half-open ends and is judged by what is there; 0 waits for the probes."""
    trips_decay: int = 0
    """A close keeps trips, and one fades per this much closed time; with 0 a close forgets all."""
    max_retry_after: int = 0
    """A failure with a `retry_at` opens it until then, at most this long; 0 ignores `retry_at`."""
    ramp_duration: int = 0
    """After a close a rising share of calls is allowed, over this long; 0 allows all at once."""


DEFAULT_CONFIG = BreakerConfig()


@dataclass(frozen=True, slots=True)
class Permit:
    """Whether a call may run, and its ticket for the report."""

    generation: int
    """0 in a permit of `peek`, which cannot be reported."""
    retry_after: int
    """When refused: how long until it is worth asking again, half-open and on a ramp at most."""
    deadline: int
    """By when a probe must report, else 0."""
    phase: Phase
    allowed: bool
    would_refuse: bool
    """The rules refuse the call; in `Mode.MONITOR` it is allowed all the same."""
    probe_slot: int
    """0 when the call is not a probe."""
    clock_regressed: bool
    """`now` was before the latest change of the state, which then counts in its place."""

    def to_json(self, config: BreakerConfig) -> str:
        """The line of `records.permit`, for the settings that the call had."""
        from . import records

        return records.permit(self, config)


def _permit(found: _states.BreakerPermit) -> Permit:
    return Permit(
        found.generation,
        found.retry_after,
        found.deadline,
        Phase(found.phase),
        found.allowed == 1,
        found.would_refuse == 1,
        found.probe_slot,
        found.clock_regressed == 1,
    )


@dataclass(slots=True)
class Call:
    """A call that runs under `Breaker.call`."""

    permit: Permit
    outcome: Outcome | None = None
    """Set it where an exception, or that there is none, does not say how the call went."""
    retry_at: int | None = None
    """With a failure: before this time the called service wants no call, for example `clock()` plus its
    Retry-After."""


class Breaker(HostedState):
    """A breaker that counts, opens, waits, probes and closes again.

    A call that raises leaves the state as it was.
    """

    __slots__ = ("_config", "_native_config")
    _struct = _states.BreakerState
    _encode = _states.breaker_state_encode
    _decode = _states.breaker_state_decode
    _encoded_len = ENCODED_LEN

    def __init__(self, config: BreakerConfig = DEFAULT_CONFIG, *, now: int) -> None:
        """A new breaker, closed. Call it once per breaker; `reset` starts one over."""
        self.config = config
        self._state = _states.BreakerState()
        status = _states.breaker_init(integer("now", now), self._state)
        if status:
            raise error(status)

    @classmethod
    def decode(cls, data: Buffer, config: BreakerConfig = DEFAULT_CONFIG) -> Breaker:
        """The breaker that `encode` wrote. Bytes that are not as they were written raise `CorruptStateError`,
        too few or too many of them another `CloudcircuitError`."""
        breaker = cls.__new__(cls)
        breaker.config = config
        breaker._state = cls._decoded(data)
        return breaker

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).decode, (self.encode(), self.config)

    @property
    def config(self) -> BreakerConfig:
        """May be changed between calls. The library checks it with every call."""
        return self._config

    @config.setter
    def config(self, config: BreakerConfig) -> None:
        self._native_config = filled(_states.BreakerConfig, config)
        self._config = config

    @property
    def phase(self) -> Phase:
        """As of the latest change: an open breaker becomes half-open only when a call asks."""
        return Phase(self._state.phase)

    @property
    def consecutive_failures(self) -> int:
        """Failures since the latest success; not counted with a window_duration."""
        failures: int = self._state.consecutive_failures
        return failures

    @property
    def trips(self) -> int:
        """Trips since it was last closed, or as far as they have not faded."""
        trips: int = self._state.trips
        return trips

    def acquire(self, now: int) -> Permit:
        """Asks whether a call may run now."""
        permit = _states.BreakerPermit()
        status = _states.breaker_acquire(self._native_config, self._state, integer("now", now), permit)
        if status:
            raise error(status)
        return _permit(permit)

    def peek(self, now: int) -> Permit:
        """What `acquire` would answer; changes nothing, and its permit cannot be reported."""
        permit = _states.BreakerPermit()
        status = _states.breaker_peek(self._native_config, self._state, integer("now", now), permit)
        if status:
            raise error(status)
        return _permit(permit)

    def report(
        self, permit: Permit, outcome: Outcome, duration: int, now: int, retry_at: int | None = None
    ) -> None:
        """Tells how an allowed call went; `duration` >= 0 counts against `slow_call_duration`.

        `retry_at`, with a failure, is the time before which the called service wants no call.

        Raises `StalePermitError` when the breaker has moved on: then there is nothing to do.
        """
        status = _states.breaker_report(
            self._native_config,
            self._state,
            filled(_states.BreakerPermit, permit),
            integer("outcome", outcome, Int32),
            integer("duration", duration),
            NO_TIME if retry_at is None else integer("retry_at", retry_at),
            integer("now", now),
        )
        if status:
            raise error(status)

    def report_and_acquire(
        self, permit: Permit, outcome: Outcome, duration: int, now: int, retry_at: int | None = None
    ) -> Permit:
        """Reports one call and acquires for the next, in one step; if either raises, nothing is reported."""
        following = _states.BreakerPermit()
        status = _states.breaker_report_and_acquire(
            self._native_config,
            self._state,
            filled(_states.BreakerPermit, permit),
            integer("outcome", outcome, Int32),
            integer("duration", duration),
            NO_TIME if retry_at is None else integer("retry_at", retry_at),
            integer("now", now),
            following,
        )
        if status:
            raise error(status)
        return _permit(following)

    @contextmanager
    def call(self, clock: Callable[[], int]) -> Iterator[Call]:
        """Runs the body if the breaker allows it, else raises `RefusedError`, and reports how it went.

        An `Exception` is a failure, unless the body sets the outcome of the `Call`. A `RefusedError` of another
        safeguard, and what is no `Exception`, for example KeyboardInterrupt or a cancelled task, are ignored. The
        report to a breaker that has moved on is dropped.
        """
        started = clock()
        permit = self.acquire(started)
        if not permit.allowed:
            raise RefusedError(f"the breaker is {permit.phase.word}: retry after {permit.retry_after}", permit)
        call, outcome = Call(permit), Outcome.IGNORED
        try:
            yield call
            outcome = Outcome.SUCCESS
        except RefusedError:
            raise
        except Exception:
            outcome = Outcome.FAILURE
            raise
        finally:
            if call.outcome is not None:
                outcome = call.outcome
            ended = clock()
            duration = max(ended - started, 0)
            try:
                with suppress(StalePermitError):
                    self.report(permit, outcome, duration, ended, call.retry_at)
            except Exception:
                # What the call said cannot be reported. It has failed then.
                with suppress(StalePermitError):
                    self.report(permit, Outcome.FAILURE, duration, ended)
                raise

    def force(self, phase: Phase, until: int, now: int) -> None:
        """Forces it FORCED_OPEN or FORCED_CLOSED until a time, or CLOSED at once."""
        status = _states.breaker_force(
            self._state, integer("phase", phase, Int32), integer("until", until), integer("now", now)
        )
        if status:
            raise error(status)

    def reset(self, now: int) -> None:
        """Starts it over, closed. `now` is the truth, also backwards: the way out of a clock that ran ahead."""
        status = _states.breaker_reset(self._state, integer("now", now))
        if status:
            raise error(status)

    def __repr__(self) -> str:
        return f"<Breaker {self.phase.name}, revision {self.revision}>"
