"""Constants, errors, threads, processes, and how the library is found."""

from __future__ import annotations

import copy
import ctypes
import dataclasses
import json
import os
import pathlib
import pickle
import re
import subprocess
import sys
import tempfile
import threading
import unittest
from array import array
from typing import Any

import cloudcircuit as cc
from cloudcircuit import _cpu, _foresight, _native, _states, _verdict, columns, detect, errors, exact, flags, ledgers

from .golden import REPOSITORY
from .threads import together

SPEND, LIMIT = array("d", [50.0, 95.0, 100.0]), array("d", [100.0] * 3)
DESCRIPTION = json.loads((REPOSITORY / "include/cloudcircuit.json").read_text())
CONSTANTS = {one["name"].removeprefix("CLOUDCIRCUIT_"): one["value"] for one in DESCRIPTION["constants"]} | {
    one["name"].removeprefix("CLOUDCIRCUIT_"): one["number"] for one in DESCRIPTION["statuses"]
}
STRUCTS = {one["name"].removeprefix("cloudcircuit_"): one for one in DESCRIPTION["structs"]}


class Cpu(unittest.TestCase):
    """Which of the wheel's libraries is loaded."""

    FEATURES = "cx16 lahf_lm popcnt ssse3 sse4_1 sse4_2 xsave avx avx2 bmi1 bmi2 f16c fma abm movbe".split()

    def test_a_level_needs_each_of_its_features(self) -> None:
        features = " ".join(self.FEATURES)
        self.assertTrue(_cpu.is_v3(["processor\t: 0\n", "vmx flags\t: vnmi\n", f"flags\t\t: fpu {features} avx512f\n"]))
        for lacking in self.FEATURES:
            features = [feature for feature in self.FEATURES if feature != lacking]
            self.assertFalse(_cpu.is_v3([f"flags\t\t: {' '.join(features)}\n"]), lacking)
        self.assertFalse(_cpu.is_v3(["Features\t: fp asimd evtstrm aes\n"]))  # of an ARM
        self.assertFalse(_cpu.is_v3([]))

    def test_without_a_quicker_library_or_a_cpu_that_runs_it_the_plain_one_is_loaded(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            cpuinfo, plain, quicker = folder / "cpuinfo", folder / _cpu.NAME, folder / _cpu.V3 / _cpu.NAME
            self.assertIsNone(_cpu.bundled(name))
            cpuinfo.write_text(f"flags\t\t: {' '.join(self.FEATURES)}\n")
            plain.touch()
            self.assertEqual(_cpu.bundled(name, str(cpuinfo)), str(plain))
            quicker.parent.mkdir()
            quicker.touch()
            self.assertEqual(_cpu.bundled(name, str(cpuinfo)), str(quicker))
            cpuinfo.write_text("flags\t\t: fpu sse2\n")
            self.assertEqual(_cpu.bundled(name, str(cpuinfo)), str(plain))
            self.assertEqual(_cpu.bundled(name, str(folder / "nothing")), str(plain))


class Constants(unittest.TestCase):
    """What had to be written down a second time."""

    def test_numbers(self) -> None:
        from cloudcircuit import breaker, ledger, rate_limit, records

        for number, name in (
            (_native.ABI_VERSION, "ABI_VERSION"),
            (columns.INVALID_ROWS, "ERR_INVALID_ROWS"),
            (breaker.ENCODED_LEN, "BREAKER_ENCODED_LEN"),
            (ledger.ENCODED_LEN, "LEDGER_ENCODED_LEN"),
            (rate_limit.ENCODED_LEN, "RATE_LIMIT_ENCODED_LEN"),
            (records.CAPACITY, "RECORD_CAPACITY"),
            (detect.ENCODED_LEN, "SPIKE_TRACKER_ENCODED_LEN"),
            (ledger.MAX_THRESHOLDS, "LEDGER_MAX_THRESHOLDS"),
        ):
            self.assertEqual(number, CONSTANTS[name], name)
        for status, kind in errors._CLASSES.items():
            words = re.findall("[A-Z][a-z]+", kind.__name__.removesuffix("Error"))
            self.assertEqual(status, CONSTANTS["ERR_" + "_".join(words).upper()])

    def test_enumerations(self) -> None:
        """Each member is a constant, each constant of the kind a member, and its word the library's."""
        for kind, prefix in (
            (cc.Action, "ACTION_"),
            (cc.SignalKind, "SIGNAL_"),
            (cc.Reason, "REASON_"),
            (cc.Outcome, "OUTCOME_"),
            (cc.Phase, "BREAKER_"),
            (cc.LedgerReason, "LEDGER_REASON_"),
            (cc.RateReason, "RATE_REASON_"),
            (cc.Mode, "MODE_"),
            (cc.ThresholdUnit, "THRESHOLD_"),
            (cc.ThresholdBasis, "BASIS_"),
            (cc.Verdict, "VERDICT_"),
            (cc.DetectReason, "DETECT_REASON_"),
        ):
            others = ("BREAKER_MAX_", "BREAKER_LAYOUT", "BREAKER_ENCODED_LEN", "DETECT_REASON_REFUSED")
            constants = {name for name in CONSTANTS if name.startswith(prefix) and not name.startswith(others)}
            self.assertEqual({prefix + member.name for member in kind}, constants)  # type: ignore[attr-defined]
            for member in kind:  # type: ignore[attr-defined]
                self.assertEqual(member.value, CONSTANTS[prefix + member.name])
                if hasattr(member, "words"):
                    self.assertEqual(member.words, (member.name.lower(),))
                elif kind not in (cc.ThresholdUnit, cc.ThresholdBasis):
                    self.assertEqual(member.word, member.name.lower())
        self.assertEqual((cc.Reason.BREACH | cc.Reason.OVER_LIMIT).words, ("breach", "over_limit"))
        self.assertEqual(cc.Reason(0).words, ())
        for name in ("WARNING", "BREACHED", "SPIKE", "OPEN", "LEAK", "INSUFFICIENT", "INVALID"):
            self.assertEqual(getattr(flags, name), CONSTANTS["FLAG_" + name])

    def test_structs(self) -> None:
        known = [one for module in (_native, _states, _foresight, _verdict) for one in vars(module).values()]
        found = {kind for kind in known if kind in ctypes.Structure.__subclasses__()}
        for kind in found:
            name = re.sub("(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()
            fields = [
                (field[0], getattr(kind, field[0]).offset, getattr(field[1], "_length_", None))
                for field in kind._fields_
            ]
            described = [
                (field["name"], field["offset"], field.get("length")) for field in STRUCTS[name]["fields"]
            ]
            self.assertEqual(fields, described)
            self.assertEqual(ctypes.sizeof(kind), STRUCTS[name]["size"], name)
        self.assertEqual(len(found), len(STRUCTS))

    def test_defaults(self) -> None:
        from cloudcircuit import ledger

        for kind, call, defaults in (
            (_native.BudgetConfig, "budget_config_init", (0.9,)),
            (_native.SpikeConfig, "spike_config_init", (1.5, 0.0)),
            (_native.BreakerCounters, "breaker_counters_init", (0, 3, 0)),
            (_native.BudgetConfigI64, "budget_config_i64_init", (900_000, 0)),
            (_native.SpikeConfigI64, "spike_config_i64_init", (1_500_000, 0, 0)),
            (_verdict.GuardPolicy, "guard_policy_init", dataclasses.astuple(cc.GuardPolicy())),
            (_states.BreakerConfig, "breaker_config_init", dataclasses.astuple(cc.BreakerConfig())),
            (_foresight.ForecastConfig, "forecast_config_init", (7, 0, 0, 0, -(2**63), 86_400)),
        ):
            struct = kind()
            _native.function(_native.QUICK, call, ctypes.POINTER(kind))(struct)
            self.assertEqual(tuple(getattr(struct, field[0]) for field in kind._fields_), defaults)
        settings = _foresight.DetectConfig()
        _native.function(_native.QUICK, "detect_config_init", ctypes.POINTER(_foresight.DetectConfig))(settings)
        self.assertEqual(bytes(settings), bytes(detect.native_config(cc.DetectConfig())))
        limit = _states.LedgerConfig(limit=5)
        _native.function(_native.QUICK, "ledger_config_init", ctypes.POINTER(_states.LedgerConfig))(limit)
        self.assertEqual(bytes(limit), bytes(ledger.native_config(cc.LedgerConfig())))


class Errors(unittest.TestCase):
    def test_an_error_names_its_status_and_travels(self) -> None:
        with self.assertRaises(ValueError) as caught:
            cc.check_budget(10.0, 0.0)
        error = caught.exception
        assert isinstance(error, cc.CloudcircuitError)
        self.assertEqual((error.status, error.name), (100, "CLOUDCIRCUIT_ERR_BUDGET_LIMIT"))
        self.assertEqual(str(error), "budget_limit must be finite and > 0")
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(again), again.status, str(again)), (type(error), error.status, str(error)))

    def test_values_that_never_reach_the_library(self) -> None:
        """ctypes would cut a number that does not fit, so that 2**64 failures were none."""
        huge, text = 2**64, "ten"
        ledger = cc.Ledger(cc.LedgerConfig(100), ledger_id=1, period=1, now=0)
        hold, _ = ledger.reserve(5, 0)
        breaker = cc.Breaker(now=0)
        permit = breaker.acquire(0)
        limit = cc.RateLimit(cc.RateLimitConfig(5, 5), now=0)
        calls: list[tuple[Any, ...]] = [
            (ValueError, cc.evaluate_circuit_breaker, huge),
            (ValueError, exact.check_budget, huge, 100),
            (ValueError, exact.check_budget, 1, huge + 100),
            (ValueError, exact.check_budget, 1, 100, 2**32 + 900_000),
            (ValueError, exact.check_budget, 1, 100, -1),
            (ValueError, exact.check_anomaly_spike, [1, 1, huge]),
            (ValueError, exact.check_anomaly_spike, [1, 1], 2**32 + 1_500_000),
            (ValueError, exact.from_float, 1.0, 2**32 + 2),
            (ValueError, exact.to_float, huge, 2),
            (ValueError, ledger.reserve, huge + 1, 0),
            (ValueError, ledger.reserve, 1, huge),
            (ValueError, ledger.roll, huge + 1, 0),
            (ValueError, ledger.reset, 1, huge),
            (ValueError, ledger.extend, hold, huge, 0),
            (ValueError, ledger.post, hold, huge, 0),
            (ValueError, ledger.settle, cc.Hold(1, 1, 1, huge + 5, 0), 1, 0),
            (ValueError, ledgers.reserve, [ledger], [huge], 0),
            (ValueError, ledgers.reserve, [ledger], [1], huge),
            (ValueError, ledgers.reserve, [ledger], [], 0),
            (ValueError, ledgers.release, [ledger], [hold, hold], 0),
            (ValueError, limit.acquire, huge, 0),
            (ValueError, limit.adjust, 0, huge, 0),
            (ValueError, cc.RateLimit, cc.RateLimitConfig(huge, 1)),
            (ValueError, cc.Breaker, cc.BreakerConfig(2**32 + 3)),
            (ValueError, cc.Breaker, cc.BreakerConfig(jitter_seed=-1)),
            (ValueError, cc.evaluate_guard, [], cc.GuardPolicy(required=2**32)),
            (ValueError, cc.evaluate_guard, [cc.Signal(2**32 + 1, 0, 0, 0, 0)]),
            (ValueError, breaker.acquire, huge),
            (ValueError, breaker.report, permit, 1, 0, 0, huge),
            (ValueError, breaker.force, 2**32 + 4, 0, 0),
            (ValueError, cc.Ledger, cc.LedgerConfig(huge + 100)),
            (ValueError, cc.Ledger, cc.LedgerConfig(100, thresholds=(huge,))),
            (ValueError, cc.check_budget, 10**400, 100),
            (ValueError, cc.check_budget, 1, 10**400),
            (ValueError, cc.check_budget, 1, 1, 10**400),
            (ValueError, cc.check_anomaly_spike, [1, 10**400]),
            (ValueError, cc.check_anomaly_spike, [1, 1], 10**400),
            (TypeError, cc.check_budget, text, 100),
            (TypeError, cc.check_budget, 1, None),
            (TypeError, cc.check_anomaly_spike, text),
            (TypeError, cc.check_anomaly_spike, [1, text]),
            (TypeError, cc.check_anomaly_spike, [1, 1], text),
            (TypeError, cc.check_anomaly_spike, 5),
            (TypeError, cc.evaluate_circuit_breaker, 1.0),
            (TypeError, exact.check_budget, 1.0, 100),
            (TypeError, exact.check_anomaly_spike, [1, 1.5]),
            (TypeError, exact.from_float, text, 2),
            (TypeError, flags.budget, text, 1),
            (TypeError, flags.exact_budget, 1.0, 1),
            (TypeError, flags.breaker, 1.0),
            (TypeError, ledger.record, 1.5, 0),
            (TypeError, limit.acquire, 1.5, 0),
        ]
        for error, call, *arguments in calls:
            with self.subTest(f"{call.__qualname__}{arguments}"[:80]):
                keywords = {
                    cc.Ledger: {"ledger_id": 1, "period": 1, "now": 0},
                    cc.Breaker: {"now": 0},
                    cc.RateLimit: {"now": 0},
                }.get(call, {})
                with self.assertRaises(error):
                    call(*arguments, **keywords)
        self.assertEqual(flags.exact_budget(huge, 100), flags.WARNING | flags.BREACHED | flags.INVALID)
        self.assertEqual(flags.exact_budget(1, 100, -1), flags.WARNING | flags.BREACHED | flags.INVALID)
        self.assertEqual(flags.breaker(huge), flags.OPEN | flags.INVALID)

    def test_what_python_calls_a_number_will_do(self) -> None:
        from decimal import Decimal
        from fractions import Fraction

        for hundred in (100, 100.0, Decimal(100), Fraction(100), True * 100):
            self.assertTrue(cc.check_budget(hundred, hundred).is_breached)  # type: ignore[arg-type]
        for series in ([1, 1, 9], (1.0, 1.0, 9.0), range(1, 10, 4), b"\1\1\11", iter([1, 1, 9])):
            self.assertTrue(cc.check_anomaly_spike(series).is_spike)  # type: ignore[arg-type]
        gaps = memoryview(bytearray(48)).cast("d")
        gaps[4] = 9.0
        self.assertTrue(cc.check_anomaly_spike(gaps[::2]).is_spike)

    def test_results_are_frozen(self) -> None:
        budget = cc.check_budget(1, 2)
        with self.assertRaises(dataclasses.FrozenInstanceError):
            budget.is_breached = True  # type: ignore[misc]
        self.assertEqual(copy.copy(budget), budget)
        self.assertEqual(len({budget, cc.check_budget(1, 2)}), 1)


