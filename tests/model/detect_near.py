#!/usr/bin/env python3
"""The detector's rules where they decide: detect_near.py LIBRARY... CASES

A random series rarely has two runs whose distances differ by one day, or a week that brings half of a leak. These have
little else: a calm level, and on it what one rule is about, with amounts that lie on its bound or a bit to one side.
The library must find what the model of detect_model.py finds, to the last bit, also where the settings or the latest
spend are moved to where the verdict turns.
"""
import ctypes as C
import math
import random
import sys
from itertools import islice

sys.dont_write_bytecode = True
from detect_model import DAY, HOUR, UNKNOWN, Config, Model, Result, detect, edges
from header import fresh_seed

LEVEL = 64.0
JANUARY = 1672531200


def near(rng, value):
    """The value, or a bit less or more."""
    return value * rng.choice([1, 1, 1, 1 - 2**-11, 1 + 2**-11])


def span_of(config):
    return config.season_length if config.season_length > 1 else 24 if config.step == HOUR else 7


def calm(rng, config, length):
    """One level, with or without a profile."""
    low = rng.choice([1, 1, 1, 0.5])
    span = span_of(config)
    noise = rng.choice([0, 0, 0, 0.01])
    return [LEVEL * (low if i % span >= span - 2 and span > 2 else 1) * (1 + rng.choice([-noise, 0, noise])) for i in range(length)]


