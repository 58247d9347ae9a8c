#!/usr/bin/env python3
"""The forecast's rule as docs/FORECAST.md tells it, in plain Python, against the library on random series.

    forecast_model.py target/release/libcloudcircuit.so target/debug/libcloudcircuit.so 3000 [seed]

All builds must answer with the same bytes. From the model's, amounts may differ by the rounding of some thousand
operations: by 1e-12 of the largest amount times the period's length. All else must be equal, spend_to_date to the
last bit.
"""

import ctypes
import itertools
import math
import random
import sys

NORMAL, INSUFFICIENT_DATA = 1, 3
D = ctypes.POINTER(ctypes.c_double)


class Config(ctypes.Structure):
    _fields_ = [("season_length", ctypes.c_uint32), ("reserved", ctypes.c_uint32)]


class Result(ctypes.Structure):
    _fields_ = [(name, ctypes.c_double) for name in (
        "spend_to_date", "forecast_spend", "lower_bound", "upper_bound", "forecast_ratio", "burn_rate")] + [
        ("exhaustion_point", ctypes.c_int64), ("is_forecast_breached", ctypes.c_uint32), ("verdict", ctypes.c_int32)]


def known(values):
    return [value for value in values if not math.isnan(value)]


def mean(values):
    return math.fsum(values) / len(values)


def quantile(values, tenths):
    """Type 7 of Hyndman and Fan, as numpy.quantile's default."""
    values = sorted(known(values))
    if not values:
        return 0.0
    whole, part = divmod((len(values) - 1) * tenths, 10)
    return values[whole] + part / 10 * (values[min(whole + 1, len(values) - 1)] - values[whole])


def clipped(points, season, reach):
    near = [quantile(points[max(0, i - reach):i + reach + 1], 5) for i in range(len(points))]
    place = [quantile(points[i % season::season], 5) for i in range(len(points))]
    everyday = quantile([abs(point - median) for point, median in zip(points, near)], 9)
    caps = [max(1.5 * n, 1.5 * p, n + everyday) for n, p in zip(near, place)]
    return [point if math.isnan(point) else min(point, cap) for point, cap in zip(points, caps)]


