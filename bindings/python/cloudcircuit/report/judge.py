"""What the library says of every group of a bill: days that stand out, budgets, where the month is heading.

A group's series begins at its first row. A day on which the whole bill has no row is a missing point, not a 0; a
day on which only the group has none is a 0. What is judged is a day's net cost, taken as 0 where credits take it
below; a budget sees the exact total.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, islice
from math import isnan, nan

from .. import (
    Action,
    BudgetForecast,
    CloudcircuitError,
    Signal,
    budget_signal,
    check_anomaly_spike,
    check_budget,
    detect_signal,
    detect_spike,
    evaluate_guard,
    flags,
    forecast_signal,
    spike_signal,
)
from ..columns import scan_spikes
from .bill import Bill, every_day
from .budgets import EVERY_OTHER, Budget, read_budgets
from .errors import BillError, UsageError
from .settings import Settings, detect_config, forecast, policy

NO_LIMIT = 1e300
"""For a forecast where there is no budget."""

QUIET_DAYS = 7
"""A leak that is found again within so many days is the same one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A day of a group that asks for a look."""

    group: str
    day: date
    kinds: tuple[str, ...]
    """spike, leak, warning, breach, forecast."""
    action: Action
    charges: Decimal
    credits: Decimal
    expected: float | None
    """None where no expectation was asked for: a budget alone."""

    @property
    def spent(self) -> Decimal:
        return self.charges + self.credits

    @property
    def excess(self) -> float:
        return 0.0 if self.expected is None else float(self.spent) - self.expected


@dataclass(slots=True)
class Period:
    """A budget's month, quarter or year, as far as the bill goes."""

    start: date
    budget: Budget
    spent: Decimal = Decimal(0)
    warned: date | None = None
    breached: date | None = None
    forecast: Outlook | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a period will have cost, and what it may have cost on each day until then."""

    ends: date
    """The last day of the period."""
    found: BudgetForecast
    credits: float
    """Of days whose net cost was below 0; they are in all the amounts below."""
    fan: list[tuple[date, float, float, float]]
    """For each day to come: lower bound, expected and upper bound of the spend by its end."""

    @property
    def expected(self) -> float:
        return self.found.forecast_spend + self.credits

    @property
    def lower(self) -> float:
        return self.found.lower_bound + self.credits

    @property
    def upper(self) -> float:
        return self.found.upper_bound + self.credits


@dataclass(slots=True)
class Series:
    """Days of a group, from its first row to the last day judged."""

    name: str
    days: list[date]
    spend: array[float]
    """Net cost, at least 0; NaN on days that are missing in the bill."""
    cells: dict[date, tuple[Decimal, Decimal, Decimal]]
    """Charges, credits and effective cost of the days that have rows."""
    months: dict[tuple[date, date], Decimal] = field(default_factory=dict)
    """Net cost by day and by the month that it is billed in."""

    def spent(self, day: date) -> tuple[Decimal, Decimal]:
        charges, credits, _ = self.cells.get(day, (Decimal(0), Decimal(0), Decimal(0)))
        return charges, credits


@dataclass(slots=True)
class Judged:
    bill: Bill
    settings: Settings
    last: date
    """The last day judged; those after it are not over yet, or were left out by `lag_days`."""
    whole: Series
    series: dict[str, Series]
    missing: list[date]
    findings: list[Finding]
    """By day, then by money."""
    standing: dict[str, set[str]]
    """What holds on the last day, by group: also a breach that began on a day before."""
    negative_days: int
    """Days of groups whose credits took them below 0."""
    periods: dict[str, list[Period]]
    """By group that has a budget."""
    outlook: Outlook | None
    """Of the whole bill's running month."""


