"""The two charts as SVG. Colours come from the page's style sheet, so that they follow light and dark.

Each chart is drawn twice, for wide screens and for phones; the style sheet shows one of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from html import escape
from typing import NamedTuple

from cloudcircuit import Action, Verdict

from .replay import Day, MonthForecast, Settings
from .wording import MONTHS, Money, day_month, full_date, month_year, percent, plural


class Size(NamedTuple):
    name: str
    width: float
    height: float
    left: float


SIZES = (Size("wide", 1000, 340, 58), Size("narrow", 360, 300, 46))
TOP, RIGHT, BOTTOM = 26, 12, 26
RIBBON = 40  # room beneath the daily chart for the detector's marks, and for the verdicts below them
DETECTOR = 28  # how far above the chart's base the marks stand

# How tall a day's mark in the ribbon is: verdicts differ in size as well as in colour.
SEVERITY = {Action.ALLOW: 3, Action.ALERT: 8, Action.THROTTLE: 13, Action.BLOCK: 18}

REASONS = {1: "budget warning", 2: "budget breached", 4: "spike", 8: "breaker open", 16: "signal missing"}


def verdict(day: Day) -> str:
    return day.guard.action.name.capitalize()


def reasons(day: Day) -> str:
    words = [text for bit, text in REASONS.items() if day.guard.reasons & bit]
    if day.guard.retry_after:
        words[-1] += f" for {plural(day.guard.retry_after, 'more day')}"
    return ", ".join(words)


def is_spike(day: Day) -> bool:
    return day.spike is not None and day.spike.is_spike


def detector_finding(day: Day) -> str:
    """In a few words; "" when there is none."""
    found = day.detection
    if found.verdict is Verdict.INSUFFICIENT_DATA:
        return "too few days"
    return " and ".join(filter(None, ["spike" if found.is_spike else "", "slow leak" if found.is_leak else ""]))


def is_detected(day: Day) -> bool:
    return day.detection.is_spike or day.detection.is_leak


def ticks(low: float, high: float) -> list[float]:
    """Some round numbers."""
    span = high - low
    step = 10.0 ** math.floor(math.log10(span / 4))
    step *= next(factor for factor in (1, 2, 5, 10) if span / (step * factor) <= 8)
    return [index * step for index in range(math.ceil(low / step), math.floor(high / step) + 1)]


class Frame:
    """Where days and amounts are in a chart."""

    def __init__(self, size: Size, first: date, days: int, low: float, high: float, below: float = 0.0) -> None:
        self.size, self.first, self.days = size, first, days
        high = high if high - low > 1e-12 else low + 1.0
        self.low, self.high = low, low + (high - low) * 1.06
        self.right, self.bottom = size.width - RIGHT, size.height - BOTTOM - below
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

    def line(self, kind: str, levels: list[tuple[int, float]]) -> str:
        """A level for each day, joined by steps."""
        if not levels:
            return ""
        steps = "L".join(
            f"{self.x(index):.1f} {self.y(min(amount, self.high)):.1f}H{self.x(index + 1):.1f}"
            for index, amount in levels
        )
        return f'<path class="{kind}" d="M{steps}"/>'

    def band(self, kind: str, levels: list[tuple[int, float, float]]) -> str:
        """The range between a lower and an upper level for each day; days follow each other."""
        if not levels:
            return ""
        upper = "L".join(
            f"{self.x(index):.1f} {self.y(min(above, self.high)):.1f}H{self.x(index + 1):.1f}"
            for index, _, above in levels
        )
        lower = "L".join(
            f"{self.x(index + 1):.1f} {self.y(min(below, self.high)):.1f}H{self.x(index):.1f}"
            for index, below, _ in reversed(levels)
        )
        return f'<path class="{kind}" d="M{upper}L{lower}Z"/>'

    def level(self, kind: str, amount: float, label: str) -> str:
        y = self.y(amount)
        return (
            f'<line class="{kind}" x1="{self.size.left}" x2="{self.right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="note" x="{self.size.left + 6}" y="{y - 6:.1f}">{escape(label)}</text>'
        )

    def note(self, index: float, y: float, text: str, kind: str = "note") -> str:
        """A text at a day, on whichever side of it there is room."""
        x = self.x(index)
        is_left = x > (self.size.left + self.right) / 2
        return (
            f'<text class="{kind}" x="{x + (-8 if is_left else 8):.1f}" y="{max(y, 12):.1f}"'
            f' text-anchor="{"end" if is_left else "start"}">{escape(text)}</text>'
        )

    def hits(self, tips: Iterable[str]) -> Iterable[str]:
        """What a pointer meets: one stripe for each day, with its numbers as a title."""
        for index, tip in enumerate(tips):
            yield (
                f'<rect class="hit" x="{self.x(index):.2f}" y="{TOP}" width="{self.step:.2f}"'
                f' height="{self.size.height - BOTTOM - TOP:.1f}"><title>{escape(tip)}</title></rect>'
            )


def figure(name: str, title: str, description: str, draw: Callable[[Size], Iterable[str]]) -> str:
    """Both drawings of a chart."""
    return "".join(
        f'<svg class="{size.name}" viewBox="0 0 {size.width:g} {size.height:g}" role="img"'
        f' aria-labelledby="{name}-{size.name}-title {name}-{size.name}-text">'
        f'<title id="{name}-{size.name}-title">{escape(title)}</title>'
        f'<desc id="{name}-{size.name}-text">{escape(description)}</desc>'
        f"{''.join(draw(size))}</svg>"
        for size in SIZES
    )


def daily_chart(days: list[Day], money: Money) -> str:
    """Spend by day with baseline and threshold, spikes marked; beneath it what the detector finds, and each day's
    verdict."""
    highest = max(days, key=lambda day: day.charges)
    spikes = [day for day in days if is_spike(day)]
    detected = [day for day in days if day.detection.is_spike]
    leaks = [day for day in days if day.detection.is_leak]
    usual = [
        (index, day.detection.expected_spend, day.detection.upper_bound)
        for index, day in enumerate(days)
        if day.detection.verdict is not Verdict.INSUFFICIENT_DATA
    ]
    thresholds = [day.spike.threshold for day in days if day.spike]
    top = max(highest.charges, min(max(thresholds, default=0.0), 2 * highest.charges))
    low = min(0.0, *(day.credits for day in days), 0.0)

    def draw(size: Size) -> Iterable[str]:
        frame = Frame(size, days[0].day, len(days), low, top, RIBBON)
        yield from frame.axes(money)
        width = min(frame.step - min(1.5, frame.step * 0.2), 48)
        for index, day in enumerate(days):
            for kind, amount in (("spike" if is_spike(day) else "spend", day.charges), ("credit", day.credits)):
                if amount:
                    y, zero = frame.y(max(amount, 0.0)), frame.y(min(amount, 0.0))
                    yield (
                        f'<rect class="bar {kind}" x="{frame.x(index + 0.5) - width / 2:.2f}" y="{y:.2f}"'
                        f' width="{width:.2f}" height="{zero - y:.2f}"/>'
                    )
        yield frame.band("usual", usual)
        found = [(index, day.spike) for index, day in enumerate(days) if day.spike]
        yield frame.line("threshold", [(index, spike.threshold) for index, spike in found])
        yield frame.line("baseline", [(index, spike.baseline_mean) for index, spike in found])
        for index, day in enumerate(days):
            if is_spike(day):
                x, y = frame.x(index + 0.5), frame.y(day.charges) - 4
                half = min(4.0, frame.step)
                yield f'<path class="flag" d="M{x:.1f} {y:.1f}l{-half:.1f} -7h{2 * half:.1f}z"/>'
        if spikes:
            top_spike = max(spikes, key=lambda day: day.charges)
            index = days.index(top_spike)
            while 2 * index > len(days) and is_spike(days[index - 1]):
                index -= 1  # the text goes next to the marks of its neighbours
            text = f"{day_month(top_spike.day)}: {money(top_spike.charges)}"
            yield frame.note(index + 0.5, frame.y(top_spike.charges) - 3, text, "note strong")
        base = size.height - BOTTOM
        yield from detector_marks(frame, days, base - DETECTOR)
        for index, day in enumerate(days):
            tall = SEVERITY[day.guard.action]
            yield (
                f'<rect class="verdict {day.guard.action.name.lower()}" x="{frame.x(index):.2f}"'
                f' y="{base - tall}" width="{frame.step + 0.02:.2f}" height="{tall}"/>'
            )
        if size.name == "wide":
            for text, y in (("Detector", base - DETECTOR + 4), ("Verdict", base - 2)):
                yield f'<text class="axis" x="{size.left - 7}" y="{y}" text-anchor="end">{text}</text>'
        yield from frame.hits(daily_tip(day, money) for day in days)

    description = (
        f"{plural(len(days), 'day')} from {full_date(days[0].day)} to {full_date(days[-1].day)}. The highest is"
        f" {full_date(highest.day)} with {money(highest.charges)}. {plural(len(spikes), 'day')} above the"
        f" threshold. The detector finds {plural(len(detected), 'spike')} and a slow leak on"
        f" {plural(len(leaks), 'day')}. The table of decisions has every number."
    )
    return figure("daily", "Spend by day", description, draw)


def detector_marks(frame: Frame, days: list[Day], y: float) -> Iterable[str]:
    """A ring for a spike, a bar for a leak."""
    radius = max(2.5, min(4.5, frame.step * 0.45))
    for index, day in enumerate(days):
        x = frame.x(index)
        if day.detection.is_leak:
            yield f'<rect class="leak" x="{x:.2f}" y="{y - 2}" width="{frame.step + 0.02:.2f}" height="4"/>'
        if day.detection.is_spike:
            yield f'<circle class="detected" cx="{x + frame.step / 2:.2f}" cy="{y}" r="{radius:.1f}"/>'


def daily_tip(day: Day, money: Money) -> str:
    lines = [full_date(day.day), f"Charges  {money(day.charges)}"]
    if day.credits:
        lines.append(f"Credits  {money(day.credits)}")
    if day.spike:
        lines += [f"Baseline  {money(day.spike.baseline_mean)}", f"Threshold  {money(day.spike.threshold)}"]
    lines.append(": ".join(filter(None, [verdict(day), reasons(day)])))
    if day.detection.verdict is not Verdict.INSUFFICIENT_DATA:
        lines.append(f"Detector expects  {money(day.detection.expected_spend)}")
    return "\n".join([*lines, f"Detector: {detector_finding(day) or 'normal'}"])


def month_chart(days: list[Day], settings: Settings, money: Money, forecast: MonthForecast | None) -> str:
    """Each month's running total against the budget, and where the last month is heading."""
    ahead = forecast.length - days[-1].day.day if forecast else 0
    months = [list(group) for group in by_month(days)]
    totals = [day.month_to_date for day in days]
    top = max([*totals, settings.limit, forecast.upper if forecast else 0.0])
    # A budget far above all spend would press the line flat.
    is_far = settings.limit > 4 * max([*totals, forecast.upper if forecast else 0.0, 0.0]) > 0
    if is_far:
        top = max([*totals, forecast.upper if forecast else 0.0])
    low = min(0.0, *totals, 0.0)

    def draw(size: Size) -> Iterable[str]:
        frame = Frame(size, days[0].day, len(days) + ahead, low, top)
        yield from frame.axes(money)
        for month in months:
            yield from month_marks(frame, month, months.index(month) == len(months) - 1 and bool(ahead))
        if forecast:
            yield from forecast_marks(frame, forecast)
        if not is_far:
            warning = settings.limit * settings.warning_ratio
            if settings.warning_ratio < 1:
                yield frame.level("warning", warning, "")
            label = f"Budget {money(settings.limit)}" if size.name == "wide" else ""
            yield frame.level("limit", settings.limit, label)
        yield from frame.hits(month_tip(day, money) for day in days)

    def forecast_marks(frame: Frame, forecast: MonthForecast) -> Iterable[str]:
        x, y = frame.x(len(days)), frame.y(days[-1].month_to_date)
        end = frame.x(len(days) + ahead)
        yield (
            f'<path class="band" d="M{x:.1f} {y:.1f}L{end:.1f} {frame.y(forecast.upper):.1f}'
            f'V{frame.y(forecast.lower):.1f}Z"/>'
            f'<path class="forecast" d="M{x:.1f} {y:.1f}L{end:.1f} {frame.y(forecast.expected):.1f}"/>'
        )
        text = money.short(forecast.expected)
        if frame.size.name == "wide":
            text = f"forecast {text}"
        yield frame.note(len(days) + ahead + 0.5, frame.y(forecast.upper) - 6, text, "note strong")

    def month_marks(frame: Frame, month: list[Day], is_open: bool) -> Iterable[str]:
        start = (month[0].day - days[0].day).days
        xs = [frame.x(start + index + 1) for index in range(len(month))]
        ys = [frame.y(day.month_to_date) for day in month]
        points = [f"{x:.1f} {y:.1f}" for x, y in zip(xs, ys)]
        foot = frame.y(0.0)
        line = f"M{frame.x(start):.1f} {foot:.1f}L{'L'.join(points)}"
        yield f'<path class="area" d="{line}V{foot:.1f}Z"/><path class="total" d="{line}"/>'
        has_notes = len(months) <= (8 if frame.size.name == "wide" else 4)
        breach = next((index for index, day in enumerate(month) if day.budget.is_breached), None)
        if breach is not None:
            yield f'<path class="over" d="M{"L".join(points[breach:])}"/>'
            radius = 4.5 if has_notes else 3
            yield f'<circle class="breach" cx="{xs[breach]:.1f}" cy="{ys[breach]:.1f}" r="{radius}"/>'
            if has_notes:
                text = f"breached {day_month(month[breach].day)}"
                yield before(xs[breach] - 9, ys[breach] - 8, text, "note strong")
        is_clear = breach is None or ys[breach] - ys[-1] > 18
        if has_notes and is_clear and not is_open:
            yield before(xs[-1] - 6, ys[-1] - 8, money.short(month[-1].month_to_date), "note")

    def before(x: float, y: float, text: str, kind: str) -> str:
        return f'<text class="{kind}" x="{x:.1f}" y="{max(y, 12):.1f}" text-anchor="end">{escape(text)}</text>'

    breached = [month_year(month[0].day) for month in months if month[-1].budget.is_breached]
    description = (
        f"Running totals of {plural(len(months), 'month')} against a budget of {money(settings.limit)} each."
        f" {'Breached in ' + ', '.join(breached) if breached else 'Not breached'}."
        + (f" {month_year(forecast.first)} is expected to cost {money(forecast.expected)}." if forecast else "")
    )
    return figure("month", "Month to date against the budget", description, draw)


def month_tip(day: Day, money: Money) -> str:
    return (
        f"{full_date(day.day)}\nMonth to date  {money(day.month_to_date)}"
        f"\nUsed  {percent(day.budget.usage_ratio)}\nLeft  {money(day.budget.remaining_budget)}"
    )


def by_month(days: list[Day]) -> Iterable[list[Day]]:
    month: list[Day] = []
    for day in days:
        if month and day.day.day == 1:
            yield month
            month = []
        month.append(day)
    yield month
