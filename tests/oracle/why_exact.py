#!/usr/bin/env python3
"""Why exact money matters: prints the table in README.md.

For every limit from 0.05 to 10,000.00 of which the share is a whole number of cents, the spend that
is exactly there and the one a cent below are judged in doubles, by cloudcircuit_check_budget's rule
and by the other one that hosts write, and compared with the answer in integer cents.
"""
FIRST, LAST = 5, 1_000_000

HEAD = """\
| spend, in cents | limits | `spend / limit >= share` wrong | `spend >= limit * share` wrong |
| --- | --- | --- | --- |"""


def wrong(rule, share, percent, below):
    """How many answers differ from those in integers, and of how many."""
    limits = [limit for limit in range(FIRST, LAST + 1) if limit * percent % 100 == 0]
    count = 0
    for limit in limits:
        spend = limit * percent // 100 - below
        is_reached = 100 * spend >= limit * percent
        count += rule(spend / 100, limit / 100, share) != is_reached
    return count, len(limits)


def by_division(spend, limit, share):
    return spend / limit >= share


def by_multiplication(spend, limit, share):
    return spend >= limit * share


def cell(count, limits):
    return "%.1f %%" % (100 * count / limits) if count else "none"


def main():
    print(HEAD)
    for percent in (80, 90):
        for below, place in enumerate(("exactly %d %% of the limit", "one cent below %d %%")):
            answers = [wrong(rule, percent / 100, percent, below) for rule in (by_division, by_multiplication)]
            limits = answers[0][1]
            cells = [place % percent, format(limits, ",")] + [cell(*answer) for answer in answers]
            print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