class Hosts(unittest.TestCase):
    def answers(self) -> tuple[Any, ...]:
        return (
            cc.check_budget(920.9, 1000.0),
            cc.check_anomaly_spike([102.0, 98.5, 110.2, 95.0, 104.3, 310.9]),
            cc.evaluate_circuit_breaker(1, 3, 0),
            columns.check_budgets(SPEND, LIMIT).flags.tolist(),
        )

    def test_threads_do_not_disturb_each_other(self) -> None:
        wanted = self.answers()
        interval = sys.getswitchinterval()
        self.addCleanup(sys.setswitchinterval, interval)
        sys.setswitchinterval(1e-6)

        def work() -> None:
            own = float(threading.get_ident() % 1000)
            for _ in range(100):
                self.assertEqual(self.answers(), wanted)
                with self.assertRaises(cc.CloudcircuitError):
                    cc.check_budget(own, -1.0)
                for _ in range(100):
                    self.assertEqual(cc.check_budget(own, 2000.0).current_spend, own)

        together(work)

    @unittest.skipUnless(hasattr(os, "fork"), "SKIPPED: a child after fork (no fork here)")
    def test_a_child_answers_alike(self) -> None:
        wanted = self.answers()
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(write, b"same" if self.answers() == wanted else b"other")
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            self.assertEqual(pipe.read(), b"same")
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def run_python(self, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
        folder = str(pathlib.Path(cc.__file__).parents[1])
        return subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": folder, **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def test_a_library_that_is_not_there(self) -> None:
        ran = self.run_python("import cloudcircuit", CLOUDCIRCUIT_LIBRARY="/nowhere/libcloudcircuit.so")
        self.assertNotEqual(ran.returncode, 0)
        self.assertIn("ImportError: libcloudcircuit cannot be loaded", ran.stderr)
        self.assertIn("CLOUDCIRCUIT_LIBRARY", ran.stderr)

    def test_another_library(self) -> None:
        ran = self.run_python("import cloudcircuit", CLOUDCIRCUIT_LIBRARY="libc.so.6")
        self.assertNotEqual(ran.returncode, 0)
        self.assertIn("ImportError: libc.so.6 is not libcloudcircuit", ran.stderr)

    def test_found_by_the_linker(self) -> None:
        library = os.environ.get("CLOUDCIRCUIT_LIBRARY")
        if not library or not sys.platform.startswith("linux"):
            self.skipTest("SKIPPED: the linker's path (no CLOUDCIRCUIT_LIBRARY here)")
        ran = self.run_python(
            "import cloudcircuit; print(cloudcircuit.library_version)",
            CLOUDCIRCUIT_LIBRARY="",
            LD_LIBRARY_PATH=os.path.dirname(library),
        )
        self.assertEqual((ran.stdout.strip(), ran.stderr), (cc.library_version, ""))

    def test_the_readmes_sample(self) -> None:
        text = (REPOSITORY / "bindings/python/README.md").read_text()
        found = re.search(r"```python\n(.*?)```\n.*?```\n(.*?)```", text, re.DOTALL)
        assert found
        ran = self.run_python(found[1])
        self.assertEqual((ran.stdout, ran.stderr), (found[2], ""))

    def test_neither_numpy_nor_pyarrow_is_imported(self) -> None:
        ran = self.run_python(
            "import sys, cloudcircuit.columns, cloudcircuit.forecast\n"
            "print([name for name in ('numpy', 'pyarrow') if name in sys.modules])"
        )
        self.assertEqual(ran.stdout, "[]\n", ran.stderr)


if __name__ == "__main__":
    unittest.main()
