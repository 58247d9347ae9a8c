#!/usr/bin/env python3
"""Writes spend-light.svg and spend-dark.svg into a folder: the report's chart of daily spend, on the bill in
examples/data. `make pictures` calls it for the README."""

import re
import sys
from pathlib import Path

from cloudcircuit.report import Settings, chosen, make
from cloudcircuit.report.chart import daily_chart
from cloudcircuit.report.page import money_of

ROOT = Path(__file__).resolve().parent.parent
STYLE = (ROOT / "bindings/python/cloudcircuit/report/page.css").read_text(encoding="utf-8")


def colours(theme: str) -> dict[str, str]:
    """The page's variables; the dark theme's are the second :root."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    return dict(re.findall(r"--([\w-]+): ([^;]+);", blocks[theme == "dark"]))


def rules(theme: str, chart: str) -> str:
    """The page's rules for what stands in the chart, with the theme's colours in them."""
    names = colours(theme)
    used = {name for names in re.findall(r'class="([^"]*)"', chart) for name in names.split()}
    kept = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", STYLE[: STYLE.index("@media print")]):
        selectors = [one.strip() for one in selectors.split(",")]
        selectors = [one for one in selectors if one == "svg text" or set(re.findall(r"\.(\w+)", one)) & used]
        selectors = [one for one in selectors if not re.match(r"i\.|\.legend|\.tile|\.meter|svg\.|\.hit", one)]
        if selectors:
            kept.append(f"{', '.join(selectors)} {{{body}}}")
    text = re.sub(r"var\(--([\w-]+)\)", lambda match: names[match[1]], "\n".join(kept))
    return text.replace("font-family: inherit", "font-family: system-ui, sans-serif")


def picture(chart: str, theme: str) -> str:
    wide = re.sub(r"<title>[^<]*</title></rect>", "</rect>", chart[: chart.index("</svg>") + 6])
    wide = re.sub(r'<rect class="hit"[^>]*></rect>', "", wide)
    head, body = wide.split(">", 1)
    head = head.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="340" ')
    ground = f'<rect width="1000" height="340" fill="{colours(theme)["card"]}"/>'
    return f"{head}>\n<style>\n{rules(theme, body)}\n</style>\n{ground}\n" + body.replace("><", ">\n<") + "\n"


def main() -> None:
    bill = str(ROOT / "examples/data/focus_bill.csv")
    report = make([bill], chosen("focus", group_by="SubAccountName"), Settings())
    chart = daily_chart(report.judged, money_of(report.bill))
    for theme in ("light", "dark"):
        (Path(sys.argv[1]) / f"spend-{theme}.svg").write_text(picture(chart, theme), encoding="utf-8")


main()
