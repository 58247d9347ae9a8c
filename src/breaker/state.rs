//! What the whole breaker is made of: its config, its state and its permits.

use crate::breaker::counters::DEFAULT_FAILURE_THRESHOLD;
use crate::codec::{self, Fields, Stored};
use crate::error::Error;
use crate::numeric::amount::PPM;

/// Every call is allowed; outcomes are counted.
pub const BREAKER_CLOSED: i32 = 1;
/// Every call is refused until open_until.
pub const BREAKER_OPEN: i32 = 2;
/// A few calls are allowed as probes; they decide whether it closes or opens again.
pub const BREAKER_HALF_OPEN: i32 = 3;
/// Every call is refused until forced_until; nothing is judged.
pub const BREAKER_FORCED_OPEN: i32 = 4;
/// Every call is allowed until forced_until; nothing is judged.
pub const BREAKER_FORCED_CLOSED: i32 = 5;

/// The call did what it should.
pub const OUTCOME_SUCCESS: i32 = 1;
/// The call failed.
pub const OUTCOME_FAILURE: i32 = 2;
/// The call says nothing about what it called, cancelled for one: frees its probe, judges
/// nothing.
pub const OUTCOME_IGNORED: i32 = 3;

/// The first field of every cloudcircuit_breaker_state; "CCB1" as little-endian bytes.
pub const BREAKER_LAYOUT: u32 = 0x3142_4343;
/// The bytes that cloudcircuit_breaker_state_encode writes.
pub const BREAKER_ENCODED_LEN: usize = 172;
/// The largest window_size: the outcomes that a state remembers.
pub const BREAKER_MAX_WINDOW: u32 = 128;
/// The largest half_open_max_probes: the probes that a state has slots for.
pub const BREAKER_MAX_PROBES: u32 = 8;

/// The default of half_open_max_probes.
pub const DEFAULT_HALF_OPEN_MAX_PROBES: u32 = 1;
/// The default of half_open_successes.
pub const DEFAULT_HALF_OPEN_SUCCESSES: u32 = 1;
/// The default of open_duration.
pub const DEFAULT_OPEN_DURATION: i64 = 30000;
/// The default of max_open_duration.
pub const DEFAULT_MAX_OPEN_DURATION: i64 = 30000;
/// The default of probe_timeout.
pub const DEFAULT_PROBE_TIMEOUT: i64 = 60000;

/// When a breaker trips and how it recovers. 72 bytes.
///
/// Durations are in the host's unit of time, the same as every now: milliseconds, billing
/// steps. The defaults suit milliseconds. A host may change its config between calls on the
/// same state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BreakerConfig {
    /// Consecutive failures that trip it; 0 = off; default CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD.
    pub failure_threshold: u32,
    /// The latest outcomes that the rates look at, at most CLOUDCIRCUIT_BREAKER_MAX_WINDOW;
    /// 0 = both rates off; default 0.
    pub window_size: u32,
    /// Outcomes that must be in the window before a rate may trip it; 1 to window_size when
    /// window_size is above 0, else of no effect; default 0.
    pub minimum_calls: u32,
    /// Trips when failures / outcomes in the window reach this share, in parts per million;
    /// at most 1000000; 0 = off; default 0.
    pub failure_rate_ppm: u32,
    /// Trips when slow calls / outcomes in the window reach this share, in parts per million;
    /// at most 1000000; 0 = off; default 0.
    pub slow_call_rate_ppm: u32,
    /// Probes in flight at once while half-open, 1 to CLOUDCIRCUIT_BREAKER_MAX_PROBES; default
    /// CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES.
    pub half_open_max_probes: u32,
    /// Probe successes in a row that close it, >= 1; default
    /// CLOUDCIRCUIT_DEFAULT_HALF_OPEN_SUCCESSES.
    pub half_open_successes: u32,
    /// The open time is lengthened by up to this share of itself, in parts per million; at most
    /// 1000000; default 0.
    pub jitter_ppm: u32,
    /// What the jitter is drawn from, an instance number say: same seed, same jitter; default 0.
    pub jitter_seed: u64,
    /// A call that took this long or longer is slow, success or failure; > 0 when window_size and
    /// slow_call_rate_ppm are, else 0 or less means that no call is slow; default 0.
    pub slow_call_duration: i64,
    /// How long the first trip opens it; > 0; default CLOUDCIRCUIT_DEFAULT_OPEN_DURATION.
    pub open_duration: i64,
    /// Each trip without a close in between doubles the open time, up to here, before jitter;
    /// >= open_duration; default CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION.
    pub max_open_duration: i64,
    /// A probe that has not reported before this has passed has failed; > 0; default
    /// CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT.
    pub probe_timeout: i64,
}

