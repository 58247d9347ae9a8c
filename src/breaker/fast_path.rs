//! The fast path: a closed breaker without a window, which most calls meet.
//!
//! It proves of config, state and permit what `transitions` proves, and answers the same. Every other
//! phase and every error is left to `transitions`. No config means the defaults, which need no proof.
//!
//! State and permit are looked at as the words of eight bytes that they are in memory: most of a state that is
//! plainly closed is 0.

use crate::breaker::config::BreakerConfig;
use crate::breaker::permit::BreakerPermit;
use crate::breaker::state::*;

/// The words of a [`BreakerState`].
pub(crate) type StateWords = [u64; size_of::<BreakerState>() / 8];
/// The words of a [`BreakerPermit`].
pub(crate) type PermitWords = [u64; size_of::<BreakerPermit>() / 8];

/// The word of two fields.
const fn word(first: u32, second: u32) -> u64 {
    let (first, second) = (first as u64, second as u64);
    if cfg!(target_endian = "little") { first | second << 32 } else { first << 32 | second }
}

/// The failures at which a config that is plain opens the breaker.
#[inline(always)]
fn threshold(config: Option<&BreakerConfig>) -> Option<u32> {
    match config {
        None => Some(BreakerConfig::DEFAULT.failure_threshold),
        Some(config) => config.is_plain().then_some(config.failure_threshold),
    }
}

/// What is not always the same in a state that is plainly closed.
#[derive(Clone, Copy)]
pub(crate) struct Closed {
    generation: u64,
    updated_at: i64,
    failures: u64,
}

impl Closed {
    /// `None` unless the state is consistent, closed, and without window, ramp and trips; nor for numbers that
    /// no breaker lives to see.
    #[inline(always)]
    fn prove(words: &StateWords) -> Option<Self> {
        const HEAD: u64 = word(BREAKER_LAYOUT, BREAKER_CLOSED as u32);
        let &[head, revision, generation, updated_at, phase_since, failures, ref rest @ ..] = words;
        let updated_at = updated_at as i64;
        let reserved = failures & word(0, u32::MAX);
        let failures = if cfg!(target_endian = "little") { failures } else { failures >> 32 };
        // Each outcome was a revision, and no call changes the phase more than twice.
        let calls = revision.wrapping_sub(generation / 2);
        let is_closed = head == HEAD
            && rest.iter().fold(reserved, |bits, word| bits | word) == 0
            && (revision | generation.wrapping_sub(1)) >> 63 == 0
            && phase_since as i64 <= updated_at
            && failures as i64 <= calls as i64;
        is_closed.then_some(Self { generation, updated_at, failures })
    }

    #[inline(always)]
    fn admit(self, now: i64) -> BreakerPermit {
        BreakerPermit {
            generation: self.generation,
            phase: BREAKER_CLOSED,
            allowed: 1,
            clock_regressed: u32::from(now < self.updated_at),
            ..BreakerPermit::REFUSED
        }
    }
}

/// The permit, if nothing is wrong and the breaker is plainly closed.
#[inline(always)]
pub(crate) fn acquire(
    config: Option<&BreakerConfig>,
    state: &StateWords,
    now: i64,
) -> Option<BreakerPermit> {
    threshold(config)?;
    Some(Closed::prove(state)?.admit(now))
}

/// Whether a permit is one of a call that was allowed while plainly closed, in the state's present phase.
#[inline(always)]
fn is_present(permit: &PermitWords, state: &StateWords) -> bool {
    const ALLOWED: u64 = word(BREAKER_CLOSED as u32, 1);
    let &[_, _, generation, ..] = state;
    let [permit_generation, retry_after, deadline, allowed, refused_and_slot, clock_regressed] =
        *permit;
    permit_generation == generation
        && allowed == ALLOWED
        && retry_after | deadline | refused_and_slot | clock_regressed & !word(1, 0) == 0
}

/// Whether [`judge`] can judge an outcome: nothing is wrong, no window counts it, the breaker is plainly closed
/// and stays so, and it was when the permit was acquired.
#[inline(always)]
pub(crate) fn can_judge(
    config: Option<&BreakerConfig>,
    state: &StateWords,
    permit: &PermitWords,
    outcome: i32,
    duration: i64,
) -> bool {
    // The permit first: its words then need no registers.
    if !is_present(permit, state) {
        return false;
    }
    let Some(threshold) = threshold(config) else { return false };
    duration >= 0
        && Closed::prove(state).is_some_and(|closed| match outcome {
            OUTCOME_SUCCESS => true,
            OUTCOME_FAILURE => closed.failures + 1 < threshold.into(),
            _ => false,
        })
}

