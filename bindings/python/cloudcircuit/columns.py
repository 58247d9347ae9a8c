"""Whole fleets in one call, over any object with a buffer: `array`, `memoryview`, NumPy, Arrow's buffers.

Columns are lent to the library as they are. Nothing is converted or copied: a column of another type is a
`TypeError`, one with gaps between its items (a slice with a step) a `ValueError`. Other threads run meanwhile.

A bad row does not spoil the batch. Its flags hold `flags.INVALID` and the refusing bits, its number is 0, and it
is counted in `invalid_rows`; every other row is decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from . import _foresight, _native
from ._buffers import address, column, new_column
from ._native import Size, UInt32, integer
from .detect import DEFAULT_CONFIG, DetectConfig, native_config
from .errors import error
from .forecast import DEFAULT_CONFIG as FORECAST_CONFIG
from .forecast import BudgetForecast, ForecastConfig, forecast_of
from .forecast import native_config as native_forecast_config

if TYPE_CHECKING:
    from ._buffers import Column

INVALID_ROWS = 500


@dataclass(frozen=True, slots=True)
class Flagged:
    """What was found, row for row."""

    flags: memoryview
    """A byte of `cloudcircuit.flags` bits for each row."""
    numbers: memoryview[Any] | None
    """usage_ratio, usage_ppm or threshold of each row; None when they were not asked for."""
    invalid_rows: int
    """How many rows broke a rule and are refused."""


def check_budgets(
    current_spend: Column,
    budget_limit: Column,
    warning_ratio: float = 0.9,
    *,
    flags: Column | None = None,
    usage_ratio: Column | bool = True,
) -> Flagged:
    """`check_budget` for each row of two columns of doubles.

    `flags` and `usage_ratio` may name the columns to write, of bytes and of doubles; without them new ones are
    made. `usage_ratio=False` leaves the ratios out; it may be one of the columns that are read.
    """
    spend = column("current_spend", current_spend, "d")
    rows = len(spend)
    limit = column("budget_limit", budget_limit, "d", rows)
    out = _flags(flags, rows)
    ratios = _numbers("usage_ratio", usage_ratio, "d", rows)
    lent = (address(spend), address(limit), rows)
    invalid = _invalid_rows(_native.check_budget_columns, lent, _budget(warning_ratio), out, ratios)
    return Flagged(out, ratios, invalid)


def check_budgets_exact(
    current_spend: Column,
    budget_limit: Column,
    warning_ppm: int = 900_000,
    *,
    flags: Column | None = None,
    usage_ppm: Column | bool = True,
) -> Flagged:
    """`exact.check_budget` for each row of two columns of int64; `usage_ppm` is a column of uint64."""
    spend = column("current_spend", current_spend, "q")
    rows = len(spend)
    limit = column("budget_limit", budget_limit, "q", rows)
    out = _flags(flags, rows)
    usages = _numbers("usage_ppm", usage_ppm, "Q", rows)
    config = _native.BudgetConfigI64(integer("warning_ppm", warning_ppm, UInt32))
    lent = (address(spend), address(limit), rows)
    invalid = _invalid_rows(_native.check_budget_columns_i64, lent, config, out, usages)
    return Flagged(out, usages, invalid)


def check_anomaly_spikes(
    spend: Column,
    offsets: Column,
    spike_multiplier: float = 1.5,
    min_baseline: float = 0.0,
    *,
    flags: Column | None = None,
    threshold: Column | bool = True,
) -> Flagged:
    """`check_anomaly_spike` for many series, which lie end to end in one column of doubles.

    `offsets` are int64, one more than there are series: series i lies from offsets[i] to before offsets[i + 1].
    A series shorter than 2 points is an invalid row.
    """
    points = column("spend", spend, "d")
    bounds = column("offsets", offsets, "q")
    if len(bounds) == 0:
        raise ValueError("offsets must have at least 1 item")
    rows = len(bounds) - 1
    out = _flags(flags, rows)
    thresholds = _numbers("threshold", threshold, "d", rows)
    lent = (address(points), len(points), address(bounds), rows)
    config = _spike(spike_multiplier, min_baseline)
    invalid = _invalid_rows(_native.check_anomaly_spike_columns, lent, config, out, thresholds)
    return Flagged(out, thresholds, invalid)


def detect_spikes(
    spend: Column,
    offsets: Column,
    config: DetectConfig = DEFAULT_CONFIG,
    *,
    flags: Column | None = None,
    scores: Column | bool = True,
) -> Flagged:
    """`detect_spike` for the latest points of many series, which lie end to end in one column of doubles and start
    at one time.

    `offsets` as in `check_anomaly_spikes`. Flags are `cloudcircuit.flags` SPIKE, LEAK, DROP and INSUFFICIENT, the
    numbers scores. A series with a point that breaks a rule is an invalid row.
    """
    points = column("spend", spend, "d")
    bounds = column("offsets", offsets, "q")
    if len(bounds) == 0:
        raise ValueError("offsets must have at least 1 item")
    rows = len(bounds) - 1
    out = _flags(flags, rows)
    found = _numbers("scores", scores, "d", rows)
    lent = (address(points), len(points), address(bounds), rows)
    invalid = _invalid_rows(_foresight.detect_spike_columns, lent, native_config(config), out, found)
    return Flagged(out, found, invalid)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was found, point for point."""

    flags: memoryview
    """A byte for each point: `cloudcircuit.flags` SPIKE, LEAK, DROP and INSUFFICIENT; 0 is a normal point."""
    expected_spend: memoryview[Any] | None
    """0 where data are insufficient; None when it was not asked for, like the next."""
    upper_bound: memoryview[Any] | None
    """Spend above this is a spike."""


