#!/usr/bin/env python3
"""Makes focus_bill.csv: 132 days of a made-up company's cloud bill in FOCUS 1.0 columns.

    python3 make_focus_bill.py > focus_bill.csv

Every run makes the same bytes: the numbers come from a generator of its own with a fixed
seed, and amounts are whole millionths. Names, accounts and prices are invented.

What happens on it, apart from a weekly rhythm and slow growth:

- fees on the first of every month, a credit for the sandbox on every fifth;
- 2024-02-14: a refund larger than all that was spent that day;
- 2024-02-20: an outage, almost nothing runs;
- from 2024-02-05: a log bucket without expiry leaks, a little more every day;
- 2024-03-12 to 2024-03-17: a training job of the research account runs away.
"""

import datetime
import sys

FIRST = datetime.date(2023, 12, 20)
DAYS = 132
OUTAGE = datetime.date(2024, 2, 20)
REFUND = datetime.date(2024, 2, 14)
LEAK = datetime.date(2024, 2, 5)
RUNAWAY = [datetime.date(2024, 3, day) for day in range(12, 18)]
MILLION = 1_000_000

STOREFRONT = ("410020030001", "Storefront")
PLATFORM = ("410020030002", "Data Platform")
RESEARCH = ("410020030003", "Research")
BUILD = ("410020030004", "Build Farm, Shared")
SANDBOX = ("410020030005", 'Sandbox "Play"')
NOBODY = (None, None)

# Sub account, service, category, description, resource, unit, price in millionths, units a
# day in January, what a weekend has of a weekday, all in per cent.
USAGE = [
    (STOREFRONT, "Heron Compute", "Compute", "General purpose, 4 vCPU, on demand", "vm/shop-front", "Hours", 192_000, 260, 115),
    (STOREFRONT, "Heron Load Balancing", "Networking", "Load balancer capacity", "lb/shop", "Hours", 8_000, 900, 120),
    (STOREFRONT, "Heron Database", "Databases", 'Managed relational database, "multi zone"', "db/orders", "Hours", 410_000, 48, 100),
    (PLATFORM, "Heron Warehouse", "Analytics", "Query slots, per slot-hour", "wh/reporting", "Hours", 62_500, 640, 35),
    (PLATFORM, "Heron Object Storage", "Storage", "Standard storage, per GB-day", "bucket/lake", "GB-Days", 767, 21_000, 100),
    (RESEARCH, "Heron Compute", "Compute", "Accelerated, 8 GPU, on demand", "vm/training", "Hours", 2_350_000, 10, 20),
    (RESEARCH, "Heron Object Storage", "Storage", "Standard storage, per GB-day", "bucket/models", "GB-Days", 767, 6_500, 100),
    (BUILD, "Heron Compute", "Compute", "Burstable, 2 vCPU, interruptible", "vm/builders", "Hours", 21_400, 700, 15),
    (BUILD, "Heron Registry", "Developer Tools", "Image storage, per GB-day", "registry/images", "GB-Days", 3_300, 1_500, 100),
    (SANDBOX, "Heron Functions", "Compute", "Function requests, per million", "fn/experiments", "Requests", 200_000, 18, 40),
]

COLUMNS = [
    "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency",
    "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription",
    "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "CommitmentDiscountId", "ConsumedQuantity",
    "ConsumedUnit", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingCategory",
    "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "RegionId", "RegionName",
    "ResourceId", "ServiceCategory", "ServiceName", "SkuId", "SubAccountId", "SubAccountName", "Tags",
]  # fmt: skip


class Noise:
    """A 64-bit linear congruential generator (Knuth's MMIX constants)."""

    def __init__(self, seed):
        self.state = seed

    def within(self, low, high):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return low + (self.state >> 33) % (high - low + 1)


def decimal(millionths):
    sign = "-" if millionths < 0 else ""
    return f"{sign}{abs(millionths) // MILLION}.{abs(millionths) % MILLION:06}"


def midnight(day):
    return f"{day} 00:00:00"


def next_month(day):
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


