#!/usr/bin/env python3
"""The forecast's rule as docs/FORECAST.md tells it, in plain Python, against the library on random series.

    forecast_model.py target/release/libcloudcircuit.so target/debug/libcloudcircuit.so 3000

All builds must answer with the same bytes. From the model's, amounts may differ by the rounding of some thousand
operations: by 1e-12 of the largest amount times the period's length. All else must be equal, spend_to_date to the
last bit.

Amounts are in any unit: most cases are multiplied by a power of two from 2^-930 to 2^900, and must be answered with
the same bits as the case as it was, times that. Below 2^-900 the library counts in another unit.
"""

import ctypes
import datetime
import itertools
import math
import random
import sys

sys.dont_write_bytecode = True
from header import fresh_seed

NORMAL, INSUFFICIENT_DATA = 1, 3
TIME_UNKNOWN = -2**63
D = ctypes.POINTER(ctypes.c_double)


class Config(ctypes.Structure):
    _fields_ = [("season_length", ctypes.c_uint32), ("lag_points", ctypes.c_uint32), ("negative_points", ctypes.c_uint32),
                ("reserved", ctypes.c_uint32), ("start_time", ctypes.c_int64), ("step", ctypes.c_int64)]


class Result(ctypes.Structure):
    _fields_ = [(name, ctypes.c_double) for name in (
        "spend_to_date", "forecast_spend", "lower_bound", "upper_bound", "forecast_ratio", "burn_rate")] + [
        ("exhaustion_point", ctypes.c_int64), ("is_forecast_breached", ctypes.c_uint32), ("verdict", ctypes.c_int32)]


AMOUNTS = ("spend_to_date", "forecast_spend", "lower_bound", "upper_bound")


def known(values):
    return [value for value in values if not math.isnan(value)]


def mean(values):
    """Added up oldest first, so that spans of the same points have the same mean."""
    total = 0.0
    for value in values:
        total += value
    return total / len(values)


