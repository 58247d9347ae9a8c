"""What the safeguards would have said on every day of a bill, by the rules of programs/spend_guard/spend_guard.c."""

from __future__ import annotations

import calendar
from array import array
from dataclasses import dataclass
from datetime import date

from cloudcircuit import (
    Action,
    AnomalyCheckResult,
    BudgetCheckResult,
    CircuitBreakerDecision,
    DetectConfig,
    Detection,
    GuardDecision,
    GuardPolicy,
    SignalKind,
    SpikeTracker,
    breaker_signal,
    budget_signal,
    check_anomaly_spike,
    check_budget,
    evaluate_circuit_breaker,
    evaluate_guard,
    forecast_budget,
    spike_signal,
)

from .bill import Bill, Cell, Total, days_of


@dataclass(frozen=True, slots=True)
class Settings:
    limit: float
    """Budget for a calendar month."""
    warning_ratio: float = 0.9
    multiplier: float = 1.5
    floor: float = 0.0
    failure_threshold: int = 3
    """Days in a row with a breach or a spike that open the breaker."""
    cooldown: int = 0
    """Days that it then stays open at least."""


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    spend: float
    """charges + credits."""
    charges: float
    credits: float
    month_to_date: float
    budget: BudgetCheckResult
    spike: AnomalyCheckResult | None
    """None on the first day, which has nothing to compare with."""
    breaker: CircuitBreakerDecision
    guard: GuardDecision
    detection: Detection
    """A second opinion on the charges, which the guard is not asked to heed."""


FIRST_DAY = GuardPolicy(required=SignalKind.BUDGET | SignalKind.BREAKER)
ANY_DAY = GuardPolicy()


def check_settings(settings: Settings) -> None:
    """Raises what the library says of them, on nothing spent."""
    check_budget(0.0, settings.limit, settings.warning_ratio)
    check_anomaly_spike([0.0, 0.0], settings.multiplier, settings.floor)
    evaluate_circuit_breaker(0, settings.failure_threshold, settings.cooldown)


def replay(bill: Bill, settings: Settings) -> list[Day]:
    """Each day is judged on what was known by its end; the breaker on what was known before it.

    The budget sees the month's total as 0 when credits take it below, the spike sees charges alone.
    """
    found: list[Day] = []
    charges, month = array("d"), Total()
    failures = cooldown = 0
    tracker = SpikeTracker(detect_config(bill, settings))
    for day in days_of(bill):
        cell = bill.days.get(day, Cell())
        spend = Total(cell.charges.sum, cell.charges.lost)
        spend.add_total(cell.credits)
        if day.day == 1:
            month = Total()
        month.add_total(spend)
        charges.append(cell.charges.value)

        breaker = evaluate_circuit_breaker(failures, settings.failure_threshold, cooldown)
        budget = check_budget(max(month.value, 0.0), settings.limit, settings.warning_ratio)
        signals = [budget_signal(budget), breaker_signal(breaker)]
        spike = None
        if len(charges) >= 2:
            spike = check_anomaly_spike(charges, settings.multiplier, settings.floor)
            signals.append(spike_signal(spike))
        guard = evaluate_guard(signals, ANY_DAY if spike else FIRST_DAY)
        found.append(
            Day(
                day,
                spend.value,
                cell.charges.value,
                cell.credits.value,
                month.value,
                budget,
                spike,
                breaker,
                guard,
                tracker.update(cell.charges.value),
            )
        )

        cooldown = max(cooldown - 1, 0)
        failures = failures + 1 if budget.is_breached or (spike and spike.is_spike) else 0
        if failures == settings.failure_threshold:
            cooldown = settings.cooldown
    return found


def detect_config(bill: Bill, settings: Settings) -> DetectConfig:
    """The detector's defaults with the bill's dates and the report's floor."""
    return DetectConfig(start_time=bill.first, min_baseline=max(settings.floor, DetectConfig().min_baseline))


def by_action(days: list[Day]) -> dict[Action, int]:
    """How many days got which verdict, the strictest first."""
    return {action: sum(day.guard.action is action for day in days) for action in Action}


@dataclass(frozen=True, slots=True)
class MonthForecast:
    """What the bill's last month will cost, credits so far included."""

    first: date
    length: int
    expected: float
    lower: float
    upper: float
    is_breached: bool
    exhaustion: date | None


def month_forecast(days: list[Day], settings: Settings) -> MonthForecast | None:
    """None when the month is over, or there are too few days.

    The forecast is of charges, which are never below 0; what credits the month has had raise the limit.
    """
    if not days:
        return None
    last = days[-1].day
    first, length = last.replace(day=1), calendar.monthrange(last.year, last.month)[1]
    if last.day == length:
        return None
    before = [day.charges for day in days if day.day < first]
    month = [day for day in days if day.day >= first]
    unknown = [float("nan")] * (last.day - len(month))  # the bill began in the month
    credits = Total()
    for day in month:
        credits.add(day.credits)
    found = forecast_budget(
        before, unknown + [day.charges for day in month], length, settings.limit - credits.value
    )
    if not found.is_sufficient:
        return None
    reached = found.exhaustion_point
    return MonthForecast(
        first,
        length,
        found.forecast_spend + credits.value,
        found.lower_bound + credits.value,
        found.upper_bound + credits.value,
        found.is_forecast_breached,
        None if reached is None else first.replace(day=reached + 1),
    )