def cell(value):
    """Text is quoted, numbers and NULL are not."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return decimal(value)
    return '"' + value.replace('"', '""') + '"'


def row(day, account, service, category, description, cost, **more):
    """One charge; cost is in millionths."""
    values = dict.fromkeys(COLUMNS)
    values.update(
        BilledCost=cost,
        BillingAccountId="410020030000",
        BillingAccountName="Larkfield Goods, Ltd.",
        BillingCurrency="USD",
        BillingPeriodStart=midnight(day.replace(day=1)),
        BillingPeriodEnd=midnight(next_month(day)),
        ChargeCategory="Usage",
        ChargeDescription=description,
        ChargeFrequency="Usage-Based",
        ChargePeriodStart=midnight(day),
        ChargePeriodEnd=midnight(day + datetime.timedelta(days=1)),
        ContractedCost=cost,
        EffectiveCost=cost,
        InvoiceIssuerName="Heron Cloud, Inc.",
        ListCost=cost,
        ProviderName="Heron Cloud",
        PublisherName="Heron Cloud, Inc.",
        ServiceCategory=category,
        ServiceName=service,
        SubAccountId=account[0],
        SubAccountName=account[1],
    )
    values.update(more)
    return ",".join(cell(values[column]) for column in COLUMNS)


def usage(day, line, quantity):
    """A usage row; quantity is in millionths of a unit."""
    account, service, category, description, resource, unit, price = line[:7]
    return row(
        day, account, service, category, description, quantity * price // MILLION,
        AvailabilityZone="north-1b" if unit == "Hours" else None,
        ConsumedQuantity=quantity,
        ConsumedUnit=unit,
        PricingCategory="Standard",
        PricingQuantity=quantity,
        PricingUnit=unit,
        RegionId="north-1",
        RegionName="North (Harbour)",
        ResourceId=f"{account[0]}/{resource}",
        SkuId=f"HC-{price:07}",
        Tags=f'{{"team": "{account[1].split()[0].strip(",").lower()}", "unit": "{unit}"}}',
    )  # fmt: skip


def charge(day, account, service, description, millions, category="Purchase", charge_class=None):
    """A fee, credit or correction; millions is in currency units."""
    return row(
        day, account, service, "Other", description, millions * MILLION,
        ChargeCategory=category,
        ChargeClass=charge_class,
        ChargeFrequency="Recurring" if category == "Purchase" else "One-Time",
    )  # fmt: skip


def day_rows(day, noise):
    age = (day - FIRST).days
    for line in USAGE:
        account, resource, units, weekend = line[0], line[4], line[7], line[8]
        quantity = units * MILLION * noise.within(940, 1060) // 1000
        quantity = quantity * (1000 + age) // 1000  # about 3 % a month
        if day.weekday() >= 5:
            quantity = quantity * weekend // 100
        if resource == "vm/training" and day in RUNAWAY:
            quantity *= 24
        if day == OUTAGE and line[5] != "GB-Days":
            continue
        yield usage(day, line, quantity)
        if resource == "bucket/lake" and day > LEAK:
            leaked = (PLATFORM, "Heron Object Storage", "Storage", "Standard storage, per GB-day",
                      "bucket/debug-logs", "GB-Days", 767)  # fmt: skip
            yield usage(day, leaked, (day - LEAK).days * 850 * MILLION)
    if day.day == 1:
        yield charge(day, NOBODY, "Heron Support", "Support plan, monthly", 40)
        yield charge(day, STOREFRONT, "Heron Database", 'Commitment "one year", monthly part', 35)
    if day.day == 5:
        yield charge(day, SANDBOX, "Heron Functions", "Credit for new customers", -15, "Credit")
    if day == REFUND:
        yield charge(day, PLATFORM, "Heron Warehouse", "Refund, December queries billed twice", -640,
                     "Adjustment", "Correction")  # fmt: skip


def main():
    # No newline translation, also where the system has one.
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    noise = Noise(20240101)
    print(",".join(cell(column) for column in COLUMNS))
    for age in range(DAYS):
        for line in day_rows(FIRST + datetime.timedelta(days=age), noise):
            print(line)


if __name__ == "__main__":
    main()