impl BreakerConfig {
    pub(crate) const DEFAULT: Self = Self {
        failure_threshold: DEFAULT_FAILURE_THRESHOLD as u32,
        window_size: 0,
        minimum_calls: 0,
        failure_rate_ppm: 0,
        slow_call_rate_ppm: 0,
        half_open_max_probes: DEFAULT_HALF_OPEN_MAX_PROBES,
        half_open_successes: DEFAULT_HALF_OPEN_SUCCESSES,
        jitter_ppm: 0,
        jitter_seed: 0,
        slow_call_duration: 0,
        open_duration: DEFAULT_OPEN_DURATION,
        max_open_duration: DEFAULT_MAX_OPEN_DURATION,
        probe_timeout: DEFAULT_PROBE_TIMEOUT,
    };
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

fn require(is_kept: bool, error: Error) -> Result<(), Error> {
    if is_kept { Ok(()) } else { Err(error) }
}

impl BreakerConfig {
    #[inline(always)]
    pub(crate) fn check(&self) -> Result<(), Error> {
        let has_rates = self.window_size > 0;
        let has_slow_rate = has_rates && self.slow_call_rate_ppm > 0;
        if has_rates {
            require(self.window_size <= BREAKER_MAX_WINDOW, Error::WindowSize)?;
            let has_enough = (1..=self.window_size).contains(&self.minimum_calls);
            require(has_enough, Error::MinimumCalls)?;
        }
        require(self.failure_rate_ppm <= PPM, Error::FailureRatePpm)?;
        require(self.slow_call_rate_ppm <= PPM, Error::SlowCallRatePpm)?;
        let has_slots = (1..=BREAKER_MAX_PROBES).contains(&self.half_open_max_probes);
        require(has_slots, Error::HalfOpenMaxProbes)?;
        require(self.half_open_successes > 0, Error::HalfOpenSuccesses)?;
        require(self.jitter_ppm <= PPM, Error::JitterPpm)?;
        if has_slow_rate {
            require(self.slow_call_duration > 0, Error::SlowCallDuration)?;
        }
        require(self.open_duration > 0, Error::OpenDuration)?;
        require(self.max_open_duration >= self.open_duration, Error::MaxOpenDuration)?;
        require(self.probe_timeout > 0, Error::ProbeTimeout)
    }
}

/// A breaker, whole: the host keeps these 168 bytes wherever it likes and only the library
/// writes them. Zeroed memory is no breaker: every call refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BreakerState {
    /// CLOUDCIRCUIT_BREAKER_LAYOUT.
    pub layout: u32,
    /// CLOUDCIRCUIT_BREAKER_CLOSED, _OPEN, _HALF_OPEN, _FORCED_OPEN or _FORCED_CLOSED.
    pub phase: i32,
    /// One more at every call that changed the state, 0 at first: for the host's
    /// compare-and-swap. A call that leaves it as it was left every byte, and need not be stored.
    pub revision: u64,
    /// One more at every change of phase, 0 at first.
    pub generation: u64,
    /// The latest time at which the state changed.
    pub updated_at: i64,
    /// When open: from then on the next acquire makes it half-open. Kept while half-open. Else 0.
    pub open_until: i64,
    /// When forced: from then on the next acquire closes it. Else 0.
    pub forced_until: i64,
    /// Failures since the latest success while closed; kept while open and half-open.
    pub consecutive_failures: u32,
    /// Trips since it was last closed.
    pub trips: u32,
    /// Outcomes in the window, up to 128, whatever window_size is; kept while open and half-open.
    pub window_calls: u32,
    /// The slot of the window that the next outcome goes into; slots are used in a ring.
    pub window_next: u32,
    /// When half-open: probes that succeeded. Else 0.
    pub probe_successes: u32,
    /// Bit i: the probe in slot i is in flight.
    pub live_probes: u32,
    /// Bit i % 64 of word i / 64: the outcome in slot i of the window was a failure.
    pub window_failures: [u64; 2],
    /// The same: the call was slow.
    pub window_slow: [u64; 2],
    /// By when the probe in slot i must have reported; 0 when it is not in flight.
    pub probe_deadlines: [i64; 8],
}

