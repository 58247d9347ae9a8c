#!/usr/bin/env python3
"""The detector as docs/DETECTION.md tells it, slow and plain, against the library.

    detect_model.py LIBRARY... CASES

Each case is a random series and random settings; cloudcircuit_detect_spike must find what the model
finds at random points of it, to the last bit. The model keeps no windows: it computes again for
every earlier point what was to be expected of it. Where the library sorts, it sorts, so it shares with it the
rule alone.

Amounts are in any unit: half of the series and of the settings in money are multiplied by a power of two from 2^-900
to 2^900. Verdicts and scores must be those of the series as it was, and amounts the same multiples.
"""
import ctypes as C
import math
import random
import sys
from datetime import datetime, timedelta, timezone
from functools import lru_cache

sys.dont_write_bytecode = True
from header import fresh_seed

DAY, HOUR = 86400, 3600
UNKNOWN = -(2**63)
NORMAL, SPIKE, INSUFFICIENT = 1, 2, 3
SCORE, ONE, TWO, THREE, MIN_IMPACT, MIN_RELATIVE, HISTORY, MISSING, RECURRING = range(1, 10)


class Config(C.Structure):
    _fields_ = [(name, C.c_uint32) for name in ("season_length", "window", "lag_points", "negative_points")] + [
        (name, C.c_double) for name in ("score_threshold", "min_impact", "min_relative_impact", "min_baseline")] + [
        (name, C.c_int64) for name in ("start_time", "step")]


class Result(C.Structure):
    _fields_ = [(name, C.c_double) for name in (
        "latest_spend", "expected_spend", "upper_bound", "excess", "score", "leak_score", "drop_score")] + [
        ("points_used", C.c_uint32), ("verdict", C.c_int32), ("reason", C.c_int32), ("is_leak", C.c_uint32),
        ("is_drop", C.c_uint32), ("reserved", C.c_uint32)]


def quantile(values, share):
    values = sorted(values)
    if not values:
        return math.nan
    place = share * (len(values) - 1)
    below = int(place)
    part = place - below
    return values[below] if part == 0 else values[below] + part * (values[below + 1] - values[below])


def median(values):
    return quantile(values, 0.5)


def add_up(values):
    """From left to right, each sum rounded, whatever this Python's sum() does."""
    total = 0.0
    for value in values:
        total += value
    return total


def trimmed_mean(values):
    """Without the lowest and the highest; each value is added when a later one shows that it is neither."""
    ends, total = sorted(values[:2]), 0.0
    for value in values[2:]:
        lowest, middle, highest = sorted([*ends, value])
        ends = lowest, highest
        total += middle
    return total / (len(values) - 2)


def known(values):
    return [value for value in values if not math.isnan(value)]


def finite(value):
    """What is reported of a number beyond the largest double."""
    return 0.0 if math.isnan(value) else max(-sys.float_info.max, min(sys.float_info.max, value))


def largest(*values):
    return max(known(values))


