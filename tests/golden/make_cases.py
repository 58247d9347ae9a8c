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
import ledger_model
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
# a name by which later lines pass it on; a hold that was refused has the amount 0.
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
# ledger_config LIMIT IS_UNLIMITED THRESHOLD_PPM,...
# ledger_init PERIOD => status
# ledger_reserve HOLD ESTIMATE, ledger_settle HOLD ACTUAL, ledger_release HOLD, ledger_record AMOUNT,
#   ledger_roll PERIOD => status settled held available overshoot allowed reason crossed newly_crossed
# breaker_config, its 13 fields in order
# breaker_init NOW => status
# breaker_acquire PERMIT NOW => status generation retry_after deadline phase allowed probe_slot clock_regressed
# breaker_report PERMIT OUTCOME DURATION NOW, breaker_force PHASE UNTIL NOW => status phase revision
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
    def __init__(self, limit, is_unlimited=0, *thresholds):
        padded = (thresholds + (0,) * 8)[:8]
        self.config = ledger_model.Config(limit, is_unlimited, len(thresholds), padded)
        self.holds = {}
        shares = ",".join(map(str, thresholds)) or "-"
        print("ledger_config", limit, is_unlimited, shares)

    def init(self, period):
        self.state = ledger_model.init(period)
        line("ledger_init", (period,), "OK")

    def answer(self, call, arguments, status, decision):
        flags = [sum(flag << bit for bit, flag in enumerate(flags)) for flags in decision[6:]]
        line("ledger_" + call, arguments, status, (*decision[:6], *flags))

    def reserve(self, name, estimate):
        status, self.state, hold, decision = ledger_model.reserve(self.config, self.state, estimate)
        self.holds[name] = hold
        self.answer("reserve", (name, estimate), status, decision)

    def settle(self, name, actual):
        status, self.state, self.holds[name], decision = ledger_model.settle(
            self.config, self.state, self.holds[name], actual
        )
        self.answer("settle", (name, actual), status, decision)

    def release(self, name):
        status, self.state, self.holds[name], decision = ledger_model.release(
            self.config, self.state, self.holds[name]
        )
        self.answer("release", (name,), status, decision)

    def record(self, amount):
        status, self.state, decision = ledger_model.record(self.config, self.state, amount)
        self.answer("record", (amount,), status, decision)

    def roll(self, period):
        status, self.state, decision = ledger_model.roll(self.config, self.state, period)
        self.answer("roll", (period,), status, decision)


def ledgers():
    month = Ledger(10_000, 0, 500_000, 800_000, 1_000_000)
    month.init(202601)
    month.reserve("a", 6000)
    month.reserve("b", 4001)
    month.reserve("c", 4000)
    month.reserve("d", 1)
    month.reserve("e", 10_001)
    month.reserve("e", 0)
    month.settle("b", 1)
    month.settle("a", 5000)
    month.settle("a", 5000)
    month.settle("c", -1)
    month.settle("c", 6500)
    month.record(-3501)
    month.record(1)
    month.reserve("f", 1999)
    month.reserve("g", 2000)
    month.release("g")
    month.release("g")
    month.settle("f", 1990)
    month.reserve("h", 10)
    month.roll(202512)
    month.roll(202602)
    month.settle("h", 70)
    month.record(ledger_model.LAST)
    month.record(ledger_model.LAST - 70)
    month.record(1)
    month.reserve("i", 5)
    nothing = Ledger(0)
    nothing.init(-1)
    nothing.reserve("a", 1)
    nothing.record(0)
    free = Ledger(0, 1)
    free.init(0)
    free.reserve("a", ledger_model.LAST)
    free.reserve("b", 1)
    free.settle("a", 12)
    for limit, unlimited, *shares in ((-1, 0), (0, 2), (0, 0, 1), (5, 0, 2, 2), (5, 1, 7)):
        wrong = Ledger(limit, unlimited, *shares)
        wrong.init(1)
        wrong.record(1)


