"""A report in a few lines: as Markdown for a chat or a pull request, as a payload for a webhook."""

from __future__ import annotations

import json
from collections.abc import Iterable

from .drivers import Driver, Drivers
from .judge import Finding, Judged
from .page import left_out_words, money_of, remarks
from .tables import found_words, label, used
from .wording import Money, full_date, month_year, percent, plural

MOST = 8
"""Findings and budgets in a summary, the latest or fullest first."""


def markdown(title: str, judged: Judged, drivers: Drivers) -> str:
    lines = [f"## {_escaped(title)}", "", f"**{_headline(judged)}**", ""]
    lines += [f"> :warning: {_escaped(line)}" for line in left_out_words(judged)]
    lines += [f"> {_escaped(line)}" for line in remarks(judged)] + [""]
    money = money_of(judged.bill)
    findings = judged.findings[:MOST]
    if findings:
        lines += ["| day | group | action | found | spent | above expected | driven by |"]
        lines += ["| --- | --- | --- | --- | ---: | ---: | --- |"]
        for one in findings:
            cells = [
                full_date(one.day),
                label(judged, one.group) if "name" in judged.bill.has else "whole bill",
            ]
            cells += [one.action.word, found_words(one), money(one.spent)]
            cells += ["" if one.expected is None else money.change(one.excess)]
            cells += [", ".join(_driven(one, drivers, money))]
            lines.append("| " + " | ".join(_escaped(cell).replace("|", "\\|") for cell in cells) + " |")
        if len(judged.findings) > MOST:
            lines += ["", f"and {plural(len(judged.findings) - MOST, 'more finding')} before."]
    else:
        lines.append("Nothing stands out.")
    budgets = list(_budgets(judged, money))
    return (
        "\n".join([*lines, *([""] if budgets else []), *(f"- {_escaped(line)}" for line in budgets)]).rstrip()
        + "\n"
    )


def webhook(title: str, judged: Judged, drivers: Drivers) -> str:
    """A payload for hooks that take Slack's form: `text` for the notification, `blocks` for the message."""
    money = money_of(judged.bill)
    bad = left_out_words(judged)
    parts = [f"*{_mrkdwn(_headline(judged))}*"]
    parts += [f":warning: {_mrkdwn(line)}" for line in bad]
    for one in judged.findings[:MOST]:
        group = f" {label(judged, one.group)}" if "name" in judged.bill.has else ""
        above = "" if one.expected is None else f", {money.change(one.excess)} above expected"
        driven = "; ".join(_driven(one, drivers, money))
        line = f"{full_date(one.day)}{group}: {found_words(one)}, {money(one.spent)}{above}"
        parts.append(f"\u2022 {_mrkdwn(line + (f' ({driven})' if driven else ''))}")
    if not judged.findings:
        parts.append("Nothing stands out.")
    parts += [f"\u2022 {_mrkdwn(line)}" for line in _budgets(judged, money)]
    blocks: list[dict[str, object]] = [{"type": "header", "text": {"type": "plain_text", "text": title[:150]}}]
    blocks += [{"type": "section", "text": {"type": "mrkdwn", "text": text}} for text in _pages(parts)]
    text = f"{title}: {_headline(judged)}" + (f" ({bad[0]})" if bad else "")
    return json.dumps({"text": _mrkdwn(text), "blocks": blocks}, ensure_ascii=False, indent=2) + "\n"


def _headline(judged: Judged) -> str:
    money = money_of(judged.bill)
    text = f"{money(judged.bill.billed)} billed from {full_date(judged.bill.first)} to {full_date(judged.last)}"
    if judged.outlook:
        ahead = judged.outlook
        text += (
            f"; {month_year(judged.last)} is heading for {money.short(ahead.expected)}"
            f" ({money.short(ahead.lower)} to {money.short(ahead.upper)})"
        )
    return text


def _driven(finding: Finding, drivers: Drivers, money: Money) -> Iterable[str]:
    found: list[Driver] = []
    for dimension in drivers.get((finding.group, finding.day), {}).values():
        found += dimension[:2]
    return (f"{one.value or '(none)'} {money.change(one.excess)}" for one in found)


def _budgets(judged: Judged, money: Money) -> Iterable[str]:
    """The running budgets that are used up, warn, or are forecast to be."""
    running = [(name, found[-1]) for name, found in judged.periods.items() if found]
    running.sort(key=lambda one: -used(one[1]))
    asking = [
        (name, period)
        for name, period in running
        if period.warned or (period.forecast and period.forecast.found.is_forecast_breached)
    ]
    for name, period in asking[:MOST]:
        group = f"{label(judged, name)}: " if "name" in judged.bill.has else "Budget: "
        text = f"{group}{percent(used(period))} of {money(period.budget.limit)} used"
        if period.breached:
            text += f", reached on {full_date(period.breached)}"
        elif period.forecast:
            text += f", forecast {money(period.forecast.expected)}"
        yield text
    if len(asking) > MOST:
        yield f"and {plural(len(asking) - MOST, 'more budget')}"


def _escaped(text: str) -> str:
    """Names stay text: no markup, link or mention is made of them."""
    for sign in "\\`*_[]<>~":
        text = text.replace(sign, "\\" + sign)
    return text.replace("@", "@\u200b").replace("\n", " ").replace("\r", " ")


def _mrkdwn(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")


def _pages(parts: list[str]) -> list[str]:
    """A section of a message holds 3,000 characters."""
    found = [""]
    for part in parts:
        part = part[:2900]
        if len(found[-1]) + len(part) > 2900:
            found.append("")
        found[-1] += ("\n" if found[-1] else "") + part
    return found
