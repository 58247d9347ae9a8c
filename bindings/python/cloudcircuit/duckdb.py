"""Budgets and spikes as functions of DuckDB, which passes its columns as Arrow arrays. Needs duckdb and pyarrow.

    con = cloudcircuit.duckdb.register(duckdb.connect())
    con.sql("SELECT account, cc_budget_flags(spend, 1000.0) & 2 <> 0 AS is_breached FROM bills")
    con.sql("SELECT account, cc_spike_threshold(list(spend ORDER BY day)) FROM bills GROUP BY account")

The names are those of the extension for SQLite, and the answers those of `cloudcircuit.arrow`, to the last bit. A row
with a NULL, or with a number that breaks a rule, does not end the query: its flags hold `flags.INVALID` and the
refusing bits, its number is NULL. Of a series NULL, or with a NULL in it, the same is true.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from . import arrow
from .arrow import ArrowFlagged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def register(
    con: DuckDBPyConnection,
    *,
    warning_ratio: float = 0.9,
    warning_ppm: int = 900_000,
    spike_multiplier: float = 1.5,
    min_baseline: float = 0.0,
) -> DuckDBPyConnection:
    """Makes the functions known to a connection, with these settings, and returns it.

    | function | answer |
    | --- | --- |
    | `cc_budget_flags(DOUBLE, DOUBLE)` | `check_budgets` of spend and limit: bits, as in `cloudcircuit.flags` |
    | `cc_usage_ratio(DOUBLE, DOUBLE)` | the share of the limit that is spent |
    | `cc_budget_flags_i64(BIGINT, BIGINT)`, `cc_usage_ppm(BIGINT, BIGINT)` | the same in exact integers |
    | `cc_spike_flags(DOUBLE[])` | `check_anomaly_spikes` of a series whose last point is judged: bits |
    | `cc_spike_threshold(DOUBLE[])` | what the point is a spike above |
    """

    def budgets(spend: Any, limit: Any) -> ArrowFlagged:
        return arrow.check_budgets(spend, limit, warning_ratio)

    def exact_budgets(spend: Any, limit: Any) -> ArrowFlagged:
        return arrow.check_budgets_exact(spend, limit, warning_ppm)

    def spikes(series: Any) -> ArrowFlagged:
        return arrow.check_anomaly_spikes(series, spike_multiplier, min_baseline)

    # A setting out of its range is told now, and not by the first query.
    doubles, integers, series = (pa.array([], kind) for kind in (pa.float64(), pa.int64(), pa.list_(pa.float64())))
    budgets(doubles, doubles)
    exact_budgets(integers, integers)
    spikes(series)

    for decide, arguments, of_flags, of_number, number in (
        (budgets, ["DOUBLE", "DOUBLE"], "cc_budget_flags", "cc_usage_ratio", "DOUBLE"),
        (exact_budgets, ["BIGINT", "BIGINT"], "cc_budget_flags_i64", "cc_usage_ppm", "UBIGINT"),
        (spikes, ["DOUBLE[]"], "cc_spike_flags", "cc_spike_threshold", "DOUBLE"),
    ):
        _create(con, of_flags, decide, lambda found: found.flags, arguments, "UTINYINT")
        _create(con, of_number, decide, _numbers, arguments, number)
    return con


def _numbers(found: ArrowFlagged) -> pa.Array:
    return arrow.null_where_invalid(found.flags, found.numbers) if found.invalid_rows else found.numbers


def _create(
    con: Any,
    name: str,
    decide: Callable[..., ArrowFlagged],
    answer: Callable[[ArrowFlagged], pa.Array],
    arguments: list[str],
    kind: str,
) -> None:
    @wraps(decide)  # DuckDB counts its parameters
    def call(*columns: Any) -> pa.Array:
        return answer(decide(*columns))

    con.create_function(name, call, arguments, kind, type="arrow", null_handling="special")