def seasonal_factors(points, season):
    factors = []
    for place in range(season):
        shares = []
        for i in range(place, len(points), season):
            around = points[max(0, i - season // 2):i - season // 2 + season]
            if i >= season // 2 and len(around) == season and not math.isnan(points[i]):
                average = mean(known(around))
                if average > 0:
                    shares.append(points[i] / average)
        factors.append((len(shares) * quantile(shares, 5) + 8) / (len(shares) + 8))
    return [factor / mean(factors) for factor in factors]


def outlook(points, season):
    """Expected spend of each coming point, and half the width of the bounds for so many of them."""
    span = max(season, 7)
    points = points[-min(16 * span, 672):]
    count = len(known(points))
    if count < span:
        return None
    points = clipped(points, season, min(span, 28))
    recent = mean([mean(known(points)[-span:]), mean(known(points)[-2 * span:])])
    factors = seasonal_factors(points, season)
    flat = [point / factors[i % season] for i, point in enumerate(points)]

    level, misses = mean(known(flat)[:span]), []
    for point in known(flat):
        misses.append(abs(point - level))
        level += 0.2 * (point - level)
    xs = [i for i, point in enumerate(flat) if not math.isnan(point)]
    middle = mean(xs)
    trend = math.fsum((x - middle) * flat[x] for x in xs) / math.fsum((x - middle) ** 2 for x in xs)

    def steps():
        for step in itertools.count(1):
            later = max(0.0, level + trend * min(step, count // 4))
            yield (recent + later * factors[(len(points) + step - 1) % season]) / 2

    def half_width(rest):
        shocks = math.fsum((1 + left / 6) ** 2 for left in range(rest))
        return quantile(misses, 9) * (1 + 8 / count) * math.sqrt(shocks)

    return steps(), half_width


def forecast(history, period, period_len, limit, season):
    """The result's fields, and the running totals."""
    rest = period_len - len(period)
    spend = [0.0 if math.isnan(point) else point for point in period]
    to_date = math.fsum(spend)
    future = outlook(history + period, season) if rest else None
    missing = len(period) - len(known(period))
    enough = 2 * missing <= len(period) and (rest == 0 or future is not None)
    half = 0.0
    if enough and rest:
        steps, half_width = future
        spend += itertools.islice(steps, rest)
        half = half_width(rest)
    totals = list(itertools.accumulate(spend))
    total = math.fsum(spend)
    reached = next((i for i, running in enumerate(totals) if running >= limit), -1)
    return {
        "spend_to_date": to_date,
        "forecast_spend": total,
        "lower_bound": max(to_date, total - 0.7 * half),
        "upper_bound": total + half,
        "forecast_ratio": total / limit,
        "burn_rate": to_date / limit / (len(period) / period_len) if period else 0.0,
        "exhaustion_point": reached,
        "is_forecast_breached": int(reached >= 0),
        "verdict": NORMAL if enough else INSUFFICIENT_DATA,
    }, totals


def random_series(draw, length):
    """A bill of some kind: pattern, growth, noise, peaks, shifts, days without spend, missing days."""
    size = 10 ** draw.uniform(-3, 6) if draw.random() < 0.9 else 10 ** draw.uniform(-150, 150)
    season = draw.choice([1, 2, 7, 12, 24])
    pattern = [draw.uniform(0, 2) if draw.random() < 0.7 else 1 for _ in range(season)]
    growth, noise = draw.uniform(-0.01, 0.02), draw.choice([0, 0.05, 0.5, 2])
    peaks, idle, gaps = (draw.choice([0, 0, 0.05, 0.4]) for _ in range(3))
    points, level = [], 1.0
    for i in range(length):
        if draw.random() < 0.01:
            level *= draw.uniform(0.3, 3)
        point = size * level * max(0, 1 + growth * i) * pattern[i % season] * max(0, draw.gauss(1, noise))
        if draw.random() < peaks:
            point *= draw.uniform(1, 50)
        if draw.random() < idle:
            point = 0.0
        points.append(math.nan if draw.random() < gaps else point)
    return [round(point, 2) for point in points] if draw.random() < 0.3 else points


def doubles(values):
    return (ctypes.c_double * len(values))(*values)


def ask(library, arguments):
    result = Result()
    status = library.cloudcircuit_forecast_budget(*arguments, result)
    return status, result


def check(libraries, draw):
    season = draw.choice([7, 7, 7, 1, 2, 5, 12, 24, 30, 168])
    history_len = draw.choice([0, 0, 1, 6, 7, 20, 28, 35, 111, 112, 113, 200, 700])
    period_len = draw.choice([1, 2, 7, 28, 30, 31, 90, 365])
    elapsed = min(period_len, draw.choice([0, 1, 2, draw.randrange(period_len + 1), period_len]))
    series = random_series(draw, history_len + period_len)
    history, period = series[:history_len], series[history_len:history_len + elapsed]
    total = math.fsum(known(series[history_len:]))
    limit = total * draw.choice([0.1, 0.5, 0.9, 1.1, 3]) or draw.choice([1e-9, 1.0, 1e9])

    arguments = doubles(history), history_len, doubles(period), elapsed, period_len, limit, Config(season, 0)
    answers = [ask(library, arguments) for library in libraries]
    result = answers[0][1]
    expected, totals = forecast(history, period, period_len, limit, season)
    found = {name: getattr(result, name) for name, _ in Result._fields_}
    slack = 1e-12 * max(known(history + period), default=0.0) * period_len

    def near(name, unit):
        return abs(found[name] - expected[name]) <= slack / unit

    wrong = [] if all(status == 0 for status, _ in answers) else ["status"]
    wrong += [] if all(bytes(other) == bytes(result) for _, other in answers) else ["one build against the other"]
    wrong += [name for name in ("spend_to_date", "verdict") if found[name] != expected[name]]
    wrong += [name for name in ("forecast_spend", "lower_bound", "upper_bound") if not near(name, 1)]
    wrong += [name for name in ("forecast_ratio",) if not near(name, limit)]
    if abs(found["burn_rate"] - expected["burn_rate"]) > 1e-15 * expected["burn_rate"]:
        wrong.append("burn_rate")
    # A running total within the slack of the limit may reach it in one arithmetic and not in the other.
    if all(abs(running - limit) > slack for running in totals):
        wrong += [name for name in ("exhaustion_point", "is_forecast_breached") if found[name] != expected[name]]
    order = ("spend_to_date", "lower_bound", "forecast_spend", "upper_bound")
    if sorted(found[name] for name in order) != [found[name] for name in order]:
        wrong.append("order of the bounds")
    if found["is_forecast_breached"] != (found["forecast_spend"] >= limit):
        wrong.append("is_forecast_breached against forecast_spend")
    if wrong:
        print("wrong:", ", ".join(wrong), f"\n  season {season}, period {period_len}, limit {limit!r}\n  history {history}"
              f"\n  period {period}\n  expected {expected}\n  found    {found}")
    return not wrong, found["verdict"]


def main():
    count_at = next(i for i, word in enumerate(sys.argv) if i and word.isdigit())
    libraries = [ctypes.CDLL(path) for path in sys.argv[1:count_at]]
    for library in libraries:
        library.cloudcircuit_forecast_budget.argtypes = [
            D, ctypes.c_size_t, D, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_double,
            ctypes.POINTER(Config), ctypes.POINTER(Result)]
    cases = int(sys.argv[count_at])
    seed = int(sys.argv[count_at + 1]) if len(sys.argv) > count_at + 1 else random.randrange(2**32)
    draw = random.Random(seed)
    answers = [check(libraries, draw) for _ in range(cases)]
    wrong = sum(not right for right, _ in answers)
    print(f"seed {seed}: {cases} cases, {wrong} wrong, {sum(verdict == NORMAL for _, verdict in answers)} forecast")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
