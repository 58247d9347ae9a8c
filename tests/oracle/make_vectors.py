#!/usr/bin/env python3
"""Makes the test vectors: make_vectors.py [FOLDER], tests/vectors unless told.

The expected values come from rules.py alone, which works in exact rationals after the header;
no code of the library is involved. Numbers that look random come from splitmix64 with fixed
seeds, so every Python 3 writes the same bytes.
"""
import math
import os
import sys

sys.dont_write_bytecode = True
from rules import *

ZERO, MINUS_ZERO, TINY, NORMAL = 0, SIGN, 1, 1 << 52
ONE = bits_of(1.0)
NAN = INFINITY | 1 << 51
BAD = [NAN, NAN | SIGN, INFINITY | 1, INFINITY, INFINITY | SIGN]
BAD += [TINY | SIGN, ONE | SIGN, LARGEST | SIGN]
BAD_CONFIG = BAD[:1] + BAD[3:7]


def splitmix(seed):
    while True:
        seed = seed + 0x9E3779B97F4A7C15 & 2**64 - 1
        z = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9 & 2**64 - 1
        z = (z ^ z >> 27) * 0x94D049BB133111EB & 2**64 - 1
        yield z ^ z >> 31


class Random:
    def __init__(self, seed):
        self.stream = splitmix(seed)

    def below(self, end):
        return next(self.stream) % end

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def double(self, low=0, high=0x7FE):
        """Any mantissa under an exponent field from low to high."""
        z = next(self.stream)
        return low + (z >> 52) % (high - low + 1) << 52 | z & (1 << 52) - 1

    def shuffled(self, items):
        items = list(items)
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]
        return items


def around(bits, reach=1):
    """A non-negative double and its neighbours."""
    return [b for b in range(bits - reach, bits + reach + 1) if 0 <= b <= LARGEST]


def power(exponent):
    return nearest(Fraction(2) ** exponent)


def doubles(*numbers):
    return [bits_of(float(number)) for number in numbers]


# Budget


def first_warning(limit, warning):
    """The smallest spend whose usage ratio reaches the warning ratio."""
    low, high = 0, LARGEST
    while low < high:
        middle = (low + high) // 2
        if check_budget(0, middle, limit, warning)[1][4]:
            high = middle
        else:
            low = middle + 1
    return low


