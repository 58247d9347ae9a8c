"""The breaker with state, from the words of the rules; no code of the library is involved.

Plain and slow: outcomes are a list of pairs or of counts by bucket, shares are products of whole
numbers without end, times saturate only where they are stored. States and permits are values: a
call answers its status, the new state and, if it gives one out, a permit. With any status but "OK"
the state is the one that went in. A config of None is the defaults.
"""

from collections import Counter, namedtuple

CLOSED, OPEN, HALF_OPEN, FORCED_OPEN, FORCED_CLOSED = PHASES = range(1, 6)
SUCCESS, FAILURE, IGNORED = OUTCOMES = range(1, 4)
ENFORCE, MONITOR = 0, 1
SLOTS, RING, BUCKETS, MOST_CALLS, MILLION = 8, 128, 16, 64, 1_000_000
FIRST, LAST = -(2**63), 2**63 - 1  # the times there are
NEVER = FIRST  # a retry_at that says nothing
U32, U64 = 2**32 - 1, 2**64 - 1

Config = namedtuple(
    "Config",
    "failure_threshold failure_count window_size minimum_calls failure_rate_ppm slow_call_rate_ppm"
    " half_open_max_probes half_open_calls half_open_failure_rate_ppm backoff_ppm jitter_ppm mode"
    " jitter_seed window_duration slow_call_duration open_duration max_open_duration trips_decay"
    " max_retry_after probe_timeout half_open_duration ramp_duration",
)
State = namedtuple(
    "State",
    "phase revision generation updated_at phase_since open_until forced_until trips"
    " consecutive_failures"  # by count, and without a window
    " ring"  # the latest outcomes by count, oldest first: (failed, slow)
    " width buckets"  # outcomes by time: (index, calls, failures, slow), oldest first
    " success"  # by time: the bucket of the last success and the failures in it then, or None
    " ramp_duration ramp_credit"  # of the close that made it closed
    " probes_judged probes_failed"
    " probes",  # for each slot the deadline of the probe in flight, or None
)
Permit = namedtuple(
    "Permit",
    "generation retry_after deadline phase allowed would_refuse probe_slot clock_regressed",
)
DEFAULT = Config(
    failure_threshold=3, failure_count=0, window_size=0, minimum_calls=0, failure_rate_ppm=0,
    slow_call_rate_ppm=0, half_open_max_probes=1, half_open_calls=1, half_open_failure_rate_ppm=1,
    backoff_ppm=2 * MILLION, jitter_ppm=0, mode=ENFORCE, jitter_seed=0, window_duration=0,
    slow_call_duration=0, open_duration=30000, max_open_duration=30000, trips_decay=0,
    max_retry_after=0, probe_timeout=60000, half_open_duration=0, ramp_duration=0,
)  # fmt: skip
NO_PERMIT = Permit(0, 0, 0, 0, 0, 0, 0, 0)
NO_PROBES = (None,) * SLOTS
RULES = (
    "streak trips, failure count trips, failure rate trips, slow rate trips, retry_at alone opens,"
    " retry_at and a rule open, lost probe opens, lost probe closes, lost probe decides nothing,"
    " half-open's end opens, half-open's end closes, half-open's end with none judged, share opens,"
    " share closes, trips fade, ramp lets through, ramp refuses, success says nothing,"
    " success ends a streak, slow probe fails, ignored probe, late report, own deadline passed,"
    " lost and next probe in one acquire, another config decides, monitored permit, buckets move,"
    " buckets age"
).split(", ")
REACHED = Counter()  # how often each of them was
NO_OUTCOMES = {"consecutive_failures": 0, "ring": (), "width": 0, "buckets": (), "success": None}


def stored(time):
    """A time or a duration that may have left int64_t: it saturates."""
    return max(FIRST, min(LAST, time))


