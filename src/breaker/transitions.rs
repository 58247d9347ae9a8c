//! How the whole breaker moves from phase to phase.

use crate::breaker::state::*;
use crate::error::Error;
use crate::numeric::amount::PPM;

pub(crate) fn acquire(
    config: &BreakerConfig,
    state: &mut BreakerState,
    now: i64,
) -> Result<BreakerPermit, Error> {
    config.check()?;
    state.check()?;
    Ok(state.admit(config, now))
}

pub(crate) fn report(
    config: &BreakerConfig,
    state: &mut BreakerState,
    permit: &BreakerPermit,
    outcome: i32,
    duration: i64,
    now: i64,
) -> Result<(), Error> {
    config.check()?;
    state.check()?;
    permit.check(state)?;
    if !(OUTCOME_SUCCESS..=OUTCOME_IGNORED).contains(&outcome) {
        return Err(Error::Outcome);
    }
    if duration < 0 {
        return Err(Error::Duration);
    }
    if permit.generation != state.generation {
        return Err(Error::StalePermit);
    }

    let now = now.max(state.updated_at);
    match state.phase {
        BREAKER_CLOSED if outcome != OUTCOME_IGNORED => {
            state.judge(config, outcome, duration, now);
        }
        BREAKER_HALF_OPEN => state.judge_probe(config, permit, outcome, now)?,
        // Nothing is judged while forced.
        _ => {}
    }
    Ok(())
}

pub(crate) fn report_and_acquire(
    config: &BreakerConfig,
    state: &mut BreakerState,
    permit: &BreakerPermit,
    outcome: i32,
    duration: i64,
    now: i64,
) -> Result<BreakerPermit, Error> {
    report(config, state, permit, outcome, duration, now)?;
    // What a report leaves needs no check.
    Ok(state.admit(config, now))
}

pub(crate) fn force(
    state: &mut BreakerState,
    forced_phase: i32,
    until: i64,
    now: i64,
) -> Result<(), Error> {
    state.check()?;
    let until = match forced_phase {
        BREAKER_CLOSED => 0,
        BREAKER_FORCED_OPEN | BREAKER_FORCED_CLOSED => until,
        _ => return Err(Error::ForcedPhase),
    };

    let now = now.max(state.updated_at);
    if state.phase != forced_phase {
        state.start(forced_phase, now);
        state.forced_until = until;
    } else if state.forced_until != until {
        state.forced_until = until;
        state.touch(now);
    }
    Ok(())
}

impl BreakerState {
    pub(crate) fn admit(&mut self, config: &BreakerConfig, now: i64) -> BreakerPermit {
        let clock_regressed = u32::from(now < self.updated_at);
        let now = now.max(self.updated_at);
        let permit = match self.phase {
            BREAKER_CLOSED => self.allow(),
            BREAKER_OPEN if now < self.open_until => self.refuse(self.open_until, now),
            BREAKER_OPEN => {
                self.enter(BREAKER_HALF_OPEN);
                self.probe(config, now)
            }
            BREAKER_HALF_OPEN if self.has_lost_probe(now) => {
                self.trip(config, now);
                self.refuse(self.open_until, now)
            }
            BREAKER_HALF_OPEN => self.probe(config, now),
            BREAKER_FORCED_OPEN if self.is_forced(now) => self.refuse(self.forced_until, now),
            BREAKER_FORCED_CLOSED if self.is_forced(now) => self.allow(),
            _ => {
                self.start(BREAKER_CLOSED, now);
                self.allow()
            }
        };
        BreakerPermit { clock_regressed, ..permit }
    }

    /// Every call that changes the state says so once.
    pub(crate) fn touch(&mut self, now: i64) {
        self.revision += 1;
        self.updated_at = now;
    }

    fn enter(&mut self, phase: i32) {
        self.phase = phase;
        self.generation += 1;
    }

    /// Enters a phase that knows nothing of the past.
    fn start(&mut self, phase: i32, now: i64) {
        let Self { revision, generation, .. } = *self;
        *self = Self { revision, generation, ..Self::new(now) };
        self.enter(phase);
        self.touch(now);
    }