def budget_cases():
    random = Random(1)
    special = [ZERO, MINUS_ZERO, TINY, NORMAL - 1, NORMAL, ONE - 1, ONE, ONE + 1, LARGEST] + BAD
    for current in special:
        for limit in special:
            yield 0, current, limit, None
            yield 0, current, limit, bits_of(0.5)
    for warning in special:
        for current in (ZERO, bits_of(50.0), NAN, ONE | SIGN):
            for limit in (bits_of(100.0), ZERO, NAN):
                yield 0, current, limit, warning
    for case in [(1, ONE, ONE, None), (1, NAN, NAN, NAN), (1, ONE, ZERO, ONE)]:
        yield case

    limits = doubles(100, 1000, 0.3, 0.1, 0.01, 1 / 3, 1e6, 123456.78, 2**53, 1e300, 1e-300)
    limits += [TINY, 3, 7, NORMAL - 1, NORMAL, ONE, ONE - 1, ONE + 1, LARGEST, LARGEST - 1]
    limits += [random.double() for _ in range(12)] + [random.double(1000, 1050) for _ in range(12)]
    warnings = [None, ONE, ONE - 1] + doubles(0.8, 0.5, 0.1, 1 / 3, 0.95, 0.999) + [NORMAL, TINY]
    for limit in limits:
        for current in around(limit) + [limit // 2]:
            yield 0, current, limit, None
        for warning in warnings:
            for current in around(first_warning(limit, warning)):
                yield 0, current, limit, warning

    for total, whole in ((0.1 + 0.2, 0.3), (0.1 + 0.7, 0.8), (1.1 + 2.2, 3.3), (0.7 + 0.1, 0.79)):
        yield 0, bits_of(total), bits_of(whole), None
    for percent in range(80, 101):
        for limit in doubles(19.99, 250, 1234.56, 99999.99):
            yield 0, nearest(value(limit) * percent / 100), limit, nearest(Fraction(percent, 100))
    for _ in range(300):
        limit = 1 + random.below(10**6)
        cents = limit * (70 + random.below(40)) // 100
        warning = random.pick([None] + doubles(0.8, 0.75, 0.85))
        yield 0, nearest(Fraction(cents, 100)), nearest(Fraction(limit, 100)), warning
    for exponent in range(-1074, 1024, 21):
        for shift in (-60, -1, 0, 1, 60):
            if -1074 <= exponent + shift < 1024:
                warning = random.pick([None, ONE, bits_of(0.5)])
                yield 0, power(exponent + shift), power(exponent), warning
    # Quotients that overflow, just do not, or are subnormal.
    for _ in range(120):
        current, limit = random.double(1800), random.double(700, 1000)
        yield 0, current, limit, ONE
        edge = nearest(value(LARGEST) * value(limit))
        for current in around(edge) if edge < INFINITY else []:
            yield 0, current, limit, ONE
        limit, quotient = random.double(1100, 1500), random.double(0, 1)
        current = nearest(value(quotient) * value(limit))
        yield 0, current, limit, random.pick([None, quotient or TINY])
    for _ in range(250):
        yield 0, random.double(), random.double(), nearest(Fraction(1 + random.below(10**9), 10**9))


# Breaker


def breaker_cases():
    random = Random(2)
    top = 2**63 - 1
    grid = [-top - 1, -top, -1, 0, 1, 2, 3, 4, 2**31, 2**32, 2**53 + 1, top - 1, top]
    for failures in grid:
        for threshold in grid:
            for cooldown in grid:
                yield 0, failures, threshold, cooldown
    for nulls in (1, 2, 3):
        for case in ((0, 3, 0), (-1, 0, -1)):
            yield (nulls, *case)
    for _ in range(100):
        threshold = 2 + (next(random.stream) >> 2 + random.below(62))
        for failures in (threshold - 1, threshold, threshold + 1):
            yield 0, failures, threshold, random.pick([0, 0, 1, top, next(random.stream) >> 1])


# Guard


def guard_cases():
    random = Random(3)
    top = 2**63 - 1
    names = [name for name, _, _ in FINDINGS]
    fine = tuple((kind, 0, 0, 0, 0) for kind in KINDS)

    def signal(kind, reasons=(), monitored=(), wait=0):
        return kind, 0, sum(map(REASON.get, reasons)), sum(map(REASON.get, monitored)), wait

    # Of each kind: nothing, each finding alone, all of them, monitored ones, waits, errors.
    some = list(fine)
    for kind, found in KINDS.items():
        found = sorted(found)
        some += [signal(kind, [name]) for name in found] + [signal(kind, found)]
        some += [signal(kind, (), [name]) for name in found] + [signal(kind, found[:1], found[1:])]
        if kind in (4, 8):
            some += [signal(kind, found, (), wait) for wait in (1, 7, 1000, top)]
            some += [signal(kind, (), found, wait) for wait in (7, top)]
        some += [(kind, status, REASON["error"], 0, 0) for status in (1, 100, 416, -1, 2**31 - 1)]
    every = [DEFAULT_POLICY[:11] + (required, 0) for required in range(1, 32)]
    alone = [[action] * 11 + [31, 0] for action in range(4)]
    for one in some:
        for policy in (None, DEFAULT_POLICY, *alone[:2], every[0], every[30]):
            yield 0, (one,), policy
            yield 0, (*fine, one), policy
            yield 0, (one, *fine), policy

    # Each finding with each action among each other action, decided and monitored.
    for place, name in enumerate(names[:-1]):
        kind = next((kind for kind, found in KINDS.items() if name in found), 1)
        one = signal(kind, [name]) if name != "error" else (kind, 100, REASON[name], 0, 0)
        waiting = signal(4, ["open"], (), 5)
        for action in range(4):
            for others in alone:
                for monitor in (0, REASON[name], REASON["open"]):
                    policy = [*others[:12], monitor]
                    policy[place] = action
                    yield 0, (*fine, one), tuple(policy)
                    if action in (0, 1):
                        yield 0, (waiting, one), tuple(policy)
    for policy in every:
        for kind in range(6):
            yield 0, fine[:kind], policy
            yield 0, fine[kind:], policy
            yield 0, fine[:kind] + fine[kind + 1 :], (3,) * 10 + (1, *policy[11:12], 16)

    # Any number of any signals, in some order and in the reverse.
    for _ in range(300):
        actions = tuple(random.below(4) for _ in range(11))
        policy = actions + (1 + random.below(31), random.pick([0, 0, random.below(2048)]))
        signals = tuple(random.pick(some) for _ in range(random.pick([0, 1, 2, 3, 4, 5, 8, 17])))
        yield 0, signals, policy
        yield 0, signals[::-1], policy
    for count in (63, 64, 65, 100):
        yield 0, tuple(random.pick(some) for _ in range(count)), None

    # Every error, alone and with each that comes after it.
    broken = []
    for field in range(11):
        for action in (-1, 4, 2**31 - 1, -(2**31)):
            policy = list(DEFAULT_POLICY)
            policy[field] = action
            broken.append((0, fine, tuple(policy)))
    for required in (0, 32, 63, 2**31, 2**32 - 1):
        broken.append((0, fine, DEFAULT_POLICY[:11] + (required, 0)))
    for monitor in (2048, 2049, 2**31, 2**32 - 1):
        broken.append((0, fine, DEFAULT_POLICY[:11] + (7, monitor)))
    for kind in (0, 3, 5, 32, -1, -(2**31), 2**31 - 1):
        broken.append((0, (*fine, (kind, 0, 0, 0, 0)), None))
        broken.append((0, ((kind, 100, REASON["error"], 0, 0), *fine), None))
    for kind, found in KINDS.items():
        for name, bit in (*REASON.items(), ("", 2048), ("", 2**31)):
            if name not in found:
                broken.append((0, ((kind, 0, bit, 0, 0),), None))
                broken.append((0, ((kind, 0, 0, bit, 0),), None))
            if name != "error":
                broken.append((0, ((kind, 100, bit, 0, 0),), None))
                broken.append((0, ((kind, 100, bit | REASON["error"], 0, 0),), None))
        broken.append((0, ((kind, 100, 0, 0, 0),), None))
        broken.append((0, ((kind, 100, REASON["error"], 1, 0),), None))
        broken.append((0, ((kind, 100, REASON["error"], 0, 1),), None))
        for wait in (-1, -top - 1, 1):
            broken.append((0, ((kind, 0, 0, 0, wait),), None))
    for kind, name in ((4, "open"), (8, "rate")):
        for wait in (-1, -top - 1):
            broken.append((0, (signal(kind, [name], (), wait),), None))
            broken.append((0, (signal(kind, (), [name], wait),), None))
    yield from broken
    for _ in range(300):
        policy = [random.pick([action, action, action, 4, -1]) for action in DEFAULT_POLICY[:11]]
        policy += [random.pick([7, 7, 0, 32]), random.pick([0, 0, 2048])]
        signals = random.pick(broken)[1] + random.pick([fine, fine * 13])
        yield random.pick([0, 0, 0, 1, 2, 3]), signals, tuple(policy)
    for nulls in (1, 2, 3):
        yield nulls, (), None
        yield nulls, fine, None


# Spike
#
# A series is a list of runs: (count, bits) is a point repeated, (count, seed, low, high) is that
# many doubles with exponent fields from low to high.


def expand(runs):
    points = []
    for count, first, *fields in runs:
        random = Random(first)
        points += [random.double(*fields) for _ in range(count)] if fields else [first] * count
    return points


def runs_of(points):
    return [(1, point) for point in points]


def judged(config, runs):
    """Cases of these points, followed by a latest just below, at and above the threshold."""
    threshold = check_spike(0, sum(run[0] for run in runs) + 1, config, expand(runs) + [0])[1][2]
    for latest in around(threshold):
        yield 0, None, config, runs + [(1, latest)]


def split(random, total, parts):
    """Whole numbers below 2**53 that add up to total."""
    numbers = []
    for left in range(parts - 1, 0, -1):
        high = min(total, 2**53 - 1)
        low = max(0, total - left * (2**53 - 1))
        numbers.append(low + random.below(high - low + 1) >> (0 if low else random.below(40)))
        total -= numbers[-1]
    return numbers + [total]


def tie_sums(random):
    """Series whose exact sum lies half-way between two doubles, with and without a little more."""
    for case in range(90):
        extra = 1 + random.below(6)
        mantissa = 2**52 + (random.below(2**52) if case % 5 else 2**52 - 1 - case % 2)
        total = (2 * mantissa + 1) << extra - 1
        numbers = split(random, total, max(2 ** extra + 1, 2 + random.below(50)))
        if max(numbers) >= 2**53:
            continue
        scale = [-1074, -1000, -1022, -40, 0, 300, 900, 960][case % 8]
        points = [nearest(number * Fraction(2) ** scale) for number in random.shuffled(numbers)]
        yield points
        least = min(scale - 1, -30)
        for dust in (-1074, max(least, -1074)) if scale > -1074 else ():
            points = points[:]
            points.insert(random.below(len(points) + 1), power(dust))
            yield points
        if scale > -1074:
            index = max(range(len(numbers)), key=lambda i: points[i])
            points[index] -= 1
            yield points


def staircases(random):
    """Ties that only the very last bit decides."""
    for exponent in (0, 1, 52, 970, 1023, -900, -1000):
        for step in (1, 2, 7, 53, 54, 200):
            stairs = list(range(exponent - 54, -1075, -step))
            if not stairs:
                continue
            points = [power(exponent)] + [power(stair) for stair in stairs]
            missing = [power(stairs[-1])]
            for more in ([], missing, missing + [TINY], [TINY] * 3):
                for odd in (0, 1):
                    yield random.shuffled([points[0] + odd] + points[1:] + more)
    for exponent in range(-1021, 1024, 60):
        for odd in (0, 1):
            half = power(exponent - 53)
            big = power(exponent) + odd
            for dust in ([], [TINY], [TINY] * 9, [half - 1]):
                yield random.shuffled([big, half] + dust)
            yield [half - 1, big]
            yield [half - 1, TINY, big]


def edge_lengths():
    """Lengths of baselines near the widths in which a summing loop may work."""
    lengths = set(range(1, 41))
    for width in range(8, 137, 8):
        lengths |= {width - 1, width, width + 1}
    return sorted(lengths)


LONG = sorted({k * 4096 + d for k in (1, 2, 3) for d in (-9, -8, -1, 0, 1, 2, 7, 8, 9, 17)})
NEAR, WIDE, SMALL, HUGE = (1015, 1030), (0, 0x7FE), (0, 0), (0x7F0, 0x7FE)
CENTS = [0.5, 12.34, 100.0, 0.01, 0.1, 99.99, 1234.56, 0.3, 7.07]


def spike_errors():
    steady = [(3, bits_of(10.0)), (1, bits_of(20.0))]
    for nulls in (1, 2, 3):
        yield nulls, None, None, steady
        yield nulls, 0, (NAN, NAN), []
        yield nulls, 2**64 - 1, None, []
    for length in (0, 1, 2**31 + 1, 2**32, 2**32 + 4, 2**62, 2**63, 2**64 - 1):
        yield 0, length, None, []
        yield 0, length, (NAN, NAN), []
        yield 0, length, None, [(4, NAN)]
    multipliers = [ZERO, MINUS_ZERO, TINY, ONE - 1, ONE, ONE + 1, bits_of(2.0), LARGEST] + BAD
    floors = [ZERO, MINUS_ZERO, TINY, bits_of(5.0), LARGEST] + BAD_CONFIG
    for multiplier in multipliers:
        for floor in floors:
            yield 0, None, (multiplier, floor), steady
        yield 0, None, (multiplier, ZERO), [(2, NAN)]
    for length in [2, 3, 7, 8, 9, 10, 12, 15, 16, 17, 18, 33, 34, 63, 4095, 4097, 4098, 4110]:
        positions = {0, length // 2, length - 2, length - 1, (length - 1) // 8 * 8}
        for position in sorted(p for p in positions if p < length):
            for bad in BAD if position in (0, length - 1) else BAD[::2] + [TINY | SIGN]:
                good = LARGEST if bad == INFINITY else ONE
                rest = length - position - 1
                runs = [(position, good), (1, bad), (rest, good)]
                yield 0, None, None, [run for run in runs if run[0]]
            yield 0, None, None, [(position, ONE), (1, MINUS_ZERO), (length - position - 1, ONE)]


def spike_cases():
    random = Random(4)
    half, double = bits_of(1.5), bits_of(2.0)
    yield from spike_errors()
    configs = [None, (double, MINUS_ZERO), (double, bits_of(0.5)), (ONE + 1, TINY), (LARGEST, ZERO)]
    for runs in ([(3, MINUS_ZERO)], [(1, ZERO)], [(9, MINUS_ZERO)], [(17, ZERO)]):
        for config in configs:
            yield from judged(config, runs)
            yield 0, None, config, runs + [(1, MINUS_ZERO)]

    # Every length near a loop's width, of several ranges.
    for length in edge_lengths():
        for place, fields in enumerate((NEAR, WIDE, SMALL, HUGE)):
            cases = judged(None, [(length, 1000 * place + length, *fields)])
            yield from cases if place == length % 4 else list(cases)[1:2]
    for length in LONG:
        for place, fields in enumerate((NEAR, WIDE, HUGE)):
            cases = judged(None, [(length, 5000 + 20000 * place + length, *fields)])
            yield list(cases)[-1 - place % 2]
    for length in (65534, 65535, 65536, 65537, 65545, 70001):
        half_way = length // 2
        runs = [(half_way, length, *WIDE), (length - half_way, 1, *NEAR)]
        yield 0, None, None, runs + [(1, ONE)]
        yield 0, None, None, [(1, power(53)), (length - 2, power(-16)), (1, TINY), (1, ONE)]
        for fields in (NEAR, (1023, 1023)):
            yield 0, None, None, [(length, length, *fields), (1, ONE)]
    for length in (100, 365, 500, 1000, 1999, 2500, 3333, 4999):
        for fields in (NEAR, SMALL, (900, 1100), (1, 3), (1023, 1023)):
            yield from judged((bits_of(1.25), ONE), [(length, length, *fields)])

    # Bills: cents, a week's rhythm, floors and multipliers.
    for length in (2, 6, 7, 8, 13, 28, 30, 31, 60, 90):
        for _ in range(3):
            bill = [random.below(10**5) + 4000 * (day % 7 < 5) for day in range(length)]
            points = [nearest(Fraction(amount, 100)) for amount in bill]
            multiplier = random.pick(doubles(1.1, 1.25, 1.5, 2, 3))
            floor = random.pick(doubles(0, 0.01, 100, 500))
            yield from judged((multiplier, floor), runs_of(points))
    for cents in doubles(*CENTS):
        for count in (1, 2, 3, 10, 29, 30, 364, 4096, 4999):
            yield from judged(None, [(count, cents)])
    multipliers = [ONE + 1, half, double, bits_of(1e300), LARGEST]
    some = [[ONE], [TINY, TINY], [NORMAL - 1], [LARGEST], doubles(0.1, 0.2, 0.4), [bits_of(1e-5)] * 3]
    for points in some:
        baseline = mean(points)
        for floor in around(baseline) + [ZERO, TINY, LARGEST]:
            for multiplier in multipliers:
                yield from judged((multiplier, floor), runs_of(points))
    for _ in range(100):
        points = [random.double(900, 1100) for _ in range(1 + random.below(9))]
        config = (random.double(1023, 1030) | 1, random.double(900, 1100))
        yield from judged(config, runs_of(points))

    # Sums on a tie.
    for points in tie_sums(random):
        yield list(judged(None, runs_of(points)))[random.below(3) - 1]
    for points in staircases(random):
        if len(points) <= 30 or random.below(4) == 0 and len(points) < 200:
            yield 0, None, None, runs_of(points) + [(1, ONE)]
    # The tie lies in one point, the dust in another block.
    for big in (power(53), power(53) + 1, power(900)):
        half_unit = big - (52 << 52) - 1 & ~((1 << 52) - 1) if big & 1 else big - (53 << 52)
        for gap in (0, 6, 7, 8, 4093, 4094, 4095, 4096, 4097):
            for runs in (
                [(1, big), (gap, ZERO), (1, half_unit)],
                [(1, big), (gap, ZERO), (1, half_unit), (1, TINY)],
                [(1, half_unit), (gap, ZERO), (1, big), (1, TINY)],
                [(1, TINY), (gap, ZERO), (1, half_unit), (1, big)],
                [(1, big), (gap, TINY), (1, half_unit)],
                [(1, big), (gap, ZERO), (1, half_unit - 1)],
            ):
                yield 0, None, None, [run for run in runs if run[0]] + [(1, big)]
    # Many small points that only matter together.
    for exponent in (-1020, -500, 0, 53, 500):
        big = power(exponent)
        for count in (1, 3, 15, 4095, 4096, 4097, 8191):
            for step in (52, 53, 54, 65):
                if exponent - step >= -1074:
                    small = power(exponent - step)
                    yield 0, None, None, [(1, big), (count, small), (1, big)]
                    yield 0, None, None, [(count, small), (1, big + 1), (1, big)]
                    yield 0, None, None, [(count, small), (1, big), (1, TINY), (1, big)]

    # Sums beyond the largest double, and ties there.
    for count in (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 100, 4095, 4096, 4097, 4999):
        yield from judged(None, [(count, LARGEST)])
        yield from judged((ONE + 1, ZERO), [(count, LARGEST), (1, TINY)])
        yield from judged((ONE + 1, ZERO), [(1, LARGEST - 1), (count, LARGEST - count)])
        yield from judged(None, [(count, power(1023))])
        yield from judged(None, [(1, LARGEST), (count, power(1023 - 54))])
    tops = [[(1, LARGEST)], [(1, LARGEST - 1)], [(2, LARGEST)], [(3, LARGEST), (1, LARGEST - 1)]]
    for unit in (power(970), power(969), power(970) - 1, power(971)):
        for dust in ([], [(1, TINY)], [(4096, TINY)]):
            for top in tops:
                yield 0, None, (ONE + 1, ZERO), top + [(1, unit)] + dust + [(1, LARGEST)]
                yield 0, None, (ONE + 1, ZERO), dust + [(1, unit)] + top + [(1, LARGEST)]
    for _ in range(60):
        points = [random.double(0x7FA) for _ in range(2 + random.below(12))]
        yield from judged((random.double(1023, 1024) | 1, ZERO), runs_of(points))

    # Subnormals: sums are exact, means round.
    some = [[TINY], [TINY, ZERO], [TINY * 3], [NORMAL - 1], [NORMAL], [NORMAL - 1, NORMAL]]
    for count in (1, 2, 3, 5, 7, 8, 9, 16, 33):
        for points in some:
            yield from judged((double, ZERO), [(count, point) for point in points])
    for _ in range(60):
        points = [random.below(1 << 1 + random.below(53)) for _ in range(1 + random.below(12))]
        yield from judged((random.pick(multipliers[:3]), ZERO), runs_of(points))

    # Written out, for readers that skip generated runs.
    for length, fields in ((1025, NEAR), (4105, (1000, 1060)), (4999, NEAR)):
        points = [random.double(*fields) for _ in range(length)]
        yield 0, None, None, runs_of(points) + [(1, mean(points))]


# Budget in exact money


def first_unit(limit, warning):
    """The smallest spend that warns."""
    return -(-limit * warning // MILLION)


def units_around(exact, reach=1):
    """A whole number of minor units and its neighbours, as far as they are amounts."""
    return [unit for unit in range(exact - reach, exact + reach + 1) if 0 <= unit <= INT64_MAX]


def any_units(random):
    """An amount of any magnitude."""
    return next(random.stream) >> 1 + random.below(63)


EDGES = [INT64_MIN, INT64_MIN + 1, -1, 0, 1, 2, 3, MILLION - 1, MILLION, MILLION + 1, 2**31, 2**32]
EDGES += [2**53 + 1, INT64_MAX // MILLION, INT64_MAX // MILLION + 1, INT64_MAX - 1, INT64_MAX]
PPMS = [1, 2, 3, 333_333, 500_000, 800_000, 899_999, 900_000, 999_999, MILLION]


def budget_i64_cases():
    random = Random(5)
    for current in EDGES:
        for limit in EDGES:
            yield 0, current, limit, None
            yield 0, current, limit, (random.pick(PPMS), 0)
    for warning in (0, 1, MILLION, MILLION + 1, 2**31, 2**32 - 1):
        for reserved in (0, 1, 2**32 - 1):
            for current in (-1, 0, 5):
                for limit in (-1, 0, 10):
                    yield 0, current, limit, (warning, reserved)
    for case in [(1, 1, 1, None), (1, -1, -1, (0, 1)), (1, 1, 0, (MILLION, 0))]:
        yield case

    limits = [1, 2, 3, 7, 10, 99, 100, 101, 1999, MILLION - 1, MILLION, MILLION + 1, 123_456_789]
    limits += [2**53 - 1, 2**53, 2**53 + 1, 2**62, INT64_MAX // MILLION, INT64_MAX - 1, INT64_MAX]
    limits += [any_units(random) or 1 for _ in range(20)]
    for limit in limits:
        for current in units_around(limit) + [INT64_MAX, limit // 2]:
            yield 0, current, limit, None
        for warning in PPMS:
            for current in units_around(first_unit(limit, warning)):
                yield 0, current, limit, (warning, 0)
    for _ in range(250):
        limit, warning = any_units(random) or 1, 1 + random.below(MILLION)
        for current in units_around(first_unit(limit, warning)):
            yield 0, current, limit, (warning, 0)
    # Shares near 64 bits, and products near them.
    for limit in (1, 2, 3, 5, 10, 499_999, 500_000, 500_001, MILLION, 10**7):
        edges = (2**64 // MILLION * limit, (2**64 - 1) * limit // MILLION, 2**64 // MILLION)
        for edge in edges:
            for current in units_around(edge, 2):
                yield 0, current, limit, None
    for percent in range(80, 101):
        for limit in (1999, 25_000, 123_456, 9_999_999, 10**15 + 7):
            for current in units_around(first_unit(limit, percent * 10_000)):
                yield 0, current, limit, (percent * 10_000, 0)


# Spike in exact money
#
# Runs are (count, units), or (count, seed, low, high) for that many units from low to high.


def expand_units(runs):
    points = []
    for count, first, *ends in runs:
        stream = splitmix(first)
        if ends:
            low, high = ends
            points += [low + next(stream) % (high - low + 1) for _ in range(count)]
        else:
            points += [first] * count
    return points


def judged_i64(config, runs):
    """Cases of these points, followed by a latest one unit below, at and above the threshold."""
    length = sum(run[0] for run in runs) + 1
    threshold = check_spike_i64(0, length, config, expand_units(runs) + [0])[1][2]
    for latest in units_around(threshold):
        yield 0, None, config, runs + [(1, latest)]


def spike_i64_errors():
    steady = [(3, 10), (1, 20)]
    for nulls in (1, 2, 3):
        yield nulls, None, None, steady
        yield nulls, 0, (0, 1, -1), []
        yield nulls, 2**64 - 1, None, []
    for length in (0, 1, 2**31 + 1, 2**32, 2**32 + 4, 2**62, 2**63, 2**64 - 1):
        yield 0, length, None, []
        yield 0, length, (0, 1, -1), []
        yield 0, length, None, [(4, -1)]
    for multiplier in (0, 1, MILLION - 1, MILLION, MILLION + 1, 2**31, 2**32 - 1):
        for reserved in (0, 1, 2**32 - 1):
            for floor in (0, 5, INT64_MAX, -1, INT64_MIN):
                yield 0, None, (multiplier, reserved, floor), steady
        yield 0, None, (multiplier, 0, 0), [(2, -1)]
    for length in [2, 3, 4, 5, 7, 8, 9, 10, 12, 15, 16, 17, 18, 33, 34, 63, 4097]:
        positions = {0, length // 2, length - 2, length - 1, (length - 1) // 8 * 8}
        for position in sorted(p for p in positions if p < length):
            for bad in (-1, INT64_MIN, -INT64_MAX, -(2**32)):
                rest = length - position - 1
                runs = [(position, INT64_MAX), (1, bad), (rest, 1)]
                yield 0, None, None, [run for run in runs if run[0]]


def spike_i64_cases():
    random = Random(6)
    yield from spike_i64_errors()
    multipliers = [MILLION + 1, 1_000_003, 1_100_000, 1_500_000, 2 * MILLION, 2**32 - 1]
    for points in ([0], [0, 0, 0], [1], [1, 0], [1, 1, 0], [2, 1], [INT64_MAX], [INT64_MAX, 0]):
        for multiplier in multipliers:
            for floor in (0, 1, 10**9, INT64_MAX):
                yield from judged_i64((multiplier, 0, floor), runs_of(points))
    # Thresholds that are whole, and that lie next to a whole number.
    for count in (1, 2, 3, 6, 7, 9, 10, 11, 64, 99):
        for total in (count * 1000, count * 1000 + 1, count * 1000 - 1, MILLION, MILLION + 1):
            first = total - (count - 1) * (total // count)
            runs = [(1, first)] + ([(count - 1, total // count)] if count > 1 else [])
            for multiplier in multipliers[:5]:
                yield from judged_i64((multiplier, 0, 0), runs)
    # Floors at the mean, one unit below and above, where the mean is a fraction too.
    for _ in range(60):
        points = [any_units(random) >> 10 for _ in range(1 + random.below(9))]
        baseline = sum(points) // len(points)
        for floor in units_around(baseline):
            case = list(judged_i64((random.pick(multipliers), 0, floor), runs_of(points)))
            yield case[random.below(len(case))]
    # Sums beyond 63, 64 and more bits, and halves that carry.
    for count in (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 100, 4095, 4096, 4097, 65_536, 70_001):
        for unit in (INT64_MAX, INT64_MAX - 1, 2**62, 2**32 - 1, 2**32, 2**33 - 1, 1):
            cases = judged_i64((random.pick(multipliers[:3]), 0, 0), [(count, unit), (1, 1)])
            yield from cases if count < 4000 else list(cases)[-2:]
    for length in (2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 365, 4096, 33_000):
        for high in (99, 10**7, 2**32, 2**53, 2**62, INT64_MAX):
            seed = random.below(10**6)
            yield from judged_i64(random.pick([None, (1_250_000, 0, 5)]), [(length, seed, 0, high)])
    for _ in range(150):
        points = [any_units(random) for _ in range(1 + random.below(12))]
        config = (MILLION + 1 + random.below(3 * MILLION), 0, random.pick([0, any_units(random)]))
        yield from judged_i64(config, runs_of(points))
    # Bills: cents, a week's rhythm.
    for length in (2, 6, 7, 8, 13, 28, 30, 31, 60, 90):
        for _ in range(3):
            bill = [random.below(10**5) + 4000 * (day % 7 < 5) for day in range(length)]
            floor = random.pick([0, 1, 10_000, 50_000])
            yield from judged_i64((random.pick(multipliers[2:5]), 0, floor), runs_of(bill))


# Money


def money_cases():
    random = Random(7)
    top = bits_of(2.0**63)
    special = [ZERO, MINUS_ZERO, TINY, TINY | SIGN, NORMAL, ONE, ONE | SIGN, LARGEST, LARGEST | SIGN]
    special += around(top) + [bits | SIGN for bits in around(top)] + BAD
    special += [bits_of(2.0**64), bits_of(-(2.0**64))]
    special += doubles(0.1, 0.1 + 0.2, 0.3, 0.5, 1.5, 2.5, -0.5, 19.99, 1e-9, 1e-10, 5e-10, 1e15 / 3)
    for scale in (*range(12), 255, 2**31, 2**32 - 1):
        for amount in special:
            yield "from", 0, amount, scale
        for minor in (0, 1, -1, 1999, 2**53, 2**53 + 1, -(2**53) - 1, INT64_MAX, INT64_MIN):
            yield "to", 0, minor, scale
    for scale in (0, 9, 10):
        yield "from", 1, random.pick([ONE, NAN]), scale
        yield "to", 1, 5, scale
    for scale in range(10):
        power = 10**scale
        # The largest amounts of a scale, and those that no longer fit.
        for units in (INT64_MAX, INT64_MIN, INT64_MAX - 1, 2**62, 2**53 * 5):
            yield "to", 0, units, scale
            for amount in around(nearest(Fraction(abs(units), power)), 2):
                yield "from", 0, amount | (SIGN if units < 0 else 0), scale
        # Round trips, and the doubles next to them.
        for _ in range(12):
            minor = any_units(random) * random.pick([1, -1])
            yield "to", 0, minor, scale
            amount = nearest(Fraction(minor, power))
            for near in (amount - 1, amount, amount + 1):
                yield "from", 0, near, scale
        # Products half-way between two integers, and next to those.
        for _ in range(8):
            odd = 2 * random.below(2 ** (1 + random.below(50))) + 1
            for amount in around(nearest(Fraction(odd, 2 * power))):
                yield "from", 0, amount, scale
        # Quotients half-way between two doubles: odd multiples of half a unit in the last place.
        for bits in range(54, 64):
            minor = (2**53 + 2 * random.below(2**51) + 1) * 5**scale
            minor <<= max(0, bits - minor.bit_length())
            for near in (minor - 1, minor, minor + 1):
                if near <= INT64_MAX:
                    yield "to", 0, near, scale
    for _ in range(150):
        yield "from", 0, random.double(), random.below(10)
        yield "from", 0, random.double(1000, 1090), random.below(10)
        yield "to", 0, next(random.stream) - 2**63, random.below(10)
    for cents in range(0, 1000, 7):
        yield "from", 0, nearest(Fraction(cents, 100)), 2
        yield "from", 0, nearest(Fraction(cents, 100)), 1
        yield "to", 0, cents, 2


# Writing


def hexes(numbers):
    return ["%016x" % number for number in numbers]


def budget_line(null, current, limit, warning):
    status, fields = check_budget(null, current, limit, warning)
    config = "-" if warning is None else "%016x" % warning
    return [null, *hexes((current, limit)), config, status, *hexes(fields[:4]), *fields[4:]]


def spike_line(nulls, length, config, runs):
    points = expand(runs)
    length = len(points) if length is None else length
    status, fields = check_spike(nulls, length, config, points)
    if not status:
        try:
            total = math.fsum(map(float_of, points[:-1]))
            assert bits_of(total / (length - 1)) == fields[1], points
        except OverflowError:
            pass
    settings = hexes(config) if config else ["-"]
    line = [nulls, length, *settings, status, *hexes(fields[:3]), fields[3]]
    for count, bits, *exponents in runs:
        if exponents:
            line.append("%d~%d~%d~%d" % (count, bits, *exponents))
        elif count:
            line.append("%016x" % bits if count == 1 else "%d*%016x" % (count, bits))
    return line


def breaker_line(*case):
    status, fields = evaluate_breaker(*case)
    return [*case, status, *fields]


def guard_line(nulls, signals, policy):
    status, fields = evaluate_guard(nulls, signals, policy)
    flat = [field for signal in signals for field in signal]
    return [nulls, len(signals), *flat, *(policy or "-"), status, *fields]


def budget_i64_line(null, current, limit, config):
    status, fields = check_budget_i64(null, current, limit, config)
    return [null, current, limit, *(config or "-"), status, *fields]


def spike_i64_line(nulls, length, config, runs):
    points = expand_units(runs)
    length = len(points) if length is None else length
    status, fields = check_spike_i64(nulls, length, config, points)
    line = [nulls, length, *(config or "-"), status, *fields[:4]]
    for count, units, *ends in runs:
        if ends:
            line.append("%d~%d~%d~%d" % (count, units, *ends))
        elif count:
            line.append("%d" % units if count == 1 else "%d*%d" % (count, units))
    return line


def money_line(direction, null, amount, scale):
    if direction == "from":
        return [direction, null, "%016x" % amount, scale, *money_from_double(null, amount, scale)]
    status, bits = money_to_double(null, amount, scale)
    return [direction, null, amount, scale, status, "%016x" % bits]


DOUBLES = "Doubles are bit patterns in hex, - is a NULL config."
FILES = {
    "budget": (
        budget_cases,
        budget_line,
        "null_result current_spend budget_limit warning_ratio status current_spend budget_limit "
        "usage_ratio remaining_budget is_warning is_breached. " + DOUBLES,
    ),
    "spike": (
        spike_cases,
        spike_line,
        "nulls(1 series, 2 result) spend_series_len spike_multiplier min_baseline status "
        "latest_spend baseline_mean threshold is_spike points. " + DOUBLES + " N*BITS is a point N "
        "times; N~SEED~LOW~HIGH is N outputs z of splitmix64, each the double with exponent field "
        "LOW + (z >> 52) % (HIGH - LOW + 1) and mantissa z & (2^52 - 1).",
    ),
    "breaker": (
        breaker_cases,
        breaker_line,
        "nulls(1 counters, 2 decision) consecutive_failures failure_threshold "
        "cooldown_steps_remaining status retry_after_steps is_open allow_operation.",
    ),
    "guard": (
        guard_cases,
        guard_line,
        "nulls(1 signals, 2 decision) count signals(kind status reasons monitor_reasons retry_after) "
        "policy(13) status action monitor_action reasons monitor_reasons kinds retry_after. "
        "A - is a NULL policy.",
    ),
    "budget_i64": (
        budget_i64_cases,
        budget_i64_line,
        "null_result current_spend budget_limit config(warning_ppm reserved) status current_spend "
        "budget_limit remaining_budget usage_ppm is_warning is_breached. A - is a NULL config.",
    ),
    "spike_i64": (
        spike_i64_cases,
        spike_i64_line,
        "nulls(1 series, 2 result) spend_series_len config(spike_multiplier_ppm reserved "
        "min_baseline) status latest_spend baseline_mean threshold is_spike points. A - is a NULL "
        "config, N*UNITS a point N times; N~SEED~LOW~HIGH is N outputs z of splitmix64, each "
        "LOW + z % (HIGH - LOW + 1).",
    ),
    "money": (
        money_cases,
        money_line,
        "from null_minor amount scale status minor, or to null_amount minor scale status amount. "
        "Amounts are bit patterns in hex.",
    ),
}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "vectors")
    for name, (cases, line, form) in FILES.items():
        lines = ["# " + form]
        lines += dict.fromkeys(" ".join(map(str, line(*case))) for case in cases())
        with open(os.path.join(folder, name + ".txt"), "w", newline="\n") as file:
            file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
