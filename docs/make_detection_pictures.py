#!/usr/bin/env python3
"""Writes detection-light.svg and detection-dark.svg into a folder: sixteen kinds of case and what the detector finds
in each, for DETECTION.md. `make pictures` calls it. Fails when a finding is not what the case says."""

import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isnan, nan
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bindings/python"))

from cloudcircuit.detect import DetectConfig, Verdict, detect_spike  # noqa: E402

FIRST = date(2024, 1, 1)  # a Monday
SHOWN = 54  # the last days of each case
STEP = 8  # from day to day, in half pixels as all heights within a graph
WIDE, HIGH, LEFT, TOP = 240, 180, 12, 46
COLUMNS, GAP = 4, 18
THEMES = {
    "light": {"ground": "#ffffff", "text": "#1d2733", "soft": "#5d6b7c", "spend": "#7f9cc0", "expected": "#2f5d92",
              "bound": "#b4bfcc", "spike": "#d95f0e", "leak": "#8a3ffc", "fall": "#0f8a8a"},
    "dark": {"ground": "#181e28", "text": "#e8ecf2", "soft": "#9ba7b7", "spend": "#54769f", "expected": "#a9c4e8",
             "bound": "#4a5668", "spike": "#f0803c", "leak": "#b78bff", "fall": "#3fc1c1"},
}  # fmt: skip


@dataclass
class Case:
    """Days are counted from the first day of the series."""

    title: str
    caption: str
    series: list[float]
    spikes: set[int] = field(default_factory=set)
    falls: set[int] = field(default_factory=set)
    leaks: range = range(0)
    """The days that a leak may be found on: on some of them it must be."""
    young: int = 13
    """Days without enough data, with none judged before."""
    settings: dict[str, float] = field(default_factory=dict)


def noisy(days: int, level: float = 100.0, noise: float = 0.03) -> list[float]:
    """Level spend with the same noise on every run: a 64-bit linear congruential generator (Knuth's MMIX)."""
    state, series = days, []
    for _ in range(days):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        series.append(level * (1 + noise * (2 * (state >> 33) / 2**31 - 1)))
    return series


def times(series: list[float], factors: dict[range, float]) -> list[float]:
    """Each range of days times its factor."""
    return [value * next((by for days, by in factors.items() if i in days), 1.0) for i, value in enumerate(series)]


def weekly(series: list[float], weekend: float) -> list[float]:
    return [value * (weekend if i % 7 >= 5 else 1.0) for i, value in enumerate(series)]


def is_first_of_month(i: int) -> bool:
    return (FIRST + timedelta(days=i)).day == 1


def cases() -> list[Case]:
    leaking = [value + max(0, i - 99) * 100 * 0.05 / 7 for i, value in enumerate(noisy(140))]
    fees = [value + 250 * is_first_of_month(i) for i, value in enumerate(noisy(140))]
    # 2 January, 1 February, 1 March, 3 April, 2 May.
    moving_fees = [value + 250 * (i in (1, 31, 60, 93, 122)) for i, value in enumerate(noisy(140))]
    young = [value * (6 if i in (5, 32, 45) else 1) for i, value in enumerate(noisy(SHOWN))]
    job = [value if i % 3 == 0 else value / 20 for i, value in enumerate(noisy(140))]
    growing = [value * 1.1 ** (i / 30) for i, value in enumerate(noisy(140))]
    gap = [nan if i in range(105, 113) else value for i, value in enumerate(noisy(140))]
    weekend = weekly(noisy(140), 0.3)
    weekend[117] = 80.0  # a Saturday
    return [
        Case("A day at twice the usual", "A spike, on the day.",
             times(noisy(140), {range(110, 111): 2.0}), {110}),
        Case("A busy Saturday", "A spike, though less than any Monday.", weekend, {117}),
        Case("A step up by half", "Found at once, normal after five days.",
             times(noisy(140), {range(110, 140): 1.5}), {110, 111, 112, 113}),
        Case("A leak of 5 % a week", "A leak, in its fourth week. No spike.", leaking, leaks=range(120, 138)),
        Case("Two runaways", "Both are found: the first is no new level.",
             times(noisy(140), {range(105, 109): 3.0, range(111, 114): 3.0}), {105, 106, 107, 108, 111, 112, 113}),
        Case("Two weeks of holidays", "Falls at first. The way back is no spike.",
             times(noisy(140), {range(105, 119): 0.3}), falls={105, 106, 107}),
        Case("Eight days missing", "Nothing: they are not read as 0.", gap),
        Case("A fee on the 1st", "Nothing, once it has come twice.", fees),
        Case("A job every third day", "Nothing at its usual cost, found at twice.",
             times(job, {range(120, 121): 2.0}), {120}),
        Case("Growth of 10 % a month", "Nothing.", growing),
        Case("A new account", "Not judged for two weeks, then nothing.", noisy(SHOWN)),
        Case("Cents, with min_impact 1", "Nothing: less than a unit of money.",
             times(noisy(140, 0.2), {range(120, 121): 4.0}), settings={"min_impact": 1.0}),
        Case("An outage of three days", "A fall on each. The day after is no spike.",
             times(noisy(140), {range(112, 115): 0.0}), falls={112, 113, 114}),
        Case("A commitment half unused", "Found for three days, then the new level.",
             times(noisy(140), {range(112, 140): 0.5}), falls={112, 113, 114}),
        Case("A fee on day 1, 2 or 3", "Nothing: it may move within the first days.", moving_fees),
        Case("A job now and then", "Nothing: it came in the first weeks.", young),
    ]  # fmt: skip