    #[inline(never)]
    pub(crate) fn trip(&mut self, config: &BreakerConfig, now: i64) {
        self.enter(BREAKER_OPEN);
        let open_time = open_time(config, self.trips, self.generation);
        self.open_until = now.saturating_add_unsigned(open_time);
        self.trips = self.trips.saturating_add(1);
        self.probe_successes = 0;
        self.live_probes = 0;
        self.probe_deadlines = [0; 8];
        self.touch(now);
    }

    /// The last time there is never comes.
    fn is_forced(&self, now: i64) -> bool {
        now < self.forced_until || self.forced_until == i64::MAX
    }

    fn live_deadlines(&self) -> impl Iterator<Item = i64> {
        let slots = self.probe_deadlines.iter().enumerate();
        slots.filter(|(slot, _)| self.live_probes >> slot & 1 == 1).map(|(_, &deadline)| deadline)
    }

    fn has_lost_probe(&self, now: i64) -> bool {
        self.live_deadlines().any(|deadline| now >= deadline)
    }

    /// A probe in the first free slot, or the wait for one.
    fn probe(&mut self, config: &BreakerConfig, now: i64) -> BreakerPermit {
        if self.live_probes.count_ones() >= config.half_open_max_probes {
            return self.refuse(self.live_deadlines().min().unwrap_or(now), now);
        }
        let slot = self.live_probes.trailing_ones();
        let deadline = now.saturating_add(config.probe_timeout);
        self.set_probe(slot, deadline);
        self.touch(now);
        BreakerPermit { deadline, probe_slot: slot + 1, ..self.allow() }
    }

    /// Starts or ends the probe in a slot.
    fn set_probe(&mut self, slot: u32, deadline: i64) {
        self.live_probes ^= 1 << slot;
        if let Some(place) = self.probe_deadlines.get_mut(slot as usize) {
            *place = deadline;
        }
    }

    fn judge_probe(
        &mut self,
        config: &BreakerConfig,
        permit: &BreakerPermit,
        outcome: i32,
        now: i64,
    ) -> Result<(), Error> {
        let slot = permit.probe_slot.wrapping_sub(1);
        // The slot may be free again, or another probe's by now.
        let is_live = self.live_probes >> slot & 1 == 1;
        if !is_live || self.probe_deadlines.get(slot as usize) != Some(&permit.deadline) {
            return Err(Error::StalePermit);
        }
        if outcome == OUTCOME_FAILURE || self.has_lost_probe(now) {
            self.trip(config, now);
            return Ok(());
        }

        self.set_probe(slot, 0);
        if outcome == OUTCOME_SUCCESS {
            self.probe_successes = self.probe_successes.saturating_add(1);
        }
        if outcome == OUTCOME_SUCCESS && self.probe_successes >= config.half_open_successes {
            self.start(BREAKER_CLOSED, now);
        } else {
            self.touch(now);
        }
        Ok(())
    }

    pub(crate) fn allow(&self) -> BreakerPermit {
        BreakerPermit {
            generation: self.generation,
            phase: self.phase,
            allowed: 1,
            ..BreakerPermit::REFUSED
        }
    }

    fn refuse(&self, until: i64, now: i64) -> BreakerPermit {
        BreakerPermit { allowed: 0, retry_after: until.saturating_sub(now), ..self.allow() }
    }
}

/// The open time after `trips` earlier trips: doubled by each, up to the cap, then lengthened by a
/// share that is drawn again for each generation.
fn open_time(config: &BreakerConfig, trips: u32, generation: u64) -> u64 {
    // Both are above 0.
    let (first, cap) = (config.open_duration as u64, config.max_open_duration as u64);
    let doubled = if trips < first.leading_zeros() { cap.min(first << trips) } else { cap };

    // doubled * jitter_ppm / 1000000, rounded down, in two parts that do not overflow.
    let (whole, ppm) = (u64::from(PPM), u64::from(config.jitter_ppm));
    let most = doubled / whole * ppm + doubled % whole * ppm / whole;
    let share = u128::from(split_mix(config.jitter_seed, generation));
    let extra = (share * (u128::from(most) + 1)) >> 64;
    doubled + extra as u64
}

