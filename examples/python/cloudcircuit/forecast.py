"""What a period will have cost when it ends, where the library can tell.

Libraries of ABI version 0 before the forecast lack it: `is_available` is then False, and a call raises
`NotImplementedError`.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _native
from ._buffers import series
from ._native import Double, Int32, Int64, Size, UInt32, integer
from .errors import error

if TYPE_CHECKING:
    from ._buffers import Series

is_available: bool = _native.has("forecast_budget")


class _Config(Structure):
    _fields_ = [("season_length", UInt32), ("reserved", UInt32)]


class _Result(Structure):
    _fields_ = [
        ("spend_to_date", Double),
        ("forecast_spend", Double),
        ("lower_bound", Double),
        ("upper_bound", Double),
        ("forecast_ratio", Double),
        ("burn_rate", Double),
        ("exhaustion_point", Int64),
        ("is_forecast_breached", UInt32),
        ("verdict", Int32),
    ]


if is_available:
    _forecast_budget = _native.function(
        _native.LONG,
        "forecast_budget",
        ctypes.c_void_p,
        Size,
        ctypes.c_void_p,
        Size,
        Size,
        Double,
        POINTER(_Config),
        POINTER(_Result),
    )


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
    if not is_available:
        raise NotImplementedError("this libcloudcircuit has no forecast; a later one does")
    _keep_history, history_start, history_len = series(history, "d")
    _keep_period, period_start, elapsed = series(period_spend, "d")
    result = _Result()
    status = _forecast_budget(
        history_start,
        history_len,
        period_start,
        elapsed,
        integer("period_len", period_len),
        budget_limit,
        _Config(integer("season_length", season_length, UInt32)),
        result,
    )
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
        result.verdict != 3,
    )
