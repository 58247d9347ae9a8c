"""What judging the points of a daily series costs in Python packages: `python_detection.py ROUNDS` prints
"package<TAB>ns" for each round. None of the rolling rules knows weekdays or months.
"""

import importlib
import sys
import time

import numpy as np
import pandas as pd


def optional(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


bottleneck, rrcf, sesd = map(optional, ("bottleneck", "rrcf", "sesd"))
WINDOW, DAYS = 98, 10_000
rng = np.random.default_rng(1)
spend = np.where(np.arange(DAYS) % 7 < 5, 120.0, 60.0) + 16 * rng.random(DAYS)
column = pd.Series(spend)


def pandas_deviations():
    before = column.shift().rolling(WINDOW)
    return column > before.mean() + 3 * before.std()


def pandas_median():
    before = column.shift().rolling(WINDOW)
    return column > 3 * before.median()


def pandas_quantile():
    before = column.shift().rolling(WINDOW)
    return column > before.quantile(0.99)


def bottleneck_deviations():
    mean, std = (move(spend, WINDOW, min_count=2) for move in (bottleneck.move_mean, bottleneck.move_std))
    return spend[1:] > mean[:-1] + 3 * std[:-1]


def bottleneck_median():
    return spend[1:] > 3 * bottleneck.move_median(spend, WINDOW, min_count=2)[:-1]


def forest():
    """40 trees of 256 points, shingles of 7, as its authors do it on streams."""
    trees = [rrcf.RCTree() for _ in range(40)]
    for at, point in enumerate(rrcf.shingle(spend[:600], size=7)):
        for tree in trees:
            if len(tree.leaves) > 256:
                tree.forget_point(at - 256)
            tree.insert_point(point, index=at)
            tree.codisp(at)


def hybrid_esd():
    return sesd.seasonal_esd(spend[:112], periodicity=7, hybrid=True, max_anomalies=10)


MEASURED = [("pandas, rolling mean and deviation, a day", pandas_deviations, DAYS),
            ("pandas, rolling median, a day", pandas_median, DAYS),
            ("pandas, rolling quantile, a day", pandas_quantile, DAYS)]
if bottleneck:
    MEASURED += [("bottleneck, moving mean and deviation, a day", bottleneck_deviations, DAYS),
                 ("bottleneck, moving median, a day", bottleneck_median, DAYS)]
if rrcf:
    MEASURED += [("rrcf, random cut forest, a day", forest, 594)]
if sesd:
    MEASURED += [("sesd, S-H-ESD, 112 days", hybrid_esd, 1)]

for _ in range(int(sys.argv[1])):
    for name, call, units in MEASURED:
        before = time.process_time_ns()
        call()
        print(f"{name}\t{(time.process_time_ns() - before) / units}")
