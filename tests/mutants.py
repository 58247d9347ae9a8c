#!/usr/bin/env python3
"""Changes one decision in each room of src/, in a copy, and runs `make check ROOM=...` there: it must fail.

    mutants.py [ROOM...]

An exact threshold is the kind of mistake that tests miss most easily, so most lines turn a >= into a >. Whoever
rewrites such a line replaces it below: what is no longer in the room fails, too.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
WORK = HERE / "target/mutants"

# A room, a text that stands in one of its files, and what is put there instead.
MUTANTS = [
    ("budget", "usage_ratio >= config.warning_ratio", "usage_ratio > config.warning_ratio"),
    ("budget", "u128::from(PPM) >= u128::from(limit)", "u128::from(PPM) > u128::from(limit)"),
    ("budget", "spend[row] >= limit[row]", "spend[row] > limit[row]"),
    ("spike", "latest_spend > threshold", "latest_spend >= threshold"),
    ("spike", "* scale > scaled_threshold", "* scale >= scaled_threshold"),
    ("breaker", "closed.failures + 1 < threshold.into()", "closed.failures + 1 <= threshold.into()"),
    ("breaker", "counters.consecutive_failures >= counters", "counters.consecutive_failures > counters"),
    ("breaker", "limit > 0 && count >= u64::from(limit)", "limit > 0 && count > u64::from(limit)"),
    ("breaker", "u64::from(PPM) >= window.calls", "u64::from(PPM) > window.calls"),
    ("breaker", "window.calls >= u64::from(config.minimum_calls)", "window.calls > u64::from(config.minimum_calls)"),
    ("breaker", "duration >= self.slow_call_duration", "duration > self.slow_call_duration"),
    ("breaker", "now >= self.open_until => self.enter", "now > self.open_until => self.enter"),
    ("breaker", "now < self.forced_until ||", "now <= self.forced_until ||"),
    ("breaker", "|| self.forced_until == i64::MAX", ""),
    ("breaker", "filter(|&end| end <= now)", "filter(|&end| end < now)"),
    ("breaker", "deadline <= end.unwrap_or(now)", "deadline < end.unwrap_or(now)"),
    ("breaker", "in_flight < config.half_open_max_probes", "in_flight <= config.half_open_max_probes"),
    ("breaker", "self.probes_judged + in_flight < config", "self.probes_judged + in_flight <= config"),
    ("breaker", "is_failure || config.is_slow(duration)", "is_failure"),
    ("breaker", "left == 0 || (self.probes_failed + left) * PPM < share", "left == 0"),
    ("breaker", "(self.probes_failed + left) * PPM < share", "(self.probes_failed + left) * PPM <= share"),
    ("breaker", "self.max_retry_after > 0 && retry_at > now", "self.max_retry_after > 0 && retry_at >= now"),
    ("breaker", "if elapsed >= i128::from(window_duration)", "if elapsed > i128::from(window_duration)"),
    ("breaker", "if age_after > OLDEST", "if age_after >= OLDEST"),
    ("breaker", "let is_let_through = credit >= ramp", "let is_let_through = credit > ramp"),
    ("breaker", "self.open_until.max(heeded.unwrap_or(i64::MIN))", "heeded.unwrap_or(self.open_until)"),
    ("breaker", "self.trips.saturating_add(1)", "self.trips.wrapping_add(1)"),
    ("breaker", "forced_phase == BREAKER_CLOSED && remembers_trips", "false"),
    ("ledger", "i128::from(amount) * PPM >= i128", "i128::from(amount) * PPM > i128"),
    ("ledger", "+ ask > config.cap(", "+ ask >= config.cap("),
    ("ledger", "if ask > config.cap(state.carried)", "if ask >= config.cap(state.carried)"),
    ("ledger", "&& period < state.period", "&& period <= state.period"),
    ("ledger", "config.carry_max.into()", "config.debt_max.into()"),
    ("ledger", "id < self.next_hold.saturating_sub(REMEMBERED_IDS)", "id <= self.next_hold.saturating_sub(REMEMBERED_IDS)"),
    ("ledger", "hold.expires_at > self.updated_at", "hold.expires_at >= self.updated_at"),
    ("ledger", "hold.id >= self.dead_hold && hold.expires_at", "hold.id > self.dead_hold && hold.expires_at"),
    ("ledger", "hold.expires_at > self.reset_clock", "hold.expires_at >= self.reset_clock"),
    ("ledger", "hold.id >= self.next_hold", "hold.id > self.next_hold"),
    ("ledger", "&& hold.amount > bucket", "&& hold.amount >= bucket"),
    ("ledger", "amount >= threshold,", "amount > threshold,"),
    ("ledger", "base <= 0 ||", "base < 0 ||"),
    ("ledger", "if !reaches(peak, threshold)", "if !reaches(value, threshold)"),
    ("ledger", "committed > cap", "committed >= cap"),
    ("ledger", "earlier.contains(&state.ledger_id)", "false"),
    ("ledger", "would_refuse == 1 { own", "would_refuse == 0 { own"),
    ("ledger", "self.endless >= 0", "true"),
    ("ledger", "let is_change = !found.is_forgotten;", "let is_change = false;"),
    ("ledger", "if threshold <= below", "if threshold < below"),
    ("rate_limit", "instant > i128::from(time)", "instant >= i128::from(time)"),
    ("rate_limit", "used > room", "used >= room"),
    ("rate_limit", "amount > config.limit => RATE", "amount >= config.limit => RATE"),
    ("rate_limit", "used <= room", "used < room"),
    ("rate_limit", "taken_at > state.updated_at", "taken_at >= state.updated_at"),
    ("rate_limit", "let would_refuse = used > config.limit", "let would_refuse = used >= config.limit"),
    ("rate_limit", "allowed && (amount > 0 || time > before.updated_at)", "allowed && amount > 0"),
    ("rate_limit", "ok_or(Error::Overflow)?.max(0)", "ok_or(Error::Overflow)?"),
    ("rate_limit", "last.min(time.into())", "last"),
    ("rate_limit", "time.checked_sub(config.duration - 1)", "time.checked_sub(config.duration)"),
    ("rate_limit", "is_none_or(|oldest| oldest.last >=", "is_none_or(|oldest| oldest.last >"),
    ("rate_limit", "(self.duration - 1) / 16 + 1", "self.duration / 16 + 1"),
    ("guard", "action < self.action", "action <= self.action"),
    ("guard", "self.retry_after.max(retry_after)", "retry_after"),
    ("guard", "policy.required & !decision.kinds != 0", "policy.required & decision.kinds == 0"),
    ("guard", "asked.action(reasons | monitored)", "asked.action(reasons)"),
    ("guard", "monitored | reasons & monitor", "monitored"),
    ("guard", "self.retry_after > 0 && may_wait", "self.retry_after > 0"),
    ("guard", "is_breached <= is_warning", "true"),
    ("guard", "mean <= threshold;", "mean < threshold;"),
    ("guard", "spend <= forecast", "spend < forecast"),
    ("guard", "allowed | would_refuse == 1", "true"),
    ("guard", "found(allowed & would_refuse, reason)", "found(would_refuse, reason)"),
    ("guard", "result.exhaustion_point >= 0", "result.exhaustion_point > 0"),
    ("guard", "self.required == 0 ||", "false ||"),
    ("guard", "decision.action > ACTION_THROTTLE", "decision.action >= ACTION_THROTTLE"),
    ("detect", "points.len() >= MIN_LEVEL_POINTS", "points.len() > MIN_LEVEL_POINTS"),
    ("forecast", "missing <= elapsed / 2", "missing < elapsed / 2"),
    ("money", "rest == half && whole & 1 == 1", "rest == half && whole & 1 == 0"),
    ("json", "self.is_broken |= value > 1", "self.is_broken |= value > 2"),
    ("json", "/ 1e6 == value", "/ 1e6 >= value"),
    ("flags", "FLAG_INVALID | FLAG_SPIKE", "FLAG_SPIKE"),
    ("columns", "self.start.max(other.start) <", "self.start.max(other.start) <="),
    ("codec", "crc32(fields).to_le_bytes() != *sum", "crc32(fields).to_le_bytes()[0] != sum[0]"),
    ("error", 'unwrap_or(c"unknown status")', 'unwrap_or(c"no status")'),
    ("words", "usize::from(*len) + 1", "usize::from(*len)"),
    ("numeric", "filter(|_| amount >= 0)", "filter(|_| amount > 0)"),
    ("numeric", "or_bits as u64 >> 57 == 0", "or_bits as u64 >> 63 == 0"),
    ("numeric", "bits < f64::INFINITY.to_bits()", "bits <= f64::INFINITY.to_bits()"),
    ("arch", "_mm_sub_pd(*sum, next)", "_mm_sub_pd(next, *sum)"),
]


def files(room):
    folders = [WORK / "tree/src" / room, WORK / "tree/src/abi" / room]
    single = [folder.with_suffix(".rs") for folder in folders]
    return [file for file in single if file.exists()] + [
        file for folder in folders for file in sorted(folder.glob("**/*.rs"))
    ]


def check(room):
    """Whether make check fails, and whether that is a test's doing."""
    environment = {**os.environ, "CARGO_TARGET_DIR": str(WORK / "target")}
    command = ["make", "check", "ROOM=" + room]
    done = subprocess.run(command, cwd=WORK / "tree", env=environment, capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode and "test result: FAILED" not in said:
        sys.exit(f"make check ROOM={room} fails without a failing test:\n{said}")
    return done.returncode != 0


def survives(room, text, instead):
    for file in files(room):
        source = file.read_text()
        lines = source.splitlines(keepends=True)
        code = (i for i, line in enumerate(lines) if text in line and not line.strip().startswith("//"))
        if (at := next(code, None)) is not None:
            lines[at] = lines[at].replace(text, instead)
            file.write_text("".join(lines))
            try:
                return not check(room)
            finally:
                file.write_text(source)
    sys.exit(f"{room} no longer has: {text}")


def main():
    shutil.rmtree(WORK / "tree", ignore_errors=True)
    shutil.copytree(HERE, WORK / "tree", symlinks=True, ignore=shutil.ignore_patterns("target", ".git"))
    if check("abi"):
        sys.exit("make check ROOM=abi, which checks all rooms, fails before anything is changed")
    asked = [mutant for mutant in MUTANTS if mutant[0] in (sys.argv[1:] or [mutant[0]])]
    survivors = 0
    for room, text, instead in asked:
        is_missed = survives(room, text, instead)
        survivors += is_missed
        print(f"{'MISSED' if is_missed else 'found '} {room}: {text}  ->  {instead}", flush=True)
    print(f"{len(asked) - survivors} of {len(asked)} found")
    sys.exit(survivors > 0 or not asked)


if __name__ == "__main__":
    main()