const _: () = assert!(size_of::<BreakerState>() + 4 == BREAKER_ENCODED_LEN);

impl BreakerState {
    /// No breaker: every call refuses it.
    pub(crate) const NONE: Self = Self {
        layout: 0,
        phase: 0,
        revision: 0,
        generation: 0,
        updated_at: 0,
        open_until: 0,
        forced_until: 0,
        consecutive_failures: 0,
        trips: 0,
        window_calls: 0,
        window_next: 0,
        probe_successes: 0,
        live_probes: 0,
        window_failures: [0; 2],
        window_slow: [0; 2],
        probe_deadlines: [0; 8],
    };

    pub(crate) fn new(now: i64) -> Self {
        Self { layout: BREAKER_LAYOUT, phase: BREAKER_CLOSED, updated_at: now, ..Self::NONE }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        require(self.is_possible(), Error::CorruptState)
    }

    /// Whether calls under some config can have led here.
    fn is_possible(&self) -> bool {
        if self.phase == BREAKER_CLOSED {
            self.is_possible_and_closed()
        } else {
            self.has_possible_counts() && self.has_possible_phase()
        }
    }

    /// The same, and it is closed.
    #[inline(always)]
    pub(crate) fn is_possible_and_closed(&self) -> bool {
        self.phase == BREAKER_CLOSED
            // Closed from the first, or again after some other phase.
            && self.generation != 1
            && self.open_until | self.forced_until == 0
            && self.all_deadlines() == 0
            && self.trips == 0
            && self.probe_successes | self.live_probes == 0
            && self.has_possible_counts()
    }

    #[inline(always)]
    fn all_deadlines(&self) -> i64 {
        self.probe_deadlines.iter().fold(0, |all, deadline| all | deadline)
    }

    #[inline(always)]
    fn has_possible_counts(&self) -> bool {
        self.layout == BREAKER_LAYOUT
            // The last revisions are never reached, so that adding to them is safe.
            && self.revision < u64::MAX - 1
            && self.generation <= self.revision
            && self.outcomes() <= self.revision - self.generation + u64::from(self.trips > 0)
            && self.has_possible_window()
    }

    /// Those known of since it was last closed. Each was a revision, and so was each phase; the
    /// outcome that trips is both at once.
    #[inline(always)]
    fn outcomes(&self) -> u64 {
        u64::from(self.window_calls.max(self.consecutive_failures))
    }

    fn has_possible_phase(&self) -> bool {
        let was_tripped = self.trips > 0 && self.window_calls > 0;
        // Between two trips lies a half-open phase.
        let phases_since_closed = 2 * u64::from(self.trips);
        match self.phase {
            BREAKER_OPEN => {
                was_tripped
                    && phases_since_closed - 1 <= self.generation
                    && self.is_ahead(self.open_until)
                    && self.forced_until == 0
                    && self.has_no_probes()
            }
            BREAKER_HALF_OPEN => {
                was_tripped
                    && phases_since_closed <= self.generation
                    && self.open_until <= self.updated_at
                    && self.forced_until == 0
                    && self.has_possible_probes()
            }
            BREAKER_FORCED_OPEN | BREAKER_FORCED_CLOSED => {
                self.generation > 0
                    && self.trips == 0
                    && self.open_until == 0
                    && self.window_calls == 0
                    && self.has_no_probes()
            }
            _ => false,
        }
    }