def scan_spikes(
    spend_series: Column,
    config: DetectConfig = DEFAULT_CONFIG,
    *,
    flags: Column | None = None,
    expected_spend: Column | bool = True,
    upper_bound: Column | bool = True,
) -> Scanned:
    """Every point of one series, a column of doubles, judged as `detect_spike` would on the day.

    `flags`, `expected_spend` and `upper_bound` may name the columns to write, as in `check_budgets`; they must
    not overlap the series or one another. A series that breaks a rule raises: no point of it is judged.
    """
    points = column("spend_series", spend_series, "d")
    rows = len(points)
    out = _flags(flags, rows)
    expected = _numbers("expected_spend", expected_spend, "d", rows)
    upper = _numbers("upper_bound", upper_bound, "d", rows)
    lent = {"spend_series": points, "flags": out, "expected_spend": expected, "upper_bound": upper}
    starts = {name: None if view is None else address(view) for name, view in lent.items()}
    _are_apart(lent, starts)
    status = _foresight.scan_spikes(
        starts["spend_series"],
        rows,
        native_config(config),
        starts["flags"],
        starts["expected_spend"],
        starts["upper_bound"],
    )
    if status:
        raise error(status)
    return Scanned(out, expected, upper)


def _are_apart(lent: dict[str, memoryview | None], starts: dict[str, int | None]) -> None:
    """The library writes one of these while it reads another."""
    spans = sorted((starts[name] or 0, view.nbytes, name) for name, view in lent.items() if view)
    for (start, size, name), (following, _, other) in zip(spans, spans[1:]):
        if start + size > following:
            raise ValueError(f"{name} and {other} must not overlap")


@dataclass(frozen=True, slots=True)
class Forecasts:
    """What is expected, row for row."""

    flags: memoryview
    """A byte for each series: `cloudcircuit.flags` BREACHED and INSUFFICIENT, or INVALID and BREACHED."""
    results: memoryview
    """64 bytes for each series: the fields of C's cloudcircuit_forecast_result."""
    invalid_rows: int
    """How many rows broke a rule and are refused."""

    def __len__(self) -> int:
        return len(self.flags)

    def __getitem__(self, row: int) -> BudgetForecast:
        """The forecast of one series, as `forecast_budget` answers it. Of an invalid row all is 0 and breached."""
        return forecast_of(_foresight.ForecastResult.from_buffer_copy(self.results, range(len(self))[row] * _RESULT))


_RESULT = 64


