"""The guard's signals, and the records of every kind of decision."""

from __future__ import annotations

import dataclasses
import json
import unittest
from collections.abc import Callable
from typing import Any

import cloudcircuit as cc
from cloudcircuit import exact, records

DAYS = [102.0, 98.5, 110.2, 95.0, 104.3, 310.9]
WEEKS = [100.0, 101.0, 99.0, 100.5, 98.5, 101.5, 100.0] * 6
STEP_UP = WEEKS + [400.0]


def error(call: Callable[[], Any]) -> cc.CloudcircuitError:
    try:
        call()
    except cc.CloudcircuitError as found:
        return found
    raise AssertionError("no error")


def decisions(mode: cc.Mode = cc.Mode.ENFORCE) -> tuple[cc.Permit, cc.LedgerDecision, cc.RateLimitDecision]:
    """Of a breaker, a ledger and a rate limit, each of which refuses."""
    breaker = cc.Breaker(cc.BreakerConfig(failure_threshold=1, mode=mode), now=0)
    breaker.report(breaker.acquire(0), cc.Outcome.FAILURE, 0, 0)
    ledger = cc.Ledger(cc.LedgerConfig(limit=10, mode=mode), ledger_id=1, period=1, now=0)
    limit = cc.RateLimit(cc.RateLimitConfig(limit=10, duration=160, mode=mode), now=0)
    limit.acquire(10, 0)  # in a bucket of 10, whose last instant is 9: it counts until 9 + 160
    return breaker.acquire(100), ledger.reserve(11, 0)[1], limit.acquire(1, 100)


class Signals(unittest.TestCase):
    def test_what_each_safeguard_found(self) -> None:
        permit, ledger, rate = decisions()
        for signal, kind, reasons, retry_after in (
            (cc.budget_signal(cc.check_budget(95, 100)), "BUDGET", "WARNING", 0),
            (cc.budget_signal(cc.check_budget(100, 100)), "BUDGET", "WARNING BREACH", 0),
            (cc.budget_signal(exact.check_budget(100, 100)), "BUDGET", "WARNING BREACH", 0),
            (cc.budget_signal(cc.check_budget(1, 100)), "BUDGET", "", 0),
            (cc.spike_signal(cc.check_anomaly_spike(DAYS)), "SPIKE", "SPIKE", 0),
            (cc.spike_signal(exact.check_anomaly_spike([1, 9])), "SPIKE", "SPIKE", 0),
            (cc.detect_signal(cc.detect_spike(STEP_UP)), "SPIKE", "SPIKE", 0),
            (cc.detect_signal(cc.detect_spike([1.0])), "SPIKE", "INSUFFICIENT", 0),
            (cc.breaker_signal(cc.evaluate_circuit_breaker(0, 3, 7)), "BREAKER", "OPEN", 7),
            (cc.permit_signal(permit), "BREAKER", "OPEN", 29_900),
            (cc.ledger_signal(ledger), "BUDGET", "OVER_LIMIT", 0),
            (cc.rate_limit_signal(rate), "RATE", "RATE", 69),
            (cc.forecast_signal(cc.forecast_budget(WEEKS, [100.0] * 7, 30, 1000)), "FORECAST", "FORECAST", 0),
            (cc.forecast_signal(cc.forecast_budget([], [], 30, 1000)), "FORECAST", "INSUFFICIENT", 0),
        ):
            with self.subTest(signal):
                expected = cc.Reason(sum(cc.Reason[name] for name in reasons.split()))
                self.assertEqual((signal.kind, signal.status, signal.reasons), (cc.SignalKind[kind], 0, expected))
                self.assertEqual((signal.monitor_reasons, signal.retry_after), (0, retry_after))

    def test_what_is_monitored_decides_nothing(self) -> None:
        permit, ledger, rate = decisions(cc.Mode.MONITOR)
        signals = [cc.permit_signal(permit), cc.ledger_signal(ledger), cc.rate_limit_signal(rate)]
        self.assertEqual([signal.reasons for signal in signals], [0, 0, 0])
        decision = cc.evaluate_guard(signals, cc.GuardPolicy(required=cc.SignalKind.BUDGET))
        self.assertEqual((decision.action, decision.monitor_action), (cc.Action.ALLOW, cc.Action.BLOCK))
        self.assertEqual(decision.monitor_reasons, cc.Reason.OPEN | cc.Reason.OVER_LIMIT | cc.Reason.RATE)

    def test_an_error_is_a_finding_of_its_own(self) -> None:
        unknown = error(lambda: cc.check_budget(float("nan"), 1))
        for make in (
            cc.budget_signal,
            cc.spike_signal,
            cc.detect_signal,
            cc.breaker_signal,
            cc.permit_signal,
            cc.ledger_signal,
            cc.rate_limit_signal,
            cc.forecast_signal,
        ):
            signal = make(unknown)
            self.assertEqual((signal.status, signal.reasons), (102, cc.Reason.ERROR))
            policy = cc.GuardPolicy(required=signal.kind)
            self.assertIs(cc.evaluate_guard([signal], policy).action, cc.Action.BLOCK)

    def test_a_result_that_no_call_answered_is_no_signal(self) -> None:
        permit, ledger, rate = decisions()
        for make, wrong in (
            (cc.budget_signal, cc.BudgetCheckResult(0.0, 0.0, 0.0, 0.0, False, False)),
            (cc.budget_signal, dataclasses.replace(exact.check_budget(5, 5), is_breached=False)),
            (cc.spike_signal, dataclasses.replace(cc.check_anomaly_spike(DAYS), is_spike=False)),
            (cc.spike_signal, dataclasses.replace(exact.check_anomaly_spike([1, 2]), points_used=0)),
            (cc.breaker_signal, cc.CircuitBreakerDecision(True, True, 0)),
            (cc.permit_signal, dataclasses.replace(permit, allowed=True, would_refuse=False)),
            (cc.ledger_signal, dataclasses.replace(ledger, held=-1)),
            (cc.rate_limit_signal, dataclasses.replace(rate, would_refuse=False)),
            (cc.detect_signal, dataclasses.replace(cc.detect_spike(STEP_UP), reason=cc.DetectReason.HISTORY)),
            (cc.forecast_signal, dataclasses.replace(cc.forecast_budget([], [], 30, 5), exhaustion_point=1)),
        ):
            with self.subTest(wrong), self.assertRaisesRegex(cc.CloudcircuitError, "must be one that"):
                make(wrong)

    def test_every_budget_counts_and_at_most_64_signals(self) -> None:
        fine, breached = (cc.budget_signal(cc.check_budget(spend, 100)) for spend in (1, 100))
        policy = cc.GuardPolicy(required=cc.SignalKind.BUDGET)
        self.assertIs(cc.evaluate_guard(iter([fine] * 64), policy).action, cc.Action.ALLOW)
        self.assertIs(cc.evaluate_guard([fine] * 63 + [breached], policy).action, cc.Action.BLOCK)
        with self.assertRaisesRegex(cc.CloudcircuitError, "count must be"):
            cc.evaluate_guard([fine] * 65, policy)
        missing = cc.evaluate_guard([fine])
        self.assertEqual((missing.action, missing.reasons), (cc.Action.BLOCK, cc.Reason.MISSING))
        monitored = cc.evaluate_guard([breached], dataclasses.replace(policy, monitor=cc.Reason.BREACH))
        self.assertEqual((monitored.action, monitored.monitor_action), (cc.Action.ALERT, cc.Action.BLOCK))


