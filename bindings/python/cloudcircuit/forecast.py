"""What a period will have cost when it ends, and when its budget is used up. docs/FORECAST.md tells how."""

from __future__ import annotations

from ctypes import ArgumentError
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _foresight
from ._buffers import points
from ._native import UInt32, UInt64, integer, not_numbers
from ._timeline import NegativePoints, native_time
from .detect import Verdict
from .errors import error

if TYPE_CHECKING:
    from datetime import date

    from ._buffers import Series


@dataclass(frozen=True, slots=True)
class BudgetForecast:
    """What `forecast_budget` expects."""

    spend_to_date: float
    forecast_spend: float
    """What the whole period is expected to cost."""
    lower_bound: float
    """In one period of ten, less than this is spent."""
    upper_bound: float
    """In one period of ten, more than this is spent."""
    forecast_ratio: float
    """forecast_spend / budget_limit."""
    burn_rate: float
    """The share of the budget that is spent over the share of the period that has passed."""
    exhaustion_point: int | None
    """Index in the period of the first point at which spend reaches the limit; None when it does not."""
    is_forecast_breached: bool
    is_sufficient: bool
    """False when there are too few points: nothing was guessed then."""

    def to_json(self, config: ForecastConfig | int | None = None) -> str:
        """The line of `records.forecast`, for the settings that the call had."""
        from . import records

        return records.forecast(self, DEFAULT_CONFIG if config is None else config)


@dataclass(frozen=True, slots=True)
class ForecastConfig:
    """What the series is. The default is daily spend without dates."""

    season_length: int = 7
    """Steps after which spend repeats its pattern, at most 168: 7 for days, 24 for hours, 12 for months, 1 for
    none."""
    lag_points: int = 0
    """How many of the last points are incomplete, at most 480, for bills that fill up late. They count in
    `spend_to_date` as they are, and in the forecast as expected if that is more."""
    negative_points: NegativePoints = NegativePoints.ERROR
    """What a negative point means, for example a credit."""
    start_time: int | date | None = None
    """When the first point of the history was, or of the period when there is none: a date or datetime in the
    bill's own calendar, or seconds since 1970-01-01. With it charges by the day of the month are expected again."""
    step: int = 86_400
    """Seconds between points, 1 to 2^31."""


DEFAULT_CONFIG = ForecastConfig()


def native_config(config: ForecastConfig | int) -> _foresight.ForecastConfig:
    """The settings as the library takes them; a number is the season_length."""
    if not isinstance(config, ForecastConfig):
        config = ForecastConfig(config)
    whole = {name: integer(name, getattr(config, name), UInt32) for name in _COUNTS}
    return _foresight.ForecastConfig(
        **whole, start_time=native_time(config.start_time), step=integer("step", config.step)
    )


_COUNTS = ("season_length", "lag_points", "negative_points")


def forecast_budget(
    history: Series,
    period_spend: Series,
    period_len: int,
    budget_limit: float,
    config: ForecastConfig | int = DEFAULT_CONFIG,
) -> BudgetForecast:
    """Forecasts a period's total from its spend so far and from what came before it.

    `history` and `period_spend` are spend in equal steps, oldest first, each point finite and >= 0, or NaN where
    it is missing; the period starts where the history ends and has `period_len` steps. In place of the settings
    a number may stand for their `season_length`. What breaks a rule raises a `CloudcircuitError`.
    """
    _keep_history, history_start, history_len = points("history", history)
    _keep_period, period_start, elapsed = points("period_spend", period_spend)
    steps = integer("period_len", period_len, UInt64)
    settings = native_config(config)
    result = _foresight.ForecastResult()
    try:
        status = _foresight.forecast_budget(
            history_start, history_len, period_start, elapsed, steps, budget_limit, settings, result
        )
    except ArgumentError as unfit:
        not_numbers(unfit, budget_limit=budget_limit)
    if status:
        raise error(status)
    return forecast_of(result)


def forecast_of(result: _foresight.ForecastResult) -> BudgetForecast:
    """What the library wrote."""
    return BudgetForecast(
        result.spend_to_date,
        result.forecast_spend,
        result.lower_bound,
        result.upper_bound,
        result.forecast_ratio,
        result.burn_rate,
        None if result.exhaustion_point < 0 else result.exhaustion_point,
        result.is_forecast_breached == 1,
        result.verdict == Verdict.NORMAL,
    )
