"""Ledgers, breakers and rate limits that many processes share in Redis or Valkey.

    store = Module(connection)  # the server has the module of bindings/redis; any other server: Swap(connection)
    store.create_ledger("team", period=202611)
    hold, decision = store.reserve("team", config, 500)
    if decision.allowed:
        store.settle("team", config, hold, run())

`connection` is a client with `execute_command`, for example `redis.Redis(retry=Retry(NoBackoff(), 0))`: without retries
of its own, which would book a record twice, and without `decode_responses`. `Module` and `Swap` answer the same; time is
the server's clock, in milliseconds.

Nothing is allowed by default. A server that is down or slow raises `StoreUnavailableError`; a key that it does not
have, or lost, raises `StateMissingError`; `Swap` raises `StoreBusyError` when others were quicker too often. A call
whose answer got lost may have been carried out: with a `hold_duration` what it reserved ends by itself.
"""

from __future__ import annotations

import random
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NoReturn, Protocol, TypeVar

from . import ledgers as several
from .breaker import Breaker, BreakerConfig, Outcome, Permit, Phase
from .errors import error
from .ledger import Hold, Ledger, LedgerConfig, LedgerDecision, LedgerReason
from .rate_limit import RateLimit, RateLimitConfig, RateLimitDecision, RateReason

PART = 822
"""CLOUDCIRCUIT_ERR_PART."""


class Connection(Protocol):
    """A client of Redis: what it raises for an error of the server has the server's text."""

    def execute_command(self, *words: Any) -> Any: ...


class StoreError(Exception):
    """The store did not decide. Nothing may be spent, and no call may run."""


class StoreUnavailableError(StoreError):
    """The server does not answer, or answers that it cannot."""


class StateMissingError(StoreError):
    """The server has nothing under the key: it was never created, or the server lost its memory.

    A state that was lost is not replaced by an empty one by itself, for that would allow the whole limit again.
    """


class StoreBusyError(StoreError):
    """Other writers were quicker each time. Use `Module`, or a `Lease`, for a key as hot as this one."""


