//! The fast path: a closed breaker without a window, which most calls meet.
//!
//! It proves of config, state and permit what `transitions` proves, and answers the same. Every other
//! phase and every error is left to `transitions`. No config means the defaults, which need no proof.

use crate::breaker::config::BreakerConfig;
use crate::breaker::permit::BreakerPermit;
use crate::breaker::state::*;

/// The permit, if nothing is wrong and the breaker is plainly closed.
#[inline(always)]
pub(crate) fn acquire(
    config: Option<&BreakerConfig>,
    state: &BreakerState,
    now: i64,
) -> Option<BreakerPermit> {
    let can_admit = config.is_none_or(BreakerConfig::is_plain) && state.is_plainly_closed();
    can_admit.then(|| admit(state, now))
}

/// Whether [`judge`] can judge an outcome: nothing is wrong, no window counts it, the breaker is
/// plainly closed, and it was closed when the permit was acquired.
#[inline(always)]
pub(crate) fn can_judge(
    config: Option<&BreakerConfig>,
    state: &BreakerState,
    permit: &BreakerPermit,
    outcome: i32,
    duration: i64,
) -> bool {
    // The phase follows from the rest; named first it spares the permit's check its other phases.
    permit.generation == state.generation
        && permit.phase == BREAKER_CLOSED
        && permit.check(state).is_ok()
        && (outcome == OUTCOME_SUCCESS || outcome == OUTCOME_FAILURE)
        && duration >= 0
        && state.is_plainly_closed()
        && config.is_none_or(BreakerConfig::is_plain)
}

/// Judges it: a success or a failure.
#[inline(always)]
pub(crate) fn judge(
    config: Option<&BreakerConfig>,
    state: &mut BreakerState,
    outcome: i32,
    now: i64,
) {
    let config = config.unwrap_or(&BreakerConfig::DEFAULT);
    let now = now.max(state.updated_at);
    if outcome == OUTCOME_SUCCESS {
        if state.consecutive_failures == 0 {
            return;
        }
        state.consecutive_failures = 0;
    } else {
        state.consecutive_failures = state.consecutive_failures.saturating_add(1);
        if state.consecutive_failures >= config.failure_threshold {
            state.trip(config, now, None);
        }
    }
    state.touch(now);
}