def line(values: list[float], scale: float) -> str:
    """A line through the days' values, broken where there is none. In steps, for a small file."""
    text, last = "", None
    for i, value in enumerate(values):
        height = None if isnan(value) else height_of(value, scale)
        if height is not None:
            text += f"M{STEP * i} {height}" if last is None else f"l{STEP}{height - last:+d}".replace("+", " ")
        last = height
    return text


def bars(values: list[float], scale: float) -> str:
    text = "M0 0"
    for value in values:
        height = 0 if isnan(value) else height_of(value, scale)
        text += f"v{height}m{STEP} {-height}" if height else f"m{STEP} 0"
    return text


def height_of(value: float, scale: float) -> int:
    """Upwards from the axis, which a panel's graph has at 0."""
    return -round(value / scale * HIGH)


def panel(case: Case) -> str:
    start = len(case.series) - SHOWN
    found = []
    for i in range(len(case.series)):
        config = DetectConfig(start_time=FIRST, **case.settings)
        found.append(detect_spike(case.series[: i + 1], config))
    shown = found[start:]
    judged = {i for i, one in enumerate(found) if one.verdict is not Verdict.INSUFFICIENT_DATA}
    spikes = {i for i, one in enumerate(found) if one.is_spike and i >= start}
    leaks = {i for i, one in enumerate(found) if one.is_leak and i >= start}
    falls = {i for i, one in enumerate(found) if one.is_drop and i >= start}
    known = {i for i, value in enumerate(case.series) if not isnan(value)}
    is_right = leaks <= set(case.leaks) and bool(leaks) == bool(case.leaks)
    if not is_right or (spikes, falls) != (case.spikes, case.falls) or judged != {i for i in known if i >= case.young}:
        unjudged = sorted(known - judged)
        text = f"spikes {sorted(spikes)}, falls {sorted(falls)}, leaks {sorted(leaks)}, not judged {unjudged}"
        sys.exit(f"{case.title}: {text}")

    bounds = [one.upper_bound if start + i in judged else nan for i, one in enumerate(shown)]
    expected = [one.expected_spend if start + i in judged else nan for i, one in enumerate(shown)]
    spend = case.series[start:]
    highest = max(value for value in spend if not isnan(value))
    scale = max([highest] + [min(bound, 1.25 * highest) for bound in bounds if not isnan(bound)])
    bounds = [min(bound, scale) for bound in bounds]
    dots = "".join(
        f'<circle cx="{STEP * (i - start)}" cy="{height_of(case.series[i], scale)}" r="6" class="{kind}"/>'
        for kind, days in (("leak", leaks), ("fall", falls), ("spike", spikes))
        for i in sorted(days)
    )
    return (
        f'<text x="{LEFT}" y="18" class="title">{case.title}</text><text x="{LEFT}" y="34">{case.caption}</text>'
        f'<g transform="translate({LEFT + STEP // 4} {TOP + HIGH // 2}) scale(0.5)">'
        f'<path class="spend" d="{bars(spend, scale)}"/><path class="bound" d="{line(bounds, scale)}"/>'
        f'<path class="expected" d="{line(expected, scale)}"/>{dots}</g>'
    )


def picture(panels: list[str], theme: str) -> str:
    colour = THEMES[theme]
    rows = -(-len(panels) // COLUMNS)
    wide, high = COLUMNS * WIDE, rows * (TOP + HIGH // 2 + GAP) + 30
    style = (
        f"text {{ font: 11px system-ui, sans-serif; fill: {colour['soft']}; }} "
        f".title {{ font-weight: 650; fill: {colour['text']}; font-size: 12px; }} path {{ fill: none; }} "
        f".spend {{ stroke: {colour['spend']}; stroke-width: 5; }} .bound {{ stroke: {colour['bound']}; stroke-width: 2; }} "
        f".expected {{ stroke: {colour['expected']}; stroke-width: 2.5; }} "
        f".spike {{ fill: {colour['spike']}; }} .leak {{ fill: {colour['leak']}; }} .fall {{ fill: {colour['fall']}; }}"
    )
    parts = [
        f'<g transform="translate({i % COLUMNS * WIDE} {i // COLUMNS * (TOP + HIGH // 2 + GAP)})">{one}</g>'
        for i, one in enumerate(panels)
    ]
    y = high - 12
    legend = (
        f'<path class="spend" d="M14 {y}V{y - 10}"/><text x="22" y="{y}">spend</text>'
        f'<path class="expected" d="M70 {y - 4}H86"/><text x="90" y="{y}">expected</text>'
        f'<path class="bound" d="M150 {y - 4}H166"/><text x="170" y="{y}">bound: above it is a spike</text>'
        f'<circle cx="322" cy="{y - 4}" r="3" class="spike"/><text x="330" y="{y}">spike</text>'
        f'<circle cx="372" cy="{y - 4}" r="3" class="leak"/><text x="380" y="{y}">leak</text>'
        f'<circle cx="416" cy="{y - 4}" r="3" class="fall"/><text x="424" y="{y}">fall</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" role="img" '
        f'aria-label="Sixteen kinds of case with daily spend, what is expected, the bound and what is found">\n'
        f"<style>{style}</style>\n"
        f'<rect width="{wide}" height="{high}" fill="{colour["ground"]}"/>\n' + "\n".join(parts + [legend]) + "\n</svg>\n"
    )


def main() -> None:
    panels = [panel(case) for case in cases()]
    for theme in THEMES:
        (Path(sys.argv[1]) / f"detection-{theme}.svg").write_text(picture(panels, theme), encoding="utf-8")


main()
