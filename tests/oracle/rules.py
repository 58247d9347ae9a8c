"""The library's rules in exact arithmetic, as its header states them.

Doubles go in and out as 64-bit patterns. In between they are `fractions.Fraction`, so nothing is
rounded except by `nearest`, which is called once wherever the header says that a number is a
double. Integer money is Python's integers. A rule answers (status, result fields in the order of
the C struct).
"""
import struct
from fractions import Fraction

OK, NULL_POINTER, RESERVED, COUNT = 0, 1, 2, 5
BUDGET_LIMIT, WARNING_RATIO, CURRENT_SPEND, WARNING_PPM = range(100, 104)
SERIES_TOO_SHORT, SERIES_TOO_LONG, SPIKE_MULTIPLIER, MIN_BASELINE, SPEND_SERIES = range(200, 205)
SPIKE_MULTIPLIER_PPM = 205
CONSECUTIVE_FAILURES, FAILURE_THRESHOLD, COOLDOWN_STEPS_REMAINING = 300, 301, 302
ON_WARNING, ON_BREACH, ON_SPIKE, ON_OPEN, ON_MISSING = range(400, 405)
REQUIRED, BUDGET_SIGNAL, SPIKE_SIGNAL, BREAKER_SIGNAL = range(405, 409)
ON_LEAK, ON_OVER_LIMIT, ON_RATE, ON_FORECAST, ON_INSUFFICIENT, ON_ERROR = range(409, 415)
MONITOR, SIGNAL = 415, 416
AMOUNT, SCALE, AMOUNT_RANGE, AMOUNT_PRECISION = range(600, 604)

MAX_SERIES_LEN = 2**31
SIGN, INFINITY = 1 << 63, 0x7FF << 52
LARGEST = INFINITY - 1
INT64_MIN, INT64_MAX, UINT64_MAX = -(2**63), 2**63 - 1, 2**64 - 1
MILLION = 10**6


def bits_of(number):
    return struct.unpack("<Q", struct.pack("<d", number))[0]


def float_of(bits):
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def units(bits):
    """The magnitude of a finite double as a whole number of 2**-1074."""
    exponent, mantissa = bits >> 52 & 0x7FF, bits & (1 << 52) - 1
    return (mantissa | 1 << 52) << exponent - 1 if exponent else mantissa


def value(bits):
    """The exact value, None for an infinity or NaN; -0.0 is 0."""
    if bits & INFINITY == INFINITY:
        return None
    magnitude = Fraction(units(bits), 2**1074)
    return -magnitude if bits & SIGN else magnitude


def rounded(exact):
    """(mantissa, exponent) of exact >= 0 at 53 bits, ties to even, with no largest exponent."""
    n, d = exact.numerator, exact.denominator
    exponent = n.bit_length() - d.bit_length()
    if n << max(-exponent, 0) < d << max(exponent, 0):
        exponent -= 1
    exponent = max(exponent - 52, -1074)
    n, d = n << max(-exponent, 0), d << max(exponent, 0)
    mantissa, rest = divmod(n, d)
    return mantissa + (2 * rest > d or 2 * rest == d and mantissa & 1), exponent


def nearest(exact):
    """The bits of the double nearest to an exact value; those of an infinity beyond the last."""
    if exact < 0:
        return nearest(-exact) | SIGN
    mantissa, exponent = rounded(exact)
    # The mantissa's leading bit, when it is set, adds the 1 by which the exponent field differs.
    bits = min((exponent + 1074 << 52) + mantissa, INFINITY) if mantissa else 0
    try:
        assert bits == bits_of(exact.numerator / exact.denominator), exact
    except OverflowError:
        assert bits == INFINITY, exact
    return bits


def check_budget(null, current, limit, warning):
    refused = (0, 0, 0, 0, 1, 1)
    current_value, limit_value = value(current), value(limit)
    if null:
        return NULL_POINTER, refused
    if limit_value is None or limit_value <= 0:
        return BUDGET_LIMIT, refused
    warning = value(bits_of(0.9) if warning is None else warning)
    if warning is None or not 0 < warning <= 1:
        return WARNING_RATIO, refused
    if current_value is None or current_value < 0:
        return CURRENT_SPEND, refused
    ratio = min(nearest(current_value / limit_value), LARGEST)
    return OK, (
        nearest(current_value),
        limit,
        ratio,
        nearest(limit_value - current_value),
        int(value(ratio) >= warning),
        int(current_value >= limit_value),
    )


