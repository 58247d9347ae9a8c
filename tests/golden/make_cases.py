#!/usr/bin/env python3
"""Makes the golden cases that every host's tests read: make_cases.py, to standard output.

Expected answers come from the exact rules in tests/oracle and the models in tests/model alone; no
code of the library is involved. Every Python 3 writes the same bytes.
"""
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", folder) for folder in ("oracle", "model")]
import breaker_model
import forecast_model
import detect_model
import ledger_model
import rate_limit_model
import rules
from make_vectors import Random, around, first_warning
from rules import bits_of, float_of

HEADER = """\
# Golden cases: what every host must answer, flag for flag and bit for bit.
#
# A line is a call, its arguments, "=>", the status without CLOUDCIRCUIT_ and the result's numbers.
# Doubles are the shortest decimals that read back to the same bits, or nan, inf, -inf. A "-" is a
# NULL. Numbers that a result repeats from its arguments are left out. Calls on a state follow each
# other: *_init starts a new one, *_config holds for the lines after it, and a hold or a permit has
# a name by which later lines pass it on; a hold that was refused is all 0. Fields are those of the
# struct, in order, without reserved ones.
#
# budget SPEND LIMIT WARNING_RATIO => status usage_ratio remaining_budget is_warning is_breached
# budget_i64 SPEND LIMIT WARNING_PPM => status usage_ppm remaining_budget is_warning is_breached
# spike MULTIPLIER MIN_BASELINE POINT... => status latest_spend baseline_mean threshold is_spike
# spike_i64 MULTIPLIER_PPM MIN_BASELINE POINT... => status latest_spend baseline_mean threshold is_spike
# breaker FAILURES THRESHOLD COOLDOWN => status retry_after_steps is_open allow_operation
# guard SIGNAL... POLICY => status action monitor_action reasons monitor_reasons kinds retry_after
#   (a SIGNAL is its fields in order, a POLICY too, with commas between; POLICY - is NULL)
# money_from_double AMOUNT SCALE => status minor
# money_to_double MINOR SCALE => status amount
# ledger_config LIMIT CARRY_MAX DEBT_MAX HOLD_DURATION THRESHOLD,... UNIT BASIS MODE
# ledger_init LEDGER_ID PERIOD NOW, ledger_reset PERIOD NOW => status
# ledger_reserve HOLD ESTIMATE NOW, ledger_extend HOLD MORE NOW, ledger_post HOLD PART NOW,
#   ledger_settle HOLD ACTUAL NOW, ledger_release HOLD NOW, ledger_record AMOUNT NOW,
#   ledger_roll PERIOD NOW => status and the decision's fields
# rate_config LIMIT DURATION MODE
# rate_init NOW, rate_reset NOW => status
# rate_acquire AMOUNT NOW, rate_adjust TAKEN_AT BY NOW => status and the decision's fields
# breaker_config and its fields
# breaker_init NOW => status
# breaker_acquire PERMIT NOW, breaker_peek PERMIT NOW => status and the permit's fields
# breaker_report PERMIT OUTCOME DURATION RETRY_AT NOW, breaker_force PHASE UNTIL NOW,
#   breaker_reset NOW => status phase revision
# forecast SEASON_LENGTH LAG_POINTS NEGATIVE_POINTS START_TIME STEP PERIOD_LEN BUDGET_LIMIT HISTORY,...
#   PERIOD_SPEND,... => status and the result's fields
# detect_config and its fields
# detect POINT... => status and the result's fields
# detect_scan POINT... => status, and of each point flags expected_spend upper_bound
# detect_init => status (of a tracker)
# detect_update POINT => status and the result's fields
"""

STATUS = {
    code: name
    for name, code in vars(rules).items()
    if name.isupper() and isinstance(code, int) and (0 <= code < 1000)
    and name not in ("ZERO", "BLOCK", "THROTTLE", "ALERT", "ALLOW")
}


def status_name(status):
    name = STATUS[status] if isinstance(status, int) else status
    return name if name == "OK" else "ERR_" + name


def word(number):
    return {None: "-"}.get(number, repr(number) if isinstance(number, float) else str(number))


