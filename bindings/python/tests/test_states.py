"""Breakers, ledgers and rate limits as a host has them: stored, copied, shared, run through."""

from __future__ import annotations

import copy
import pickle
import threading
import unittest
from array import array
from typing import Any

import cloudcircuit as cc
from cloudcircuit import ledgers

from .threads import together

LIMIT = cc.LedgerConfig(limit=1000, hold_duration=160)


def ledger(config: cc.LedgerConfig = LIMIT, ledger_id: int = 1) -> cc.Ledger:
    return cc.Ledger(config, ledger_id=ledger_id, period=1, now=0)


class Clock:
    """Says the time that it was set to."""

    def __init__(self, now: int = 0) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class Liar(bytes):
    """Says that it is longer than it is."""

    def __len__(self) -> int:
        return 10_000


class Stored(unittest.TestCase):
    def kinds(self) -> list[tuple[Any, tuple[Any, ...]]]:
        """A state of each kind, and what its class needs to decode it."""
        config = cc.RateLimitConfig(limit=10, duration=100)
        return [
            (cc.Breaker(cc.BreakerConfig(failure_threshold=2), now=5), (cc.BreakerConfig(failure_threshold=2),)),
            (ledger(), (LIMIT,)),
            (cc.RateLimit(config, now=5), (config,)),
            (cc.SpikeTracker(), ()),
        ]

    def test_spoilt_bytes_are_no_state(self) -> None:
        for state, settings in self.kinds():
            kind, stored = type(state), state.encode()
            for same in (stored, bytearray(stored), memoryview(stored), array("B", stored), array("I", stored)):
                self.assertEqual(kind.decode(same, *settings).encode(), stored)
            for bit in range(8 * len(stored)):
                spoilt = bytearray(stored)
                spoilt[bit // 8] ^= 1 << bit % 8
                with self.assertRaises(cc.CorruptStateError):
                    kind.decode(bytes(spoilt), *settings)
            for wrong in (b"", stored[:-1], stored + b"\0"):
                with self.assertRaisesRegex(cc.CloudcircuitError, "len must be"):
                    kind.decode(wrong, *settings)

    def test_a_length_is_that_of_the_bytes_and_not_what_a_class_says(self) -> None:
        for state, settings in self.kinds():
            kind, stored = type(state), state.encode()
            self.assertEqual(kind.decode(Liar(stored), *settings).encode(), stored)
            with self.assertRaisesRegex(cc.CloudcircuitError, "len must be"):
                kind.decode(Liar(b"short"), *settings)

        class Series(array):  # type: ignore[type-arg]
            def __len__(self) -> int:
                return 10_000

        self.assertEqual(cc.check_anomaly_spike(Series("d", [1.0, 9.0])).baseline_mean, 1.0)

    def test_copies_share_nothing(self) -> None:
        def change(state: Any) -> None:
            if isinstance(state, cc.Breaker):
                state.report(state.acquire(6), cc.Outcome.FAILURE, 0, 6)
            elif isinstance(state, cc.Ledger):
                state.reserve(5, 6)
            elif isinstance(state, cc.RateLimit):
                state.acquire(5, 6)
            else:
                state.update(5.0)

        for state, _ in self.kinds():
            before = state.encode()
            for other in (copy.copy(state), copy.deepcopy(state), pickle.loads(pickle.dumps(state))):
                self.assertIs(type(other), type(state))
                self.assertEqual((other.encode(), other.config), (before, state.config))
                change(other)
                self.assertEqual((state.encode(), state.revision), (before, 0))
                self.assertEqual(other.revision, 1)

    def test_compare_and_swap_spends_a_budget_once(self) -> None:
        """Eight threads share stored bytes as the documentation says; none but the swap is locked."""
        stored = ledger().encode()
        lock = threading.Lock()
        spent: list[int] = []

        def swap(read: bytes, write: bytes) -> bool:
            nonlocal stored
            with lock:
                if stored != read:
                    return False
                stored = write
                return True

        def update(change: Any) -> Any:
            while True:
                read = stored
                mine = cc.Ledger.decode(read, LIMIT)
                found = change(mine)
                if mine.encode() == read or swap(read, mine.encode()):
                    return found

        def spender() -> None:
            while True:
                hold, decision = update(lambda mine: mine.reserve(7, 1))
                if not decision.allowed:
                    return
                spent.append(7)
                update(lambda mine: mine.settle(copy.copy(hold), 7, 2))

        together(spender)
        self.assertEqual(sum(spent), 994)
        self.assertEqual(cc.Ledger.decode(stored, LIMIT).settled, 994)


class Breakers(unittest.TestCase):
    def test_report_and_acquire(self) -> None:
        config = cc.BreakerConfig(failure_threshold=2, open_duration=10, max_open_duration=10)
        breaker = cc.Breaker(config, now=0)
        permit = breaker.acquire(0)
        permit = breaker.report_and_acquire(permit, cc.Outcome.FAILURE, 1, 1)
        self.assertEqual((permit.allowed, breaker.consecutive_failures), (True, 1))
        refused = breaker.report_and_acquire(permit, cc.Outcome.FAILURE, 1, 2)
        self.assertEqual((refused.allowed, refused.would_refuse, refused.retry_after), (False, True, 10))
        self.assertEqual((breaker.phase, breaker.trips), (cc.Phase.OPEN, 1))
        before = breaker.revision
        with self.assertRaises(cc.StalePermitError):
            breaker.report(permit, cc.Outcome.SUCCESS, 1, 3)
        self.assertEqual(breaker.revision, before)

    def test_peek_changes_nothing_and_reset_starts_over(self) -> None:
        breaker = cc.Breaker(cc.BreakerConfig(failure_threshold=1), now=0)
        breaker.report(breaker.acquire(0), cc.Outcome.FAILURE, 0, 10**15)
        before = breaker.encode()
        self.assertEqual(breaker.peek(5).allowed, False)
        self.assertEqual((breaker.peek(5).generation, breaker.encode()), (0, before))
        breaker.reset(5)
        permit = breaker.acquire(6)
        self.assertEqual((permit.allowed, permit.clock_regressed), (True, False))

    def test_a_retry_at_opens_at_once(self) -> None:
        breaker = cc.Breaker(cc.BreakerConfig(max_retry_after=500), now=0)
        breaker.report(breaker.acquire(0), cc.Outcome.FAILURE, 0, 1, retry_at=301)
        self.assertEqual(breaker.acquire(1).retry_after, 300)
        self.assertEqual(breaker.trips, 0)

    def test_monitor_refuses_nothing_and_says_what_it_would(self) -> None:
        breaker = cc.Breaker(cc.BreakerConfig(failure_threshold=1, mode=cc.Mode.MONITOR), now=0)
        breaker.report(breaker.acquire(0), cc.Outcome.FAILURE, 0, 1)
        permit = breaker.acquire(2)
        self.assertEqual((permit.allowed, permit.would_refuse), (True, True))

    def test_without_a_rule_there_is_no_breaker(self) -> None:
        with self.assertRaisesRegex(cc.CloudcircuitError, "must have a rule"):
            cc.Breaker(cc.BreakerConfig(failure_threshold=0), now=0).acquire(0)


class Calls(unittest.TestCase):
    """The context manager of a breaker: open after two failures, for 10, then one probe."""

    def setUp(self) -> None:
        config = cc.BreakerConfig(
            failure_threshold=2, open_duration=10, max_open_duration=10, probe_timeout=5, max_retry_after=100
        )
        self.breaker, self.clock = cc.Breaker(config, now=0), Clock()

    def fail(self, kind: Any = OSError) -> None:
        with self.breaker.call(self.clock):
            raise kind

    def test_exceptions_are_failures_and_open_it(self) -> None:
        for failures in (1, 2):
            with self.assertRaises(OSError):
                self.fail()
            self.assertEqual(self.breaker.consecutive_failures, failures)
        with self.assertRaises(cc.RefusedError) as caught:
            with self.breaker.call(self.clock):
                raise AssertionError("the body of a refused call ran")
        self.assertEqual(str(caught.exception), "the breaker is open: retry after 10")
        self.assertEqual(caught.exception.decision.allowed, False)
        self.clock.now = 10
        with self.breaker.call(self.clock) as call:
            self.assertEqual(call.permit.probe_slot, 1)
        self.assertIs(self.breaker.phase, cc.Phase.CLOSED)

    def test_what_cancels_a_probe_gives_its_place_back(self) -> None:
        for _ in range(2):
            with self.assertRaises(OSError):
                self.fail()
        self.clock.now = 10
        for kind in (KeyboardInterrupt, GeneratorExit, SystemExit):
            with self.assertRaises(kind):
                self.fail(kind)
            self.assertIs(self.breaker.phase, cc.Phase.HALF_OPEN)
        self.assertTrue(self.breaker.acquire(10).allowed)

    def test_the_body_has_the_last_word(self) -> None:
        with self.breaker.call(self.clock) as call:
            call.outcome = cc.Outcome.FAILURE
        self.assertEqual(self.breaker.consecutive_failures, 1)
        with self.assertRaises(LookupError):
            with self.breaker.call(self.clock) as call:
                call.outcome = cc.Outcome.SUCCESS
                raise LookupError
        self.assertEqual(self.breaker.consecutive_failures, 0)
        with self.assertRaises(OSError):
            with self.breaker.call(self.clock) as call:
                call.retry_at = self.clock() + 70
                raise OSError
        self.assertEqual(self.breaker.acquire(self.clock()).retry_after, 70)

    def test_a_time_that_cannot_be_reported_does_not_hide_a_failure(self) -> None:
        for _ in range(2):
            with self.assertRaises(TypeError):
                with self.breaker.call(self.clock) as call:
                    call.retry_at = "tomorrow"  # type: ignore[assignment]
                    raise OSError
        self.assertIsNot(self.breaker.phase, cc.Phase.CLOSED)

    def test_a_return_is_a_success(self) -> None:
        def answer() -> int:
            with self.breaker.call(self.clock):
                return 42

        with self.assertRaises(OSError):
            self.fail()
        self.assertEqual(answer(), 42)
        self.assertEqual(self.breaker.consecutive_failures, 0)

    def test_it_decorates(self) -> None:
        @self.breaker.call(self.clock)
        def answer() -> int:
            return 42

        self.assertEqual([answer(), answer()], [42, 42])

    def test_a_slow_call_takes_the_clocks_time(self) -> None:
        config = cc.BreakerConfig(
            window_size=2, minimum_calls=2, slow_call_rate_ppm=1_000_000, slow_call_duration=5
        )
        breaker = cc.Breaker(config, now=0)
        for duration, phase in ((4, "closed"), (5, "closed"), (5, "open")):
            with breaker.call(self.clock):
                self.clock.now += duration
            self.assertEqual(breaker.phase.word, phase)

    def test_a_breaker_that_moved_on_and_a_clock_that_runs_back(self) -> None:
        self.clock.now = 5
        with self.breaker.call(self.clock):
            self.clock.now = 3
            self.breaker.force(cc.Phase.FORCED_OPEN, 100, 5)
        self.assertIs(self.breaker.phase, cc.Phase.FORCED_OPEN)


class Ledgers(unittest.TestCase):
    def test_a_roll_keeps_what_is_held(self) -> None:
        """Two honest requests of 100 around a roll: the second one waits for the first."""
        mine = ledger(cc.LedgerConfig(limit=100))
        first, _ = mine.reserve(100, 1)
        mine.roll(2, 2)
        self.assertEqual((mine.period, mine.held), (2, 100))
        self.assertFalse(mine.reserve(100, 3)[1].allowed)
        mine.settle(first, 100, 4)
        self.assertEqual((mine.settled, mine.held), (100, 0))

    def test_a_roll_carries_what_was_left_or_overspent(self) -> None:
        mine = ledger(cc.LedgerConfig(limit=100, carry_max=30, debt_max=20))
        mine.record(50, 1)
        mine.roll(2, 2)
        self.assertEqual(mine.carried, 30)
        mine.record(160, 3)
        mine.roll(3, 4)
        self.assertEqual(mine.carried, -20)
        self.assertTrue(mine.roll(1, 5).clock_regressed)
        self.assertEqual(mine.period, 3)

    def test_a_hold_settles_once_and_on_its_own_ledger(self) -> None:
        mine, other = ledger(), ledger(ledger_id=2)
        hold, _ = mine.reserve(40, 1)
        old = copy.copy(hold)
        with self.assertRaisesRegex(cc.CloudcircuitError, "must be of this ledger"):
            other.settle(hold, 40, 2)
        mine.settle(hold, 40, 2)
        self.assertEqual((hold.ledger_id, hold.id, hold.amount), (1, 0, 0))
        before = mine.encode()
        for again in (hold, old):
            with self.assertRaises(cc.HoldSpentError):
                mine.settle(again, 40, 3)
        self.assertEqual((mine.settled, mine.encode()), (40, before))

    def test_a_hold_ends_and_what_was_spent_is_booked(self) -> None:
        mine = ledger()
        hold, _ = mine.reserve(600, 0)
        self.assertEqual(hold.expires_at, 160)
        self.assertFalse(mine.reserve(500, 159)[1].allowed)
        decision = mine.reserve(500, 170)[1]
        self.assertEqual((decision.allowed, decision.expired), (True, 600))
        late = mine.settle(hold, 600, 171)
        self.assertEqual((late.reason, late.settled, late.held), (cc.LedgerReason.EXPIRED, 600, 500))

    def test_extend_and_post_give_the_hold_a_new_id(self) -> None:
        mine = ledger()
        hold, _ = mine.reserve(600, 0)
        self.assertTrue(mine.extend(hold, 100, 100).allowed)
        self.assertEqual((hold.amount, hold.expires_at, mine.held), (700, 260, 700))
        before = copy.copy(hold)
        self.assertFalse(mine.extend(hold, 301, 101).allowed)
        self.assertEqual(hold, before)
        self.assertEqual(mine.post(hold, 50, 102).settled, 50)
        self.assertEqual((hold.amount, hold.id != before.id), (650, True))
        with self.assertRaises(cc.HoldSpentError):
            mine.settle(before, 1, 103)
        self.assertEqual(mine.release(hold, 104).held, 0)

    def test_reset_is_the_operators_word(self) -> None:
        mine = ledger()
        mine.record(5, 10**15)
        mine.reset(7, 3)
        self.assertEqual((mine.period, mine.settled, mine.record(1, 4).clock_regressed), (7, 0, False))

    def test_settings_may_change_between_calls(self) -> None:
        mine = ledger(cc.LedgerConfig(limit=10))
        self.assertFalse(mine.reserve(11, 1)[1].allowed)
        mine.config = cc.LedgerConfig(limit=11)
        self.assertTrue(mine.reserve(11, 1)[1].allowed)

    def test_thresholds_are_told_once(self) -> None:
        amounts = cc.LedgerConfig(
            limit=100,
            thresholds=(40, 90),
            threshold_unit=cc.ThresholdUnit.AMOUNT,
            threshold_basis=cc.ThresholdBasis.COMMITTED,
        )
        mine = ledger(amounts)
        hold, decision = mine.reserve(40, 1)
        self.assertEqual((decision.crossed, decision.newly_crossed), (1, 1))
        mine.release(hold, 2)
        self.assertEqual(mine.reserve(95, 3)[1].newly_crossed, 2)
        for count in (8, 9):
            mine.config = cc.LedgerConfig(limit=100, thresholds=tuple(range(1, count + 1)))
            if count == 8:
                mine.record(0, 4)
            else:
                with self.assertRaisesRegex(cc.CloudcircuitError, "threshold_count"):
                    mine.record(0, 4)


class Spendings(unittest.TestCase):
    """Reserve, run, settle."""

    def setUp(self) -> None:
        self.ledger, self.clock = ledger(), Clock(5)

    def test_what_it_cost_is_booked(self) -> None:
        with self.ledger.spend(400, self.clock) as spending:
            self.assertEqual((self.ledger.held, spending.hold.expires_at), (400, 165))
            spending.actual = 385
        self.assertEqual((self.ledger.settled, self.ledger.held), (385, 0))
        self.assertEqual(spending.decision.settled, 385)

    def test_what_is_not_said_is_booked_whole_also_when_it_failed(self) -> None:
        with self.ledger.spend(400, self.clock):
            pass
        self.assertEqual(self.ledger.settled, 400)
        with self.assertRaises(OSError):
            with self.ledger.spend(100, self.clock):
                raise OSError
        self.assertEqual(self.ledger.settled, 500)
        with self.assertRaises(OSError):
            with self.ledger.spend(100, self.clock) as spending:
                spending.actual = 0
                raise OSError
        self.assertEqual((self.ledger.settled, self.ledger.held), (500, 0))
        with self.assertRaises(KeyboardInterrupt):
            with self.ledger.spend(100, self.clock):
                raise KeyboardInterrupt
        self.assertEqual((self.ledger.settled, self.ledger.held), (600, 0))

    def test_an_actual_that_cannot_be_booked_books_all_that_is_held(self) -> None:
        with self.assertRaises(cc.CloudcircuitError):
            with self.ledger.spend(100, self.clock) as spending:
                spending.actual = -1
        with self.assertRaises(TypeError):
            with self.ledger.spend(100, self.clock) as spending:
                spending.actual = "9"  # type: ignore[assignment]
        self.assertEqual((self.ledger.settled, self.ledger.held), (200, 0))

    def test_a_refused_request_does_not_run(self) -> None:
        with self.assertRaises(cc.RefusedError) as caught:
            with self.ledger.spend(1001, self.clock):
                raise AssertionError("the body of a refused request ran")
        self.assertEqual(str(caught.exception), "the ledger refuses 1001: exceeds_limit, 1000 available")
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual((str(again), again.decision), (str(caught.exception), caught.exception.decision))

    def test_the_body_may_post_extend_and_release(self) -> None:
        with self.ledger.spend(400, self.clock) as spending:
            self.ledger.extend(spending.hold, 100, 6)
            self.ledger.post(spending.hold, 150, 7)
        self.assertEqual((self.ledger.settled, self.ledger.held), (500, 0))
        with self.ledger.spend(400, self.clock) as spending:
            self.ledger.release(spending.hold, 8)
        self.assertEqual((self.ledger.settled, self.ledger.held), (500, 0))

    def test_a_refusal_under_a_breaker_frees_its_probe_and_is_no_failure(self) -> None:
        breaker = cc.Breaker(cc.BreakerConfig(failure_threshold=1, open_duration=10), now=0)
        breaker.report(breaker.acquire(0), cc.Outcome.FAILURE, 0, 0)
        self.clock.now = 10
        with self.assertRaises(cc.RefusedError):
            with breaker.call(self.clock) as call:
                self.assertEqual(call.permit.probe_slot, 1)
                with self.ledger.spend(1001, self.clock):
                    raise AssertionError("the body of a refused request ran")
        self.assertIs(breaker.phase, cc.Phase.HALF_OPEN)
        self.assertEqual(breaker.acquire(10).probe_slot, 1)


class Several(unittest.TestCase):
    def setUp(self) -> None:
        self.user, self.team = ledger(cc.LedgerConfig(limit=100)), ledger(cc.LedgerConfig(limit=50), 2)
        self.both = [self.user, self.team]

    def test_all_or_none(self) -> None:
        before = [mine.encode() for mine in self.both]
        holds, decisions, refused_by = ledgers.reserve(self.both, [60, 60], 1)
        self.assertEqual((holds, refused_by), ([None, None], 1))
        self.assertEqual([decision.would_refuse for decision in decisions], [False, True])
        self.assertEqual([mine.encode() for mine in self.both], before)

        holds, decisions, refused_by = ledgers.reserve(self.both, [60, 50], 2)
        self.assertIsNone(refused_by)
        self.assertEqual([mine.held for mine in self.both], [60, 50])
        self.assertEqual(ledgers.extend(self.both, holds, [10, 1], 3)[1], 1)
        self.assertEqual(ledgers.extend(self.both, holds, [10, 0], 3)[1], None)
        ledgers.settle(self.both, holds, [65, 45], 4)
        self.assertEqual([(mine.settled, mine.held) for mine in self.both], [(65, 0), (45, 0)])

        with self.assertRaises(cc.HoldSpentError) as caught:
            ledgers.release(self.both, holds, 5)
        self.assertEqual(caught.exception.failed_at, 0)

    def test_one_may_be_left_out(self) -> None:
        holds, decisions, refused_by = ledgers.reserve(self.both, [None, 5], 1)
        self.assertEqual(
            (holds[0], refused_by, decisions[0].reason, decisions[0].allowed), (None, None, None, True)
        )
        self.assertEqual([mine.held for mine in self.both], [0, 5])
        ledgers.release(self.both, holds, 2)
        ledgers.record(self.both, [None, 7], 3)
        ledgers.roll(self.both, [9, None], 4)
        self.assertEqual([(mine.period, mine.settled) for mine in self.both], [(9, 0), (1, 7)])

    def test_errors_say_whose_they_are(self) -> None:
        for wrong, message, failed_at in (
            ([5, -1], "estimate must be", 1),
            ([-1, 5], "estimate must be", 0),
        ):
            with self.assertRaisesRegex(cc.CloudcircuitError, message) as caught:
                ledgers.reserve(self.both, wrong, 1)
            self.assertEqual(caught.exception.failed_at, failed_at)
        for none in ([], [self.user] * 17):
            with self.assertRaisesRegex(cc.CloudcircuitError, "count must be") as caught:
                ledgers.reserve(none, [1] * len(none), 1)
            self.assertIsNone(caught.exception.failed_at)
        with self.assertRaisesRegex(cc.CloudcircuitError, "stand in a call once"):
            ledgers.reserve([self.user, copy.copy(self.user)], [1, 1], 1)
        self.assertEqual([mine.revision for mine in self.both], [0, 0])


class RateLimits(unittest.TestCase):
    def test_no_window_has_more_than_the_limit(self) -> None:
        """Whatever is taken one unit at a time over four durations, no window of 160 has more than 10."""
        limit = cc.RateLimit(cc.RateLimitConfig(limit=10, duration=160), now=0)
        taken = [now for now in range(640) if limit.acquire(1, now).allowed]
        self.assertGreaterEqual(len(taken), 30)
        for start in range(640):
            self.assertLessEqual(sum(start <= now < start + 160 for now in taken), 10)

    def test_retry_after_is_the_first_time_at_which_it_fits(self) -> None:
        limit = cc.RateLimit(cc.RateLimitConfig(limit=10, duration=160), now=0)
        limit.acquire(10, 3)
        wait = limit.acquire(1, 20).retry_after
        self.assertFalse(limit.acquire(1, 20 + wait - 1).allowed)
        self.assertTrue(limit.acquire(1, 20 + wait).allowed)
        never = limit.acquire(11, 20 + wait)
        self.assertEqual((never.reason, never.retry_after), (cc.RateReason.EXCEEDS_LIMIT, 2**63 - 1))

    def test_adjust_gives_back_and_reset_starts_over(self) -> None:
        limit = cc.RateLimit(cc.RateLimitConfig(limit=10, duration=160), now=0)
        decision = limit.acquire(10, 1)
        self.assertEqual(limit.adjust(decision.taken_at, -4, 2).available, 4)
        self.assertEqual(limit.adjust(decision.taken_at, 6, 2).used, 12)
        limit.reset(0)
        self.assertEqual(limit.acquire(10, 0).allowed, True)

    def test_modes(self) -> None:
        for mode, would_refuse in ((cc.Mode.MONITOR, True), (cc.Mode.UNLIMITED, False)):
            limit = cc.RateLimit(cc.RateLimitConfig(1, 160, mode), now=0)
            decision = limit.acquire(2, 1)
            self.assertEqual((decision.allowed, decision.would_refuse), (True, would_refuse))


if __name__ == "__main__":
    unittest.main()
