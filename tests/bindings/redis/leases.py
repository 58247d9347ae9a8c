"""Processes that spend slices of one ledger: the sum of what they spend is never above the limit, whoever dies."""
import multiprocessing
import os
import random
import signal
import time

from cloudcircuit import LedgerConfig
from cloudcircuit.lease import Lease
from cloudcircuit.redis import Module, StoreUnavailableError, Swap

LONG = "CLOUDCIRCUIT_ENGINES_LONG" in os.environ
PROCESSES, KILLED = 16, 3
# Of the processes that are started, too.
SEED = os.environ.setdefault("SEED", str(random.SystemRandom().randrange(2**32)))


def gateway(place, server, kind, config, slice, step, price, spent, decisions, trips, stop):
    """Spends until the budget is used up and stays so for longer than a hold lasts."""
    draw = random.Random(f"{SEED} {place}")
    lease = Lease(kind(server.connect(20)), "a", config, slice=slice, step=step, share=2 * PROCESSES)
    refused_since = None
    while not stop.value:
        estimate = draw.randint(1, price)
        hold, decision = lease.reserve(estimate)
        decisions[place] += 1
        trips[place] = lease.round_trips
        if decision.allowed:
            actual = draw.randint(estimate // 2, estimate)
            spent[place] += actual  # before it is booked: what a process that is killed has spent counts
            lease.settle(hold, actual)
            refused_since = None
        elif refused_since is None:
            refused_since = time.monotonic()
        elif time.monotonic() - refused_since > 2.5 * config.hold_duration / 1000:
            break
        else:
            time.sleep(0.02)
    lease.close()
    trips[place] = lease.round_trips


def fleet(server, kind, config, slice, step, price, victims, seconds=None):
    """Runs the processes, kills some; what they spent, decided and asked, and the most that was booked, and booked or held,
    without being spent."""
    kind(server.connect()).create_ledger("a", 1)
    context = multiprocessing.get_context("fork")
    spent, decisions, trips = (context.Array("q", PROCESSES, lock=False) for _ in range(3))
    stop = context.Value("b", 0, lock=False)
    processes = [context.Process(target=gateway, args=(place, server, kind, config, slice, step, price, spent, decisions,
                                                       trips, stop)) for place in range(PROCESSES)]
    began = time.monotonic()
    for process in processes:
        process.start()
    try:
        time.sleep(0.3)
        for victim in victims:
            time.sleep(0.1)
            os.kill(processes[victim].pid, signal.SIGKILL)
        watcher, ahead, unused = server.connect(20), 0, 0
        while any(process.is_alive() for process in processes):
            said = watcher.execute_command("CC.STATUS", "a")
            booked = dict(zip(said[::2], said[1::2]))
            assert booked[b"settled"] + booked[b"held"] <= config.limit
            ahead = max(ahead, booked[b"settled"] - sum(spent))
            unused = max(unused, booked[b"settled"] + booked[b"held"] - sum(spent))
            if seconds and time.monotonic() - began > seconds:
                stop.value = 1
            time.sleep(0.02)
        took = time.monotonic() - began
        for place, process in enumerate(processes):
            process.join()
            assert process.exitcode == 0 or place in victims, (place, process.exitcode)
    finally:
        for process in processes:
            if process.is_alive():
                process.kill()
                process.join()
    said = server.connect().execute_command("CC.STATUS", "a")
    return sum(spent), sum(decisions), sum(trips), (ahead, unused), dict(zip(said[::2], said[1::2])), took


def never_above_the_limit(make, module):
    """16 processes, three of them killed; both ways of keeping the shared ledger."""
    for name, kind, limit in ("module", Module, 1_500_000), ("swap", Swap, 150_000):
        server = make(name, module).start()
        config = LedgerConfig(limit=limit, hold_duration=400)
        step = limit // 1000
        victims = random.sample(range(PROCESSES), KILLED)
        spent, decisions, trips, _, booked, _ = fleet(server, kind, config, 10 * step, step, 100, victims)
        settled = booked[b"settled"]
        assert spent <= settled <= limit, (spent, settled)
        # The slices of those who died came back: only what they had booked and not spent is missing.
        assert limit - spent <= KILLED * (step + 100) + 100, (limit - spent, step)
        print(f"    {name}: {PROCESSES} processes, {KILLED} killed: spent {spent:,} of {limit:,}, booked {settled:,};"
              f" {decisions:,} decisions in {trips:,} round trips")


def spend(lease, times):
    """Requests of 10, until one is refused; how many ran."""
    for done in range(times):
        hold, decision = lease.reserve(10)
        if not decision.allowed:
            return done
        lease.settle(hold, 10)
    return times


def paused_and_cut_off(make, module):
    """A process that sleeps past the end of its hold, and one that loses its store, spend what they have booked: no more."""
    server = make("paused", module).start()
    config = LedgerConfig(limit=1000, hold_duration=200)
    for key, kind in ("module", Module), ("swap", Swap):
        kind(server.connect()).create_ledger(key, 1)
        first, second = (Lease(kind(server.connect()), key, config, slice=500, step=100, share=1) for _ in range(2))
        assert spend(first, 1) == 1 and first.booked == 100 and first.unused == 490
        time.sleep(0.3)  # its hold of 400 more has ended
        assert spend(second, 1000) == 90  # all but what the first had booked
        assert spend(first, 1000) == 9  # which it may still spend
        assert first.settled + second.settled == 1000
    kind(server.connect()).create_ledger("cut", 1)
    lease = Lease(Module(server.connect()), "cut", config, slice=500, step=100, share=1)
    assert spend(lease, 1) == 1
    server.stop()
    assert spend(lease, 9) == 9
    try:
        spend(lease, 1)
        raise AssertionError("a step without a store")
    except StoreUnavailableError as error:
        print(f"    paused and cut off: what was booked is spent, then: {error}")


def price_of_a_slice(make, module):
    """What slices of 16 processes cost: what the shared ledger is ahead of what is spent, and what others cannot have."""
    print("| slice / limit | step / limit | decisions a second | a round trip | booked, not spent | or held, not spent |")
    print("| --- | --- | --- | --- | --- | --- |")
    for parts in (1_000_000, 100_000, 10_000, 1_000, 100) if LONG else (10_000,):
        server = make(f"price{parts}", module).start()
        config = LedgerConfig(limit=10**9, hold_duration=2000)
        slice = config.limit // parts
        seconds = 4 if LONG else 1
        _, decisions, trips, most, _, took = fleet(server, Module, config, slice, max(1, slice // 10), 100, [], seconds)
        ahead, unused = (f"{1e6 * part / config.limit:,.0f} ppm" for part in most)
        print(f"| 1/{parts:,} | 1/{10 * parts:,} | {decisions / took:,.0f} | {decisions / trips:,.1f} | {ahead} | {unused} |")
        server.stop()


CHECKS = [never_above_the_limit, paused_and_cut_off, price_of_a_slice]