def words(numbers):
    return " ".join(map(word, numbers))


def line(call, arguments, status, results=()):
    print(f"{call} {words(arguments)} => {words([status_name(status), *results])}")


def budget(spend, limit, ratio=0.9):
    arguments = spend, limit, ratio
    status, fields = rules.check_budget(0, *map(bits_of, arguments))
    usage, remaining = map(float_of, fields[2:4])
    line("budget", arguments, status, (usage, remaining, *fields[4:]))


def budget_i64(spend, limit, ppm=900_000):
    status, fields = rules.check_budget_i64(0, spend, limit, (ppm, 0))
    line("budget_i64", (spend, limit, ppm), status, (fields[3], fields[2], *fields[4:]))


def spike(points, multiplier=1.5, floor=0.0):
    bits = [bits_of(float(point)) for point in points]
    config = bits_of(multiplier), bits_of(floor)
    status, fields = rules.check_spike(0, len(bits), config, bits)
    results = (*map(float_of, fields[:3]), fields[3])
    line("spike", (multiplier, floor, *map(float_of, bits)), status, results)


def spike_i64(points, ppm=1_500_000, floor=0):
    status, fields = rules.check_spike_i64(0, len(points), (ppm, 0, floor), points)
    line("spike_i64", (ppm, floor, *points), status, fields[:4])


def breaker(*counters):
    line("breaker", counters, *rules.evaluate_breaker(0, *counters))


def guard(signals, policy=None):
    parts = [",".join(map(str, part)) for part in (*signals, policy or "-")]
    line("guard", parts, *rules.evaluate_guard(0, signals, policy))


def money(amount, scale):
    status, minor = rules.money_from_double(0, bits_of(amount), scale)
    line("money_from_double", (amount, scale), status, (minor,))


def amount(minor, scale):
    status, bits = rules.money_to_double(0, minor, scale)
    line("money_to_double", (minor, scale), status, (float_of(bits),))


def neighbours(number):
    return [float_of(bits) for bits in around(bits_of(number))]


NAN, INFINITY = float("nan"), float("inf")
TOP = 2**63 - 1


