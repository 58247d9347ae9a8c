"""Two plots as SVG text: lines over a logarithmic axis, and bars along one."""

import math

WIDTH = 720
COLOURS = ("#0b6e4f", "#c2410c", "#1d4ed8", "#6b7280", "#7c3aed", "#b91c1c")
STYLE = """<style>
text { font: 13px Helvetica, Arial, sans-serif; fill: #1f2937 }
.title { font-size: 15px; font-weight: bold }
.tick { font-size: 12px; fill: #4b5563 }
.grid { stroke: #e5e7eb; stroke-width: 1 }
.axis { stroke: #6b7280; stroke-width: 1 }
</style>"""


def picture(height, title, parts):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label="{title}">',
        STYLE, f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        text(20, 26, title, css="title"), *parts, "</svg>\n"])


def text(x, y, words, css="", anchor="start", colour=None, extra=""):
    fill = f' style="fill: {colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}"{fill}{extra}>' \
           f"{words}</text>"


def line(x1, y1, x2, y2, css):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def power_of_ten(exponent):
    raised = str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}"


def lines(title, x_label, y_label, series):
    """`series` holds name and points (x, y); x runs over powers of ten, y from 0."""
    height, left, right, top, bottom = 400, 62, WIDTH - 210, 50, 340
    exponents = [math.log10(x) for _, points in series for x, _ in points]
    first, last = math.floor(min(exponents)), math.ceil(max(exponents))
    highest = max(y for _, points in series for _, y in points)
    step = next(step for step in (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50) if highest / step <= 8)
    most = step * math.ceil(highest / step)

    def across(x):
        return left + (math.log10(x) - first) / (last - first) * (right - left)

    def up(y):
        return bottom - y / most * (bottom - top)

    parts = []
    for tick in range(round(most / step) + 1):
        parts.append(line(left, up(tick * step), right, up(tick * step), "grid"))
        parts.append(text(left - 8, up(tick * step) + 4, f"{tick * step:g}", "tick", "end"))
    for exponent in range(first, last + 1):
        x = across(10 ** exponent)
        parts.append(line(x, bottom, x, bottom + 5, "axis"))
        parts.append(text(x, bottom + 20, power_of_ten(exponent), "tick", "middle"))
    parts.append(line(left, bottom, right, bottom, "axis"))
    parts.append(text((left + right) / 2, bottom + 42, x_label, anchor="middle"))
    middle = (top + bottom) / 2
    parts.append(text(18, middle, y_label, anchor="middle",
                      extra=f' transform="rotate(-90 18 {middle:.1f})"'))

    # Names stand at the lines' ends, pushed apart where they would touch.
    ends = sorted((up(points[-1][1]), name) for name, points in series)
    places, free = {}, top
    for y, name in ends:
        places[name] = max(y, free)
        free = places[name] + 18
    for (name, points), colour in zip(series, COLOURS):
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" '
                     'stroke-width="2.2"/>')
        parts.extend(f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3.2" fill="{colour}"/>'
                     for x, y in points)
        parts.append(text(right + 12, places[name] + 4, name, colour=colour))
    return picture(height, title, parts)


def bars(title, x_label, values):
    """`values` holds name and number; the axis is logarithmic, the first bar is the library's."""
    left, right, top, row = 190, WIDTH - 80, 46, 30
    bottom = top + row * len(values)
    first = math.floor(math.log10(min(value for _, value in values) / 2))
    last = math.ceil(math.log10(max(value for _, value in values)))

    def across(value):
        return left + (math.log10(value) - first) / (last - first) * (right - left)

    parts = []
    for exponent in range(first, last + 1):
        x = across(10 ** exponent)
        parts.append(line(x, top, x, bottom, "grid"))
        label = f"{10 ** exponent:,}" if exponent >= 0 else f"{10 ** exponent:g}"
        parts.append(text(x, bottom + 18, label, "tick", "middle"))
    for index, (name, value) in enumerate(values):
        y = top + index * row
        colour = COLOURS[0] if index == 0 else "#9ca3af"
        parts.append(f'<rect x="{left}" y="{y + 6}" width="{across(value) - left:.1f}" '
                     f'height="{row - 12}" fill="{colour}"/>')
        parts.append(text(left - 10, y + row / 2 + 4, name, anchor="end"))
        shown = f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
        parts.append(text(across(value) + 6, y + row / 2 + 4, shown, "tick"))
    parts.append(line(left, top, left, bottom, "axis"))
    parts.append(text((left + right) / 2, bottom + 40, x_label, anchor="middle"))
    return picture(bottom + 54, title, parts)
