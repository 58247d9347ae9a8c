"""The golden cases through every part of the module that has a call for one row."""

from __future__ import annotations

import unittest
from array import array
from collections import Counter
from collections.abc import Callable
from typing import Any

import cloudcircuit as cc
from cloudcircuit import exact, flags

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

    def run_guard(self, case: Case, budget: str, spike: str, breaker: str, *policy: str) -> None:
        signals: list[Any] = [None, None, None]
        if budget != "-":
            is_warning, is_breached = map(int, budget.split(","))
            signals[0] = cc.BudgetCheckResult(0.0, 0.0, 0.0, 0.0, is_warning, is_breached)  # type: ignore
        if spike != "-":
            signals[1] = cc.AnomalyCheckResult(0.0, 0.0, 0.0, int(spike))  # type: ignore
        if breaker != "-":
            retry, is_open, allow = map(int, breaker.split(","))
            signals[2] = cc.CircuitBreakerDecision(is_open, allow, retry)  # type: ignore
        by: Any = cc.GuardPolicy(*map(int, policy))  # type: ignore
        status, found = answer(lambda: cc.evaluate_guard(*signals, by))
        self.same(case, status, found, "action", "reasons", "retry_after_steps")

    def run_money_from_double(self, case: Case, amount: str, scale: str) -> None:
        status, minor = answer(lambda: exact.from_float(float(amount), int(scale)))
        self.assertEqual([status, *words(minor or 0)], [case.status, *case.results])

    def run_money_to_double(self, case: Case, minor: str, scale: str) -> None:
        status, amount = answer(lambda: exact.to_float(int(minor), int(scale)))
        self.assertEqual([status, *words(amount or 0.0)], [case.status, *case.results])

    # Before each call a state goes through its bytes.

    def run_ledger_config(self, case: Case, limit: str, is_unlimited: str, shares: str) -> None:
        ppm = () if shares == "-" else tuple(map(int, shares.split(",")))
        self.ledger_config = cc.LedgerConfig(int(limit), int(is_unlimited), ppm)  # type: ignore

    def run_ledger_init(self, case: Case, period: str) -> None:
        self.ledger = cc.Ledger(self.ledger_config, period=int(period))
        self.holds: dict[str, cc.Hold] = {}

    def run_ledger_reserve(self, case: Case, name: str, estimate: str) -> None:
        hold, decision = self.on_ledger(case, lambda ledger: ledger.reserve(int(estimate))) or (
            cc.Hold(0, 0),
            None,
        )
        self.holds[name] = hold

    def run_ledger_settle(self, case: Case, name: str, actual: str) -> None:
        self.on_ledger(case, lambda ledger: ledger.settle(self.holds[name], int(actual)))

    def run_ledger_release(self, case: Case, name: str) -> None:
        self.on_ledger(case, lambda ledger: ledger.release(self.holds[name]))

    def run_ledger_record(self, case: Case, amount: str) -> None:
        self.on_ledger(case, lambda ledger: ledger.record(int(amount)))

    def run_ledger_roll(self, case: Case, period: str) -> None:
        self.on_ledger(case, lambda ledger: ledger.roll(int(period)))

    def on_ledger(self, case: Case, call: Callable[[cc.Ledger], Any]) -> Any:
        before = self.ledger.encode()
        ledger = self.ledger = cc.Ledger.decode(before, self.ledger_config)
        status, found = answer(lambda: call(ledger))
        decision = found[1] if isinstance(found, tuple) else found
        fields = "settled held available overshoot allowed reason crossed newly_crossed"
        self.same(case, status, decision, *fields.split())
        if status == "OK":
            self.assertEqual((ledger.settled, ledger.held), (decision.settled, decision.held))
        else:
            self.assertEqual(ledger.encode(), before)
        return found

    def run_breaker_config(self, case: Case, *arguments: str) -> None:
        self.breaker_config = cc.BreakerConfig(*map(int, arguments))

    def run_breaker_init(self, case: Case, now: str) -> None:
        self.state = cc.Breaker(self.breaker_config, now=int(now))
        self.permits: dict[str, cc.Permit] = {}

    def run_breaker_acquire(self, case: Case, name: str, now: str) -> None:
        status, permit = self.on_breaker(lambda breaker: breaker.acquire(int(now)))
        fields = "generation retry_after deadline phase allowed probe_slot clock_regressed"
        self.same(case, status, permit, *fields.split())
        self.permits[name] = permit

    def run_breaker_report(self, case: Case, name: str, *arguments: str) -> None:
        numbers: Any = map(int, arguments)
        permit = self.permits[name]
        self.stands(case, *self.on_breaker(lambda breaker: breaker.report(permit, *numbers)))

    def run_breaker_force(self, case: Case, *arguments: str) -> None:
        numbers: Any = map(int, arguments)
        self.stands(case, *self.on_breaker(lambda breaker: breaker.force(*numbers)))

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