def refusals(config):
    """The statuses of all that is wrong with a config, in the order in which they are told."""
    c = config
    window = c.window_size > 0 or c.window_duration > 0
    rates = c.failure_rate_ppm > 0 or c.slow_call_rate_ppm > 0
    rules = [
        ("WINDOW_SIZE", c.window_size <= RING),
        ("WINDOW_DURATION", c.window_duration == 0 or c.window_duration > 0 == c.window_size),
        (
            "MINIMUM_CALLS",
            (
                1 <= c.minimum_calls <= c.window_size
                if c.window_size
                else c.window_duration == 0 or not rates or c.minimum_calls >= 1
            ),
        ),
        (
            "FAILURE_COUNT",
            c.failure_count == 0 or window and c.failure_count <= (c.window_size or U32),
        ),
        ("FAILURE_RATE_PPM", c.failure_rate_ppm <= (MILLION if window else 0)),
        ("SLOW_CALL_RATE_PPM", c.slow_call_rate_ppm <= (MILLION if window else 0)),
        ("SLOW_CALL_DURATION", c.slow_call_rate_ppm == 0 or c.slow_call_duration > 0),
        ("HALF_OPEN_MAX_PROBES", 1 <= c.half_open_max_probes <= SLOTS),
        ("HALF_OPEN_CALLS", 1 <= c.half_open_calls <= MOST_CALLS),
        ("HALF_OPEN_FAILURE_RATE_PPM", 1 <= c.half_open_failure_rate_ppm <= MILLION),
        ("BACKOFF_PPM", MILLION <= c.backoff_ppm <= 16 * MILLION),
        ("JITTER_PPM", c.jitter_ppm <= MILLION),
        ("MODE", c.mode in (ENFORCE, MONITOR)),
        ("OPEN_DURATION", c.open_duration > 0),
        ("MAX_OPEN_DURATION", c.max_open_duration >= c.open_duration),
        ("PROBE_TIMEOUT", c.probe_timeout > 0),
        ("HALF_OPEN_DURATION", c.half_open_duration >= 0),
        ("TRIPS_DECAY", c.trips_decay >= 0),
        ("MAX_RETRY_AFTER", c.max_retry_after >= 0),
        ("RAMP_DURATION", c.ramp_duration >= 0),
        ("NO_RULE", c.failure_threshold or c.failure_count or rates or c.max_retry_after),
    ]
    return [status for status, kept in rules if not kept]


def init(now):
    fields = dict.fromkeys(State._fields, 0) | NO_OUTCOMES
    fields.update(phase=CLOSED, generation=1, updated_at=now, phase_since=now, probes=NO_PROBES)
    return State(**fields)


def changed(before, after, now):
    """The state to store: a change of anything is a new revision, made now."""
    if after == before:
        return before
    return after._replace(revision=before.revision + 1, updated_at=now)


def enter(state, phase, since, **fields):
    """A change of phase: what was in flight belongs to the phase before."""
    clean = dict(
        open_until=0, forced_until=0, ramp_duration=0, ramp_credit=0, probes_judged=0,
        probes_failed=0, probes=NO_PROBES,
    )  # fmt: skip
    clean.update(phase=phase, generation=state.generation + 1, phase_since=since)
    return state._replace(**clean | fields)


def restarted(state, phase, since, **fields):
    """A phase that knows nothing of the past."""
    return enter(state, phase, since, **NO_OUTCOMES | {"trips": 0} | fields)


def close(config, state, at):
    trips = state.trips if config.trips_decay else 0
    ramp = {"ramp_duration": config.ramp_duration, "ramp_credit": config.ramp_duration}
    return restarted(state, CLOSED, at, trips=trips, **ramp)


def splitmix(seed, number):
    """What SplitMix64 draws as its first, second, third ... number from a seed."""
    z = seed + number * 0x9E3779B97F4A7C15 & U64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & U64
    z = (z ^ z >> 27) * 0x94D049BB133111EB & U64
    return z ^ z >> 31