def judge(bill: Bill, settings: Settings) -> Judged:
    last = _last_day(bill, settings)
    present = {day for (day,) in bill.ask("SELECT day FROM present WHERE day <= ?", last)}
    missing = [day for day in every_day(bill.first, last) if day not in present]
    series = {found.name: found for found in _series(bill, last, set(missing), "name")}
    (whole,) = _series(bill, last, set(missing), "''")
    budgets = _budgets(settings, set(series))
    findings: list[Finding] = []
    periods: dict[str, list[Period]] = {}
    standing: dict[str, set[str]] = {}
    for found in series.values():
        budget = budgets.get(found.name, budgets.get(EVERY_OTHER))
        try:
            odd = _odd_days(found, settings)
            marks: dict[date, list[tuple[str, Signal]]] = {}
            if budget:
                periods[found.name] = _periods(found, budget, last, marks)
        except CloudcircuitError as error:
            raise UsageError(str(error)) from None
        findings += _findings(found, odd, marks)
        now = {kind for kind, _ in odd.get(last, ([], 0.0))[0]}
        if budget:
            now |= _standing(periods[found.name], budget.start_of(last), last + timedelta(days=1) == budget.end_of(last))
        if now:
            standing[found.name] = now
    findings.sort(key=lambda one: (one.day, one.excess, one.group), reverse=True)
    outlook = _outlook(whole, Budget(NO_LIMIT), last, with_fan=True)
    negative = sum(
        charges + credits < 0 for found in series.values() for charges, credits, _ in found.cells.values()
    )
    return Judged(bill, settings, last, whole, series, missing, findings, standing, negative, periods, outlook)


def _standing(periods: list[Period], running: date, is_over: bool) -> set[str]:
    found: set[str] = set()
    for period in periods:
        if period.start == running:
            found |= {"breach"} if period.breached else {"warning"} if period.warned else set()
            if is_over and period.breached or period.forecast and period.forecast.found.is_forecast_breached:
                found.add("forecast")
    return found


def _last_day(bill: Bill, settings: Settings) -> date:
    """The last day that is over."""
    last = bill.last - timedelta(days=settings.lag_days)
    if settings.today is not None:
        last = min(last, settings.today - timedelta(days=1))
    if last < bill.first:
        raise BillError(f"{bill.name}: no day of {bill.first} to {bill.last} is over; nothing can be judged")
    return last


def _series(bill: Bill, last: date, missing: set[date], name: str) -> Iterator[Series]:
    rows = bill.ask(
        f"SELECT {name} AS name, day, month, coalesce(sum(amount) FILTER (amount >= 0), 0),"
        " coalesce(sum(amount) FILTER (amount < 0), 0), sum(effective)"
        " FROM facts WHERE day <= ? GROUP BY ALL ORDER BY 1, 2, 3",
        last,
    )
    for group, found in groupby(rows, key=lambda row: row[0]):
        cells: dict[date, tuple[Decimal, Decimal, Decimal]] = {}
        months: dict[tuple[date, date], Decimal] = {}
        for _, day, month, *amounts in found:
            before = cells.get(day, (Decimal(0), Decimal(0), Decimal(0)))
            cells[day] = before[0] + amounts[0], before[1] + amounts[1], before[2] + amounts[2]
            months[day, month] = amounts[0] + amounts[1]
        days = every_day(min(cells), last)
        net = {day: max(float(amounts[0] + amounts[1]), 0.0) for day, amounts in cells.items()}
        spend = array("d", (nan if day in missing else net.get(day, 0.0) for day in days))
        yield Series(group, days, spend, cells, months)


def _budgets(settings: Settings, groups: set[str]) -> dict[str, Budget]:
    found = read_budgets(settings.budgets, groups) if settings.budgets else {}
    if settings.limit is not None:
        if EVERY_OTHER in found:
            raise BillError(f"{settings.budgets}: every other group has a budget already, by --limit")
        found[EVERY_OTHER] = Budget(settings.limit)
    return found


Odd = dict[date, tuple[list[tuple[str, Signal]], float]]
"""By day: what was found, with the library's signal, and what was expected."""


def _odd_days(series: Series, settings: Settings) -> Odd:
    if settings.rule == "mean":
        return _above_mean(series)
    config = detect_config(series.days[0])
    scanned = scan_spikes(series.spend, config, upper_bound=False)
    found: Odd = {}
    leak_seen: date | None = None
    for index, bits in enumerate(scanned.flags):
        if not bits & (flags.SPIKE | flags.LEAK) or _is_like_the_only_charge(series.spend, index):
            continue
        day, detection = series.days[index], detect_spike(series.spend[: index + 1], config)
        signal = detect_signal(detection)
        kinds = [("spike", signal)] if bits & flags.SPIKE else []
        if bits & flags.LEAK:
            is_new = leak_seen is None or (day - leak_seen).days > QUIET_DAYS
            kinds += [("leak", signal)] if is_new or day == series.days[-1] else []
            leak_seen = day
        if kinds:
            found[day] = kinds, detection.expected_spend
    return found


