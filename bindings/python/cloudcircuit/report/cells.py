"""What stands in one cell of a bill: an exact amount, a day in UTC. Anything else is named, never guessed."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

PLACES = 18
"""Decimal places of an amount, at most; DuckDB adds them up as DECIMAL(38, 18)."""
TOO_LARGE = Decimal(10) ** 18
DATE_FORMATS = {
    "mdy": ("mdy", "mm/dd/yyyy", "month/day/year", "%m/%d/%y", "us"),
    "dmy": ("dmy", "dd/mm/yyyy", "dd.mm.yyyy", "day/month/year", "%d/%m/%y", "eu"),
    None: ("ymd", "yyyy-mm-dd", "iso", "%y-%m-%d"),
}

PLAIN_NUMBER = r"[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})"
"""What DuckDB converts exactly by itself; every other form goes through `amount`."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SEPARATED = re.compile(r"(?=.*\d).*([,'_ \u00a0\u202f]|\..*\.).*", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})(?:([-/])(\d\d?)\2(\d\d?)|(\d\d)(\d\d))", re.ASCII)
_YEAR_LAST = re.compile(r"(\d\d?)([/.-])(\d\d?)\2(\d{4}|\d\d)", re.ASCII)
_TIME = re.compile(
    r"[Tt ](\d\d?):([0-5]\d)(?::([0-5]\d|60)(?:[.,]\d+)?)?(?: ?([AaPp])[Mm])?"
    r" ?(?:[Zz]|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)? ?(?:UTC|GMT)?",
    re.ASCII,
)
_MONTH = re.compile(r"(\d{4})-?(0[1-9]|1[0-2])", re.ASCII)


class Unreadable(ValueError):
    """The cell holds no value that counts; the text says why, without naming the column."""


class TwoWays(Unreadable):
    """A date that is another day in another country."""


def date_format(text: str) -> str | None:
    """mdy or dmy, however it is written."""
    for known, spellings in DATE_FORMATS.items():
        if text.lower() in spellings:
            return known
    raise ValueError(text)


def amount(text: str) -> Decimal:
    """The exact amount that a cell names."""
    text = text.strip(" \t\u00a0")
    if not text or text.lower() in ("null", "none"):
        raise Unreadable("is empty or NULL")
    if not _NUMBER.fullmatch(text):
        is_separated = _SEPARATED.fullmatch(text)
        raise Unreadable("has a thousands separator or a decimal comma" if is_separated else "is not a number")
    digits, _, power = text.lower().partition("e")
    if not digits.strip("+-0."):
        return Decimal(0)
    if len(power.lstrip("+-0")) > 4:
        raise Unreadable("is 10^18 or more" if "-" not in power else f"has more than {PLACES} decimal places")
    number = Decimal(text)
    if number.copy_abs() >= TOO_LARGE:
        raise Unreadable("is 10^18 or more")
    _, figures, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if exponent < -PLACES and any(figures[exponent + PLACES :]):
        raise Unreadable(f"has more than {PLACES} decimal places")
    return number if number else Decimal(0)


def day(text: str, date_format: str | None = None) -> date:
    """The day in UTC of "2024-09-18 22:00:00", "2024-09-18T22:00Z", "2024-09-18T22:00:00-07:00" and the like.

    `date_format`, "mdy" or "dmy", says how forms such as 03/04/2024 are read; without it they raise `TwoWays`.
    """
    return _instant(text, date_format)[0]


def period(text: str, date_format: str | None = None) -> date:
    """The first day of the month that a billing period names: its start, "2024-03" or "202403"."""
    found = _MONTH.fullmatch(text.strip())
    if found:
        return date(int(found[1]), int(found[2]), 1)
    start, hour = _instant(text, date_format)
    # A month that starts at midnight east of Greenwich starts in the last hours of the one before.
    if hour >= 10 and (start + timedelta(days=1)).day == 1:
        start += timedelta(days=1)
    return start.replace(day=1)


def _instant(text: str, date_format: str | None) -> tuple[date, int]:
    """Day and hour in UTC."""
    text = text.strip(" \t")
    if not text or text.lower() == "null":
        raise Unreadable("is empty or NULL")
    first, last = _YEAR_FIRST.match(text), _YEAR_LAST.match(text)
    if first:
        numbers, end = (first[1], first[3] or first[5], first[4] or first[6]), first.end()
    elif last and date_format is None:
        raise TwoWays("could be month/day/year or day/month/year")
    elif last:
        year = last[4] if len(last[4]) == 4 else f"20{last[4]}"
        numbers = (year, last[1], last[3]) if date_format == "mdy" else (year, last[3], last[1])
        end = last.end()
    else:
        raise Unreadable("is no date that can be read")
    time = _TIME.fullmatch(text, end)
    if not time and end < len(text):
        raise Unreadable("is no date that can be read")
    minutes = _minutes(time) if time else 0
    try:
        there = date(*map(int, numbers))
        return there + timedelta(days=minutes // 1440), minutes % 1440 // 60
    except (ValueError, OverflowError):
        raise Unreadable("is a day that no calendar has") from None


def _minutes(time: re.Match[str]) -> int:
    """Since midnight UTC."""
    hour, minute, half = int(time[1]), int(time[2]), time[4]
    if not (1 <= hour <= 12 if half else hour < 24 or (hour == 24 and not minute and not int(time[3] or 0))):
        raise Unreadable("is no date that can be read")
    if half:
        hour = hour % 12 + (12 if half in "Pp" else 0)
    minutes = hour * 60 + minute
    if time[5]:
        ahead = int(time[6]) * 60 + int(time[7] or 0)
        minutes -= ahead if time[5] == "+" else -ahead
    return minutes
