#!/usr/bin/env python3
"""cloudcircuit.spark in real Spark: check.py LIBRARY. Prints what was found; fails at the first fault. With
CLOUDCIRCUIT_ENGINES_LONG set, it goes on to ten million accounts and how fast they are decided.

The same calls of cloudcircuit.arrow in this process are the answers, which tests of their own compare with single calls.
"""
import datetime as dt
import os
import random
import shutil
import sys
import time

import pyarrow as pa
import pyspark.sql.functions as F
import throughput
from session import PACKAGE, TOP, home, session

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
print(f"SEED={SEED}", file=sys.stderr)

ACCOUNTS = 200_000
FIRST = dt.date(2026, 1, 1)
PERIOD = dt.date(2026, 4, 1)


def refused(call, kind, words):
    try:
        call()
    except kind as error:
        assert words in str(error), error
        return
    raise AssertionError(f"not refused: {words}")


def column(df, *names):
    """Columns as they are in this process."""
    table = df.select(*names).toArrow().combine_chunks()
    return [table[name].combine_chunks() for name in names]


def same(found, expected):
    """Bits, so that -0.0 and 0.0 differ."""
    assert found.type == expected.type and found.to_pylist() == expected.to_pylist()
    if pa.types.is_floating(found.type):
        assert [value and value.hex() for value in found.to_pylist()] == [
            value and value.hex() for value in expected.to_pylist()]


def budgets(spark, ccs, arrow, accounts):
    """Every row, whichever process decided it."""
    rows = spark.range(0, accounts, 1, 8).selectExpr(
        "id", "CASE WHEN hash(id) % 50 = 0 THEN NULL ELSE (pmod(hash(id), 100003) - 20) / 100D END AS spend",
        "pmod(hash(id, 7), 90001) / 100D AS limit")
    decided = ccs.check_budgets(rows, warning_ratio=0.8).withColumn("process", F.udf(os.getpid, "int")())
    spend, limit, flags, ratio = column(decided, "spend", "limit", "flags", "usage_ratio")
    expected = arrow.check_budgets(spend, limit, 0.8)
    same(flags, expected.flags.cast(pa.int16()))
    same(ratio, arrow.null_where_invalid(expected.flags, expected.numbers))
    kinds = {kind: flags.to_pylist().count(kind) for kind in (0, 1, 3, 131)}
    assert sum(kinds.values()) == accounts and min(kinds.values()) > accounts // 100, kinds
    return kinds


def golden(spark, ccs):
    """The golden cases, in exact integers and in doubles."""
    lines = [line.split() for line in (TOP / "tests/golden/cases.txt").read_text().splitlines()]
    for kind, number, sql, check, setting in (
            ("budget", float, "double", ccs.check_budgets, "0.9"),
            ("budget_i64", int, "bigint", ccs.check_budgets_exact, "900000")):
        cases = [line for line in lines if line[:1] == [kind] and line[3] == setting and "=>" in line]
        rows = [(i, number(line[1]), number(line[2])) for i, line in enumerate(cases)]
        df = spark.createDataFrame(rows, f"i int, spend {sql}, limit {sql}").repartition(3)
        found = check(df).orderBy("i").collect()
        for line, row in zip(cases, found, strict=True):
            status, *results = line[line.index("=>") + 1:]
            bits = int(results[-2]) + 2 * int(results[-1]) + 128 * (status != "OK")
            assert row.flags == bits, (line, row)
            assert row[4] == (None if status != "OK" else number(results[0])), (line, row)
        print(f"{len(cases)} golden cases of {kind}")


def bill(count):
    """Days of accounts that start on different days: (account, day, spend, limit)."""
    draw = random.Random(SEED)
    rows = []
    for account in range(count):
        start = FIRST + dt.timedelta(draw.randrange(20))
        length = (dt.date(2026, 4, 12) - start).days
        days = [(start + dt.timedelta(i), round(draw.uniform(80, 120), 2)) for i in range(length)]
        days[-1] = (days[-1][0], draw.choice([days[-1][1], 700.0, 1.0]))
        if account % 10 == 3:
            del days[30]
        if account % 10 == 4:
            days.insert(30, days[31])
        if account % 10 == 5:
            days[40] = (days[40][0], None)
        if account % 10 == 6:
            days[50] = (days[50][0], -1.0)
        rows += [(account, *day, 2800.0 + account) for day in days]
    draw.shuffle(rows)
    return rows


