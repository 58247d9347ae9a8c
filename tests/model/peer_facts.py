"""Drives facts from other breakers' test suites through a built library.

    peer_facts.py LIBRARY HEADER FACTS [--skip-missing]

The first lines of FACTS describe how a fact is written. Structs and signatures are read from HEADER,
so a field that moves needs no change here. A fact holds when every step answers what the fact
expects of this library. The answer after `| peer` is not driven: it documents the difference.

A fact that needs a field or a function which HEADER does not have is a failure. With --skip-missing
it is counted as skipped, for a library that is older than the facts.
"""
import ctypes
import re
import sys
from collections import Counter, namedtuple

PREFIX = "cloudcircuit_"
TYPES = {name + "_t": getattr(ctypes, "c_" + name) for name in ("int32", "int64", "uint32", "uint64")}
OUTCOMES = {"S": "SUCCESS", "F": "FAILURE", "I": "IGNORED"}
NEVER, NO_RETRY_AT = 2**63 - 1, -(2**63)
FEWEST_FACTS, FEWEST_OF_A_PEER = 60, 4


class Missing(Exception):
    """The header lacks what a fact needs."""


class Broken(Exception):
    """A step did not answer what the fact says."""


# The facts

Fact = namedtuple("Fact", "id peer version file test says map differs config steps")
Step = namedtuple("Step", "line verb words answer peer")
SOURCE_KEYS = ("peer", "version", "file")
FACT_KEYS = ("test", "says", "map", "differs", "config")
VERBS = ("acquire", "peek", "report", "calls", "force_open", "force_closed", "force_end", "reset", "expect")


def parse(text):
    """The facts of a file. Blank lines divide blocks; lines that start with # are comments."""
    facts, source = [], None
    for block in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in block.splitlines() if not line.lstrip().startswith("#")]
        lines = [line for line in lines if line]
        if lines and lines[0] == "source":
            source, _ = parse_lines(lines[1:], SOURCE_KEYS)
        elif lines:
            facts.append(parse_fact(lines, source))
    return facts


def parse_fact(lines, source):
    first, _, identity = lines[0].partition(" ")
    if first != "fact":
        raise ValueError(f"a block starts with 'source' or 'fact', not {lines[0]!r}")
    values, steps = parse_lines(lines[1:], FACT_KEYS)
    pairs = [pair.split("=") for pair in values.pop("config").split()]
    config = {name: int(number) for name, number in pairs}
    return Fact(id=identity, config=config, steps=steps, **source, **values)


def parse_lines(lines, keys):
    """The values of keys, None where there is none, and the steps after them."""
    values, steps = dict.fromkeys(keys), []
    for line in lines:
        key, _, rest = line.partition(" ")
        if key in VERBS:
            steps.append(parse_step(line))
        elif key in keys and values[key] is None and not steps:
            values[key] = rest.strip()
        else:
            raise ValueError(f"{line!r} has no place here")
    return values, steps


def parse_step(line):
    rest, _, peer = line.partition(" | peer ")
    call, _, answer = rest.partition(" -> ")
    verb, *words = call.split()
    return Step(line, verb, words, answer.split(), peer.split())


def check_file(facts):
    """What is wrong with the file as a whole."""
    problems = []
    for identity, times in Counter(fact.id for fact in facts).items():
        if times > 1:
            problems.append(f"{identity}: the id of {times} facts")
    for fact in facts:
        for key in ("peer", "version", "file", "test", "says"):
            if not getattr(fact, key):
                problems.append(f"{fact.id}: has no {key}")
        if bool(fact.differs) != any(step.peer for step in fact.steps):
            problems.append(f"{fact.id}: 'differs' and '| peer' go together")
        for step in fact.steps:
            ours = step.words[1:] if step.verb == "expect" else step.answer or ["OK"]
            if step.peer and step.peer == ours:
                problems.append(f"{fact.id}: the peer says the same in {step.line!r}")
    if len(facts) < FEWEST_FACTS:
        problems.append(f"{len(facts)} facts are fewer than {FEWEST_FACTS}")
    for peer, times in Counter(fact.peer for fact in facts).items():
        if times < FEWEST_OF_A_PEER:
            problems.append(f"{peer}: {times} facts are fewer than {FEWEST_OF_A_PEER}")
    return problems


# The library