/// The permit of a breaker that is plainly closed.
#[inline(always)]
pub(crate) fn admit(state: &BreakerState, now: i64) -> BreakerPermit {
    let clock_regressed = u32::from(now < state.updated_at);
    BreakerPermit { clock_regressed, ..state.allow() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaker::transitions as machine;
    use crate::mode::MODE_MONITOR;

    fn drawn(seed: &mut u64, below: u64) -> u64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (*seed >> 33) % below
    }

    /// Mostly the defaults, with a field or two at or beyond its bounds.
    fn some_config(seed: &mut u64) -> BreakerConfig {
        let mut config =
            BreakerConfig { failure_threshold: drawn(seed, 6) as u32, ..BreakerConfig::DEFAULT };
        match drawn(seed, 40) {
            0 => config.failure_rate_ppm = 1,
            1 => config.slow_call_rate_ppm = 1_000_001,
            2 => config.half_open_max_probes = [0, 8, 9][drawn(seed, 3) as usize],
            3 => config.half_open_calls = [0, 64, 65][drawn(seed, 3) as usize],
            4 => config.jitter_ppm = 1_000_000 + drawn(seed, 2) as u32,
            5 => config.open_duration = [0, 30_001][drawn(seed, 2) as usize],
            6 => config.probe_timeout = 0,
            7 => config.window_size = [1, 129][drawn(seed, 2) as usize],
            8 => config.window_duration = [-1, 100][drawn(seed, 2) as usize],
            9 => config.failure_count = 1,
            10 => config.half_open_failure_rate_ppm = [0, 1_000_001][drawn(seed, 2) as usize],
            11 => config.backoff_ppm = [999_999, 16_000_001][drawn(seed, 2) as usize],
            12 => config.mode = [MODE_MONITOR, 2][drawn(seed, 2) as usize],
            13 => config.half_open_duration = drawn(seed, 2) as i64 - 1,
            14 => config.trips_decay = drawn(seed, 2) as i64 - 1,
            15 => config.ramp_duration = drawn(seed, 2) as i64 - 1,
            16 => config.max_retry_after = drawn(seed, 3) as i64 - 1,
            17 => (config.window_size, config.minimum_calls) = (4, 1),
            _ => {}
        }
        config
    }

    /// A byte of the state or of the permit other than it was.
    fn spoil(seed: &mut u64, state: &mut BreakerState, permit: &mut BreakerPermit) {
        let (slot, bit) = (drawn(seed, 8) as usize, drawn(seed, 64));
        match drawn(seed, 40) {
            0 => state.layout ^= 1 << (bit % 32),
            1 => state.phase ^= 1 << (bit % 3),
            2 => state.revision ^= 1 << bit,
            3 => state.generation ^= 1 << bit,
            4 => state.open_until ^= 1 << bit,
            5 => state.forced_until ^= 1 << bit,
            6 => state.consecutive_failures ^= 1 << (bit % 9),
            7 => state.trips ^= 1 << (bit % 32),
            8 => state.window_calls ^= 1 << (bit % 9),
            9 => state.window_next ^= 1 << (bit % 9),
            10 => state.probes_judged ^= 1 << (bit % 32),
            11 => state.live_probes ^= 1 << (bit % 32),
            12 => state.window_failures[slot % 2] ^= 1 << bit,
            13 => state.window_slow[slot % 2] ^= 1 << bit,
            14 => state.probe_deadlines[slot] ^= 1 << bit,
            15 => permit.generation ^= 1 << (bit % 3),
            16 => permit.retry_after ^= 1 << bit,
            17 => permit.deadline ^= 1 << bit,
            18 => permit.phase ^= 1 << (bit % 3),
            19 => permit.allowed ^= 1 << (bit % 32),
            20 => permit.probe_slot ^= 1 << (bit % 4),
            21 => permit.clock_regressed ^= 1 << (bit % 3),
            22 => permit.would_refuse ^= 1 << (bit % 3),
            23 => permit.reserved ^= 1 << (bit % 32),
            24 => state.probes_failed ^= 1 << (bit % 32),
            25 => state.phase_since ^= 1 << bit,
            26 => state.ramp_duration ^= 1 << bit,
            27 => state.ramp_credit ^= 1 << bit,
            28 => state.bucket_duration ^= 1 << bit,
            29 => state.newest_bucket ^= 1 << bit,
            30 => state.streak_age ^= 1 << (bit % 32),
            31 => state.streak_skipped ^= 1 << (bit % 32),
            32 => state.bucket_calls[slot] ^= 1 << (bit % 32),
            33 => state.bucket_failures[slot] ^= 1 << (bit % 32),
            34 => state.bucket_slow[slot + 8] ^= 1 << (bit % 32),
            35 => state.reserved ^= 1 << (bit % 32),
            _ => state.updated_at ^= 1 << bit,
        }
    }

    /// Compares both ways through both calls; whether the fast path judged the outcome.
    fn compare(
        config: Option<&BreakerConfig>,
        state: BreakerState,
        permit: &BreakerPermit,
        outcome: i32,
        duration: i64,
        now: i64,
    ) -> bool {
        let spelt_out = &config.copied().unwrap_or_default();
        let answer = machine::acquire(spelt_out, &mut { state }, now).ok();
        let fast = acquire(config, &state, now);
        assert!(fast.is_none() || fast == answer);
        // What it is for, it does.
        let is_plain = state.is_plainly_closed() && spelt_out.is_plain();
        assert_eq!(fast.is_some(), is_plain && answer.is_some());

        let (mut by_machine, mut by_us) = (state, state);
        let retry_at = now + 5;
        let result =
            machine::report(spelt_out, &mut by_machine, permit, outcome, duration, retry_at, now);
        let can_judge = can_judge(config, &state, permit, outcome, duration);
        let is_judged = result.is_ok() && outcome != OUTCOME_IGNORED;
        assert_eq!(can_judge, is_plain && is_judged && permit.generation == state.generation);
        if can_judge {
            judge(config, &mut by_us, outcome, now);
            assert_eq!(by_us, by_machine);
        }
        can_judge
    }

    #[test]
    fn failures_in_a_row_saturate() {
        let config = BreakerConfig { failure_threshold: u32::MAX, ..BreakerConfig::DEFAULT };
        let mut state = BreakerState {
            revision: 1 << 40,
            consecutive_failures: u32::MAX,
            ..BreakerState::new(0)
        };
        let permit = acquire(Some(&config), &state, 0).unwrap();
        assert!(can_judge(Some(&config), &state, &permit, OUTCOME_FAILURE, 0));
        judge(Some(&config), &mut state, OUTCOME_FAILURE, 0);
        assert_eq!((state.consecutive_failures, state.phase), (u32::MAX, BREAKER_OPEN));
    }

    #[test]
    fn the_fast_path_answers_as_the_transitions_do() {
        let seed = &mut 7;
        let mut judged = 0;
        for _ in 0..200 {
            // A breaker that lives through 150 calls, mostly closed.
            let usual = BreakerConfig { failure_threshold: 4, ..BreakerConfig::DEFAULT };
            let mut state = BreakerState::new(0);
            for now in 0..150 {
                let permit = machine::acquire(&usual, &mut state, 1000 * now).unwrap();
                for _ in 0..10 {
                    let config = some_config(seed);
                    let config = (drawn(seed, 4) > 0).then_some(&config);
                    let (mut state, mut permit) = (state, permit);
                    if drawn(seed, 2) == 0 {
                        spoil(seed, &mut state, &mut permit);
                    }
                    let (outcome, duration) = (drawn(seed, 5) as i32, drawn(seed, 5) as i64 - 1);
                    let now = 1000 * now + drawn(seed, 3) as i64 - 1;
                    judged += u32::from(compare(config, state, &permit, outcome, duration, now));
                }
                let outcome = if drawn(seed, 4) == 0 { OUTCOME_FAILURE } else { OUTCOME_SUCCESS };
                // Not of a refused permit.
                let _ =
                    machine::report(&usual, &mut state, &permit, outcome, 1, i64::MIN, 1000 * now);
            }
        }
        assert!((20_000..200_000).contains(&judged), "{judged}");
    }
}
