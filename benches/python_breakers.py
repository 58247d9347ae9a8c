"""Calls through the library's breaker and through pybreaker from Python, for run.py.

Usage: python_breakers.py LIBRARY CALLS ROUNDS. Prints "name<TAB>nanoseconds a call" for each round
and "#<TAB>package version". Each call runs a function that fails each eighth time. "With a clock" a
host asks time.monotonic_ns() before and after each call; pybreaker asks none while it is closed.
"""

import ctypes
import importlib.metadata
import sys
import time

import pybreaker

MILLISECOND = 10 ** 6


class Permit(ctypes.Structure):
    _fields_ = [("generation", ctypes.c_uint64), ("retry_after", ctypes.c_int64),
                ("deadline", ctypes.c_int64), ("phase", ctypes.c_int32),
                ("allowed", ctypes.c_uint32), ("would_refuse", ctypes.c_uint32),
                ("probe_slot", ctypes.c_uint32), ("clock_regressed", ctypes.c_uint32),
                ("reserved", ctypes.c_uint32)]


NO_RETRY_AT = -2**63


class Failed(Exception):
    pass


def call(i):
    if i % 8 == 7:
        raise Failed


def no_clock():
    return 0


def the_library(path):
    library = ctypes.CDLL(path)
    pointer, time_type = ctypes.c_void_p, ctypes.c_int64
    acquire, report = library.cloudcircuit_breaker_acquire, library.cloudcircuit_breaker_report
    fused = library.cloudcircuit_breaker_report_and_acquire
    acquire.argtypes = [pointer, pointer, time_type, pointer]
    report.argtypes = [pointer, pointer, pointer, ctypes.c_int32, time_type, time_type, time_type]
    fused.argtypes = [*report.argtypes, pointer]
    state, permit = (ctypes.c_uint64 * 52)(), Permit()
    library.cloudcircuit_breaker_init(time_type(0), state)
    at_state, at_permit = ctypes.addressof(state), ctypes.addressof(permit)

    def two_calls(calls, clock):
        for i in range(calls):
            start = clock() // MILLISECOND
            acquire(None, at_state, start, at_permit)
            if not permit.allowed:
                sys.exit("refused")
            outcome = 1
            try:
                call(i)
            except Failed:
                outcome = 2
            now = clock() // MILLISECOND
            report(None, at_state, at_permit, outcome, now - start, NO_RETRY_AT, now)

    def one_call(calls, clock):
        now = clock() // MILLISECOND
        acquire(None, at_state, now, at_permit)
        for i in range(calls):
            if not permit.allowed:
                sys.exit("refused")
            start, outcome = now, 1
            try:
                call(i)
            except Failed:
                outcome = 2
            now = clock() // MILLISECOND
            fused(None, at_state, at_permit, outcome, now - start, NO_RETRY_AT, now, at_permit)
    # What keeps the memory alive goes along.
    two_calls.kept = one_call.kept = state, permit, library
    return two_calls, one_call


def the_package(calls, clock):
    breaker = the_package.breaker
    for i in range(calls):
        start = clock()
        try:
            breaker.call(call, i)
        except Failed:
            pass
        clock() - start


def main(library, calls, rounds):
    the_package.breaker = pybreaker.CircuitBreaker(fail_max=3, reset_timeout=30)
    two_calls, one_call = the_library(library)
    sides = {}
    for suffix, clock in (("", no_clock), (", with a clock", time.monotonic_ns)):
        sides[f"the library{suffix}"] = (two_calls, clock)
        sides[f"the library, report_and_acquire{suffix}"] = (one_call, clock)
        sides[f"pybreaker{suffix}"] = (the_package, clock)
    print(f"#\tpybreaker {importlib.metadata.version('pybreaker')}")
    for turn in range(rounds + 1):  # the first is to warm up
        names = list(sides)
        for name in names[turn % len(names):] + names[:turn % len(names)]:
            run, clock = sides[name]
            start = time.perf_counter()
            run(calls, clock)
            if turn:
                print(f"{name}\t{(time.perf_counter() - start) * 1e9 / calls:.4f}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
