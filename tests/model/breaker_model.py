"""The breaker with state, from the words of the design and the header; no code of the library is
involved.

Plain and slow: outcomes are a list of pairs, rates are fractions, whole numbers have no end until
they are stored. States and permits are values: a call answers its status, the new state and, if
it gives one out, a permit. With any status but "OK" the state is the one that went in.

A config of None is the defaults; a state of None is one that the library cannot have written.
"""
from collections import namedtuple
from fractions import Fraction

CLOSED, OPEN, HALF_OPEN, FORCED_OPEN, FORCED_CLOSED = PHASES = range(1, 6)
SUCCESS, FAILURE, IGNORED = OUTCOMES = range(1, 4)
SLOTS, WINDOW, MILLION = 8, 128, 1_000_000
FIRST, LAST = -(2**63), 2**63 - 1  # the times there are
U32, U64 = 2**32 - 1, 2**64 - 1

Config = namedtuple(
    "Config",
    "failure_threshold window_size minimum_calls failure_rate_ppm slow_call_rate_ppm"
    " half_open_max_probes half_open_successes jitter_ppm jitter_seed slow_call_duration"
    " open_duration max_open_duration probe_timeout",
)
State = namedtuple(
    "State",
    "phase revision generation updated_at open_until forced_until failures trips"
    " outcomes"  # the latest, oldest first: (failed, slow)
    " next"  # where the ring has its next outcome
    " successes"
    " probes",  # for each slot the deadline of the probe in flight, or None
)
Permit = namedtuple(
    "Permit", "generation retry_after deadline phase allowed probe_slot clock_regressed"
)
DEFAULT = Config(3, 0, 0, 0, 0, 1, 1, 0, 0, 0, 30000, 30000, 60000)
NO_PERMIT = Permit(0, 0, 0, 0, 0, 0, 0)
NO_PROBES = (None,) * SLOTS


def stored(time):
    """A time or a duration that may have left int64_t: it saturates."""
    return max(FIRST, min(LAST, time))


def refusal(config, state):
    """The status of the first thing that is wrong with what every call is passed, or None."""
    rates = config.window_size > 0
    rules = [
        ("WINDOW_SIZE", config.window_size <= WINDOW),
        ("MINIMUM_CALLS", not rates or 1 <= config.minimum_calls <= config.window_size),
        ("FAILURE_RATE_PPM", config.failure_rate_ppm <= MILLION),
        ("SLOW_CALL_RATE_PPM", config.slow_call_rate_ppm <= MILLION),
        ("HALF_OPEN_MAX_PROBES", 1 <= config.half_open_max_probes <= SLOTS),
        ("HALF_OPEN_SUCCESSES", config.half_open_successes >= 1),
        ("JITTER_PPM", config.jitter_ppm <= MILLION),
        (
            "SLOW_CALL_DURATION",
            not (rates and config.slow_call_rate_ppm) or config.slow_call_duration > 0,
        ),
        ("OPEN_DURATION", config.open_duration > 0),
        ("MAX_OPEN_DURATION", config.max_open_duration >= config.open_duration),
        ("PROBE_TIMEOUT", config.probe_timeout > 0),
        ("CORRUPT_STATE", state is not None),
    ]
    for status, kept in rules:
        if not kept:
            return status


def init(now):
    return State(CLOSED, 0, 0, now, 0, 0, 0, 0, (), 0, 0, NO_PROBES)


def changed(before, after, now):
    """The state to store: a change of anything is a new revision, made now."""
    if after == before:
        return before
    return after._replace(revision=before.revision + 1, updated_at=now)


def enter(state, phase, **fields):
    """A change of phase: what was in flight belongs to the phase before."""
    clean = {"open_until": 0, "forced_until": 0, "successes": 0, "probes": NO_PROBES}
    return state._replace(phase=phase, generation=state.generation + 1, **{**clean, **fields})


def restarted(state, phase, **fields):
    return enter(state, phase, failures=0, trips=0, outcomes=(), next=0, **fields)


