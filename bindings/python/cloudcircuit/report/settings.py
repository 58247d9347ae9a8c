"""What a report is asked for, and the configurations that the library gets from it: all in this one place."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import date

from .. import BudgetForecast, DetectConfig, ForecastConfig, GuardPolicy, Signal, SignalKind, forecast_budget

FAILURES = ("block", "throttle", "alert", "leak", "forecast")


@dataclass(frozen=True, slots=True)
class Settings:
    """Rules of a report; how the bill is read stands in `columns.Columns`."""

    limit: float | None = None
    """Budget of each group that `budgets` does not name, for a calendar month; None for no budget."""
    budgets: str | None = None
    """A CSV file with a budget for each group."""
    rule: str = "detector"
    """detector, or mean: a day above 1.5 times the mean of the days before it."""
    today: date | None = None
    lag_days: int = 0
    fail_on: tuple[str, ...] = ("block",)
    last: bool = False
    """Whether the exit status is about the last day alone."""


def detect_config(first: date) -> DetectConfig:
    """For a series of daily spend that begins on a day."""
    return DetectConfig(start_time=first)


def forecast(
    first: date, history: array[float], period: array[float], period_len: int, limit: float
) -> BudgetForecast:
    """Of a series of daily spend that begins on a day; `period` stands at its end."""
    return forecast_budget(history, period, period_len, limit, ForecastConfig(start_time=first))


def policy(signals: list[Signal]) -> GuardPolicy:
    """The library's own, which needs no safeguard but those asked: a spike throttles, a leak, a warning and a
    forecast alert, a breach blocks."""
    required = SignalKind(0)
    for signal in signals:
        required |= signal.kind
    return GuardPolicy(required=required)
