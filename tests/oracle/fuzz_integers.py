#!/usr/bin/env python3
"""Compares the exact-money functions of a built library with exact integers:

    fuzz_integers.py LIBRARY [TRIPLES]

Budgets: TRIPLES of spend, limit and share, 1,200,000 unless told, most of them one unit below, at
and above the exact threshold; all of them by columns, some by the scalar and flag calls too.
Spikes and money: one for every hundred and every five of those. Money also makes the round trip
of every minor unit near 0. Prints what differs and exits with 1.
"""
import ctypes
import os
import random
import sys
from array import array
from fractions import Fraction

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(__file__), "../support"))
import rules
from rules import INT64_MAX, MILLION, bits_of, check_spike_i64, float_of, nearest, value
from seed import fresh_seed

ROWS = 4096
WARNING, BREACHED, REFUSED = 1, 2, 131
wrong = 0


def differs(*what):
    global wrong
    wrong += 1
    if wrong <= 20:
        print(*what)


def any_units(bits=63):
    """An amount of any magnitude up to so many bits, or one near a power, the million or the top."""
    kind = random.random()
    most = min(1 << bits, INT64_MAX)
    if kind < 0.8:
        return random.getrandbits(random.randrange(1, bits + 1))
    if kind < 0.9:
        near = 1 << random.randrange(bits) if kind < 0.87 else most
    else:
        near = MILLION * random.getrandbits(random.randrange(1, max(bits - 18, 2)))
    return min(max(near + random.randrange(-3, 4), 0), most)


def any_share():
    kind = random.random()
    if kind < 0.4:
        return random.randrange(1, 101) * 10_000
    if kind < 0.5:
        return random.choice([1, 2, 3, 333_333, 499_999, 899_999, 999_999, MILLION])
    return random.randrange(1, MILLION + 1)


def rows(share):
    """Spends and limits, around whole millionths of each limit, the threshold among them; mostly of
    one magnitude, for the library decides rows of a kind together, and with odd ones in between."""
    bits = random.choice((63, 53, 52, 51, 48, 40, 34, 33, 32, 31, 20))
    reach = random.choice((1, 1, 8, 1000))
    ties, odd = random.choice((0, 1)), random.choice((0, 0.003, 0.02))
    spends, limits = [], []

    def add(limit, *amounts):
        spends.extend(min(max(spend, 0), INT64_MAX) for spend in amounts)
        limits.extend(limit for _ in amounts)

    while len(spends) < ROWS:
        limit = any_units(bits) or 1
        part = random.choice((share, MILLION, random.randrange(2 * MILLION)))
        threshold = -(-limit * part // MILLION)
        near = random.randrange(reach) + 1
        add(limit, threshold - near, threshold + near, any_units(bits))
        if ties:
            add(limit, threshold)
        if random.random() < odd:
            other = any_units()
            odd_row = random.choice(((other, 0), (other, -any_units()), (-1 - other, limit), (-(2**63), 0), (other, other + 1)))
            spends.append(odd_row[0])
            limits.append(min(odd_row[1], INT64_MAX))
    return spends, limits


def row(spend, limit, share):
    if spend < 0 or limit <= 0:
        return REFUSED, 0
    millionths = spend * MILLION
    flags = (millionths >= limit * share) * WARNING | (spend >= limit) * BREACHED
    return flags, min(millionths // limit, 2**64 - 1)


class Budget(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int64) for name in ("current_spend", "budget_limit", "remaining_budget")]
    _fields_ += [("usage_ppm", ctypes.c_uint64)]
    _fields_ += [(name, ctypes.c_uint32) for name in ("is_warning", "is_breached")]


class Spike(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int64) for name in ("latest_spend", "baseline_mean", "threshold")]
    _fields_ += [(name, ctypes.c_uint32) for name in ("is_spike", "reserved")]


class SpikeConfig(ctypes.Structure):
    _fields_ = [("multiplier", ctypes.c_uint32), ("reserved", ctypes.c_uint32), ("floor", ctypes.c_int64)]


def fields(result):
    return tuple(getattr(result, name) for name, _ in result._fields_)


def budgets(library, triples):
    check = library.cloudcircuit_check_budget_columns_i64
    done = 0
    while done < triples:
        share = any_share()
        spends, limits = rows(share)
        count = len(spends)
        expected = [row(spend, limit, share) for spend, limit in zip(spends, limits)]
        invalid = sum(flags == REFUSED for flags, _ in expected)
        columns = [array("q", spends), array("q", limits), bytearray(count), array("Q", bytes(8 * count))]
        spend, limit, flags, usage = [(ctypes.c_char * 1).from_buffer(column) for column in columns]
        counted = ctypes.c_size_t()
        config = (ctypes.c_uint32 * 2)(share, 0)
        status = check(spend, limit, ctypes.c_size_t(count), config, flags, usage, ctypes.byref(counted))
        if status != (500 if invalid else 0) or counted.value != invalid:
            differs("status", status, "invalid", counted.value, "expected", invalid)
        for index, answer in enumerate(zip(columns[2], columns[3])):
            if answer != expected[index]:
                differs("column", spends[index], limits[index], share, answer, expected[index])
        # Without usage, whose exactness would stand in for that of the flags.
        columns[2][:] = b"\xff" * count
        check(spend, limit, ctypes.c_size_t(count), config, flags, None, None)
        for index, answer in enumerate(columns[2]):
            if answer != expected[index][0]:
                differs("flags alone", spends[index], limits[index], share, answer, expected[index])
        for index in range(done % 7, count, 61):
            one(library, spends[index], limits[index], share)
        done += count
    return done


