"""What stands in one cell of a bill: an exact amount, a day in UTC. Anything else is named, never guessed."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

PLACES = 18
"""Decimal places of an amount, at most; DuckDB adds them up as DECIMAL(38, 18)."""
TOO_LARGE = Decimal(10) ** 18
DATE_FORMATS = ("mdy", "dmy")

PLAIN_NUMBER = r"[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})"
"""What DuckDB converts exactly by itself; every other form goes through `amount`."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_SEPARATED = re.compile(r"[+-]?\d+([.,' \u00a0\u202f_]\d+)+-?", re.ASCII)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::(?:[0-5]\d|60)(?:\.\d+)?)? ?(Z|UTC|([+-])(\d\d)(?::?(\d\d))?)?)?",
    re.ASCII,
)
_TWO_WAYS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ,].*)?", re.ASCII)


class Unreadable(ValueError):
    """The cell holds no value that counts; the text says why, without naming the column."""


class TwoWays(Unreadable):
    """A date that is another day in another country."""


def amount(text: str) -> Decimal:
    """The exact amount that a cell names."""
    if not text.strip():
        raise Unreadable("is empty")
    if text.strip().lower() in ("null", "none", "nan", "n/a"):
        raise Unreadable(f"is {text.strip()}")
    if _SEPARATED.fullmatch(text.strip()) and not _NUMBER.fullmatch(text):
        raise Unreadable("has a thousands separator or a decimal comma")
    if re.match(r"\s*[+-]?[^\w\s.,+-]|.*[^\w\s.,+-]\s*$", text):
        raise Unreadable("has a sign that is no part of a number")
    if not _NUMBER.fullmatch(text):
        raise Unreadable("is not a number")
    number = Decimal(text)
    if abs(number) >= TOO_LARGE:
        raise Unreadable("is 10^18 or more")
    if number != number.quantize(Decimal(1).scaleb(-PLACES)):
        raise Unreadable(f"has more than {PLACES} decimal places")
    return number


def day(text: str, date_format: str | None = None) -> date:
    """The day in UTC of "2024-09-18 22:00:00", "2024-09-18T22:00Z" and the like.

    `date_format`, "mdy" or "dmy", says how forms such as 03/04/2024 are read; without it they raise `TwoWays`.
    """
    if not text.strip():
        raise Unreadable("is empty")
    found = _ISO.fullmatch(text)
    try:
        if found:
            return _utc_day(found)
        found = _TWO_WAYS.fullmatch(text)
        if found and date_format is None:
            raise TwoWays("could be month/day/year or day/month/year")
        if found:
            first, second, year = (int(part) for part in found.groups())
            month, number = (first, second) if date_format == "mdy" else (second, first)
            return date(year, month, number)
    except (ValueError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("is a day that no calendar has") from None
    raise Unreadable("is not a date that can be read")


def _utc_day(found: re.Match[str]) -> date:
    year, month, number, hour, minute, _, sign, ahead_hours, ahead_minutes = found.groups()
    if sign is None:
        return date(int(year), int(month), int(number))
    ahead = timedelta(hours=int(ahead_hours), minutes=int(ahead_minutes or 0))
    zone = timezone(ahead if sign == "+" else -ahead)
    there = datetime(int(year), int(month), int(number), int(hour), int(minute), tzinfo=zone)
    return there.astimezone(timezone.utc).date()
