"""What a period will have cost when it ends, and when its budget is used up. docs/FORECAST.md tells how."""

from __future__ import annotations

from ctypes import ArgumentError
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _foresight
from ._buffers import points
from ._native import UInt32, UInt64, integer, not_numbers
from .detect import Verdict
from .errors import error

if TYPE_CHECKING:
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


def forecast_budget(
    history: Series, period_spend: Series, period_len: int, budget_limit: float, season_length: int = 7
) -> BudgetForecast:
    """Forecasts a period's total from its spend so far and from what came before it.

    `history` and `period_spend` are spend in equal steps, oldest first, each point finite and >= 0, or NaN where
    it is missing; the period starts where the history ends and has `period_len` steps. `season_length` is the
    number of steps after which spend repeats its pattern: 7 for days. What breaks a rule raises a
    `CloudcircuitError`.
    """
    _keep_history, history_start, history_len = points("history", history)
    _keep_period, period_start, elapsed = points("period_spend", period_spend)
    steps = integer("period_len", period_len, UInt64)
    config = _foresight.ForecastConfig(integer("season_length", season_length, UInt32))
    result = _foresight.ForecastResult()
    try:
        status = _foresight.forecast_budget(
            history_start, history_len, period_start, elapsed, steps, budget_limit, config, result
        )
    except ArgumentError as unfit:
        not_numbers(unfit, budget_limit=budget_limit)
    if status:
        raise error(status)
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