class Header:
    """The numbers, structs and signatures of the C header."""

    def __init__(self, text):
        plain = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)
        defines = re.findall(r"^#define CLOUDCIRCUIT_(\w+) (\d+)u?\s*$", plain, re.M)
        self.numbers = {name: int(number) for name, number in defines}
        self.statuses = {
            number: name.removeprefix("ERR_")
            for name, number in self.numbers.items()
            if name == "OK" or name.startswith("ERR_")
        }
        self.structs = {}
        for body, name in re.findall(r"typedef struct (?:\w+ )?\{(.*?)\} (\w+);", plain, re.S):
            fields = []
            for kind, names in re.findall(r"(\w+)\s+([^;]+);", body):
                for field in names.split(","):
                    fields.append(self.field(kind, field.strip()))
            if all(kind for _, kind in fields):
                self.structs[name] = type(name, (ctypes.Structure,), {"_fields_": fields})
        self.parameters = {
            name: [p.strip() for p in parameters.split(",")]
            for name, parameters in re.findall(r"cloudcircuit_status\s+(\w+)\(([^()]*)\);", plain)
        }

    @staticmethod
    def field(kind, name):
        ctype = TYPES.get(kind)
        array = re.fullmatch(r"(\w+)\[(\d+)\]", name)
        if array and ctype:
            return array.group(1), ctype * int(array.group(2))
        return name, ctype

    def struct(self, name):
        if PREFIX + name not in self.structs:
            raise Missing(f"struct {name}")
        return self.structs[PREFIX + name]

    def number(self, name):
        if name not in self.numbers:
            raise Missing(f"constant {name}")
        return self.numbers[name]


class Library:
    """One breaker of a built library, called by the names that the facts use."""

    def __init__(self, library, header):
        self.library, self.header = library, header
        self.state = header.struct("breaker_state")()

    def call(self, name, **arguments):
        """Calls a function with its parameters by name; answers the status's name."""
        parameters = self.header.parameters.get(PREFIX + "breaker_" + name)
        if parameters is None:
            raise Missing(f"function breaker_{name}")
        passed, kinds = [], []
        for parameter in parameters:
            kind, parameter_name = re.fullmatch(r"(.*?)(\w+)", parameter).groups()
            if parameter_name not in arguments:
                raise Missing(f"known use of parameter {parameter_name} of breaker_{name}")
            value = arguments[parameter_name]
            passed.append(ctypes.byref(value) if "*" in kind else value)
            kinds.append(ctypes.c_void_p if "*" in kind else TYPES[kind.strip()])
        function = self.library[PREFIX + "breaker_" + name]
        function.argtypes, function.restype = kinds, ctypes.c_int32
        status = function(*passed)
        return self.header.statuses.get(status, str(status))

    def start(self, settings, now):
        """A new breaker. A longest open time that is not given is the open time."""
        self.config = self.header.struct("breaker_config")()
        self.call("config_init", config=self.config)
        for name, value in settings.items():
            if not hasattr(self.config, name):
                raise Missing(f"config field {name}")
            setattr(self.config, name, value)
        if "max_open_duration" not in settings:
            self.config.max_open_duration = self.config.open_duration
        self.call("init", now=now, state=self.state)

    def phase(self):
        for name in ("CLOSED", "OPEN", "HALF_OPEN", "FORCED_OPEN", "FORCED_CLOSED"):
            if self.state.phase == self.header.number("BREAKER_" + name):
                return name.lower()
        return str(self.state.phase)

    def acquire(self, now):
        permit = self.header.struct("breaker_permit")()
        status = self.call("acquire", config=self.config, state=self.state, now=now, permit=permit)
        return status, permit

    def peek(self, now):
        permit = self.header.struct("breaker_permit")()
        before = bytes(self.state)
        status = self.call("peek", config=self.config, state=self.state, now=now, permit=permit)
        if bytes(self.state) != before:
            raise Broken("a peek changed the state")
        return status, permit

    def report(self, permit, outcome, duration, retry_at, now):
        return self.call(
            "report",
            config=self.config,
            state=self.state,
            permit=permit,
            outcome=self.header.number("OUTCOME_" + outcome),
            duration=duration,
            retry_at=retry_at,
            now=now,
        )

    def force(self, phase, until, now):
        number = self.header.number("BREAKER_" + phase)
        return self.call("force", state=self.state, forced_phase=number, until=until, now=now)

    def reset(self, now):
        return self.call("reset", state=self.state, now=now)


