"""What a report is asked for, and the configurations that the library gets from it: all in this one place."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import date

from .. import Action, BudgetForecast, DetectConfig, GuardPolicy, SignalKind, forecast_budget

FAILURES = ("block", "throttle", "alert", "leak", "forecast")


@dataclass(frozen=True, slots=True)
class Settings:
    """Rules of a report; how the bill is read stands in `columns.Columns`."""

    limit: float | None = None
    """Budget of each group that `budgets` does not name, for a calendar month; None for no budget."""
    budgets: str | None = None
    """A CSV file with a budget for each group."""
    warning_ratio: float = 0.9
    rule: str = "detect"
    """detect, or mean: a day above `multiplier` times the mean of the days before it."""
    multiplier: float = 1.5
    floor: float = 0.0
    """The least spend that a day is compared with, and below which no excess counts."""
    today: date | None = None
    lag_days: int = 0
    fail_on: tuple[str, ...] = ("block",)
    last: bool = False
    """Whether the exit status is about the last day alone."""


def detect_config(first: date, settings: Settings) -> DetectConfig:
    """For a series of daily charges that begins on a day."""
    return DetectConfig(start_time=first, min_impact=settings.floor)


def forecast(
    first: date, history: array[float], period: array[float], period_len: int, limit: float
) -> BudgetForecast:
    """Of a series of daily charges that begins on a day; `period` stands at its end."""
    return forecast_budget(history, period, period_len, limit)


POLICY = GuardPolicy(
    required=SignalKind.SPIKE, on_missing=Action.ALLOW, on_insufficient=Action.ALLOW, on_error=Action.BLOCK
)
"""A spike throttles, a leak, a warning and a forecast alert, a breach blocks; a series that is too young says
nothing."""