class Store(ABC):
    """What `Module` and `Swap` have in common: each call is one decision on one key, carried out or not."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def _said(self, *words: Any) -> Any:
        try:
            return self._connection.execute_command(*words)
        except Exception as failure:
            _explained(failure)

    @abstractmethod
    def create_ledger(self, key: str, period: int, ledger_id: int | None = None) -> int:
        """Makes a ledger under a key that has nothing; answers its id, which is random unless given."""

    @abstractmethod
    def create_breaker(self, key: str) -> None:
        """Makes a breaker under a key that has nothing."""

    @abstractmethod
    def create_rate_limit(self, key: str) -> None:
        """Makes a rate limit under a key that has nothing."""

    @abstractmethod
    def reserve(self, key: str, config: LedgerConfig, estimate: int) -> tuple[Hold, LedgerDecision]:
        """`Ledger.reserve` on the ledger under a key."""

    @abstractmethod
    def reserve_all(
        self, keys: Sequence[str], configs: Sequence[LedgerConfig], estimates: Sequence[int]
    ) -> tuple[list[Hold], list[LedgerDecision]]:
        """`ledgers.reserve` on keys of one hash slot: a hold in each, or in none."""

    @abstractmethod
    def extend(self, key: str, config: LedgerConfig, hold: Hold, more: int) -> LedgerDecision:
        """`Ledger.extend`."""

    @abstractmethod
    def post(self, key: str, config: LedgerConfig, hold: Hold, part: int) -> LedgerDecision:
        """`Ledger.post`."""

    @abstractmethod
    def draw(self, key: str, config: LedgerConfig, hold: Hold, part: int, more: int) -> LedgerDecision:
        """Extends a hold by `more` and books `part` of it, both or neither: nothing is booked on a hold that has
        ended and does not fit again."""

    @abstractmethod
    def settle(self, key: str, config: LedgerConfig, hold: Hold, actual: int) -> LedgerDecision:
        """`Ledger.settle`."""

    @abstractmethod
    def release(self, key: str, config: LedgerConfig, hold: Hold) -> LedgerDecision:
        """`Ledger.release`."""

    @abstractmethod
    def record(self, key: str, config: LedgerConfig, amount: int) -> LedgerDecision:
        """`Ledger.record`."""

    @abstractmethod
    def roll(self, key: str, config: LedgerConfig, period: int) -> LedgerDecision:
        """`Ledger.roll`."""

    @abstractmethod
    def acquire(self, key: str, config: BreakerConfig) -> Permit:
        """`Breaker.acquire`."""

    @abstractmethod
    def report(
        self,
        key: str,
        config: BreakerConfig,
        permit: Permit,
        outcome: Outcome,
        duration: int,
        retry_at: int | None = None,
    ) -> None:
        """`Breaker.report`."""

    @abstractmethod
    def take(self, key: str, config: RateLimitConfig, amount: int) -> RateLimitDecision:
        """`RateLimit.acquire`."""

    @abstractmethod
    def adjust(self, key: str, config: RateLimitConfig, taken_at: int, by: int) -> RateLimitDecision:
        """`RateLimit.adjust`."""


def _explained(failure: Exception) -> NoReturn:
    """The error of this module for what a connection raised."""
    text = str(failure)
    word, _, rest = text.partition(" ")
    if word == "CCERR":
        number, _, sentence = rest.partition(" ")
        refused = error(int(number))
        if sentence.endswith(")") and "(ledger " in sentence:
            refused.failed_at = int(sentence.rpartition("(ledger ")[2][:-1])
        raise refused from None
    if word == "CCMISSING":
        raise StateMissingError(rest) from None
    raise StoreUnavailableError(f"the store does not decide: {text or type(failure).__name__}") from failure


class Module(Store):
    """States in a server that has the module: a command is a decision, in one round trip."""

    def create_ledger(self, key: str, period: int, ledger_id: int | None = None) -> int:
        return int(self._said("CC.LEDGER", key, period, *([] if ledger_id is None else ["ID", ledger_id])))

    def create_breaker(self, key: str) -> None:
        self._said("CC.BREAKER", key)

    def create_rate_limit(self, key: str) -> None:
        self._said("CC.RATE", key)

    def reserve(self, key: str, config: LedgerConfig, estimate: int) -> tuple[Hold, LedgerDecision]:
        decision, hold = self._said("CC.RESERVE", key, estimate, *_words(config))[0]
        return Hold(*hold), _ledger_decision(decision)

    def reserve_all(
        self, keys: Sequence[str], configs: Sequence[LedgerConfig], estimates: Sequence[int]
    ) -> tuple[list[Hold], list[LedgerDecision]]:
        words: list[Any] = []
        for key, config, estimate in zip(keys, configs, estimates, strict=True):
            words += ["AND", key, estimate, *_words(config)]
        pairs = self._said("CC.RESERVE", *words[1:])
        return [Hold(*hold) for _, hold in pairs], [_ledger_decision(decision) for decision, _ in pairs]

    def extend(self, key: str, config: LedgerConfig, hold: Hold, more: int) -> LedgerDecision:
        return self._on_hold("CC.EXTEND", key, config, hold, more)

    def post(self, key: str, config: LedgerConfig, hold: Hold, part: int) -> LedgerDecision:
        return self._on_hold("CC.POST", key, config, hold, part)

    def draw(self, key: str, config: LedgerConfig, hold: Hold, part: int, more: int) -> LedgerDecision:
        return self._on_hold("CC.DRAW", key, config, hold, part, more)

    def settle(self, key: str, config: LedgerConfig, hold: Hold, actual: int) -> LedgerDecision:
        return self._on_hold("CC.SETTLE", key, config, hold, actual)

    def release(self, key: str, config: LedgerConfig, hold: Hold) -> LedgerDecision:
        return self._on_hold("CC.RELEASE", key, config, hold)

    def _on_hold(self, command: str, key: str, config: LedgerConfig, hold: Hold, *amounts: int) -> LedgerDecision:
        words = (hold.ledger_id, hold.id, hold.period, hold.amount, hold.expires_at)
        decision, found = self._said(command, key, *words, *amounts, *_words(config))[0]
        _, hold.id, hold.period, hold.amount, hold.expires_at = found
        return _ledger_decision(decision)

    def record(self, key: str, config: LedgerConfig, amount: int) -> LedgerDecision:
        return _ledger_decision(self._said("CC.RECORD", key, amount, *_words(config))[0][0])

    def roll(self, key: str, config: LedgerConfig, period: int) -> LedgerDecision:
        return _ledger_decision(self._said("CC.ROLL", key, period, *_words(config))[0][0])

    def acquire(self, key: str, config: BreakerConfig) -> Permit:
        found = self._said("CC.ACQUIRE", key, *_words(config))
        generation, retry_after, deadline, phase, allowed, would_refuse, slot, regressed = found
        return Permit(
            generation,
            retry_after,
            deadline,
            Phase(phase),
            allowed == 1,
            would_refuse == 1,
            slot,
            regressed == 1,
        )

    def report(
        self,
        key: str,
        config: BreakerConfig,
        permit: Permit,
        outcome: Outcome,
        duration: int,
        retry_at: int | None = None,
    ) -> None:
        p = permit
        flags = [int(flag) for flag in (p.phase, p.allowed, p.would_refuse, p.probe_slot, p.clock_regressed)]
        words = [p.generation, p.retry_after, p.deadline, *flags, int(outcome), duration]
        when = [] if retry_at is None else ["RETRY_AT", retry_at]
        self._said("CC.REPORT", key, *words, *when, *_words(config))

    def take(self, key: str, config: RateLimitConfig, amount: int) -> RateLimitDecision:
        return _rate_decision(self._said("CC.TAKE", key, amount, *_words(config)))

    def adjust(self, key: str, config: RateLimitConfig, taken_at: int, by: int) -> RateLimitDecision:
        return _rate_decision(self._said("CC.ADJUST", key, taken_at, by, *_words(config)))


def _words(config: LedgerConfig | BreakerConfig | RateLimitConfig) -> list[Any]:
    """What differs from the module's defaults, as options."""
    kind = type(config)
    words: list[Any] = []
    for name in kind.__slots__:
        value = getattr(config, name)
        if value != kind.__dataclass_fields__[name].default:
            text = ",".join(map(str, value)) if isinstance(value, tuple) else int(value)
            words += [name.upper(), text]
    return words


