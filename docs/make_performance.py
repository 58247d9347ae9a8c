#!/usr/bin/env python3
"""Draws the pictures of PERFORMANCE.md and writes its table of targets, into a folder, from benches/figures.json, which
`make bench` measures. `make pictures` calls it."""

import json
import math
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benches"))

from columns import targets  # noqa: E402

MARKS = ("<!-- made by docs/make_performance.py -->", "<!-- end of what it makes -->")
WIDE = 760
THEMES = {
    "light": {"ground": "#ffffff", "text": "#1d2733", "soft": "#5d6b7c", "grid": "#e3e8ee",
              "lines": ["#d95f0e", "#f0a36b", "#2f5d92", "#7f9cc0", "#5d8a4a", "#8a3ffc", "#0f8a8a", "#8b96a3"]},
    "dark": {"ground": "#181e28", "text": "#e8ecf2", "soft": "#9ba7b7", "grid": "#2b3442",
             "lines": ["#f0803c", "#b5683a", "#a9c4e8", "#6f93c2", "#86b871", "#b78bff", "#45b8b8", "#7b8794"]},
}  # fmt: skip


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start", colour: str = "") -> str:
    style = f' style="fill: {colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}"{style}>{words}</text>'


def svg(theme: str, high: int, title: str, parts: list[str]) -> str:
    colour = THEMES[theme]
    style = (
        f"text {{ font: 12px system-ui, sans-serif; fill: {colour['soft']}; }} "
        f".title {{ font-weight: 650; fill: {colour['text']}; font-size: 14px; }} .name {{ fill: {colour['text']}; }} "
        f".grid {{ stroke: {colour['grid']}; }} .line {{ fill: none; stroke-width: 2; }}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{high}" viewBox="0 0 {WIDE} {high}" role="img" '
        f'aria-label="{title}">\n<style>{style}</style>\n<rect width="{WIDE}" height="{high}" fill="{colour["ground"]}"/>\n'
        + "\n".join([text(20, 26, title, "title"), *parts])
        + "\n</svg>\n"
    )


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def lines(theme: str, title: str, across: str, up: str, sides: dict[str, dict[str, float]]) -> str:
    """Sides by size, both axes logarithmic. A line's name stands at its end."""
    high, left, right, top, bottom = 420, 62, WIDE - 232, 62, 366
    colour = THEMES[theme]
    values = [value for side in sides.values() for value in side.values()]
    sizes = sorted({int(size) for side in sides.values() for size in side})
    low, most = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def x_of(size: float) -> float:
        return left + (right - left) * math.log10(size / sizes[0]) / math.log10(sizes[-1] / sizes[0])

    def y_of(value: float) -> float:
        return bottom - (bottom - top) * (math.log10(value) - low) / (most - low)

    parts = [text(20, 46, up)]
    for exponent in range(low, most + 1):
        y = y_of(10.0**exponent)
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{right}"/>')
        parts.append(text(left - 8, y + 4, number(10.0**exponent), anchor="end"))
    parts += [text(x_of(size), bottom + 20, f"{size:,}", anchor="middle") for size in sizes]
    parts.append(text((left + right) / 2, bottom + 42, across, anchor="middle"))

    ours = [name for name in sides if name.startswith("the library")]
    others = [name for name in sides if name not in ours]
    strokes = dict(zip([*ours, *others], [*colour["lines"][: len(ours)], *colour["lines"][2:]], strict=False))
    free = top - 10.0
    names = sorted(sides, key=lambda name: -sides[name][max(sides[name], key=int)])
    for name in names:
        points = sorted((int(size), value) for size, value in sides[name].items())
        stroke = strokes[name]
        path = " ".join(f"{'L' if i else 'M'}{x_of(size):.1f} {y_of(value):.1f}" for i, (size, value) in enumerate(points))
        thick = "; stroke-width: 3.5" if name.startswith("the library") else ""
        dashed = "" if name != "memcpy" else "; stroke-dasharray: 4 3"
        parts.append(f'<path class="line" style="stroke: {stroke}{thick}{dashed}" d="{path}"/>')
        last = f"{points[-1][1]:,.0f}" if points[-1][1] >= 100 else f"{points[-1][1]:.2g}"
        free = max(free + 16, y_of(points[-1][1]) + 4)
        parts.append(text(right + 12, free, f"{name}, {last}", colour=stroke))
    return svg(theme, high, title, parts)


def bars(theme: str, title: str, unit: str, groups: dict[str, dict[str, float]]) -> str:
    left, right = 200, WIDE - 90
    colour = THEMES[theme]
    most = max(value for group in groups.values() for value in group.values())
    parts, y = [text(20, 46, unit)], 72
    for group, sides in groups.items():
        parts.append(text(20, y, group, "name"))
        for name, value in sides.items():
            y += 24
            is_ours = name.startswith("the library")
            parts.append(text(left - 10, y, name, "name" if is_ours else "", "end"))
            parts.append(
                f'<rect x="{left}" y="{y - 12}" width="{value / most * (right - left):.1f}" height="15" '
                f'fill="{colour["lines"][0 if is_ours else 3]}"/>'
            )
            parts.append(text(left + value / most * (right - left) + 8, y, f"{value:.0f}"))
        y += 34
    return svg(theme, y - 8, title, parts)


def picture(theme: str, figures: dict) -> dict[str, str]:
    native, peers = figures["native"], figures["peers"]
    best = max(native)
    columns = {
        f"the library, {best}": native[best]["budgets"],
        "the library, every x86-64": native["base"]["budgets"],
        **{name: took for name, took in peers.items() if name in (
            "NumPy, as usually written", "NumPy, in blocks", "polars", "pyarrow.compute", "DuckDB")},
        "memcpy": native[best]["memcpy"],
    }  # fmt: skip
    fleets = {
        name: {size: took * int(size) / 1e6 for size, took in by.items()} for name, by in figures["fleets"].items()
    }
    fleets = {f"the library, {best}": fleets[f"the library, {best}"], **{
        name: by for name, by in fleets.items() if not name.startswith("the library")}}  # fmt: skip
    return {
        "columns": lines(theme, "A column of budgets: flags and usage", "rows in a call", "ns a row", columns),
        "breakers": bars(theme, "A decision of a circuit breaker: acquire and report", "ns, with both sides reading a clock",
                         figures["breakers"]),
        "fleet": lines(theme, "A day of a fleet: 112 days of each account through the detector", "accounts",
                       "ms a call, one thread", fleets),
    }  # fmt: skip


def main(folder: Path) -> None:
    figures = json.loads((ROOT / "benches/figures.json").read_text())
    for theme in THEMES:
        for name, drawn in picture(theme, figures).items():
            (folder / f"performance-{name}-{theme}.svg").write_text(drawn, encoding="utf-8")
    rows = [f"| {what} | {bound} | {value} | {'met' if met else '**missed**'} |" for what, bound, value, met in targets(figures)]
    table = "\n".join(["| what | target | measured | |", "| --- | ---: | ---: | --- |", *rows])
    machine = figures["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    measured = f"Measured {machine['date']} on {machine['cpu']}, {machine['compiler']}; {packages}."
    document = folder / "PERFORMANCE.md"
    before, _, rest = document.read_text(encoding="utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    document.write_text(f"{before}{MARKS[0]}\n\n{table}\n\n{measured}\n\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