def splitmix(seed, number):
    """What SplitMix64 draws as its first, second, third ... number from a seed."""
    z = seed + number * 0x9E3779B97F4A7C15 & U64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & U64
    z = (z ^ z >> 27) * 0x94D049BB133111EB & U64
    return z ^ z >> 31


def open_time(config, trips, generation):
    doubled = config.open_duration * 2 ** min(trips - 1, 64)
    time = min(doubled, config.max_open_duration)
    most = time * config.jitter_ppm // MILLION
    return time + (most + 1) * splitmix(config.jitter_seed, generation) // 2**64


def trip(config, state, now):
    state = enter(state, OPEN, trips=min(state.trips + 1, U32))
    time = open_time(config, state.trips, state.generation)
    return state._replace(open_until=stored(now + time))


def live(state):
    return [deadline for deadline in state.probes if deadline is not None]


def with_probe(state, slot, deadline):
    return state._replace(probes=state.probes[: slot - 1] + (deadline,) + state.probes[slot:])


def acquire(config, state, now):
    config = config or DEFAULT
    status = refusal(config, state)
    if status:
        return status, state, NO_PERMIT
    regressed, now = int(now < state.updated_at), max(now, state.updated_at)
    after = state
    retry_at = deadline = slot = 0
    if state.phase in (FORCED_OPEN, FORCED_CLOSED) and now >= state.forced_until != LAST:
        after = restarted(state, CLOSED)
    elif state.phase == HALF_OPEN and any(at <= now for at in live(state)):
        after = trip(config, state, now)
    elif state.phase == OPEN and now >= state.open_until:
        after = enter(state, HALF_OPEN, open_until=state.open_until)
    if after.phase == OPEN:
        retry_at = after.open_until
    elif after.phase == FORCED_OPEN:
        retry_at = after.forced_until
    elif after.phase == HALF_OPEN and len(live(after)) >= config.half_open_max_probes:
        retry_at = min(live(after))
    elif after.phase == HALF_OPEN:
        slot = after.probes.index(None) + 1
        deadline = stored(now + config.probe_timeout)
        after = with_probe(after, slot, deadline)
    refused = after.phase in (OPEN, FORCED_OPEN) or after.phase == HALF_OPEN and slot == 0
    permit = Permit(
        after.generation,
        stored(retry_at - now) if refused else 0,
        deadline,
        after.phase,
        int(not refused),
        slot,
        regressed,
    )
    return "OK", changed(state, after, now), permit


def rate_trips(config, outcomes):
    """Whether a share of the latest outcomes is at its limit."""
    seen = outcomes[-config.window_size :] if config.window_size else ()
    if not seen or len(seen) < config.minimum_calls:
        return False
    failed = Fraction(sum(failed for failed, slow in seen), len(seen))
    slow = Fraction(sum(slow for failed, slow in seen), len(seen))
    limits = (config.failure_rate_ppm, failed), (config.slow_call_rate_ppm, slow)
    return any(ppm and share >= Fraction(ppm, MILLION) for ppm, share in limits)


def judge(config, state, outcome, duration, now):
    """A call that a closed breaker allowed has ended."""
    failed = outcome == FAILURE
    slow = config.slow_call_duration > 0 and duration >= config.slow_call_duration
    outcomes = (state.outcomes + ((int(failed), int(slow)),))[-WINDOW:]
    state = state._replace(
        failures=min(state.failures + 1, U32) if failed else 0,
        outcomes=outcomes,
        next=(state.next + 1) % WINDOW,
    )
    if 0 < config.failure_threshold <= state.failures or rate_trips(config, outcomes):
        return trip(config, state, now)
    return state


def judge_probe(config, state, permit, outcome, now):
    if any(at <= now for at in live(state)) or outcome == FAILURE:
        return trip(config, state, now)
    state = with_probe(state, permit.probe_slot, None)
    if outcome == SUCCESS:
        state = state._replace(successes=min(state.successes + 1, U32))
        if state.successes >= config.half_open_successes:
            return restarted(state, CLOSED)
    return state


