"""Ten million accounts: how many a second Spark decides by the library, in expressions of its own, and as a pandas UDF.
All in one session, in turns, from rows in memory to a sum of the flags, so that all are decided. The best of the rounds:
of elapsed time, which other work on the machine changes, and of CPU time of all processes, which it changes little."""
import datetime as dt
import os
import time

import pandas as pd
import pyspark.sql.functions as F

ACCOUNTS = 10_000_000
SERIES, DAYS = 20_000, 90
MARCH = dt.date(2026, 3, 1)
ROUNDS = 3

IS_VALID = "spend >= 0 AND limit > 0 AND spend < double('inf') AND limit < double('inf')"
NATIVE = f"""CASE WHEN {IS_VALID}
    THEN if(spend / limit >= 0.9D, 1, 0) + if(spend / limit >= 1D, 2, 0) ELSE 131 END"""


def cpu_seconds():
    """Of this process and of all that it started: Java, executors, their Python workers."""
    parents, ticks = {}, {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it has ended
        parents[int(pid)], ticks[int(pid)] = int(fields[1]), sum(map(int, fields[11:15]))

    def is_ours(pid):
        return pid == os.getpid() or pid in parents and is_ours(parents[pid])

    return sum(ticks[pid] for pid in ticks if is_ours(pid)) / os.sysconf("SC_CLK_TCK")


def measured(ways):
    """For each way its answer, the least seconds and the least CPU seconds."""
    found = {name: [None, [], []] for name in ways}
    for turn in range(ROUNDS):
        for name in list(ways)[turn:] + list(ways)[:turn]:
            began, cpu_began = time.monotonic(), cpu_seconds()
            found[name][0] = ways[name]().agg(F.sum("flags")).collect()[0][0]
            found[name][1].append(time.monotonic() - began)
            found[name][2].append(cpu_seconds() - cpu_began)
    return {name: (answer, min(took), min(cpu)) for name, (answer, took, cpu) in found.items()}


def compare(spark, ccs, arrow, master):
    rows = spark.range(0, ACCOUNTS, 1, 8).selectExpr(
        "pmod(hash(id), 100003) / 100D AS spend", "pmod(hash(id, 7), 90001) / 100D AS limit").cache()
    rows.count()

    # In here, for executors cannot import this file.
    def flagged(spend: pd.Series, limit: pd.Series) -> pd.Series:
        """The rule as it is written in pandas."""
        ratio = spend / limit
        bits = (ratio >= 0.9).astype("int16") + 2 * (ratio >= 1.0).astype("int16")
        is_valid = (spend >= 0) & (limit > 0) & (spend < float("inf")) & (limit < float("inf"))
        return bits.where(is_valid, 131).astype("int16")

    as_pandas = F.pandas_udf(flagged, "smallint")

    def identity(batches):
        yield from batches

    ways = {
        "cloudcircuit": lambda: ccs.check_budgets(rows).select("flags", "usage_ratio"),
        "mapInArrow that does nothing": lambda: rows.mapInArrow(identity, rows.schema).selectExpr("spend AS flags"),
        "pandas UDF": lambda: rows.select(as_pandas("spend", "limit").alias("flags")),
        "Spark SQL": lambda: rows.selectExpr(f"{NATIVE} AS flags"),
    }
    found = measured(ways)
    sums = {name: answer for name, (answer, _, _) in found.items() if "nothing" not in name}
    assert len(set(sums.values())) == 1, sums
    for name, (_, took, cpu) in found.items():
        print(f"{master}: {name}: {ACCOUNTS / took / 1e6:.2f} million budgets a second,"
              f" {cpu / ACCOUNTS * 1e9:.0f} ns of CPU each", flush=True)
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
    for name, (_, took, cpu) in measured(ways).items():
        print(f"{master}: {name}: {SERIES / took:,.0f} series of {DAYS} days a second,"
              f" {cpu / SERIES * 1e6:.0f} µs of CPU each", flush=True)
    days.unpersist()
