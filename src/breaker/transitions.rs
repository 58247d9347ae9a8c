//! How the breaker moves from phase to phase: the five calls, and what begins and ends a phase.

use crate::breaker::config::BreakerConfig;
use crate::breaker::open_time::open_time;
use crate::breaker::permit::BreakerPermit;
use crate::breaker::state::*;
use crate::error::Error;
use crate::mode::MODE_MONITOR;

pub(crate) fn acquire(
    config: &BreakerConfig,
    state: &mut BreakerState,
    now: i64,
) -> Result<BreakerPermit, Error> {
    config.check()?;
    state.check()?;
    Ok(state.admit(config, now))
}

/// What acquire would answer, with generation 0.
pub(crate) fn peek(
    config: &BreakerConfig,
    mut state: BreakerState,
    now: i64,
) -> Result<BreakerPermit, Error> {
    let permit = acquire(config, &mut state, now)?;
    Ok(BreakerPermit { generation: 0, ..permit })
}

pub(crate) fn report(
    config: &BreakerConfig,
    state: &mut BreakerState,
    permit: &BreakerPermit,
    outcome: i32,
    duration: i64,
    retry_at: i64,
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
    if permit.is_only_monitored() {
        return Ok(());
    }
    if permit.generation != state.generation {
        return Err(Error::StalePermit);
    }

    let now = now.max(state.updated_at);
    match state.phase {
        BREAKER_CLOSED if outcome != OUTCOME_IGNORED => {
            state.judge(config, outcome == OUTCOME_FAILURE, duration, retry_at, now);
        }
        BREAKER_HALF_OPEN => {
            state.judge_probe(config, permit, outcome, duration, retry_at, now)?;
        }
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
    retry_at: i64,
    now: i64,
) -> Result<BreakerPermit, Error> {
    report(config, state, permit, outcome, duration, retry_at, now)?;
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
    let remembers_trips = state.trips > 0 || state.ramp_duration > 0;
    if state.phase != forced_phase || forced_phase == BREAKER_CLOSED && remembers_trips {
        state.begin(forced_phase, now);
        state.forced_until = until;
        state.touch(now);
    } else if state.forced_until != until {
        state.forced_until = until;
        state.touch(now);
    }
    Ok(())
}

/// The operator's word, whose `now` counts also when it is before updated_at.
pub(crate) fn reset(state: &mut BreakerState, now: i64) -> Result<(), Error> {
    state.check()?;
    state.begin(BREAKER_CLOSED, now);
    state.touch(now);
    Ok(())
}

impl BreakerState {
    /// The answer of acquire; a phase that is over ends first.
    pub(crate) fn admit(&mut self, config: &BreakerConfig, caller_now: i64) -> BreakerPermit {
        let clock_regressed = u32::from(caller_now < self.updated_at);
        if self.phase == BREAKER_CLOSED && self.ramp_duration == 0 {
            return BreakerPermit { clock_regressed, ..self.allow() };
        }
        let now = caller_now.max(self.updated_at);
        let before = self.changed_by_acquire();

        if self.phase == BREAKER_HALF_OPEN {
            self.work_off(config, now);
        }
        match self.phase {
            BREAKER_OPEN if now >= self.open_until => self.enter(BREAKER_HALF_OPEN, now),
            BREAKER_FORCED_OPEN if !self.is_forced(now) => self.enter(BREAKER_HALF_OPEN, now),
            BREAKER_FORCED_CLOSED if !self.is_forced(now) => self.begin(BREAKER_CLOSED, now),
            _ => {}
        }
        let permit = match self.phase {
            BREAKER_CLOSED => self.admit_on_ramp(config, now, caller_now),
            BREAKER_HALF_OPEN if self.has_room(config) => self.start_probe(config, now),
            BREAKER_HALF_OPEN => {
                self.refuse(config, self.next_event(config).unwrap_or(now), caller_now)
            }
            BREAKER_OPEN => self.refuse(config, self.open_until, caller_now),
            BREAKER_FORCED_CLOSED => self.allow(),
            _ => self.refuse(config, self.forced_until, caller_now),
        };

        if self.changed_by_acquire() != before {
            self.touch(now);
        }
        BreakerPermit { clock_regressed, ..permit }
    }

    /// An acquire that changes anything changes one of these.
    fn changed_by_acquire(&self) -> (u64, u32, u32, i64) {
        (self.generation, self.live_probes, self.probes_judged, self.ramp_credit)
    }

    /// Every call that changes the state says so once, and last.
    pub(crate) fn touch(&mut self, now: i64) {
        self.revision += 1;
        self.updated_at = now;
    }

    /// Enters a phase that remembers the outcomes and trips before it.
    fn enter(&mut self, phase: i32, at: i64) {
        self.phase = phase;
        self.generation += 1;
        self.phase_since = at;
        self.open_until = 0;
        self.forced_until = 0;
        self.ramp_duration = 0;
        self.ramp_credit = 0;
        self.probes_judged = 0;
        self.probes_failed = 0;
        self.live_probes = 0;
        self.probe_deadlines = [0; 8];
    }

    /// Enters a phase that knows nothing of the past.
    fn begin(&mut self, phase: i32, at: i64) {
        let Self { revision, generation, updated_at, .. } = *self;
        *self = Self { revision, generation, updated_at, ..Self::new(at) };
        self.enter(phase, at);
    }

    /// Half-open has ended well. Its trips fade from now on, or are forgotten.
    pub(crate) fn close(&mut self, config: &BreakerConfig, at: i64) {
        let trips = if config.trips_decay > 0 { self.trips } else { 0 };
        self.begin(BREAKER_CLOSED, at);
        self.trips = trips;
        self.start_ramp(config);
    }

    /// A rule is broken, or too many probes have failed. A retry_at that is heeded can lengthen it.
    #[cold]
    pub(crate) fn trip(&mut self, config: &BreakerConfig, at: i64, heeded: Option<i64>) {
        self.fade_trips(config, at);
        self.trips = self.trips.saturating_add(1);
        self.open_again(config, at);
        self.open_until = self.open_until.max(heeded.unwrap_or(i64::MIN));
    }

    /// Opens for the time that belongs to its trips.
    pub(crate) fn open_again(&mut self, config: &BreakerConfig, at: i64) {
        self.enter(BREAKER_OPEN, at);
        let open_time = open_time(config, self.trips.saturating_sub(1), self.generation);
        self.open_until = at.saturating_add_unsigned(open_time);
    }

    /// What was called named a time: no trip.
    #[cold]
    pub(crate) fn open_until(&mut self, config: &BreakerConfig, until: i64, at: i64) {
        self.fade_trips(config, at);
        self.enter(BREAKER_OPEN, at);
        self.open_until = until;
    }

    /// One trip less per trips_decay of closed time.
    fn fade_trips(&mut self, config: &BreakerConfig, at: i64) {
        if self.phase == BREAKER_CLOSED {
            let closed_time = at.abs_diff(self.phase_since);
            let faded = closed_time.checked_div(config.trips_decay as u64).unwrap_or(u64::MAX);
            self.trips = self.trips.saturating_sub(u32::try_from(faded).unwrap_or(u32::MAX));
        }
    }

    /// A forced phase until the largest time never ends.
    fn is_forced(&self, now: i64) -> bool {
        now < self.forced_until || self.forced_until == i64::MAX
    }

    pub(crate) fn allow(&self) -> BreakerPermit {
        BreakerPermit {
            generation: self.generation,
            phase: self.phase,
            allowed: 1,
            ..BreakerPermit::REFUSED
        }
    }

    pub(crate) fn refuse(
        &self,
        config: &BreakerConfig,
        until: i64,
        caller_now: i64,
    ) -> BreakerPermit {
        self.refuse_for(config, until.saturating_sub(caller_now).max(0))
    }

    pub(crate) fn refuse_for(&self, config: &BreakerConfig, retry_after: i64) -> BreakerPermit {
        BreakerPermit {
            allowed: u32::from(config.mode == MODE_MONITOR),
            would_refuse: 1,
            retry_after,
            ..self.allow()
        }
    }
}