def one(library, spend, limit, share):
    result = Budget()
    arguments = ctypes.c_int64(spend), ctypes.c_int64(limit)
    config = (ctypes.c_uint32 * 2)(share, 0)
    status = library.cloudcircuit_check_budget_i64(*arguments, config, ctypes.byref(result))
    if (status, fields(result)) != rules.check_budget_i64(0, spend, limit, (share, 0)):
        differs("scalar", spend, limit, share, status, fields(result))
    flags = library.cloudcircuit_budget_flags_i64(*arguments, ctypes.c_uint32(share))
    if flags != row(spend, limit, share)[0]:
        differs("flags", spend, limit, share, flags)


def spikes(library, count):
    for _ in range(count):
        length = int(2 ** random.uniform(1, 9))
        top = any_units()
        points = [random.randint(0, top) for _ in range(length)]
        if random.random() < 0.3:
            points = [any_units() for _ in range(length)]
        multiplier = random.choice([1_500_000, MILLION + 1, MILLION + 1 + random.getrandbits(random.randrange(32))])
        config = min(multiplier, 2**32 - 1), 0, random.choice([0, top, any_units()])
        threshold = check_spike_i64(0, length, config, points[:-1] + [0])[1][2]
        for latest in (threshold - 1, threshold, threshold + 1):
            points[-1] = min(max(latest, 0), INT64_MAX)
            memory = (ctypes.c_int64 * length)(*points)
            result = Spike()
            status = library.cloudcircuit_check_anomaly_spike_i64(
                memory, ctypes.c_size_t(length), ctypes.byref(SpikeConfig(*config)), ctypes.byref(result)
            )
            if (status, fields(result)) != check_spike_i64(0, length, config, points):
                differs("spike", config, points, status, fields(result))
    return 3 * count


def from_double(library, amount, scale, status, minor):
    answer = ctypes.c_int64(-1)
    got = library.cloudcircuit_money_from_double(
        ctypes.c_double(amount), ctypes.c_uint32(scale), ctypes.byref(answer)
    )
    if (got, answer.value) != (status, minor):
        differs("from", amount.hex(), scale, got, answer.value, "expected", status, minor)


def round_trip(library, minor, scale):
    # Python divides integers with one correct rounding.
    amount = minor / 10**scale
    answer = ctypes.c_double(-1.0)
    status = library.cloudcircuit_money_to_double(
        ctypes.c_int64(minor), ctypes.c_uint32(scale), ctypes.byref(answer)
    )
    if status or answer.value != amount:
        differs("to", minor, scale, status, answer.value.hex(), "expected", amount.hex())
    # With up to 15 digits no two amounts share a double.
    if abs(minor) < 10**15:
        from_double(library, amount, scale, 0, minor)
    else:
        from_double(library, amount, scale, *rules.money_from_double(0, bits_of(amount), scale))


def money(library, count):
    near = min(count // 40, 100_000)
    for scale in range(10):
        for minor in range(-near // 5, near):
            round_trip(library, minor, scale)
    for _ in range(count // 4):
        scale = random.randrange(10)
        round_trip(library, any_units() * random.choice((1, -1)), scale)
        # A digit too many, a tie, the double next to a good one, and any double.
        minor = any_units() >> 12
        kind = random.randrange(4)
        if kind == 0:
            bits = nearest(Fraction(10 * minor + random.randrange(1, 10), 10 ** (scale + 1)))
        elif kind == 1:
            bits = nearest(Fraction(2 * minor + 1, 2 * 10**scale))
        elif kind == 2:
            bits = max(nearest(Fraction(minor, 10**scale)) + random.choice((-1, 1)), 0)
        else:
            bits = random.randrange(990 << 52, 1100 << 52)
        status, minor = rules.money_from_double(0, bits, scale)
        from_double(library, float_of(bits), scale, status, minor)
        from_double(library, -float_of(bits), scale, *rules.money_from_double(0, bits | rules.SIGN, scale))
    return 12 * near * 2 + count


def main():
    library = ctypes.CDLL(sys.argv[1])
    library.cloudcircuit_budget_flags_i64.restype = ctypes.c_uint32
    triples = int(sys.argv[2]) if len(sys.argv) > 2 else 1_200_000
    random.seed(fresh_seed())
    done = budgets(library, triples), spikes(library, triples // 300), money(library, triples // 5)
    print("%d budgets, %d spikes, %d amounts, %d wrong" % (*done, wrong))
    sys.exit(wrong > 0 or min(done) == 0)


if __name__ == "__main__":
    main()
