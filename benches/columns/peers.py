"""Columns of budgets through what Python offers, for columns.py.

Usage: peers.py NAME LIBRARY ROUNDS ROWS... measures one of `PEERS` alone in its process. Prints
"rows<TAB>least nanoseconds a row<TAB>checksum of the flags" for each number of rows, and
"#<TAB>package version". All give a byte of flags and a usage ratio for each row, but for one that is
named for what it leaves out, and check every input. Each uses one thread; time is the process's CPU
time, to which other programs add little.
"""

import ctypes
import importlib.metadata
import os
import sys
import time
import zlib

os.environ["POLARS_MAX_THREADS"] = "1"

import numpy as np  # noqa: E402 (run.py calls this only where numpy is)

WARNING_RATIO = 0.9
WARNING, BREACHED, REFUSED = 1, 2, 131
LARGEST = sys.float_info.max
PACKAGE_ROWS = 10_000  # its cost a row does not fall with more
BLOCK = 8192  # rows of a block that stays in cache


def the_library(path, spend, limit):
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    check = ctypes.CDLL(path).cloudcircuit_check_budget_columns
    check.argtypes = [pointer, pointer, size, pointer, pointer, pointer, pointer]
    flags, usage = np.empty(len(spend), np.uint8), np.empty(len(spend))

    def run():
        check(spend.ctypes.data, limit.ctypes.data, len(spend), None, flags.ctypes.data,
              usage.ctypes.data, None)
        return flags
    return run


def numpy_division(spend, limit):
    """Without flags and without checks: the least that NumPy can do with the columns."""
    usage = np.empty(len(spend))

    def run():
        np.divide(spend, limit, out=usage)
        return None
    return run


def numpy_as_usual(spend, limit):
    def run():
        valid = np.isfinite(spend) & np.isfinite(limit) & (spend >= 0) & (limit > 0)
        with np.errstate(all="ignore"):
            usage = np.where(valid, spend / limit, 0.0)
        usage = np.minimum(usage, LARGEST)
        warning, breached = usage >= WARNING_RATIO, spend >= limit
        flags = np.where(valid, warning * WARNING + breached * BREACHED, REFUSED)
        return flags.astype(np.uint8)
    return run


def numpy_sparing(spend, limit):
    """With comparisons viewed as bytes, and nothing computed twice."""
    def run():
        with np.errstate(all="ignore"):
            usage = spend / limit
        flags = (usage >= WARNING_RATIO).view(np.uint8) | ((spend >= limit).view(np.uint8) << 1)
        valid = (limit > 0) & (limit <= LARGEST) & (spend >= 0) & (spend <= LARGEST)
        if not valid.all():
            flags[~valid], usage[~valid] = REFUSED, 0.0
        np.minimum(usage, LARGEST, out=usage)
        return flags
    return run


def numpy_in_blocks(spend, limit):
    """What a patient user makes of numpy: nothing allocated, every step in cache."""
    flags, usage = np.empty(len(spend), np.uint8), np.empty(len(spend))
    mask, valid = np.empty(BLOCK, bool), np.empty(BLOCK, bool)

    def block(spend, limit, flags, usage, mask, valid):
        np.divide(spend, limit, out=usage)
        np.greater_equal(spend, limit, out=mask)
        np.left_shift(mask.view(np.uint8), 1, out=flags)
        np.greater_equal(usage, WARNING_RATIO, out=mask)
        np.bitwise_or(flags, mask.view(np.uint8), out=flags)
        np.greater(limit, 0, out=valid)
        for column, compare, bound in ((limit, np.less_equal, LARGEST),
                                       (spend, np.greater_equal, 0),
                                       (spend, np.less_equal, LARGEST)):
            compare(column, bound, out=mask)
            np.logical_and(valid, mask, out=valid)
        if not valid.all():
            flags[~valid], usage[~valid] = REFUSED, 0.0
        np.minimum(usage, LARGEST, out=usage)

    def run():
        with np.errstate(all="ignore"):
            for start in range(0, len(spend), BLOCK):
                rows = slice(start, start + BLOCK)
                count = len(spend[rows])
                block(spend[rows], limit[rows], flags[rows], usage[rows], mask[:count],
                      valid[:count])
        return flags
    return run


def in_pandas(spend, limit):
    import pandas as pd
    frame = pd.DataFrame({"spend": spend, "limit": limit})

    def run():
        spend, limit = frame["spend"], frame["limit"]
        usage = spend / limit
        flags = (usage >= WARNING_RATIO).astype("uint8") | (spend >= limit).astype("uint8") * 2
        valid = (limit > 0) & (limit <= LARGEST) & (spend >= 0) & (spend <= LARGEST)
        if not valid.all():
            flags, usage = flags.where(valid, REFUSED), usage.where(valid, 0.0)
        usage = usage.clip(upper=LARGEST)
        return flags.to_numpy()
    return run


