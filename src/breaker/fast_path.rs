//! A closed breaker, which most calls meet: how it judges, and the short way through a call.
//!
//! [`acquire`] and [`can_judge`] prove of config, state and permit what `breaker_machine` proves, but
//! leave every other phase, every error and the naming of errors to it. No config means the defaults,
//! which need no proof.

use crate::breaker::state::*;

/// The permit, if nothing is wrong and the breaker is closed.
#[inline(always)]
pub(crate) fn acquire(
    config: Option<&BreakerConfig>,
    state: &BreakerState,
    now: i64,
) -> Option<BreakerPermit> {
    let can_admit =
        state.is_possible_and_closed() && config.is_none_or(|config| config.check().is_ok());
    if can_admit { admit(state, now) } else { None }
}

/// Whether an outcome can be judged: nothing is wrong, the breaker is closed, and so it was when the
/// permit was acquired.
#[inline(always)]
pub(crate) fn can_judge(
    config: Option<&BreakerConfig>,
    state: &BreakerState,
    permit: &BreakerPermit,
    outcome: i32,
    duration: i64,
) -> bool {
    // The phase follows from the rest; said first it spares the permit's check its other phases.
    permit.generation == state.generation
        && permit.phase == BREAKER_CLOSED
        && permit.check(state).is_ok()
        && (outcome == OUTCOME_SUCCESS || outcome == OUTCOME_FAILURE)
        && duration >= 0
        && state.is_possible_and_closed()
        && config.is_none_or(|config| config.check().is_ok())
}

/// Judges it: a success or a failure.
#[inline(always)]
pub(crate) fn judge(
    config: Option<&BreakerConfig>,
    state: &mut BreakerState,
    outcome: i32,
    duration: i64,
    now: i64,
) {
    let config = config.unwrap_or(&BreakerConfig::DEFAULT);
    state.judge(config, outcome, duration, now.max(state.updated_at));
}

/// The permit, if the breaker is closed.
#[inline(always)]
pub(crate) fn admit(state: &BreakerState, now: i64) -> Option<BreakerPermit> {
    let clock_regressed = u32::from(now < state.updated_at);
    let is_closed = state.phase == BREAKER_CLOSED;
    is_closed.then(|| BreakerPermit { clock_regressed, ..state.allow() })
}

impl BreakerState {
    #[inline(always)]
    pub(crate) fn judge(&mut self, config: &BreakerConfig, outcome: i32, duration: i64, now: i64) {
        let is_slow = config.slow_call_duration > 0 && duration >= config.slow_call_duration;
        let mut has_failed = false;
        if outcome == OUTCOME_FAILURE {
            self.remember(true, is_slow);
            self.consecutive_failures = self.consecutive_failures.saturating_add(1);
            has_failed = config.failure_threshold > 0
                && self.consecutive_failures >= config.failure_threshold;
        } else {
            self.remember(false, is_slow);
            self.consecutive_failures = 0;
        }
        if has_failed || config.window_size > 0 && self.reaches_a_rate(config) {
            self.trip(config, now);
        } else {
            self.touch(now);
        }
    }

    #[inline(always)]
    fn reaches_a_rate(&self, config: &BreakerConfig) -> bool {
        let is_on = |limit: u32| limit > 0;
        let calls = self.window_calls.min(config.window_size);
        calls >= config.minimum_calls
            && (is_on(config.failure_rate_ppm)
                && self.reaches(self.window_failures, calls, config.failure_rate_ppm)
                || is_on(config.slow_call_rate_ppm)
                    && self.reaches(self.window_slow, calls, config.slow_call_rate_ppm))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaker::transitions as machine;

    fn drawn(seed: &mut u64, below: u64) -> u64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (*seed >> 33) % below
    }

    /// Mostly the defaults, with a field or two at or next to its bounds.
    fn some_config(seed: &mut u64) -> BreakerConfig {
        let mut config = BreakerConfig {
            failure_threshold: drawn(seed, 6) as u32,
            window_size: [0, 0, 1, 4, 100, 128, 129][drawn(seed, 7) as usize],
            minimum_calls: drawn(seed, 3) as u32,
            failure_rate_ppm: [0, 500_000, 1_000_000][drawn(seed, 3) as usize],
            slow_call_rate_ppm: [0, 900_000][drawn(seed, 2) as usize],
            slow_call_duration: drawn(seed, 3) as i64,
            ..BreakerConfig::DEFAULT
        };
        match drawn(seed, 30) {
            0 => config.failure_rate_ppm += 1,
            1 => config.slow_call_rate_ppm = 1_000_001,
            2 => config.half_open_max_probes = [0, 8, 9][drawn(seed, 3) as usize],
            3 => config.half_open_successes = 0,
            4 => config.jitter_ppm = 1_000_000 + drawn(seed, 2) as u32,
            5 => config.open_duration = [0, 30_001][drawn(seed, 2) as usize],
            6 => config.probe_timeout = 0,
            _ => {}
        }
        config
    }

    /// A byte of the state or of the permit other than it was.
    fn spoil(seed: &mut u64, state: &mut BreakerState, permit: &mut BreakerPermit) {
        let (slot, bit) = (drawn(seed, 8) as usize, drawn(seed, 64));
        match drawn(seed, 24) {
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
            10 => state.probe_successes ^= 1 << (bit % 32),
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
            _ => state.updated_at ^= 1 << bit,
        }
    }

    /// Compares both ways through both calls; whether the outcome was judged.
    fn compare(
        config: Option<&BreakerConfig>,
        state: BreakerState,
        permit: &BreakerPermit,
        outcome: i32,
        duration: i64,
        now: i64,
    ) -> bool {
        let is_closed = state.phase == BREAKER_CLOSED;
        let spelt_out = &config.copied().unwrap_or_default();
        let answer = machine::acquire(spelt_out, &mut { state }, now).ok();
        assert_eq!(acquire(config, &state, now), answer.filter(|_| is_closed));

        let (mut by_machine, mut by_us) = (state, state);
        let result = machine::report(spelt_out, &mut by_machine, permit, outcome, duration, now);
        let can_judge = can_judge(config, &state, permit, outcome, duration);
        assert_eq!(can_judge, result.is_ok() && is_closed && outcome != OUTCOME_IGNORED);
        if can_judge {
            judge(config, &mut by_us, outcome, duration, now);
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
            window_calls: 128,
            window_failures: [u64::MAX; 2],
            ..BreakerState::new(0)
        };
        let permit = acquire(Some(&config), &state, 0).unwrap();
        assert!(can_judge(Some(&config), &state, &permit, OUTCOME_FAILURE, 0));
        judge(Some(&config), &mut state, OUTCOME_FAILURE, 0, 0);
        assert_eq!((state.consecutive_failures, state.phase), (u32::MAX, BREAKER_OPEN));
    }

    #[test]
    fn the_short_way_is_the_whole_way() {
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
                let _ = machine::report(&usual, &mut state, &permit, outcome, 1, 1000 * now);
            }
        }
        assert!((20_000..200_000).contains(&judged), "{judged}");
    }
}