/// Number `index` of the sequence that SplitMix64 draws from a seed.
fn split_mix(seed: u64, index: u64) -> u64 {
    let mut z = seed.wrapping_add(index.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three probes at once, two successes close it, 10 open, 100 for a probe.
    fn config() -> BreakerConfig {
        BreakerConfig {
            half_open_max_probes: 3,
            half_open_successes: 2,
            open_duration: 10,
            max_open_duration: 35,
            probe_timeout: 100,
            ..BreakerConfig::default()
        }
    }

    fn call(config: &BreakerConfig, state: &mut BreakerState, outcome: i32, now: i64) {
        let permit = acquire(config, state, now).unwrap();
        assert_eq!(permit.allowed, 1);
        report(config, state, &permit, outcome, 0, now).unwrap();
    }

    fn tripped(config: &BreakerConfig, now: i64) -> BreakerState {
        let mut state = BreakerState::new(now);
        for _ in 0..3 {
            call(config, &mut state, OUTCOME_FAILURE, now);
        }
        assert_eq!((state.phase, state.trips), (BREAKER_OPEN, 1));
        state
    }

    #[test]
    fn the_open_time_doubles_up_to_its_cap() {
        let config = config();
        let mut state = tripped(&config, 0);
        let mut now = 0;
        for open_time in [10, 20, 35, 35] {
            assert_eq!(state.open_until, now + open_time);
            let refused = acquire(&config, &mut state, now + open_time - 1).unwrap();
            assert_eq!((refused.allowed, refused.retry_after), (0, 1));
            now += open_time;
            call(&config, &mut state, OUTCOME_FAILURE, now);
        }
        assert_eq!(state.trips, 5);
    }

    #[test]
    fn open_times_and_their_doubling_saturate() {
        let huge = BreakerConfig {
            open_duration: 3,
            max_open_duration: i64::MAX,
            jitter_ppm: PPM,
            jitter_seed: 7,
            ..config()
        };
        assert_eq!(open_time(&BreakerConfig { jitter_ppm: 0, ..huge }, 61, 1), 3 << 61);
        let longest = i64::MAX as u64;
        for trips in [62, 63, 64, 1000, u32::MAX] {
            assert_eq!(open_time(&BreakerConfig { jitter_ppm: 0, ..huge }, trips, 1), longest);
            assert!((longest..=2 * longest).contains(&open_time(&huge, trips, 1)));
        }
        assert_eq!(tripped(&config(), i64::MAX - 9).open_until, i64::MAX);
        // The jitter counts even where the open time alone reaches the largest duration.
        let from_the_start = BreakerConfig { open_duration: i64::MAX, ..huge };
        assert!(tripped(&from_the_start, i64::MIN).open_until > -1);
    }

    #[test]
    fn jitter_is_the_published_sequence_scaled_to_its_share() {
        // The first two numbers of SplitMix64 from 1234567, as published.
        assert_eq!(split_mix(1_234_567, 1), 6_457_827_717_110_365_317);
        assert_eq!(split_mix(1_234_567, 2), 3_203_168_211_198_807_973);

        let config = BreakerConfig {
            open_duration: 1000,
            max_open_duration: 1000,
            jitter_ppm: 500_000,
            jitter_seed: 1_234_567,
            ..config()
        };
        // 501 * 6457827717110365317 / 2^64 is 175.39, 501 * 3203168211198807973 / 2^64 is 86.99.
        assert_eq!(open_time(&config, 0, 1), 1175);
        assert_eq!(open_time(&config, 0, 2), 1086);
        // The whole share can be drawn: 2 * 9817491932198370423 / 2^64 is 1.06.
        let least = BreakerConfig { open_duration: 1, max_open_duration: 1, ..config };
        let least = BreakerConfig { jitter_ppm: PPM, ..least };
        assert_eq!((open_time(&least, 0, 2), open_time(&least, 0, 3)), (1, 2));
        for generation in 0..1000 {
            assert!((1000..=1500).contains(&open_time(&config, 5, generation)));
        }
    }

    #[test]
    fn a_repeated_report_is_told_from_a_later_probe_in_its_slot() {
        let config = config();
        let mut state = tripped(&config, 0);
        let first = acquire(&config, &mut state, 10).unwrap();
        report(&config, &mut state, &first, OUTCOME_SUCCESS, 0, 10).unwrap();
        let second = acquire(&config, &mut state, 11).unwrap();
        assert_eq!((second.probe_slot, second.deadline), (1, first.deadline + 1));

        let before = state;
        let repeated = report(&config, &mut state, &first, OUTCOME_SUCCESS, 0, 11);
        assert_eq!((repeated, state), (Err(Error::StalePermit), before));
        report(&config, &mut state, &second, OUTCOME_SUCCESS, 0, 11).unwrap();
        assert_eq!(state.phase, BREAKER_CLOSED);
    }

    #[test]
    fn a_report_finds_another_probe_lost() {
        let config = config();
        let mut state = tripped(&config, 0);
        acquire(&config, &mut state, 10).unwrap();
        let second = acquire(&config, &mut state, 50).unwrap();
        let mut just_in_time = state;
        report(&config, &mut just_in_time, &second, OUTCOME_SUCCESS, 0, 109).unwrap();
        assert_eq!((just_in_time.phase, just_in_time.live_probes), (BREAKER_HALF_OPEN, 1));

        report(&config, &mut state, &second, OUTCOME_SUCCESS, 0, 110).unwrap();
        assert_eq!((state.phase, state.open_until), (BREAKER_OPEN, 130));
    }

    #[test]
    fn rates_look_at_the_window_alone_and_wait_for_enough_calls() {
        let config = BreakerConfig {
            failure_threshold: 0,
            window_size: 4,
            minimum_calls: 3,
            failure_rate_ppm: 500_000,
            ..config()
        };
        let mut state = BreakerState::new(0);
        // 1 of 1, then 1 of 2: enough failures, not enough calls. 1 of 3 and 1 of 4 are too few.
        call(&config, &mut state, OUTCOME_FAILURE, 0);
        for _ in 0..4 {
            call(&config, &mut state, OUTCOME_SUCCESS, 0);
        }
        // The first failure has left the window: 1 of 4, then 2 of 4, in all only 3 of 7.
        call(&config, &mut state, OUTCOME_FAILURE, 0);
        assert_eq!(state.phase, BREAKER_CLOSED);
        call(&config, &mut state, OUTCOME_FAILURE, 0);
        assert_eq!(state.phase, BREAKER_OPEN);
    }

    #[test]
    fn a_success_that_completes_the_calls_can_trip() {
        let config = BreakerConfig {
            failure_threshold: 0,
            window_size: 128,
            minimum_calls: 2,
            slow_call_rate_ppm: 1,
            slow_call_duration: 5,
            ..config()
        };
        let mut state = BreakerState::new(0);
        let permit = acquire(&config, &mut state, 0).unwrap();
        report(&config, &mut state, &permit, OUTCOME_SUCCESS, 5, 0).unwrap();
        assert_eq!(state.phase, BREAKER_CLOSED);
        report(&config, &mut state, &permit, OUTCOME_SUCCESS, 4, 0).unwrap();
        assert_eq!((state.phase, state.window_slow), (BREAKER_OPEN, [1, 0]));
    }

    #[test]
    fn forcing_starts_anew_and_ends_by_itself() {
        let config = config();
        let mut state = tripped(&config, 0);
        force(&mut state, BREAKER_FORCED_CLOSED, 50, 1).unwrap();
        let permit = acquire(&config, &mut state, 49).unwrap();
        let before = state;
        report(&config, &mut state, &permit, OUTCOME_FAILURE, 0, 49).unwrap();
        assert_eq!(state, before);
        assert_eq!(acquire(&config, &mut state, 50).unwrap().phase, BREAKER_CLOSED);
        let fresh = BreakerState {
            revision: state.revision,
            generation: state.generation,
            ..BreakerState::new(50)
        };
        assert_eq!(state, fresh);

        assert_eq!(force(&mut state, BREAKER_OPEN, 0, 0), Err(Error::ForcedPhase));
        force(&mut state, BREAKER_CLOSED, 0, 60).unwrap();
        assert_eq!(state, fresh);
    }
}