def forecast_budgets(
    spend: Column,
    offsets: Column,
    elapsed: Column,
    period_len: Column,
    budget_limit: Column,
    config: ForecastConfig | int = FORECAST_CONFIG,
    *,
    start_time: Column | None = None,
) -> Forecasts:
    """`forecast_budget` for many series, which lie end to end in one column of doubles.

    `offsets` are int64, one more than there are series: series i lies from offsets[i] to before offsets[i + 1], and
    its last elapsed[i] points are its period's. `elapsed`, `period_len` and `start_time` are columns of int64,
    `budget_limit` of doubles. Without `start_time` that of the settings is every series'.
    """
    points = column("spend", spend, "d")
    bounds = column("offsets", offsets, "q")
    if len(bounds) == 0:
        raise ValueError("offsets must have at least 1 item")
    rows = len(bounds) - 1
    whole = [column("elapsed", elapsed, "q", rows), column("period_len", period_len, "q", rows)]
    limits = column("budget_limit", budget_limit, "d", rows)
    starts = None if start_time is None else column("start_time", start_time, "q", rows)
    flags, results = new_column("B", rows), new_column("B", rows * _RESULT)
    invalid = Size()
    status = _foresight.forecast_budget_columns(
        address(points),
        len(points),
        address(bounds),
        None if starts is None else address(starts),
        *map(address, whole),
        address(limits),
        rows,
        native_forecast_config(config),
        address(flags),
        address(results),
        invalid,
    )
    if status not in (0, INVALID_ROWS):
        raise error(status)
    return Forecasts(flags, results, invalid.value)


def _budget(warning_ratio: float) -> _native.BudgetConfig:
    try:
        return _native.BudgetConfig(warning_ratio)
    except (TypeError, OverflowError) as unfit:
        _native.not_numbers(unfit, warning_ratio=warning_ratio)


def _spike(spike_multiplier: float, min_baseline: float) -> _native.SpikeConfig:
    try:
        return _native.SpikeConfig(spike_multiplier, min_baseline)
    except (TypeError, OverflowError) as unfit:
        _native.not_numbers(unfit, spike_multiplier=spike_multiplier, min_baseline=min_baseline)


# What follows is for the Arrow columns. A lent column is the address of its numbers, that of its validity bitmap
# or None, and the bitmap's bit of the first row.
Lent = tuple["int | None", "int | None", int]


def raw_check_budgets(
    spend: Lent, limit: Lent, rows: int, warning_ratio: float, flags: memoryview, ratios: memoryview | None
) -> int:
    lent = (*spend, *limit, rows)
    return _invalid_rows(_native.check_budget_columns_nullable, lent, _budget(warning_ratio), flags, ratios)


def raw_check_budgets_exact(
    spend: Lent, limit: Lent, rows: int, warning_ppm: int, flags: memoryview, usages: memoryview | None
) -> int:
    config = _native.BudgetConfigI64(integer("warning_ppm", warning_ppm, UInt32))
    return _invalid_rows(_native.check_budget_columns_i64_nullable, (*spend, *limit, rows), config, flags, usages)


def raw_check_anomaly_spikes(
    points: Lent,
    len_points: int,
    offsets: Lent,
    rows: int,
    spike_multiplier: float,
    min_baseline: float,
    flags: memoryview,
    thresholds: memoryview | None,
) -> int:
    lent = (*points, len_points, *offsets, rows)
    config = _spike(spike_multiplier, min_baseline)
    return _invalid_rows(_native.check_anomaly_spike_columns_nullable, lent, config, flags, thresholds)


def _invalid_rows(
    function: Any, lent: tuple[Any, ...], config: Any, flags: memoryview, numbers: memoryview | None
) -> int:
    """A call of the library over lent columns, which writes these."""
    invalid = Size()
    status = function(*lent, config, address(flags), None if numbers is None else address(numbers), invalid)
    if status and status != INVALID_ROWS:
        raise error(status)
    return invalid.value


def _flags(flags: Column | None, rows: int) -> memoryview:
    return new_column("B", rows) if flags is None else column("flags", flags, "B", rows, writable=True)


def _numbers(name: str, wanted: Column | bool, code: Literal["d", "Q"], rows: int) -> memoryview[Any] | None:
    if wanted is False:
        return None
    if wanted is True:
        return new_column(code, rows)
    return column(name, wanted, code, rows, writable=True)