class Model:
    def __init__(self, series, config):
        self.y, self.config = [self.amount(value, config.negative_points) for value in series], config
        step, start = config.step, config.start_time
        self.hours = config.season_length in (0, 24) and step == HOUR
        self.season = config.season_length or (24 if self.hours else 7 if step == DAY else 1)
        self.has_level = self.season <= 14
        self.span = 7 if self.season == 1 else self.season
        self.window = config.window or (98 if self.has_level else max(336, 2 * self.season))
        self.mad, self.quantile, self.tail, self.floor = (1.55, 0.9, 0.4, 0.05) if self.has_level else (1.9, 0.95, 1.0, 0.1)
        self.two, self.three = (1.2, 3.0) if self.has_level else (1.4, 2.0)
        self.min_baseline = max(config.min_baseline, sys.float_info.min)
        dates = [datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=start + step * i)
                 for i in range(len(series))] if start != UNKNOWN else None
        self.weekend = [date.weekday() >= 5 for date in dates] if dates and self.hours else [False] * len(series)
        self.charge_day = [date.day if date.day <= 3 else 0 for date in dates] if dates and step == DAY else [0] * len(series)
        self.dates = dates if step == DAY else None
        for name in ("share", "profile", "mean", "centre", "expect", "deviation", "highest", "excess", "share_above", "stands_out", "is_low", "is_forgotten"):
            setattr(self, name, lru_cache(None)(getattr(self, name)))

    @staticmethod
    def amount(value, negative_points):
        """A negative point is missing, or nothing; where it is an error no model is asked."""
        return value if not value < 0 else (math.nan if negative_points == 1 else 0.0)

    def at(self, i):
        return self.y[i] if i >= 0 else math.nan

    def mean(self, end):
        """Of the season that ends at a point, newest first."""
        values = known(self.at(end - back) for back in range(self.span))
        return add_up(values) / len(values) if 2 * len(values) > self.span else math.nan

    def centre(self, end):
        """Of the season that ends at a point, without the lowest and the highest."""
        if end + 1 < self.season:
            return math.nan
        around = known(self.at(end - back) for back in range(self.span))
        if not around or len(around) + self.season // 3 < self.season:
            return math.nan
        mean = trimmed_mean(around) if len(around) >= 5 else add_up(around) / len(around)
        return mean if mean > 0 else math.nan

    def share(self, i):
        """A point as a share of the trimmed mean of the season around it."""
        first = i - self.season // 2
        return self.at(i) / self.centre(first + self.season - 1) if first >= 0 else math.nan

    def profile(self, phase, now):
        """A phase's share of the level as known before point `now`."""
        newest = now - 1 - (self.season - 1 - self.season // 2)
        if self.season == 1 or newest < 0:
            return 1.0
        newest -= (newest - phase) % self.season
        if newest < 0:
            return 1.0
        count = min(self.window // self.season, 16)
        shares = known(self.share(newest - k * self.season) for k in range(count))
        times = float(len(shares))
        return (times * median(shares) + 0.75) / (times + 0.75) if shares else 1.0

    def flat(self, i, now):
        return self.at(i) / self.profile(i % self.season, now)

    def usual(self, i):
        """What a point's phase brought in the last four seasons."""
        points = known(self.at(i - k * self.span) for k in range(1, 5))
        return median(points) if points else 0.0, len(points)

    def stands_out(self, i):
        usual, count = self.usual(i)
        return i >= 0 and count >= 3 and self.at(i) > 2 * max(usual, self.min_baseline)

    def is_low(self, i):
        usual, count = self.usual(i)
        return i >= 0 and count >= 3 and self.at(i) < 0.65 * usual

    def is_forgotten(self, i, now):
        """Whether a point of the last 28 is one of 4 to 13 in a row that stand out, or 3 to 13 that are low, followed by one as usual."""
        if not self.has_level or i < now - 28 or not (self.stands_out(i) or self.is_low(i)):
            return False
        alike, fewest = (self.stands_out, 4) if self.stands_out(i) else (self.is_low, 3)
        first, after = i, i + 1
        while alike(first - 1):
            first -= 1
        while after < now and alike(after):
            after += 1
        if after >= now or not fewest <= after - first <= 13:
            return False
        usual, count = self.usual(after)
        if alike == self.is_low:
            return count >= 3 and self.y[after] > 0.8 * usual
        return count >= 3 and self.y[after] < 1.3 * max(usual, self.min_baseline)

    def plain(self, now, knowing):
        if self.has_level:
            points = []
            for back in range(1, 3 * self.span + 1):
                if len(points) < 7 and not self.is_forgotten(now - back, knowing):
                    points += known([self.flat(now - back, knowing)])
            return median(points) * self.profile(now % self.season, knowing) if len(points) >= 3 else None
        places = [now - back for back in range(self.season, self.window + 1, self.season) if back <= now][:16]
        every = known(self.y[i] for i in places)
        alike = known(self.y[i] for i in places if self.weekend[i] == self.weekend[now])
        points = alike if len(alike) >= 2 else every
        return median(points) if len(points) >= 2 else None

    def expect(self, now, knowing=None):
        """Plain expectation, expected spend, base; in hindsight by what is known before a later point."""
        knowing = now if knowing is None else knowing
        plain = self.plain(now, knowing)
        if plain is None:
            return None
        usual = median(known(self.mean(now - back) for back in range(1, self.window + 1, self.span) if back <= 7 * self.span + 1))
        base = largest(plain, usual, self.min_baseline)
        return plain, max(plain + self.charge(now, knowing), self.min_baseline), base

    def charge(self, now, knowing):
        """The largest excess of the last three such days of the month that came within the window."""
        if not self.charge_day[now]:
            return 0.0
        days = []
        for i in range(knowing - 1, max(-1, now - self.window - 1), -1):
            if self.charge_day[i] == self.charge_day[now] and not math.isnan(self.y[i]) and self.expect(i) and len(days) < 3:
                days.append(i)
        return max([0.0] + [self.y[i] - self.expect(i)[0] for i in days if i <= now])

    def highest(self, now):
        """The largest of all expectations of a point, and what is reported as expected."""
        plain, spend, base = self.expect(now)
        if not self.has_level:
            return spend, spend
        found = [spend]
        here = self.profile(now % self.season, now)
        weeks = known(self.centre(now - 1 - k * self.span) for k in range(1, 5))
        days = [math.nan if self.is_forgotten(now - back, now) else self.flat(now - back, now) for back in range(1, 29)]
        month, three = sorted(known(days), reverse=True), days[:3]
        if weeks:
            found.append(1.05 * median(weeks) * here)
        if len(month) >= 7:
            found.append(1.05 * month[len(month) // 4] * here)
        if len(known(three)) == 3:
            found.append(0.95 * min(three) * here)
        alike = known(self.at(now - k * self.season) for k in range(1, 5))
        if self.season > 1 and len(alike) >= 3:
            found.append(1.1 * median(alike))
        charged = plain + max(self.monthly(now) * base, self.moving_charge(now))
        return largest(charged, *found), charged if charged > largest(*found) else spend

    def moving_charge(self, now):
        """The largest excess that days 1 to 3 brought within the window, unless this month has brought half of it."""
        if not self.charge_day[now]:
            return 0.0
        charges = {}
        for day in (1, 2, 3):
            same = [i for i in range(now) if self.charge_day[i] == day and not math.isnan(self.y[i]) and self.expect(i)]
            charges.update((i, self.y[i] - self.expect(i)[0]) for i in same[-3:])
        here = [excess for i, excess in charges.items() if now - i < self.charge_day[now]]
        before = [excess for i, excess in charges.items() if self.charge_day[now] <= now - i <= self.window]
        highest = max([0.0] + before)
        return 0.0 if max([0.0] + here) > 0.5 * highest else highest

    def monthly(self, now):
        """0.75 of the second largest deviation around this day in the last three months."""
        if not self.dates:
            return 0.0
        date, found = self.dates[now].date(), []
        is_last = (date + timedelta(days=1)).day == 1
        end = date.replace(day=1) - timedelta(days=1)
        for _ in range(3):
            same = end if is_last else end.replace(day=min(date.day, end.day))
            near = [now - (date - same).days + shift for shift in (-1, 0, 1)]
            found.append(max([0.0] + known(self.deviation(i, now) for i in near if i >= max(0, now - self.window))))
            end = end.replace(day=1) - timedelta(days=1)
        return 0.75 * sorted(found)[1]

    def excess(self, i):
        """How far a point lay above the highest expectation on its day."""
        if i < 0 or self.expect(i) is None:
            return math.nan
        if self.is_long_run(i):
            return 0.1
        share = (self.y[i] - self.highest(i)[0]) / self.expect(i)[2]
        return share if math.isnan(share) else max(-1e6, min(1e6, share))

    def share_above(self, i):
        """How far a point lies from its expectation, as a share of the base."""
        expected = self.expect(i) if i >= 0 else None
        return (self.y[i] - expected[1]) / expected[2] if expected else math.nan

    def is_long_run(self, i):
        """Whether twelve hours in a row before an hour deviate by 0.1, and it by more."""
        return not self.has_level and self.share_above(i) > 0.1 and all(self.share_above(i - back) >= 0.1 for back in range(1, 13))

    def deviation(self, i, now):
        """After four seasons those of the first three are measured again, by the profile known then."""
        learnt = 4 * self.season
        is_again = self.has_level and self.season > 1 and now >= learnt and learnt - self.window <= i < learnt - self.season
        expected = self.expect(i, learnt if is_again else i) if i >= 0 else None
        if expected is None:
            return math.nan
        if self.is_long_run(i):
            return 0.1
        _, spend, base = expected
        share = (self.y[i] - spend) / base
        return share if math.isnan(share) else max(-1e6, min(1e6, share))

    def season_median(self, now, seasons):
        """Of the season that ends so many seasons before a point, without the profile."""
        points = known(self.flat(now - seasons * self.span - back, now) for back in range(self.span))
        return median(points) if len(points) + self.span // 3 >= self.span else math.nan

    def lift(self, now):
        """How far the lowest of the last season's points lies above the line, if the rise is gradual."""
        if not self.has_level or 6 * self.span > self.window:
            return None
        latest = [self.season_median(now, seasons) for seasons in range(4)]
        line = [(seasons, self.season_median(now, seasons)) for seasons in range(3, 9)]
        line = [(seasons, middle) for seasons, middle in line if not math.isnan(middle)]
        if len(known(latest)) < 4 or len(line) < 4 or latest[0] <= max(middle for _, middle in line):
            return None
        slope = median([max(new - old, 0.0) / (earlier - later)
                        for later, new in line for earlier, old in line if later < earlier])
        end = median([middle + slope * seasons for seasons, middle in line])
        height = latest[0] - end
        rises = [newer - older for newer, older in zip(latest, latest[1:])]
        lowest = min(known(self.flat(now - back, now) for back in range(self.span)))
        is_gradual = all(rise > 0 and 0.2 * height < rise < 0.5 * height for rise in rises)
        return lowest - end if is_gradual and lowest > max(end, latest[3]) else None

    def is_recurring(self, now, here, scale, sign=1):
        first = max(0, now - self.window)
        is_high = {i: sign * self.deviation(i, now) >= max(0.5 * here, 5.0 * scale) for i in range(first, now)}
        start = now
        while is_high.get(start - 1, False):
            start -= 1
        starts = [i for i in range(first, start) if is_high[i] and not is_high.get(i - 1, False)][-16:]
        if any(abs((later - earlier) - (start - later)) <= 1 for earlier in starts for later in starts if earlier < later):
            return True
        like = []
        for i in starts:
            is_short = not (is_high.get(i + 1, False) and is_high.get(i + 2, False))
            earlier = sign * self.deviation(i, now)
            if is_short and here < 1.5 * earlier and earlier < 1.5 * here:
                like.append(i)
        if self.has_level and any((start - i) % self.span == 0 and start - i <= 4 * self.span for i in like):
            return True
        is_young = self.has_level and now < 10 * self.span and now - start < 2
        if is_young and (len(like) >= 2 or any(i < 3 * self.span for i in like)):
            return True
        days = [self.dates[i].day for i in starts + [start]] if self.dates else []
        return sum(abs(day - days[-1]) <= 1 or min(day, days[-1]) >= 28 for day in days[:-1]) >= 2

    def scale(self, values, unit=1.0, below=False):
        middle = median(values)
        width = self.mad * median([abs(value - middle) for value in values])
        far = middle - quantile(values, 1 - self.quantile) if below else quantile(values, self.quantile) - middle
        tail = self.tail * far
        return max(max(width, tail) / unit, self.floor) * (1 + 7 / len(values))

    def mode(self, now, scale):
        """What the group of days that a point belongs to explains, its base and scale, and what is reported as expected."""
        if not (scale > 0.4 and self.has_level):
            return None
        points = known(self.at(now - back) for back in range(1, min(self.window, 98) + 1))
        cut = 0.6 * quantile(points, 0.95)
        on, off = [point for point in points if point > cut], [point for point in points if point <= cut]
        if len(points) < 14 or len(on) < 6 or len(off) < 7 or len(on) >= 0.75 * len(points) or median(off) >= 0.2 * median(on):
            return None
        if self.at(now) >= 0.6 * quantile(on, 0.1):
            level = max(median(on), self.min_baseline)
            return max(level, quantile(on, 0.9)), level, self.scale(on, level), level
        reported = max(median(off[:7]), self.min_baseline)
        expected = max(reported, quantile(off, 0.9))
        return expected, expected, self.scale(off, expected), reported

    def fall(self, now, deviations):
        """How far a point lies below the lowest spend that is explained, and whether that is a fall."""
        spend, (plain, usual, base) = self.at(now), self.expect(now)
        if spend >= plain:
            return 0.0, 0
        found, here = [plain], self.profile(now % self.season, now) if self.has_level else 1.0
        if self.has_level:
            weeks = known(self.centre(now - 1 - k * self.span) for k in range(1, 5))
            three = known(self.flat(now - back, now) for back in (1, 2, 3))
            alike = known(self.at(now - k * self.season) for k in range(1, 5))
            found += [0.95 * median(weeks) * here] if weeks else []
            found += [1.05 * max(three) * here] if len(three) == 3 else []
            found += [0.9 * median(alike)] if self.season > 1 and len(alike) >= 3 else []
        below, scale = min(found) - spend, self.scale(deviations, below=True)
        last, last_but_one = (-self.deviation(now - back, now) for back in (1, 2))
        scores = [0.0, below / base / scale]
        if not math.isnan(last):
            scores.append(self.two * min(below / base, last) / scale)
            if not math.isnan(last_but_one):
                scores.append(self.three * min(below / base, last, last_but_one) / scale)
        score = max(scores)
        is_low = score > self.config.score_threshold and plain - spend >= self.config.min_impact
        is_low = is_low and below >= self.config.min_relative_impact * base
        deviation = max(-1e6, min(1e6, (spend - usual) / base))
        return score, int(is_low and not self.is_recurring(now, -deviation, scale, -1))

    def judge(self, now):
        config, spend = self.config, self.at(now)
        deviations = known(self.deviation(i, now) for i in range(max(0, now - self.window), now))
        used = len(deviations)
        if math.isnan(spend):
            return (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, used, INSUFFICIENT, MISSING, 0, 0, 0)
        if self.expect(now) is None or used < max(10, self.season):
            return (spend, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, used, INSUFFICIENT, HISTORY, 0, 0, 0)
        usual_scale, usual_base = self.scale(deviations), self.expect(now)[2]
        mode = self.mode(now, usual_scale)
        highest, reported = self.highest(now)
        expected, base, scale, reported = mode or (highest, usual_base, usual_scale, reported)
        last, last_but_one = (math.nan, math.nan) if mode else (self.excess(now - 1), self.excess(now - 2))
        excess = spend - expected
        here = excess / base
        scores = [here / scale] * 3
        alone = config.score_threshold * scale
        bound = alone
        if not math.isnan(last):
            scores[1] = self.two * min(here, last) / scale
            bound = alone / self.two if self.two * last > alone else alone
            if not math.isnan(last_but_one):
                scores[2] = self.three * min(here, last, last_but_one) / scale
                if self.three * last > alone and self.three * last_but_one > alone:
                    bound = alone / self.three
        least = config.min_relative_impact * max(base, expected)
        above = [reason for score, reason in zip(scores, (ONE, TWO, THREE)) if score > config.score_threshold]
        reason = (SCORE if not above else MIN_IMPACT if spend - reported < config.min_impact
                else MIN_RELATIVE if excess < least else above[0])
        deviation = max(-1e6, min(1e6, (spend - self.expect(now)[1]) / usual_base))
        if reason in (ONE, TWO, THREE) and not mode and self.is_recurring(now, deviation, usual_scale):
            reason = RECURRING
        lift = self.lift(now)
        leak = lift / (usual_scale * usual_base) if lift else 0.0
        bound = max(expected + max(base * bound, least), reported + config.min_impact)
        drop, is_drop = (0.0, 0) if mode else self.fall(now, deviations)
        numbers = (spend, reported, bound, spend - reported, max(scores), leak, drop)
        return (*map(finite, numbers), used,
                SPIKE if reason in (ONE, TWO, THREE) else NORMAL, reason,
                int(leak > 1.25 and lift >= config.min_impact), is_drop, 0)


def scaled(series, config, unit):
    """The same in another unit, which is a power of two: no bit of an amount is lost."""
    other = Config.from_buffer_copy(config)
    other.min_impact *= unit
    other.min_baseline *= unit
    return [spend * unit for spend in series], other


AMOUNTS = ("latest_spend", "expected_spend", "upper_bound", "excess")


def detect(library, series, config):
    """The status, and the fields of the result."""
    result = Result()
    status = library.cloudcircuit_detect_spike((C.c_double * len(series))(*series), C.c_size_t(len(series)), C.byref(config), C.byref(result))
    return status, tuple(getattr(result, name) for name, _ in Result._fields_)


def edges(model, now):
    """The settings' min_impact; and where that decides whether something is found, what comes to it exactly, and a bit less."""
    given, (spend, reported, *_, reason, leak, drop, _) = model.config.min_impact, model.judge(now)
    found = [spend - reported] if reason in (ONE, TWO, THREE, MIN_IMPACT, RECURRING) else []
    found += [model.lift(now)] if leak else []
    found += [model.expect(now)[0] - spend] if drop else []
    return [given] + [least for impact in found for least in (impact, math.nextafter(impact, math.inf))]


def charge_by_month(rng, series, config):
    """A charge on a day of each month. The last point may be at the end of a February, or a second before its last day."""
    day = rng.choice([1, 15, 30, "last"])
    if rng.random() < 0.6:
        day, last = "last", 1709164800 + rng.choice([0, -1, DAY - 1])
        config.start_time = last - (len(series) - 1) * DAY
    for i in range(len(series)):
        date = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=config.start_time + DAY * i)
        if (date + timedelta(days=1)).day == 1 if day == "last" else date.day == day:
            series[i] += 300


def random_case(rng):
    config = Config(0, 0, 0, 0, rng.choice([3.5, 2.0, 1.0]), rng.choice([0.0, 0.0, 30.0]), rng.choice([0.1, 0.0, 0.5]),
                    rng.choice([0.01, 0.0, 80.0, 150.0]), rng.choice([UNKNOWN, 1672531200, -86400 * 400, 1709164800]), DAY)
    kind = rng.random()
    if kind < 0.2:
        config.step = HOUR
        config.window = rng.choice([0, 72, 100])
    elif kind < 0.4:
        config.season_length = rng.choice([1, 2, 3, 4, 5, 6, 12, 14, 15, 16, 24])
        config.window = rng.choice([0, 0, 98, 60, 48])
    elif kind < 0.5:
        config.window = rng.choice([14, 15, 22, 40, 98, 99, 150])
    elif kind < 0.6:
        config.step = rng.choice([1, 60, 7200, 2 * DAY])
    # Windows that are full: the largest, and sixteen seasons.
    is_full = kind > 0.9
    if is_full:
        config.season_length, config.window = rng.choice([(7, 480), (1, 480), (15, 0), (16, 0), (20, 0)])
    if config.start_time != UNKNOWN and rng.random() < 0.3:
        config.start_time += DAY - 1  # the last second of a day
    config.lag_points = rng.choice([0, 0, 0, 2])
    config.negative_points = rng.choice([0, 1, 2])
    n = rng.randrange(500, 560) if is_full else rng.randrange(1, 420)
    gaps, spikes, zeros = rng.choice([0, 0.05, 0.4]), rng.choice([0, 0.03]), rng.choice([0, 0.05, 0.7])
    falls = rng.choice([0, 0, 0.05, 0.5])
    growth, noise, leak = rng.choice([0, 0.003, -0.002]), rng.choice([0.02, 0.1, 0.5]), rng.randrange(60, 420)
    slope, rise = rng.choice([0.5, 1.2, 2, 4]), rng.choice([1, 1, 1.15, 1.3])
    job, day = rng.choice([0, 0, 0, 1.6, 1.6, 3, 9]), rng.choice([30, 30, 7, 10, 14])
    if rng.random() < 0.3:
        # A bill on which nothing happens but a leak, by a part of its level every day.
        gaps, spikes, zeros, falls, growth, job, day = 0, 0, 0, 0, 0, 0, 500
        noise, slope, leak = rng.choice([0, 0.02]), rng.choice([0.5, 1, 2, 3]), rng.randrange(60, 300)
    weekend = 40
    if job and rng.random() < 0.5:
        growth, noise, weekend = 0, 0, 100
    if is_full:
        gaps = 0
    runs = [(rng.randrange(420), rng.randrange(2, 16), rng.choice([4, 0, 0.3])) for _ in range(rng.choice([0, 0, 5]))]
    series = []
    for i in range(n):
        value = (100 if i % 7 < 5 else weekend) * (1 + growth * i) * rng.lognormvariate(0, noise) + max(0, i - leak) * slope * rng.choice([1, 1.2])
        value += 300 if i % day == 0 else 0
        value *= rise if i >= leak else 1
        value *= next((height for start, days, height in runs if start <= i < start + days), 1)
        if job:
            value *= 1 if rng.random() < 1 / job else rng.choice([0.05, 0.05, 0.05, 0.6])
        value *= 5 if rng.random() < spikes else 1
        value = 0.0 if rng.random() < zeros else value
        value *= rng.choice([1, 0.1, 0.5]) if i > leak - 3 and rng.random() < falls else 1
        value *= -1 if config.negative_points and rng.random() < 0.03 else 1
        series.append(math.nan if rng.random() < gaps else round(value, 2) if noise == 0.1 else value)
    if config.step == DAY and config.start_time != UNKNOWN and rng.random() < 0.5:
        charge_by_month(rng, series, config)
    return series, config, leak


def main():
    count_at = next(i for i, word in enumerate(sys.argv) if i and word.isdigit())
    paths, cases = sys.argv[1:count_at], int(sys.argv[count_at])
    libraries = [C.CDLL(path) for path in paths]
    rng, wrong, seen = random.Random(fresh_seed()), 0, {}
    for _ in range(cases):
        plain, plain_config, leak = random_case(rng)
        unit = 2.0 ** rng.choice([0, rng.randrange(-900, 901)])
        series, config = scaled(plain, plain_config, unit)
        model = Model(series, config)
        # The last point, one at random, some that stand out from the point before, and some after a change.
        jumps = [i + 1 for i in range(1, len(series)) if series[i] > 1.5 * series[i - 1] > 0] or [len(series)]
        for end in {len(series), rng.randrange(len(series)) + 1, rng.choice(jumps), jumps[-1], min(len(series), jumps[-1] + rng.randrange(4, 20)),
                    *(min(len(series), leak + days) for days in (2, 3, 21, 24, 28))}:
            for least in edges(model, end - 1 - config.lag_points):
                config.min_impact, plain_config.min_impact = least, least / unit
                expected = model.judge(end - 1 - config.lag_points)
                for name, is_seen in ((expected[9], 1), ("leak", expected[10]), ("drop", expected[11])):
                    seen[name] = seen.get(name, 0) + is_seen
                for library in libraries:
                    status, found = detect(library, series[:end], config)
                    # With a min_baseline of 0, the least double takes its place, which has no unit.
                    is_scaled = config.min_baseline == 0 or detect(library, plain[:end], plain_config)[1] == tuple(
                        value / unit if name in AMOUNTS else value for value, (name, _) in zip(found, Result._fields_))
                    if status != 0 or found != expected or not is_scaled:
                        wrong += 1
                        if wrong <= 5:
                            print("status", status, "scaled alike:", is_scaled, "unit", unit, "\n found", found, "\n model", expected, "\n", {n: getattr(config, n) for n, _ in Config._fields_}, len(series), end)
    print("reasons and leaks seen:", {key: seen[key] for key in sorted(seen, key=str)})
    print(f"{cases} cases, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