def in_polars(spend, limit):
    import polars as pl
    frame = pl.DataFrame({"spend": spend, "limit": limit}).lazy()
    spend, limit = pl.col("spend"), pl.col("limit")
    usage = spend / limit
    byte = pl.UInt8
    found = (usage >= WARNING_RATIO).cast(byte) | (spend >= limit).cast(byte) * pl.lit(2, byte)
    valid = (limit > 0) & (limit <= LARGEST) & (spend >= 0) & (spend <= LARGEST)
    query = frame.select(
        flags=pl.when(valid).then(found).otherwise(pl.lit(REFUSED, byte)),
        usage=pl.when(valid).then(pl.min_horizontal(usage, LARGEST)).otherwise(0.0))
    return lambda: query.collect()["flags"].to_numpy()


def in_arrow(spend, limit):
    import pyarrow as pa
    import pyarrow.compute as pc
    pa.set_cpu_count(1)
    spend, limit, zero = pa.array(spend), pa.array(limit), pa.scalar(0.0)
    largest, ratio = pa.scalar(LARGEST), pa.scalar(WARNING_RATIO)
    codes = [pa.scalar(code, pa.uint8()) for code in (0, WARNING, BREACHED, REFUSED)]
    nothing, warning, breached, refused = codes

    def run():
        usage = pc.divide(spend, limit)
        valid = pc.and_(pc.and_(pc.greater(limit, zero), pc.less_equal(limit, largest)),
                        pc.and_(pc.greater_equal(spend, zero), pc.less_equal(spend, largest)))
        found = pc.bit_wise_or(
            pc.if_else(pc.greater_equal(usage, ratio), warning, nothing),
            pc.if_else(pc.greater_equal(spend, limit), breached, nothing))
        flags = pc.if_else(valid, found, refused)
        pc.if_else(valid, pc.min_element_wise(usage, largest), zero)
        return flags.to_numpy(zero_copy_only=False)
    return run


def in_duckdb(spend, limit):
    import duckdb
    database = duckdb.connect(config={"threads": 1})
    columns = {"spend": spend, "most": limit}  # noqa: F841 (DuckDB finds it by its name)
    database.execute("create table budgets as select * from columns")
    valid = f"most > 0 and most <= {LARGEST} and spend >= 0 and spend <= {LARGEST}"
    query = f"""select
        (case when {valid} then (spend / most >= {WARNING_RATIO})::utinyint
            + 2 * (spend >= most)::utinyint else {REFUSED} end)::utinyint as flags,
        case when {valid} then least(spend / most, {LARGEST}) else 0 end as usage
        from budgets"""
    return lambda: database.execute(query).fetchnumpy()["flags"]


def the_python_package(spend, limit):
    from cloudcircuit.safeguards import check_budget
    rows = list(zip(spend.tolist(), limit.tolist()))
    return lambda: [check_budget(spend, limit) for spend, limit in rows]


PEERS = {
    "the library from Python": (the_library, "numpy"),
    "NumPy, a division alone": (numpy_division, "numpy"),
    "NumPy, as usually written": (numpy_as_usual, "numpy"),
    "NumPy, sparing": (numpy_sparing, "numpy"),
    "NumPy, in blocks": (numpy_in_blocks, "numpy"),
    "pandas": (in_pandas, "pandas"),
    "polars": (in_polars, "polars"),
    "pyarrow.compute": (in_arrow, "pyarrow"),
    "DuckDB": (in_duckdb, "duckdb"),
    "cloudcircuit 0.1.0": (the_python_package, "cloudcircuit"),
}


def flags_of(answer):
    if isinstance(answer, list):
        answer = [row.is_warning * WARNING | row.is_breached * BREACHED for row in answer]
    return np.array(answer, np.uint8)


def main(name, library, rounds, sizes):
    make, package = PEERS[name]
    print(f"#\t{package} {importlib.metadata.version(package)}")
    for rows in sizes:
        if make is the_python_package and rows > PACKAGE_ROWS:
            continue
        index = np.arange(rows, dtype=np.uint64)
        spend = (index * 2654435761 % 130003).astype(float) / 100
        limit = (100_000 + index % 977).astype(float) / 100
        run = make(library, spend, limit) if make is the_library else make(spend, limit)
        answer = run()
        checksum = "" if answer is None else zlib.crc32(flags_of(answer).tobytes())
        # Some ten milliseconds a round, for the clock's sake.
        start = time.process_time()
        run()
        calls = max(1, int(0.01 / (time.process_time() - start + 1e-6)))
        least = float("inf")
        for _ in range(rounds):
            start = time.process_time()
            for _ in range(calls):
                run()
            least = min(least, (time.process_time() - start) * 1e9 / calls / rows)
        print(f"{rows}\t{least:.4f}\t{checksum}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), [int(rows) for rows in sys.argv[4:]])
