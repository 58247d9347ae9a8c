"""The store is down, slow, loses its memory, is killed, or fails over: clients fail closed, and acknowledged settles
that are lost are counted."""
import os
import socket
import threading
import time

from cloudcircuit import LedgerConfig
from cloudcircuit.redis import Module, StateMissingError, StoreUnavailableError, Swap

CONFIG = LedgerConfig(limit=10**12, hold_duration=60_000)
LONG = "CLOUDCIRCUIT_ENGINES_LONG" in os.environ


def refusal(call, *arguments):
    try:
        call(*arguments)
    except StoreUnavailableError as error:
        return str(error)
    raise AssertionError("the store decided")


def down_and_slow(make, module):
    server = make("down", module).start()
    for name, kind in ("module", Module), ("swap", Swap):
        store = kind(server.connect(timeout=0.2))
        store.create_ledger(name, 1)
        server.pause()
        began = time.monotonic()
        said = refusal(store.reserve, name, CONFIG, 1)
        assert "timed out" in said and time.monotonic() - began < 2, said
        server.go_on()
        assert store.reserve(name, CONFIG, 1)[1].allowed  # a late answer is not taken for this one
        print(f"    slow, {name}: {said}")
    server.stop()
    for kind in (Module, Swap):
        said = refusal(kind(server.connect()).reserve, "module", CONFIG, 1)
    print(f"    down: {said}")


def lost_memory(make, module):
    """A server that comes back empty is no permission to spend the limit again."""
    server = make("empty", module).start()
    Module(server.connect()).create_ledger("a", 1)
    server.kill()
    server.start()
    for kind in (Module, Swap):
        try:
            kind(server.connect()).reserve("a", CONFIG, 1)
            raise AssertionError("a lost ledger allows")
        except StateMissingError as error:
            said = str(error)
    print(f"    memory lost: {said}")


def settled(connection):
    said = connection.execute_command("CC.STATUS", "a")
    return dict(zip(said[::2], said[1::2]))[b"settled"]


def writers(server, seconds, end):
    """Settles of 1 from four connections until `end` is called; how many were acknowledged, and began."""
    stop, acknowledged, asked = threading.Event(), [0] * 4, [0] * 4

    def writer(place):
        store = Module(server.connect(timeout=1))
        try:
            while not stop.is_set():
                hold, _ = store.reserve("a", CONFIG, 1)
                asked[place] += 1
                store.settle("a", CONFIG, hold, 1)
                acknowledged[place] += 1
        except StoreUnavailableError:
            pass

    threads = [threading.Thread(target=writer, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    end()
    stop.set()
    for thread in threads:
        thread.join()
    return sum(acknowledged), sum(asked)


def killed(make, module):
    """SIGKILL of the server: the system keeps what was written, so that `always` loses nothing, and `everysec` what was
    not yet written. (A machine that loses its power loses with `everysec` up to some two seconds.)"""
    for fsync in "always", "everysec":
        server = make(f"kill-{fsync}", module, "appendonly yes", f"appendfsync {fsync}").start()
        Module(server.connect()).create_ledger("a", 1)
        acknowledged, asked = writers(server, 2 if LONG else 0.7, server.kill)
        server.start()
        kept = settled(server.connect())
        assert kept <= asked and (fsync != "always" or kept >= acknowledged), (fsync, acknowledged, kept)
        print(f"    SIGKILL, appendfsync {fsync}: {acknowledged} settles acknowledged, {max(0, acknowledged - kept)} lost")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def failed_over(make, module):
    """A replica whose link is cut is promoted: it has not seen what was acknowledged since. WAIT finds out in time."""
    port = free_port()
    first = make("first", module, f"port {port}", "bind 127.0.0.1", "repl-diskless-sync-delay 0").start()
    second = make("second", module, f"replicaof 127.0.0.1 {port}").start()
    store, send = Module(first.connect()), second.connect().execute_command
    store.create_ledger("a", 1)
    end = time.monotonic() + 20
    while b"master_link_status:up" not in send("INFO", "replication") or send("EXISTS", "a") == 0:
        assert time.monotonic() < end, second.log()
        time.sleep(0.02)
    acknowledged, _ = writers(first, 0.3, lambda: None)
    last = first.connect()
    Module(last).record("a", CONFIG, 0)
    assert last.execute_command("WAIT", 1, 5000) == 1  # a host that asks knows that the replica has it
    kept = settled(second.connect())
    send("REPLICAOF", "127.0.0.1", free_port())  # the link is cut
    more, _ = writers(first, 0.3, lambda: None)
    Module(last).record("a", CONFIG, 1)
    assert last.execute_command("WAIT", 1, 100) == 0  # or that nobody has it
    before = settled(first.connect())
    first.kill()
    send("REPLICAOF", "NO", "ONE")
    assert kept == settled(second.connect()) >= acknowledged
    assert Module(second.connect()).reserve("a", CONFIG, 1)[1].allowed
    print(f"    replica promoted after its link was cut: {acknowledged + more + 1} settles acknowledged, {before - kept} lost;"
          " WAIT had said so")


CHECKS = [down_and_slow, lost_memory, killed, failed_over]
