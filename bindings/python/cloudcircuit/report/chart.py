"""The charts as SVG: spend by day, and the running month with its forecast. Colours come from the style sheet, so that
they follow light and dark.

Each chart is drawn twice, for wide screens and for phones; the style sheet shows one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from html import escape

from .frame import SIZES, Frame, Size
from .judge import Judged, Outlook
from .tables import found_words
from .wording import Money, day_month, full_date, month_year, plural

MARKED_SHARE = 0.05
"""A day's excess has a mark from this share of its charges on."""


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


@dataclass(slots=True)
class Flagged:
    """What was found on a day, in all groups."""

    words: list[str] = field(default_factory=list)
    excess: float = 0.0


def flagged_days(judged: Judged) -> dict[date, Flagged]:
    """Days with a spike or a leak."""
    found: dict[date, Flagged] = {}
    for finding in judged.findings:
        if finding.expected is None:
            continue
        here = found.setdefault(finding.day, Flagged())
        here.excess += max(finding.excess, 0.0)
        words = found_words(finding)
        here.words.append(f"{finding.group}: {words}" if finding.group else words)
    return found


def daily_chart(judged: Judged, money: Money, month: date | None = None) -> str:
    """Charges of each day as bars, credits below them. What was above expectation on flagged days stands out, and has a
    mark where it was a good part of the day. One month, or all days."""
    days = [day for day in judged.whole.days if month in (None, day.replace(day=1))]
    none = Decimal(0), Decimal(0), Decimal(0)
    spent = {day: tuple(float(amount) for amount in judged.whole.cells.get(day, none)[:2]) for day in days}
    flagged, missing = flagged_days(judged), set(judged.missing)
    excess = {day: min(flagged[day].excess, spent[day][0]) for day in days if day in flagged}
    highest = max(days, key=lambda day: spent[day][0])
    marked = [day for day, above in excess.items() if above >= MARKED_SHARE * spent[day][0] > 0]
    low = min(0.0, *(credits for _, credits in spent.values()), 0.0)

    def draw(size: Size) -> Iterable[str]:
        frame = Frame(size, days[0], len(days), low, spent[highest][0])
        width = min(frame.step - min(2.0, frame.step * 0.2), 48)

        def bar(kind: str, index: int, upper: float, lower: float) -> str:
            y, height = frame.y(upper), max(frame.y(lower) - frame.y(upper), 0.6)
            x = frame.x(index + 0.5) - width / 2
            return f'<rect class="bar {kind}" x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}"/>'

        yield from frame.axes(money)
        for index, day in enumerate(days):
            charges, credits = spent[day]
            if day in missing:
                yield (
                    f'<rect class="missing" x="{frame.x(index):.2f}" y="{frame.top:g}" width="{frame.step:.2f}"'
                    f' height="{frame.bottom - frame.top:.1f}"/>'
                )
            if charges:
                yield bar("spend", index, charges, 0.0)
            if excess.get(day):
                yield bar("flagged", index, charges, charges - excess[day])
            if credits:
                yield bar("credit", index, 0.0, credits)
        for day in marked:
            x, y = frame.x((day - days[0]).days + 0.5), frame.y(spent[day][0]) - 4
            half = min(4.0, max(frame.step / 2, 2.5))
            yield f'<path class="flag" d="M{x:.1f} {y:.1f}l{-half:.1f} -7h{2 * half:.1f}z"/>'
        if marked:
            top = max(marked, key=lambda day: spent[day][0])
            text = f"{day_month(top)}: {money(spent[top][0])}"
            yield frame.above((top - days[0]).days + 0.5, frame.y(spent[top][0]) - 16, text)
        yield from frame.hits(
            daily_tip(day, spent[day], flagged.get(day, Flagged()).words, day in missing, money) for day in days
        )

    period = month_year(month) if month else f"{full_date(days[0])} to {full_date(days[-1])}"
    description = (
        f"{plural(len(days), 'day')}, {period}. The highest is {full_date(highest)} with {money(spent[highest][0])}."
        f" {plural(len(excess), 'day')} flagged. The table of findings has every one."
    )
    return figure(f"daily-{month:%Y-%m}" if month else "daily-all", f"Spend by day, {period}", description, draw)