def mean(points):
    """The rounded mean of the rounded sum of finite, non-negative points."""
    mantissa, exponent = rounded(Fraction(sum(map(units, points)), 2**1074))
    result = nearest(mantissa * Fraction(2) ** exponent / len(points))
    assert result < INFINITY
    return result


def check_spike(nulls, length, config, points):
    """`points` may be empty where `length` is out of range: then nothing is read. nulls: 1 series,
    which may be NULL when it is empty, 2 result."""
    refused = (0, 0, 0, 1, 0)
    if nulls & 2 or nulls & 1 and length:
        return NULL_POINTER, refused
    if length > MAX_SERIES_LEN:
        return SERIES_TOO_LONG, refused
    if length < 2:
        return SERIES_TOO_SHORT, refused
    assert length == len(points)
    multiplier, floor = map(value, config or (bits_of(1.5), 0))
    if multiplier is None or multiplier <= 1:
        return SPIKE_MULTIPLIER, refused
    if floor is None or floor < 0:
        return MIN_BASELINE, refused
    if any(bits >= INFINITY and bits != SIGN for bits in points):
        return SPEND_SERIES, refused
    points = [bits & ~SIGN for bits in points]
    latest, baseline = points[-1], mean(points[:-1])
    threshold = min(nearest(max(value(baseline), floor) * multiplier), LARGEST)
    is_spike = int(value(latest) > value(threshold))
    return OK, (latest, baseline, threshold, is_spike, len(points) - 1)


def evaluate_breaker(nulls, failures, threshold, cooldown):
    refused = (0, 1, 0)
    if nulls:
        return NULL_POINTER, refused
    if failures < 0:
        return CONSECUTIVE_FAILURES, refused
    if threshold <= 0:
        return FAILURE_THRESHOLD, refused
    if cooldown < 0:
        return COOLDOWN_STEPS_REMAINING, refused
    is_open = failures >= threshold or cooldown > 0
    return OK, (cooldown if is_open else 0, int(is_open), int(not is_open))


BLOCK, THROTTLE, ALERT, ALLOW = range(4)
# The policy's fields in the order of the C struct: what is found, the status of an action that is none,
# the default.
FINDINGS = (
    ("warning", ON_WARNING, ALERT),
    ("breach", ON_BREACH, BLOCK),
    ("spike", ON_SPIKE, THROTTLE),
    ("leak", ON_LEAK, ALERT),
    ("open", ON_OPEN, BLOCK),
    ("over_limit", ON_OVER_LIMIT, BLOCK),
    ("rate", ON_RATE, THROTTLE),
    ("forecast", ON_FORECAST, ALERT),
    ("insufficient", ON_INSUFFICIENT, ALERT),
    ("error", ON_ERROR, BLOCK),
    ("missing", ON_MISSING, BLOCK),
)
DEFAULT_POLICY = (*(default for _, _, default in FINDINGS), 7, 0)
REASON = dict(
    warning=1, breach=2, spike=4, open=8, missing=16, leak=32, over_limit=64, rate=128,
    forecast=256, insufficient=512, error=1024,
)
# What signals of each kind can have found.
KINDS = {
    1: {"warning", "breach", "over_limit"},
    2: {"spike", "leak", "insufficient"},
    4: {"open"},
    8: {"rate"},
    16: {"forecast", "insufficient"},
}


def words(bits):
    """The names of reasons, None for a bit without one."""
    names = {bit: name for name, bit in REASON.items()}
    return {names.get(1 << place) for place in range(32) if bits >> place & 1}


def is_signal(kind, status, reasons, monitored, retry_after):
    if kind not in KINDS:
        return False
    if status:
        return (words(reasons), monitored, retry_after) == ({"error"}, 0, 0)
    found = words(reasons) | words(monitored)
    waits = retry_after == 0 or retry_after > 0 and bool(found & {"open", "rate"})
    return found <= KINDS[kind] and waits


