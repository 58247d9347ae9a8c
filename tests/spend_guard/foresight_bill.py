#!/usr/bin/env python3
"""Checks the findings and forecasts of spend_guard --detect --forecast --json against the independent models.

    foresight_bill.py OUTPUT LIMIT FLOOR

Prints what was found, a line each: the group, the first and last day, and whether it was a spike or a leak.
"""

import datetime
import json
import math
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parents[1] / "model"))
from detect_model import DAY, Config, Model
from forecast_model import forecast

FIELDS = ("latest_spend", "expected_spend", "upper_bound", "excess", "score", "leak_score", "drop_score",
          "points_used", "verdict", "reason", "is_leak", "is_drop")  # fmt: skip


# The models' numbers, in the records' words.
VERDICTS = ("?", "normal", "spike", "insufficient_data")
REASONS = ("?", "score", "one_point", "two_points", "three_points", "min_impact", "min_relative_impact",
           "history", "missing", "recurring")  # fmt: skip


def near(found, expected):
    return math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-9)


def check(days, limit, floor):
    charges = [day["charges"] for day in days]
    first = datetime.date.fromisoformat(days[0]["day"])
    start = (first - datetime.date(1970, 1, 1)).days * DAY
    model = Model(charges, Config(0, 0, 0, 0, 3.5, 0.0, 0.08, max(floor, 0.01), start, DAY))
    series = [math.nan] * (first.day - 1) + charges
    for i, day in enumerate(days):
        found = [day["detect"][name] for name in FIELDS]
        found[8:10] = VERDICTS.index(found[8]), REASONS.index(found[9])
        found = tuple(found)
        if found != model.judge(i)[: len(found)]:
            sys.exit(f"{day['day']} {day['group']}: {found}, but the model says {model.judge(i)}")
        is_spike = day["detect"]["verdict"] == "spike"
        if is_spike != ("spike" in day["reasons"]):
            sys.exit(f"{day['day']} {day['group']}: the finding and the guard differ")

        date = datetime.date.fromisoformat(day["day"])
        month_end = (date.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
        so_far = i + first.day - date.day
        expected, _ = forecast(series[:so_far], series[so_far:i + first.day], (month_end - date.replace(day=1)).days, limit, 7)
        expected["verdict"] = VERDICTS[expected["verdict"]]
        for name, value in expected.items():
            same = str.__eq__ if name == "verdict" else near
            if not same(day["forecast"][name], value):
                sys.exit(f"{day['day']} {day['group']}: {name} is {day['forecast'][name]}, but the model says {value}")


def main():
    limit, floor = map(float, sys.argv[2:])
    groups = {}
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in map(json.loads, file):
            if line["type"] == "day":
                groups.setdefault(line["group"], []).append(line)
    for group, days in groups.items():
        check(days, limit, floor)
        for kind, is_found in (("spike", lambda day: "spike" in day["reasons"]), ("leak", lambda day: day["detect"]["is_leak"])):
            found = [day["day"] for day in days if is_found(day)]
            if found:
                print(group, found[0], found[-1], kind)


main()