def budgets(random):
    for spend, limit in ((50.0, 100.0), (90.0, 100.0), (100.0, 100.0), (0.0, 0.01), (120.5, 100.0)):
        budget(spend, limit)
    for total, limit in ((0.1 + 0.2, 0.3), (0.1 + 0.7, 0.8), (1.1 + 2.2, 3.3)):
        budget(total, limit)
    for limit in (19.99, 250.0, 1234.56, 1e6, 1e-300, 5e-324, 1.7976931348623157e308):
        for spend in neighbours(limit):
            budget(spend, limit)
        for ratio in (0.8, 0.9, 1.0):
            for bits in around(first_warning(bits_of(limit), bits_of(ratio))):
                budget(float_of(bits), limit, ratio)
    for ratio in (NAN, 0.0, -0.5, 1.0000000000000002, INFINITY):
        budget(1.0, 2.0, ratio)
    for bad in (NAN, INFINITY, -INFINITY, -1.0, -5e-324):
        budget(bad, 100.0)
        budget(50.0, bad)
    budget(50.0, 0.0)
    budget(-0.0, 100.0)
    budget(1e308, 1e-308)
    for _ in range(40):
        limit = 1 + random.below(10**6)
        budget(limit * (70 + random.below(40)) // 100 / 100, limit / 100, random.pick((0.8, 0.9)))


def budgets_i64(random):
    for limit in (1, 3, 100, 99_999, 10**9 + 7, 2**33, 2**53 + 1, TOP):
        for ppm in (1, 333_333, 800_000, 900_000, 1_000_000):
            reached = -(-limit * ppm // rules.MILLION)
            for spend in (reached - 1, reached, reached + 1):
                if 0 <= spend <= TOP:
                    budget_i64(spend, limit, ppm)
    budget_i64(TOP, 1)
    for case in ((-1, 100), (5, 0), (5, -1), (5, 100, 0), (5, 100, 1_000_001), (-(2**63), TOP)):
        budget_i64(*case)
    for _ in range(20):
        limit = 1 + random.below(10**8)
        budget_i64(limit * random.below(1200) // 1000, limit, 100_000 * (1 + random.below(10)))


def spikes(random):
    spike([10, 10, 10, 20])
    spike([10, 10, 10, 15])
    spike([0, 0, 0])
    spike([0, 0, 0.01], 1.5, 0.01)
    for bill in ([0.1, 0.2, 0.4], [0.1] * 10, [19.99, 20.01, 18.5, 21.0, 22.22], [1e308, 1e308]):
        for multiplier, floor in ((1.5, 0.0), (1.1, 20.0), (2.0, 0.05)):
            history = [bits_of(point) for point in bill]
            config = bits_of(multiplier), bits_of(floor)
            bits = rules.check_spike(0, len(bill) + 1, config, history + [0])[1][2]
            for latest in around(bits):
                spike(bill + [float_of(latest)], multiplier, floor)
    for bad in (NAN, INFINITY, -0.01):
        spike([1, bad, 3])
        spike([1, 2, bad])
        spike([1, 2], bad)
        spike([1, 2], 1.5, bad)
    spike([1, 2], 1.0)
    spike([1])
    spike([1, -0.0])
    for length in (7, 8, 9, 30, 31):
        for _ in range(4):
            spike([random.below(10**5) / 100 for _ in range(length)], 1.25, random.pick((0.0, 500.0)))


def spikes_i64(random):
    for bill in ([10, 10, 10], [1, 2], [TOP, TOP], [0, 0], [1999, 2001, 1850, 2100]):
        for ppm, floor in ((1_500_000, 0), (1_000_001, 0), (2_000_000, 5), (2**32 - 1, 0)):
            reported = rules.check_spike_i64(0, len(bill) + 1, (ppm, 0, floor), bill + [0])[1][2]
            for latest in (reported - 1, reported, reported + 1):
                if 0 <= latest <= TOP:
                    spike_i64(bill + [latest], ppm, floor)
    for case in (([1],), ([1, -1],), ([-1, 1],), ([1, 2], 1_000_000), ([1, 2], 1_500_000, -1)):
        spike_i64(*case)
    for _ in range(10):
        spike_i64([random.below(10**6) for _ in range(30)], 1_000_001 + random.below(10**6))


def breakers():
    for failures in (0, 2, 3, 4, TOP):
        for cooldown in (0, 1, TOP):
            breaker(failures, 3, cooldown)
    for counters in ((TOP - 1, TOP, 0), (-1, 3, 0), (0, 0, 0), (0, -3, 0), (0, 3, -1)):
        breaker(*counters)


def guards(random):
    fine = ((1, 0, 0, 0, 0), (2, 0, 0, 0, 0), (4, 0, 0, 0, 0))
    findings = [(1, 0, 1, 0, 0), (1, 0, 3, 0, 0), (1, 0, 64, 1, 0), (2, 0, 4, 0, 0), (2, 0, 32 + 512, 0, 0)]
    findings += [(4, 0, 8, 0, 7), (4, 0, 0, 8, 7), (8, 0, 128, 0, 9), (16, 0, 256, 0, 0)]
    findings += [(1, 100, 1024, 0, 0), (8, 0, 0, 0, 0), (16, 0, 512, 0, 0)]
    for one in findings:
        guard((*fine, one))
        guard((one,))
        actions = tuple(random.below(4) for _ in range(11))
        guard((one, *fine), (*actions, 1 + random.below(31), random.pick((0, one[2]))))
    for _ in range(12):
        guard(tuple(random.pick(findings) for _ in range(3)))
    guard(())
    for field in range(11):
        policy = list(rules.DEFAULT_POLICY)
        policy[field] = (-1, 4)[field % 2]
        guard(fine, tuple(policy))
    guard(fine, rules.DEFAULT_POLICY[:11] + (0, 0))
    guard(fine, rules.DEFAULT_POLICY[:11] + (7, 2048))
    guard((*fine, (0, 0, 0, 0, 0)))


def moneys():
    for number in (0.1, 12.34, -12.34, 0.005, 1e15, 90071992547409.91, 1e300, NAN, INFINITY, -0.0):
        for scale in (0, 2, 9):
            money(number, scale)
    money(1.0, 10)
    for minor in (0, 1, -1, 1234, 2**53 + 1, TOP, -(2**63)):
        for scale in (0, 2, 9):
            amount(minor, scale)
    amount(1, 10)


class Ledger:
    def __init__(self, limit, carry=0, debt=0, duration=0, thresholds=(), unit=0, basis=0, mode=0):
        padded = (*thresholds, *[0] * 8)[:8]
        self.config = ledger_model.Config(
            limit, carry, debt, duration, padded, len(thresholds), unit, basis, mode
        )
        self.holds = {}
        places = ",".join(map(str, thresholds)) or "-"
        print("ledger_config", limit, carry, debt, duration, places, unit, basis, mode)

    def init(self, ledger_id, period, now):
        self.ledger = ledger_model.Ledger(ledger_id, period, now)
        line("ledger_init", (ledger_id, period, now), "OK")

    def reset(self, period, now):
        self.ledger = self.ledger.reset(period, now)
        line("ledger_reset", (period, now), "OK")

    def closed(self, call, arguments, answer):
        self.ledger = answer.ledger
        line("ledger_" + call, arguments, answer.status, answer.decision)

    def reserve(self, name, estimate, now):
        answer = self.ledger.reserve(self.config, estimate, now)
        self.holds[name] = answer.hold
        self.closed("reserve", (name, estimate, now), answer)

    def on_hold(self, call, name, *arguments):
        answer = getattr(self.ledger, call)(self.config, self.holds[name], *arguments)
        self.holds[name] = answer.hold
        self.closed(call, (name, *arguments), answer)

    def record(self, amount, now):
        self.closed("record", (amount, now), self.ledger.record(self.config, amount, now))

    def roll(self, period, now):
        self.closed("roll", (period, now), self.ledger.roll(self.config, period, now))


def ledgers():
    month = Ledger(10_000, 0, 0, 0, (500_000, 800_000, 1_000_000))
    month.init(7, 202601, 1000)
    month.reserve("a", 6000, 1001)
    month.reserve("b", 4001, 1002)
    month.reserve("c", 4000, 1003)
    month.reserve("d", 1, 1004)
    month.reserve("e", 10_001, 1005)
    month.reserve("f", 0, 1006)
    month.reserve("e", -1, 1006)
    month.on_hold("settle", "b", 1, 1007)
    month.on_hold("settle", "a", 5000, 1007)
    month.on_hold("settle", "a", 5000, 1008)
    month.on_hold("settle", "c", -1, 1008)
    month.on_hold("settle", "c", 6500, 1008)
    month.record(-3501, 1009)
    month.record(1, 1010)
    month.reserve("f", 1999, 1011)
    month.reserve("g", 2000, 1012)
    month.on_hold("release", "g", 1013)
    month.on_hold("release", "f", 1000)
    month.roll(202512, 1014)
    month.roll(202602, 1014)
    month.record(ledger_model.LAST, 1015)
    month.record(1, 1016)
    held = Ledger(100, 0, 0, 0)
    held.init(1, 1, 0)
    held.reserve("a", 100, 1)
    held.roll(2, 10)
    held.reserve("b", 100, 11)
    held.on_hold("settle", "a", 100, 12)
    held.reserve("b", 1, 13)
    short = Ledger(100, 30, 20, 160, (40, 90), 1, 1)
    short.init(3, 1, 0)
    short.reserve("a", 60, 0)
    short.reserve("b", 40, 5)
    short.on_hold("extend", "a", 0, 100)
    short.on_hold("post", "a", 10, 120)
    short.reserve("c", 41, 169)
    short.reserve("c", 40, 180)
    short.on_hold("settle", "b", 40, 181)
    short.on_hold("extend", "a", 11, 181)
    short.on_hold("settle", "a", 45, 400)
    short.roll(2, 401)
    short.reserve("d", 5, 402)
    short.reset(2, 50)
    short.on_hold("settle", "d", 5, 51)
    watched = Ledger(10, mode=1)
    watched.init(4, 0, 0)
    watched.reserve("a", 11, 1)
    watched.on_hold("settle", "a", 12, 2)
    nothing = Ledger(0)
    nothing.init(5, -1, 0)
    nothing.reserve("a", 1, 1)
    nothing.record(0, 2)
    free = Ledger(0, mode=2)
    free.init(6, 0, 0)
    free.reserve("a", ledger_model.LAST, 1)
    free.reserve("b", 1, 2)
    free.on_hold("settle", "a", 12, 3)
    for wrong in ((-1,), (0, -1), (0, 0, -1), (0, 0, 0, -1), (0, 0, 0, 0, (2, 2)), (0, 0, 0, 0, (1,), 2)):
        broken = Ledger(*wrong)
        broken.init(8, 1, 0)
        broken.record(1, 1)
    for wrong in ((5, 0, 0, 0, (7,), 0, 0, 2), (5, 0, 0, 0, (7,), 0, 2), (5, 0, 0, 0, (), 0, 0, 3)):
        broken = Ledger(*wrong)
        broken.init(8, 1, 0)
        broken.record(1, 1)


class Rate:
    def __init__(self, limit, duration, mode=0):
        self.config = rate_limit_model.Config(limit, duration, mode, 0)
        print("rate_config", limit, duration, mode)

    def init(self, now):
        self.rate = rate_limit_model.RateLimit(now)
        line("rate_init", (now,), "OK")

    def reset(self, now):
        self.rate = self.rate.reset(now)
        line("rate_reset", (now,), "OK")

    def call(self, name, *arguments):
        answer = getattr(self.rate, name)(self.config, *arguments)
        self.rate = answer.rate
        line("rate_" + name, arguments, answer.status, answer.decision)


def rates():
    hour = Rate(1000, 3600)
    hour.init(0)
    for amount, now in ((400, 10), (600, 20), (1, 30), (0, 30), (1001, 31), (-1, 32)):
        hour.call("acquire", amount, now)
    hour.call("adjust", 20, -250, 40)
    hour.call("acquire", 250, 41)
    hour.call("acquire", 300, 20)
    hour.call("adjust", 42, 1, 41)
    for now in (3600, 3824, 3825, 3826):
        hour.call("acquire", 400, now)
    hour.call("adjust", 10, -1, 9000)
    hour.reset(100)
    hour.call("acquire", 1000, 100)
    for mode in (1, 2):
        other = Rate(5, 10, mode)
        other.init(-5)
        other.call("acquire", 6, -5)
        other.call("acquire", 2, -4)
    for wrong in ((-1, 5), (5, 0), (5, 5, 3)):
        broken = Rate(*wrong)
        broken.init(0)
        broken.call("acquire", 1, 0)


# The struct's order; the model has its own.
CONFIG_FIELDS = """
    failure_threshold failure_count window_size minimum_calls failure_rate_ppm slow_call_rate_ppm
    half_open_max_probes half_open_calls half_open_failure_rate_ppm backoff_ppm jitter_ppm mode jitter_seed
    window_duration slow_call_duration open_duration max_open_duration probe_timeout half_open_duration
    trips_decay max_retry_after ramp_duration
""".split()


class Breaker:
    def __init__(self, **settings):
        self.config = breaker_model.DEFAULT._replace(**settings)
        self.permits = {}
        print("breaker_config", *(getattr(self.config, name) for name in CONFIG_FIELDS))

    def init(self, now):
        self.state = breaker_model.init(now)
        line("breaker_init", (now,), "OK")

    def stands(self, call, arguments, status):
        line("breaker_" + call, arguments, status, (self.state.phase, self.state.revision))

    def acquire(self, name, now):
        status, self.state, permit = breaker_model.acquire(self.config, self.state, now)
        self.permits[name] = permit
        line("breaker_acquire", (name, now), status, permit)

    def peek(self, name, now):
        status, permit = breaker_model.peek(self.config, self.state, now)
        self.permits[name] = permit
        line("breaker_peek", (name, now), status, permit)

    def report(self, name, outcome, duration, now, retry_at=breaker_model.NEVER):
        arguments = outcome, duration, retry_at, now
        answer = breaker_model.report(self.config, self.state, self.permits[name], *arguments)
        status, self.state = answer
        self.stands("report", (name, *arguments), status)

    def force(self, phase, until, now):
        status, self.state = breaker_model.force(self.state, phase, until, now)
        self.stands("force", (phase, until, now), status)

    def reset(self, now):
        status, self.state = breaker_model.reset(self.state, now)
        self.stands("reset", (now,), status)


def breakers_with_state():
    failure, success, ignored = breaker_model.FAILURE, breaker_model.SUCCESS, breaker_model.IGNORED
    plain = Breaker()
    plain.init(1000)
    for attempt in range(3):
        plain.acquire("a", 1000 + attempt)
        plain.report("a", failure, 5, 1010 + attempt)
    plain.report("a", success, 5, 1020)
    plain.peek("c", 31_011)
    for now in (1013, 31_011, 500, 31_012, 31_013):
        plain.acquire("b" if now == 31_012 else "c", now)
    plain.report("b", 0, 5, 31_014)
    plain.report("b", success, -1, 31_014)
    plain.report("c", success, 5, 31_014)
    plain.report("b", success, 5, 31_014)
    plain.report("b", success, 5, 31_015)
    plain.acquire("d", 31_016)
    plain.force(4, 40_000, 31_017)
    plain.report("d", success, 5, 31_018)
    plain.acquire("e", 39_999)
    plain.acquire("e", 40_000)
    plain.report("e", success, 5, 40_001)
    plain.force(2, 0, 40_001)
    plain.force(5, breaker_model.LAST, 40_002)
    plain.acquire("f", 40_003)
    plain.report("f", failure, 5, 40_004)
    plain.force(1, 0, 40_005)
    plain.reset(30)
    plain.acquire("g", 31)

    rates = Breaker(
        failure_threshold=0, window_size=10, minimum_calls=4, failure_rate_ppm=500_000,
        slow_call_rate_ppm=750_000, half_open_max_probes=2, half_open_calls=2,
        jitter_ppm=200_000, jitter_seed=42, slow_call_duration=100, open_duration=1000,
        max_open_duration=4000, probe_timeout=500,
    )  # fmt: skip
    rates.init(0)
    now = 0
    calls = [(1, 99), (2, 5), (3, 1000), (1, 100), (1, 100), (1, 150), (1, 101), (1, 100), (1, 100)]
    for outcome, duration in calls:
        now += 200
        rates.acquire("a", now)
        rates.report("a", outcome, duration, now + duration)
    for turn in range(3):
        now = rates.state.open_until
        rates.acquire("a", now - 1)
        rates.acquire("a", now)
        rates.acquire("b", now + 1)
        rates.acquire("c", now + 2)
        if turn == 0:
            rates.report("a", failure, 1, now + 3)
        elif turn == 1:
            rates.acquire("c", now + 500)
            rates.report("b", success, 1, now + 501)
        else:
            rates.report("a", ignored, 1, now + 3)
            rates.report("b", success, 1, now + 4)
            rates.acquire("a", now + 5)
            rates.report("a", success, 1, now + 6)

    timed = Breaker(
        failure_threshold=0, failure_count=3, window_duration=160, open_duration=100,
        max_open_duration=400, half_open_calls=3, half_open_failure_rate_ppm=500_000,
        half_open_max_probes=3, half_open_duration=50, trips_decay=1000, max_retry_after=300,
        ramp_duration=100,
    )  # fmt: skip
    timed.init(0)
    for now in (0, 10, 159, 170, 175):
        timed.acquire("a", now)
        timed.report("a", failure, 1, now)
    now = timed.state.open_until
    for name in "abc":
        timed.acquire(name, now)
    for name in "abc":
        timed.report(name, success, 1, now + 1)
    for step in range(12):
        timed.acquire("d", now + 1 + 10 * step)
    timed.report("d", failure, 1, now + 120, now + 200)
    timed.acquire("e", now + 130)

    watched = Breaker(failure_threshold=1, mode=1)
    watched.init(0)
    watched.acquire("a", 1)
    watched.report("a", failure, 0, 2)
    watched.acquire("b", 3)
    watched.report("b", success, 0, 4)
    for settings in (
        {"window_size": 129}, {"failure_threshold": 0}, {"half_open_calls": 65}, {"mode": 2},
        {"backoff_ppm": 999_999}, {"window_size": 5, "window_duration": 5, "minimum_calls": 1},
    ):  # fmt: skip
        wrong = Breaker(**settings)
        wrong.init(0)
        wrong.acquire("a", 0)


def forecast(history, period, period_len=30, limit=7000.0, status="OK", **settings):
    config = forecast_model.Config(7, 0, 0, 0, forecast_model.TIME_UNKNOWN, 86400)
    for name, value in settings.items():
        setattr(config, name, value)
    arguments = [getattr(config, name) for name, _ in config._fields_ if name != "reserved"]
    arguments += [period_len, limit, *(",".join(map(word, map(float, points))) or "-" for points in (history, period))]
    if status != "OK":
        return line("forecast", arguments, status, (0.0,) * 6 + (0, 1, 3))
    fields = forecast_model.forecast(history, period, period_len, limit, config)[0]
    line("forecast", arguments, status, fields.values())


def forecasts():
    """Bills of which no step rounds: 64 a day, in weeks all alike, so that the weights do not matter."""
    nan = float("nan")
    flat = [64.0] * 35
    for elapsed in (0, 1, 16, 29, 30):
        for limit in (1920.0, 1984.0, 640.0):
            forecast(flat, [64.0] * elapsed, limit=limit)
    forecast([], [64.0] * 6)
    forecast([], [64.0] * 8, 32)
    forecast([], [], 1, 1e-300)
    forecast(flat, [64.0, nan, 64.0, nan], 32)
    forecast(flat, [64.0, nan, nan], 32)
    forecast(flat, [64.0] * 7 + [4.0], 32, lag_points=1)
    forecast(flat, [64.0] * 7 + [400.0], 32, lag_points=1)
    forecast(flat + [1.0, 2.0], [], 32, lag_points=2)
    forecast(flat, [64.0] * 3, 32, lag_points=480)
    forecast(flat, [64.0] * 7 + [-4.0], 32, negative_points=1)
    forecast(flat + [-1.0], [64.0] * 8, 32, negative_points=1)
    # 100 days from 2023-01-01, a charge on each month's last, and on the fifth.
    for day in ((30, 58, 89), (4, 35, 63, 94)):
        days = [64.0 + 1024 * (i in day) for i in range(100)]
        for start_time in (1672531200, 1672531200 + 86399):
            forecast(days[:90], days[90:98], 32, start_time=start_time)
    for settings, status in (
        ({"season_length": 0}, "FORECAST_SEASON_LENGTH"), ({"season_length": 169}, "FORECAST_SEASON_LENGTH"),
        ({"lag_points": 481}, "LAG_POINTS"), ({"negative_points": 3}, "NEGATIVE_POINTS"),
        ({"start_time": 2**53 + 1}, "START_TIME"), ({"step": 0}, "STEP"), ({"step": 2**31 + 1}, "STEP"),
        ({"period_len": 0}, "PERIOD_LEN"), ({"period_len": 7}, "ELAPSED"), ({"limit": 0.0}, "BUDGET_LIMIT"),
    ):  # fmt: skip
        forecast(flat, [64.0] * 8, status=status, **settings)
    forecast([-1.0], [], status="HISTORY")
    forecast([], [float("inf")], status="PERIOD_SPEND", negative_points=2)


class Detector:
    def __init__(self, season=0, window=0, lag=0, negative=0, threshold=3.5, impact=0.0, relative=0.08, start=None,
                 step=86400):
        start = detect_model.UNKNOWN if start is None else start
        self.config = detect_model.Config(season, window, lag, negative, threshold, impact, relative, 0.01, start, step)
        print("detect_config", words(getattr(self.config, name) for name, _ in detect_model.Config._fields_))

    def found(self, points):
        """Status and fields of the finding in the last point."""
        if self.config.negative_points == 0 and any(point < 0 for point in points) or INFINITY in points:
            return "DETECT_POINT", (0.0,) * 7 + (0, detect_model.SPIKE, 0, 1, 1)
        if self.config.negative_points > 2:
            return "NEGATIVE_POINTS", (0.0,) * 7 + (0, detect_model.SPIKE, 0, 1, 1)
        now = len(points) - 1 - self.config.lag_points
        if now < 0:
            return "OK", (0.0,) * 7 + (0, detect_model.INSUFFICIENT, detect_model.MISSING, 0, 0)
        return "OK", detect_model.Model(points, self.config).judge(now)[:-1]

    def detect(self, points):
        line("detect", points, *self.found(points))

    def scan(self, points):
        rows = []
        for end in range(1, len(points) + 1):
            status, (_, expected, upper, *_, verdict, _, leak, drop) = self.found(points[:end])
            spike = {detect_model.SPIKE: 4, detect_model.INSUFFICIENT: 64}.get(verdict, 0)
            rows += [spike | 16 * leak | 32 * drop, expected, upper]
        line("detect_scan", points, "OK", rows)

    def track(self, points):
        line("detect_init", (), "OK")
        taken = []
        for point in points:
            status, found = self.found([*taken, point])
            line("detect_update", (point,), status, found)
            if status == "OK":
                taken.append(point)


def detectors():
    week = [100.0, 104.0, 98.0, 101.0, 97.0, 40.0, 42.0]
    days = [round(week[day % 7] + day * 37 % 11 * 0.25, 2) for day in range(56)]
    flat = [100.0] * 40
    daily = Detector()
    for points in ([], [5.0], flat, flat + [300.0], flat + [60.0], flat + [-1.0], flat + [INFINITY], flat + [NAN],
                   days, days + [500.0], days + [0.0], days + [NAN, 180.0], days[:-1] + [160.0, 165.0], [0.0] * 30 + [9.0],
                   [0.0] * 30, [2.0, 100.0, 2.0] * 15 + [150.0]):
        daily.detect(points)
    # A day after an outage, and what recurs in a young series: twice, or once in its first three weeks.
    daily.detect(flat + [0.0] * 6 + [100.0, 160.0])
    daily.detect(flat[:10] + [300.0] + flat[:33] + [330.0])
    daily.detect(flat[:29] + [300.0] + flat[:11] + [300.0] + flat[:8] + [330.0])
    daily.scan(days[:24] + [NAN, 300.0, 20.0])
    daily.track(days[:20] + [-3.0, NAN, 400.0, 1.0, *days[24:34]])
    leaking = [100.0 + (day % 3) for day in range(60)] + [100.0 + 5 * day for day in range(1, 25)]
    daily.detect(leaking)
    # 2024-01-01: 40 more on the first of each month.
    dated = Detector(start=1704067200)
    dated.detect([140.0 if day in (0, 31, 60) else 100.0 for day in range(61)])
    # On the first working day: 1 February, 2 March, and 2 April or once more on the 3rd.
    for last in (92, 93):
        dated.detect([180.0 if day in (31, 61, 92, last) else 100.0 for day in range(last + 1)])
    for negative in (1, 2):
        credits = Detector(negative=negative)
        credits.detect(flat + [-20.0])
        credits.detect(days[:30] + [-20.0] + days[31:40] + [300.0])
        credits.track(days[:15] + [-8.0, 100.0])
    Detector(negative=3).detect(flat)
    Detector(lag=2).detect(flat + [300.0, 1.0, 1.0])
    Detector(season=1, window=14, threshold=2.0, impact=30.0, relative=0.0).scan([10.0, 12.0, 11.0] * 8 + [90.0, 30.0])
    hours = [round(5 + 4 * (hour % 24 in range(8, 18)) + hour * 7 % 5 * 0.1, 1) for hour in range(100)]
    Detector(step=3600).detect(hours + [40.0])
    Detector(step=3600, start=1704067200).detect(hours)


def main():
    random = Random(5)
    print(HEADER, end="")
    budgets(random)
    budgets_i64(random)
    spikes(random)
    spikes_i64(random)
    breakers()
    guards(random)
    moneys()
    ledgers()
    rates()
    breakers_with_state()
    forecasts()
    detectors()


if __name__ == "__main__":
    main()
