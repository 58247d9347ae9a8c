"""Ten million accounts: how many a second Spark decides by the library, in expressions of its own, and as a pandas UDF.
All in one session, in turns; the best of three, from rows in memory to a sum of the flags, so that all are decided."""
import datetime as dt
import time

import pandas as pd
import pyspark.sql.functions as F

ACCOUNTS = 10_000_000
SERIES, DAYS = 20_000, 90
MARCH = dt.date(2026, 3, 1)
ROUNDS = 3


def flagged(spend: pd.Series, limit: pd.Series) -> pd.Series:
    """The rule as it is written in pandas."""
    ratio = spend / limit
    bits = (ratio >= 0.9).astype("int16") + 2 * (ratio >= 1.0).astype("int16")
    is_valid = (spend >= 0) & (limit > 0) & (spend < float("inf")) & (limit < float("inf"))
    return bits.where(is_valid, 131).astype("int16")


IS_VALID = "spend >= 0 AND limit > 0 AND spend < double('inf') AND limit < double('inf')"
NATIVE = f"""CASE WHEN {IS_VALID}
    THEN if(spend / limit >= 0.9D, 1, 0) + if(spend / limit >= 1D, 2, 0) ELSE 131 END"""


def compare(spark, ccs, arrow, master):
    rows = spark.range(0, ACCOUNTS, 1, 8).selectExpr(
        "pmod(hash(id), 100003) / 100D AS spend", "pmod(hash(id, 7), 90001) / 100D AS limit").cache()
    rows.count()
    as_pandas = F.pandas_udf(flagged, "smallint")

    def identity(batches):
        yield from batches

    ways = {
        "cloudcircuit": lambda: ccs.check_budgets(rows).select("flags", "usage_ratio"),
        "mapInArrow that does nothing": lambda: rows.mapInArrow(identity, rows.schema).selectExpr("spend AS flags"),
        "pandas UDF": lambda: rows.select(as_pandas("spend", "limit").alias("flags")),
        "Spark SQL": lambda: rows.selectExpr(f"{NATIVE} AS flags"),
    }
    seconds = {name: [] for name in ways}
    sums = {}
    for turn in range(ROUNDS):
        for name in list(ways)[turn:] + list(ways)[:turn]:
            began = time.monotonic()
            sums[name] = ways[name]().agg(F.sum("flags")).collect()[0][0]
            seconds[name].append(time.monotonic() - began)
    assert sums["cloudcircuit"] == sums["pandas UDF"] == sums["Spark SQL"], sums
    figures = ", ".join(f"{name} {ACCOUNTS / min(took) / 1e6:.2f}" for name, took in seconds.items())
    print(f"{master}: million budgets a second: {figures}", flush=True)
    rows.unpersist()

    days = spark.range(0, SERIES * DAYS, 1, 8).selectExpr(
        f"id % {SERIES} AS account", f"date_add(DATE '2026-01-01', int(id DIV {SERIES})) AS day",
        "80 + pmod(hash(id), 4001) / 100D AS spend", "3000D AS limit").cache()
    days.count()
    ways = {
        "detect_spikes": lambda: ccs.detect_spikes(days, "account", "day"),
        "forecast_budgets": lambda: ccs.forecast_budgets(days, "account", "day", period_start=MARCH, period_len=31),
        "grouping alone": lambda: days.groupBy("account").agg(
            F.sort_array(F.collect_list(F.struct("day", "spend"))).alias("points")).selectExpr(
                "size(points.spend) AS flags"),
    }
    for name, way in ways.items():
        took = []
        for _ in range(ROUNDS):
            began = time.monotonic()
            way().agg(F.sum("flags")).collect()
            took.append(time.monotonic() - began)
        print(f"{master}: {name}: {SERIES / min(took):.0f} series of {DAYS} days a second", flush=True)
    days.unpersist()
