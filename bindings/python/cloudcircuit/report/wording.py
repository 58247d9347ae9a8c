"""Amounts and dates as people read them, whatever the machine's locale."""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

MINUS = "\u2212"

# The ones that read without a doubt; any other currency stands as its code.
_SYMBOLS = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "KRW": "₩",
    "BRL": "R$",
    "CHF": "CHF\u00a0",
}
_PLACES = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}


class Money:
    """How to write amounts of one bill: its currency, and more decimals when it is in pennies."""

    def __init__(self, currency: str, total: float) -> None:
        known = re.fullmatch("[A-Z]{3}", currency)
        self.symbol = _SYMBOLS.get(currency, f"{currency}\u00a0" if known else "")
        self.unit = "an unnamed currency" if not currency else currency
        self.places = 6 if 0 < abs(total) < 1 else _PLACES.get(currency, 2)

    def __call__(self, amount: float | Decimal) -> str:
        text = f"{abs(amount):,.{self.places}f}"
        return self._join(amount, self.symbol, text)

    def change(self, amount: float | Decimal) -> str:
        """With its sign, also above 0."""
        text = self(amount)
        return text if text.startswith(MINUS) or not text.strip(f"{self.symbol}0.,") else f"+{text}"

    def short(self, amount: float) -> str:
        """Three digits, zeros too, but no fractions of the currency's least coin."""
        rounded = float(f"{abs(amount):.3g}")
        step, letter = self._unit(rounded)
        places = max(2 - math.floor(math.log10(rounded / step)), 0) if rounded else 0
        places = places if letter else min(places, self.places)
        return self._join(amount, self.symbol, f"{rounded / step:.{places}f}{letter}")

    def axis(self, amount: float) -> str:
        """A round number, without a currency's code, for which there is no room."""
        rounded = float(f"{abs(amount):.3g}")
        step, letter = self._unit(rounded)
        return self._join(amount, self.symbol if len(self.symbol) == 1 else "", f"{rounded / step:g}{letter}")

    @staticmethod
    def _unit(amount: float) -> tuple[float, str]:
        steps = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
        return next((step for step in steps if amount >= step[0]), (1.0, ""))

    @staticmethod
    def _join(amount: float | Decimal, symbol: str, text: str) -> str:
        """Without a minus before what was rounded to 0."""
        return f"{MINUS if amount < 0 and text.strip('0.,') else ''}{symbol}{text}"


def percent(share: float) -> str:
    """Rounded down, so that 100 % is only what reaches the limit."""
    if share >= 1000:
        return f"{share:,.0f}\u00d7"
    return f"{int(share * 1000) / 10:.1f}\u2009%"


def day_month(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def full_date(day: date) -> str:
    return f"{day_month(day)} {day.year}"


def month_year(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