class Breaker:
    def __init__(self, **settings):
        self.config = breaker_model.DEFAULT._replace(**settings)
        self.permits = {}
        print("breaker_config", *self.config)

    def init(self, now):
        self.state = breaker_model.init(now)
        line("breaker_init", (now,), "OK")

    def acquire(self, name, now):
        status, self.state, permit = breaker_model.acquire(self.config, self.state, now)
        self.permits[name] = permit
        line("breaker_acquire", (name, now), status, permit)

    def report(self, name, outcome, duration, now):
        permit = self.permits[name]
        answer = breaker_model.report(self.config, self.state, permit, outcome, duration, now)
        status, self.state = answer
        results = self.state.phase, self.state.revision
        line("breaker_report", (name, outcome, duration, now), status, results)

    def force(self, phase, until, now):
        status, self.state = breaker_model.force(self.state, phase, until, now)
        results = self.state.phase, self.state.revision
        line("breaker_force", (phase, until, now), status, results)


def breakers_with_state():
    plain = Breaker()
    plain.init(1000)
    for attempt in range(3):
        plain.acquire("a", 1000 + attempt)
        plain.report("a", breaker_model.FAILURE, 5, 1010 + attempt)
    plain.report("a", breaker_model.SUCCESS, 5, 1020)
    for now in (1013, 31_011, 500, 31_012, 31_013):
        plain.acquire("b" if now == 31_012 else "c", now)
    plain.report("b", 0, 5, 31_014)
    plain.report("b", breaker_model.SUCCESS, -1, 31_014)
    plain.report("c", breaker_model.SUCCESS, 5, 31_014)
    plain.report("b", breaker_model.SUCCESS, 5, 31_014)
    plain.report("b", breaker_model.SUCCESS, 5, 31_015)
    plain.acquire("d", 31_016)
    plain.force(4, 40_000, 31_017)
    plain.report("d", breaker_model.SUCCESS, 5, 31_018)
    plain.acquire("e", 39_999)
    plain.acquire("e", 40_000)
    plain.force(2, 0, 40_001)
    plain.force(5, breaker_model.LAST, 40_002)
    plain.acquire("f", 40_003)
    plain.report("f", breaker_model.FAILURE, 5, 40_004)
    plain.force(1, 0, 40_005)

    rates = Breaker(
        failure_threshold=0, window_size=10, minimum_calls=4, failure_rate_ppm=500_000,
        slow_call_rate_ppm=750_000, half_open_max_probes=2, half_open_successes=2,
        jitter_ppm=200_000, jitter_seed=42, slow_call_duration=100, open_duration=1000,
        max_open_duration=4000, probe_timeout=500,
    )
    rates.init(0)
    now = 0
    calls = [(1, 99), (2, 5), (3, 1000), (1, 100), (1, 100), (1, 150), (1, 101), (1, 100), (1, 100)]
    for outcome, duration in calls:
        now += 200
        rates.acquire("a", now)
        rates.report("a", outcome, duration, now + duration)
    for round in range(3):
        now = rates.state.open_until
        rates.acquire("a", now - 1)
        rates.acquire("a", now)
        rates.acquire("b", now + 1)
        rates.acquire("c", now + 2)
        if round == 0:
            rates.report("a", breaker_model.FAILURE, 1, now + 3)
        elif round == 1:
            rates.acquire("c", now + 500)
            rates.report("b", breaker_model.SUCCESS, 1, now + 501)
        else:
            rates.report("a", breaker_model.IGNORED, 1, now + 3)
            rates.report("b", breaker_model.SUCCESS, 1, now + 4)
            rates.acquire("a", now + 5)
            rates.report("a", breaker_model.SUCCESS, 1, now + 6)
    wrong = Breaker(window_size=129)
    wrong.init(0)
    wrong.acquire("a", 0)


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
    breakers_with_state()


if __name__ == "__main__":
    main()
