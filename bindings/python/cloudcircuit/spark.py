"""Budgets, spikes, the detector and the forecast over DataFrames of Spark. Needs pyspark 3.5 or later and pyarrow.

    from cloudcircuit import spark as ccs

    ccs.check_budgets(accounts).where("flags & 2 <> 0").show()              # BREACHED of cloudcircuit.flags
    ccs.detect_spikes(bill, by="account", order="day").where("flags & 4 <> 0").show()

Executors run the library over the Arrow batches that Spark passes, where they lie, with the answers of
`cloudcircuit.arrow` to the last bit, however the rows are spread. A row with a NULL, or with a number that breaks
a rule, does not end the job: its flags hold `flags.INVALID` and the refusing bits, its other new columns are NULL.
Settings that break a rule raise before the job. Spark has no unsigned byte, so `flags` is a smallint.

The rows of a series may come in any order and from any partition; `order` sorts them, and a NULL there makes the
series invalid. The answer has one row for each, with its latest `order`. The detector and the forecast need equal
steps. Where `order` is a date or a timestamp, its first is the series' start_time (a timestamp's in UTC), and a
series that lacks a step or has one twice is invalid: fill days without spend with 0 first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute
from pyspark.sql import Column, DataFrame  # pyright: ignore[reportMissingImports]
from pyspark.sql import functions as F  # pyright: ignore[reportMissingImports]
from pyspark.sql import types as T  # pyright: ignore[reportMissingImports]

from . import arrow, flags
from .arrow import ArrowFlagged, null_where_invalid
from .detect import DEFAULT_CONFIG, DetectConfig
from .errors import CloudcircuitError
from .forecast import DEFAULT_CONFIG as FORECAST_CONFIG
from .forecast import ForecastConfig

_compute: Any = pyarrow.compute  # whose functions are made at run time
Decide = Callable[[pa.RecordBatch], list[pa.Array]]

_REFUSED = flags.SPIKE | flags.LEAK | flags.DROP | flags.INVALID


def check_budgets(
    df: DataFrame, spend: str = "spend", limit: str = "limit", warning_ratio: float = 0.9
) -> DataFrame:
    """The rows with `flags` and `usage_ratio`, as `arrow.check_budgets` decides two columns of doubles."""

    def decide(batch: pa.RecordBatch) -> list[pa.Array]:
        found = arrow.check_budgets(batch[spend], batch[limit], warning_ratio)
        return [_smallint(found.flags), null_where_invalid(found.flags, found.numbers)]

    _are(df, T.DoubleType(), spend, limit)
    return _with(df, decide, len(df.columns), {"usage_ratio": T.DoubleType()})


def check_budgets_exact(
    df: DataFrame, spend: str = "spend", limit: str = "limit", warning_ppm: int = 900_000
) -> DataFrame:
    """The rows with `flags` and `usage_ppm`, a decimal(20, 0), as `arrow.check_budgets_exact` decides two columns
    of bigint. A decimal(18, 2) is one after `(spend * 100).cast("bigint")`."""

    def decide(batch: pa.RecordBatch) -> list[pa.Array]:
        found = arrow.check_budgets_exact(batch[spend], batch[limit], warning_ppm)
        ppm = found.numbers.cast(pa.decimal128(20, 0))
        return [_smallint(found.flags), null_where_invalid(found.flags, ppm)]

    _are(df, T.LongType(), spend, limit)
    return _with(df, decide, len(df.columns), {"usage_ppm": T.DecimalType(20, 0)})


def check_anomaly_spikes(
    df: DataFrame,
    by: str | Sequence[str],
    order: str,
    spend: str = "spend",
    spike_multiplier: float = 1.5,
    min_baseline: float = 0.0,
) -> DataFrame:
    """For each account `flags` and `threshold`, as `arrow.check_anomaly_spikes` judges its latest row."""

    def decide(batch: pa.RecordBatch) -> list[pa.Array]:
        return _flagged(arrow.check_anomaly_spikes(batch["_series"], spike_multiplier, min_baseline))

    grouped, kept = _grouped(df, by, order, spend, None)
    return _with(grouped, decide, kept, {"threshold": T.DoubleType()})


def detect_spikes(
    df: DataFrame,
    by: str | Sequence[str],
    order: str,
    spend: str = "spend",
    config: DetectConfig = DEFAULT_CONFIG,
) -> DataFrame:
    """For each account `flags` and `score`, as `arrow.detect_spikes` judges its latest row. A NULL spend is a
    missing point. `config.start_time` is not used where `order` is a date or a timestamp."""

    def decide(batch: pa.RecordBatch) -> list[pa.Array]:
        return _flagged(arrow.detect_spikes(batch["_series"], config, start_time=_starts(batch)))

    grouped, kept = _grouped(df, by, order, spend, config.step)
    return _with(grouped, decide, kept, {"score": T.DoubleType()})


def scan_spikes(
    df: DataFrame,
    by: str | Sequence[str],
    order: str,
    spend: str = "spend",
    config: DetectConfig = DEFAULT_CONFIG,
) -> DataFrame:
    """Every row with `flags`, `expected_spend` and `upper_bound`: what `detect_spikes` would have found on its day.

    For settings that are tried on last year's bill. A series with a point that breaks a rule has invalid rows only.
    Python is called once for each series.
    """
    _are(df, T.DoubleType(), spend)
    arrow.scan_spikes(pa.array([], pa.float64()), config)  # refuses settings that break a rule before a job starts
    seconds, kept, step = _seconds(df, order), len(df.columns), config.step
    is_timed = seconds is not None
    schema = _schema(df, kept, {"expected_spend": T.DoubleType(), "upper_bound": T.DoubleType()})
    names = schema.names

    def run(series: pa.Table) -> pa.Table:
        rows = series.sort_by(order).combine_chunks()
        settings, is_whole = config, not rows[order].null_count
        if is_timed and is_whole:
            at = rows["_seconds"].combine_chunks()
            settings = replace(config, start_time=at[0].as_py())
            steps = _compute.equal(_compute.pairwise_diff(at), step)
            is_whole = _compute.all(steps, min_count=0).as_py()
        bits = pa.repeat(pa.scalar(_REFUSED, pa.int16()), len(rows))
        expected = upper = pa.nulls(len(rows), pa.float64())
        try:
            if is_whole:
                found = arrow.scan_spikes(rows[spend], settings)
                bits, expected, upper = _smallint(found.flags), found.expected_spend, found.upper_bound
        except CloudcircuitError as error:
            if error.name != "CLOUDCIRCUIT_ERR_DETECT_POINT":
                raise
        return pa.Table.from_arrays([*rows.columns[:kept], bits, expected, upper], names)

    timed = df if seconds is None else df.withColumn("_seconds", seconds)
    return timed.groupBy(*_names(by)).applyInArrow(run, schema)


def forecast_budgets(
    df: DataFrame,
    by: str | Sequence[str],
    order: str,
    spend: str = "spend",
    limit: str = "limit",
    *,
    period_start: Any,
    period_len: int,
    config: ForecastConfig = FORECAST_CONFIG,
) -> DataFrame:
    """For each account `flags` and the numbers of `BudgetForecast`, as `arrow.forecast_budgets` expects them.

    Rows whose `order` is `period_start` or later are the period's so far, which has `period_len` steps; those
    before are its history. A series that begins after `period_start` is invalid: fill its days before with NULL.
    The limit is that of the latest row. A NULL spend is a missing point.
    """

    def decide(batch: pa.RecordBatch) -> list[pa.Array]:
        found = arrow.forecast_budgets(
            batch["_series"],
            batch["_elapsed"],
            pa.repeat(pa.scalar(period_len, pa.int64()), len(batch)),
            batch["_limit"],
            config,
            start_time=_starts(batch),
        )
        numbers = (null_where_invalid(found.flags, column) for column in found.results.columns)
        return [_smallint(found.flags), *numbers]

    _are(df, T.DoubleType(), limit)
    grouped, kept = _grouped(
        df,
        by,
        order,
        spend,
        config.step,
        # NULL, which is invalid, where the series begins within the period: its place there is not known.
        F.when(F.min(order) <= F.lit(period_start), F.count_if(F.col(order) >= F.lit(period_start))).alias("_elapsed"),
        F.max_by(limit, order).alias("_limit"),
    )
    numbers: dict[str, T.DataType] = {name: T.DoubleType() for name in arrow.FORECAST_NUMBERS}
    numbers["exhaustion_point"] = T.LongType()
    return _with(grouped, decide, kept, numbers)


def _flagged(found: ArrowFlagged) -> list[pa.Array]:
    return [_smallint(found.flags), null_where_invalid(found.flags, found.numbers)]


def _smallint(bits: pa.UInt8Array) -> pa.Array:
    return bits.cast(pa.int16())


def _starts(batch: pa.RecordBatch) -> pa.Array | None:
    return batch["_start_time"] if "_start_time" in batch.schema.names else None


def _names(by: str | Sequence[str]) -> list[str]:
    return [by] if isinstance(by, str) else list(by)


def _with(df: DataFrame, decide: Decide, kept: int, numbers: dict[str, T.DataType]) -> DataFrame:
    """The first columns of a DataFrame, with what is decided next to them."""
    schema = _schema(df, kept, numbers)
    names = schema.names
    decide(_no_rows(df))  # refuses settings that break a rule before a job starts

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.RecordBatch.from_arrays([*batch.columns[:kept], *decide(batch)], names)

    return df.mapInArrow(run, schema)


def _schema(df: DataFrame, kept: int, numbers: dict[str, T.DataType]) -> T.StructType:
    new = {"flags": T.ShortType(), **numbers}
    taken = new.keys() & set(df.columns[:kept])
    if taken:
        raise ValueError(f"the DataFrame has a column {min(taken)} already")
    return T.StructType(df.schema.fields[:kept] + [T.StructField(name, kind) for name, kind in new.items()])


def _no_rows(df: DataFrame) -> pa.RecordBatch:
    kinds = {"double": pa.float64(), "bigint": pa.int64(), "array<double>": pa.list_(pa.float64())}
    columns = [pa.array([], kinds.get(field.dataType.simpleString(), pa.null())) for field in df.schema.fields]
    return pa.RecordBatch.from_arrays(columns, df.columns)


def _grouped(
    df: DataFrame, by: str | Sequence[str], order: str, spend: str, step: int | None, *more: Column
) -> tuple[DataFrame, int]:
    """A row for each series: keys, latest `order`, points or NULL, start_time where `order` has it. And how many
    of these columns are the caller's."""
    _are(df, T.DoubleType(), spend)
    keys = _names(by)
    point = F.struct(F.col(order).alias("order"), F.col(spend).alias("spend"))
    found = [F.sort_array(F.collect_list(point)).alias("_points"), F.max(order).alias(order), *more]
    is_whole = F.count(order) == F.count(F.lit(1))
    seconds = None if step is None else _seconds(df, order)
    if seconds is not None:
        found.append(F.min(seconds).alias("_start_time"))
        phase = F.pmod(seconds, F.lit(step))
        span = F.max(seconds) - F.min(seconds)
        is_whole &= (F.min(phase) == F.max(phase)) & (span == (F.count(order) - 1) * step)
    rows = df.groupBy(*keys).agg(*found, is_whole.alias("_is_whole"))
    is_whole = F.col("_is_whole")
    if seconds is not None:
        is_whole &= F.size(F.array_distinct("_points.order")) == F.size("_points")
    series = F.when(is_whole, F.col("_points.spend")).alias("_series")
    others = [name for name in rows.columns if name not in (*keys, order, "_points", "_is_whole")]
    return rows.select(*keys, order, series, *others), len(keys) + 1


def _seconds(df: DataFrame, order: str) -> Column | None:
    """When a row was, in seconds since 1970-01-01."""
    kind, at = df.schema[order].dataType, F.col(order)
    if isinstance(kind, T.DateType):
        return F.unix_date(at).cast("bigint") * 86_400
    if isinstance(kind, T.TimestampType):
        return F.unix_seconds(at)
    if isinstance(kind, T.TimestampNTZType):
        days = F.unix_date(F.to_date(at)).cast("bigint")
        return days * 86_400 + F.hour(at) * 3600 + F.minute(at) * 60 + F.second(at)
    return None


def _are(df: DataFrame, kind: T.DataType, *names: str) -> None:
    for name in names:
        found = df.schema[name].dataType
        if found != kind:
            raise TypeError(f"{name} must be {kind.simpleString()}, not {found.simpleString()}: cast it")
