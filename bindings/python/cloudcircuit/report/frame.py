"""Where days and amounts are in a chart: scales, axes, notes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from html import escape
from typing import NamedTuple

from .wording import MONTHS, Money, day_month, month_year


class Size(NamedTuple):
    name: str
    width: float
    height: float
    left: float


SIZES = (Size("wide", 1000, 340, 58), Size("narrow", 360, 300, 46))
TOP, RIGHT, BOTTOM = 26, 12, 26


def ticks(low: float, high: float) -> list[float]:
    """Some round numbers."""
    span = high - low
    step = 10.0 ** math.floor(math.log10(span / 4))
    step *= next(factor for factor in (1, 2, 5, 10) if span / (step * factor) <= 8)
    return [index * step for index in range(math.ceil(low / step), math.floor(high / step) + 1)]


class Frame:
    """Where days and amounts are in a chart."""

    def __init__(self, size: Size, first: date, days: int, low: float, high: float) -> None:
        self.size, self.first, self.days, self.top = size, first, days, TOP
        high = high if high - low > 1e-12 else low + 1.0
        self.low, self.high = low, low + (high - low) * 1.06
        self.right, self.bottom = size.width - RIGHT, size.height - BOTTOM
        self.step = (self.right - size.left) / days

    def x(self, index: float) -> float:
        """The left edge of a day."""
        return self.size.left + index * self.step

    def y(self, amount: float) -> float:
        return TOP + (self.high - amount) / (self.high - self.low) * (self.bottom - TOP)

    def axes(self, money: Money) -> Iterable[str]:
        for amount in ticks(self.low, self.high):
            y, kind = self.y(amount), "zero" if amount == 0 else "grid"
            yield f'<line class="{kind}" x1="{self.size.left}" x2="{self.right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            yield (
                f'<text class="axis" x="{self.size.left - 7}" y="{y + 4:.1f}" text-anchor="end">'
                f"{escape(money.axis(amount))}</text>"
            )
        base, free = self.size.height - BOTTOM, -math.inf
        for index, label in self._dates():
            x = self.x(index)
            if free <= x <= self.right - 24:
                free = x + 62
                yield f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{base}" y2="{base + 5}"/>'
                yield f'<text class="axis" x="{x + 3:.1f}" y="{base + 18}">{label}</text>'

    def _dates(self) -> Iterable[tuple[int, str]]:
        """Single days when there are few, else months, so many apart that they fit; a January is its year."""
        if self.days <= 45:
            for index in range(self.days):
                yield index, day_month(self.first + timedelta(days=index))
            return
        month = 30.4 * self.step
        apart = next((count for count in (1, 2, 3, 6) if count * month >= 62), 12)
        is_first = True
        for index in range(self.days):
            day = self.first + timedelta(days=index)
            if day.day == 1 and (day.month - 1) % apart == 0:
                yield (
                    index,
                    str(day.year)
                    if day.month == 1 and not is_first
                    else (month_year(day) if is_first else MONTHS[day.month - 1]),
                )
                is_first = False

    def level(self, kind: str, amount: float, label: str) -> str:
        y = self.y(amount)
        return (
            f'<line class="{kind}" x1="{self.size.left}" x2="{self.right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="note" x="{self.size.left + 6}" y="{y - 6:.1f}">{escape(label)}</text>'
        )

    def above(self, index: float, y: float, text: str) -> str:
        """A text over a day, moved inwards where it would leave the chart."""
        half = 3.8 * len(text)
        x = min(max(self.x(index), self.size.left + half), self.right - half)
        return f'<text class="note strong" x="{x:.1f}" y="{max(y, 12):.1f}" text-anchor="middle">{escape(text)}</text>'

    def hits(self, tips: Iterable[str]) -> Iterable[str]:
        """What a pointer meets: one stripe for each day, with its numbers as a title."""
        for index, tip in enumerate(tips):
            yield (
                f'<rect class="hit" x="{self.x(index):.2f}" y="{TOP}" width="{self.step:.2f}"'
                f' height="{self.size.height - BOTTOM - TOP:.1f}"><title>{escape(tip)}</title></rect>'
            )