def series(spark, ccs, arrow, count):
    """Spikes, detector and forecast of rows in any order. Of ten accounts one lacks a day and one has it twice."""
    from cloudcircuit import DetectConfig

    rows = bill(count)
    df = spark.createDataFrame(rows, "account int, day date, spend double, limit double").repartition(5)
    accounts = {}
    for account, day, spend, limit in sorted(rows, key=lambda row: row[:2]):
        accounts.setdefault(account, []).append((day, spend, limit))
    points = [[spend for _, spend, _ in days] for days in accounts.values()]
    whole = [None if account % 10 in (3, 4) else spends for account, spends in zip(accounts, points)]
    starts = pa.array([(days[0][0] - dt.date(1970, 1, 1)).days * 86400 for days in accounts.values()])
    lists = pa.array(whole, pa.list_(pa.float64()))

    def compare(answer, names, expected):
        found = answer.orderBy("account")
        assert found.columns == ["account", "day", "flags", *names], found.columns
        assert column(found, "day")[0].to_pylist() == [days[-1][0] for days in accounts.values()]
        flags, *numbers = column(found, "flags", *names)
        same(flags, expected.flags.cast(pa.int16()))
        wanted = expected.results.columns if hasattr(expected, "results") else [expected.numbers]
        for one, other in zip(numbers, wanted, strict=True):
            same(one, arrow.null_where_invalid(expected.flags, other))

    compare(ccs.check_anomaly_spikes(df, "account", "day", spike_multiplier=2.0), ["threshold"],
            arrow.check_anomaly_spikes(pa.array(points, pa.list_(pa.float64())), 2.0))
    detected = arrow.detect_spikes(lists, start_time=starts)
    assert detected.invalid_rows == 3 * count // 10 and len(set(detected.flags.to_pylist())) >= 4
    compare(ccs.detect_spikes(df, by="account", order="day"), ["score"], detected)
    at = df.selectExpr("account", "timestamp(day) + interval 1 hour AS day", "spend")
    zoneless = df.selectExpr("account", "cast(timestamp(day) + interval 1 hour AS timestamp_ntz) AS day", "spend")
    for other in (at, zoneless):
        flags, = column(ccs.detect_spikes(other, ["account"], "day").orderBy("account"), "flags")
        same(flags, detected.flags.cast(pa.int16()))
    elapsed = pa.array([sum(day >= PERIOD for day, _, _ in days) for days in accounts.values()])
    forecast = arrow.forecast_budgets(lists, elapsed, pa.array([30] * count),
                                      pa.array([days[-1][2] for days in accounts.values()]), start_time=starts)
    assert forecast.invalid_rows == 3 * count // 10
    compare(ccs.forecast_budgets(df, "account", "day", period_start=PERIOD, period_len=30), arrow.FORECAST_NUMBERS,
            forecast)
    scanned = ccs.scan_spikes(df, "account", "day").orderBy("account", "day").collect()
    assert len(scanned) == len(rows)
    by_account = {account: [row for row in scanned if row.account == account] for account in accounts}
    for account, start in zip(accounts, starts.to_pylist()):
        if account % 10 in (3, 4, 6):
            continue
        config = DetectConfig(start_time=start)
        found = arrow.scan_spikes(pa.array([spend for _, spend, _ in accounts[account]]), config)
        rows_of = by_account[account]
        assert [row.flags for row in rows_of] == found.flags.to_pylist()
        same(pa.array([row.expected_spend for row in rows_of]), found.expected_spend)
        same(pa.array([row.upper_bound for row in rows_of]), found.upper_bound)
    assert all((row.flags, row.upper_bound) == (180, None) for row in scanned if row.account % 10 in (3, 4, 6))
    print(f"{count} series by {len(rows)} rows in any order: spikes, detector, scans, forecast")