def spikes(rng, config):
    """Runs at distances of which two are alike or almost, some of half the height of the last, or half as high again."""
    config.season_length = rng.choice([0, 0, 0, 1, 5, 14])
    if rng.random() < 0.2:
        config.season_length, config.step, config.window = rng.choice([15, 24, 0]), rng.choice([HOUR, DAY]), rng.choice([0, 100])
    config.score_threshold = rng.choice([3.5, 1.0, 0.5])
    span = span_of(config)
    window = config.window or (98 if span <= 14 else 336)
    now = rng.choice([rng.randrange(3 * span, 12 * span), rng.randrange(14, 3 * span + 40), 10 * span + rng.randrange(-2, 3), window + rng.randrange(60)])
    series = calm(rng, config, now + 1)
    sign = rng.choice([1, 1, -1])
    scale = 0.05 * (1 + 7 / max(1, min(now - 3, window)))
    here = rng.choice([0.5, 0.75, 0.9]) if sign < 0 else rng.choice([0.5, 1, 2, 8 * scale, 9.9 * scale, 4 * scale])
    start = now - rng.choice([0, 0, 0, 0, 1, 2, 3])
    distance = rng.choice([rng.randrange(1, 13), span * rng.randrange(1, 6), rng.randrange(1, max(2, now)), rng.randrange(1, 40), window])
    once = start - distance
    earlier = rng.choice([
        [once], [once, once - distance + rng.randrange(-2, 3)], [once, once - distance + rng.randrange(-2, 3)],
        [once, once + 2], [3 * span + rng.randrange(-1, 2)], [once, rng.randrange(start + 1)],
        [rng.choice([start - window, start - window + 1, now - window, now - window - 1]), start - distance // 2],
        [rng.randrange(start + 1) for _ in range(20)]])
    for first in earlier:
        height = rng.choice([here, here, near(rng, here / 2), near(rng, here * 1.5), near(rng, here / 1.5), near(rng, 5 * scale), 3 * here])
        for i in range(first, first + rng.choice([1, 1, 1, 2, 3])):
            if 0 <= i < start - 1:
                series[i] *= max(0.0, 1 + sign * height)
    for i in range(start, now + 1):
        series[i] *= 1 + sign * here
    return series, now


def creeps(rng, config):
    """Weeks of which the last three bring a fifth to a half of the height above a line each, and one thing more."""
    config.season_length = rng.choice([0, 0, 0, 1, 5, 6, 14, 15])
    span = span_of(config)
    config.window = rng.choice([0, 6 * span, 6 * span - 1, 7 * span])
    config.window = config.window and min(480, max(14, 2 * span, config.window))
    whole, slope = rng.choice([5.0, 10.0, 20.0, 40.0]), rng.choice([0, 0, 1, -1, 0.5])
    parts = rng.choice([(0.2, 0.4, 0.4), (0.4, 0.4, 0.2), (0.5, 0.25, 0.25), (0.25, 0.5, 0.25), (0.3, 0.3, 0.4)])
    parts = parts if rng.random() < 0.5 else (0.3, 0.4, 0.3)
    rises = [near(rng, whole * part) for part in parts]
    levels = [LEVEL + slope * week for week in range(rng.choice([6, 7, 8, 9, 10, 12, 16]))]
    more = rng.randrange(8)
    if more == 0:
        levels = [LEVEL + rng.choice([0, 1, 2, -1, whole / 2]) for _ in levels]
    for rise in rises:
        levels.append(levels[-1] + rise + max(slope, 0))
    last = levels[-1]
    if more == 1:
        # An earlier week as high as the last.
        levels[-rng.randrange(5, 10)] = rng.choice([last, last, last - rises[2] / 4, LEVEL + whole / 2])
    wobble = rng.choice([1, whole / 4]) if more == 2 else 0
    series = [level + wobble * rng.choice([-1, 0, 0, 1]) for level in levels for _ in range(span)]
    if more == 3:
        # Weeks of which as much as may be is missing, or a day more, or all.
        for week in rng.sample(range(len(levels)), rng.randrange(1, 4)):
            for day in rng.sample(range(span), rng.choice([span // 3, span // 3 + 1, span])):
                series[week * span + day] = math.nan
    if more == 4:
        # The week before the rise is half as low as the others and half as high as the lowest of the last.
        middle = levels[-4] + rng.choice([0, 1, 2])
        for day in range(span):
            series[-4 * span + day] = middle + whole / 4 * (1 if day % 2 else -1)
        series[-3 * span - 1] = math.nan if span % 2 else series[-3 * span - 1]
        series[-rng.randrange(1, span + 1)] = middle + rng.choice([0, -0.5, whole / 8, whole / 4])
    if more == 5:
        series[-rng.randrange(1, span + 1)] = rng.choice([last - rises[2], levels[-4], levels[-4] + whole / 4, levels[-5], last - 1])
    if more == 6:
        series = [math.nan if rng.random() < 0.2 else value for value in series]
    return series, len(series) - 1 - rng.choice([0, 0, 0, 0, 1, 2])


def runs(rng, config):
    """Days in a row that stand out by as much as it takes, as many as are forgotten, followed by one that has returned or almost."""
    config.season_length = rng.choice([0, 0, 1, 5, 14, 3])
    config.min_baseline = rng.choice([0.01, 0.01, 64.0, 70.0, 200.0])
    span, length = span_of(config), rng.randrange(30, 180)
    series = calm(rng, config, length + 60)
    at = length
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        days = rng.choice([1, 2, 3, 4, 4, 5, 12, 13, 13, 14, 15])
        height = rng.choice([2.0 + 2**-12, 2.5, 4.0, 4.0, 2.0, 0.65 - 2**-12, 0.5, 0.5, 0.0, 0.65])
        for i in range(at, min(at + days, len(series))):
            series[i] *= height
        at += days
        if at < len(series):
            ends = [0.8, 0.8 + 2**-12, near(rng, 0.8)] if height < 1 else [1.3, 1.3 - 2**-12, near(rng, 1.3)]
            series[at] *= rng.choice([1, *ends, math.nan, 2.1, 0.6])
        at += rng.choice([0, 1, 1, 2, 9])
        if at >= len(series):
            break
    if rng.random() < 0.2:
        for back in rng.sample(range(1, 5), 2):
            series[max(0, length - back * span + rng.randrange(3))] = rng.choice([math.nan, LEVEL * 1.25, LEVEL * 2.5, 0.0])
    now = min(len(series) - 1, at + rng.choice([0, 1, 1, 2, 6, -2, rng.randrange(30)]))
    series[now] *= rng.choice([1, 1.5, 2, 0.5, 1.2])
    return series, now


def months(rng, config):
    """Charges on the same days of the month or days next to it, of one height, of half, or in some months only."""
    config.start_time = JANUARY + DAY * rng.randrange(1500)
    config.window = rng.choice([0, 0, 98, 60, 150])
    config.season_length = rng.choice([0, 0, 1])
    length = rng.randrange(60, 250)
    is_long = rng.random() < 0.1
    if is_long:
        # So long that the library leaves out its start, with a window of just three months.
        config.window, length = rng.randrange(88, 94), 340
    series = calm(rng, config, length)
    dates = Model(series, config).dates
    first, height = rng.choice([1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 15, 27, 28, 29, 30, 31]), rng.choice([64.0, 32.0, 128.0])
    moves = rng.choice([[0], [0, 1], [-1, 0, 1], [0, 2], [0, 1, 2]])
    last, charges = None, []
    for i, date in enumerate(dates):
        if (date.year, date.month) != last:
            last, shift = (date.year, date.month), rng.choice(moves)
            sizes = [rng.choice([height, height, height, near(rng, height / 2), near(rng, height / 2), near(rng, height * 0.75), 0]) for _ in range(2)]
        if date.day == first + shift:
            series[i] += sizes[0]
            charges.append(i)
        elif date.day == first + shift + 1 and rng.random() < 0.2:
            series[i] += sizes[1]
        elif rng.random() < 0.01:
            series[i] = math.nan
    now = rng.choice([length - 1, *charges[-3:]])
    now = min(length - 1, now + rng.choice([-1, 0, 0, 1, 1, 2]))
    if is_long:
        for i in range(max(0, now - 2), now + 1):
            series[i] += height
    if rng.random() < 0.5:
        series[now] += rng.choice([height, near(rng, height / 2), near(rng, height * 0.75)])
    return series, now


def jobs(rng, config):
    """Days on and off, as many of each as two modes need or one fewer."""
    config.window = rng.choice([0, 14, 20, 98, 99, 120])
    config.season_length = rng.choice([0, 0, 1, 5])
    config.min_baseline = rng.choice([0.01, 0.0, 20.0, 64.0, 100.0])
    length = rng.choice([rng.randrange(13, 32), 4 * rng.randrange(7, 25), 4 * rng.randrange(7, 25), rng.randrange(130, 256)])
    low = rng.choice([0.0, near(rng, 0.2), near(rng, 0.2), 0.1, near(rng, 0.6)])
    many = rng.choice([rng.randrange(4, 9), length // 2, length // 4, length * 3 // 4, length * 3 // 4 - 1, length - rng.randrange(6, 9)])
    lows = rng.choice([[low], [low], [low, 0.5 * low], [0.1, 0.25], [0.1, 0.29]])
    series = [LEVEL * lows[i % len(lows)] for i in range(length)]
    more, heights = rng.randrange(6), rng.choice([[1], [1, 1, 0.6], [1, 1.5, 0.75, near(rng, 0.6)], [1, 0.61, 0.61, 0.62]])
    if more == 0:
        # The older half of the window is as low as may be, and no lower.
        series[:-49] = [LEVEL * 0.3 for _ in series[:-49]]
    for i in rng.sample(range(length), max(0, min(length, many))):
        series[i] = LEVEL * rng.choice(heights)
    if more == 1:
        for i in rng.sample(range(max(0, length - 98), length), rng.choice([1, 5, 6])):
            series[i] = LEVEL * rng.choice([1.3, 1.3, 4])
    if more == 2:
        series = [math.nan if rng.random() < 0.25 else value for value in series]
    # What was before the window is on another level.
    series = [4 * value if i < length - 98 else value for i, value in enumerate(series)]
    series.append(LEVEL * rng.choice([near(rng, 0.6), near(rng, 0.36), near(rng, 0.45), 1, 2, 3, low, 0.3]))
    return series, length


def hours(rng, config):
    """Hours of days, some of which are high by a tenth for half a day."""
    config.step, config.season_length = HOUR, rng.choice([0, 0, 24, 24, 15, 36])
    config.start_time = rng.choice([UNKNOWN, JANUARY + HOUR * rng.randrange(168)])
    span = span_of(config)
    config.window = rng.choice([0, 3 * span, 2 * span, 100, 480])
    config.window = config.window and max(config.window, 2 * span)
    length = rng.randrange(2 * span, 20 * span)
    wobble = rng.choice([0, 0, 5])
    series = [rng.choice([100.0 - wobble, 100.0, 100.0 + wobble]) for _ in range(length)]
    at = rng.randrange(length)
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        # Half a day by a tenth, but for one hour almost, and then by a tenth, almost or more.
        odd, heights = rng.choice([99, 99, rng.randrange(12)]), rng.choice([[110.0], [150.0], [111.0], [109.0, 300.0]])
        for i in range(at, min(length, at + rng.choice([1, 2, 3, 11, 12, 13, 13, 14, 24, 30]))):
            series[i] = rng.choice([110.0, 110.0 - 2**-8, 110.0 + 2**-8, 111.0] if i - at in (odd, 12, 13) else heights)
        at = min(length - 1, at + rng.choice([span, 2 * span, 30, 40]))
    if rng.random() < 0.3:
        series = [math.nan if rng.random() < 0.4 else value for value in series]
    if config.start_time != UNKNOWN and rng.random() < 0.7:
        days = Model(series, config).weekend
        series = [value * 0.5 if is_weekend else value for value, is_weekend in zip(series, days)]
    now = min(length - 1, at + rng.choice([0, 1, 11, 12, 13, 14, 24]))
    series[now] *= rng.choice([1, 1, 1.1, 1.5, 2, 0.5])
    return series, now


def growths(rng, config):
    """Growth by some percent every day, so that each lies above its level, of a bill with many gaps or a long window."""
    config.season_length = rng.choice([0, 1, *range(2, 15)])
    span = span_of(config)
    config.window = rng.choice([0, 0, 98, 16 * span, 8 * span, 480])
    config.window = config.window and min(480, max(14, 2 * span, config.window))
    length = rng.choice([rng.randrange(14, 60), rng.randrange(100, 330)])
    first, growth = rng.randrange(length), rng.choice([1, 1.04, 1.05, 1.1])
    noise, gaps = rng.choice([0, 0.1, 0.5]), rng.choice([0, 0, 0.5, 0.75, 0.8])
    series = [LEVEL * growth ** min(60, max(0, i - first)) * rng.lognormvariate(0, noise) * (1 + i % span / 4) for i in range(length)]
    series = [math.nan if rng.random() < gaps else value for value in series]
    now = min(length - 1, first + rng.choice([12, 13, 14, 40]))
    series[now] = LEVEL * rng.choice([1, 2, 4])
    return series, now


KINDS = [spikes, creeps, runs, months, jobs, hours, growths]


def thresholds(model, now):
    """Settings at which the verdict turns."""
    config, (spend, _, _, _, score, _, drop, *_) = model.config, model.judge(now)
    given = config.min_impact, config.score_threshold, config.min_relative_impact
    for least in edges(model, now):
        yield least, *given[1:]
    for score in (score, drop):
        if 0 < score < 1e300:
            yield given[0], score, given[2]
            yield given[0], math.nextafter(score, 0), given[2]


def turns(rng, model, now):
    """Spends of a point next to each other, between which a finding turns."""
    given = model.y[now]

    def found(spend):
        model.y[now] = spend
        return model.judge(now)[8:12]

    grid = sorted({0.0, given, *(LEVEL * rng.uniform(0, 4) for _ in range(12))})
    answers = [found(spend) for spend in grid]
    places = [i for i in range(len(grid) - 1) if answers[i] != answers[i + 1]]
    result = []
    if places:
        i = rng.choice(places)
        low, high, answer = grid[i], grid[i + 1], answers[i]
        while math.nextafter(low, high) < high:
            middle = low + (high - low) / 2
            low, high = (middle, high) if found(middle) == answer else (low, middle)
        result = [low, high]
    model.y[now] = given
    return result


def cases(rng):
    """Endless: a model, the series and the point to judge."""
    while True:
        config = Config(0, 0, 0, 0, rng.choice([3.5, 3.5, 1.0]), rng.choice([0.0, 0.0, 8.0]), rng.choice([0.08, 0.0, 0.5]),
                        rng.choice([0.01, 0.0]), rng.choice([UNKNOWN, UNKNOWN, JANUARY, JANUARY + 57 * DAY]), DAY)
        series, now = rng.choice(KINDS)(rng, config)
        if math.isnan(series[now]):
            series[now] = LEVEL
        model = Model(series, config)
        for config.min_impact, config.score_threshold, config.min_relative_impact in list(thresholds(model, now)):
            yield model, series, now
        if rng.random() < 0.5:
            for spend in turns(rng, model, now):
                model.y[now] = series[now] = spend
                yield model, series, now


def main():
    count_at = next(i for i, word in enumerate(sys.argv) if i and word.isdigit())
    paths, count = sys.argv[1:count_at], int(sys.argv[count_at])
    libraries = [C.CDLL(path) for path in paths]
    wrong = 0
    for model, series, now in islice(cases(random.Random(fresh_seed())), count):
        expected = model.judge(now)
        for library in libraries:
            status, found = detect(library, series[:now + 1], model.config)
            if status != 0 or found != expected:
                wrong += 1
                if wrong <= 5:
                    print("status", status, "\n found", found, "\n model", expected, "\n", {n: getattr(model.config, n) for n, _ in Config._fields_}, "\n", series[:now + 1])
    print(f"{count} cases, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