def _ledger_decision(numbers: Sequence[int]) -> LedgerDecision:
    settled, held, available, overshoot, expired, reason, allowed, would_refuse, regressed, crossed, newly = (
        numbers
    )
    return LedgerDecision(
        settled,
        held,
        available,
        overshoot,
        expired,
        LedgerReason(reason) if reason else None,
        allowed == 1,
        would_refuse == 1,
        regressed == 1,
        crossed,
        newly,
    )


def _rate_decision(numbers: Sequence[int]) -> RateLimitDecision:
    used, available, retry_after, taken_at, reason, allowed, would_refuse, regressed = numbers
    return RateLimitDecision(
        used, available, retry_after, taken_at, RateReason(reason), allowed == 1, would_refuse == 1, regressed == 1
    )


READ = """
local answer = {redis.call('TIME')}
for i, key in ipairs(KEYS) do answer[i + 1] = redis.call('GET', key) end
return answer
"""

# Layout, revision and checksum say which state was read. All keys are swapped, or none.
SWAP = """
for i, key in ipairs(KEYS) do
    local now = redis.call('GET', key)
    if not now or now:sub(1, 16) .. now:sub(-4) ~= ARGV[2 * i - 1] then return 0 end
end
for i, key in ipairs(KEYS) do
    if ARGV[2 * i] ~= '' then redis.call('SET', key, ARGV[2 * i], 'KEEPTTL') end
end
return 1
"""

