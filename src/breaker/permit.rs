//! Whether a call may run, and its ticket for the report.

use crate::breaker::config::require;
use crate::breaker::state::*;
use crate::error::Error;

/// Whether a call may run, and its ticket for the report. 48 bytes. Zeroed memory does not
/// allow. It has no encoded form: its fields can be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BreakerPermit {
    /// The state's; 0 in a permit of cloudcircuit_breaker_peek, which cannot be reported.
    pub generation: u64,
    /// When would_refuse is 1: how long to wait, from the caller's own now: until open_until or
    /// forced_until, or for the rest of the ramp. Half-open and on a ramp it is at most: until the
    /// earliest deadline or the end of half-open, but a probe that reports may decide earlier.
    /// Else 0.
    pub retry_after: i64,
    /// By when a probe must report: at that time it is too late. Else 0.
    pub deadline: i64,
    /// The state's; 0 after an error.
    pub phase: i32,
    /// 1 when the call may run, else 0.
    pub allowed: u32,
    /// 1 when the rules refuse the call, else 0; with CLOUDCIRCUIT_MODE_MONITOR allowed is 1 all
    /// the same. 0 after an error.
    pub would_refuse: u32,
    /// The slot of a probe, from 1; 0 when the call is not a probe.
    pub probe_slot: u32,
    /// 1 when now was before the state's updated_at, which was then taken in its place; else 0.
    pub clock_regressed: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<BreakerPermit>() == 48);

impl BreakerPermit {
    pub(crate) const REFUSED: Self = Self {
        generation: 0,
        retry_after: 0,
        deadline: 0,
        phase: 0,
        allowed: 0,
        would_refuse: 0,
        probe_slot: 0,
        clock_regressed: 0,
        reserved: 0,
    };

    /// Whether the breaker can have allowed a call with it, now or in an earlier phase.
    #[inline(always)]
    pub(crate) fn check(&self, state: &BreakerState) -> Result<(), Error> {
        let has_no_slot = self.probe_slot == 0 && self.deadline == 0;
        let would_refuse = self.would_refuse == 1;
        let fits_phase = match self.phase {
            BREAKER_CLOSED => has_no_slot,
            BREAKER_FORCED_CLOSED => has_no_slot && !would_refuse,
            BREAKER_OPEN | BREAKER_FORCED_OPEN => has_no_slot && would_refuse,
            BREAKER_HALF_OPEN if would_refuse => has_no_slot,
            BREAKER_HALF_OPEN => (1..=BREAKER_MAX_PROBES).contains(&self.probe_slot),
            _ => false,
        };
        let is_possible = fits_phase
            && self.allowed == 1
            && self.would_refuse <= 1
            && self.clock_regressed <= 1
            && self.reserved == 0
            && (self.retry_after == 0 || would_refuse && self.retry_after > 0)
            && self.generation > 0
            && (self.generation < state.generation
                || self.generation == state.generation && self.phase == state.phase);
        require(is_possible, Error::Permit)
    }

    /// Whether it let a call through that CLOUDCIRCUIT_MODE_ENFORCE refuses because the breaker
    /// was not closed: such a call judges nothing.
    pub(crate) fn is_only_monitored(&self) -> bool {
        self.would_refuse == 1 && self.phase != BREAKER_CLOSED
    }
}
