#!/usr/bin/env python3
"""Generates bills in every form that spend_guard must read, and compares its answers with a decimal replay.

    generated.py SPEND_GUARD COUNT

Each bill mixes forms of amounts, dates, delimiters, line ends and quotes, and rows that must be left out.
"""

import random
import sys
import tempfile
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "support")]
from replay import Bill, compare, same  # noqa: E402
from seed import fresh_seed  # noqa: E402

BAD_AMOUNTS = {
    "empty": ["", "NULL", "null"],
    "not a number": ["ten", "12.34-", "(5)", "0x10", "nan", "--5", "1e", ".", "$5", "5 USD x"],
    "thousands separator": ["1,000.00", "10.000,00", "1_000", "1 000"],
    "more than 18": ["1e-19", "0.0000000000000000001"],
    "10^18": ["1e18", "9" * 20],
}
BAD_DATES = {"ChargePeriodStart is empty": ["", "NULL"], "not a date": ["2024-02-30", "yesterday", "2024-03-01T25:00", "20240301x"]}


def amount(rng):
    """A decimal and one of its texts."""
    digits = rng.randint(0, 10 ** rng.randint(1, 14))
    places = rng.choice([0, 2, 2, 2, 6, 11, 18])
    value = Decimal(digits).scaleb(-places) * rng.choice([1, 1, 1, 1, -1])
    form = rng.randrange(5)
    if form == 0:
        text = f"{value:e}".replace("e", rng.choice("eE"))
    elif form == 1 and not value.is_signed():
        text = f"+{value:f}"
    elif form == 2:
        text = f"{value:f}00" if "." in f"{value:f}" else f"{value:f}."
    elif form == 3 and f"{value:f}".startswith("0."):
        text = f"{value:f}"[1:]
    else:
        text = f"{value:f}"
    return value, text


def instant(rng, day):
    """A text for an instant on that day in UTC."""
    moment = datetime(day.year, day.month, day.day, rng.randrange(24), rng.randrange(60), rng.randrange(60), tzinfo=timezone.utc)
    form = rng.randrange(12)
    if form == 0:
        return str(day)
    if form == 1:
        return f"{moment:%Y-%m-%d %H:%M:%S}"
    if form == 2:
        return f"{moment:%Y-%m-%dT%H:%MZ}"
    if form == 3:
        return f"{moment:%Y-%m-%d %H:%M:%S UTC}"
    if form == 4:
        return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"
    if form == 5:
        return f"{moment:%Y/%m/%d}"
    if form == 9:
        return f"{moment:%Y%m%d}"
    if form == 10:
        return f"{moment:%Y-%m-%d %H:%M:%S +0000 UTC}"
    if form == 11:
        return f"{day.year}-{day.month}-{day.day} {moment:%H:%M} GMT"
    there = moment.astimezone(timezone(timedelta(minutes=rng.choice([-420, 330, 60, -210, 0, 845]))))
    text = there.isoformat()
    return text if form < 8 else text[:-3] + text[-2:]


class Case:
    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        self.delimiter = rng.choice([",", ",", ";", "\t"])
        self.line_end = rng.choice(["\n", "\n", "\r\n", "\r"])
        self.rows, self.lines, self.left_out = [], [], {}
        self.order = rng.sample(range(5), 5)
        self.currency = rng.choice(["USD", "EUR"])
        self.generate()

    def quote(self, cell):
        special = any(c in cell for c in ',;\t"\r\n')
        if special or self.rng.random() < 0.2:
            return '"' + cell.replace('"', '""') + '"'
        return cell

    def write(self, cells):
        self.lines.append(self.delimiter.join(self.quote(cells[i]) for i in self.order))

    def generate(self):
        rng = self.rng
        first = date(rng.randint(2021, 2025), rng.randint(1, 12), rng.randint(1, 28))
        groups = rng.sample(["a", "b b", 'say "c"', "d,;e", "", "f\nnew", "é", "123456789012"], rng.randint(1, 5))
        starts = {group: rng.choice([0, 0, 0, 20]) for group in groups}
        span = rng.randint(1, 90)
        closed = {rng.randrange(span) for _ in range(rng.choice([0, 0, 3]))}
        header = ["BilledCost", "ChargePeriodStart", "SubAccountId", "BillingCurrency", "Tags"]
        header = rng.choice([header, [name.lower() for name in header], header])
        self.write(header)
        for _ in range(rng.randint(5, 250)):
            group = rng.choice(groups)
            offset = rng.randrange(span) if span > starts[group] else 0
            offset = max(offset, min(starts[group], span - 1))
            if offset in closed:
                continue
            day = first + timedelta(days=offset)
            value, text = amount(rng)
            cells = [text, instant(rng, day), group or rng.choice(["", "NULL"]), rng.choice([self.currency, self.currency.lower()]),
                     rng.choice(["", "x", "two\nlines", '{"k": "v"}'])]  # fmt: skip
            if rng.random() < 0.06:
                self.spoil(cells)
            else:
                self.rows.append((group, day, value))
            self.write(cells)
            if rng.random() < 0.02:
                self.lines.append("")
            if rng.random() < 0.01:
                self.write(header)

    def spoil(self, cells):
        rng = self.rng
        which = rng.randrange(3)
        if which < 2:
            place, bad = which, (BAD_AMOUNTS, BAD_DATES)[which]
            reason = rng.choice(list(bad))
            cells[place] = rng.choice(bad[reason])
            reason = "BilledCost is empty" if reason == "empty" else reason
        else:
            place, reason = 1, "too far"
            cells[place] = "1970-01-01"
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def bytes(self):
        rng = self.rng
        start = rng.choice([b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf"])
        end = rng.choice(["", self.line_end])
        return start + (self.line_end.join(self.lines) + end).encode()


def main():
    guard, count, first = sys.argv[1], int(sys.argv[2]), fresh_seed()
    used = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bill.csv"
        for seed in range(first, first + count):
            case = Case(seed)
            if not case.rows:
                continue
            path.write_bytes(case.bytes())
            rng = case.rng
            limit = Decimal(rng.randint(1, 10 ** rng.randint(3, 9))) / 100
            by_mean = rng.random() < 0.5
            lag = rng.choice([0, 0, 1]) if len({day for _, day, _ in case.rows}) > 2 else 0
            options = ["--limit", str(limit), "--lag-days", str(lag)] + (["--rule", "mean"] if by_mean else [])
            try:
                status, lines, said = compare(guard, path, Bill(case.rows, lag=lag), options, limit, by_mean)
                wanted = sum(case.left_out.values())
                same(lines[-1]["rows_left_out"], wanted, "rows left out")
                same(lines[-1]["rows_used"], len(case.rows), "rows used")
                found = {}
                for line in lines:
                    if line["kind"] == "left_out":
                        reason = [reason for reason in case.left_out if reason.lower() in line["message"].lower()]
                        same(len(reason), 1, line["message"])
                        found[reason[0]] = found.get(reason[0], 0) + line["rows"]
                same(found, case.left_out, "reasons")
                same(status == 4, wanted > 0, "status 4")
                same(len(said.splitlines()) <= 20, True, "lines on standard error")
                used += len(case.rows)
            except SystemExit as error:
                kept = Path(tempfile.gettempdir()) / f"spend_guard-{seed}.csv"
                kept.write_bytes(path.read_bytes())
                sys.exit(f"SEED={seed}, {' '.join(options)} {kept}: {error}")
    print(f"{count} bills with {used} rows agree")


if __name__ == "__main__":
    main()