# One fact through one breaker


def options(words):
    """`duration 5 retry_at 9` as a dictionary of numbers."""
    return {name: int(value) for name, value in zip(words[::2], words[1::2], strict=True)}


def require(what, found, expected):
    if found != expected:
        raise Broken(f"{what} is {found}, expected {expected}")


def check_permit(answer, status, permit):
    """`allowed`, `refused` or `error NAME`, then `retry_after N` or `N..M`, then `would_refuse`."""
    if answer[0] == "error":
        require("status", status, answer[1])
        require("allowed", permit.allowed, 0)
        return
    require("status", status, "OK")
    require("answer", "allowed" if permit.allowed else "refused", answer[0])
    rest = answer[1:]
    if rest[-1:] == ["would_refuse"]:
        rest.pop()
        if not hasattr(permit, "would_refuse"):
            raise Missing("permit field would_refuse")
        require("would_refuse", permit.would_refuse, 1)
    if rest:
        name, span = rest
        low, _, high = span.partition("..")
        if not int(low) <= getattr(permit, name) <= int(high or low):
            raise Broken(f"{name} is {getattr(permit, name)}, expected {span}")


def calls(breaker, now, letters, duration, times):
    """Acquires and reports at once, one call after the other."""
    for letter in letters * times:
        status, permit = breaker.acquire(now)
        check_permit(["allowed"], status, permit)
        status = breaker.report(permit, OUTCOMES[letter], duration, NO_RETRY_AT, now)
        require("status of the report", status, "OK")


def take(breaker, step, permits):
    """Takes one step of a fact and checks its answer."""
    words = list(step.words)
    if step.verb == "expect":
        require("phase", breaker.phase(), words[1])
        return
    now = int(words.pop(0))
    if step.verb in ("acquire", "peek"):
        status, permit = getattr(breaker, step.verb)(now)
        check_permit(list(step.answer), status, permit)
        if words:
            permits[words[1]] = permit
    elif step.verb == "report":
        permit, outcome, given = permits[words[0]], words[1].upper(), options(words[2:])
        duration, retry_at = given.get("duration", 0), given.get("retry_at", NO_RETRY_AT)
        status = breaker.report(permit, outcome, duration, retry_at, now)
        require("status", status, (step.answer or ["OK"])[0])
    elif step.verb == "calls":
        letters, given = words[0], options(words[1:])
        calls(breaker, now, letters, given.get("duration", 0), given.get("times", 1))
    elif step.verb == "reset":
        require("status", breaker.reset(now), "OK")
    else:
        phase = {"force_open": "FORCED_OPEN", "force_closed": "FORCED_CLOSED", "force_end": "CLOSED"}
        until = options(words).get("until", NEVER)
        require("status", breaker.force(phase[step.verb], until, now), "OK")


def drive(breaker, fact):
    permits = {}
    breaker.start(fact.config, 0)
    for step in fact.steps:
        try:
            take(breaker, step, permits)
        except Broken as found:
            raise Broken(f"{found}, in {step.line!r}") from None


def run(new_breaker, facts, skip_missing):
    """Drives every fact; answers the problems and a line of figures a peer."""
    problems, figures = check_file(facts), {}
    for fact in facts:
        row = figures.setdefault(fact.peer, Counter())
        row["facts"] += 1
        row["differ"] += bool(fact.differs)
        try:
            drive(new_breaker(), fact)
            row["held"] += 1
        except Missing as found:
            row["skipped"] += 1
            if not skip_missing:
                problems.append(f"{fact.id}: the header has no {found}")
        except Broken as found:
            problems.append(f"{fact.id}: {found}")
    return problems, figures


def report(problems, figures):
    columns = ("facts", "held", "skipped", "differ")
    for problem in problems:
        print(problem)
    for peer, row in [*figures.items(), ("all", sum(figures.values(), Counter()))]:
        print(f"{peer:14}", *(f"{row[name]:4} {name}" for name in columns))
    return bool(problems)


def main(library, header, facts, *flags):
    library = ctypes.CDLL(library)
    header = Header(open(header, encoding="utf-8").read())
    facts = parse(open(facts, encoding="utf-8").read())
    return report(*run(lambda: Library(library, header), facts, "--skip-missing" in flags))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
