//! The ramp after a close: the share of calls that are let through rises from none to all.
//!
//! Each acquire adds the time since the close to a credit, and each call that is let through takes
//! the ramp's length off it. At a time t of a ramp of length r one in r / t calls gets through: t / r
//! of them. The credit starts at r, so that the first call does.

use crate::breaker::config::BreakerConfig;
use crate::breaker::permit::BreakerPermit;
use crate::breaker::state::BreakerState;

impl BreakerState {
    pub(crate) fn start_ramp(&mut self, config: &BreakerConfig) {
        self.ramp_duration = config.ramp_duration;
        self.ramp_credit = config.ramp_duration;
    }

    /// Lets a call through, or not.
    pub(crate) fn admit_on_ramp(
        &mut self,
        config: &BreakerConfig,
        now: i64,
        caller_now: i64,
    ) -> BreakerPermit {
        let elapsed = now.abs_diff(self.phase_since);
        let ramp = self.ramp_duration as u64;
        if elapsed >= ramp {
            return self.allow();
        }
        // Each is below 2^63.
        let credit = self.ramp_credit as u64 + elapsed;
        let is_let_through = credit >= ramp;
        let left = if is_let_through { credit - ramp } else { credit };
        self.ramp_credit = left as i64;
        if is_let_through {
            self.allow()
        } else {
            // The ramp's end may lie past the last instant there is.
            let end = i128::from(self.phase_since) + i128::from(self.ramp_duration);
            let rest = i64::try_from(end - i128::from(caller_now)).unwrap_or(i64::MAX);
            self.refuse_for(config, rest)
        }
    }

    pub(crate) fn has_consistent_ramp(&self) -> bool {
        (0..=self.ramp_duration).contains(&self.ramp_credit)
    }
}