def daily_tip(day: date, spent: tuple[float, ...], found: list[str], is_missing: bool, money: Money) -> str:
    if is_missing:
        return f"{full_date(day)}\nNo row in the bill"
    lines = [full_date(day), f"Charges  {money(spent[0])}"]
    if spent[1]:
        lines.append(f"Credits  {money(spent[1])}")
    more = [f"and {len(found) - 4} more"] if len(found) > 4 else []
    return "\n".join([*lines, *found[:4], *more])


def month_chart(judged: Judged, outlook: Outlook, money: Money, limit: float | None) -> str:
    """The running month's total so far, the fan of its forecast, and the month before for comparison."""
    start = judged.last.replace(day=1)
    so_far = _running(judged, start, judged.last)
    before_end = start - timedelta(days=1)
    before = _running(judged, before_end.replace(day=1), before_end) if judged.bill.first < start else []
    top = max([*so_far, *before, *(upper for *_, upper in outlook.fan), 0.0])
    is_far = limit is not None and limit > 2.5 * top
    high = top if limit is None or is_far else max(top, limit)
    low = min([*so_far, *before, *(lower for _, lower, *_ in outlook.fan), 0.0])
    days = (outlook.ends - start).days + 1

    def draw(size: Size) -> Iterable[str]:
        frame = Frame(size, start, days, low, high)
        yield from frame.axes(money)

        def points(amounts: Iterable[tuple[int, float]]) -> str:
            return "L".join(f"{frame.x(index):.1f} {frame.y(amount):.1f}" for index, amount in amounts)

        if before:
            yield f'<path class="before" d="M{points(enumerate([0.0, *before[:days]]))}"/>'
        line = list(enumerate([0.0, *so_far]))
        foot = frame.y(0.0)
        yield f'<path class="area" d="M{points(line)}V{foot:.1f}H{frame.x(0):.1f}Z"/>'
        now = line[-1]
        fan = [now, *(((day - start).days + 1, upper) for day, _, _, upper in outlook.fan)]
        back = [((day - start).days + 1, lower) for day, lower, *_ in reversed(outlook.fan)]
        yield f'<path class="band" d="M{points([*fan, *back])}Z"/>'
        middle = [now, *(((day - start).days + 1, expected) for day, _, expected, _ in outlook.fan)]
        yield f'<path class="forecast" d="M{points(middle)}"/><path class="total" d="M{points(line)}"/>'
        if limit is not None and not is_far:
            yield frame.level("limit", limit, f"Budget {money.short(limit)}")
        is_late = now[0] > days / 6
        yield (
            f'<text class="note strong" x="{frame.x(now[0]) + (-6 if is_late else 8):.1f}"'
            f' y="{frame.y(now[1]) + (-8 if is_late else 14):.1f}" text-anchor="{"end" if is_late else "start"}">'
            f"{escape(money.short(now[1]))}</text>"
        )
        text = f"{money.short(outlook.lower)} to {money.short(outlook.upper)}"
        yield (
            f'<text class="note strong" x="{frame.right:.1f}" y="{max(frame.y(outlook.upper) - 10, 12):.1f}"'
            f' text-anchor="end">{escape(text)}</text>'
        )
        tips = [
            f"{day_month(start + timedelta(days=i))}\nSo far  {money(amount)}" for i, amount in enumerate(so_far)
        ]
        tips += [
            f"{day_month(day)}\nExpected  {money(expected)}\nLow  {money(lower)}\nHigh  {money(upper)}"
            for day, lower, expected, upper in outlook.fan
        ]
        yield from frame.hits(tips)

    description = (
        f"{month_year(start)} has cost {money(so_far[-1])} by {full_date(judged.last)} and is expected to cost"
        f" {money(outlook.expected)}, in eight months of ten from {money(outlook.lower)} to {money(outlook.upper)}."
        + (f" The budget is {money(limit)}." if limit is not None else "")
    )
    return figure("month", f"{month_year(start)} and its forecast", description, draw)


def _running(judged: Judged, start: date, end: date) -> list[float]:
    """The net total by the end of each day."""
    total, found = Decimal(0), []
    for index in range((end - start).days + 1):
        charges, credits, _ = judged.whole.cells.get(start + timedelta(days=index), (Decimal(0),) * 3)
        total += charges + credits
        found.append(float(total))
    return found
