"""spend_guard on a large bill, in turns with DuckDB doing the same grouping on one thread: CPU seconds and memory."""

import datetime
import glob
import os
import random
import statistics
import subprocess

GROUPS, DAYS = 10_000, 90
MANY = 200_000
SHARES = (1, 2, 4)  # of MANY groups and the same rows a group: the time a group must stay the same

HEADER = (
    '"BilledCost","BillingAccountId","BillingCurrency","BillingPeriodStart","ChargePeriodStart","ChargeCategory",'
    '"ChargeClass","ChargeDescription","ChargeFrequency","CommitmentDiscountId","EffectiveCost","InvoiceIssuerName",'
    '"PricingCategory","PricingQuantity","PricingUnit","ProviderName","PublisherName","RegionId","RegionName",'
    '"ResourceId","ServiceCategory","ServiceName","SubAccountId","Tags"\n'
)
MIDDLE = (
    '"Usage",NULL,"General purpose, 4 vCPU, on demand","Usage-Based",NULL,52.615680,"Heron Cloud, Inc.","Standard",'
    '274.040000,"Hours","Heron Cloud","Heron Cloud, Inc.","north-1","North (Harbour)","410020030001/vm/shop-front",'
    '"Compute"'
)
TAGS = '"{""team"": ""storefront"", ""unit"": ""Hours""}"'

DUCKDB = """
import duckdb, sys
bill = duckdb.connect(config={"threads": 1})
query = '''SELECT SubAccountId, CAST(ChargePeriodStart AS DATE) AS day, sum(BilledCost)
           FROM read_csv(?, types={'BilledCost': 'DECIMAL(38, 12)', 'SubAccountId': 'VARCHAR'}) GROUP BY ALL'''
print(len(bill.execute(query, [sys.argv[1]]).fetchnumpy()["day"]))
"""


def make(path, rows, groups):
    """A bill of rows in order of time, each of some 390 bytes, like an export of FOCUS columns."""
    rng = random.Random(1)
    first = datetime.date(2024, 1, 1)
    with open(path, "w", encoding="ascii") as file:
        file.write(HEADER)
        for i in range(rows):
            day = first + datetime.timedelta(days=i * DAYS // rows)
            group = i % groups if i % 2 else rng.randrange(groups)
            file.write(
                f'{rng.randrange(1, 10**8) / 1e6:.6f},"410020030000","USD","{day.replace(day=1)} 00:00:00",'
                f'"{day} 00:00:00",{MIDDLE},"Heron Service {rng.randrange(12)}","{410_000_000_000 + group}",{TAGS}\n'
            )


def took(*command):
    """CPU seconds and megabytes of a command."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 3):
        raise subprocess.CalledProcessError(child.returncode, command)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def build(root, work, library):
    guard = f"{work}/spend_guard"
    link = f"{work}/libcloudcircuit.so.0"
    if not os.path.lexists(link):
        os.symlink("libcloudcircuit.so", link)
    subprocess.run(
        ["cc", "-std=c99", "-O2", f"-I{root}/include", *glob.glob(f"{root}/programs/spend_guard/*.c"), library,
         f"-Wl,-rpath,{work}", "-o", guard, "-lm"], check=True)  # fmt: skip
    return guard


def sections(root, work, library, python, rows, rounds, target):
    """python has DuckDB, or is None: then only spend_guard is measured."""
    guard = build(root, work, library)
    bill = f"{work}/bill.csv"
    sides = {
        "spend_guard --csv daily: the grouping": (guard, "--csv", "daily", bill),
        "spend_guard: with detection, forecast and drivers": (guard, bill),
        "spend_guard --json: the same, each day explained": (guard, "--json", bill),
    }
    if python and not subprocess.run([python, "-c", "import duckdb"], capture_output=True, check=False).returncode:
        sides["DuckDB: the grouping"] = (python, "-c", DUCKDB, bill)
    make(bill, rows, GROUPS)
    size = os.path.getsize(bill)
    samples = {name: [] for name in sides}
    for _ in range(rounds):
        for name, command in sides.items():
            samples[name].append(took(*command))
    table = ["| | CPU s | MB | to DuckDB |", "| --- | ---: | ---: | ---: |"]
    most = {"--csv daily": 1.5, "with detection": 3.0, "--json": 3.0}
    for name, sample in samples.items():
        shown = ""
        if "DuckDB: the grouping" in samples and not name.startswith("DuckDB"):
            ratios = [ours[0] / theirs[0] for ours, theirs in zip(sample, samples["DuckDB: the grouping"])]
            quartiles = statistics.quantiles(ratios, n=4)
            shown = f"{quartiles[1]:.2f} ({quartiles[0]:.2f} to {quartiles[2]:.2f})"
            bound = next(bound for part, bound in most.items() if part in name)
            target(f"{name}, CPU time to DuckDB's grouping", bound, quartiles)
        memory = statistics.median(megabytes for _, megabytes in sample)
        if not name.startswith("DuckDB"):
            target(f"{name}, memory in MB", 200, [memory] * 3)
        table.append(f"| {name} | {statistics.median(seconds for seconds, _ in sample):.2f} | {memory:.0f} | {shown} |")
    yield f"### A bill of {rows:,} rows, {size / 1e6:.0f} MB, {GROUPS:,} groups", "\n".join(table)

    table = ["| groups | rows | CPU s | µs a group | MB |", "| ---: | ---: | ---: | ---: | ---: |"]
    each = []
    for share in reversed(SHARES):
        groups = MANY * rows // 2_000_000 // share
        make(bill, rows // share, groups)
        seconds, megabytes = took(guard, bill)
        each.append(seconds / groups * 1e6)
        table.append(f"| {groups:,} | {rows // share:,} | {seconds:.2f} | {each[-1]:.0f} | {megabytes:.0f} |")
    target("a group's time with 4 times the groups", 1.2, [each[-1] / each[0]] * 3)
    yield "### spend_guard on many groups", "\n".join(table)
    os.remove(bill)
