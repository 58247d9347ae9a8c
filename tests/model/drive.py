#!/usr/bin/env python3
"""Drives the breaker of a built library side by side with its model:

    drive.py LIBRARY MACHINE PART [--events COUNT] [--seed SEED]

MACHINE is breaker; `sequences` is every sequence of up to COUNT events (7) over a few small configs,
`random` as many random events (1000000) with all that may go wrong. Every status, every field of
every answer and every byte of every state is compared, and what the header promises is checked on
the library's bytes alone. Prints what it did; on a difference, the shortest sequence of events that
shows it, or its random seed, and exits with 1.
"""
import argparse
import ctypes
import sys

sys.dont_write_bytecode = True
import breaker_drive
from library import Difference


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library", type=ctypes.CDLL)
    parser.add_argument("machine", choices=("breaker",))
    parser.add_argument("part", choices=("sequences", "random"))
    parser.add_argument("--events", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    drive = {"breaker": breaker_drive}[options.machine]
    try:
        if options.part == "sequences":
            events = options.events or 7
            sequences, machine = drive.exhaustive(options.library, events)
            done = f"{sequences} sequences of up to {events} events"
        else:
            runs, machine = drive.campaign(
                options.library, options.events or 1_000_000, options.seed
            )
            done = f"{machine.steps} random events in {runs} lives"
    except Difference as difference:
        print(f"difference: {difference}")
        sys.exit(1)
    print(f"{done}, {machine.steps} calls, {machine.refusals} errors, 0 differences")


if __name__ == "__main__":
    main()
