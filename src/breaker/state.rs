//! The breaker's state: its fields, which of them fit together, and its bytes.

use crate::codec::{self, Fields, Stored};
use crate::error::Error;

/// Every call is allowed, on a ramp a share of them; outcomes are counted.
pub const BREAKER_CLOSED: i32 = 1;
/// Every call is refused until open_until.
pub const BREAKER_OPEN: i32 = 2;
/// A few calls are allowed as probes; they decide whether it closes or opens again.
pub const BREAKER_HALF_OPEN: i32 = 3;
/// Every call is refused until forced_until, then it is half-open; nothing is judged.
pub const BREAKER_FORCED_OPEN: i32 = 4;
/// Every call is allowed until forced_until, then it is closed; nothing is judged.
pub const BREAKER_FORCED_CLOSED: i32 = 5;

/// The call did what it should.
pub const OUTCOME_SUCCESS: i32 = 1;
/// The call failed.
pub const OUTCOME_FAILURE: i32 = 2;
/// The call says nothing about what it called, for example because it was cancelled: gives its
/// probe's place back, judges nothing.
pub const OUTCOME_IGNORED: i32 = 3;

/// The first field of every cloudcircuit_breaker_state; "CCB1" as little-endian bytes.
pub const BREAKER_LAYOUT: u32 = 0x3142_4343;
/// The bytes that cloudcircuit_breaker_state_encode writes.
pub const BREAKER_ENCODED_LEN: usize = 420;
/// The largest window_size: the outcomes that a state remembers one by one.
pub const BREAKER_MAX_WINDOW: u32 = 128;
/// The largest half_open_max_probes: the probes that a state has slots for.
pub const BREAKER_MAX_PROBES: u32 = 8;
/// The largest half_open_calls.
pub const BREAKER_MAX_HALF_OPEN_CALLS: u32 = 64;

/// A breaker, whole: the host keeps these 416 bytes wherever it likes and only the library
/// writes them. Zeroed memory is no breaker: every call refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BreakerState {
    /// CLOUDCIRCUIT_BREAKER_LAYOUT.
    pub layout: u32,
    /// CLOUDCIRCUIT_BREAKER_CLOSED, _OPEN, _HALF_OPEN, _FORCED_OPEN or _FORCED_CLOSED.
    pub phase: i32,
    /// One more at every call that changed the state, 0 at first: for the host's
    /// compare-and-swap. A call that leaves it as it was left every byte, and need not be stored. At
    /// most UINT64_MAX - 2.
    pub revision: u64,
    /// One more at every change of phase, 1 at first. At most UINT64_MAX - 4.
    pub generation: u64,
    /// The latest time at which the state changed.
    pub updated_at: i64,
    /// When the phase began, at most updated_at: the deadline of a lost probe can have begun it
    /// earlier.
    pub phase_since: i64,
    /// Without window_duration: failures since the latest success while closed; kept while open
    /// and half-open.
    pub consecutive_failures: u32,
    /// 0.
    pub reserved: u32,
    /// When open: from then on the next acquire makes it half-open; after phase_since, or
    /// INT64_MAX. Else 0.
    pub open_until: i64,
    /// When forced: from then on the next acquire ends that. Else 0.
    pub forced_until: i64,
    /// When closed with a ramp: its length; it starts at phase_since. Else 0.
    pub ramp_duration: i64,
    /// When closed with a ramp: what adds up to the next call that it lets through; at most
    /// ramp_duration. Else 0.
    pub ramp_credit: i64,
    /// With window_duration: the length of a bucket, at most 2^59. 0 when nothing is in the buckets.
    pub bucket_duration: i64,
    /// The newest bucket: a time divided by bucket_duration, rounded down. Bucket n is in slot
    /// n modulo 16.
    pub newest_bucket: i64,
    /// Bit i % 64 of word i / 64: the outcome in slot i of the window was a failure.
    pub window_failures: [u64; 2],
    /// Bit i % 64 of word i / 64: the call in slot i of the window was slow.
    pub window_slow: [u64; 2],
    /// By when the probe in slot i must have reported, after updated_at, or INT64_MAX; 0 when it is
    /// not in flight.
    pub probe_deadlines: [i64; 8],
    /// Bit i: the probe in slot i is in flight; at most 255.
    pub live_probes: u32,
    /// When half-open: probes that were judged, at most 63; with those in flight at most 64. Else 0.
    pub probes_judged: u32,
    /// When half-open: judged probes that failed, at most probes_judged. Else 0.
    pub probes_failed: u32,
    /// Trips since it was last closed, or as far as they have not faded by trips_decay; at most
    /// generation / 2.
    pub trips: u32,
    /// With window_size: outcomes in the window, up to 128, whatever window_size is; kept while
    /// open and half-open.
    pub window_calls: u32,
    /// The slot of the window that the next outcome goes into, 0 to 127; slots are used in a ring.
    pub window_next: u32,
    /// With window_duration: how many buckets before the newest the streak of failures starts, 0 to
    /// 15.
    pub streak_age: u32,
    /// Failures in that bucket that were before the streak.
    pub streak_skipped: u32,
    /// With window_duration: the outcomes in each bucket; kept while open and half-open.
    pub bucket_calls: [u32; 16],
    /// The failures in each bucket, at most its calls.
    pub bucket_failures: [u32; 16],
    /// The slow calls in each bucket, at most its calls.
    pub bucket_slow: [u32; 16],
}

