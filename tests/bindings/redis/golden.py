"""The golden cases of ledgers, rate limits and breakers as commands of the module, each at its own time."""
import os

from server import ReplyError

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
LEDGER = "limit carry_max debt_max hold_duration thresholds threshold_unit threshold_basis mode".split()
BREAKER = ("failure_threshold failure_count window_size minimum_calls failure_rate_ppm slow_call_rate_ppm half_open_max_probes"
           " half_open_calls half_open_failure_rate_ppm backoff_ppm jitter_ppm mode jitter_seed window_duration"
           " slow_call_duration open_duration max_open_duration probe_timeout half_open_duration trips_decay max_retry_after"
           " ramp_duration").split()
RATE = "limit duration mode".split()


class Golden:
    def __init__(self, connection):
        self.send, self.settings, self.tickets, self.made = connection.execute_command, {}, {}, 0

    def config(self, names, words):
        pairs = zip(names, words, strict=True)
        return [word for name, value in pairs if value != "-" for word in (name, value)]

    def new(self, kind, *words):
        self.made += 1
        name = f"{kind}{self.made}"
        self.send("CC." + kind, name, *words)
        setattr(self, kind.lower(), name)
        return []

    def on_ledger(self, command, words, ticket=None, given=False):
        *amounts, now = words
        hold = self.tickets[ticket] if given else ()
        decision, found = self.send(command, self.ledger, *hold, *amounts, *self.settings["ledger"], "NOW", now)[0]
        if ticket:
            self.tickets[ticket] = found
        return decision

    def standing(self):
        said = self.send("CC.STATUS", self.breaker)
        fields = dict(zip(said[::2], said[1::2]))
        return [fields[b"phase"], fields[b"revision"]]

    def changed(self, *words):
        """Phase and revision, also after an error."""
        try:
            assert self.send(*words) in (b"OK", self.standing())
        except ReplyError as error:
            return self.standing(), error
        return self.standing(), None

    def answer(self, kind, words):
        safeguard, _, call = kind.partition("_")
        if call == "config":
            names = {"ledger": LEDGER, "breaker": BREAKER, "rate": RATE}[safeguard]
            self.settings[safeguard] = self.config(names, words)
            return None
        own = self.settings.get(safeguard, [])
        if kind == "ledger_init":
            return self.new("LEDGER", words[1], "ID", words[0], "NOW", words[2])
        if kind == "ledger_reset":
            self.send("CC.RESET", self.ledger, "PERIOD", words[0], "NOW", words[1])
            return []
        if kind == "ledger_reserve":
            return self.on_ledger("CC.RESERVE", words[1:], words[0])
        if kind in ("ledger_record", "ledger_roll"):
            return self.on_ledger("CC." + call, words)
        if safeguard == "ledger":
            return self.on_ledger("CC." + call, words[1:], words[0], given=True)
        if kind == "rate_init":
            return self.new("RATE", "NOW", words[0])
        if kind == "rate_reset":
            self.send("CC.RESET", self.rate, "NOW", words[0])
            return []
        if kind == "rate_acquire":
            return self.send("CC.TAKE", self.rate, words[0], *own, "NOW", words[1])
        if kind == "rate_adjust":
            return self.send("CC.ADJUST", self.rate, *words[:2], *own, "NOW", words[2])
        if kind == "breaker_init":
            return self.new("BREAKER", "NOW", words[0])
        if kind in ("breaker_acquire", "breaker_peek"):
            permit = self.send("CC." + call, self.breaker, *own, "NOW", words[1])
            self.tickets[words[0]] = permit
            return permit
        if kind == "breaker_report":
            ticket, outcome, duration, retry_at, now = words
            return self.changed("CC.REPORT", self.breaker, *self.tickets[ticket], outcome, duration, "RETRY_AT", retry_at,
                                *own, "NOW", now)
        if kind == "breaker_force":
            return self.changed("CC.FORCE", self.breaker, *words[:2], "NOW", words[2])
        if kind == "breaker_reset":
            return self.changed("CC.RESET", self.breaker, "NOW", words[0])
        raise AssertionError(kind)


def cases():
    with open(os.path.join(TOP, "tests/golden/cases.txt"), encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.startswith(("ledger_", "rate_", "breaker_"))]


def faults(connection, lines):
    """What is answered otherwise than the lines send."""
    golden, found = Golden(connection), []
    for line in lines:
        asked, _, expected = line.partition(" => ")
        kind, *words = asked.split()
        status, *numbers = expected.split() or [""]
        try:
            answer, error = golden.answer(kind, words), None
        except ReplyError as refused:
            answer, error = [], refused
        if answer is None:
            continue
        if isinstance(answer, tuple):
            answer, error = answer
        name = str(error).split()[2].removeprefix("CLOUDCIRCUIT_").rstrip(":") if error else "OK"
        if name != status or (not error or answer) and list(map(str, answer)) != numbers:
            found.append(f"{line}\n    answered {name} {answer}")
    return found


def check(connection):
    lines = cases()
    found = faults(connection, lines)
    assert not found, f"{len(found)} golden cases\n" + "\n".join(found[:10])
    count = sum(" => " in line for line in lines)
    assert count > 200, count
    print(f"{count} golden cases: the same bits")
