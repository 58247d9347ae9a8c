//! Half-open: probes, which decide whether the breaker closes or opens again.

use crate::breaker::config::BreakerConfig;
use crate::breaker::permit::BreakerPermit;
use crate::breaker::state::*;
use crate::error::Error;
use crate::numeric::amount::PPM;
use crate::numeric::slots::change;

impl BreakerState {
    /// The slot and deadline of the probe in flight that has to report first.
    #[inline(never)]
    fn earliest_probe(&self) -> Option<(u32, i64)> {
        let slots = (0..).zip(self.probe_deadlines);
        let live = slots.filter(|(slot, _)| self.live_probes >> slot & 1 == 1);
        live.min_by_key(|&(_, deadline)| deadline)
    }

    fn end_of_half_open(&self, config: &BreakerConfig) -> Option<i64> {
        let duration = config.half_open_duration;
        (duration > 0).then(|| self.phase_since.saturating_add(duration))
    }

    /// When half-open is decided at the latest, or goes on with a probe less.
    pub(crate) fn next_event(&self, config: &BreakerConfig) -> Option<i64> {
        let deadline = self.earliest_probe().map(|(_, deadline)| deadline);
        deadline.into_iter().chain(self.end_of_half_open(config)).min()
    }

    /// Works off the deadlines and the end of half-open that have come, in order of time.
    pub(crate) fn work_off(&mut self, config: &BreakerConfig, now: i64) {
        let end = self.end_of_half_open(config).filter(|&end| end <= now);
        while let Some((slot, deadline)) = self.earliest_probe()
            && deadline <= end.unwrap_or(now)
        {
            self.free_slot(slot);
            self.count_probe(true);
            if self.decide(config, deadline, None) {
                return;
            }
        }
        match end {
            Some(end) => self.decide_at_end(config, end),
            // Under a config that changed meanwhile the count so far may decide.
            None => {
                self.decide(config, now, None);
            }
        }
    }

    /// Whether there is room for one more probe.
    pub(crate) fn has_room(&self, config: &BreakerConfig) -> bool {
        let in_flight = self.live_probes.count_ones();
        in_flight < config.half_open_max_probes
            && self.probes_judged + in_flight < config.half_open_calls
    }

    /// A probe in the first free slot.
    pub(crate) fn start_probe(&mut self, config: &BreakerConfig, now: i64) -> BreakerPermit {
        let slot = self.live_probes.trailing_ones();
        let deadline = now.saturating_add(config.probe_timeout);
        self.live_probes |= 1 << slot;
        self.set_deadline(slot, deadline);
        BreakerPermit { deadline, probe_slot: slot + 1, ..self.allow() }
    }

    /// Judges a probe's report. An error comes before the first change.
    pub(crate) fn judge_probe(
        &mut self,
        config: &BreakerConfig,
        permit: &BreakerPermit,
        outcome: i32,
        duration: i64,
        retry_at: i64,
        now: i64,
    ) -> Result<(), Error> {
        let slot = permit.probe_slot.wrapping_sub(1);
        // The slot may be free again, or another probe's by now.
        if !self.is_probe(slot, permit.deadline) {
            return Err(Error::StalePermit);
        }
        self.work_off(config, now);
        // If that ended the phase, or this probe was lost, the report is too late.
        if self.is_probe(slot, permit.deadline) {
            self.free_slot(slot);
            if outcome != OUTCOME_IGNORED {
                let is_failure = outcome == OUTCOME_FAILURE;
                let heeded = if is_failure { config.heeded(retry_at, now) } else { None };
                self.count_probe(is_failure || config.is_slow(duration));
                self.decide(config, now, heeded);
            }
        }
        self.touch(now);
        Ok(())
    }

    fn is_probe(&self, slot: u32, deadline: i64) -> bool {
        self.live_probes.checked_shr(slot).is_some_and(|probes| probes & 1 == 1)
            && self.probe_deadlines.get(slot as usize) == Some(&deadline)
    }

    fn free_slot(&mut self, slot: u32) {
        self.live_probes &= !(1 << slot);
        self.set_deadline(slot, 0);
    }

    fn set_deadline(&mut self, slot: u32, deadline: i64) {
        change(&mut self.probe_deadlines, slot as usize, |place| *place = deadline);
    }

    fn count_probe(&mut self, has_failed: bool) {
        self.probes_judged += 1;
        self.probes_failed += u32::from(has_failed);
    }

    /// Opens, or closes, as soon as the probes that are judged settle it; says whether they do.
    #[inline(never)]
    fn decide(&mut self, config: &BreakerConfig, at: i64, heeded: Option<i64>) -> bool {
        let share = config.half_open_failure_rate_ppm * config.half_open_calls;
        let left = config.half_open_calls.saturating_sub(self.probes_judged);
        if self.probes_failed * PPM >= share {
            self.trip(config, at, heeded);
        } else if let Some(until) = heeded {
            self.open_until(config, until, at);
        } else if left == 0 || (self.probes_failed + left) * PPM < share {
            self.close(config, at);
        } else {
            return false;
        }
        true
    }

    /// The end of half_open_duration: opens when the share of those judged is reached, or none was
    /// judged, else closes.
    fn decide_at_end(&mut self, config: &BreakerConfig, end: i64) {
        let share = config.half_open_failure_rate_ppm * self.probes_judged;
        if self.probes_failed * PPM >= share {
            self.open_again(config, end);
        } else {
            self.close(config, end);
        }
    }
}
