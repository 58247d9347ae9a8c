"""The page around the charts: numbers at a glance, breakdowns, decisions, how it was decided."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from pathlib import Path

import cloudcircuit
from cloudcircuit import Action, Verdict

from .bill import Bill, Total
from .chart import daily_chart, detector_finding, is_detected, is_spike, month_chart, reasons, verdict
from .replay import Day, MonthForecast, Settings, by_action, detect_config
from .wording import Money, day_month, full_date, month_year, percent, plural

HERE = Path(__file__).parent
MOST_SHARES = 8
MOST_REJECTED = 20
NO_BREAK = "\u00a0"
SIGNS = {Action.BLOCK: "\u25a0", Action.THROTTLE: "\u25bc", Action.ALERT: "\u25b2", Action.ALLOW: "\u25cf"}


def page(title: str, bill: Bill, days: list[Day], settings: Settings, forecast: MonthForecast | None) -> str:
    """One HTML document that loads nothing: its own policy forbids it."""
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    body = "".join(report(title, bill, days, settings, forecast) if days else nothing(title, bill))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        f" style-src 'unsafe-inline'; script-src 'sha256-{digest}'\">\n"
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{body}"
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def nothing(title: str, bill: Bill) -> Iterable[str]:
    yield f"<header><h1>{escape(title)}</h1></header>\n<main>\n"
    yield (
        '<section class="empty" role="alert"><h2>Nothing to judge</h2>'
        f"<p>{escape(bill.name)} has no row that can be used, of {plural(bill.rows, 'row')}. Without data no"
        " safeguard can say that spend is fine: treat it as missing.</p></section>\n"
    )
    yield from rejected(bill)
    yield "</main>\n"


def report(
    title: str, bill: Bill, days: list[Day], settings: Settings, forecast: MonthForecast | None
) -> Iterable[str]:
    money = Money(bill.currency or "", max(bill.charges.value, -bill.credits.value))
    yield f"<header>\n<h1>{escape(title)}</h1>\n<p>{full_date(bill.first)} to {full_date(bill.last)}"
    yield f" \u00b7 amounts in {escape(money.unit)} \u00b7 {plural(bill.rows - len(bill.rejected), 'row')} of"
    yield f" {escape(bill.name)}</p>\n</header>\n<main>\n"
    yield from tiles(bill, days, settings, forecast, money)
    yield section(
        "daily",
        "Spend by day",
        "Charges of each day. A spike is a day above the threshold,"
        f" {settings.multiplier:g} times the mean of all days before it"
        + (f", taken as {escape(money(settings.floor))} at least." if settings.floor else ".")
        + " The detector is a second opinion: it knows weekdays and the starts of months, and has no say in the"
        " verdict.",
        legend(
            ("bar spend", "charges"),
            ("bar spike", "spike"),
            *([("bar credit", "credits")] if bill.credit_rows else []),
            ("line baseline", "baseline"),
            ("line threshold", "threshold"),
            ("bar usual", "detector: expected to upper bound"),
        )
        + daily_chart(days, money)
        + legend(
            ("detected", "detector: spike"),
            ("leak", "detector: slow leak"),
            *((f"bar {action.name.lower()}", name) for action, name in NAMES.items()),
        ),
    )
    yield section(
        "month",
        "Month to date against the budget",
        f"The budget is {escape(money(settings.limit))} a calendar month, with a warning from"
        f" {settings.warning_ratio:.0%} of it. Credits count.",
        legend(
            ("line total", "running total"),
            ("line over", "over budget"),
            ("line limit", "budget"),
            ("line warning", "warning"),
            *([("line forecast", "forecast"), ("bar band", "range that holds 8 times in 10")] if forecast else []),
        )
        + month_chart(days, settings, money, forecast),
    )
    yield from breakdowns(bill, money)
    yield from decisions(days, money)
    yield from rejected(bill)
    yield from method(bill, settings, forecast)
    yield "</main>\n"


NAMES = {Action.ALLOW: "allow", Action.ALERT: "alert", Action.THROTTLE: "throttle", Action.BLOCK: "block"}


def section(name: str, title: str, text: str, content: str) -> str:
    return (
        f'<section class="card" aria-labelledby="{name}-heading">\n<h2 id="{name}-heading">{title}</h2>\n'
        f'<p class="lead">{text}</p>\n{content}\n</section>\n'
    )


def legend(*entries: tuple[str, str]) -> str:
    return (
        '<ul class="legend">'
        + "".join(f'<li><i class="{kind}"></i>{escape(text)}</li>' for kind, text in entries)
        + "</ul>"
    )


def tile(label: str, value: str, details: list[str], kind: str = "", meter: float | None = None) -> str:
    """Details are phrases that no line breaks."""
    parts = [
        f"<dt>{escape(label)}</dt>",
        f'<dd class="value">{escape(value).replace(NO_BREAK, " ")}</dd>',
    ]
    if meter is not None:
        width = f"{min(meter, 1.0) * 100:.1f}%"
        parts.append(f'<dd class="meter {kind}" aria-hidden="true"><span style="width:{width}"></span></dd>')
    *others, last = details
    phrases = [*(f"{other}," for other in others), last]
    detail = " ".join(f'<span class="phrase">{escape(phrase)}</span>' for phrase in phrases)
    parts.append(f'<dd class="detail">{detail}</dd>')
    return f'<div class="tile {kind}">{"".join(parts)}</div>\n'


def tiles(
    bill: Bill, days: list[Day], settings: Settings, forecast: MonthForecast | None, money: Money
) -> Iterable[str]:
    last, counts = days[-1], by_action(days)
    yield '<dl class="tiles">\n'
    parts = [f"{money(bill.charges.value)} charges", f"{money(bill.credits.value)} credits"]
    yield tile("Billed", money(bill.billed), parts if bill.credit_rows else ["no credits"])
    kind = "block" if last.budget.is_breached else "alert" if last.budget.is_warning else ""
    yield tile(
        f"{month_year(last.day)} so far",
        money(last.month_to_date),
        [f"{percent(last.budget.usage_ratio)} of {money(settings.limit)}"],
        kind,
        last.budget.usage_ratio,
    )
    if forecast:
        detail = [f"{money.short(forecast.lower)} to {money.short(forecast.upper)}"]
        if forecast.exhaustion:
            detail.append(f"budget reached {full_date(forecast.exhaustion)}")
        kind = "block" if forecast.is_breached else ""
        yield tile(f"{month_year(forecast.first)} forecast", money(forecast.expected), detail, kind)
    spikes = [day for day in days if is_spike(day)]
    if spikes:
        worst = max(spikes, key=lambda day: day.charges)
        assert worst.spike
        above = money(worst.charges - worst.spike.baseline_mean)
        details = [f"worst {full_date(worst.day)}", f"{above} above its baseline"]
        yield tile("Spikes", plural(len(spikes), "day"), details, "throttle")
    else:
        yield tile("Spikes", "none", ["no day above its threshold"])
    yield detector_tile(days, money)
    found = [f"{counts[action]:,} {done}" for action, done in DONE.items() if counts[action]]
    kind = next((action.name.lower() for action in Action if counts[action] and action is not Action.ALLOW), "")
    findings = len(days) - counts[Action.ALLOW]
    yield tile("Days acted on", f"{findings:,} of {len(days):,}", found or ["all allowed"], kind)
    yield "</dl>\n"


def detector_tile(days: list[Day], money: Money) -> str:
    spikes = [day for day in days if day.detection.is_spike]
    leaks = [day for day in days if day.detection.is_leak]
    if all(day.detection.verdict is Verdict.INSUFFICIENT_DATA for day in days):
        return tile("Detector", "no opinion", ["too few days"])
    details = ["nothing above its bound"]
    if spikes:
        worst = max(spikes, key=lambda day: day.detection.excess)
        above = money(worst.detection.excess)
        details = [f"worst {full_date(worst.day)}", f"{above} above expected"]
    details.append(
        f"slow leak on {plural(len(leaks), 'day')} from {day_month(leaks[0].day)}" if leaks else "no slow leak"
    )
    value = plural(len(spikes), "spike") if spikes else "slow leak" if leaks else "none"
    return tile("Detector", value, details, "detector" if spikes or leaks else "")


DONE = {Action.BLOCK: "blocked", Action.THROTTLE: "throttled", Action.ALERT: "alerted"}


def breakdowns(bill: Bill, money: Money) -> Iterable[str]:
    parts = [share_table(title, totals, money) for title, totals in bill.breakdowns.items() if any(totals)]
    if parts:
        yield f'<div class="columns">\n{"".join(parts)}</div>\n'


def share_table(title: str, totals: dict[str, Total], money: Money) -> str:
    """The largest by amount, with the rest in one row; shares are of the sum of what is above 0."""
    amounts = sorted(((total.value, name) for name, total in totals.items()), key=lambda pair: (-pair[0], pair[1]))
    if len(amounts) > MOST_SHARES + 1:
        rest = Total()
        for amount, _ in amounts[MOST_SHARES:]:
            rest.add(amount)
        amounts[MOST_SHARES:] = [(rest.value, f"{len(amounts) - MOST_SHARES} others")]
    whole = sum(max(amount, 0.0) for amount, _ in amounts) or 1.0
    most = max(max(amount for amount, _ in amounts), 0.0) or 1.0
    rows = "".join(
        f'<tr><th scope="row">{escape(name) or "<i>not named</i>"}</th>'
        f'<td class="share"><span style="width:{max(amount, 0.0) / most * 100:.1f}%"></span></td>'
        f'<td class="number">{escape(money(amount))}</td>'
        f'<td class="number quiet">{percent(max(amount, 0.0) / whole)}</td></tr>\n'
        for amount, name in amounts
    )
    return (
        f'<section class="card" aria-labelledby="{title}-heading"><h2 id="{title}-heading">By {title}</h2>'
        f'<table class="shares" id="{title}"><thead class="hidden"><tr>'
        f'<th scope="col">{title.capitalize()}</th><td></td><th scope="col">Billed</th><th scope="col">Share</th>'
        f"</tr></thead><tbody>\n{rows}</tbody></table></section>\n"
    )


def decisions(days: list[Day], money: Money) -> Iterable[str]:
    findings = sum(has_finding(day) for day in days)
    yield '<section class="card" aria-labelledby="decisions-heading">\n<h2 id="decisions-heading">Decisions</h2>\n'
    if findings:
        checked = " checked" if findings < len(days) and len(days) > 14 else ""
        text = f"Only the {plural(findings, 'day')} with a finding"
        yield f'<input type="checkbox" id="only"{checked}><label for="only">{text}</label>\n'
    yield '<div class="scroll" tabindex="0" role="region" aria-labelledby="decisions-heading">\n'
    yield '<table id="decisions">\n<thead><tr>'
    yield '<th scope="col">Day</th><th scope="col">Verdict</th>'
    for head in ("Spend", "Baseline", "Threshold", "Month to date", "Used"):
        yield f'<th scope="col" class="number">{head}</th>'
    yield '<th scope="col">Reasons</th><th scope="col" class="number">Expected</th>'
    yield '<th scope="col">Detector</th></tr></thead>\n<tbody>\n'
    for day in days:
        yield decision(day, money)
    yield "</tbody>\n</table>\n</div>\n</section>\n"


def has_finding(day: Day) -> bool:
    return day.guard.action is not Action.ALLOW or is_detected(day)


def decision(day: Day, money: Money) -> str:
    action = day.guard.action
    numbers = [
        money(day.spend),
        money(day.spike.baseline_mean) if day.spike else "\u2013",
        money(day.spike.threshold) if day.spike else "\u2013",
        money(day.month_to_date),
        percent(day.budget.usage_ratio),
    ]
    is_judged = day.detection.verdict is not Verdict.INSUFFICIENT_DATA
    expected = escape(money(day.detection.expected_spend)) if is_judged else "\u2013"
    cells = "".join(f'<td class="number">{escape(number)}</td>' for number in numbers)
    return (
        f'<tr class="{action.name.lower()}{"" if has_finding(day) else " quiet"}">'
        f'<th scope="row"><time datetime="{day.day}">{full_date(day.day)}</time></th>'
        f'<td><span class="badge {action.name.lower()}"><span aria-hidden="true">{SIGNS[action]}</span>'
        f' {verdict(day)}</span></td>{cells}<td class="reasons">{reasons(day)}</td><td class="number">{expected}</td>'
        f'<td class="{"mark" if is_detected(day) else "quiet"}">{detector_finding(day)}</td></tr>\n'
    )


def rejected(bill: Bill) -> Iterable[str]:
    if not bill.rejected:
        return
    yield (
        '<section class="card warn" aria-labelledby="rejected-heading"><h2 id="rejected-heading">'
        f"{plural(len(bill.rejected), 'row')} left out</h2>"
        '<p class="lead">They could not be read, and are in none of the numbers above.</p><ul id="rejected">'
    )
    for line, reason in bill.rejected[:MOST_REJECTED]:
        yield f"<li>Line {line:,}: {escape(reason)}</li>"
    if len(bill.rejected) > MOST_REJECTED:
        yield f"<li>and {len(bill.rejected) - MOST_REJECTED:,} more</li>"
    yield "</ul></section>\n"


def method(bill: Bill, settings: Settings, forecast: MonthForecast | None) -> Iterable[str]:
    yield "<footer><h2>How it was decided</h2>\n<ul>\n"
    lines = [
        f"Every day is replayed in order by libcloudcircuit {cloudcircuit.library_version}; the same bill and"
        " settings give the same answer on any machine.",
        "Budget: the calendar month\u2019s total so far, credits included, taken as 0 when below;"
        f" warning from {settings.warning_ratio:g} of {settings.limit:g}, breached from the limit.",
        f"Spike: the day\u2019s charges above {settings.multiplier:g} times the mean of all days before it, taken"
        f" as {settings.floor:g} at least. Credits are left out, for they would hide a spike.",
        f"Breaker: opens after {plural(settings.failure_threshold, 'day')} in a row with a breach or a spike, and"
        f" stays open for a cooldown of {plural(settings.cooldown, 'day')}.",
        f"Detector: the library\u2019s defaults on the same charges, with the bill\u2019s dates and an expected spend"
        f" of {detect_config(bill, settings).min_baseline:g} at least. It judges from the 14th day on; no verdict"
        " depends on it. A slow leak is a week that lies as a whole above the line through the weeks before.",
        "Verdict: block on a breach or an open breaker, throttle on a spike, alert on a warning.",
        "The bill is taken as it was: what a blocked day spent still counts on the days after it.",
    ]
    if forecast:
        lines.append("Forecast: from the charges of the days so far; credits still to come are not foreseen.")
    for line in lines:
        yield f"<li>{escape(line)}</li>\n"
    yield "</ul></footer>\n"
