"""Replays daily spend against a monthly budget of 3000: what would have been said, and when.

    pip install ./bindings/python && python3 examples/replay.py examples/data/daily_spend.csv
"""

import csv
import sys
from calendar import monthrange
from datetime import date
from itertools import groupby

from cloudcircuit.detect import DetectConfig, SpikeTracker
from cloudcircuit.exact import from_float, to_float
from cloudcircuit.forecast import forecast_budget
from cloudcircuit.ledger import Ledger, LedgerConfig

LIMIT, PLACES = 3000, 6  # amounts are exact, in millionths
BUDGET = LedgerConfig(limit=from_float(LIMIT, PLACES), thresholds=(900_000, 1_000_000))


def replay(group: str, days: list[tuple[date, float]]) -> None:
    """Judges each day of a group with what was known on that day."""
    first, last = days[0][0], days[-1][0]
    ledger = Ledger(BUDGET, ledger_id=1, period=12 * first.year + first.month, now=0)
    tracker = SpikeTracker(DetectConfig(start_time=first, min_impact=5))
    charges, was_leak = [], False
    for now, (day, amount) in enumerate(days):
        ledger.roll(12 * day.year + day.month, now)
        spent = ledger.record(from_float(amount, PLACES), now)
        if spent.newly_crossed:
            share = "the budget" if spent.newly_crossed & 0b10 else "90 % of the budget"
            print(f"{day} {group} spent {to_float(spent.settled, PLACES):.2f}, {share}")
        charges.append(max(amount, 0))  # on a day with more credits than charges nothing was spent
        found = tracker.update(charges[-1])
        if found.is_spike:
            print(f"{day} {group} spike of {found.latest_spend:.2f}, expected {found.expected_spend:.2f}")
        if found.is_leak and not was_leak:
            print(f"{day} {group} leak, spend creeps up")
        was_leak = found.is_leak
    passed = min(last.day, len(days))  # of the month
    left = monthrange(last.year, last.month)[1] - last.day
    month = forecast_budget(charges[:-passed], charges[-passed:], passed + left, LIMIT)
    if month.is_forecast_breached:
        print(f"{last} {group} forecast {month.forecast_spend:.2f} for the month, above the budget")


with open(sys.argv[1], newline="") as file:
    for group, rows in groupby(csv.DictReader(file), lambda row: row["group"]):
        replay(group or "(none)", [(date.fromisoformat(row["day"]), float(row["amount"])) for row in rows])