def given_out(state, permit):
    """Whether the breaker can have allowed a call with this permit, in whatever generation."""
    probe = permit.phase == HALF_OPEN
    if permit.allowed != 1 or permit.retry_after != 0 or permit.clock_regressed > 1:
        return False
    if permit.phase not in (CLOSED, HALF_OPEN, FORCED_CLOSED):
        return False
    if probe and not 1 <= permit.probe_slot <= SLOTS:
        return False
    if not probe and (permit.probe_slot, permit.deadline) != (0, 0):
        return False
    if permit.generation == state.generation:
        return permit.phase == state.phase
    return permit.generation < state.generation


def report(config, state, permit, outcome, duration, now):
    config = config or DEFAULT
    status = refusal(config, state)
    if status:
        return status, state
    if not given_out(state, permit):
        return "PERMIT", state
    if outcome not in OUTCOMES:
        return "OUTCOME", state
    if duration < 0:
        return "DURATION", state
    if permit.generation < state.generation:
        return "STALE_PERMIT", state
    now = max(now, state.updated_at)
    after = state
    if state.phase == HALF_OPEN:
        if state.probes[permit.probe_slot - 1] != permit.deadline:
            return "STALE_PERMIT", state
        after = judge_probe(config, state, permit, outcome, now)
    elif state.phase == CLOSED and outcome != IGNORED:
        after = judge(config, state, outcome, duration, now)
    return "OK", changed(state, after, now)


def report_and_acquire(config, state, permit, outcome, duration, now):
    """As one after the other, so with a revision for each if both change the state."""
    status, after = report(config, state, permit, outcome, duration, now)
    if status != "OK":
        return status, state, NO_PERMIT
    return acquire(config, after, now)


def force(state, phase, until, now):
    if state is None:
        return "CORRUPT_STATE", state
    if phase not in (FORCED_OPEN, FORCED_CLOSED, CLOSED):
        return "FORCED_PHASE", state
    now = max(now, state.updated_at)
    after = state
    if phase == CLOSED != state.phase:
        after = restarted(state, CLOSED)
    elif phase != CLOSED:
        after = state._replace(forced_until=until)
        if state.phase != phase:
            after = restarted(state, phase, forced_until=until)
    return "OK", changed(state, after, now)


def possible(state):
    """Whether the library can have written a state, as far as its fields tell of each other."""
    counted, deadlines = len(state.outcomes), live(state)
    waiting = lambda time: time > state.updated_at or time == LAST
    failed = [failed for failed, slow in reversed(state.outcomes)]
    in_a_row = failed.index(0) if 0 in failed else counted
    rules = [
        state.phase in PHASES,
        state.generation > 0 or state.phase == CLOSED,
        state.generation != 1 or state.phase != CLOSED,
        state.revision >= state.generation,
        # A trip is an outcome and a phase, all else that happens is one of them or neither.
        state.revision >= state.generation - (state.trips > 0) + max(counted, state.failures),
        state.revision > 0 or state == init(state.updated_at),
        state.phase == HALF_OPEN or not deadlines and state.successes == 0,
        counted == 0 if state.phase in (FORCED_OPEN, FORCED_CLOSED) else state.forced_until == 0,
        state.phase in (OPEN, HALF_OPEN) or state.open_until == state.trips == 0,
        state.phase != OPEN or 0 < 2 * state.trips <= state.generation + 1,
        state.phase != HALF_OPEN or 0 < 2 * state.trips <= state.generation,
        state.phase != HALF_OPEN or state.open_until <= state.updated_at,
        state.phase not in (OPEN, HALF_OPEN) or counted > 0,
        state.phase != OPEN or waiting(state.open_until),
        all(waiting(deadline) for deadline in deadlines),
        counted == WINDOW or state.next == counted,
        state.failures == in_a_row or counted == in_a_row == WINDOW <= state.failures,
    ]
    return all(rules)