def open_time(config, trips, generation):
    time = config.open_duration
    for _ in range(min(trips - 1, 64)):
        time = min(-(-time * config.backoff_ppm // MILLION), config.max_open_duration)
    most = time * config.jitter_ppm // MILLION
    return time + (most + 1) * splitmix(config.jitter_seed, generation) // 2**64


def faded(config, state, at):
    """The trips that still count when a closed breaker opens at a time."""
    if state.phase != CLOSED or state.trips == 0:
        return state.trips
    if config.trips_decay == 0:
        return 0
    steps = (at - state.phase_since) // config.trips_decay
    REACHED["trips fade"] += steps > 0
    return max(0, state.trips - steps)


def opened(config, state, at):
    """Open as of a time, for the trips that there are."""
    state = enter(state, OPEN, at)
    time = open_time(config, max(state.trips, 1), state.generation)
    return state._replace(open_until=stored(at + time))


def tripped(config, state, at):
    trips = min(faded(config, state, at) + 1, U32)
    return opened(config, state._replace(trips=trips), at)


def told_to_wait(config, state, at, until):
    """Open until a failure's own word: no trip, no jitter."""
    REACHED["retry_at alone opens"] += 1
    return enter(state, OPEN, at, trips=faded(config, state, at), open_until=until)


def at_least_until(state, until):
    if until is None:
        return state
    REACHED["retry_at and a rule open"] += 1
    return state._replace(open_until=max(state.open_until, until))


# Half-open.


def live(state):
    return [deadline for deadline in state.probes if deadline is not None]


def with_probe(state, slot, deadline):
    return state._replace(probes=state.probes[: slot - 1] + (deadline,) + state.probes[slot:])


def share_decides(config, state):
    """OPEN, CLOSED or None, from the probes judged so far."""
    calls, ppm = config.half_open_calls, config.half_open_failure_rate_ppm
    judged, failed = state.probes_judged, state.probes_failed
    if failed * MILLION >= ppm * calls:
        return OPEN
    if judged >= calls or (failed + calls - judged) * MILLION < ppm * calls:
        return CLOSED
    return None


def judged_probe(state, slot, failed):
    state = with_probe(state, slot, None)
    return state._replace(
        probes_judged=state.probes_judged + 1, probes_failed=state.probes_failed + failed
    )


def end_of_half_open(config, state):
    if config.half_open_duration == 0:
        return None
    return stored(state.phase_since + config.half_open_duration)


def worked_off(config, state, now):
    """Half-open after all deadlines up to now, and its own end, in order of time."""
    end = end_of_half_open(config, state)
    deadlines = sorted((at, slot) for slot, at in enumerate(state.probes, 1) if at is not None)
    for at, slot in deadlines:
        if at > now or end is not None and end < at:
            break
        state = judged_probe(state, slot, True)
        decided = share_decides(config, state)
        if decided == OPEN:
            REACHED["lost probe opens"] += 1
            return tripped(config, state, at)
        if decided == CLOSED:
            REACHED["lost probe closes"] += 1
            return close(config, state, at)
        REACHED["lost probe decides nothing"] += 1
    if end is None or end > now:
        return state
    if state.probes_judged == 0:
        REACHED["half-open's end with none judged"] += 1
        return opened(config, state, end)
    share = config.half_open_failure_rate_ppm * state.probes_judged
    if state.probes_failed * MILLION >= share:
        REACHED["half-open's end opens"] += 1
        return opened(config, state, end)
    REACHED["half-open's end closes"] += 1
    return close(config, state, end)


def judged_again(config, state, t):
    """A config that was changed may have decided already."""
    decided = share_decides(config, state)
    if decided:
        REACHED["another config decides"] += 1
    if decided == OPEN:
        return tripped(config, state, t)
    return close(config, state, t) if decided == CLOSED else state


# Acquire.


def acquire(config, state, now):
    config = config or DEFAULT
    wrong = refusals(config)
    if wrong:
        return wrong[0], state, NO_PERMIT
    regressed, t = int(now < state.updated_at), max(now, state.updated_at)
    after = state
    if after.phase == HALF_OPEN:
        after = worked_off(config, after, t)
    if after.phase == HALF_OPEN:
        after = judged_again(config, after, t)
    if after.phase == FORCED_CLOSED and t >= after.forced_until != LAST:
        after = restarted(after, CLOSED, t)
    elif after.phase == FORCED_OPEN and t >= after.forced_until != LAST:
        after = enter(after, HALF_OPEN, t)
    elif after.phase == OPEN and t >= after.open_until:
        REACHED["lost and next probe in one acquire"] += state.phase == HALF_OPEN
        after = enter(after, HALF_OPEN, t)

    until = deadline = slot = 0
    refused = False
    if after.phase == CLOSED:
        after, until = on_the_ramp(after, t)
        refused = until is not None
    elif after.phase == OPEN:
        refused, until = True, after.open_until
    elif after.phase == FORCED_OPEN:
        refused, until = True, after.forced_until
    elif after.phase == HALF_OPEN:
        flying = len(live(after))
        room = min(config.half_open_max_probes, config.half_open_calls - after.probes_judged)
        refused = flying >= room
        if refused:
            end = end_of_half_open(config, after)
            until = min(live(after) + [end] * (end is not None), default=t)
        else:
            slot = after.probes.index(None) + 1
            deadline = stored(t + config.probe_timeout)
            after = with_probe(after, slot, deadline)
    allowed = int(not refused or config.mode == MONITOR)
    retry_after = stored(until - now) if refused else 0
    permit = Permit(
        after.generation, retry_after, deadline, after.phase, allowed, int(refused), slot, regressed
    )
    return "OK", changed(state, after, t), permit


def on_the_ramp(state, t):
    """The state after an acquire while closed, and until when it is refused or None."""
    full, passed = state.ramp_duration, t - state.phase_since
    if passed >= full:
        return state, None
    credit = state.ramp_credit + passed
    if credit < full:
        REACHED["ramp refuses"] += 1
        return state._replace(ramp_credit=credit), state.phase_since + full
    REACHED["ramp lets through"] += 1
    return state._replace(ramp_credit=min(credit - full, full)), None


def peek(config, state, now):
    status, _, permit = acquire(config, state, now)
    return status, permit._replace(generation=0)


# Report.


def in_window(config, state, now):
    """Calls, failures and slow ones that the rules look at."""
    if config.window_duration:
        counts = [counts for index, *counts in alive(config, state, now)]
        return [sum(kind) for kind in zip(*counts)] or [0, 0, 0]
    seen = state.ring[-config.window_size :] if config.window_size else ()
    return [len(seen), sum(failed for failed, slow in seen), sum(slow for failed, slow in seen)]


def alive(config, state, now):
    """The buckets whose first instant is less than window_duration old."""
    return [b for b in state.buckets if now - b[0] * state.width < config.window_duration]


def streak(config, state, now):
    """What failed after the last success, by time in what is left of the window."""
    if not config.window_duration:
        return state.consecutive_failures
    success, then = state.success or (None, 0)
    later = [b for b in alive(config, state, now) if success is None or b[0] >= success]
    return sum(b[2] - (then if b[0] == success else 0) for b in later)


def rule_trips(config, state, now):
    calls, failures, slow = in_window(config, state, now)
    enough = calls > 0 and calls >= config.minimum_calls
    share = lambda number, ppm: enough and ppm > 0 and number * MILLION >= ppm * calls
    tripped = {
        "streak trips": 0 < config.failure_threshold <= streak(config, state, now),
        "failure count trips": 0 < config.failure_count <= failures,
        "failure rate trips": share(failures, config.failure_rate_ppm),
        "slow rate trips": share(slow, config.slow_call_rate_ppm),
    }
    REACHED.update(rule for rule in tripped if tripped[rule])
    return any(tripped.values())


def width_of(config):
    return -(-config.window_duration // BUCKETS)


def moved(config, state):
    """Buckets of another width go to where their first instant is, and merge there."""
    width = width_of(config)
    if width == state.width:
        return state
    REACHED["buckets move"] += len(state.buckets) > 0
    there = lambda index: index * state.width // width
    merged, success = {}, None
    for index, *counts in state.buckets:
        old = merged.get(there(index), (0, 0, 0))
        merged[there(index)] = tuple(map(sum, zip(old, counts)))
    if state.success:
        last, then = state.success
        before = [b[2] for b in state.buckets if b[0] < last and there(b[0]) == there(last)]
        success = there(last), then + sum(before)
    buckets = tuple((index, *counts) for index, counts in sorted(merged.items()))
    return state._replace(width=width, buckets=buckets, success=success)


def counted(config, state, failed, slow, t):
    """With one outcome more, in the memory that this config uses: by time the latest 16 buckets, which
    count for as long as the config in force says."""
    if config.window_duration:
        state = moved(config, state)
        here = t // state.width
        buckets = {b[0]: b for b in state.buckets if b[0] > here - BUCKETS}
        REACHED["buckets age"] += len(buckets) < len(state.buckets)
        _, calls, failures, slows = buckets.get(here, (here, 0, 0, 0))
        success = state.success if failed else (here, failures)
        buckets[here] = here, calls + 1, failures + failed, slows + slow
        if success and success[0] not in buckets:
            success = None
        return state._replace(buckets=tuple(sorted(buckets.values())), success=success)
    failures = min(state.consecutive_failures + 1, U32) if failed else 0
    state = state._replace(consecutive_failures=failures)
    if config.window_size == 0:
        return state
    return state._replace(ring=(state.ring + ((int(failed), int(slow)),))[-RING:])


def says_nothing(config, state, slow, t):
    """Whether a success changes no decision that is still to come under this config."""
    rates = config.failure_rate_ppm or config.slow_call_rate_ppm
    counts_failures = config.failure_count or config.failure_rate_ppm
    if config.window_duration:
        if rates or state.buckets and state.width != width_of(config):
            return False
        # The next call may come with an earlier clock, but with none before updated_at.
        return streak(config, state, state.updated_at) == 0
    if state.consecutive_failures:
        return False
    if config.window_size == 0 or not (rates or counts_failures):
        return True
    seen = state.ring[-config.window_size :]
    if counts_failures and any(failed for failed, _ in seen):
        return False
    if config.slow_call_rate_ppm and (slow or any(slow for _, slow in seen)):
        return False
    return not rates or len(seen) == config.window_size


def heeded(config, retry_at, t):
    """Until when a failure's own word opens, or None."""
    if config.max_retry_after == 0 or retry_at <= t:
        return None
    return min(retry_at, t + config.max_retry_after)


def judge(config, state, outcome, duration, retry_at, t):
    """A call that a closed breaker allowed has ended."""
    failed = outcome == FAILURE
    slow = config.slow_call_rate_ppm > 0 and duration >= config.slow_call_duration
    if not failed and says_nothing(config, state, slow, t):
        REACHED["success says nothing"] += 1
        return state
    REACHED["success ends a streak"] += not failed and streak(config, state, t) > 0
    until = heeded(config, retry_at, t) if failed else None
    after = counted(config, state, failed, slow, t)
    if rule_trips(config, after, t):
        return at_least_until(tripped(config, after, t), until)
    return after if until is None else told_to_wait(config, after, t, until)


def judge_probe(config, state, slot, outcome, duration, retry_at, t):
    if outcome == IGNORED:
        REACHED["ignored probe"] += 1
        return with_probe(state, slot, None)
    slow = config.slow_call_rate_ppm > 0 and duration >= config.slow_call_duration
    REACHED["slow probe fails"] += slow and outcome == SUCCESS
    until = heeded(config, retry_at, t) if outcome == FAILURE else None
    state = judged_probe(state, slot, outcome == FAILURE or slow)
    decided = share_decides(config, state)
    if decided == OPEN:
        REACHED["share opens"] += 1
        return at_least_until(tripped(config, state, t), until)
    if until is not None:
        return told_to_wait(config, state, t, until)
    if decided == CLOSED:
        REACHED["share closes"] += 1
        return close(config, state, t)
    return state


def given_out(state, permit):
    """Whether the breaker can have allowed a call with this permit, in whatever generation."""
    probe = permit.probe_slot > 0
    if permit.generation == 0 or permit.allowed != 1:
        return False
    if max(permit.clock_regressed, permit.would_refuse) > 1:
        return False
    if permit.phase not in PHASES:
        return False
    if probe and (permit.phase != HALF_OPEN or permit.probe_slot > SLOTS or permit.would_refuse):
        return False
    if not probe and permit.deadline != 0:
        return False
    if permit.would_refuse == 0:
        if permit.retry_after != 0 or permit.phase in (OPEN, FORCED_OPEN):
            return False
        if permit.phase == HALF_OPEN and not probe:
            return False
    elif permit.phase == FORCED_CLOSED or permit.retry_after < 0:
        return False
    if permit.generation == state.generation:
        return permit.phase == state.phase
    return permit.generation < state.generation


def report(config, state, permit, outcome, duration, retry_at, now):
    config = config or DEFAULT
    wrong = refusals(config)
    if wrong:
        return wrong[0], state
    if not given_out(state, permit):
        return "PERMIT", state
    if outcome not in OUTCOMES:
        return "OUTCOME", state
    if duration < 0:
        return "DURATION", state
    if permit.would_refuse and permit.phase != CLOSED:
        REACHED["monitored permit"] += 1
        return "OK", state
    if permit.generation < state.generation:
        return "STALE_PERMIT", state
    t = max(now, state.updated_at)
    after = state
    slot = permit.probe_slot
    if slot:
        if state.probes[slot - 1] != permit.deadline:
            return "STALE_PERMIT", state
        after = worked_off(config, state, t)
        if after.phase == HALF_OPEN:
            after = judged_again(config, after, t)
        REACHED["late report"] += after.phase != HALF_OPEN
        REACHED["own deadline passed"] += (
            after.phase == HALF_OPEN and after.probes[slot - 1] is None
        )
        if after.phase == HALF_OPEN and after.probes[slot - 1] is not None:
            after = judge_probe(config, after, slot, outcome, duration, retry_at, t)
    elif state.phase == CLOSED and outcome != IGNORED:
        after = judge(config, state, outcome, duration, retry_at, t)
    return "OK", changed(state, after, t)


def report_and_acquire(config, state, permit, outcome, duration, retry_at, now):
    """As one after the other, so with a revision for each if both change the state."""
    status, after = report(config, state, permit, outcome, duration, retry_at, now)
    if status != "OK":
        return status, state, NO_PERMIT
    return acquire(config, after, now)


# What an operator does.


def force(state, phase, until, now):
    if phase not in (FORCED_OPEN, FORCED_CLOSED, CLOSED):
        return "FORCED_PHASE", state
    t = max(now, state.updated_at)
    until = 0 if phase == CLOSED else until
    if phase != state.phase or phase == CLOSED and (state.trips or state.ramp_duration):
        after = restarted(state, phase, t, forced_until=until)
    else:
        after = state._replace(forced_until=until)
    return "OK", changed(state, after, t)


def reset(state, now):
    """The operator's word: its now is the truth, also backwards."""
    after = restarted(state, CLOSED, now)
    return "OK", after._replace(revision=state.revision + 1, updated_at=now)