    /// Saturated times have nothing after them.
    fn is_ahead(&self, time: i64) -> bool {
        time > self.updated_at || time == i64::MAX
    }

    fn has_no_probes(&self) -> bool {
        self.probe_successes == 0 && self.live_probes == 0 && self.all_deadlines() == 0
    }

    fn has_possible_probes(&self) -> bool {
        let mut slots = self.probe_deadlines.iter().enumerate();
        self.live_probes >> BREAKER_MAX_PROBES == 0
            && slots.all(|(slot, &deadline)| {
                let is_live = self.live_probes >> slot & 1 == 1;
                if is_live { self.is_ahead(deadline) } else { deadline == 0 }
            })
    }
}

impl Stored for BreakerState {
    fn walk(&mut self, fields: &mut impl Fields) {
        fields.u32(&mut self.layout);
        fields.i32(&mut self.phase);
        fields.u64(&mut self.revision);
        fields.u64(&mut self.generation);
        fields.i64(&mut self.updated_at);
        fields.i64(&mut self.open_until);
        fields.i64(&mut self.forced_until);
        fields.u32(&mut self.consecutive_failures);
        fields.u32(&mut self.trips);
        fields.u32(&mut self.window_calls);
        fields.u32(&mut self.window_next);
        fields.u32(&mut self.probe_successes);
        fields.u32(&mut self.live_probes);
        self.window_failures.iter_mut().for_each(|word| fields.u64(word));
        self.window_slow.iter_mut().for_each(|word| fields.u64(word));
        self.probe_deadlines.iter_mut().for_each(|time| fields.i64(time));
    }
}

pub(crate) fn encode(state: &BreakerState) -> Result<[u8; BREAKER_ENCODED_LEN], Error> {
    state.check()?;
    Ok(codec::encode(state))
}

pub(crate) fn decode(bytes: &[u8; BREAKER_ENCODED_LEN]) -> Result<BreakerState, Error> {
    let state = codec::decode(bytes, BreakerState::NONE)?;
    state.check()?;
    Ok(state)
}

/// Whether a call may run, and its ticket for the report. 40 bytes. Zeroed memory does not
/// allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BreakerPermit {
    /// The state's.
    pub generation: u64,
    /// When refused: how long it is until open_until, until the earliest deadline of a probe, or
    /// until forced_until. Else 0.
    pub retry_after: i64,
    /// By when a probe must report: at that time it is too late. Else 0.
    pub deadline: i64,
    /// The state's; 0 after an error.
    pub phase: i32,
    /// 1 when the call may run, else 0.
    pub allowed: u32,
    /// The slot of a probe, from 1; 0 when the call is not a probe.
    pub probe_slot: u32,
    /// 1 when now was before the state's updated_at, which was then taken in its place; else 0.
    pub clock_regressed: u32,
}

impl BreakerPermit {
    pub(crate) const REFUSED: Self = Self {
        generation: 0,
        retry_after: 0,
        deadline: 0,
        phase: 0,
        allowed: 0,
        probe_slot: 0,
        clock_regressed: 0,
    };

    /// Whether the breaker can have given it out, now or in an earlier phase.
    #[inline(always)]
    pub(crate) fn check(&self, state: &BreakerState) -> Result<(), Error> {
        let fits_phase = match self.phase {
            BREAKER_CLOSED | BREAKER_FORCED_CLOSED => self.probe_slot == 0 && self.deadline == 0,
            BREAKER_HALF_OPEN => (1..=BREAKER_MAX_PROBES).contains(&self.probe_slot),
            _ => false,
        };
        let is_possible = fits_phase
            && self.allowed == 1
            && self.retry_after == 0
            && self.clock_regressed <= 1
            && (self.generation < state.generation
                || self.generation == state.generation && self.phase == state.phase);
        require(is_possible, Error::Permit)
    }
}
