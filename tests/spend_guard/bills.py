#!/usr/bin/env python3
"""Runs spend_guard over a folder of small bills, each with its right answer.

    bills.py SPEND_GUARD FOLDER

Every file of the folder must be known here, and every one named here must be there. Prints a line a file.
"""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

PROGRAM, FOLDER = sys.argv[1], Path(sys.argv[2])
# A day after every bill, so that no day of theirs is unfinished.
TODAY = "2026-01-01"


class Answer:
    def __init__(self, name, *options):
        command = [PROGRAM, "--json", *(options if "--today" in options else ("--today", TODAY, *options)), str(FOLDER / name)]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
        self.status = done.returncode
        self.said = done.stderr.decode()
        self.lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
        self.summary = self.lines[-1] if self.lines else None

    def kind(self, kind):
        return [line for line in self.lines if line["kind"] == kind]

    def money(self, key="billed"):
        return Decimal(self.summary[key])

    def remarks(self):
        return " ".join(line["message"] for line in self.kind("note"))


def require(holds, what):
    if not holds:
        raise AssertionError(what)


def is_billed(answer, billed, status=0, groups=1, left_out=0):
    require(answer.status == status, f"status {answer.status}, not {status}: {answer.said}")
    require(answer.money() == Decimal(billed), f"billed {answer.money()}, not {billed}")
    require(answer.summary["groups"] == groups, f"{answer.summary['groups']} groups")
    require(answer.summary["rows_left_out"] == left_out, f"{answer.summary['rows_left_out']} rows left out")
    require(answer.summary["rows_read"] - answer.summary["rows_used"] >= left_out, "rows do not add up")
    if left_out:
        require(f"{left_out} row" in answer.said, f"the rows left out are not said: {answer.said}")


def is_plain(name, *options, billed="100", **more):
    answer = Answer(name, *options)
    is_billed(answer, billed, **more)
    return answer


def is_left_out(name, billed, reason, *options, left_out=1):
    answer = Answer(name, *options)
    is_billed(answer, billed, status=4, left_out=left_out)
    require(reason in answer.said, f"{reason!r} is not said: {answer.said}")
    require(reason in answer.kind("left_out")[0]["message"], "the reason does not come first")
    return answer


def is_refused(name, *words, options=(), status=1):
    answer = Answer(name, *options)
    require(answer.status == status, f"status {answer.status}: {answer.said}")
    require(not answer.lines, "there is output")
    for word in words:
        require(word in answer.said, f"{word!r} is not said: {answer.said}")


def says(answer, *words):
    for word in words:
        require(word in answer.remarks(), f"{word!r} is not said: {answer.remarks()}")


def found(answer, *reasons):
    return [line["day"] for line in answer.kind("day") if set(line["reasons"]) & set(reasons)]


def us_dates(name):
    is_refused(name, "MM/DD/YYYY", "DD/MM/YYYY", "--date-format")
    answer = is_plain(name, "--date-format", "MM/DD/YYYY")
    require(answer.summary["first_day"] == "2024-03-01" and answer.summary["last_day"] == "2024-03-10", "other days")


def offset(name, day, billed):
    is_plain(name, billed="105")
    done = subprocess.run([PROGRAM, "--csv", "daily", str(FOLDER / name)], capture_output=True, check=True, timeout=60)
    require(f"{day},acc-1,{billed}\n" in done.stdout.decode(), done.stdout.decode())


def currencies(name):
    is_refused(name, "EUR 3 in 1 row", "USD 1000 in 10 rows", "--currency")
    is_plain(name, "--currency", "USD", billed="1000")
    is_plain(name, "--currency", "EUR", billed="3")
    is_refused(name, "GBP", options=("--currency", "GBP"))


def no_currency(name):
    answer = is_plain(name, billed="75")
    says(answer, "1 row with -25", "no currency", "USD")


def refund(name, charges, credits, billed):
    answer = is_plain(name, billed=billed)
    require(answer.money("charges") == charges and answer.money("credits") == credits, answer.summary)