class Records(unittest.TestCase):
    def every(self) -> list[tuple[str, Any, Callable[[Any], str], dict[str, Any]]]:
        """Kind, result, how it is written, and settings that must stand in the line."""
        permit, ledger, rate = decisions()
        breaker_config, limit = cc.BreakerConfig(failure_threshold=1), cc.LedgerConfig(10, thresholds=(5, 6))
        rate_config = cc.RateLimitConfig(10, 160)
        policy = cc.GuardPolicy(required=cc.SignalKind.BUDGET, monitor=cc.Reason.LEAK)
        guarded = cc.evaluate_guard([cc.ledger_signal(ledger)], policy)
        return [
            (
                "budget_result",
                cc.check_budget(0.1, 0.3),
                lambda found: records.budget(found, 0.8),
                {"warning_ratio": 0.8},
            ),
            ("budget_result_i64", exact.check_budget(1, 3), records.exact_budget, {"warning_ppm": 900_000}),
            (
                "spike_result",
                cc.check_anomaly_spike(DAYS, 1.7, 0.5),
                lambda found: records.spike(found, 5, 1.7, 0.5),
                {"spike_multiplier": 1.7, "min_baseline": 0.5},
            ),
            (
                "spike_result_i64",
                exact.check_anomaly_spike([1, 2, 3]),
                records.exact_spike,
                {"spike_multiplier_ppm": 1_500_000, "min_baseline": 0},
            ),
            (
                "breaker_decision",
                cc.evaluate_circuit_breaker(5, 3, 2),
                lambda found: records.circuit_breaker(found, 5, 3, 2),
                {"consecutive_failures": 5, "failure_threshold": 3, "cooldown_steps_remaining": 2},
            ),
            (
                "breaker_permit",
                permit,
                lambda found: records.permit(found, breaker_config),
                {**dataclasses.asdict(breaker_config), "mode": "enforce"},
            ),
            (
                "ledger_decision",
                ledger,
                lambda found: records.ledger(found, limit),
                {"limit": 10, "thresholds": [5, 6], "threshold_unit": "ppm", "threshold_basis": "settled"},
            ),
            (
                "rate_limit_decision",
                rate,
                lambda found: records.rate_limit(found, rate_config),
                {"limit": 10, "duration": 160, "mode": "enforce"},
            ),
            (
                "detect_result",
                cc.detect_spike(STEP_UP),
                records.detection,
                {"score_threshold": 3.5, "step": 86_400},
            ),
            (
                "forecast_result",
                cc.forecast_budget(WEEKS, [100.0] * 7, 30, 1000),
                records.forecast,
                {"season_length": 7},
            ),
            (
                "guard_decision",
                guarded,
                lambda found: records.guard(found, policy),
                {"on_breach": "block", "required": ["budget"], "monitor": ["leak"]},
            ),
        ]

    def test_a_line_has_the_result_and_its_settings(self) -> None:
        for kind, result, write, settings in self.every():
            with self.subTest(kind):
                line = write(result)
                self.assertNotIn("\n", line)
                found = json.loads(line)
                head = (found["kind"], found["version"], found["status"])
                self.assertEqual(head, (kind, cc.library_version, "CLOUDCIRCUIT_OK"))
                for field in dataclasses.fields(result):
                    value = getattr(result, field.name)
                    if field.name in ("crossed", "newly_crossed"):
                        value = [place for place in range(8) if value >> place & 1]
                    value = list(value.words) if hasattr(value, "words") else getattr(value, "word", value)
                    if field.name in found:
                        self.assertEqual(found[field.name], value, field.name)
                    else:
                        self.assertEqual(field.name, "is_sufficient")
                self.assertLessEqual(settings.items(), found["config"].items())

    def test_every_result_writes_its_own_line(self) -> None:
        settings: dict[str, tuple[Any, ...]] = {
            "budget_result": (0.8,),
            "spike_result": (5, 1.7, 0.5),
            "breaker_decision": (5, 3, 2),
            "breaker_permit": (cc.BreakerConfig(failure_threshold=1),),
            "ledger_decision": (cc.LedgerConfig(10, thresholds=(5, 6)),),
            "rate_limit_decision": (cc.RateLimitConfig(10, 160),),
            "guard_decision": (cc.GuardPolicy(required=cc.SignalKind.BUDGET, monitor=cc.Reason.LEAK),),
        }
        for kind, result, write, _ in self.every():
            with self.subTest(kind):
                self.assertEqual(result.to_json(*settings.get(kind, ())), write(result))

    def test_a_refused_call_names_its_rule(self) -> None:
        refused = error(lambda: cc.check_budget(float("nan"), 1))
        for kind, _, write, settings in self.every():
            with self.subTest(kind):
                found = json.loads(write(refused))
                self.assertEqual((found["kind"], found["status"]), (kind, "CLOUDCIRCUIT_ERR_CURRENT_SPEND"))
                self.assertEqual(found["message"], str(refused))
                self.assertLessEqual(settings.items(), found["config"].items())
        found = json.loads(records.budget(refused, float("nan")))
        self.assertIsNone(found["config"]["warning_ratio"])

    def test_a_result_that_is_none_is_refused(self) -> None:
        wrong = dataclasses.replace(cc.check_budget(1, 2), usage_ratio=float("nan"))
        with self.assertRaisesRegex(cc.CloudcircuitError, "must be finite"):
            records.budget(wrong)
        with self.assertRaisesRegex(TypeError, "warning_ratio must be a number"):
            records.budget(cc.check_budget(1, 2), "much")  # type: ignore[arg-type]

    def test_the_longest_line_fits(self) -> None:
        """Every number as long as it can be."""
        least = -(2**63)
        config = cc.LedgerConfig(least, least, least, least, (least,) * 8)
        found = cc.LedgerDecision(least, least, least, least, least, None, True, True, True, 255, 255)
        self.assertGreater(
            len(records.ledger(dataclasses.replace(found, reason=cc.LedgerReason.UNVERIFIED), config)), 600
        )

    def test_of_a_ledger_that_was_not_asked(self) -> None:
        from cloudcircuit import ledgers

        mine = cc.Ledger(cc.LedgerConfig(10), ledger_id=1, period=1, now=0)
        decision = ledgers.reserve([mine], [None], 1)[1][0]
        self.assertEqual(json.loads(records.ledger(decision, mine.config))["allowed"], True)


if __name__ == "__main__":
    unittest.main()
