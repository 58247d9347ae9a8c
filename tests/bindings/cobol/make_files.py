#!/usr/bin/env python3
"""Makes files for SPENDRUN that no bill has: make_files.py BILL.csv FOLDER."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "../../../bindings/cobol"))
from make_bill import budget, detail, packed, read_bill, text, trailer, write_bill

ACCOUNT, OTHER, LARGE = "410020030001", "410020030002", "410020030003"
LIMIT = 1000


def good(amount=100, day="20240201", account=ACCOUNT, currency="USD"):
    return detail(account, day, amount, currency, "Heron Compute")


def main():
    bill, folder = sys.argv[1:]

    def write(name, *records):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"".join(records))

    rows = read_bill(bill)
    write_bill(os.path.join(folder, "winter.dat"), [row for row in rows if row[1] < "20240301"])
    write_bill(os.path.join(folder, "spring.dat"), [row for row in rows if row[1] >= "20240301"])

    bad_amount = good()[:21] + bytes.fromhex("00000000000000a10c") + good()[30:]
    no_sign = good()[:21] + bytes.fromhex("000000000000000001") + good()[30:]
    records = [
        good(),
        b"X" + good()[1:],
        bad_amount,
        no_sign,
        good(day="20240230"),
        good(day="2024-2-1"),
        good(account="410020039999"),
        good(currency="EUR"),
        good(day="20240131"),
        good(850),
        good(-900),
        good(1001),
        good(0),
        good(-(10**17 - 1)),
    ]
    total = 7 * 100 + 850 - 900 + 1001 - (10**17 - 1) - 100
    write("bad.dat", *records, trailer(len(records), total))
    write("empty.dat")
    write("no_trailer.dat", good(), good())
    write("cut.dat", good(), good()[:40])
    write("lost.dat", good(), trailer(2, 200))
    write("changed.dat", good(101), trailer(1, 100))
    write("bad_trailer.dat", good(), b"T" + text("1", 9) + packed(100, 9) + text("", 45))
    write("after.dat", good(), trailer(1, 100), good())
    write("good.dat", good(), trailer(1, 100))
    # 93 credits of the largest amount take the ledger out of int64_t; charges balance the trailer.
    largest = 10**17 - 1
    charges = [good(largest, account=OTHER)] * 93
    write("overflow.dat", *[good(-largest)] * 93, *charges, trailer(186, 0))
    large = good(4 * 10**16, account=LARGE)
    write("large.dat", large, large, trailer(2, 8 * 10**16))

    fine = budget(ACCOUNT, "USD", LIMIT)
    budgets = fine, budget(OTHER, "USD", largest), budget(LARGE, "USD", 7 * 10**16)
    write("budgets.dat", *budgets)
    write("budget_zero.dat", budget(ACCOUNT, "USD", 0))
    write("budget_warning.dat", budget(ACCOUNT, "USD", LIMIT, 1_000_001))
    write("budget_packed.dat", fine[:15] + b"\xff" * 9 + fine[24:])
    write("budget_twice.dat", fine, fine)
    write("budget_ledger.dat", budget(ACCOUNT, "USD", LIMIT, ledger=b"CCL1" + bytes(528)))
    write("budget_cut.dat", fine, fine[:50])
    write("budget_many.dat", *[budget(f"{number:012}", "USD", LIMIT) for number in range(1001)])


if __name__ == "__main__":
    main()