def quoted_json(name):
    answer = Answer(name)
    require(answer.money() == 100 and answer.status == 0, answer.said)


def period(name):
    says(is_plain(name, billed="401"), "1 row with 100", "BillingPeriodStart")
    months = {line["month"]: line["billed"] for line in Answer(name).kind("month")}
    require(months == {"2024-03": "300", "2024-04": "101"}, months)
    months = {line["month"]: line["billed"] for line in Answer(name, "--period-column", "BillingPeriodStart").kind("month")}
    require(months == {"2024-03": "400", "2024-04": "1"}, months)


def spoilt(name):
    says(is_plain(name, groups=2), "2.34567E+11")


def gap(name):
    answer = Answer(name)
    require(found(answer, "spike") == [], found(answer, "spike"))


def no_findings(name, *options):
    answer = Answer(name, *options)
    require(answer.status == 0, answer.said)
    require(answer.kind("day") == [], answer.kind("day"))
    return answer


def new_account(name):
    answer = Answer(name)
    late = [line["day"] for line in answer.kind("day") if line["group"] == "new" and line["day"] >= "2024-03-15"]
    require(answer.status == 0 and late == [], late)


def upfront(name):
    answer = Answer(name, "--cost", "EffectiveCost")
    require(all(line["action"] != "block" for line in answer.kind("day")), "something is blocked")
    billed = Answer(name, "--cost", "BilledCost")
    purchase = max(billed.kind("day"), key=lambda line: Decimal(line["billed"]))["day"]
    require(found(billed, "spike") == [purchase], found(billed, "spike"))


def end_of_month_fee(name):
    require(len(found(Answer(name), "spike")) <= 2, found(Answer(name), "spike"))


def partial_day(name):
    whole = Answer(name)
    last = whole.summary["last_day"]
    answer = Answer(name, "--today", last)
    says(answer, last, "not over yet")
    require(answer.summary["last_day"] < last, answer.summary)
    rows = (FOLDER / name).read_text().splitlines(keepends=True)
    without = FOLDER_OF_OURS / name
    without.write_text("".join(row for row in rows if last not in row))
    other = subprocess.run([PROGRAM, "--json", "--today", TODAY, str(without)], capture_output=True, check=True, timeout=60)
    group = next(line for line in map(json.loads, other.stdout.splitlines()) if line["kind"] == "group")
    require(answer.kind("group")[0]["forecast"] == group["forecast"], (answer.kind("group"), group))


def first_week(name):
    answer = Answer(name, "--today", "2024-01-08", "--limit", "7000")
    forecast = answer.kind("group")[0]["forecast"]
    require(5600 <= forecast["forecast_spend"] <= 6700, forecast)
    require(not forecast["is_forecast_breached"], forecast)


def second_runaway(name):
    days = found(Answer(name), "spike")
    require("2024-03-12" in days and "2024-03-18" in days, days)


def leap_day(name):
    is_plain(name, billed=str(10 * (len((FOLDER / name).read_text().splitlines()) - 1)))
    done = subprocess.run([PROGRAM, "--csv", "daily", str(FOLDER / name)], capture_output=True, check=True, timeout=60)
    require("2024-02-29,acc-1,10\n" in done.stdout.decode(), done.stdout.decode())


