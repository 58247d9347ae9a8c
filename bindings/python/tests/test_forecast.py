"""The forecast; expected numbers are worked out by hand."""

from __future__ import annotations

import json
import unittest
from array import array
from datetime import date, datetime
from typing import Any

import cloudcircuit as cc
from cloudcircuit import ForecastConfig, NegativePoints, columns, flags, records

# 100 a day and 3,000 more on the last day of January, February and March 2023.
HISTORY = [3100.0 if day in (30, 58, 89) else 100.0 for day in range(90)]
NEW_YEAR = date(2023, 1, 1)


def april(period: list[float], **settings: Any) -> cc.BudgetForecast:
    return cc.forecast_budget(HISTORY, period, 30, 7000, ForecastConfig(**settings))


class Settings(unittest.TestCase):
    def test_charges_by_the_day_of_the_month(self) -> None:
        for start in (NEW_YEAR, datetime(2023, 1, 1, 5), 1672531200):
            self.assertAlmostEqual(april([100.0] * 10, start_time=start).forecast_spend, 6000)
        self.assertLess(april([100.0] * 10).forecast_spend, 4000)
        self.assertLess(april([100.0] * 10, start_time=NEW_YEAR, step=3600).forecast_spend, 4000)

    def test_incomplete_points(self) -> None:
        found = april([100.0] * 9 + [20.0], lag_points=1, start_time=NEW_YEAR)
        self.assertEqual(found.spend_to_date, 920)
        self.assertAlmostEqual(found.forecast_spend, 6000)

    def test_negative_points(self) -> None:
        credit = [100.0] * 9 + [-50.0]
        with self.assertRaisesRegex(cc.CloudcircuitError, "period_spend"):
            april(credit)
        found = april(credit, negative_points=NegativePoints.MISSING, start_time=NEW_YEAR)
        self.assertAlmostEqual(found.forecast_spend, 5900)
        self.assertEqual(april(credit, negative_points=NegativePoints.ZERO).spend_to_date, 900)

    def test_a_number_is_the_season_length(self) -> None:
        hourly = cc.forecast_budget(HISTORY, [], 30, 7000, 24)
        self.assertEqual(hourly, cc.forecast_budget(HISTORY, [], 30, 7000, ForecastConfig(season_length=24)))

    def test_settings_that_break_a_rule(self) -> None:
        for settings, name in (
            ({"season_length": 0}, "FORECAST_SEASON_LENGTH"),
            ({"lag_points": 481}, "LAG_POINTS"),
            ({"negative_points": 3}, "NEGATIVE_POINTS"),
            ({"start_time": 2**53 + 1}, "START_TIME"),
            ({"step": 0}, "STEP"),
        ):
            with self.assertRaises(cc.CloudcircuitError) as raised:
                april([], **settings)
            self.assertEqual(raised.exception.name, f"CLOUDCIRCUIT_ERR_{name}")

    def test_the_record_has_them(self) -> None:
        settings = ForecastConfig(7, 1, NegativePoints.ZERO, NEW_YEAR)
        line = records.forecast(cc.forecast_budget(HISTORY, [100.0], 30, 7000, settings), settings)
        self.assertEqual(
            json.loads(line)["config"],
            {"season_length": 7, "lag_points": 1, "negative_points": "zero", "start_time": 1672531200, "step": 86400},
        )


class Columns(unittest.TestCase):
    def test_rows_are_forecast_as_single_series(self) -> None:
        spend = array("d", HISTORY + [100.0] * 10 + [5.0] * 3 + HISTORY + [-1.0])
        offsets = array("q", [0, 100, 103, 194])
        whole = {name: array("q", values) for name, values in (
            ("elapsed", [10, 3, 1]), ("period_len", [30, 31, 30]), ("start_time", [1672531200, 0, 1672531200]),
        )}  # fmt: skip
        limits = array("d", [5000, 1e6, 7000])
        found = columns.forecast_budgets(spend, offsets, budget_limit=limits, **whole)
        self.assertEqual((len(found), found.invalid_rows), (3, 1))
        self.assertEqual(list(found.flags), [flags.BREACHED, flags.INSUFFICIENT, flags.INVALID | flags.BREACHED])
        settings = ForecastConfig(start_time=NEW_YEAR)
        self.assertEqual(found[0], cc.forecast_budget(HISTORY, [100.0] * 10, 30, 5000, settings))
        self.assertEqual(found[-2], cc.forecast_budget([], [5.0] * 3, 31, 1e6))
        self.assertTrue(found[2].is_forecast_breached and found[2].forecast_spend == 0)
        with self.assertRaises(IndexError):
            found[3]
        del whole["start_time"]
        again = columns.forecast_budgets(spend, offsets, budget_limit=limits, config=settings, **whole)
        self.assertEqual(again[0], found[0])

    def test_wrong_columns(self) -> None:
        good: dict[str, Any] = {
            "spend": array("d", [1.0]), "offsets": array("q", [0, 1]), "elapsed": array("q", [1]),
            "period_len": array("q", [30]), "budget_limit": array("d", [9.0]),
        }  # fmt: skip
        self.assertEqual(list(columns.forecast_budgets(**good).flags), [flags.INSUFFICIENT])
        for name, bad in (
            ("offsets", array("q")), ("elapsed", array("q", [1, 2])), ("period_len", array("q")),
            ("budget_limit", array("d")), ("start_time", array("q")),
        ):  # fmt: skip
            with self.assertRaisesRegex(ValueError, name):
                columns.forecast_budgets(**{**good, name: bad})
        with self.assertRaisesRegex(TypeError, "spend"):
            columns.forecast_budgets(**{**good, "spend": array("f", [1.0])})
        with self.assertRaises(cc.CloudcircuitError) as raised:
            columns.forecast_budgets(**{**good, "offsets": array("q", [0, 2])})
        self.assertEqual(raised.exception.name, "CLOUDCIRCUIT_ERR_OFFSETS")
