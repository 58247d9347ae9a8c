#!/usr/bin/env python3
"""What a call costs from Python, compared with the same rule in plain Python: bench.py [ROWS].

The plain functions are the rules of the Python package cloudcircuit 0.1.0, or that package itself when
CLOUDCIRCUIT_SEED names the folder that it was installed into.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import timeit
from array import array
from collections.abc import Callable
from typing import Any

import cloudcircuit as cc
from cloudcircuit import columns, exact, flags


def seed() -> Any:
    folder = os.environ.get("CLOUDCIRCUIT_SEED")
    if not folder:
        return None
    spec = importlib.util.spec_from_file_location("seed", os.path.join(folder, "cloudcircuit/safeguards.py"))
    assert spec and spec.loader
    module = sys.modules["seed"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cost(call: Callable[[], Any]) -> float:
    """Nanoseconds of one call: the best of seventy rounds of about 5 ms each."""
    timer = timeit.Timer(call)
    count, seconds = timer.autorange(lambda *_: None)
    count = max(1, round(count * 0.005 / seconds))
    return min(timer.repeat(70, count)) / count * 1e9


def show(name: str, *costs: tuple[str, float], unit: str = "ns a call") -> None:
    print(f"{name:34}" + "  ".join(f"{label} {number:10,.2f} {unit}" for label, number in costs))


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    plain = seed()

    def versus(name: str, call: Callable[[], Any], other: str, *arguments: Any) -> None:
        costs = [("here", cost(call))]
        if plain is not None:
            costs.append(("package 0.1.0", cost(lambda: getattr(plain, other)(*arguments))))
        show(name, *costs)

    series = {count: [100.0 + i % 7 for i in range(count)] for count in (30, 365, 10_000)}
    versus("flags.budget", lambda: flags.budget(92.0, 100.0, 0.9), "check_budget", 92.0, 100.0, 0.9)
    versus("check_budget", lambda: cc.check_budget(92.0, 100.0, 0.9), "check_budget", 92.0, 100.0, 0.9)
    versus("exact.check_budget", lambda: exact.check_budget(9200, 10_000), "check_budget", 92.0, 100.0, 0.9)
    versus("flags.breaker", lambda: flags.breaker(2, 3, 0), "evaluate_circuit_breaker", 2, 3, 0)
    versus(
        "evaluate_circuit_breaker",
        lambda: cc.evaluate_circuit_breaker(2, 3, 0),
        "evaluate_circuit_breaker",
        2,
        3,
        0,
    )
    for count, points in series.items():
        packed = array("d", points)
        versus(f"flags.spike, {count} in an array", lambda: flags.spike(packed), "check_anomaly_spike", points)
        versus(
            f"check_anomaly_spike, {count} in a list",
            lambda: cc.check_anomaly_spike(points),
            "check_anomaly_spike",
            points,
        )

    breaker = cc.Breaker(now=0)

    def guarded() -> None:
        breaker.report(breaker.acquire(0), cc.Outcome.SUCCESS, 1, 0)

    ledger = cc.Ledger(cc.LedgerConfig(limit=2**62), ledger_id=1, period=1, now=0)
    rate = cc.RateLimit(cc.RateLimitConfig(limit=2**62, duration=60_000), now=0)
    signals = [cc.budget_signal(cc.check_budget(1, 2)), cc.permit_signal(breaker.acquire(0))]
    show("Breaker, acquire and report", ("here", cost(guarded)))
    show("Ledger, reserve and settle", ("here", cost(lambda: ledger.settle(ledger.reserve(5, 0)[0], 5, 0))))
    show("RateLimit, acquire", ("here", cost(lambda: rate.acquire(0, 0))))
    show("evaluate_guard, 2 signals", ("here", cost(lambda: cc.evaluate_guard(signals))))

    one = array("d", [95.0]), array("d", [100.0])
    bits, ratio = bytearray(1), array("d", [0.0])
    show("columns.check_budgets, 1 row", ("here", cost(lambda: columns.check_budgets(*one))))
    into = lambda: columns.check_budgets(*one, flags=bits, usage_ratio=ratio)
    show("the same into given columns", ("here", cost(into)))
    spend, limit = array("d", [95.0]) * rows, array("d", [100.0]) * rows
    marks, ratios = bytearray(rows), array("d", bytes(8 * rows))
    here = cost(lambda: columns.check_budgets(spend, limit, flags=marks, usage_ratio=ratios)) / rows
    costs = [("here", here)]
    if plain is not None:
        few = list(zip(spend[:10_000], limit[:10_000]))
        costs.append(("package 0.1.0", cost(lambda: [plain.check_budget(s, m) for s, m in few]) / len(few)))
    show(f"columns.check_budgets, {rows:,}", *costs, unit="ns a row")
    offsets = array("q", range(0, rows + 1, 90))
    here = cost(lambda: columns.check_anomaly_spikes(spend, offsets, threshold=False)) / rows
    costs = [("here", here)]
    if plain is not None:
        points = list(spend[:90])
        costs.append(("package 0.1.0", cost(lambda: plain.check_anomaly_spike(points)) / 90))
    show("columns.check_anomaly_spikes of 90", *costs, unit="ns a point")


if __name__ == "__main__":
    main()
