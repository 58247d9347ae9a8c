"""Side by side with the package that this one replaces, cloudcircuit 0.1.0 from PyPI.

CLOUDCIRCUIT_SEED names the folder that it was installed into.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import math
import os
import random
import unittest
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudcircuit
from cloudcircuit import safeguards

from .golden import REPOSITORY, SEED, cases

FOLDER = os.environ.get("CLOUDCIRCUIT_SEED")
LARGEST = 1.7976931348623157e308


def load_seed() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "cloudcircuit_seed", Path(str(FOLDER)) / "cloudcircuit/safeguards.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module  # dataclasses look for their module there
    spec.loader.exec_module(module)
    # Python 3.12 and later add floats with a correction, earlier ones naively, so that the seed answers
    # differently by version. An exact sum is what both come close to.
    module.sum = math.fsum  # type: ignore[attr-defined]
    return module


@unittest.skipIf(FOLDER is None, "SKIPPED: the package cloudcircuit 0.1.0 (no CLOUDCIRCUIT_SEED here)")
class Seed(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.seed: Any = load_seed()

    def both(self, name: str, *arguments: Any) -> str:
        """Whether the two answer alike: "same", "both refuse" or "stricter"."""
        results = []
        for module in (self.seed, safeguards):
            try:
                results.append(dataclasses.astuple(getattr(module, name)(*arguments)))
            except ValueError:
                results.append(None)
        if results[0] == results[1]:
            return "same" if results[0] else "both refuse"
        if results[1] is None:
            return "stricter"
        self.fail(f"{name}{arguments}: {results}")

    def test_same_names_arguments_and_results(self) -> None:
        import inspect

        for name in ("check_budget", "check_anomaly_spike", "evaluate_circuit_breaker"):
            old, new = (inspect.signature(getattr(module, name)) for module in (self.seed, safeguards))
            self.assertEqual(
                [(p.name, p.default, p.kind) for p in old.parameters.values()],
                [(p.name, p.default, p.kind) for p in new.parameters.values()],
            )
            self.assertIs(getattr(cloudcircuit, name), getattr(safeguards, name))
        for name in ("BudgetCheckResult", "AnomalyCheckResult", "CircuitBreakerDecision"):
            old, new = getattr(self.seed, name), getattr(safeguards, name)
            self.assertEqual(
                [(f.name, f.type) for f in dataclasses.fields(old)],
                [(f.name, f.type) for f in dataclasses.fields(new)],
            )
            self.assertTrue(new.__dataclass_params__.frozen)
            self.assertEqual(old.__slots__, new.__slots__)

    def test_golden_cases(self) -> None:
        counts = {"same": 0, "both refuse": 0, "stricter": 0}
        for case in cases():
            if case.kind == "budget":
                numbers = [float(argument) for argument in case.arguments]
                if case.results[0] == repr(LARGEST):  # the seed says inf
                    self.assertEqual(self.seed.check_budget(*numbers).usage_ratio, math.inf)
                    continue
                counts[self.both("check_budget", *numbers)] += 1
            elif case.kind == "spike":
                multiplier, floor, *points = [float(argument) for argument in case.arguments]
                if sum(points[:-1]) == math.inf and max(points) < math.inf:  # nor can fsum add these
                    continue
                if case.results[2] == repr(LARGEST):  # the seed says inf, above which nothing is a spike
                    found = self.seed.check_anomaly_spike(points, multiplier, floor)
                    self.assertEqual((found.threshold, found.is_spike), (math.inf, False))
                    continue
                counts[self.both("check_anomaly_spike", points, multiplier, floor)] += 1
            elif case.kind == "breaker":
                counts[self.both("evaluate_circuit_breaker", *map(int, case.arguments))] += 1
        self.assertGreater(counts["same"], 150)
        self.assertGreater(counts["both refuse"], 20)
        self.assertGreater(counts["stricter"], 5)

    def test_random_cents(self) -> None:
        draw = random.Random(SEED)
        for _ in range(3000):
            limit = draw.randrange(1, 10**6) / 100
            spend = draw.randrange(0, round(limit * 200)) / 100 if draw.random() < 0.8 else limit
            self.assertEqual(self.both("check_budget", spend, limit, draw.choice([0.8, 0.9, 1.0])), "same")
            series = [draw.randrange(0, 10**5) / 100 for _ in range(draw.randrange(2, 90))]
            self.assertEqual(self.both("check_anomaly_spike", series, 1.5, draw.choice([0.0, 50.0])), "same")
            counters = draw.randrange(6), draw.randrange(1, 6), draw.choice([0, 0, 1, 9])
            self.assertEqual(self.both("evaluate_circuit_breaker", *counters), "same")

    def test_the_bill(self) -> None:
        import csv

        days: dict[str, list[float]] = {}
        with open(REPOSITORY / "examples/data/focus_bill.csv", newline="") as file:
            for row in csv.DictReader(file):
                days.setdefault(row["ChargePeriodStart"][:10], []).append(max(0.0, float(row["BilledCost"])))
        charges = [math.fsum(days[day]) for day in sorted(days)]
        spikes = 0
        for end in range(2, len(charges) + 1):
            self.assertEqual(self.both("check_anomaly_spike", charges[:end], 1.5, 30.0), "same")
            spikes += safeguards.check_anomaly_spike(charges[:end], 1.5, 30.0).is_spike
            spent = math.fsum(charges[:end])
            self.assertEqual(self.both("check_budget", spent, 20_000.0, 0.8), "same")
        self.assertGreaterEqual(len(charges), 120)
        self.assertGreater(spikes, 0)

    def test_where_the_library_is_stricter_on_purpose(self) -> None:
        nan, inf = math.nan, math.inf
        for name, *arguments in (
            ("check_budget", nan, 100.0),  # the seed: neither warning nor breach
            ("check_budget", 10.0, nan),
            ("check_budget", inf, 100.0),
            ("check_budget", 10.0, inf),
            ("check_anomaly_spike", [1.0, nan, 1.0]),
            ("check_anomaly_spike", [1.0, 1.0, nan]),  # the seed: no spike
            ("check_anomaly_spike", [1.0, inf, 5.0]),
            ("check_anomaly_spike", [1.0, 2.0], inf),
            ("check_anomaly_spike", [1.0, 2.0], nan),
            ("check_anomaly_spike", [1.0, 2.0], 1.5, nan),
            ("check_anomaly_spike", [1.0, 2.0], 1.5, inf),
            ("evaluate_circuit_breaker", 2**63),
            ("evaluate_circuit_breaker", 1, 2**63),
        ):
            self.assertEqual(self.both(name, *arguments), "stricter", (name, arguments))
        for name, *arguments in (
            ("evaluate_circuit_breaker", 2.5),
            ("evaluate_circuit_breaker", nan),  # the seed: closed
        ):
            getattr(self.seed, name)(*arguments)
            with self.assertRaises(TypeError):
                getattr(safeguards, name)(*arguments)


if __name__ == "__main__":
    unittest.main()