def median(values):
    """The median of the known values, or 0."""
    values = sorted(known(values))
    if not values:
        return 0.0
    lower, upper = values[(len(values) - 1) // 2], values[len(values) // 2]
    return lower + (upper - lower) / 2


def share(values, tenths):
    """Of the values in order the one at so many tenths of the way, or the last before it."""
    values = sorted(known(values))
    return values[(len(values) - 1) * tenths // 10] if values else 0.0


def place_in_month(day):
    """The day of the month, or "last"; day 0 is 1970-01-01."""
    date = datetime.date(1970, 1, 1) + datetime.timedelta(days=day)
    return "last" if (date + datetime.timedelta(days=1)).day == 1 else date.day


def without_peaks(points, season, days):
    """The points with peaks clipped, and the charges by their place in the month."""
    reach = min(max(season, 7), 28)
    around = [median(points[max(0, i - reach):i + reach + 1]) for i in range(len(points))]
    place = [points[i % season::season] for i in range(len(points))]
    usual = [max(a, median(p) if len(known(p)) >= 3 else 0.0) for a, p in zip(around, place)]
    distance = share([abs(point - median) for point, median in zip(points, around)], 9)
    caps = [max(1.5 * u, a + distance) for u, a in zip(usual, around)]
    peaks = [i for i, (point, cap) in enumerate(zip(points, caps)) if point > cap]

    charges = {}
    if days:
        for day in set(days):
            excesses = sorted((points[i] - around[i] for i in peaks if days[i] == day), reverse=True)
            if len(excesses) > 1:
                charges[day] = excesses[1]
    clipped = list(points)
    for i in peaks:
        clipped[i] = around[i] if days and days[i] in charges else caps[i]
    return clipped, charges


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
        factors.append((len(shares) * median(shares) + 8) / (len(shares) + 8))
    return [factor / mean(factors) for factor in factors]


class Levels:
    """Six forecasts of the level, by what comes before each point."""

    def __init__(self, usual, paid, span):
        self.usual, self.paid, self.span = usual, paid, span
        slow = fast = mean(known(usual)[:min(span, 28)])
        trend = 0.0
        self.smoothed = [(slow, trend, fast)]
        for point in usual:
            if not math.isnan(point):
                error = point - (slow + trend)
                slow, trend, fast = slow + trend + 0.2 * error, trend + 0.042 / span * error, fast + 0.5 * (point - fast)
            self.smoothed.append((slow, trend, fast))

    def before(self, at):
        """The levels before point `at`, and the slopes of the first and the last."""
        slow, trend, fast = self.smoothed[at]

        def last(points, count, of):
            some = known(points[max(0, at - count):at])
            return of(some) if some else slow

        span = self.span
        weeks = [known(self.usual[at - (back + 1) * span:at - back * span]) for back in range(6) if at >= (back + 1) * span]
        slope = 0.0
        if len(weeks) == 6 and all(weeks):
            means = [mean(week) for week in weeks]
            rises = [later - earlier for later, earlier in zip(means, means[1:])]
            if max(sum(rise > 0 for rise in rises), sum(rise < 0 for rise in rises)) >= 4:
                slope = median(rises) / span
        latest = mean(weeks[0]) if weeks and weeks[0] else slow
        return [slow, fast, last(self.paid, 8 * span, mean), last(self.paid, min(4 * span, 56), median),
                last(self.paid, min(span, 28), median), latest], (trend, slope)

    def grown(self, levels, slopes, step):
        """The levels `step` steps later: the first has no age, the last is that of the middle of its week."""
        steps = min(step, 4 * self.span)
        first = max(0.0, levels[0] + slopes[0] * steps)
        return [first] + levels[1:5] + [max(0.0, levels[5] + slopes[1] * (steps + (self.span - 1) / 2))]

    def combine(self, horizon):
        """A function of the step, the errors of means and of points, and the spread of the levels."""
        trials, count = [], 0
        for at, point in enumerate(self.paid):
            if count >= self.span and (len(self.paid) - at) % (len(self.paid) // 64 + 1) == 0:
                levels = self.grown(*self.before(at), (horizon + 1) / 2)
                ahead = self.paid[at:at + horizon]
                trials.append((levels, mean(known(ahead)) if len(ahead) == horizon and known(ahead) else math.nan, point))
            count += not math.isnan(point)
        judged = [(levels, ahead) for levels, ahead, _ in trials if not math.isnan(ahead)]
        floor = 0.001 * max(mean(known(self.paid)), sys.float_info.min) * max(len(judged), 1)
        errors = [math.fsum(abs(ahead - levels[k]) for levels, ahead in judged) for k in range(6)]
        if not judged:
            errors[2] = math.inf
        weights = [((min(errors) + floor) / (error + floor)) ** 8 for error in errors]
        weights = [weight / math.fsum(weights) for weight in weights]

        def weighted(levels):
            return math.fsum(weight * level for weight, level in zip(weights, levels))

        now = self.before(len(self.paid))

        def level(step):
            return max(0.0, weighted(self.grown(*now, step)))

        of_points = [abs(point - weighted(levels)) for levels, _, point in trials if not math.isnan(point)]
        if len(of_points) < self.span:
            of_points = [abs(point - level(0)) for point in known(self.paid)]
        of_point = share(of_points[:64], 9)
        of_mean = share([abs(ahead - weighted(levels)) for levels, ahead in judged], 7) if judged else of_point / 5
        ahead = self.grown(*now, (horizon + 1) / 2)
        spread = mean([abs(ahead[k] - weighted(ahead)) for k in (0, 1, 3, 4, 5)])
        lowest = min((mean for _, mean in judged), default=math.inf)
        return level, of_mean, of_point, spread, max(0.0, weighted(ahead) - lowest) * horizon


class Outlook:
    """What is expected after the last of the points, where `rest` of them are asked for."""

    def __init__(self, points, rest, season, first_day):
        span = max(season, 7)
        first = len(points) - min(16 * span, 504, len(points))
        self.end, self.first_day, self.season, self.span = len(points), first_day, season, span
        points = points[first:]
        self.count = len(known(points))
        self.is_known = self.count >= span
        if not self.is_known:
            return
        days = None if first_day is None else [place_in_month(first_day + first + i) for i in range(len(points))]
        usual, self.charges = without_peaks(points, season, days)
        factors = seasonal_factors(usual, season)
        self.factor = lambda i: factors[i % season]
        self.length = len(points)
        usual = [point / self.factor(i) for i, point in enumerate(usual)]
        paid = [max((point - (self.charges.get(days[i], 0.0) if days else 0.0)) / self.factor(i), usual[i])
                if not math.isnan(point) else point for i, point in enumerate(points)]
        horizon = min(max(rest, span), 2 * span, len(points) // 3)
        self.level, self.of_mean, self.of_point, self.spread, self.dip = Levels(usual, paid, span).combine(horizon)
        last = [(value, value * self.factor(self.length - 2 + i)) for i, value in enumerate(paid[-2:])
                if not math.isnan(value)]
        self.open_rate = self.open_level = 0.0
        # How far the last two points are above the bound, as a share of it.
        self.margin = -math.inf
        if last:
            bound = self.level(1) + 0.8 * self.of_point
            above = mean([value for value, _ in last]) - bound
            self.margin = above / bound if bound else math.copysign(math.inf, above)
            if above > 0:
                self.open_rate, self.open_level = mean([rate for _, rate in last]), mean([value for value, _ in last])

    def point(self, step):
        """Without and with the charge of its day."""
        usual = self.level(step) * self.factor(self.length + step - 1)
        if self.first_day is None:
            return usual, usual
        return usual, usual + self.charges.get(place_in_month(self.first_day + self.end + step - 1), 0.0)

    def open_point(self, step):
        """Where the last two points lead, at their rate or at their level."""
        return max(self.open_rate, self.open_level * self.factor(self.length + step - 1))

    def widths(self, steps, expected):
        """How far the bounds lie below and above."""
        of_mean = 0.38 * self.of_mean * steps * math.sqrt(max(steps / self.span, 1))
        of_points = 0.4 * self.of_point * math.sqrt(steps)
        youth = 1 + 18 / self.count
        above = (of_mean + of_points + 1.1 * self.spread * steps) * youth + 0.002 * expected
        return 0.5 * above + 0.1 * self.dip * youth, above


def read(points, config):
    return [point if not point < 0 else (math.nan if config.negative_points == 1 else 0.0) for point in points]


def first_day(config):
    return None if config.step != 86400 or config.start_time == TIME_UNKNOWN else config.start_time // 86400


def forecast(history, period, period_len, limit, config):
    """The result's fields, the running totals, and how near a comparison was that decides much."""
    history, period = read(history, config), read(period, config)
    complete = period[:max(0, len(period) - config.lag_points)]
    lagged = period[len(complete):]
    before = config.lag_points - len(lagged)
    history = history[:max(0, len(history) - before)]
    rest = period_len - len(complete)

    spend = [0.0 if math.isnan(point) else point for point in complete]
    booked = [0.0 if math.isnan(point) else point for point in lagged]
    done, to_date = math.fsum(spend), math.fsum(spend + booked)
    future = Outlook(history + complete, rest, config.season_length, first_day(config))
    missing = len(complete) - len(known(complete))
    enough = 2 * missing <= len(complete) and (rest == 0 or future.is_known)
    below = above = upper = 0.0
    if enough and rest:
        points = [future.point(before + step) for step in range(1, rest + 1)]
        spend += [max(point, past) for (_, point), past in itertools.zip_longest(points, booked, fillvalue=0.0)]
        below, above = future.widths(rest, math.fsum(point for _, point in points))
        if future.open_rate:
            leads_to = math.fsum(future.open_point(before + step) for step in range(1, rest + 1))
            upper = done + leads_to + math.fsum(point - usual for usual, point in points)
    else:
        spend += booked
    totals = list(itertools.accumulate(spend))
    total = math.fsum(spend)
    reached = next((i for i, running in enumerate(totals) if running >= limit), -1)
    return {
        "spend_to_date": to_date,
        "forecast_spend": total,
        "lower_bound": max(to_date, total - below),
        "upper_bound": max(total + above, upper),
        "forecast_ratio": total / limit,
        "burn_rate": done / limit / (len(complete) / period_len) if complete else 0.0,
        "exhaustion_point": reached,
        "is_forecast_breached": int(reached >= 0),
        "verdict": NORMAL if enough else INSUFFICIENT_DATA,
    }, totals, abs(future.margin) if enough and rest else math.inf


def edge_of_open(points, rest, config):
    """The last of the points changed so that a spike is barely open, or barely not."""
    low, high = 0.0, 8 * max(known(points), default=1.0)
    for _ in range(30):
        middle = (low + high) / 2
        future = Outlook(points[:-1] + [middle], rest, config.season_length, first_day(config))
        low, high = (low, middle) if future.is_known and future.margin > 0 else (middle, high)
    return low, high


def random_series(draw, length):
    """A bill of some kind: pattern, growth, noise, peaks, shifts, days without spend, missing days."""
    size = 10 ** draw.uniform(-3, 6)
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
    history_len = draw.choice([0, 0, 1, 6, 7, 2 * max(season, 7), 20, 28, 35, 111, 112, 113, 200, 700])
    period_len = draw.choice([1, 2, 7, 28, 30, 31, 90, 365])
    # Nothing but noise, of which the last point barely opens a spike, or barely not.
    is_edge = draw.random() < 0.05
    if is_edge:
        history_len, period_len = draw.randrange(28, 120), draw.randrange(7, 32)
    elapsed = min(period_len, draw.choice([0, 1, 2, draw.randrange(period_len + 1), period_len]))
    series = random_series(draw, history_len + period_len)
    if is_edge:
        elapsed, series = draw.randrange(1, period_len), [abs(draw.gauss(1, 0.2)) for _ in series]
    # At the first or last second of a day, or between; and before the leap day of a century.
    start_time = draw.randrange(-11574, 23148) * 86400 + draw.choice([0, 86399, draw.randrange(86400)])
    leap_day = 951782400 - 86400 * draw.randrange(max(history_len, 1))
    start_time = draw.choice([TIME_UNKNOWN, start_time, start_time, leap_day])
    if draw.random() < 0.5:
        # A charge by the month, on a day or the last.
        day = draw.choice([1, 15, 28, 31, "last"])
        charge = draw.uniform(0.5, 30) * max(known(series), default=1.0)
        series = [point + charge if place_in_month(start_time // 86400 + i if start_time > TIME_UNKNOWN else i) == day else point
                  for i, point in enumerate(series)]
    history, period = series[:history_len], series[history_len:history_len + elapsed]
    total = math.fsum(known(series[history_len:]))
    limit = total * draw.choice([0.1, 0.5, 0.9, 1.1, 3]) or draw.choice([1e-9, 1.0, 1e9])
    negative_points = draw.choice([0, 1, 2])
    if negative_points:
        history, period = ([-point if draw.random() < 0.05 else point for point in points] for points in (history, period))

    config = Config(season, draw.choice([0, 0, 0, 1, 2, 5, 40, 480]), negative_points, 0, start_time,
                    draw.choice([86400, 86400, 86400, 3600]))
    if is_edge and config.lag_points == 0:
        period[-1] = draw.choice(edge_of_open(read(history + period, config), period_len - elapsed, config))
    unit = 2.0 ** draw.choice([0, draw.randrange(-900, 901), draw.randrange(-930, -895)])
    plain = ask(libraries[0], (doubles(history), history_len, doubles(period), elapsed, period_len, limit, config))[1]
    history, period, limit = [point * unit for point in history], [point * unit for point in period], limit * unit
    arguments = doubles(history), history_len, doubles(period), elapsed, period_len, limit, config
    answers = [ask(library, arguments) for library in libraries]
    result = answers[0][1]
    expected, totals, margin = forecast(history, period, period_len, limit, config)
    found = {name: getattr(result, name) for name, _ in Result._fields_}
    largest = max(known(history + period + [0.0]))
    slack = 1e-12 * largest * period_len
    # A rate may be open in one arithmetic and not in the other.
    if margin * 1e12 < 1:
        found["upper_bound"] = expected["upper_bound"]

    def near(name, unit):
        return abs(found[name] - expected[name]) <= slack / unit

    wrong = [] if all(status == 0 for status, _ in answers) else ["status"]
    wrong += [] if all(bytes(other) == bytes(result) for _, other in answers) else ["one build against the other"]
    # What rounding leaves of nothing may have fewer bits in the other unit.
    has_all_bits = all(getattr(result, name) == 0 or getattr(result, name) >= sys.float_info.min for name in AMOUNTS)
    wrong += [f"{name} in another unit" for name, _ in Result._fields_ if has_all_bits
              and getattr(plain, name) * (unit if name in AMOUNTS else 1) != getattr(result, name)]
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
        print("wrong:", ", ".join(wrong), f"\n  {[(name, getattr(config, name)) for name, _ in Config._fields_]}, period {period_len}, limit {limit!r}\n  history {history}"
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
    draw = random.Random(fresh_seed())
    answers = [check(libraries, draw) for _ in range(cases)]
    wrong = sum(not right for right, _ in answers)
    print(f"{cases} cases, {wrong} wrong, {sum(verdict == NORMAL for _, verdict in answers)} forecast")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
