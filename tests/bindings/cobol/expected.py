#!/usr/bin/env python3
"""Writes the decisions that SPENDRUN must come to, from the bill itself and in plain integers:

    expected.py BILL.csv LIMIT WARNING_PPM [FIRST_MONTH LAST_MONTH]
"""
import csv
import sys
from fractions import Fraction

MILLION = 10**6


class Account:
    """A month's budget in millionths, by the rules in the C header, written independently."""

    def __init__(self, limit, warning_ppm):
        self.limit, self.warning = limit, Fraction(warning_ppm, MILLION) * limit
        self.month, self.settled, self.has_crossed = None, 0, False

    def post(self, month, amount):
        """(action, budget, reason) of one record."""
        if month != self.month:
            self.month, self.settled, self.has_crossed = month, 0, False
        action, reason = "POSTED" if amount >= 0 else "CREDIT", ""
        if amount > 0 and self.settled + amount > self.limit:
            action = "REFUSED"
            reason = "CHARGE EXCEEDS WHAT IS AVAILABLE"
            if amount > self.limit:
                reason = "CHARGE ALONE EXCEEDS THE BUDGET"
        else:
            self.settled += amount
            if self.settled >= self.warning and not self.has_crossed:
                reason = "WARNING THRESHOLD CROSSED"
            self.has_crossed |= self.settled >= self.warning
        if self.settled >= self.limit:
            return action, "BREACHED", reason
        return action, "WARNING" if self.settled >= self.warning else "WITHIN", reason


def signed(number, digits):
    return f"{'-' if number < 0 else '+'}{abs(number):0{digits}}"


def main():
    path, limit, warning_ppm, *months = sys.argv[1:]
    limit, warning_ppm = int(limit) * MILLION, int(warning_ppm)
    with open(path, encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["ChargePeriodStart"][:10])
    accounts = {}
    number = 0
    for row in rows:
        day = row["ChargePeriodStart"][:10].replace("-", "")
        if months and not months[0] <= day[:6] <= months[1]:
            continue
        number += 1
        name = "(none)" if row["SubAccountId"] == "NULL" else row["SubAccountId"]
        account = accounts.setdefault(name, Account(limit, warning_ppm))
        amount = Fraction(row["BilledCost"]) * MILLION
        assert amount.denominator == 1
        amount = int(amount)
        action, budget, reason = account.post(day[:6], amount)
        usage = max(account.settled, 0) * MILLION // limit
        print(
            f"{number:07} {name:12} {day} {signed(amount, 17)} {action:8} {budget:8} "
            f"{signed(account.settled, 19)} {limit - account.settled:019} {usage:020} {reason:50}"
        )


if __name__ == "__main__":
    main()
