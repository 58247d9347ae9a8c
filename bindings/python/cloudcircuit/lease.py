"""A slice of a shared ledger, spent by one process from a ledger of its own: most decisions need no server.

    lease = Lease(store, "team", config, slice=10_000, step=1_000)
    hold, decision = lease.reserve(500)
    if decision.allowed:
        lease.settle(hold, run())
    ...
    lease.close()

The same calls, nested. The slice is a hold of the shared ledger, and ends with `hold_duration` when the process dies.
From it the process books a step at a time into the shared ledger, and only then spends that step from its own ledger.
So whatever dies, pauses or loses its connection, what all processes spend is at most what the shared ledger has
settled, and that is within its limit. The price: what a process has booked and not spent, less than a step and one
request, stays booked when the process dies.

Slices shrink with what is left: at most `1 / share` of the shared ledger's `available` is asked for at once.

A lease belongs to one thread at a time, and to one period: close it before the shared ledger rolls.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import TracebackType

from .errors import HoldSpentError
from .ledger import Hold, Ledger, LedgerConfig, LedgerDecision
from .redis import Store, StoreUnavailableError


def _milliseconds() -> int:
    return time.monotonic_ns() // 1_000_000


class Lease:
    """Part of the budget under a key of a store, for one process."""

    def __init__(
        self,
        store: Store,
        key: str,
        config: LedgerConfig,
        *,
        slice: int,
        step: int,
        share: int = 32,
        request_duration: int = 0,
        clock: Callable[[], int] = _milliseconds,
    ) -> None:
        """`config` is the shared ledger's, with a `hold_duration`. `slice` is the most that is held at once and `step`
        the most that is booked ahead, unless a single request needs more. `share` is some twice the number of
        processes. `request_duration` is the `hold_duration` of the process's own ledger, in units of `clock`."""
        if not 0 < step <= slice or share < 1:
            raise ValueError("step must be 1 to slice, and share at least 1")
        self._store, self._key, self._config = store, key, config
        self._slice, self._step, self._share, self._clock = slice, step, share, clock
        self._left = slice * share  # of the shared ledger, as far as is known
        self._hold: Hold | None = None
        self.booked = 0
        """What this lease has booked into the shared ledger."""
        self.round_trips = 0
        """How often it asked the store."""
        own = LedgerConfig(limit=0, hold_duration=request_duration)
        self._ledger = Ledger(own, ledger_id=1, period=0, now=clock())

    @property
    def settled(self) -> int:
        """What was spent from it."""
        return self._ledger.settled

    @property
    def unused(self) -> int:
        """What it has booked or holds of the shared ledger, and has not spent."""
        return self.booked - self.settled + (self._hold.amount if self._hold else 0)

    def reserve(self, estimate: int) -> tuple[Hold, LedgerDecision]:
        """`Ledger.reserve`. Asks the store when what is booked does not cover it, and raises what the store raises."""
        hold, decision = self._ledger.reserve(estimate, self._clock())
        if not decision.allowed:
            need = self._ledger.settled + self._ledger.held + estimate - self.booked
            if self._draw(need):
                return self._ledger.reserve(estimate, self._clock())
        return hold, decision

    def settle(self, hold: Hold, actual: int) -> LedgerDecision:
        """`Ledger.settle`."""
        return self._ledger.settle(hold, actual, self._clock())

    def release(self, hold: Hold) -> LedgerDecision:
        """`Ledger.release`."""
        return self._ledger.release(hold, self._clock())

    def keep(self) -> None:
        """A heartbeat for a process that spends less than a step in `hold_duration`: the slice gets a new end."""
        if self._hold:
            self._take(0, 0)

    def _draw(self, need: int) -> bool:
        """Books what is needed, or up to a step more; holds up to a slice beyond."""
        fair = min(self._slice, self._left // self._share)
        part = max(need, min(self._step, fair))
        return self._take(part, max(part, fair)) or self._take(need, need)

    def _take(self, part: int, target: int) -> bool:
        """Brings the hold to `target` and books `part` of it."""
        self.round_trips += 1
        if self._hold is None:
            hold, decision = self._store.reserve(self._key, self._config, target)
            self._left = decision.available
            if not decision.allowed:
                return False
            self._hold = hold
            return self._take(part, target)
        more = max(0, target - self._hold.amount)
        try:
            decision = self._store.draw(self._key, self._config, self._hold, part, more)
        except HoldSpentError:
            # An answer got lost: that hold ends by itself, and what was booked with it stays booked.
            self._hold = None
            return self._take(part, target)
        except StoreUnavailableError:
            # It may have been carried out: an old copy of the hold must not be used again.
            self._hold = None
            raise
        self._left = decision.available
        if decision.allowed:
            self._book(self.booked + part)
        elif more == 0:
            # It has ended and does not fit as it was: a smaller one may.
            self._hold = None
            return self._take(part, part)
        return decision.allowed

    def close(self) -> None:
        """Gives back what is held, and credits what was booked and not spent. Not while a request runs.

        Requests that cost more than they were estimated are booked here. If an answer is lost, what was not spent
        stays booked: to ask again could credit it twice.
        """
        # Lets go of requests that died: with a request_duration their holds have ended.
        self._ledger.record(0, self._clock())
        if self._ledger.held:
            raise ValueError("requests of this lease still run")
        hold, self._hold = self._hold, None
        unspent = self.booked - self.settled
        if unspent > 0:
            self._book(self.settled)
        if hold:
            with suppress(HoldSpentError):
                self._store.release(self._key, self._config, hold)
        if unspent:
            self._store.record(self._key, self._config, -unspent)
            self._book(self.settled)

    def _book(self, booked: int) -> None:
        self.booked = booked
        self._ledger.config = replace(self._ledger.config, limit=booked)

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