CASES = {
    "a1_": is_plain,
    "b_": lambda name: says(is_plain(name), "came again 2 times"),
    "c1_": us_dates,
    "c2_": us_dates,
    "d1_": lambda name: offset(name, "2024-03-11", "5"),
    "d3_": lambda name: offset(name, "2024-03-09", "15"),
    **{f"e0{i}_": lambda name: is_plain(name, billed="30") for i in range(10)},
    "e20_": is_plain,
    "f00_": lambda name: is_left_out(name, "20", "thousands separator"),
    "f01_": lambda name: is_left_out(name, "20", "thousands separator"),
    "f02_": lambda name: is_left_out(name, "20", "thousands separator"),
    "f03_": lambda name: is_left_out(name, "20", "decimal comma"),
    "f06_": lambda name: is_plain(name, billed="20.0000001"),
    "f07_": lambda name: is_plain(name, billed="20.00000035"),
    "f08_": lambda name: is_plain(name, billed="1020"),
    "f09_": lambda name: is_plain(name, billed="25"),
    "f10_": lambda name: is_plain(name, billed="20.5"),
    "f11_": lambda name: is_plain(name, billed="25"),
    "f12_": lambda name: is_left_out(name, "20", "BilledCost is empty"),
    "f13_": lambda name: is_left_out(name, "20", "BilledCost is empty (first on line 3: 'NULL')"),
    "f14_": lambda name: is_left_out(name, "20", "BilledCost is empty (first on line 3: 'null')"),
    "f15_": lambda name: is_plain(name, billed="20.0000004"),
    "f19_": lambda name: is_left_out(name, "20", "thousands separator"),
    "g1_": currencies,
    "g2_": is_plain,
    "g3_": no_currency,
    "h1_": lambda name: refund(name, 5100, -5000, 100),
    "h4_": lambda name: refund(name, 3300, -2800, 500),
    "i1_": is_plain,
    "i3_": is_plain,
    "i4_": is_plain,
    "i5_": is_plain,
    "i6_": is_plain,
    "i8_": is_plain,
    "i9_": is_plain,
    "i10_": lambda name: says(is_plain(name), "header is on line 3"),
    "i11_": lambda name: is_left_out(name, "100", "another number of fields than the header (first on line 12"),
    "i12_": is_plain,
    "i15_": is_plain,
    "i17_": quoted_json,
    "j1_": is_plain,
    "j4_": lambda name: is_refused(name, "focus.BilledCost", "--cost focus.BilledCost", "--date focus.ChargePeriodStart", "--group-by focus.SubAccountId"),
    "j6_": is_plain,
    "j7_": lambda name: (is_plain(name, "--format", "aws-cur"), is_refused(name, "--format aws-cur")),
    "k1_": lambda name: is_refused(name, "UTF-16"),
    "k3_": is_plain,
    "k4_": lambda name: is_refused(name, "gzip", "gzip -dc"),
    "k6_": lambda name: is_refused(name, "NUL"),
    "k8_": is_plain,
    "l1_": lambda name: is_left_out(name, "100", "too far from the rest"),
    "l3_": leap_day,
    "l5_": lambda name: is_left_out(name, "100", "too far from the rest"),
    "l8_": is_plain,
    "l9_": lambda name: (is_plain(name, billed="20"), no_findings(name)),
    "m1_": is_plain,
    "m2_": lambda name: is_refused(name, "not one row"),
    "m3_": lambda name: is_refused(name, "empty"),
    "m5_": spoilt,
    "n3_": period,
    "new_account": new_account,
    "upfront": upfront,
    "gap": gap,
    "monthly_cent": no_findings,
    "eom_fee": end_of_month_fee,
    "partial_day": partial_day,
    "first_week_fee": first_week,
    "second_runaway": second_runaway,
}


def main():
    wrong = 0
    names = sorted(path.name for path in FOLDER.iterdir() if path.name != "README.md")
    for name in names:
        cases = [check for start, check in CASES.items() if name.startswith(start)]
        try:
            require(len(cases) == 1, f"{len(cases)} answers are known for it")
            cases[0](name)
            print("right", name)
        except (AssertionError, KeyError, subprocess.SubprocessError, StopIteration) as error:
            wrong += 1
            print("WRONG", name, repr(error)[:600])
    unknown = [start for start in CASES if not any(name.startswith(start) for name in names)]
    print(f"{len(names) - wrong} of {len(names)} right")
    for start in unknown:
        print("no file", start)
    sys.exit(wrong > 0 or bool(unknown))


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        FOLDER_OF_OURS = Path(folder)
        main()
