"""A day of a fleet in NumPy, for columns.py: `fleet_peer.py ROUNDS ACCOUNTS...` prints "accounts<TAB>ns an account".

The robust z-score of each account's last day, from the median and the MAD of the 111 days before it: no weekdays, no
trend, no leaks, no check of the inputs."""

import sys
import time

import numpy as np

DAYS = 112


def main(rounds, sizes):
    for accounts in sizes:
        spend = np.random.default_rng(1).uniform(60, 140, (accounts, DAYS))
        least = float("inf")
        calls = 1000 // accounts + 1
        for _ in range(rounds):
            start = time.process_time()
            for _ in range(calls):
                history = spend[:, :-1]
                median = np.median(history, axis=1)
                mad = np.median(np.abs(history - median[:, None]), axis=1)
                (spend[:, -1] - median) / (1.4826 * mad) > 3.5  # noqa: B015
            least = min(least, (time.process_time() - start) * 1e9 / calls / accounts)
        print(f"{accounts}\t{least:.1f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(accounts) for accounts in sys.argv[2:]])