def evaluate_guard(nulls, signals, policy):
    """Signals as (kind, status, reasons, monitor_reasons, retry_after). nulls: 1 signals, 2 decision."""
    refused = (BLOCK, BLOCK, 0, 0, 0, 0)
    if nulls & 2 or nulls & 1 and signals:
        return NULL_POINTER, refused
    if len(signals) > 64:
        return COUNT, refused
    *actions, required, monitor = policy or DEFAULT_POLICY
    for action, (_, status, _) in zip(actions, FINDINGS):
        if not BLOCK <= action <= ALLOW:
            return status, refused
    if not 0 < required < 32:
        return REQUIRED, refused
    if None in words(monitor):
        return MONITOR, refused
    if not all(is_signal(*signal) for signal in signals):
        return SIGNAL, refused

    # Everything found: what, whether it only counts as if nothing were monitored, how long to wait.
    found = []
    for _, _, reasons, monitored, retry_after in signals:
        found += [(name, False, retry_after) for name in words(reasons)]
        found += [(name, True, retry_after) for name in words(monitored)]
    kinds = {kind for kind, *_ in signals}
    if any(required & kind and kind not in kinds for kind in KINDS):
        found.append(("missing", False, 0))
    asks = {name: action for action, (name, _, _) in zip(actions, FINDINGS)}
    spared = words(monitor)
    decide = [(asks[name], wait) for name, is_only_told, wait in found
              if not is_only_told and name not in spared]
    action = min([ALLOW] + [asked for asked, _ in decide])
    waits = [wait for asked, wait in decide if asked == action]
    return OK, (
        action,
        min([ALLOW] + [asks[name] for name, _, _ in found]),
        sum({REASON[name] for name, is_only_told, _ in found if not is_only_told}),
        sum({REASON[name] for name, is_only_told, _ in found if is_only_told or name in spared}),
        sum(kinds),
        max(waits) if waits and action in (BLOCK, THROTTLE) else 0,
    )


def check_budget_i64(null, current, limit, config):
    """config is (warning_ppm, reserved), or None."""
    refused = (0, 0, 0, 0, 1, 1)
    warning, reserved = config or (900_000, 0)
    if null:
        return NULL_POINTER, refused
    if limit <= 0:
        return BUDGET_LIMIT, refused
    if not 1 <= warning <= MILLION:
        return WARNING_PPM, refused
    if reserved:
        return RESERVED, refused
    if current < 0:
        return CURRENT_SPEND, refused
    usage = min(current * MILLION // limit, UINT64_MAX)
    is_warning = int(current * MILLION >= limit * warning)
    return OK, (current, limit, limit - current, usage, is_warning, int(current >= limit))


def check_spike_i64(nulls, length, config, points):
    """config is (spike_multiplier_ppm, reserved, min_baseline), or None; points as above."""
    refused = (0, 0, 0, 1, 0)
    multiplier, reserved, floor = config or (1_500_000, 0, 0)
    if nulls & 2 or nulls & 1 and length:
        return NULL_POINTER, refused
    if length > MAX_SERIES_LEN:
        return SERIES_TOO_LONG, refused
    if length < 2:
        return SERIES_TOO_SHORT, refused
    assert length == len(points)
    if multiplier <= MILLION:
        return SPIKE_MULTIPLIER_PPM, refused
    if reserved:
        return RESERVED, refused
    if floor < 0:
        return MIN_BASELINE, refused
    if min(points) < 0:
        return SPEND_SERIES, refused
    *history, latest = points
    baseline = Fraction(sum(history), len(history))
    threshold = max(baseline, floor) * Fraction(multiplier, MILLION)
    reported = min(threshold.__floor__(), INT64_MAX)
    return OK, (latest, baseline.__floor__(), reported, int(latest > threshold), len(history))


def money_from_double(null, amount, scale):
    exact = value(amount)
    if null:
        return NULL_POINTER, 0
    if scale > 9:
        return SCALE, 0
    if exact is None:
        return AMOUNT, 0
    minor = round(exact * 10**scale)  # ties to even
    if not INT64_MIN <= minor <= INT64_MAX:
        return AMOUNT_RANGE, 0
    if value(nearest(Fraction(minor, 10**scale))) != exact:
        return AMOUNT_PRECISION, 0
    return OK, minor


def money_to_double(null, minor, scale):
    if null:
        return NULL_POINTER, 0
    if scale > 9:
        return SCALE, 0
    return OK, nearest(Fraction(minor, 10**scale))
