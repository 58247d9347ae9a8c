"""The golden cases through every part of the module that has a call for one row."""

from __future__ import annotations

import dataclasses
import unittest
from array import array
from collections import Counter
from collections.abc import Callable
from typing import Any

import cloudcircuit as cc
from cloudcircuit import columns, exact, flags

from .golden import Case, cases, words


def answer(call: Callable[[], Any]) -> tuple[str, Any]:
    """The status, as the cases name it, and what the call returned."""
    try:
        return "OK", call()
    except cc.CloudcircuitError as error:
        return error.name.removeprefix("CLOUDCIRCUIT_"), None


class Golden(unittest.TestCase):
    """Line by line. States, holds and permits live from line to line."""

    def test_every_line(self) -> None:
        seen: Counter[str] = Counter()
        for case in cases():
            run = getattr(self, f"run_{case.kind}", None)
            if run is None:
                self.fail(f"a kind of line that is not wrapped: {case.line}")
            with self.subTest(case.line):
                run(case, *case.arguments)
            seen[case.kind] += 1
        self.assertGreaterEqual(sum(seen.values()), 700)
        self.assertGreaterEqual(len(seen), 20, seen)

    def same(self, case: Case, status: str, found: Any, *fields: str) -> None:
        self.assertEqual(status, case.status)
        if status == "OK":
            self.assertEqual(words(*[getattr(found, field) for field in fields]), case.results)

    def flags_are(self, case: Case, found: int, *bits: int) -> None:
        """The line's last numbers stand for these bits, also when it expects an error."""
        values = case.results[-len(bits) :]
        wanted = sum(bit for bit, value in zip(bits, values) if value == "1")
        self.assertEqual(found, wanted | (0 if case.status == "OK" else flags.INVALID))

    def run_budget(self, case: Case, *arguments: str) -> None:
        numbers = [float(argument) for argument in arguments]
        status, found = answer(lambda: cc.check_budget(*numbers))
        self.same(case, status, found, "usage_ratio", "remaining_budget", "is_warning", "is_breached")
        self.flags_are(case, flags.budget(*numbers), flags.WARNING, flags.BREACHED)

    def run_budget_i64(self, case: Case, *arguments: str) -> None:
        numbers = [int(argument) for argument in arguments]
        status, found = answer(lambda: exact.check_budget(*numbers))
        self.same(case, status, found, "usage_ppm", "remaining_budget", "is_warning", "is_breached")
        self.flags_are(case, flags.exact_budget(*numbers), flags.WARNING, flags.BREACHED)

    def run_spike(self, case: Case, *arguments: str) -> None:
        multiplier, floor, *points = [float(argument) for argument in arguments]
        for series in (points, tuple(points), array("d", points)):
            status, found = answer(lambda: cc.check_anomaly_spike(series, multiplier, floor))
            self.same(case, status, found, "latest_spend", "baseline_mean", "threshold", "is_spike")
            self.flags_are(case, flags.spike(series, multiplier, floor), flags.SPIKE)

    def run_spike_i64(self, case: Case, *arguments: str) -> None:
        ppm, floor, *points = [int(argument) for argument in arguments]
        for series in (points, array("q", points)):
            status, found = answer(lambda: exact.check_anomaly_spike(series, ppm, floor))
            self.same(case, status, found, "latest_spend", "baseline_mean", "threshold", "is_spike")

    def run_breaker(self, case: Case, *arguments: str) -> None:
        numbers = [int(argument) for argument in arguments]
        status, found = answer(lambda: cc.evaluate_circuit_breaker(*numbers))
        self.same(case, status, found, "retry_after_steps", "is_open", "allow_operation")
        self.flags_are(case, flags.breaker(*numbers), flags.OPEN, 0)

    def run_guard(self, case: Case, *arguments: str) -> None:
        *signals, policy = [None if text == "-" else list(map(int, text.split(","))) for text in arguments]
        found: Any = [cc.Signal(*signal) for signal in signals]  # type: ignore
        by: Any = cc.GuardPolicy(*policy) if policy else cc.GuardPolicy()
        status, decision = answer(lambda: cc.evaluate_guard(found, by))
        self.same(
            case,
            status,
            decision,
            "action",
            "monitor_action",
            "reasons",
            "monitor_reasons",
            "kinds",
            "retry_after",
        )
        shuffled = answer(lambda: cc.evaluate_guard(reversed(found), by))
        self.assertEqual(shuffled, (status, decision))

    def run_money_from_double(self, case: Case, amount: str, scale: str) -> None:
        status, minor = answer(lambda: exact.from_float(float(amount), int(scale)))
        self.assertEqual([status, *words(minor or 0)], [case.status, *case.results])

    def run_money_to_double(self, case: Case, minor: str, scale: str) -> None:
        status, amount = answer(lambda: exact.to_float(int(minor), int(scale)))
        self.assertEqual([status, *words(amount or 0.0)], [case.status, *case.results])

    def run_forecast(self, case: Case, *arguments: str) -> None:
        season, lag, negative, start, step, period_len = map(int, arguments[:6])
        history, period = ([] if text == "-" else list(map(float, text.split(","))) for text in arguments[7:])
        kind: Any = negative
        config = cc.ForecastConfig(season, lag, kind, start, step)
        status, found = answer(
            lambda: cc.forecast_budget(history, period, period_len, float(arguments[6]), config)
        )
        self.assertEqual(status, case.status)
        if status == "OK":
            *numbers, _, _, _ = [getattr(found, field.name) for field in dataclasses.fields(found)]
            point = -1 if found.exhaustion_point is None else found.exhaustion_point
            verdict = 1 if found.is_sufficient else 3
            self.assertEqual(words(*numbers, point, found.is_forecast_breached, verdict), case.results)

    # Before each call a state goes through its bytes.

    def run_ledger_config(self, case: Case, *arguments: str) -> None:
        limit, carry_max, debt_max, duration, thresholds, *rest = arguments
        told = () if thresholds == "-" else tuple(map(int, thresholds.split(",")))
        numbers: Any = map(int, (limit, carry_max, debt_max, duration))
        words: Any = map(int, rest)
        self.ledger_config = cc.LedgerConfig(*numbers, told, *words)

    def run_ledger_init(self, case: Case, ledger_id: str, period: str, now: str) -> None:
        status, made = answer(
            lambda: cc.Ledger(self.ledger_config, ledger_id=int(ledger_id), period=int(period), now=int(now))
        )
        self.assertEqual(status, case.status)
        if made:
            self.ledger = made
            self.holds: dict[str, cc.Hold] = {}

    def run_ledger_reserve(self, case: Case, name: str, *arguments: str) -> None:
        numbers: Any = map(int, arguments)
        found = self.on_ledger(case, lambda ledger: ledger.reserve(*numbers))
        self.holds[name] = found[0] if found else cc.Hold(0, 0, 0, 0, 0)

    def run_ledger_extend(self, case: Case, name: str, *arguments: str) -> None:
        self.on_hold(case, cc.Ledger.extend, name, *arguments)

    def run_ledger_post(self, case: Case, name: str, *arguments: str) -> None:
        self.on_hold(case, cc.Ledger.post, name, *arguments)

    def run_ledger_settle(self, case: Case, name: str, *arguments: str) -> None:
        self.on_hold(case, cc.Ledger.settle, name, *arguments)

    def run_ledger_release(self, case: Case, name: str, *arguments: str) -> None:
        self.on_hold(case, cc.Ledger.release, name, *arguments)

    def run_ledger_record(self, case: Case, *arguments: str) -> None:
        numbers: Any = map(int, arguments)
        self.on_ledger(case, lambda ledger: ledger.record(*numbers))

    def run_ledger_roll(self, case: Case, *arguments: str) -> None:
        numbers: Any = map(int, arguments)
        self.on_ledger(case, lambda ledger: ledger.roll(*numbers))

    def run_ledger_reset(self, case: Case, *arguments: str) -> None:
        numbers: Any = map(int, arguments)
        self.assertEqual(answer(lambda: self.ledger.reset(*numbers))[0], case.status)

    def on_hold(self, case: Case, call: Callable[..., Any], name: str, *arguments: str) -> None:
        numbers = list(map(int, arguments))
        before = dataclasses.replace(self.holds[name])
        found = self.on_ledger(case, lambda ledger: call(ledger, self.holds[name], *numbers))
        if not found:
            self.assertEqual(self.holds[name], before)

    def on_ledger(self, case: Case, call: Callable[[cc.Ledger], Any]) -> Any:
        before = self.ledger.encode()
        ledger = self.ledger = cc.Ledger.decode(before, self.ledger_config)
        status, found = answer(lambda: call(ledger))
        decision = found[1] if isinstance(found, tuple) else found
        self.same(case, status, decision, *[field.name for field in dataclasses.fields(cc.LedgerDecision)])
        if status == "OK":
            self.assertEqual((ledger.settled, ledger.held), (decision.settled, decision.held))
        else:
            self.assertEqual(ledger.encode(), before)
        return found

    def run_rate_config(self, case: Case, *arguments: str) -> None:
        numbers: Any = map(int, arguments)
        self.rate_config = cc.RateLimitConfig(*numbers)

    def run_rate_init(self, case: Case, now: str) -> None:
        self.rate = cc.RateLimit(self.rate_config, now=int(now))

    def run_rate_acquire(self, case: Case, *arguments: str) -> None:
        numbers: Any = map(int, arguments)
        self.on_rate_limit(case, lambda limit: limit.acquire(*numbers))

    def run_rate_adjust(self, case: Case, *arguments: str) -> None:
        numbers: Any = map(int, arguments)
        self.on_rate_limit(case, lambda limit: limit.adjust(*numbers))

    def run_rate_reset(self, case: Case, now: str) -> None:
        self.assertEqual(answer(lambda: self.rate.reset(int(now)))[0], case.status)

    def run_detect_config(self, case: Case, *arguments: str) -> None:
        season, window, lag, negative = map(int, arguments[:4])
        threshold, impact, relative, baseline = map(float, arguments[4:8])
        start, step = map(int, arguments[8:])
        self.detect_config = cc.DetectConfig(
            season, window, lag, threshold, impact, relative, baseline, None if start == -(2**63) else start, step
        )
        object.__setattr__(self.detect_config, "negative_points", negative)

    def run_detect(self, case: Case, *points: str) -> None:
        self.finding(case, lambda: cc.detect_spike(list(map(float, points)), self.detect_config))

    def run_detect_scan(self, case: Case, *points: str) -> None:
        found = columns.scan_spikes(array("d", map(float, points)), self.detect_config)
        assert found.expected_spend and found.upper_bound
        rows = zip(found.flags, found.expected_spend, found.upper_bound)
        self.assertEqual([word for row in rows for word in words(*row)], case.results)

    def run_detect_init(self, case: Case) -> None:
        self.tracker = cc.SpikeTracker(self.detect_config)

    def run_detect_update(self, case: Case, point: str) -> None:
        self.finding(case, lambda: self.tracker.update(float(point)))

    def finding(self, case: Case, call: Callable[[], cc.Detection]) -> None:
        names = "latest_spend expected_spend upper_bound excess score leak_score drop_score points_used verdict reason"
        status, found = answer(call)
        self.same(case, status, found, *names.split(), "is_leak", "is_drop")

    def on_rate_limit(self, case: Case, call: Callable[[cc.RateLimit], Any]) -> None:
        before = self.rate.encode()
        limit = self.rate = cc.RateLimit.decode(before, self.rate_config)
        status, found = answer(lambda: call(limit))
        self.same(case, status, found, *[field.name for field in dataclasses.fields(cc.RateLimitDecision)])
        if status != "OK":
            self.assertEqual(limit.encode(), before)

    def run_breaker_config(self, case: Case, *arguments: str) -> None:
        numbers: Any = map(int, arguments)
        self.breaker_config = cc.BreakerConfig(*numbers)

    def run_breaker_init(self, case: Case, now: str) -> None:
        self.state = cc.Breaker(self.breaker_config, now=int(now))
        self.permits: dict[str, cc.Permit] = {}

    def run_breaker_acquire(self, case: Case, name: str, now: str) -> None:
        status, permit = self.on_breaker(lambda breaker: breaker.acquire(int(now)))
        self.same(case, status, permit, *[field.name for field in dataclasses.fields(cc.Permit)])
        self.permits[name] = permit

    def run_breaker_peek(self, case: Case, name: str, now: str) -> None:
        before = self.state.encode()
        status, permit = self.on_breaker(lambda breaker: breaker.peek(int(now)))
        self.same(case, status, permit, *[field.name for field in dataclasses.fields(cc.Permit)])
        self.permits[name] = permit
        self.assertEqual(self.state.encode(), before)

    def run_breaker_report(self, case: Case, name: str, *arguments: str) -> None:
        outcome, duration, retry_at, now = map(int, arguments)
        numbers: Any = (outcome, duration, now, None if retry_at == -(2**63) else retry_at)
        permit = self.permits[name]
        self.stands(case, *self.on_breaker(lambda breaker: breaker.report(permit, *numbers)))

    def run_breaker_force(self, case: Case, *arguments: str) -> None:
        numbers: Any = map(int, arguments)
        self.stands(case, *self.on_breaker(lambda breaker: breaker.force(*numbers)))

    def run_breaker_reset(self, case: Case, now: str) -> None:
        self.stands(case, *self.on_breaker(lambda breaker: breaker.reset(int(now))))

    def on_breaker(self, call: Callable[[cc.Breaker], Any]) -> tuple[str, Any]:
        before = self.state.encode()
        breaker = self.state = cc.Breaker.decode(before, self.breaker_config)
        status, found = answer(lambda: call(breaker))
        if status != "OK":
            self.assertEqual(breaker.encode(), before)
        return status, found

    def stands(self, case: Case, status: str, _: None) -> None:
        self.assertEqual([status, *words(self.state.phase, self.state.revision)], [case.status, *case.results])


if __name__ == "__main__":
    unittest.main()
