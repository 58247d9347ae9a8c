#!/usr/bin/env python3
"""Compares the baseline means of a built library with exact ones on random series:

    fuzz_means.py LIBRARY [COUNT]

Each series is drawn as one of several kinds that are hard to sum; the exact mean is that of
rules.py. Prints the seed and index of a series that differs and exits with 1.
"""
import ctypes
import os
import random
import sys
from array import array

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(__file__), "../support"))
from rules import LARGEST, bits_of, mean, units
from seed import fresh_seed


NEGATIVE_ZERO = 1 << 63


class Result(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("latest", "mean", "threshold", "flags")]


def fields(low, high):
    """Doubles with a random mantissa and an exponent field from low to high."""
    return lambda: random.randrange(low << 52, high + 1 << 52)


def alike():
    low = random.randrange(0, 2040)
    return fields(low, low + 3)


def apart():
    low = random.randrange(0, 1900)
    return fields(low, low + random.randrange(60, 147))


def sparse():
    """Powers of two: their sums are full of ties."""
    low = random.randrange(0, 1900)
    return lambda: random.randrange(low, low + 110) << 52


def full():
    """Mantissas of all ones and all zeros: sums carry far, or just do not."""
    low = random.randrange(0, 1900)
    return lambda: (random.randrange(low, low + 110) << 52) - random.randrange(2) & LARGEST


def dust():
    """One magnitude, and rarely a point that is too small to matter but on a tie."""
    low = random.randrange(60, 1990) << 52
    return lambda: low + (random.randrange(8) << 49) if random.random() > 0.01 else random.randrange(3)


def cents():
    return lambda: bits_of(random.randrange(10**7) / 100)


def extremes():
    return fields(*random.choice([(0, 0x7FE), (0, 0), (0x7FC, 0x7FE)]))


KINDS = [alike, apart, sparse, full, dust, cents, extremes]


def largest_within(number):
    """The bits of the largest double up to a number of units."""
    shift = max(number.bit_length() - 53, 0)
    return (shift << 52) + (number >> shift)


def to_a_tie(points):
    """Points added until the sum is half way between two doubles, or next to that: after the next double, or where a
    power of two has closer ones below."""
    total = sum(map(units, points))
    last_bit = total.bit_length() - 53
    if last_bit < 60 or total.bit_length() > 2000:
        return
    half = 1 << last_bit - 1
    tie = (1 << total.bit_length()) - half if random.random() < 0.3 else (total >> last_bit << last_bit) + 3 * half
    rest = tie + random.randrange(-1, 2) * (1 << random.randrange(last_bit)) - total
    while rest > 0:
        points.append(largest_within(rest))
        rest -= units(points[-1])


def series(length):
    kind = random.choice(KINDS)
    point = kind()
    points = [point() for _ in range(length)]
    # Anywhere, also across the blocks and lanes of a summing loop.
    if random.random() < 0.5:
        for _ in range(random.randrange(1, 4)):
            points[random.randrange(length)] = random.choice(KINDS)()()
    if random.random() < 0.25:
        points[random.randrange(length)] = random.choice([0, NEGATIVE_ZERO])
    if random.random() < 0.5:
        latest = points.pop()
        to_a_tie(points)
        points.append(latest)
    return points


def main():
    library = ctypes.CDLL(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    seed = fresh_seed()
    wrong = 0
    for index in range(count):
        random.seed(seed * 1_000_003 + index)
        if index % 500 == 499:
            length = random.randrange(65_530, 200_000)
        else:
            length = int(2 ** random.uniform(1, 14.3 if index % 10 == 9 else 8))
        points = array("Q", series(length))
        length = len(points)
        shift = random.randrange(64)
        memory = ctypes.create_string_buffer(bytes(shift) + points.tobytes(), shift + 8 * length)
        result = Result()
        status = library.cloudcircuit_check_anomaly_spike(
            ctypes.byref(memory, shift), ctypes.c_size_t(length), None, ctypes.byref(result)
        )
        expected = mean(points[:-1])
        if status or result.mean != expected:
            wrong += 1
            print(
                "seed %d, series %d of %d points: status %d, mean %016x, expected %016x"
                % (seed, index, length, status, result.mean, expected)
            )
    print("%d series, %d wrong" % (count, wrong))
    sys.exit(wrong > 0 or count == 0)


if __name__ == "__main__":
    main()
