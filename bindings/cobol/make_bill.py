#!/usr/bin/env python3
"""Makes the files that SPENDRUN reads from a bill in FOCUS 1.0 columns.

    make_bill.py BILL.csv FOLDER [LIMIT]

FOLDER receives bill.dat, every charge in order of day, and budgets.dat, one budget of LIMIT (2500)
a month for each sub account, with a warning from 90 %. Amounts are millionths of the currency unit;
README.md has the layouts.
"""
import csv
import os
import sys
from decimal import Decimal

MICROS = 10**6


def text(value, width):
    return value.encode("ascii", "replace").ljust(width)[:width]


def packed(number, width):
    """A signed COMP-3 field of `width` bytes: a digit in each half, the last half the sign."""
    digits = str(abs(number)).zfill(2 * width - 1) + ("d" if number < 0 else "c")
    assert len(digits) == 2 * width, number
    return bytes.fromhex(digits)


def micros(amount):
    scaled = Decimal(amount) * MICROS
    assert scaled == int(scaled), f"{amount} has more than 6 decimals"
    return int(scaled)


def detail(account, day, amount, currency, service):
    return b"D" + text(account, 12) + text(day, 8) + packed(amount, 9) + text(currency, 3) + text(service, 31)


def trailer(count, total):
    return b"T" + text(f"{count:09}", 9) + packed(total, 9) + text("", 45)


def budget(account, currency, limit, warning_ppm=900_000, ledger=bytes(532)):
    # An unsigned COMP-3 field ends in F.
    ppm = bytes.fromhex(f"{warning_ppm:07}f")
    return text(account, 12) + text(currency, 3) + packed(limit, 9) + ppm + ledger + text("", 8)


def read_bill(path):
    """(account, day, amount, currency, service) of each row, in order of day."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = [
            (
                row["SubAccountId"].replace("NULL", "(none)"),
                row["ChargePeriodStart"][:10].replace("-", ""),
                micros(row["BilledCost"]),
                row["BillingCurrency"],
                row["ServiceName"],
            )
            for row in csv.DictReader(file)
        ]
    return sorted(rows, key=lambda row: row[1])


def write_bill(path, rows):
    with open(path, "wb") as file:
        for row in rows:
            file.write(detail(*row))
        file.write(trailer(len(rows), sum(row[2] for row in rows)))


def write_budgets(path, rows, limit):
    accounts = sorted({(account, currency) for account, _, _, currency, _ in rows})
    with open(path, "wb") as file:
        for account, currency in accounts:
            file.write(budget(account, currency, limit))


def main():
    source, folder = sys.argv[1:3]
    limit = micros(sys.argv[3] if len(sys.argv) > 3 else "2500")
    rows = read_bill(source)
    write_bill(os.path.join(folder, "bill.dat"), rows)
    write_budgets(os.path.join(folder, "budgets.dat"), rows, limit)


if __name__ == "__main__":
    main()
