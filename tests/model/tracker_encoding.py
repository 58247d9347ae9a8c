"""Encoded trackers against the independent model of the detector: tracker_encoding.py LIBRARY... CASES

Every byte of an encoding is packed here from what the model knows of the series: the latest points, their deviations
and the charges at the start of months.
"""
import ctypes as C
import math
import random
import struct
import sys
import zlib

sys.dont_write_bytecode = True
from detect_model import DAY, UNKNOWN, Config, Model, Result
from header import fresh_seed

LEN, SLOTS = 2292, 128
NONE = (1 << 64) - 1


class Tracker(C.Structure):
    _fields_ = [("head", C.c_uint64 * 2), ("config", Config), ("windows", C.c_uint64 * 693)]


def number(value):
    return struct.pack("<Q", 0x7FF8 << 48) if math.isnan(value) else struct.pack("<d", value)


def charges(model, points, day):
    """The latest three excesses of this day of the month, newest first."""
    found = []
    for i in reversed(range(points)):
        if model.charge_day[i] == day and not math.isnan(model.y[i]) and model.expect(i):
            found.append((i, model.y[i] - model.expect(i)[0]))
    return (found + [(NONE, 0.0)] * 3)[:3]


def encoding(model, points):
    config = model.config
    spend, deviations = [math.nan] * SLOTS, [math.nan] * SLOTS
    for i in range(max(0, points - SLOTS), points):
        spend[i % SLOTS] = model.y[i]
        if i >= points - model.window:
            deviations[i % SLOTS] = model.deviation(i, points)
    parts = [b"CCS2", struct.pack("<IQ", 0, points)]
    parts.append(struct.pack("<4I4d2q", *(getattr(config, name) for name, _ in Config._fields_)))
    parts += map(number, spend + deviations)
    for day in (1, 2, 3):
        parts += [struct.pack("<Qd", at, excess) for at, excess in charges(model, points, day)]
    parts += [number(model.excess(points - back)) for back in (1, 2)]
    whole = b"".join(parts)
    return whole + struct.pack("<I", zlib.crc32(whole))


def main():
    count_at = next(i for i, word in enumerate(sys.argv) if i and word.isdigit())
    paths, cases = sys.argv[1:count_at], int(sys.argv[count_at])
    libraries = [C.CDLL(path) for path in paths]
    rng, wrong = random.Random(fresh_seed()), 0
    for _ in range(cases):
        season = rng.choice([0, 0, 1, 2, 6, 13, 14])
        start = rng.choice([UNKNOWN, 1672531200, -86400 * 400, 1709164800 + rng.randrange(86400)])
        unit = 2.0 ** rng.choice([0, rng.randrange(-900, 901)])
        config = Config(season, rng.choice([0, 28, 98]), 0, 0, 3.5, 0.0, 0.08, rng.choice([0.0, 0.01 * unit]), start, DAY)
        length, gaps = rng.randrange(1, 300), rng.choice([0, 0.05, 0.4])
        series = [math.nan if rng.random() < gaps else 0.0 if rng.random() < 0.1 else rng.lognormvariate(4, 0.5) * unit
                  for _ in range(length)]
        expected = encoding(Model(series, config), length)
        for library in libraries:
            tracker, bytes_, result = Tracker(), C.create_string_buffer(LEN), Result()
            library.cloudcircuit_spike_tracker_init(C.byref(config), C.byref(tracker))
            for spend in series:
                library.cloudcircuit_spike_tracker_update(C.byref(tracker), C.c_double(spend), C.byref(result))
            status = library.cloudcircuit_spike_tracker_state_encode(C.byref(tracker), bytes_, C.c_size_t(LEN))
            if status != 0 or bytes_.raw != expected:
                wrong += 1
                differ = [i for i in range(LEN) if bytes_.raw[i] != expected[i]]
                print("status", status, "unit", unit, "bytes that differ:", differ[:20], "of", len(differ), season, config.window, length)
    print(f"{cases} cases, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