/// Judges it: a success or a failure.
#[inline(always)]
pub(crate) fn judge(state: &mut BreakerState, outcome: i32, now: i64) {
    if outcome == OUTCOME_FAILURE {
        state.consecutive_failures += 1;
    } else if state.consecutive_failures > 0 {
        state.consecutive_failures = 0;
    } else {
        return;
    }
    state.touch(now.max(state.updated_at));
}

/// The permit after an outcome was judged.
#[inline(always)]
pub(crate) fn admit(state: &BreakerState, now: i64) -> BreakerPermit {
    let BreakerState { generation, updated_at, .. } = *state;
    Closed { generation, updated_at, failures: 0 }.admit(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaker::transitions as machine;
    use crate::codec;
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
        let words = words_of(state);
        let is_plainly_closed = is_plainly_closed(&state);
        assert_eq!(Closed::prove(&words).is_some(), is_plainly_closed);
        let fast = acquire(config, &words, now);
        assert!(fast.is_none() || fast == answer);
        // What it is for, it does.
        let is_plain = is_plainly_closed && spelt_out.is_plain();
        assert_eq!(fast.is_some(), is_plain && answer.is_some());

        let (mut by_machine, mut by_us) = (state, state);
        let retry_at = now + 5;
        let result =
            machine::report(spelt_out, &mut by_machine, permit, outcome, duration, retry_at, now);
        let permit_words = words_of_permit(permit);
        let can_judge = can_judge(config, &words, &permit_words, outcome, duration);
        let is_judged = result.is_ok()
            && outcome != OUTCOME_IGNORED
            && permit.would_refuse == 0
            && by_machine.phase == BREAKER_CLOSED;
        assert_eq!(can_judge, is_plain && is_judged && permit.generation == state.generation);
        if can_judge {
            judge(&mut by_us, outcome, now);
            assert_eq!(Some(admit(&by_us, now)), acquire(config, &words_of(by_us), now));
            assert_eq!(by_us, by_machine);
        }
        can_judge
    }

    /// What the words are to prove, by the fields.
    fn is_plainly_closed(state: &BreakerState) -> bool {
        let BreakerState { revision, generation, updated_at, phase_since, .. } = *state;
        let plain = BreakerState {
            revision,
            generation,
            updated_at,
            phase_since,
            consecutive_failures: state.consecutive_failures,
            ..BreakerState::new(0)
        };
        let is_young = revision < 1 << 63 && generation <= 1 << 63;
        is_young && *state == plain && state.check().is_ok()
    }

    /// As they lie in memory: the encoded form has the same fields in the same order.
    fn words_of(state: BreakerState) -> StateWords {
        let bytes: [u8; BREAKER_ENCODED_LEN] = codec::encode(&state);
        let (words, _) = bytes.as_chunks();
        let words: [_; 52] = words.try_into().unwrap();
        words.map(u64::from_le_bytes)
    }

    fn words_of_permit(permit: &BreakerPermit) -> PermitWords {
        [
            permit.generation,
            permit.retry_after as u64,
            permit.deadline as u64,
            word(permit.phase as u32, permit.allowed),
            word(permit.would_refuse, permit.probe_slot),
            word(permit.clock_regressed, permit.reserved),
        ]
    }

    #[test]
    fn failures_in_a_row_saturate() {
        let config = BreakerConfig { failure_threshold: u32::MAX, ..BreakerConfig::DEFAULT };
        let mut state = BreakerState {
            revision: 1 << 40,
            consecutive_failures: u32::MAX,
            ..BreakerState::new(0)
        };
        let permit = acquire(Some(&config), &words_of(state), 0).unwrap();
        let words = words_of_permit(&permit);
        assert!(!can_judge(Some(&config), &words_of(state), &words, OUTCOME_FAILURE, 0));
        machine::report(&config, &mut state, &permit, OUTCOME_FAILURE, 0, 0, 0).unwrap();
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