def _is_like_the_only_charge(spend: array[float], index: int) -> bool:
    """Whether fewer than two days before cost something, and none much less: a monthly fee that comes for the second
    time cannot be told from a spike yet."""
    charged = [amount for amount in islice(spend, index) if amount > 0][:2]
    return len(charged) < 2 and spend[index] <= 2 * max(charged, default=0.0)


def _above_mean(series: Series) -> Odd:
    """The plain rule: more than 1.5 times the mean of all days before."""
    found: Odd = {}
    known: array[float] = array("d")
    for day, charge in zip(series.days, series.spend):
        if isnan(charge):
            continue
        known.append(charge)
        if len(known) >= 2:
            spike = check_anomaly_spike(known)
            if spike.is_spike:
                found[day] = [("spike", spike_signal(spike))], spike.baseline_mean
    return found


def _periods(
    series: Series, budget: Budget, last: date, marks: dict[date, list[tuple[str, Signal]]]
) -> list[Period]:
    """Every period of the budget; the days on which it first warned and was first breached go to `marks`."""
    found: dict[date, Period] = {}
    for (day, month), net in series.months.items():
        start = budget.start_of(month)
        period = found.setdefault(start, Period(start, budget))
        period.spent += net
        result = check_budget(max(float(period.spent), 0.0), budget.limit, budget.warning_ratio)
        if result.is_warning and period.warned is None:
            period.warned = day
            marks.setdefault(day, []).append(("warning", budget_signal(result)))
        if result.is_breached and period.breached is None:
            period.breached = day
            marks.setdefault(day, []).append(("breach", budget_signal(result)))
    running = found.setdefault(budget.start_of(last), Period(budget.start_of(last), budget))
    running.forecast = _outlook(series, budget, last, with_fan=False)
    if running.forecast and running.forecast.found.is_forecast_breached and running.breached is None:
        marks.setdefault(last, []).append(("forecast", forecast_signal(running.forecast.found)))
    return [found[start] for start in sorted(found)]


def _outlook(series: Series, budget: Budget, last: date, with_fan: bool) -> Outlook | None:
    """None when the period is over, or there are too few days.

    The forecast is of days that are never below 0; what days below 0 took off raises the limit.
    """
    start, end = budget.start_of(last), budget.end_of(last)
    if last + timedelta(days=1) >= end:
        return None
    at, first = (start - series.days[0]).days, min(start, series.days[0])
    before = series.spend[: max(at, 0)]
    period = array("d", [nan] * max(-at, 0)) + series.spend[max(at, 0) :]
    net = (cell[0] + cell[1] for day, cell in series.cells.items() if start <= day <= last)
    credits = float(sum(amount for amount in net if amount < 0))
    length = (end - start).days

    def until(steps: int) -> BudgetForecast:
        return forecast(first, before, period, steps, min(budget.limit - credits, NO_LIMIT))

    found = until(length)
    if not found.is_sufficient:
        return None
    fan = []
    for steps in range(len(period) + 1, length + 1) if with_fan else ():
        part = until(steps)
        day = start + timedelta(days=steps - 1)
        fan.append((day, part.lower_bound + credits, part.forecast_spend + credits, part.upper_bound + credits))
    return Outlook(end - timedelta(days=1), found, credits, fan)


def _findings(series: Series, odd: Odd, marks: dict[date, list[tuple[str, Signal]]]) -> Iterator[Finding]:
    for day in sorted(odd.keys() | marks.keys()):
        kinds, expected = odd.get(day, ([], None))
        found = [*kinds, *marks.get(day, ())]
        signals = [signal for _, signal in found]
        decided = evaluate_guard(signals, policy(signals))
        names = tuple(dict.fromkeys(kind for kind, _ in found))
        if "breach" in names:
            names = tuple(name for name in names if name != "warning")
        yield Finding(series.name, day, names, decided.action, *series.spent(day), expected)