Hosted = TypeVar("Hosted", Ledger, Breaker, RateLimit)
Answer = TypeVar("Answer")


class Swap(Store):
    """States in any server: decided here, and stored only where no other writer came between.

    Two round trips a decision and more when others write too: a key as hot as hundreds of decisions a second
    belongs into a server with the module, or into leases.
    """

    def __init__(self, connection: Connection, tries: int = 100, longest_wait: float = 0.02) -> None:
        """`tries` is how often a decision is made again before `StoreBusyError`; `longest_wait`, in seconds, is the
        most between two of them, which is random and grows from a fiftieth of it."""
        super().__init__(connection)
        self._tries, self._longest_wait = tries, longest_wait
        self.retries = 0
        """How often another writer was quicker."""

    def _decide(
        self,
        keys: Sequence[str],
        take_up: Callable[[int, bytes], Hosted],
        call: Callable[[list[Hosted], int], Answer],
    ) -> Answer:
        """Reads, decides and swaps, until nobody came between. `call` must not change what it closes over."""
        wait = self._longest_wait / 50
        for _ in range(self._tries):
            (seconds, micros), *found = self._said("EVAL", READ, len(keys), *keys)
            found += [None] * (len(keys) - len(found))  # Lua's lists end at a nil
            for key, data in zip(keys, found):
                if data is None:
                    raise StateMissingError(f"there is nothing under {key!r}")
            states = [take_up(place, data) for place, data in enumerate(found)]
            before = [state.revision for state in states]
            answer = call(states, int(seconds) * 1000 + int(micros) // 1000)
            words: list[bytes] = []
            for data, state, revision in zip(found, states, before):
                words += [data[:16] + data[-4:], state.encode() if state.revision != revision else b""]
            if not any(words[1::2]) or int(self._said("EVAL", SWAP, len(keys), *keys, *words)):
                return answer
            self.retries += 1
            time.sleep(random.uniform(0, wait))
            wait = min(2 * wait, self._longest_wait)
        raise StoreBusyError(f"other writers of {', '.join(map(repr, keys))} were quicker {self._tries} times")

    def _now(self) -> int:
        seconds, micros = self._said("TIME")
        return int(seconds) * 1000 + int(micros) // 1000

    def _create(self, key: str, data: bytes) -> None:
        if not self._said("SET", key, data, "NX"):
            raise StoreUnavailableError(f"there is something under {key!r}")

    def create_ledger(self, key: str, period: int, ledger_id: int | None = None) -> int:
        made = secrets.randbelow(2**63 - 1) + 1 if ledger_id is None else ledger_id
        self._create(key, Ledger(ledger_id=made, period=period, now=self._now()).encode())
        return made

    def create_breaker(self, key: str) -> None:
        self._create(key, Breaker(now=self._now()).encode())

    def create_rate_limit(self, key: str) -> None:
        self._create(key, RateLimit(RateLimitConfig(0, 1), now=self._now()).encode())

    def _ledger(self, key: str, config: LedgerConfig, call: Callable[[Ledger, int], Answer]) -> Answer:
        return self._decide(
            [key], lambda _, data: Ledger.decode(data, config), lambda found, now: call(found[0], now)
        )

    def reserve(self, key: str, config: LedgerConfig, estimate: int) -> tuple[Hold, LedgerDecision]:
        return self._ledger(key, config, lambda ledger, now: ledger.reserve(estimate, now))

    def reserve_all(
        self, keys: Sequence[str], configs: Sequence[LedgerConfig], estimates: Sequence[int]
    ) -> tuple[list[Hold], list[LedgerDecision]]:
        def call(found: list[Ledger], now: int) -> tuple[list[Hold], list[LedgerDecision]]:
            holds, decisions, _ = several.reserve(found, estimates, now)
            return [hold or Hold(0, 0, 0, 0, 0) for hold in holds], decisions

        return self._decide(keys, lambda place, data: Ledger.decode(data, configs[place]), call)

    def _on_hold(
        self, key: str, config: LedgerConfig, hold: Hold, call: Callable[[Ledger, Hold, int], LedgerDecision]
    ) -> LedgerDecision:
        def decided(ledger: Ledger, now: int) -> tuple[LedgerDecision, Hold]:
            mine = Hold(hold.ledger_id, hold.id, hold.period, hold.amount, hold.expires_at)
            return call(ledger, mine, now), mine

        decision, found = self._ledger(key, config, decided)
        hold.id, hold.period, hold.amount, hold.expires_at = found.id, found.period, found.amount, found.expires_at
        return decision

    def extend(self, key: str, config: LedgerConfig, hold: Hold, more: int) -> LedgerDecision:
        return self._on_hold(key, config, hold, lambda ledger, mine, now: ledger.extend(mine, more, now))

    def post(self, key: str, config: LedgerConfig, hold: Hold, part: int) -> LedgerDecision:
        return self._on_hold(key, config, hold, lambda ledger, mine, now: ledger.post(mine, part, now))

    def draw(self, key: str, config: LedgerConfig, hold: Hold, part: int, more: int) -> LedgerDecision:
        def call(ledger: Ledger, mine: Hold, now: int) -> LedgerDecision:
            extended = ledger.extend(mine, more, now)
            if extended.allowed:
                # A post is never refused: more than is held would be spent past the limit.
                if part > mine.amount:
                    raise error(PART)
                posted = ledger.post(mine, part, now)
                newly = extended.newly_crossed | posted.newly_crossed
                return replace(posted, allowed=True, expired=extended.expired, newly_crossed=newly)
            return extended

        return self._on_hold(key, config, hold, call)

    def settle(self, key: str, config: LedgerConfig, hold: Hold, actual: int) -> LedgerDecision:
        return self._on_hold(key, config, hold, lambda ledger, mine, now: ledger.settle(mine, actual, now))

    def release(self, key: str, config: LedgerConfig, hold: Hold) -> LedgerDecision:
        return self._on_hold(key, config, hold, lambda ledger, mine, now: ledger.release(mine, now))

    def record(self, key: str, config: LedgerConfig, amount: int) -> LedgerDecision:
        return self._ledger(key, config, lambda ledger, now: ledger.record(amount, now))

    def roll(self, key: str, config: LedgerConfig, period: int) -> LedgerDecision:
        return self._ledger(key, config, lambda ledger, now: ledger.roll(period, now))

    def acquire(self, key: str, config: BreakerConfig) -> Permit:
        def call(found: list[Breaker], now: int) -> Permit:
            return found[0].acquire(now)

        return self._decide([key], lambda _, data: Breaker.decode(data, config), call)

    def report(
        self,
        key: str,
        config: BreakerConfig,
        permit: Permit,
        outcome: Outcome,
        duration: int,
        retry_at: int | None = None,
    ) -> None:
        self._decide(
            [key],
            lambda _, data: Breaker.decode(data, config),
            lambda found, now: found[0].report(permit, outcome, duration, now, retry_at),
        )

    def _rate_limit(self, key: str, config: RateLimitConfig, call: Callable[[RateLimit, int], Answer]) -> Answer:
        return self._decide(
            [key], lambda _, data: RateLimit.decode(data, config), lambda found, now: call(found[0], now)
        )

    def take(self, key: str, config: RateLimitConfig, amount: int) -> RateLimitDecision:
        return self._rate_limit(key, config, lambda limit, now: limit.acquire(amount, now))

    def adjust(self, key: str, config: RateLimitConfig, taken_at: int, by: int) -> RateLimitDecision:
        return self._rate_limit(key, config, lambda limit, now: limit.adjust(taken_at, by, now))