const _: () = assert!(size_of::<BreakerState>() == 416);
const _: () = assert!(size_of::<BreakerState>() + 4 == BREAKER_ENCODED_LEN);

impl BreakerState {
    /// No breaker: every call refuses it.
    pub(crate) const NONE: Self = Self {
        layout: 0,
        phase: 0,
        revision: 0,
        generation: 0,
        updated_at: 0,
        phase_since: 0,
        consecutive_failures: 0,
        reserved: 0,
        open_until: 0,
        forced_until: 0,
        ramp_duration: 0,
        ramp_credit: 0,
        bucket_duration: 0,
        newest_bucket: 0,
        window_failures: [0; 2],
        window_slow: [0; 2],
        probe_deadlines: [0; 8],
        live_probes: 0,
        probes_judged: 0,
        probes_failed: 0,
        trips: 0,
        window_calls: 0,
        window_next: 0,
        streak_age: 0,
        streak_skipped: 0,
        bucket_calls: [0; 16],
        bucket_failures: [0; 16],
        bucket_slow: [0; 16],
    };

    pub(crate) fn new(now: i64) -> Self {
        Self {
            layout: BREAKER_LAYOUT,
            phase: BREAKER_CLOSED,
            generation: 1,
            updated_at: now,
            phase_since: now,
            ..Self::NONE
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.is_closed_by_count() || self.is_consistent() {
            Ok(())
        } else {
            Err(Error::CorruptState)
        }
    }

    /// Whether calls under some config can have led here, closed, with no window by time, ramp or trips.
    fn is_closed_by_count(&self) -> bool {
        if self.phase != BREAKER_CLOSED || self.bucket_duration != 0 {
            return false;
        }
        // In the order of the fields, for which vector instructions are then found.
        let times = self.open_until
            | self.forced_until
            | self.ramp_duration
            | self.ramp_credit
            | self.newest_bucket
            | self.probe_deadlines.iter().fold(0, |all, time| all | time);
        let counts = self.live_probes
            | self.probes_judged
            | self.probes_failed
            | self.trips
            | self.streak_age
            | self.streak_skipped
            | self.all_buckets();
        times | i64::from(counts) == 0
            && self.has_consistent_head()
            && self.has_consistent_count_window()
            && self.has_had_calls_for(self.window_calls.max(self.consecutive_failures).into())
    }

    /// Whether calls under some config can have led here.
    fn is_consistent(&self) -> bool {
        let has_tripped = matches!(self.phase, BREAKER_OPEN | BREAKER_HALF_OPEN);
        let outcomes = self.recorded_outcomes();
        self.has_consistent_head()
            && self.has_consistent_count_window()
            && self.has_consistent_buckets()
            // The outcome that trips it is in the windows, and is the change of phase as well.
            && self.has_had_calls_for(outcomes.saturating_sub(u64::from(has_tripped)))
            && self.has_consistent_phase(outcomes)
    }

    fn has_consistent_head(&self) -> bool {
        self.layout == BREAKER_LAYOUT
            // The last ones are never reached, so that adding a call's is safe: two revisions and four
            // changes of phase, of a report and an acquire.
            && self.revision <= u64::MAX - 2
            && (1..=u64::MAX - 4).contains(&self.generation)
            && self.phase_since <= self.updated_at
            && self.reserved == 0
    }

    /// Each outcome was a revision, and no call changes the phase more than twice.
    fn has_had_calls_for(&self, outcomes: u64) -> bool {
        let changes_of_phase = self.generation / 2;
        self.revision.checked_sub(changes_of_phase).is_some_and(|calls| outcomes <= calls)
    }

    /// At least those known of since it was last closed.
    fn recorded_outcomes(&self) -> u64 {
        let buckets = if self.bucket_duration == 0 { &[][..] } else { &self.bucket_calls };
        let in_buckets: u64 = buckets.iter().map(|&calls| u64::from(calls)).sum();
        u64::from(self.window_calls.max(self.consecutive_failures)) + in_buckets
    }

    fn has_consistent_phase(&self, outcomes: u64) -> bool {
        let trips = u64::from(self.trips);
        let has_no_probes = self.probes_judged | self.probes_failed | self.live_probes == 0
            && self.probe_deadlines == [0; 8];
        let is_not_open = self.open_until == 0;
        let is_not_forced = self.forced_until == 0;
        let has_no_ramp = self.ramp_duration | self.ramp_credit == 0;
        match self.phase {
            BREAKER_CLOSED => {
                // Trips and ramps outlive the half-open phase before it.
                let has_been_half_open = self.generation >= 4 && 2 * trips + 2 <= self.generation;
                (has_been_half_open || trips == 0 && has_no_ramp)
                    && self.has_consistent_ramp()
                    && is_not_open
                    && is_not_forced
                    && has_no_probes
            }
            BREAKER_OPEN => {
                // From closed by an outcome, or from half-open, which may come from forced.
                (self.generation >= 2 && outcomes > 0 || self.generation >= 4)
                    && 2 * trips <= self.generation
                    && (self.open_until > self.phase_since || self.open_until == i64::MAX)
                    && is_not_forced
                    && has_no_ramp
                    && has_no_probes
            }
            BREAKER_HALF_OPEN => {
                self.generation >= 3
                    && 2 * trips < self.generation
                    && self.has_consistent_probes()
                    && is_not_open
                    && is_not_forced
                    && has_no_ramp
            }
            BREAKER_FORCED_OPEN | BREAKER_FORCED_CLOSED => {
                self.generation >= 2
                    && trips == 0
                    && outcomes == 0
                    && is_not_open
                    && has_no_ramp
                    && has_no_probes
            }
            _ => false,
        }
    }

    fn has_consistent_probes(&self) -> bool {
        let mut slots = self.probe_deadlines.iter().enumerate();
        self.live_probes >> BREAKER_MAX_PROBES == 0
            && self.probes_failed <= self.probes_judged
            && self.probes_judged < BREAKER_MAX_HALF_OPEN_CALLS
            && self.probes_judged + self.live_probes.count_ones() <= BREAKER_MAX_HALF_OPEN_CALLS
            && slots.all(|(slot, &deadline)| {
                let is_live = self.live_probes >> slot & 1 == 1;
                // Saturated times have nothing after them.
                let is_ahead = deadline > self.updated_at || deadline == i64::MAX;
                if is_live { is_ahead } else { deadline == 0 }
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
        fields.i64(&mut self.phase_since);
        fields.u32(&mut self.consecutive_failures);
        fields.u32(&mut self.reserved);
        fields.i64(&mut self.open_until);
        fields.i64(&mut self.forced_until);
        fields.i64(&mut self.ramp_duration);
        fields.i64(&mut self.ramp_credit);
        fields.i64(&mut self.bucket_duration);
        fields.i64(&mut self.newest_bucket);
        fields.u64s(&mut self.window_failures);
        fields.u64s(&mut self.window_slow);
        fields.i64s(&mut self.probe_deadlines);
        fields.u32(&mut self.live_probes);
        fields.u32(&mut self.probes_judged);
        fields.u32(&mut self.probes_failed);
        fields.u32(&mut self.trips);
        fields.u32(&mut self.window_calls);
        fields.u32(&mut self.window_next);
        fields.u32(&mut self.streak_age);
        fields.u32(&mut self.streak_skipped);
        fields.u32s(&mut self.bucket_calls);
        fields.u32s(&mut self.bucket_failures);
        fields.u32s(&mut self.bucket_slow);
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
