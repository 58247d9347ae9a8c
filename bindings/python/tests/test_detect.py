"""The detector: cases worked out by hand from docs/DETECTION.md, and its three ways to be asked compared."""

from __future__ import annotations

import math
import random
import unittest
from array import array
from datetime import date, datetime, timedelta, timezone

import cloudcircuit as cc
from cloudcircuit import DetectConfig, DetectReason, SpikeTracker, Verdict, _foresight, columns, detect, flags

from .golden import SEED
from .test_columns import Spy, np

NAN = float("nan")
FLAT = [10.0] * 20

# What a flat series leaves to work out: it has a deviation of 0 from its fourth point on, so that the scale is
# the floor of 5 %, widened by 7 / n. Explained is 1.05 times the weeks before, and
# 1.1 times the same weekdays once three are known.
SCALE = 0.05 * (1 + 7 / 17)


def unsteady(count: int, seed: int) -> array[float]:
    """Weekdays, noise, a leak, some runaway days and some missing ones."""
    dice = random.Random(SEED + seed)
    points = array("d")
    for day in range(count):
        point = (60.0 if day % 7 in (5, 6) else 100.0) * (1 + max(0, day - count // 2) / 400)
        point *= dice.uniform(0.95, 1.05) * (dice.choice((2, 5)) if dice.random() < 0.03 else 1)
        points.append(NAN if dice.random() < 0.04 else point)
    return points


class ByHand(unittest.TestCase):
    def test_one_runaway_day(self) -> None:
        found = cc.detect_spike([*FLAT, 300.0])
        self.assertEqual((found.latest_spend, found.expected_spend, found.excess), (300.0, 10.0, 290.0))
        self.assertAlmostEqual(found.upper_bound, 10.5 + 3.5 * SCALE * 10, places=12)
        self.assertAlmostEqual(found.score, 28.95 / SCALE, places=9)
        self.assertEqual((found.points_used, found.verdict, found.reason), (17, Verdict.SPIKE, DetectReason.ONE_POINT))
        self.assertEqual((found.is_spike, found.is_leak), (True, False))

    def test_a_normal_day(self) -> None:
        found = cc.detect_spike([*FLAT, 12.0])
        self.assertEqual((found.excess, found.verdict, found.reason), (2.0, Verdict.NORMAL, DetectReason.SCORE))
        self.assertFalse(found.is_spike)
        self.assertEqual(cc.detect_spike([*FLAT, 4.0]).excess, -6.0)

    def test_settings_have_their_say(self) -> None:
        for config, reason in (
            (DetectConfig(min_impact=290.0), DetectReason.ONE_POINT),
            (DetectConfig(min_impact=290.5), DetectReason.MIN_IMPACT),
            (DetectConfig(min_relative_impact=27.5), DetectReason.ONE_POINT),
            (DetectConfig(min_relative_impact=27.6), DetectReason.MIN_RELATIVE_IMPACT),
            (DetectConfig(score_threshold=28.95 / SCALE - 1), DetectReason.ONE_POINT),
            (DetectConfig(score_threshold=28.95 / SCALE + 1), DetectReason.SCORE),
            (DetectConfig(min_baseline=29 / SCALE * 10), DetectReason.SCORE),
        ):
            found = cc.detect_spike([*FLAT, 300.0], config)
            self.assertEqual((found.reason, found.is_spike), (reason, reason is DetectReason.ONE_POINT), config)

    def test_falls_and_credits(self) -> None:
        """5 of 10 lies 0.45 below 0.95 times the weeks before; 0.9 times the same weekdays are known from three on."""
        found = cc.detect_spike([*FLAT, *FLAT, 5.0])
        self.assertEqual((found.is_drop, found.verdict, found.excess), (True, Verdict.NORMAL, -5.0))
        self.assertAlmostEqual(found.drop_score, 0.4 / (0.05 * (1 + 7 / found.points_used)), places=9)
        self.assertFalse(cc.detect_spike([*FLAT, *FLAT, 9.0]).is_drop)
        with self.assertRaises(cc.CloudcircuitError):
            cc.detect_spike([*FLAT, -5.0])
        missing = cc.detect_spike([*FLAT, -5.0], DetectConfig(negative_points=cc.NegativePoints.MISSING))
        self.assertIs(missing.reason, DetectReason.MISSING)
        nothing = cc.detect_spike([*FLAT, -5.0], DetectConfig(negative_points=cc.NegativePoints.ZERO))
        self.assertEqual((nothing.is_drop, nothing.excess), (True, -10.0))

    def test_too_young(self) -> None:
        for count in range(13):
            found = cc.detect_spike([*FLAT[:count], 300.0])
            self.assertEqual((found.verdict, found.reason), (Verdict.INSUFFICIENT_DATA, DetectReason.HISTORY))
            self.assertFalse(found.is_spike)
        self.assertTrue(cc.detect_spike([*FLAT[:13], 300.0]).is_spike)
        self.assertIs(cc.detect_spike([]).verdict, Verdict.INSUFFICIENT_DATA)

    def test_missing_points(self) -> None:
        found = cc.detect_spike([*FLAT[:10], NAN, *FLAT[11:], 300.0])
        self.assertEqual((found.expected_spend, found.excess, found.points_used), (10.0, 290.0, 16))
        self.assertTrue(found.is_spike)
        found = cc.detect_spike([*FLAT, NAN])
        self.assertEqual((found.latest_spend, found.verdict), (0.0, Verdict.INSUFFICIENT_DATA))
        self.assertIs(found.reason, DetectReason.MISSING)

    def test_charges_of_the_month(self) -> None:
        """40 more on the first of each month are expected by who knows the dates."""
        first = date(2024, 1, 10)
        days = [first + timedelta(days=i) for i in range((date(2024, 5, 1) - first).days + 1)]
        series = array("d", [50.0 if day.day == 1 else 10.0 for day in days])
        found = cc.detect_spike(series, DetectConfig(start_time=first))
        self.assertAlmostEqual(found.expected_spend, 50.0)
        self.assertIs(found.verdict, Verdict.NORMAL)
        found = cc.detect_spike(series)
        self.assertEqual((found.expected_spend, found.excess, found.reason), (10.0, 40.0, DetectReason.RECURRING))

    def test_a_slow_leak(self) -> None:
        """Three weeks of 4 more a day after eight at 100; a step of 30 lies above the line too, but is no leak."""
        rising = [100.0] * 56 + [100.0 + 4 * day for day in range(1, 22)]
        found = cc.detect_spike(rising)
        self.assertTrue(found.is_leak)
        self.assertGreater(found.leak_score, 1.0)
        self.assertFalse(cc.detect_spike([*rising, 100.0]).is_leak)
        self.assertFalse(cc.detect_spike([100.0] * 56 + [130.0] * 7).is_leak)
        self.assertFalse(cc.detect_spike([100.0] * 63).is_leak)

    def test_lag_points(self) -> None:
        series = unsteady(150, 3)
        for later in (0, 1, 5):
            found = cc.detect_spike(series, DetectConfig(lag_points=later))
            self.assertEqual(found, cc.detect_spike(series[: len(series) - later]))

    def test_a_start_is_a_date_or_a_time(self) -> None:
        zone = timezone(timedelta(hours=5))
        for start, seconds in (
            (date(1970, 1, 2), 86_400),
            (date(1969, 12, 31), -86_400),
            (datetime(1970, 1, 1, 1, 2, 3, 900_000), 3723),
            (datetime(1970, 1, 1, 1, tzinfo=zone), 3600),
            (1_704_067_200, 1_704_067_200),
            (None, -(2**63)),
        ):
            self.assertEqual(detect.native_config(DetectConfig(start_time=start)).start_time, seconds)


class ThreeWays(unittest.TestCase):
    def test_detect_scan_and_tracker_agree(self) -> None:
        verdicts = set()
        for seed, config in enumerate(
            (
                DetectConfig(),
                DetectConfig(start_time=date(2023, 11, 15), score_threshold=3.0),
                DetectConfig(season_length=1, window=30, min_impact=20.0, min_relative_impact=0.0),
            )
        ):
            series = unsteady(200, seed)
            rows = columns.scan_spikes(series, config)
            assert rows.expected_spend and rows.upper_bound
            tracker = SpikeTracker(config)
            for i, point in enumerate(series):
                found = cc.detect_spike(series[: i + 1], config)
                self.assertEqual(tracker.update(point), found)
                if i % 23 == 0:
                    tracker = SpikeTracker.decode(tracker.encode())
                bits = (
                    (flags.SPIKE if found.is_spike else 0)
                    | (flags.LEAK if found.is_leak else 0)
                    | (flags.DROP if found.is_drop else 0)
                    | (flags.INSUFFICIENT if found.verdict is Verdict.INSUFFICIENT_DATA else 0)
                )
                self.assertEqual(
                    (rows.flags[i], rows.expected_spend[i], rows.upper_bound[i]),
                    (bits, found.expected_spend, found.upper_bound),
                )
                verdicts.add(found.verdict)
            self.assertEqual(tracker.revision, len(series))
        self.assertEqual(verdicts, set(Verdict))

    def test_a_tracker_keeps_its_settings(self) -> None:
        config = DetectConfig(7, 28, 0, 3.5, 1.0, 0.2, 0.5, 1_704_067_200, 86_400)
        tracker = SpikeTracker.decode(SpikeTracker(config).encode())
        self.assertEqual(tracker.config, config)
        self.assertEqual(SpikeTracker().config, DetectConfig())
        self.assertEqual(len(tracker.encode()), detect.ENCODED_LEN)

    def test_a_refused_point_leaves_the_tracker_as_it_was(self) -> None:
        tracker = SpikeTracker()
        tracker.update(5.0)
        before = tracker.encode()
        for point in (-1.0, math.inf, 10**400):
            with self.assertRaises(ValueError):
                tracker.update(point)
        with self.assertRaisesRegex(TypeError, "spend must be a number"):
            tracker.update("5")  # type: ignore[arg-type]
        self.assertEqual(tracker.encode(), before)


class Refused(unittest.TestCase):
    def test_settings_and_points(self) -> None:
        scan = lambda config: columns.scan_spikes(array("d", FLAT), config)
        one = lambda config: cc.detect_spike(FLAT, config)
        for settings, name in (
            ({"season_length": 241}, "SEASON_LENGTH"),
            ({"window": 13}, "DETECT_WINDOW"),
            ({"lag_points": 481}, "LAG_POINTS"),
            ({"score_threshold": 0.0}, "SCORE_THRESHOLD"),
            ({"score_threshold": NAN}, "SCORE_THRESHOLD"),
            ({"min_impact": -1.0}, "MIN_IMPACT"),
            ({"min_relative_impact": math.inf}, "MIN_RELATIVE_IMPACT"),
            ({"min_baseline": -0.01}, "MIN_BASELINE"),
            ({"start_time": 2**53 + 1}, "START_TIME"),
            ({"step": 0}, "STEP"),
        ):
            config = DetectConfig(**settings)  # type: ignore[arg-type]
            for call in (one, scan, SpikeTracker):
                with self.assertRaises(cc.CloudcircuitError) as caught:
                    call(config)
                self.assertEqual(caught.exception.name, f"CLOUDCIRCUIT_ERR_{name}")
                self.assertIsInstance(caught.exception, ValueError)
        for point in (-1.0, math.inf):
            for detector in (cc.detect_spike, columns.scan_spikes):
                with self.assertRaisesRegex(cc.CloudcircuitError, "every point of spend_series must be NaN"):
                    detector(array("d", [*FLAT, point, 10.0]))
        with self.assertRaisesRegex(cc.CloudcircuitError, "config of a tracker must have a season"):
            SpikeTracker(DetectConfig(step=3600))

    def test_what_never_reaches_the_library(self) -> None:
        for error, settings in (
            (ValueError, {"season_length": 2**32}),
            (ValueError, {"window": -1}),
            (ValueError, {"step": 2**64 + 1}),
            (ValueError, {"start_time": 2**64}),
            (ValueError, {"score_threshold": 10**400}),
            (TypeError, {"window": 28.0}),
            (TypeError, {"score_threshold": "4"}),
            (TypeError, {"start_time": 1.5}),
        ):
            name = next(iter(settings))
            with self.assertRaisesRegex(error, f"{name} must|integer"):
                cc.detect_spike(FLAT, DetectConfig(**settings))  # type: ignore[arg-type]
        for error, call, arguments in (
            (TypeError, cc.detect_spike, ["ten"]),
            (ValueError, cc.detect_spike, [[1, 10**400]]),
            (ValueError, cc.forecast_budget, [[1, 10**400], [], 30, 100]),
            (ValueError, cc.forecast_budget, [[], [], 2**64, 100]),
            (ValueError, cc.forecast_budget, [[], [], 30, 10**400]),
            (TypeError, cc.forecast_budget, [[], "ten", 30, 100]),
            (TypeError, cc.forecast_budget, [[], [], 30, "ten"]),
        ):
            with self.assertRaises(error):
                call(*arguments)


class Columns(unittest.TestCase):
    def test_wrong_columns(self) -> None:
        series, short = array("d", FLAT), array("d", FLAT[1:])
        both = memoryview(array("d", FLAT * 2))
        for error, said, arguments, keywords in (
            (TypeError, "has none", [FLAT], {}),
            (TypeError, "must hold float64", [array("f", FLAT)], {}),
            (ValueError, "without gaps", [both[::2]], {}),
            (ValueError, "upper_bound must have 20 rows, not 19", [series], {"upper_bound": short}),
            (TypeError, "flags must hold uint8", [series], {"flags": array("d", FLAT)}),
            (ValueError, "flags must be writable", [series], {"flags": bytes(20)}),
            (ValueError, "must not overlap", [series], {"expected_spend": series}),
            (ValueError, "must not overlap", [both[:20]], {"upper_bound": both[19:39]}),
            (ValueError, "must not overlap", [series], {"expected_spend": both[:20], "upper_bound": both[10:30]}),
        ):  # fmt: skip
            before = [series[:], bytes(both)]
            with self.assertRaisesRegex(error, said):
                columns.scan_spikes(*arguments, **keywords)  # type: ignore[arg-type]
            self.assertEqual([series, bytes(both)], before)

    def test_many_series_at_once(self) -> None:
        spend = array("d", [*FLAT, 300.0, *FLAT, *FLAT, 5.0, -1.0])
        ends = [0, len(FLAT) + 1, 3 * len(FLAT) + 2, 3 * len(FLAT) + 3]
        found = columns.detect_spikes(spend, array("q", ends))
        refused = flags.SPIKE | flags.LEAK | flags.DROP | flags.INVALID
        self.assertEqual((found.flags.tolist(), found.invalid_rows), ([flags.SPIKE, flags.DROP, refused], 1))
        assert found.numbers
        self.assertEqual(found.numbers[0], cc.detect_spike([*FLAT, 300.0]).score)
        config = DetectConfig(negative_points=cc.NegativePoints.MISSING)
        found = columns.detect_spikes(spend, array("q", ends), config, scores=False)
        self.assertEqual((found.flags[2], found.numbers, found.invalid_rows), (flags.INSUFFICIENT, None, 0))

    def test_the_columns_lie_side_by_side(self) -> None:
        memory = memoryview(bytearray(8 * 61)).cast("d")
        series, expected, upper = (memory[i : i + 20] for i in (0, 20, 40))
        series[:] = memoryview(array("d", [*FLAT[1:], 300.0]))
        found = columns.scan_spikes(series, expected_spend=expected, upper_bound=upper)
        self.assertEqual((expected[19], found.flags[19]), (10.0, flags.SPIKE))

    def test_what_is_not_asked_for_is_not_made(self) -> None:
        found = columns.scan_spikes(array("d", [*FLAT, 300.0]), expected_spend=False, upper_bound=False)
        self.assertEqual((found.expected_spend, found.upper_bound), (None, None))
        self.assertEqual(found.flags.tolist(), [flags.INSUFFICIENT] * 13 + [0] * 7 + [flags.SPIKE])
        self.assertEqual(len(columns.scan_spikes(array("d")).flags), 0)

    @unittest.skipIf(np is None, "SKIPPED: a scan of NumPy arrays (no numpy here)")
    def test_numpy_is_lent(self) -> None:
        import cloudcircuit.numpy

        series = np.array([*FLAT, 300.0])
        series.setflags(write=False)
        marks, expected, upper = np.zeros(21, np.uint8), np.zeros(21), np.zeros(21)
        with Spy("scan_spikes", _foresight) as spy:
            found = cloudcircuit.numpy.scan_spikes(series, flags=marks, expected_spend=expected, upper_bound=upper)
        start, _, _, *written = spy.arguments
        self.assertEqual([start, *written], [a.ctypes.data for a in (series, marks, expected, upper)])
        self.assertTrue(np.shares_memory(found.flags, marks) and np.shares_memory(found.upper_bound, upper))
        self.assertEqual(np.flatnonzero(found.flags & flags.SPIKE).tolist(), [20])
        for copied in (series.astype(np.float32), np.repeat(series, 2)[::2], series.astype(int)):
            found = cloudcircuit.numpy.scan_spikes(copied)
            self.assertEqual(np.flatnonzero(found.flags & flags.SPIKE).tolist(), [20])
        with self.assertRaises(TypeError):
            cloudcircuit.numpy.scan_spikes(series.astype(str))


if __name__ == "__main__":
    unittest.main()
