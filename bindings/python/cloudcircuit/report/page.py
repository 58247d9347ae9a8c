"""One HTML document that loads nothing: its own policy forbids it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from html import escape
from pathlib import Path

import cloudcircuit

from .bill import Bill
from .chart import daily_chart, month_chart
from .drivers import Driver
from .judge import Judged
from .tables import Cell, Column, Table, is_whole, used
from .wording import Money, full_date, month_year, percent, plural

HERE = Path(__file__).parent
NEEDED_DAYS = 14
"""The detector judges a day with 13 known ones before it."""
SHOWN = 20
"""Rows of a table that the page starts with; a search looks through all."""
NUMBERS = ("money", "change", "percent", "count")
SIGNS = {"block": "\u25a0", "throttle": "\u25bc", "alert": "\u25b2", "allow": "\u25cf"}


def page(title: str, judged: Judged, tables: list[Table]) -> str:
    money = money_of(judged.bill)
    body = [*_header(title, judged, money), *banner(judged), *_tiles(judged, money), *_picker(judged)]
    charts = _charts(judged, money)
    if not judged.findings:
        body.append(_nothing_found(judged))
    for table in tables:
        if table.key != "findings" and charts:
            body += charts
            charts = []
        body += _section(table, money)
    return _document(title, [*body, *charts, *_footer(judged)], _data(tables, money))


def refusal(title: str, reason: str) -> str:
    """The page of a bill that cannot be judged: it says so, so that no old page is taken for the new one."""
    return _document(
        title,
        [
            f"<header><h1>{escape(title)}</h1></header>\n<main>\n<section class='banner bad' role='alert'>"
            f"<h2>This bill cannot be judged</h2><p>{escape(reason)}</p><p>Without data no safeguard can say that"
            " spend is fine: treat it as missing.</p></section>\n</main>\n"
        ],
        "{}",
    )


def money_of(bill: Bill) -> Money:
    return Money(bill.currency, float(max(bill.charges, -bill.credits)))


def _document(title: str, body: list[str], data: str) -> str:
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        f" style-src 'unsafe-inline'; script-src 'sha256-{digest}'\">\n"
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{''.join(body)}"
        f'<script type="application/json" id="data">{data}</script>\n<script>{script}</script>\n</body>\n</html>\n'
    )


def _header(title: str, judged: Judged, money: Money) -> Iterable[str]:
    yield f"<header>\n<h1>{escape(title)}</h1>\n<p>{full_date(judged.bill.first)} to {full_date(judged.last)}"
    yield f" \u00b7 amounts in {escape(money.unit)} \u00b7 {plural(judged.bill.rows_used, 'row')} of"
    yield f" {escape(judged.bill.name)}</p>\n</header>\n<main>\n"


def left_out_words(judged: Judged) -> list[str]:
    """What the numbers do not hold, one line each."""
    bill = judged.bill
    found = [
        f"{plural(one.rows, 'row')} left out: {one.reason}"
        + (f", \u201c{one.example}\u201d" if one.example.strip() else "")
        + f" (first at {one.where})"
        for one in bill.left_out
    ]
    money = {currency: Money(currency, float(total)) for currency, total in bill.others.items()}
    found += [
        f"Not in this report: {money[currency](total)} in {currency}" for currency, total in bill.others.items()
    ]
    return found


def remarks(judged: Judged) -> list[str]:
    """What a reader should know of the bill, and how it was judged."""
    bill, found = judged.bill, [note[0].upper() + note[1:] for note in judged.bill.notes]
    if judged.last < bill.last:
        days = (bill.last - judged.last).days
        which = full_date(bill.last) if days == 1 else f"The last {days} days, up to {full_date(bill.last)},"
        found.append(
            f"{which} {'is' if days == 1 else 'are'} not over yet and left out; the total has {'it' if days == 1 else 'them'}"
        )
    if judged.missing:
        found.append(f"{plural(len(judged.missing), 'day')} without any row, taken as missing and not as 0")
    if judged.negative_days:
        found.append(
            f"{plural(judged.negative_days, 'day')} of a group below 0 by credits, judged as 0; budgets see the exact total"
        )
    return found


def banner(judged: Judged) -> Iterable[str]:
    """What the reader must know before the first number."""
    bad, notes = left_out_words(judged), remarks(judged)
    for kind, role, title, lines in (
        ("bad", "alert", _bad_title(judged), bad),
        ("note", "note", "Good to know", notes),
    ):
        if lines:
            items = "".join(f"<li>{escape(line)}</li>" for line in lines)
            yield f'<section class="banner {kind}" role="{role}"><h2>{title}</h2><ul>{items}</ul></section>\n'


def _bad_title(judged: Judged) -> str:
    count = judged.bill.rows_left_out
    return f"{plural(count, 'row')} of {judged.bill.rows_read:,} left out" if count else "More than one currency"


def _tile(kind: str, name: str, value: str, *details: str) -> str:
    shown = "".join(f'<dd class="detail">{escape(detail)}</dd>' for detail in details if detail)
    return f'<div class="tile {kind}"><dt>{escape(name)}</dt><dd class="value">{escape(value)}</dd>{shown}</div>'


def _tiles(judged: Judged, money: Money) -> Iterable[str]:
    bill = judged.bill
    yield '<dl class="tiles">'
    credits = [f"{money(bill.charges)} charges", f"{money(bill.credits)} credits"] if bill.credits else []
    effective = "" if bill.effective is None else f"{money(bill.effective)} effective cost"
    yield _tile("", "Billed", money(bill.billed), *credits, effective)
    month = judged.last.replace(day=1)
    ahead = judged.outlook
    if ahead:
        yield _tile(
            "",
            f"{month_year(month)}, expected",
            money(ahead.expected),
            f"in 8 of 10 cases {money.short(ahead.lower)} to {money.short(ahead.upper)}",
        )
    elif not is_whole(judged, month):
        yield _tile("", f"{month_year(month)}, expected", "not known yet", "too few days for a forecast")
    odd = [finding for finding in judged.findings if finding.expected is not None]
    days = {finding.day for finding in odd}
    worst = max((one.action.word for one in odd), key=list(reversed(SIGNS)).index, default="allow")
    yield _tile(
        worst,
        "Days that stand out",
        f"{len(days):,}",
        f"of {plural(len(judged.whole.days), 'day')}",
        f"the last on {full_date(max(days))}" if days else "",
    )
    running = [found[-1] for found in judged.periods.values() if found]
    if running:
        reached = sum(period.breached is not None for period in running)
        ahead_of = sum(
            period.breached is None and period.forecast is not None and period.forecast.found.is_forecast_breached
            for period in running
        )
        kind = "block" if reached else "alert" if ahead_of else ""
        if len(running) == 1:
            value = f"{percent(used(running[0]))} used"
            details = [f"{money(running[0].spent)} of {money(running[0].budget.limit)}"]
        else:
            value, details = f"{reached} of {len(running):,} reached", []
        yield _tile(
            kind,
            "Budgets" if len(running) > 1 else "Budget",
            value,
            *details,
            f"{ahead_of} more forecast to be"
            if ahead_of and len(running) > 1
            else "forecast above the budget"
            if ahead_of
            else "",
        )
    yield "</dl>\n"


def _nothing_found(judged: Judged) -> str:
    days = sum(day not in judged.missing for day in judged.whole.days)
    few = (
        "" if days >= NEEDED_DAYS else f" There are {plural(days, 'day')}, too few to tell a spike from the usual."
    )
    return f'<section class="card"><h2>Nothing stands out</h2><p class="lead">{few.strip()}</p></section>\n'


def _months(judged: Judged) -> list[date]:
    return sorted({day.replace(day=1) for day in judged.whole.days}, reverse=True)


def _picker(judged: Judged) -> Iterable[str]:
    months = _months(judged)
    if len(months) < 2:
        return
    options = "".join(f'<option value="{month:%Y-%m}">{month_year(month)}</option>' for month in months)
    yield f'<p class="picker"><label>Month <select id="month"><option value="">All months</option>{options}'
    yield "</select></label></p>\n"


def _charts(judged: Judged, money: Money) -> list[str]:
    months = _months(judged)
    charts = f'<div data-chart="">{daily_chart(judged, money)}</div>'
    if len(months) > 1:
        for month in months:
            charts += f'<div data-chart="{month:%Y-%m}" hidden>{daily_chart(judged, money, month)}</div>'
    keys = [("bar spend", "charges")]
    is_flagged = any(finding.expected is not None for finding in judged.findings)
    keys += [("bar flagged", "above what was expected, on days that stand out")] if is_flagged else []
    keys += [("bar credit", "credits")] if judged.bill.credits else []
    keys += [("bar missing", "no row in the bill")] if judged.missing else []
    found = [f'<section class="card"><h2>Spend by day</h2>{charts}{_legend(keys)}</section>\n']
    if judged.outlook:
        limit = None
        if len(judged.periods) == 1 and len(judged.series) == 1:
            budget = next(iter(judged.periods.values()))[-1].budget
            limit = budget.limit if budget.period == "month" else None
        keys = [("line total", "so far"), ("band", "8 of 10 cases end in here"), ("line forecast", "expected")]
        keys += [("line before", "the month before")] if judged.bill.first < judged.last.replace(day=1) else []
        keys += [("line limit", "budget")] if limit is not None else []
        chart = month_chart(judged, judged.outlook, money, limit)
        title = f"{month_year(judged.last)} until its end"
        found.append(f'<section class="card"><h2>{title}</h2>{chart}{_legend(keys)}</section>\n')
    return found


def _legend(keys: list[tuple[str, str]]) -> str:
    return "".join(
        ['<ul class="legend">', *(f'<li><i class="{kind}"></i>{text}</li>' for kind, text in keys), "</ul>"]
    )


def _section(table: Table, money: Money) -> Iterable[str]:
    yield f'<section class="card" data-table="{table.key}"><div class="head"><h2>{escape(table.title)}</h2>'
    yield f'<button type="button" class="csv" hidden>CSV</button></div><p class="lead">{escape(table.lead)}</p>'
    if len(table.rows) > SHOWN:
        yield '<p class="find" hidden><label><span class="hidden">Search</span>'
        yield f'<input type="search" placeholder="Search {len(table.rows):,} rows"></label></p>'
    numbers = [column.kind in NUMBERS for column in table.columns]
    head = "".join(
        f'<th scope="col"{" class=number" if is_number else ""}>{escape(column.name)}</th>'
        for column, is_number in zip(table.columns, numbers)
    )
    kind = ' class="stacks"' if table.stacks else ""
    yield f'<div class="scroll"><table id="{table.key}"{kind}><thead><tr>{head}</tr></thead><tbody>'
    for row in table.rows[:SHOWN]:
        yield "<tr>" + "".join(_cell(column, cell, money) for column, cell in zip(table.columns, row)) + "</tr>"
    more = f"{SHOWN} of {len(table.rows):,} rows" if len(table.rows) > SHOWN else ""
    yield f'</tbody></table></div><p class="more">{more}</p></section>\n'


def _cell(column: Column, cell: Cell, money: Money) -> str:
    is_number = column.kind in NUMBERS
    start = f'<td{" class=number" if is_number else ""} data-name="{escape(column.name)}">'
    if column.kind == "action":
        return f'{start}<span class="badge {cell}">{SIGNS[str(cell)]} {str(cell).capitalize()}</span></td>'
    if column.kind == "drivers":
        assert isinstance(cell, list)
        items = "".join(
            f"<li>{escape(one.value or '(none)')} <b>{money.change(one.excess)}</b></li>" for one in cell
        )
        return f"{start}<ul>{items}</ul></td>" if items else f"{start}</td>"
    text = "" if cell is None else cell_text(column, cell, money)
    return f"{start}{escape(text)}</td>"


def cell_text(column: Column, cell: Cell, money: Money) -> str:
    if isinstance(cell, date):
        return month_year(cell) if column.kind == "month" else full_date(cell)
    if isinstance(cell, (Decimal, float, int)):
        if column.kind == "percent":
            return f"{float(cell) * 100:,.1f}\u2009%".replace("-", "\u2212")
        if column.kind == "count":
            return f"{cell:,}"
        return money.change(cell) if column.kind == "change" else money(cell)
    return str(cell)


def _data(tables: list[Table], money: Money) -> str:
    """All rows, for the search, the month picker and the CSV files. No `<` in it can end the element."""
    found = {
        "money": {"symbol": money.symbol, "places": money.places},
        "tables": {
            table.key: {
                "columns": [[column.name, column.kind] for column in table.columns],
                "month": table.month,
                "rows": [[_plain(cell) for cell in row] for row in table.rows],
            }
            for table in tables
        },
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _plain(cell: Cell) -> object:
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return exact(cell)
    if isinstance(cell, list):
        return [[one.value, repr(one.excess)] for one in cell if isinstance(one, Driver)]
    return cell


def exact(amount: Decimal) -> str:
    """Without the zeros that only say how it was stored."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _footer(judged: Judged) -> Iterable[str]:
    settings = judged.settings
    rule = (
        "A day stands out when the detector of libcloudcircuit finds it far above what its group usually costs at"
        " that time of the week and month (a spike), or when its cost has crept up (a slow leak)."
        if settings.rule == "detector"
        else "A day stands out when it is above 1.5 times the mean of the days before it."
    )
    yield f"</main>\n<footer><h2>How this was decided</h2><p>{rule} A group's days count from its first row. Days"
    yield " are days in UTC. All amounts were added exactly."
    yield f" libcloudcircuit {cloudcircuit.library_version}.</p></footer>\n"