def late(spark, ccs):
    """An account that begins within the period has no place in it: it is refused, not taken for its first days."""
    days = [(PERIOD + dt.timedelta(i), 100.0, 2500.0) for i in range(10, 20)]
    df = spark.createDataFrame([(1, *day) for day in days], "account int, day date, spend double, limit double")
    row, = ccs.forecast_budgets(df, "account", "day", period_start=PERIOD, period_len=30).collect()
    assert (row.flags, row.forecast_spend) == (130, None), row


def errors(spark, ccs):
    from cloudcircuit import DetectConfig, ForecastConfig

    df = spark.createDataFrame([(1, 2.0, 3)], "account int, spend double, limit int")
    refused(lambda: ccs.check_budgets(df), TypeError, "limit must be double, not int: cast it")
    refused(lambda: ccs.detect_spikes(df, "account", "limit", "limit"), TypeError, "limit must be double, not int")
    taken = df.selectExpr("spend", "double(limit) AS limit", "1 AS flags")
    refused(lambda: ccs.check_budgets(taken), ValueError, "the DataFrame has a column flags already")
    good = taken.drop("flags")
    refused(lambda: ccs.check_budgets(good, warning_ratio=2.0), ValueError, "warning_ratio must be")
    wrong = DetectConfig(score_threshold=-1.0)
    refused(lambda: ccs.detect_spikes(df, "account", "limit", config=wrong), ValueError, "score_threshold must be")
    refused(lambda: ccs.check_anomaly_spikes(df, "account", "limit", spike_multiplier=0.5), ValueError, "multiplier")
    wrong = ForecastConfig(season_length=0)
    refused(lambda: ccs.forecast_budgets(good, [], "spend", period_start=1, period_len=9, config=wrong),
            ValueError, "season_length must be")


def shipped(spark, library, folder):
    """Package and library as files of the job, for executors on which nothing is installed."""
    package = shutil.make_archive(os.path.join(folder, "cloudcircuit"), "zip", PACKAGE, "cloudcircuit")
    spark.sparkContext.addPyFile(package)
    spark.sparkContext.addFile(library)

    def where(_):
        import cloudcircuit
        from cloudcircuit import _native

        return os.getcwd(), cloudcircuit.__file__, _native.LONG._name

    found = set(spark.sparkContext.parallelize(range(40), 40).map(where).collect())
    for folder, package, name in found:
        assert "work" in folder.split(os.sep) and "cloudcircuit.zip" in package and name.startswith("./"), (folder, package, name)
    assert len({folder for folder, _, _ in found}) == 2, found


def main():
    library = os.path.abspath(sys.argv[1])
    long = "CLOUDCIRCUIT_ENGINES_LONG" in os.environ
    with home(library, long) as folder:
        import cloudcircuit.spark as ccs
        from cloudcircuit import arrow

        began = time.monotonic()
        with session("local[2]", **{"executorEnv.PYTHONPATH": str(PACKAGE)}) as spark:
            golden(spark, ccs)
            series(spark, ccs, arrow, 40)
            late(spark, ccs)
            errors(spark, ccs)
            kinds = budgets(spark, ccs, arrow, 20_000)
            print(f"local[2]: {kinds}, {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        name = "./" + os.path.basename(library)
        with session("local-cluster[2,1,1024]", **{"executorEnv.CLOUDCIRCUIT_LIBRARY": name}) as spark:
            shipped(spark, library, folder)
            kinds = budgets(spark, ccs, arrow, ACCOUNTS)
            print(f"local-cluster[2,1,1024]: {ACCOUNTS} accounts {kinds}, {time.monotonic() - began:.0f} s")
        if long:
            for master in ("local[1]", "local[2]", "local-cluster[2,1,1024]"):
                with session(master, **{"executorEnv.CLOUDCIRCUIT_LIBRARY": library}) as spark:
                    spark.sparkContext.addPyFile(os.path.join(folder, "cloudcircuit.zip"))
                    throughput.compare(spark, ccs, arrow, master)


main()
